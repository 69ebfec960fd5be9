"""The tests of the national diagnostics return, as its workbooks number and name them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOTAL_ID = 16
"""The number under which the return repeats each provider's total; counting it would double every sum."""

_TABLE = Path(__file__).with_name("dm01_tests.csv")


@dataclass(frozen=True)
class NationalTest:
    """One test of the return: its number and name in the workbooks, its code in the extracts."""

    test_id: int
    national_code: str
    name: str
    synonyms: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every way the test is written, reduced to letters and digits in lower case."""
        return frozenset(plain(n) for n in (self.national_code, self.name, *self.synonyms))


@cache
def national_tests() -> dict[int, NationalTest]:
    """The tests by their number in the workbooks."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        int(row["test_id"]): NationalTest(int(row["test_id"]), row["national_code"], row["name"], tuple(s for s in row["synonyms"].split(";") if s))
        for row in rows
    }


def plain(text: object) -> str:
    """Letters and digits in lower case, for comparing names that are typed in different ways."""
    return "".join(c for c in str(text).lower() if c.isalnum())
