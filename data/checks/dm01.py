"""Checks of the national return: first each cell, then the rows against each other and against the total for England."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pandas as pd

from data.activity import BANDS, KINDS, OVER_SIX, OVER_THIRTEEN, WAITING
from data.cells import CellError
from data.fields import is_blank, shown
from data.findings import Finding, Findings, refusal, warning
from data.sources.dm01_lines import LARGEST, Lines, is_marker
from data.sources.national_tests import TOTAL_ID, national_tests, plain

Check = Callable[[Lines], Iterator[Finding]]

_COUNT = "a whole number, 0 or more"
_AS_PUBLISHED = "Correct the cell, or upload the file as it was published."
_AGREE = 0.5


def check_dm01(lines: Lines) -> Findings:
    """Every check of a workbook, in order; all are collected."""
    return Findings(finding for check in CHECKS for finding in check(lines))


def check_rows(lines: Lines) -> Iterator[Finding]:
    """The checks that need one row alone, for files that are read a block at a time."""
    for check in ROW_CHECKS:
        yield from check(lines)


def counts_are_numbers(lines: Lines) -> Iterator[Finding]:
    """Text, an empty cell, a date or a spreadsheet error where a count belongs; a marker is listed as a missing figure, never zero."""
    for name in lines.counts:
        for row in lines.raw.index[lines.numbers[name].isna()]:
            cell = lines.raw.at[row, name]
            if is_marker(cell):
                mend = "The figure counts as missing, not as zero. Put the figure in where it is known."
                yield warning("missing-figure", f"{shown(cell)} in place of a figure", _COUNT, mend, **lines.at(int(row), name))
            else:
                yield refusal("not-a-number", _found(cell), _COUNT, _AS_PUBLISHED, **lines.at(int(row), name))


def counts_are_not_negative(lines: Lines) -> Iterator[Finding]:
    """A list or an activity below zero."""
    for name in lines.counts:
        for row in lines.raw.index[lines.numbers[name] < 0]:
            yield refusal("negative", _figure(lines, row, name), _COUNT, _AS_PUBLISHED, **lines.at(int(row), name))


def counts_are_whole(lines: Lines) -> Iterator[Finding]:
    """A fraction of a patient."""
    for name in lines.counts:
        for row in lines.raw.index[lines.numbers[name] % 1 > 0]:
            yield refusal("fraction", _figure(lines, row, name), _COUNT, _AS_PUBLISHED, **lines.at(int(row), name))


def tests_are_known(lines: Lines) -> Iterator[Finding]:
    """The test's number is one of the return's."""
    known = list(national_tests())
    allowed = f"a test's number, {min(known)} to {max(known)}, or {TOTAL_ID} for a provider's total"
    for row in lines.raw.index[lines.data & ~lines.numbers["test_id"].isin(known)]:
        yield refusal("unknown-test", _found(lines.raw.at[row, "test_id"]), allowed, _AS_PUBLISHED, **lines.at(int(row), "test_id"))


def test_names_agree_with_numbers(lines: Lines) -> Iterator[Finding]:
    """A name that belongs to another number is refused; a name nobody knows is only reported, once for each."""
    tests = national_tests()
    owner = {name: test.test_id for test in tests.values() for name in test.names}
    reported: set[tuple[int, str]] = set()
    rows = lines.data & lines.numbers["test_id"].isin(list(tests))
    numbers = lines.numbers["test_id"][rows].astype(int)
    for row, number, cell in zip(numbers.index, numbers, lines.raw["test_name"][rows], strict=True):
        named = owner.get(plain(cell))
        if named == number or (number, plain(cell)) in reported:
            continue
        make = warning
        if named is not None:
            make = refusal
        else:
            reported.add((number, plain(cell)))
        allowed = f'"{tests[number].name}", which has number {number}'
        yield make("test-name", _found(cell), allowed, "Check which test the row is for.", **lines.at(int(row), "test_name"))


def providers_are_coded(lines: Lines) -> Iterator[Finding]:
    """Every row but the total for England names its provider."""
    for row in lines.raw.index[(lines.codes == "") & ~lines.england]:
        yield refusal("no-provider", "an empty cell", "the ODS code of a provider", _AS_PUBLISHED, **lines.at(int(row), "organisation"))


def bands_add_up(lines: Lines) -> Iterator[Finding]:
    """The weekly bands add up to the total waiting list."""
    yield from _sums(lines, "total", 0, "the total of the weekly bands")


def six_weeks_and_over_add_up(lines: Lines) -> Iterator[Finding]:
    """The bands from six weeks add up to the number waiting six weeks or more."""
    yield from _sums(lines, "over_six", OVER_SIX, f"the total of the bands from {OVER_SIX} weeks")


def thirteen_weeks_and_over_agree(lines: Lines) -> Iterator[Finding]:
    """The last band is the number waiting thirteen weeks or more."""
    yield from _sums(lines, "over_thirteen", OVER_THIRTEEN, f"the band of {OVER_THIRTEEN} weeks or more")


def _sums(lines: Lines, name: str, first: int, what: str) -> Iterator[Finding]:
    yield from _adds_up(lines, "bands", name, WAITING[first:BANDS], what)


def activity_adds_up(lines: Lines) -> Iterator[Finding]:
    """The three kinds of activity add up to the total, where the file has one."""
    yield from _adds_up(lines, "activity", "done_total", [f"done_{kind}" for kind in KINDS], "the total of the three kinds of activity")


def _adds_up(lines: Lines, rule: str, name: str, parts: list[str], what: str) -> Iterator[Finding]:
    if name not in lines.headings:
        return
    sums = lines.numbers[parts].sum(axis=1)
    stated = lines.numbers[name]
    for row in lines.raw.index[lines.right & ((sums - stated).abs() > _AGREE)]:
        mend = f"Correct the cell or the {rule} of this row, or upload the file as it was published."
        yield refusal(rule, _figure(lines, row, name), f"{sums[row]:,.0f}, {what}", mend, **lines.at(int(row), name))


def rows_are_unique(lines: Lines) -> Iterator[Finding]:
    """One row for each provider and test."""
    rows = ~lines.england & (lines.codes != "")
    first: dict[tuple[str, float], int] = {}
    for row, code, test in zip(lines.raw.index[rows], lines.codes[rows], lines.numbers["test_id"][rows], strict=True):
        key = (code, test)
        if key in first:
            found = f"{shown(key[0])} with {lines.headings['test_id']} {key[1]:g}, as in row {first[key]}"
            yield refusal("duplicate-row", found, "one row for each provider and test", "Remove one of the two rows.",
                          **lines.at(int(row), "organisation"))  # fmt: skip
        else:
            first[key] = int(row)


def there_are_rows(lines: Lines) -> Iterator[Finding]:
    """A file without a single provider is not a month of the return."""
    if not lines.data.any():
        allowed = "one row for each provider and test"
        yield refusal("no-rows", "no rows below the header", allowed, "Upload the workbook as it was published.",
                      file=lines.file, sheet=lines.sheet, row=lines.header)  # fmt: skip


def tests_add_up_to_each_provider(lines: Lines) -> Iterator[Finding]:
    """A provider's tests add up to the row of its total, column by column."""
    codes = lines.codes
    complete = ~codes.isin(codes[~lines.right])
    sums = lines.numbers.loc[lines.data & complete, lines.counts].groupby(codes).sum()
    totals = codes[lines.provider_total & complete]
    expected = sums.reindex(totals, fill_value=0.0).set_axis(totals.index)
    yield from _differences(lines, expected, "the tests of this provider in this file")


def tests_add_up_to_england(lines: Lines) -> Iterator[Finding]:
    """All rows of one test add up to the total for England, column by column: a row is missing or was changed where they do not."""
    total = lines.raw.index[lines.england][:1]
    if total.empty:
        mend = "The rows could not be compared with a total; check that the file is whole."
        yield warning("england-total", "no total row for England", "a row named Total above the providers", mend,
                      file=lines.file, sheet=lines.sheet, row=lines.header + 1)  # fmt: skip
    elif lines.right.all():
        expected = lines.numbers.loc[lines.data, lines.counts].sum().to_frame().T.set_axis(total)
        yield from _differences(lines, expected, "all rows of one test in this file")


def _differences(lines: Lines, expected: pd.DataFrame, what: str) -> Iterator[Finding]:
    """Counts of some rows that differ from what they should be."""
    wrong = (lines.numbers.loc[expected.index, lines.counts] - expected).abs() > _AGREE
    for i, j in zip(*wrong.to_numpy().nonzero(), strict=True):
        row, name = int(expected.index[i]), lines.counts[j]
        mend = "A row is missing, was changed or was revised: check the file against the published one."
        yield warning("total", _figure(lines, row, name), f"{expected.iat[i, j]:,.0f}, the sum of {what}", mend, **lines.at(row, name))


def _number(lines: Lines, row: Any, name: str) -> float:
    return cast(float, lines.numbers.at[row, name])


def _figure(lines: Lines, row: Any, name: str) -> str:
    return f"{_number(lines, row, name):,.10g}"


def _found(cell: Any) -> str:
    if isinstance(cell, CellError):
        return str(cell)
    if isinstance(cell, float) or (isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) <= LARGEST):
        return f"{cell:g}"
    return "an empty cell" if is_blank(cell) else shown(cell)


ROW_CHECKS: tuple[Check, ...] = (
    counts_are_numbers,
    counts_are_not_negative,
    counts_are_whole,
    providers_are_coded,
    bands_add_up,
    six_weeks_and_over_add_up,
    thirteen_weeks_and_over_agree,
    activity_adds_up,
)

CHECKS: tuple[Check, ...] = (
    there_are_rows,
    *ROW_CHECKS,
    tests_are_known,
    test_names_agree_with_numbers,
    rows_are_unique,
    tests_add_up_to_each_provider,
    tests_add_up_to_england,
)
