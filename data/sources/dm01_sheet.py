"""The sheet of an official provider workbook: which columns it has, where its header stands, what its title block says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.activity import BANDS, WAITING
from data.cells import Sheet
from data.fields import is_blank, shown
from data.findings import Finding, refusal
from data.sources.national_tests import TOTAL_ID, national_tests, plain

SHEET = "Provider by Test"

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_HEADER_WITHIN = 60
_ENOUGH_HEADINGS = 5
_TOTAL_NAMES = ("total", "england")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")


@dataclass(frozen=True)
class Column:
    """A column of the sheet: our name, the official heading, and other headings in use."""

    name: str
    heading: str
    synonyms: tuple[str, ...] = ()
    counts: bool = True


_BANDS = tuple(
    Column(name, f"{k:02d} <{k + 1:02d} weeks" if k < BANDS - 1 else f"{k}+ weeks") for k, name in enumerate(WAITING)
)  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    Column("organisation", "Provider Code", ("Provider Org Code", "Org Code", "Organisation Code"), counts=False),
    Column("organisation_name", "Provider Name", ("Provider Org Name", "Org Name", "Organisation Name"), counts=False),
    Column("test_id", "Diagnostic ID", ("Diagnostic Tests Sort Order", "Diagnostic Test ID"), counts=False),
    Column("test_name", "Diagnostic Test Name", ("Diagnostic Tests", "Diagnostic Test"), counts=False),
    Column("total", "Total Waiting List", ("Total WL",)),
    Column("over_six", "Number waiting 6+ Weeks", ("Waiting 6+ weeks",)),
    Column("over_thirteen", "Number waiting 13+ Weeks", ("Waiting 13+ weeks",)),
    *_BANDS,
    Column("done_planned", "Planned tests / procedures", ("Planned Activity",)),
    Column("done_unscheduled", "Unscheduled tests / procedures", ("Unscheduled Activity",)),
    Column("done_waiting_list", "Waiting list tests / procedures (excluding planned)",
           ("Waiting list tests / procedures", "Waiting List Activity")),
)  # fmt: skip

COUNTS = [c.name for c in COLUMNS if c.counts]


def _plain_heading(text: object) -> str:
    """A heading as it is compared: `0 <01 weeks` and `00 < 01 Week` are the same, and a plus sign counts."""
    words = " ".join(str(text).lower().split())
    if band := re.fullmatch(r"0*(\d+) ?< ?0*(\d+) ?weeks?", words):
        return f"band {band[1]} {band[2]}"
    if re.fullmatch(r"(\d+) ?\+ ?weeks?", words):
        words = words.removesuffix("s")
    return "".join(c for c in words if c.isalnum() or c == "+")


_BY_HEADING = {_plain_heading(h): c.name for c in COLUMNS for h in (c.heading, *c.synonyms)}
_OFFICIAL = {c.name: c.heading for c in COLUMNS}


@dataclass(frozen=True, eq=False)
class Lines:
    """The rows below the header.

    Attributes:
        file: name of the file.
        sheet: name of the sheet.
        header: row number of the header.
        headings: the heading of each column as the file writes it.
        raw: cells by column name; the index holds row numbers as the spreadsheet shows them.
    """

    file: str
    sheet: str
    header: int
    headings: dict[str, str]
    raw: pd.DataFrame

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """Counts and the test's number as floats; NaN for a cell that does not hold a number."""
        names = [*COUNTS, "test_id"]
        return pd.DataFrame({n: [number(c) for c in self.raw[n]] for n in names}, index=self.raw.index, columns=names, dtype="float64")

    @cached_property
    def england(self) -> pd.Series[bool]:
        """True for the total row of the whole country: no code, and a name that says so."""
        names = self.raw["organisation_name"].map(lambda n: plain(n).startswith(_TOTAL_NAMES))
        return self.raw["organisation"].map(is_blank) & names

    @cached_property
    def provider_total(self) -> pd.Series[bool]:
        """True for the row that repeats a provider's total over all tests."""
        return ~self.england & (self.numbers["test_id"] == TOTAL_ID)

    @cached_property
    def data(self) -> pd.Series[bool]:
        """True for rows of one provider and one test."""
        return ~self.england & ~self.provider_total

    @cached_property
    def right(self) -> pd.Series[bool]:
        """True for rows whose counts can all be computed with."""
        return self.numbers[COUNTS].notna().all(axis=1)

    @cached_property
    def codes(self) -> pd.Series[str]:
        """Provider codes as text without spaces at the ends."""
        return self.raw["organisation"].map(lambda c: "" if is_blank(c) else str(c).strip()).astype("str")

    def at(self, row: int, column: str) -> dict[str, Any]:
        """The place of a cell, for a finding."""
        return {"file": self.file, "sheet": self.sheet, "row": row, "column": self.headings[column]}


def number(cell: Any) -> float:
    """A cell's number, NaN for anything else; text counts as a number only where nobody could read it as another one."""
    if isinstance(cell, bool):
        return np.nan
    if isinstance(cell, int | float):
        return float(cell) if np.isfinite(cell) else np.nan
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        return float(cell.replace(",", ""))
    return np.nan


def lines_of(sheet: Sheet, file: str) -> tuple[Lines | None, list[Finding]]:
    """The rows below the header, wherever the header stands; None with the reason where a column is missing."""
    row = _header_row(sheet)
    if row is None:
        allowed = f'a header row with "{_OFFICIAL["organisation"]}", "{_OFFICIAL["test_id"]}" and the other columns'
        mend = "Upload the workbook as it was published."
        return None, [refusal("missing-header", "no header row", allowed, mend, file=file, sheet=sheet.name)]
    places, findings = _places(sheet, row, file)
    if findings:
        return None, findings
    rows = [r for r in sorted(sheet.rows) if r > row]
    raw = {name: [sheet.cell(r, i) for r in rows] for name, i in places.items()}
    frame = pd.DataFrame(raw, index=rows, dtype=object)
    filled = ~frame.map(is_blank).all(axis=1)
    headings = {name: " ".join(str(sheet.cell(row, i)).split()) for name, i in places.items()}
    return Lines(file, sheet.name, row, headings, frame[filled]), []


def _header_row(sheet: Sheet) -> int | None:
    """The row among the first with the most known headings."""
    known = {r: len({_BY_HEADING.get(_plain_heading(c)) for c in cells} - {None}) for r, cells in sheet.rows.items() if r <= _HEADER_WITHIN}
    best = max(known, key=lambda r: (known[r], -r), default=None)
    return best if best is not None and known[best] >= _ENOUGH_HEADINGS else None


def _places(sheet: Sheet, row: int, file: str) -> tuple[dict[str, int], list[Finding]]:
    """Column number of each column; missing and repeated headings are refused."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    findings: list[Finding] = []
    for i, heading in enumerate(sheet.rows[row]):
        name = _BY_HEADING.get(_plain_heading(heading)) if not is_blank(heading) else None
        if name is None:
            unknown += [] if is_blank(heading) else [shown(heading)]
        elif name in places:
            place = {"file": file, "sheet": sheet.name, "row": row, "column": _OFFICIAL[name]}
            findings.append(refusal("repeated-column", shown(heading), "each column once", "Keep one of the two columns.", **place))
        else:
            places[name] = i
    missing = [c for c in COLUMNS if c.name not in places]
    found = "no such column" + (f"; columns with other headings: {', '.join(unknown)}" if unknown else "")
    for column in missing:
        mend = f'Give the column its published heading "{column.heading}", or upload the workbook as it was published.'
        place = {"file": file, "sheet": sheet.name, "row": row, "column": column.heading}
        findings.append(refusal("missing-column", found, f'a column "{column.heading}"', mend, **place))
    return places, findings


def title_block(sheet: Sheet, above: int) -> dict[str, tuple[str, int]]:
    """Label in lower case, without its colon → (text beside it, its row number) of the rows above the header."""
    block: dict[str, tuple[str, int]] = {}
    for row in sorted(r for r in sheet.rows if r < above):
        cells = [c for c in sheet.rows[row] if not is_blank(c)]
        if cells and isinstance(cells[0], str):
            beside = cells[1] if len(cells) > 1 else ""
            text = beside.strftime("%Y-%m-%d") if isinstance(beside, date | datetime) else " ".join(str(beside).split())
            block.setdefault(cells[0].strip().rstrip(":").lower(), (text, row))
    return block


def month_of(text: str) -> pd.Timestamp | None:
    """First day of the month a text names (`March 2025`, `DM01-MARCH-2025`, `Mar 2025`, `2025-03-01`); None where it names none."""
    words = re.findall(r"[a-z]+|\d+", text.lower())
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text.strip()):
        year, month = int(words[0]), int(words[1])
    else:
        named = [i + 1 for w in words for i, m in enumerate(MONTHS) if w == m or w == m[:3]]
        years = [int(w) for w in words if re.fullmatch(r"(19|20)\d\d", w)]
        if len(named) != 1 or len(years) != 1:
            return None
        year, month = years[0], named[0]
    return pd.Timestamp(year, month, 1).as_unit("s") if 2000 <= year <= 2100 and 1 <= month <= 12 else None


def code_of(test_id: float) -> str:
    """National code of a test's number in the workbook."""
    return national_tests()[int(test_id)].national_code
