"""Files that hold one declared table under headings of their own: which table it is, and its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from data.errors import Refused
from data.fields import Field, Table, is_blank, shown
from data.findings import Finding, refusal, warning
from data.sources.dm01_lines import by_value, is_marker
from data.sources.local_reading import LocalReading
from data.sources.mapped_sheet import MappedSheet, open_sheet, sheet_headings
from data.sources.mapping import ColumnMapping, Match, Wanted, match
from data.tabular import Format

_TYPES: tuple[Format, ...] = ("csv", "xlsx")


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a file whose cells are right one by one.

    Attributes:
        frame: typed frame.
        lines: the row of the file each of them stands in.
        file, sheet: where.
        headings: our column → heading of the file.
        findings: what is wrong with the rows together, and what is to be said of them.
    """

    frame: pd.DataFrame
    lines: list[int]
    file: str
    sheet: str
    headings: Mapping[str, str]
    findings: tuple[Finding, ...] = ()

    def at(self, i: int, column: str) -> dict[str, Any]:
        """The place of a cell of the frame, for a finding."""
        return {"file": self.file, "sheet": self.sheet, "row": self.lines[i], "column": self.headings.get(column, "")}

    def kept(self, keep: pd.Series[bool], *findings: Finding) -> Rows:
        """Some of the rows, with more findings."""
        lines = [line for line, stays in zip(self.lines, keep, strict=True) if stays]
        return replace(self, frame=self.frame[keep].reset_index(drop=True), lines=lines, findings=(*self.findings, *findings))


@dataclass(frozen=True)
class KnownTable:
    """A declared table as files write it.

    Attributes:
        table: the declaration.
        synonyms: our column → other headings it goes by.
        publication: where it is published; empty for a table of the network's own.
        dated: date of the publication, where the file does not say.
        cells: our column → what a cell that is not blank means; a cell it does not know comes back as it is, to be refused.
        figures: columns in which a cell may be withheld: a marker or a blank cell is listed and counts as missing.
        kept_as: the table that is kept of the file, where that is another one.
        kept: which rows that table has, after checks of the rows together; None = every row.
    """

    table: Table
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    publication: str = ""
    dated: str = ""
    cells: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    figures: tuple[str, ...] = ()
    kept_as: Table | None = None
    kept: Callable[[Rows], Rows] | None = None

    @property
    def result(self) -> Table:
        """The table that comes of a file."""
        return self.kept_as or self.table

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Its columns, to be found among the headings of a file."""
        return tuple(Wanted(f.name, f.title, self.synonyms.get(f.name, ()), self._needed(f), f.help) for f in self.table.fields)

    def _needed(self, declared: Field) -> bool:
        """Whether the column must be there, though a cell of it may be empty."""
        kept = next((f for f in self.result.fields if f.name == declared.name), declared)
        return declared.name in self.figures or any(f.required and f.default is None for f in (declared, kept))


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
        headings = sheet_headings(content, file, _TYPES)
        chosen = max(known, key=lambda k: max(_fit(k, match(k.wanted, h, mapping)) for h in headings))
        sheet = open_sheet(content, file, chosen.wanted, mapping, _TYPES)
    except Refused as error:
        return LocalReading.refused(source, file, content, version, error.findings, mapping=mapping.content_id)
    understood: dict[str, Any] = {
        "columns": dict(sheet.match.columns), "unknown": sheet.match.unknown, "proposals": dict(sheet.match.proposals), "mapping": mapping.content_id,
        "facts": {"table": chosen.result.name, "publication": chosen.publication, "dated": chosen.dated},
    }  # fmt: skip
    rows = _typed(chosen, sheet, file)
    refused = [f for f in rows.findings if f.severity == "refuse"]
    if refused or rows.frame.empty:
        return LocalReading.refused(source, file, content, version, refused or [_no_rows(file)], **understood)
    frames = {chosen.result.name: rows.frame, "rows": pd.DataFrame({"row": rows.lines}, dtype="int64")}
    notes = sheet.faults.findings().plus(rows.findings)
    return LocalReading(source, file, hashlib.sha256(content).hexdigest(), version, frames, findings=notes, **understood)


def _fit(known: KnownTable, found: Match) -> tuple[float, int]:
    needed = sum(w.required for w in known.wanted)
    return (needed - len(found.missing)) / max(needed, 1), len(found.columns)


def _typed(known: KnownTable, sheet: MappedSheet, file: str) -> Rows:
    """The table that is kept, with every refusal, each naming the heading of the file."""
    table, place = known.table, sheet.faults.place["sheet"]
    rows = Rows(table.empty(), [], file, place, {name: sheet.heading(name) for name in sheet.match.columns})
    wrong = [f for f in sheet.faults.findings() if f.severity == "refuse"]
    if wrong:
        return replace(rows, findings=tuple(wrong))
    raw = pd.DataFrame({f.name: _cells(known, sheet, f.name) for f in table.fields if sheet.has(f.name)}, index=sheet.raw.index)
    frame, findings = table.read(raw, file=file, sheet=place)
    headings = {table.field(name).title: sheet.heading(name) for name in sheet.match.columns}
    found = tuple(replace(f, column=headings.get(f.column, f.column)) for f in findings.refusals)
    rows = replace(rows, frame=frame, lines=[int(r) for r in sheet.raw.index], findings=found)
    return known.kept(rows) if known.kept and not found else rows


def _cells(known: KnownTable, sheet: MappedSheet, name: str) -> pd.Series[Any]:
    """The cells of a column as the table is to read them."""
    cells = sheet.cells(name)
    if name in known.figures:
        missing = by_value(cells, lambda c: is_blank(c) or is_marker(c)).astype(bool)
        for row, cell in cells[missing].items():
            found = "an empty cell" if is_blank(cell) else shown(cell)
            sheet.faults.add(warning, "withheld", found, "a number", "The figure counts as missing, not as 0.",
                             row=int(row), column=sheet.heading(name))  # fmt: skip
        cells = cells.astype(object).where(~missing, None)
    meaning = known.cells.get(name)
    return by_value(cells, lambda c: c if is_blank(c) else meaning(c)) if meaning else cells


def _no_rows(file: str) -> Finding:
    return refusal("no-rows", "no rows below the headings", "the rows of the table", "Upload the file as it was made.", file=file)
