"""The national diagnostics return (DM01) in every form in which it is published: the adapter tells from the bytes which one a file is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from data.activity import KINDS, WAITING
from data.cells import Sheet
from data.checks.dm01 import check_dm01
from data.errors import Refused
from data.fields import is_blank
from data.findings import Finding, Findings, note, refusal
from data.sources.dm01_lines import Lines
from data.sources.dm01_sheet import SHEET, code_of, lines_of, month_of, title_block
from data.sources.dm01_table import read_table
from data.sources.national_tests import plain
from data.sources.reading import READING, SAID, Reading
from data.tabular import Format, read_sheets, told_from_bytes
from data.text_rows import digest_of
from data.unpacking import MAX_UNPACKED_FILE, beginning, contents_of, holds_workbook, packing_of, raw_chunks

SOURCE = "dm01_provider"

PARSER_VERSION = 3
"""Raise whenever the same file would be read differently."""

_NOTES = "Notes"
_FACTS = ("title", "period", "published", "revised", "status")
_TYPES: tuple[Format, ...] = ("xlsx", "xls", "csv")
_SNIFFED = 4096

MAX_WORKBOOK = 50_000_000
"""Most bytes of a workbook; the published ones have about one million."""


def read(content: bytes, file: str) -> Reading:
    """Read one file. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the file: the provider workbook (.xls or .xlsx), the table by provider or the full extract (CSV; .csv.gz, or alone in a zip).
        file: its name, for the findings only: the month is read from the file itself.

    Returns:
        The reading: one row for each provider, test and month; or, with an empty frame, every reason why the file is refused.
    """
    packing = packing_of(content)
    try:
        if packing == "plain":
            workbook = told_from_bytes(content, file, _TYPES) != "csv"
        else:
            workbook = packing == "zip" and holds_workbook(content)
        if workbook:
            return _read_workbook(content, file)
        return read_table(contents_of(content, file), hashlib.sha256(content).hexdigest(), SOURCE, PARSER_VERSION)
    except Refused as error:
        return Reading.refused(SOURCE, file, content, PARSER_VERSION, error.findings)


def read_path(path: Path, file: str) -> Reading:
    """Read a file too large to be held in memory: the forms in text alone; a workbook is small, or it is none.

    Args:
        path: where the file is.
        file: its name, for the findings.

    Returns:
        As `read`.
    """
    digest = digest_of(raw_chunks(path))
    packing = packing_of(path)
    try:
        start = beginning(path, _SNIFFED)
        if (packing == "zip" and holds_workbook(path)) or (packing == "plain" and told_from_bytes(start, file, _TYPES) != "csv"):
            allowed = f"a workbook of at most {MAX_WORKBOOK // 1_000_000} MB, or the table as CSV"
            mend = "Delete everything but the data and save the workbook again, or load the CSV file of the same months."
            if path.stat().st_size > MAX_WORKBOOK:
                raise Refused([refusal("too-large", f"a workbook of {path.stat().st_size / 1e6:,.0f} MB", allowed, mend, file=file)])
            return read(path.read_bytes(), file)
        return read_table(contents_of(path, file, MAX_UNPACKED_FILE), digest, SOURCE, PARSER_VERSION)
    except Refused as error:
        return Reading.refused(SOURCE, file, digest, PARSER_VERSION, error.findings)


def _read_workbook(content: bytes, file: str) -> Reading:
    """The provider workbook.

    Raises:
        Refused: it is damaged, protected, too large, or has no such sheet.
    """
    sheets, notes = read_sheets(content, file, types=("xlsx", "xls"), wanted=lambda name: plain(name) in (plain(SHEET), plain(_NOTES)))
    sheet = next((s for s in sheets if plain(s.name) == plain(SHEET)), None)
    if sheet is None:
        found = "the sheets " + ", ".join(f'"{s.name}"' for s in sheets) if sheets else "no sheets"
        mend = "Upload the provider workbook as it was published (Monthly Diagnostics Web File, Provider)."
        raise Refused([refusal("missing-sheet", found, f'a sheet "{SHEET}"', mend, file=file, sheet=SHEET)])
    return _read_sheet(sheet, sheets, content, file, notes)


def _read_sheet(sheet: Sheet, sheets: list[Sheet], content: bytes, file: str, notes: Findings) -> Reading:
    lines, wrong = lines_of(sheet, file)
    block = title_block(sheet, lines.header if lines else 60)
    facts = {"form": "provider workbook", **{name: block[name][0] for name in _FACTS if name in block}}
    period = month_of(facts.get("period", ""))
    if period is None:
        wrong.append(_month_refusal(sheet, block.get("period"), file))
    if lines is None:
        return Reading.refused(SOURCE, file, content, PARSER_VERSION, wrong, facts)
    findings = notes.plus(wrong, check_dm01(lines), _not_submitted(sheets, facts, file))
    if findings.refusals or period is None:
        return Reading.refused(SOURCE, file, content, PARSER_VERSION, findings, facts)
    digest = hashlib.sha256(content).hexdigest()
    return Reading(SOURCE, file, digest, PARSER_VERSION, _frame(lines, period), facts, findings)


def _frame(lines: Lines, period: pd.Timestamp) -> pd.DataFrame:
    raw, numbers = lines.raw[lines.data], lines.numbers[lines.data]
    measured = [f"done_{kind}" for kind in KINDS] + WAITING
    return READING.typed({
        "organisation": lines.codes[lines.data],
        **{name: _texts(raw, name) for name in SAID},
        "national_code": numbers["test_id"].map(code_of),
        "period": pd.Series([period] * len(raw)),
        **{name: numbers[name] for name in measured},
    })  # fmt: skip


def _texts(raw: pd.DataFrame, name: str) -> pd.Series[str]:
    """A column of words; empty ones where the file has no such column."""
    return raw[name].map(lambda n: "" if is_blank(n) else str(n).strip()) if name in raw else pd.Series("", index=raw.index)


def _month_refusal(sheet: Sheet, period: tuple[str, int] | None, file: str) -> Finding:
    text, row = period or ("", None)
    found = f'"{text}" beside "Period:"' if text else "no month" if period else 'no cell "Period:" above the header'
    mend = 'Write the month beside "Period:" as it was published. The month is never taken from the name of the file.'
    allowed = "a month and a year, for example March 2025"
    return refusal("month", found, allowed, mend, file=file, sheet=sheet.name, row=row, column="Period:")


def _not_submitted(sheets: list[Sheet], facts: dict[str, str], file: str) -> Findings:
    """Organisations that the notes list as not having submitted; a note, and a fact for whoever asks why a row is absent."""
    sheet = next((s for s in sheets if plain(s.name) == plain(_NOTES)), None)
    if sheet is None:
        return Findings()
    listed = [[str(c).strip() for c in cells if not is_blank(c)] for _, cells in sorted(sheet.rows.items())]
    start = next((i for i, cells in enumerate(listed) if [plain(c) for c in cells[:2]] == ["code", "name"]), len(listed))
    codes = [cells[0] for cells in listed[start + 1 :] if cells]
    if not codes:
        return Findings()
    facts["not_submitted"] = ", ".join(codes)
    mend = "Nothing to do: a missing row of theirs does not mean zero."
    return Findings([note("not-submitted", f"no return from {facts['not_submitted']}", "a return", mend, file=file, sheet=sheet.name)])
