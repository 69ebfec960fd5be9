"""Files that hold one declared table under headings of their own: which table it is, and its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from data.errors import Refused
from data.fields import Field, Table
from data.findings import Finding, refusal
from data.sources.local_reading import LocalReading
from data.sources.mapped_sheet import MappedSheet, open_sheet
from data.sources.mapping import ColumnMapping, Wanted


@dataclass(frozen=True)
class KnownTable:
    """A declared table as files write it.

    Attributes:
        table: the declaration.
        synonyms: our column → other headings it goes by.
        publication: where it is published; empty for a table of the network's own.
        dated: date of the publication, where the file does not say.
    """

    table: Table
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    publication: str = ""
    dated: str = ""

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Its columns, to be found among the headings of a file."""
        return tuple(Wanted(f.name, f.title, self.synonyms.get(f.name, ()), _needed(f), f.help) for f in self.table.fields)


def _needed(declared: Field) -> bool:
    return declared.required and declared.default is None


def read_known(
    content: bytes, file: str, options: Mapping[str, Any] | None, *, source: str, version: int, known: Sequence[KnownTable]
) -> LocalReading:  # fmt: skip
    """Read a file that holds one of several declared tables.

    Args:
        content: the file (.csv, .csv.gz or .xlsx), headings in row 1.
        file: its name, for the findings only.
        options: `mapping`, the body of a `ColumnMapping`.
        source: kind of source.
        version: of the adapter.
        known: the tables it may hold; the one most of whose needed columns are there is taken.

    Returns:
        The reading: its facts name the table; frames: the table under its name, and `rows` (row: where each of its rows stands).
    """
    mapping = ColumnMapping.from_body(options["mapping"]) if options and options.get("mapping") else ColumnMapping(source)
    try:
        sheets = [open_sheet(content, file, k.wanted, mapping, ("csv", "xlsx")) for k in known]
    except Refused as error:
        return LocalReading.refused(source, file, content, version, error.findings, mapping=mapping.content_id)
    chosen, sheet = max(zip(known, sheets, strict=True), key=lambda pair: _fit(*pair))
    understood: dict[str, Any] = {
        "columns": dict(sheet.match.columns), "unknown": sheet.match.unknown, "proposals": dict(sheet.match.proposals), "mapping": mapping.content_id,
        "facts": {"table": chosen.table.name, "publication": chosen.publication, "dated": chosen.dated},
    }  # fmt: skip
    frame, findings = _typed(chosen.table, sheet, file)
    if findings or frame.empty:
        return LocalReading.refused(source, file, content, version, findings or [_no_rows(file)], **understood)
    frames = {chosen.table.name: frame, "rows": pd.DataFrame({"row": [int(r) for r in sheet.raw.index]})}
    notes = sheet.faults.findings()
    return LocalReading(source, file, hashlib.sha256(content).hexdigest(), version, frames, findings=notes, **understood)


def _fit(known: KnownTable, sheet: MappedSheet) -> tuple[float, int]:
    needed = sum(w.required for w in known.wanted)
    return (needed - len(sheet.match.missing)) / max(needed, 1), len(sheet.match.columns)


def _typed(table: Table, sheet: MappedSheet, file: str) -> tuple[pd.DataFrame, list[Finding]]:
    """The declared table and every refusal, each naming the heading of the file."""
    wrong = [f for f in sheet.faults.findings() if f.severity == "refuse"]
    if wrong:
        return table.empty(), wrong
    raw = pd.DataFrame({f.name: sheet.cells(f.name) for f in table.fields if sheet.has(f.name)}, index=sheet.raw.index)
    frame, findings = table.read(raw, file=file, sheet=sheet.faults.place["sheet"])
    headings = {table.field(name).title: sheet.heading(name) for name in sheet.match.columns}
    return frame, [replace(f, column=headings.get(f.column, f.column)) for f in findings.refusals]


def _no_rows(file: str) -> Finding:
    return refusal("no-rows", "no rows below the headings", "the rows of the table", "Upload the file as it was made.", file=file)
