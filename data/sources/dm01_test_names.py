"""Which test a row of the return is for, where the return is text: told from its name or code, with the number as a check."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.fields import is_blank, shown
from data.findings import Finding, Severity
from data.sources.dm01_lines import Lines, by_value, number
from data.sources.national_tests import TOTAL_ID, national_tests, plain

UNKNOWN = 0
"""Number of a test that nobody knows."""

_TOTAL_NAMES = frozenset({"total", "totals", "alltests", "totaltests"})
_BETWEEN = "\x1f"
"""Control characters are refused in text, so that this one stands in no cell."""

_COLUMNS = ("test_code", "test_name", "test_id")

Told = tuple[int, str, Severity | None, str]
"""Number of the test, and where something is wrong: the column, how bad it is, and what is allowed."""


class TestNames:
    """What each way of writing a test means; every combination of name, code and number is decided once.

    Args:
        by_number: whether the number is the workbooks' own. The numbers of the full extract only order its rows: there the name decides.
    """

    __test__ = False  # not a test case, whatever its name begins with

    def __init__(self, *, by_number: bool) -> None:
        self._by_number = by_number
        self._told: dict[str, Told] = {}
        self._reported: set[str] = set()
        self._owner = {name: test.test_id for test in national_tests().values() for name in test.names} | dict.fromkeys(_TOTAL_NAMES, TOTAL_ID)

    def tests(self, lines: Lines) -> pd.Series[float]:
        """Number of each row's test, `UNKNOWN` where it has none."""
        return by_value(self._keys(lines), lambda key: self._meaning(lines, key)[0]).astype("float64")

    def findings(self, lines: Lines) -> Iterator[Finding]:
        """Rows whose test is unknown or contradicts itself; a warning once for each way of writing it."""
        keys = self._keys(lines)
        wrong = by_value(keys, lambda key: self._meaning(lines, key)[2] is not None).astype(bool) & ~lines.england
        for row, key in keys[wrong].items():
            test, column, severity, allowed = self._meaning(lines, key)
            if severity is None or (severity == "warn" and key in self._reported):
                continue
            self._reported.add(key)
            cell = lines.raw.at[row, column]
            found = "an empty cell" if is_blank(cell) else shown(cell)
            rule = "test-name" if test != UNKNOWN else "unknown-test"
            yield Finding(rule, severity, found, allowed, "Check which test the row is for.", **lines.at(int(row), column))

    def _keys(self, lines: Lines) -> pd.Series[str]:
        first, *others = _there(lines)
        keys = lines.raw[first]
        for name in others:
            keys = keys + _BETWEEN + lines.raw[name]
        return keys

    def _meaning(self, lines: Lines, key: str) -> Told:
        if key not in self._told:
            self._told[key] = self._tell(dict(zip(_there(lines), key.split(_BETWEEN), strict=True)))
        return self._told[key]

    def _tell(self, cells: dict[str, str]) -> Told:
        numbered = number(cells.get("test_id", ""))
        given = [name for name in ("test_code", "test_name") if not is_blank(cells.get(name))]
        owners = {name: self._owner.get(plain(cells[name])) for name in given}
        known = {owner for owner in owners.values() if owner is not None}
        valid = int(numbered) if numbered in (*national_tests(), TOTAL_ID) else None
        if len(known) > 1:
            return known.pop(), given[-1], "refuse", f"the test of the column beside it, {_titled(owners[given[0]])}"
        if not known:
            return self._unnamed(given or list(cells), bool(given), valid)
        test = known.pop()
        if valid is not None and valid != test:
            contradicts = self._by_number or TOTAL_ID in (valid, test)
            return test, given[0], "refuse" if contradicts else "warn", f"{_titled(valid)}, which has number {valid}"
        strange = next((name for name in given if owners[name] is None), None)
        return test, strange or given[0], "warn" if strange else None, _titled(test)

    def _unnamed(self, columns: list[str], named: bool, valid: int | None) -> Told:
        """A row without a name anybody knows: its number decides, where it may."""
        if valid == TOTAL_ID or (valid is not None and self._by_number):
            return valid, columns[0], "warn" if named else None, _titled(valid)
        names = ", ".join(test.national_code for test in national_tests().values())
        return UNKNOWN, columns[0], "refuse", f"a test of the return: {names}"


def _there(lines: Lines) -> list[str]:
    return [name for name in _COLUMNS if name in lines.headings]


def _titled(test: int | None) -> str:
    return f'"{national_tests()[test].name}"' if test in national_tests() else "the total of all tests"
