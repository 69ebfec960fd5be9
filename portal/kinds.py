"""Kinds of file that `sixweeks import` takes in beside the monthly return, and how they are told apart: by their headings."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import Refused
from data.findings import refusal
from data.register_intake import NAMED
from data.safe_reading import MAX_UPLOAD, LocalTask, read_safely, shown_name
from data.sources import provisional, published, registers, waiting_list
from data.sources.declared_tables import KnownTable
from data.sources.imaging import CODED, IMAGING, headings
from data.sources.imaging import KIND as IMAGING_KIND
from data.sources.mapping import ColumnMapping, Wanted, match
from data.sources.waiting_list_rows import CODES as WAITING_LIST_CODES
from data.store import Scope
from data.unpacking import beginning, contents_of, holds_workbook, packing_of
from portal import services

_PARQUET, _OLD_WORKBOOK = b"PAR1", b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 16


@dataclass(frozen=True)
class Source:
    """A kind of file.

    Attributes:
        title: in words.
        source: name under which what is said about its names is remembered.
        tables: the columns of each table a file of it may hold.
        codes: columns whose values can be explained.
        task: how it is read; None = as an imaging extract.
        patients: True where a file has a row for each patient.
        figures: columns of which a file has at least one; none = whatever it has.
    """

    title: str
    source: str
    tables: tuple[tuple[Wanted, ...], ...]
    codes: tuple[str, ...] = ()
    task: LocalTask | None = None
    patients: bool = False
    figures: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Its columns: name → title."""
        return {wanted.name: wanted.title for table in self.tables for wanted in table}

    def fits(self, found: Sequence[str], mapping: ColumnMapping) -> bool:
        """Whether a file with these headings has every column that is needed."""
        matches = [match(table, found, mapping) for table in self.tables]
        return any(not m.missing and (not self.figures or any(f in m.columns for f in self.figures)) for m in matches)


def _imaging() -> tuple[Wanted, ...]:
    return tuple(Wanted(f.name, f.title, tuple(h for h, name in headings().items() if name == f.name), f.required, f.help) for f in IMAGING.fields)


def _known(tables: Iterable[KnownTable]) -> tuple[tuple[Wanted, ...], ...]:
    return tuple(table.wanted for table in tables)


SOURCES: dict[str, Source] = {
    "provisional": Source("provisional returns", provisional.SOURCE, (provisional.WANTED,), provisional.CODES, "provisional",
                          figures=(*provisional.FIGURES, "total")),
    "waiting-list": Source("waiting list extracts", waiting_list.SOURCE, (waiting_list.WANTED,), WAITING_LIST_CODES, "waiting_list", patients=True),
    "imaging": Source("imaging extracts", IMAGING_KIND, (_imaging(),), (*CODED, "examination_code"), patients=True),
    "registers": Source("staff in post and registers", registers.SOURCE, _known(registers.KNOWN),
                        tuple(dict.fromkeys(column for columns in NAMED.values() for column in columns)), "registers"),
    "published": Source("published tables", published.SOURCE, _known(published.KNOWN), (), "published"),
}  # fmt: skip
"""Kinds by the name the command line gives them."""


def told_apart(files: Sequence[Path], scope: Scope, told: ColumnMapping | None = None) -> str:
    """The one kind of these files; empty for returns and networks, which are told apart by what they hold.

    Args:
        files: as given.
        scope: whose remembered headings count.
        told: what was said on the command line.

    Raises:
        Refused: a file that could be of two kinds, or files of different kinds.
    """
    mappings = {name: _with(services.store().mapping(scope, kind.source), told) for name, kind in SOURCES.items()}
    kinds: dict[str, str] = {}
    for path in files:
        found = headings_of(path)
        fitting = [name for name, kind in SOURCES.items() if found and kind.fits(found, mappings[name])]
        if beginning(path, 4) == _PARQUET:
            fitting = ["imaging"]
        if len(fitting) > 1:
            words, mend = " or ".join(SOURCES[name].title for name in fitting), f"Name the kind: --source {' or --source '.join(fitting)}."
            raise Refused([refusal("which-kind", f"a file that could hold {words}", "a file of one kind", mend, file=shown_name(path.name))])
        kinds[shown_name(path.name)] = fitting[0] if fitting else ""
    if len(set(kinds.values())) > 1:
        words = "; ".join(f"{file}: {SOURCES[kind].title if kind else 'a return or a network'}" for file, kind in kinds.items())
        raise Refused([refusal("several-kinds", words, "files of one kind", "Import one kind at a time.")])
    return next(iter(kinds.values()), "")


def headings_of(path: Path) -> tuple[str, ...]:
    """The headings of a file, as it writes them; none where it is no text and no workbook, or cannot be opened: its reader says why."""
    start = beginning(path, 4)
    if start in (_PARQUET, _OLD_WORKBOOK):
        return ()
    if packing_of(path) == "zip" and holds_workbook(path):
        if path.stat().st_size > MAX_UPLOAD:
            return ()
        content = path.read_bytes()
        if read_safely(content, path.name, "workbook").tables:
            return ()  # a network's own workbook, one sheet of which may well look like a register
        # A workbook is opened in the limited process only; any adapter names every heading of the sheet.
        reading = read_safely(content, path.name, "registers")
        return (*reading.columns.values(), *reading.unknown)
    try:
        head = next(contents_of(path, path.name).chunks(), b"")[:_HEAD]
    except Refused:
        return ()
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=line.count)
    return tuple(cell for cell in next(csv.reader([line], delimiter=delimiter), []) if cell.strip())


def _with(mapping: ColumnMapping, told: ColumnMapping | None) -> ColumnMapping:
    for heading, name in told.columns.items() if told else ():
        mapping = mapping.with_column(heading, name)
    for name, value in told.fixed.items() if told else ():
        mapping = mapping.with_fixed(name, value)
    return mapping
