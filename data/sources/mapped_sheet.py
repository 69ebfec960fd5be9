"""The sheet of a local file with its columns found, and its cells read one column at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

import pandas as pd

from data.cells import Sheet, headed
from data.errors import Refused
from data.fields import is_blank, shown
from data.findings import Finding, Findings, refusal
from data.sources.mapping import ColumnMapping, Match, Wanted, match
from data.tabular import Format, read_sheets
from data.unpacking import contents_of, packing_of

MOST_ALIKE = 100
"""Findings of one rule and column that are written out; the rest are counted."""

_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d/%b/%Y", "%d-%b-%y", "%d/%m/%y")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_Value = TypeVar("_Value")

_NOTHING = ("NULL", "null", "Null")
"""What a database writes for a cell it has no value for."""

DATE = "a date, the day first (30/03/2026 or 2026-03-30)"

MARKERS = frozenset(("*", "-", "..", ".", "[c]", "[x]", "n/a", "na", "none", "nr", "<5", "<7", "<8", "<10"))
"""What returns write in place of a figure that is withheld or missing, without spaces; never zero."""


@dataclass
class Faults:
    """Findings of one file as they are found: a rule that breaks in every row is written out a hundred times and then counted."""

    place: dict[str, str]
    _kept: list[Finding] = field(default_factory=list)
    _counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, make: Callable[..., Finding], rule: str, found: str, allowed: str, mend: str, *, row: int | None = None, column: str = "") -> None:
        """Keep a finding, or count it."""
        key = (rule, column, make.__name__)
        self._counts[key] += 1
        if self._counts[key] <= MOST_ALIKE:
            self._kept.append(make(rule, found, allowed, mend, row=row, column=column, **self.place))
        elif self._counts[key] == MOST_ALIKE + 1:
            self._kept.append(make(rule, "more", allowed, mend, column=column, **self.place))

    def findings(self) -> Findings:
        """Everything found, in order."""
        return Findings(self._told(f) for f in self._kept)

    def _told(self, finding: Finding) -> Finding:
        if finding.found != "more":
            return finding
        severity = {"refuse": "refusal", "warn": "warning", "note": "note"}[finding.severity]
        more = self._counts[finding.rule, finding.column, severity] - MOST_ALIKE
        return Finding(**{**vars(finding), "found": f"the same in {more:,} more rows"})


@dataclass(frozen=True, eq=False)
class MappedSheet:
    """A sheet whose columns were found.

    Attributes:
        raw: cells by heading; the index holds row numbers as the spreadsheet shows them.
        match: which heading is which column.
        mapping: what was said about names.
        faults: where findings are kept.
    """

    raw: pd.DataFrame
    match: Match
    mapping: ColumnMapping
    faults: Faults

    def has(self, name: str) -> bool:
        """True where the file has the column, or a value was fixed for it."""
        return name in self.match.columns or name in self.mapping.fixed

    def heading(self, name: str) -> str:
        """The heading of a column as the file writes it."""
        return self.match.columns.get(name, "").strip()

    def cells(self, name: str) -> pd.Series[Any]:
        """Raw cells of a column; the fixed value, or None, in every row where the file has no such column."""
        if name in self.match.columns:
            cells = self.raw[self.match.columns[name]]
            return cells.mask(cells.isin(_NOTHING))
        return pd.Series([self.mapping.fixed.get(name)] * len(self.raw), index=self.raw.index, dtype=object)

    def days(self, name: str) -> pd.Series[Any]:
        """A column of dates read the day first, one for each row; NaT for a blank cell, and for one that is no date, which is refused."""
        return pd.Series(self.column(name, day_first, pd.NaT, DATE), dtype="datetime64[s]")

    def column(self, name: str, parse: Callable[[Any], _Value], empty: _Value, allowed: str, mend: str = "Correct the cell.") -> list[_Value]:
        """One value for each row: `empty` for a blank cell, and for one that `parse` does not take, which is refused.

        Args:
            name: our column.
            parse: the value of a cell that is not blank; raises ValueError. It is asked once for each different cell.
            empty: the value of a blank cell.
            allowed: what may stand there, in words.
            mend: what to do about it.
        """
        known: dict[Any, Any] = {}
        values: list[_Value] = []
        cells = self.cells(name)
        for row, cell in zip(cells.index, cells, strict=True):
            key = (type(cell), cell)
            if key not in known:
                known[key] = _tried(parse, cell, empty)
            value = known[key]
            if isinstance(value, _Wrong):
                self.faults.add(refusal, "cell", shown(cell), allowed, mend, row=int(row), column=self.heading(name))
                value = empty
            values.append(value)
        return values


@dataclass(frozen=True)
class _Wrong:
    """Stands for a cell that could not be read."""


def _tried(parse: Callable[[Any], _Value], cell: Any, empty: _Value) -> _Value | _Wrong:
    if is_blank(cell):
        return empty
    try:
        return parse(cell)
    except ValueError:
        return _Wrong()


def sheet_headings(content: bytes, file: str, types: Collection[Format]) -> list[list[str]]:
    """The headings in row 1 of every sheet of a file, packed with gzip or not.

    Raises:
        Refused: the file cannot be opened, or has no sheet.
    """
    return [headings for _, headings in _sheets(content, file, types)[0]]


def open_sheet(content: bytes, file: str, wanted: Sequence[Wanted], mapping: ColumnMapping, types: Collection[Format]) -> MappedSheet:
    """The one sheet of a file, packed with gzip or not, that has the wanted columns, its headings in row 1.

    Raises:
        Refused: the file cannot be opened.
    """
    tried, notes = _sheets(content, file, types)
    sheet, _ = max(tried, key=lambda s: len(match(wanted, s[1], mapping).columns))
    raw, wrong = headed(sheet, file)
    faults = Faults({"file": file, "sheet": sheet.name}, [*notes, *wrong])
    found = match(wanted, list(raw.columns), mapping)
    _say_what_is_missing(found, faults)
    return MappedSheet(raw, found, mapping, faults)


def _sheets(content: bytes, file: str, types: Collection[Format]) -> tuple[list[tuple[Sheet, list[str]]], Findings]:
    """Every sheet with its headings, and what is to be said of the file."""
    if packing_of(content) == "gzip":
        content = contents_of(content, file).read()
    sheets, notes = read_sheets(content, file, types=types)
    if not sheets:
        raise Refused([refusal("no-sheet", "no sheet", "a sheet with headings in row 1", "Upload the extract as it was made.", file=file)])
    return [(s, [str(c) for c in s.rows.get(1, []) if not is_blank(c)]) for s in sheets], notes


def _say_what_is_missing(found: Match, faults: Faults) -> None:
    for heading in found.repeated:
        faults.add(refusal, "repeated-column", shown(heading), "each column once", "Keep one of the two columns.", row=1, column=heading.strip())
    for column in found.missing:
        there = f"; not read: {', '.join(shown(h) for h in found.unknown[:20])}" if found.unknown else ""
        like = found.proposals.get(column.name)
        mend = (f"Is it {shown(like)}? " if like else "") + "Say once which column it is, or give it this heading."
        faults.add(refusal, "missing-column", f"no such column{there}", f'a column "{column.title}": {column.help}', mend, row=1, column=column.title)


def text_of(cell: Any) -> str:
    """A cell as text; a whole number without its decimal point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def day_first(cell: Any) -> pd.Timestamp:
    """The day a cell names: a date, `2026-03-30`, or day, month, year; a time of day is left out.

    Raises:
        ValueError: no date, or one that could only be read with the month first.
    """
    if isinstance(cell, datetime | date):
        return _within(pd.Timestamp(cell))
    if not isinstance(cell, str):
        raise ValueError(shown(cell))
    text = _TIME.sub("", " ".join(cell.split()))
    if _ISO.fullmatch(text):
        return _within(pd.Timestamp(datetime.strptime(text, "%Y-%m-%d")))
    for form in _DAY_FIRST:
        try:
            return _within(pd.Timestamp(datetime.strptime(text, form)))
        except ValueError:
            continue
    raise ValueError(shown(cell))


def _within(day: pd.Timestamp) -> pd.Timestamp:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(shown(day))
    return day.tz_localize(None).normalize()


def whole(least: int, most: int) -> Callable[[Any], float]:
    """A reader of whole numbers between two limits."""

    def parse(cell: Any) -> float:
        text = text_of(cell)
        if isinstance(cell, bool | datetime | date) or not re.fullmatch(r"\d{1,9}(\.0+)?", text):
            raise ValueError(shown(cell))
        value = float(text)
        if not least <= value <= most:
            raise ValueError(shown(cell))
        return value

    return parse
