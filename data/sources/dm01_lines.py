"""Columns and rows of the national diagnostics return (DM01), the same in every form in which it is published."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.activity import BANDS, WAITING
from data.fields import is_blank, shown
from data.findings import Finding, refusal
from data.sources.national_tests import TOTAL_ID, plain

LARGEST = sys.float_info.max
"""A workbook may hold whole numbers of any length."""

_TOTAL_NAMES = ("total", "england")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_MARKER = re.compile(r"\*|[-–.]{1,3}|[<>≤≥] ?\d+|\[[a-z0-9]{1,3}\]|n/?a|null|suppressed|not available", re.IGNORECASE)
"""What stands in a published table where a figure is kept back or missing."""


@dataclass(frozen=True)
class Column:
    """A column of the return: our name, the official heading, and other headings in use."""

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
    Column("test_id", "Diagnostic ID", ("Diagnostic Tests Sort Order", "Diagnostic Test ID", "test_id"), counts=False),
    Column("test_name", "Diagnostic Test Name", ("Diagnostic Tests", "Diagnostic Test", "test_name"), counts=False),
    Column("total", "Total Waiting List", ("Total WL", "wl_total")),
    Column("over_six", "Number waiting 6+ Weeks", ("Waiting 6+ weeks", "wl_6w_plus")),
    Column("over_thirteen", "Number waiting 13+ Weeks", ("Waiting 13+ weeks",)),
    *_BANDS,
    Column("done_planned", "Planned tests / procedures", ("Planned Activity", "act_planned")),
    Column("done_unscheduled", "Unscheduled tests / procedures", ("Unscheduled Activity", "act_unscheduled")),
    Column("done_waiting_list", "Waiting list tests / procedures (excluding planned)",
           ("Waiting list tests / procedures", "Waiting List Activity", "act_waiting_list")),
)  # fmt: skip
"""What every form of the return has."""

PLACES: tuple[Column, ...] = (
    Column("region", "Regional Team Code", ("region_code",), counts=False),
    Column("region_name", "Regional Team Name", ("region_name",), counts=False),
    Column("system", "Provider Parent Org Code", (), counts=False),
    Column("system_name", "Provider Parent Name", (), counts=False),
)  # fmt: skip
"""Where a provider belongs, in the forms that say so: the region in workbooks and the table, the system in the full extract."""

TEXT_COLUMNS: tuple[Column, ...] = (
    *COLUMNS,
    *PLACES,
    Column("period", "Period", ("Month",), counts=False),
    Column("test_code", "Test code", ("Diagnostic Test Code",), counts=False),
    Column("commissioner", "Commissioner Org Code", ("Commissioner Code",), counts=False),
    Column("commissioner_parent", "Commissioner Parent Org Code", (), counts=False),
    Column("done_total", "Total Activity", ("act_total",)),
)  # fmt: skip
"""What the forms in text have besides."""

NOT_READ = ("Commissioner Parent Name", "Commissioner Org Name", "Percentage waiting 6+ weeks", "pct_6w_plus")
"""Published columns that repeat what other columns say."""

COUNTS = [c.name for c in COLUMNS if c.counts]


def plain_heading(text: object) -> str:
    """A heading as it is compared: `0 <01 weeks`, `00 < 01 Week` and `wl_00_01w` are the same, and a plus sign counts."""
    words = " ".join(str(text).lower().split())
    if band := re.fullmatch(r"0*(\d+) ?< ?0*(\d+) ?weeks?", words) or re.fullmatch(r"wl_0*(\d+)_0*(\d+)w", words):
        return f"band {band[1]} {band[2]}"
    if last := re.fullmatch(r"(\d+) ?\+ ?weeks?", words) or re.fullmatch(r"wl_(\d+)w_plus", words):
        return f"{last[1]}+week"
    return "".join(c for c in words if c.isalnum() or c == "+")


@dataclass(frozen=True, eq=False)
class Lines:
    """Rows below a header.

    Attributes:
        file: name of the file.
        sheet: name of the sheet; empty for a text file.
        header: row number of the header.
        headings: the heading of each column as the file writes it.
        raw: cells by column name; the index holds row numbers as the spreadsheet shows them.
        tests: the test of each row where it is known from more than its number; 0 for a test nobody knows.
    """

    file: str
    sheet: str
    header: int
    headings: Mapping[str, str]
    raw: pd.DataFrame
    tests: pd.Series[float] | None = None

    @cached_property
    def counts(self) -> list[str]:
        """Names of the columns with counts, in their declared order."""
        return [c.name for c in TEXT_COLUMNS if c.counts and c.name in self.headings]

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """Counts and the test's number as floats; NaN for a cell that does not hold a number."""
        names = [*self.counts, *(["test_id"] if "test_id" in self.headings else [])]
        made = pd.DataFrame({n: numbers_of(self.raw[n]) for n in names}, index=self.raw.index, columns=names, dtype="float64")
        return made if self.tests is None else made.assign(test_id=self.tests)

    @cached_property
    def england(self) -> pd.Series[bool]:
        """True for the total row of the whole country: no code, and a name that says so."""
        blank = self.codes == ""
        if "organisation_name" not in self.headings:
            return blank & False
        return blank & by_value(self.raw["organisation_name"], lambda name: plain(name).startswith(_TOTAL_NAMES)).astype(bool)

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
        return self.numbers[self.counts].notna().all(axis=1)

    @cached_property
    def codes(self) -> pd.Series[str]:
        """Provider codes as text without spaces at the ends."""
        return by_value(self.raw["organisation"], lambda c: "" if is_blank(c) else str(c).strip()).astype("str")

    def at(self, row: int, column: str) -> dict[str, Any]:
        """The place of a cell, for a finding."""
        return {"file": self.file, "sheet": self.sheet, "row": row, "column": self.headings[column]}


def number(cell: Any) -> float:
    """A cell's number, NaN for anything else; text counts as a number only where nobody could read it as another one."""
    if isinstance(cell, bool):
        return np.nan
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) <= LARGEST else np.nan
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        return float(cell.replace(",", ""))
    return np.nan


def numbers_of(cells: pd.Series[Any]) -> np.ndarray:
    """`number` of each cell; digits alone, as nearly all text cells are, are computed all at once."""
    if isinstance(cells.dtype, pd.StringDtype):
        text = pa.array(cells.array)
        if pc.all(pc.match_substring_regex(text, r"^[0-9]{1,15}$")).as_py():
            return np.asarray(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False))
    return np.array([number(c) for c in cells], dtype="float64")


def by_value(cells: pd.Series[Any], make: Callable[[Any], Any]) -> pd.Series[Any]:
    """What `make` makes of each cell, asked once for each different one: names and codes repeat thousands of times."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    made = np.array([make(value) for value in distinct], dtype=object)
    return pd.Series(made[codes] if len(distinct) else [], index=cells.index, dtype=object)


def is_marker(cell: Any) -> bool:
    """True for what a published table writes in place of a figure: `*`, `<5`, `-`, `..`, `[c]` and the like."""
    return isinstance(cell, str) and bool(_MARKER.fullmatch(cell.strip()))


def matched(
    headings: Sequence[Any], columns: Iterable[Column], needed: Iterable[str], place: dict[str, Any], *, strict: bool
) -> tuple[dict[str, int], list[Finding]]:  # fmt: skip
    """Position of each column in a header; missing and repeated headings are refused.

    Args:
        headings: the cells of the header.
        columns: the columns that are looked for.
        needed: names of those that must be there.
        place: file, sheet and row of the header, for the findings.
        strict: refuse a heading that belongs to no column of the return.
    """
    official = {c.name: c.heading for c in columns}
    by_heading = {plain_heading(h): c.name for c in columns for h in (c.heading, *c.synonyms)}
    places: dict[str, int] = {}
    unknown: list[str] = []
    findings: list[Finding] = []
    for i, heading in enumerate(headings):
        name = by_heading.get(plain_heading(heading)) if not is_blank(heading) else None
        if name is None:
            unknown += [] if is_blank(heading) or plain_heading(heading) in _NOT_READ else [" ".join(str(heading).split())]
        elif name in places:
            mend = "Keep one of the two columns."
            findings.append(refusal("repeated-column", shown(heading), "each column once", mend, column=official[name], **place))
        else:
            places[name] = i
    words = ", ".join(shown(h) for h in unknown)
    found = "no such column" + (f"; columns with other headings: {words}" if unknown else "")
    for name in needed:
        if name not in places:
            mend = f'Give the column its published heading "{official[name]}", or upload the file as it was published.'
            findings.append(refusal("missing-column", found, f'a column "{official[name]}"', mend, column=official[name], **place))
    if strict and not findings:
        mend = "Remove the column: only published columns are read."
        allowed = "the columns of the published table"
        findings += [refusal("unknown-column", shown(h), allowed, mend, column=shown(h).strip('"'), **place) for h in unknown]
    return places, findings


_NOT_READ = {plain_heading(h) for h in NOT_READ}
