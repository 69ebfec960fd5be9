"""The national return as text: the table by provider, and the full extract by provider and commissioner; any months, any number of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pandas as pd
import pyarrow as pa

from data.checks.dm01 import check_rows
from data.errors import Refused
from data.fields import is_blank, shown
from data.findings import Finding, Findings, refusal
from data.plain_text import Strings, strings
from data.sources.dm01_lines import PLACES, TEXT_COLUMNS, Lines, matched
from data.sources.dm01_sheet import month_of
from data.sources.dm01_sums import Sums
from data.sources.dm01_test_names import TestNames
from data.sources.reading import Reading
from data.text_rows import TextRows, text_rows
from data.unpacking import Contents

MOST_FINDINGS = 1_000
"""A file with more faults is wrong as a whole; the rest is not listed."""

_NEEDED = [
    c.name for c in TEXT_COLUMNS
    if c.name not in ("organisation_name", "test_id", "test_code", "test_name", "over_six", "over_thirteen", "done_total",
                      "commissioner", "commissioner_parent", *(p.name for p in PLACES))
]  # fmt: skip
_ENOUGH_HEADINGS = 5
"""With fewer known headings a text is another table, not this one with columns missing."""

_TEST_COLUMNS = ("test_code", "test_name", "test_id")
_DAY_FIRST = re.compile(r"0?1/(\d{1,2})/(\d{4})")
_MIDNIGHT = " 00:00:00"


def read_table(contents: Contents, digest: str, source: str, version: int) -> Reading:
    """Read one file in text.

    Args:
        contents: the file, which may be packed.
        digest: SHA-256 of the file as it was uploaded.
        source: kind of source, for the reading.
        version: of the adapter.

    Returns:
        The reading: one row for each provider, test and month; or, with an empty frame, every reason why the file is refused.
    """
    file = contents.file
    try:
        table = text_rows(contents)
        gathered = _Gathered(table)
        gathered.read()
    except Refused as error:
        return Reading.refused(source, file, digest, version, error.findings)
    if gathered.findings.refusals:
        return Reading.refused(source, file, digest, version, gathered.findings, gathered.facts)
    return Reading(source, file, digest, version, gathered.sums.frame(), gathered.facts, gathered.findings)


class _Gathered:
    """What is known of a file while its rows pass by."""

    def __init__(self, table: TextRows) -> None:
        self._table = table
        self._file = table.contents.file
        self._found: list[Finding] = list(table.notes)
        self._places = self._columns()
        self._headings = {name: " ".join(table.header[i].split()) for name, i in self._places.items()}
        self._extract = "commissioner" in self._places
        self._names = TestNames(by_number=not self._extract)
        self._months: dict[str, pd.Timestamp | None] = {}
        self._rows = 0
        self._whole = True
        self.sums = Sums(self._file, self._headings)

    def _columns(self) -> dict[str, int]:
        """Position of each column.

        Raises:
            Refused: a column is missing, given twice, or is none of the return's.
        """
        place = {"file": self._file, "row": self._table.header_row}
        places, wrong = matched(self._table.header, TEXT_COLUMNS, _NEEDED, place, strict=True)
        if len(places) < _ENOUGH_HEADINGS:
            wrong = [self._other_text()]
        elif not wrong and not any(name in places for name in _TEST_COLUMNS):
            mend = "Upload the file as it was published."
            wrong = [refusal("missing-column", "no column for the test", 'a column "Diagnostic Tests"', mend, **place)]
        if wrong:
            raise Refused([*self._found, *wrong])
        return places

    def _other_text(self) -> Finding:
        found = "a text file with the columns " + ", ".join(shown(h) for h in self._table.header[:5])
        allowed = "the provider workbook, or the table by provider or the full extract as CSV"
        mend = "Upload the file as it was published."
        return refusal("missing-column", found, allowed, mend, file=self._file, row=self._table.header_row)

    @property
    def findings(self) -> Findings:
        """Everything found."""
        return Findings(self._found)

    @property
    def facts(self) -> dict[str, str]:
        """What the file is."""
        form = "full extract by provider and commissioner (CSV)" if self._extract else "table by provider (CSV)"
        months = sorted({m for m in self._months.values() if m is not None})
        span = "" if not months else f"{months[0]:%B %Y}" if len(months) == 1 else f"{months[0]:%B %Y} to {months[-1]:%B %Y}"
        return {"form": form, "packing": self._table.contents.packing, "period": span, "rows": f"{self._rows:,}"}

    def read(self) -> None:
        """Let every row pass by; stops where the file is wrong as a whole.

        Raises:
            Refused: the text cannot be split into cells, or breaks a limit.
        """
        for block in strings(self._table):
            self._rows += len(block.rows)
            self._add(block)
            if len(self._found) >= MOST_FINDINGS:
                break
        else:
            together = self.sums.findings(self._table.header_row) if self._whole else self.sums.repeated()
            self._found += islice(together, MOST_FINDINGS)
        if len(self._found) >= MOST_FINDINGS:
            mend = "Mend these first, then load the file again."
            found = f"{MOST_FINDINGS:,} faults or more; reading stopped there"
            self._found.append(refusal("too-many-faults", found, "the file as it was published", mend, file=self._file))

    def _add(self, block: Strings) -> None:
        raw = pa.table({name: block.columns[i] for name, i in self._places.items()}).to_pandas().set_axis(block.rows)
        lines = Lines(self._file, "", self._table.header_row, self._headings, raw)
        tests = self._names.tests(lines)
        lines = Lines(self._file, "", self._table.header_row, self._headings, raw, tests)
        room = MOST_FINDINGS - len(self._found)
        months = self._months_of(raw["period"])
        checks = (self._unheaded(block), self._month_findings(lines, months), self._names.findings(lines), check_rows(lines))
        found = list(islice((f for check in checks for f in check), room))
        self._found += found
        if any(f.severity == "refuse" for f in found):
            self._whole = False  # without these rows no total adds up: there is nothing to learn from totals any more
        else:
            self.sums.add(lines, months)

    def _months_of(self, cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
        for text in cells.unique():
            if text not in self._months:
                self._months[text] = _month(text)
        return pd.to_datetime(cells.map(self._months)).astype("datetime64[s]")

    def _month_findings(self, lines: Lines, months: pd.Series[pd.Timestamp]) -> Iterator[Finding]:
        allowed = "a month, for example 2025-03-01 or March 2025"
        for row in lines.raw.index[months.isna()]:
            cell = lines.raw.at[row, "period"]
            found = "an empty cell" if is_blank(cell) else shown(cell)
            yield refusal("month", found, allowed, "Write the month as it was published.", **lines.at(int(row), "period"))

    def _unheaded(self, block: Strings) -> Iterator[Finding]:
        """Cells below an empty heading: a column is empty as a whole, or has a heading."""
        for i, heading in enumerate(self._table.header):
            if is_blank(heading):
                filled = ((row, cell) for row, cell in zip(block.rows, block.columns[i].to_pylist(), strict=True) if not is_blank(cell))
                for row, cell in islice(filled, 1):
                    mend = "Give the column its published heading, or clear it."
                    yield refusal("no-heading", shown(cell), "cells below a heading", mend, file=self._file, row=int(row))


def _month(text: str) -> pd.Timestamp | None:
    """The month a cell names: as published, or the first of a month as a spreadsheet program writes it, day first."""
    cell = text.strip().removesuffix(_MIDNIGHT)
    if day := _DAY_FIRST.fullmatch(cell):
        cell = f"{day[2]}-{int(day[1]):02d}-01"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) and not cell.endswith("-01"):
        return None
    return month_of(cell)
