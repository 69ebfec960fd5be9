"""The sheet of an official provider workbook: which columns it has, where its header stands, what its title block says."""

from __future__ import annotations

import re
from datetime import date, datetime

import pandas as pd

from data.cells import Sheet
from data.fields import is_blank
from data.findings import Finding, refusal
from data.sources.dm01_lines import COLUMNS, PLACES, Lines, matched, plain_heading
from data.sources.national_tests import national_tests

SHEET = "Provider by Test"

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_HEADER_WITHIN = 60
_ENOUGH_HEADINGS = 5
_BY_HEADING = {plain_heading(h): c.name for c in COLUMNS for h in (c.heading, *c.synonyms)}
_OFFICIAL = {c.name: c.heading for c in COLUMNS}


def lines_of(sheet: Sheet, file: str) -> tuple[Lines | None, list[Finding]]:
    """The rows below the header, wherever the header stands; None with the reason where a column is missing."""
    row = _header_row(sheet)
    if row is None:
        allowed = f'a header row with "{_OFFICIAL["organisation"]}", "{_OFFICIAL["test_id"]}" and the other columns'
        mend = "Upload the workbook as it was published."
        return None, [refusal("missing-header", "no header row", allowed, mend, file=file, sheet=sheet.name)]
    place = {"file": file, "sheet": sheet.name, "row": row}
    places, findings = matched(sheet.rows[row], (*COLUMNS, *PLACES), _OFFICIAL, place, strict=False)
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
    known = {r: len({_BY_HEADING.get(plain_heading(c)) for c in cells} - {None}) for r, cells in sheet.rows.items() if r <= _HEADER_WITHIN}
    best = max(known, key=lambda r: (known[r], -r), default=None)
    return best if best is not None and known[best] >= _ENOUGH_HEADINGS else None


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
