"""Uploads made for tests: the official layout with invented providers, and ways to break a workbook on purpose."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import xlsxwriter

from tests.networks.compound_file import compound_file, xls

BAND_HEADINGS = ["0 <01 weeks", *(f"{k:02d} <{k + 1:02d} weeks" for k in range(1, 13)), "13+ weeks"]

HEADINGS = [
    None, "Regional Team Code", "Regional Team Name", "Provider Code", "Provider Name", "Diagnostic ID", "Diagnostic Test Name",
    "Total Waiting List", "Number waiting 6+ Weeks", "Number waiting 13+ Weeks", "Percentage waiting 6+ weeks", *BAND_HEADINGS,
    None, "Planned tests / procedures", "Unscheduled tests / procedures", "Waiting list tests / procedures (excluding planned)", None,
]  # fmt: skip

HEADER_ROW = 14
FIRST_ROW = 17

NAMES = {
    1: "Magnetic Resonance Imaging", 2: "Computed Tomography", 3: "Non-obstetric Ultrasound", 4: "Barium Enema", 5: "DEXA Scan",
    7: "Cardiology - Echocardiography", 16: "Total",
}  # fmt: skip

Rows = list[list[Any]]
"""Rows of a sheet from row 1 on; cells from column A on."""


def official_rows(month: str = "March 2025", providers: Sequence[str] = ("AAA", "BBB"), tests: Sequence[int] = (1, 2, 4)) -> Rows:
    """The sheet `Provider by Test` in its official layout: title block, header in row 14, England in row 15, providers from row 17."""
    data: Rows = []
    for p, code in enumerate(providers):
        own = [_counts(p, t) for t in tests]
        data += [_row(code, t, counts) for t, counts in zip(tests, own, strict=True)]
        data.append(_row(code, 16, [sum(c) for c in zip(*own, strict=True)]))
    england = _row("", 0, [sum(c) for c in zip(*(_counts(p, t) for p in range(len(providers)) for t in tests), strict=True)])
    england[1:7] = [None, None, None, "Total", None, None]
    return [*_title_block(month), _group_headings(), HEADINGS, england, [], *data]


def _counts(provider: int, test: int) -> list[int]:
    """Fourteen bands, then planned, unscheduled and waiting-list activity; the barium enema of the second provider has none."""
    if test == 4 and provider == 1:
        return [0] * 17
    return [100 * (provider + 1) + 10 * test + 13 - k for k in range(14)] + [7 + test, 50 + test, 400 + 10 * provider + test]


def _row(code: str, test: int, counts: list[int]) -> list[Any]:
    bands, activity = [float(c) for c in counts[:14]], [float(c) for c in counts[14:]]
    total, six, thirteen = sum(bands), sum(bands[6:]), bands[13]
    share = six / total if total else 0.0
    return [None, "Y62", "North West", code, f"{code} NHS Trust", float(test), NAMES.get(test), total, six, thirteen, share,
            *bands, None, *activity, None]  # fmt: skip


def _title_block(month: str) -> Rows:
    words = [
        ("Title:", "Monthly Diagnostics"), ("Summary:", "Waiting times and activity for Diagnostic tests and procedures"), (None, None),
        ("Period:", month), ("Source:", "DM01, collected via SDCS"), ("Basis:", "Provider"), ("Published:", "15th May 2025"),
        ("Revised:", "10th July 2025"), ("Status:", "Published"), ("Contact:", "nobody@example.org"),
    ]  # fmt: skip
    return [[], *([None, label, text] for label, text in words), []]


def _group_headings() -> list[Any]:
    row: list[Any] = [None] * 30
    row[1], row[11], row[25], row[26] = "Provider level data", "Number of Patients Waiting at Month End", "Timebands \n Waiting", "Activity"
    return row


NOTES: Rows = [[], [None, "Notes"], [], [None, "The following organisation did not submit this month:"], [], [None, "Code", "Name"]]


def official_xls(rows: Rows | None = None, notes: Rows = NOTES, sheet: str = "Provider by Test") -> bytes:
    """An official workbook as .xls, its notes hidden."""
    sheets = {"Provider": [[None, "Not read"]], sheet: rows if rows is not None else official_rows(), "Notes": notes}
    return xls(sheets, hidden=["Notes"])


def official_xlsx(rows: Rows | None = None, notes: Rows = NOTES, sheet: str = "Provider by Test") -> bytes:
    """The same as .xlsx."""
    return xlsx({"Provider": [[None, "Not read"]], sheet: rows if rows is not None else official_rows(), "Notes": notes})


def xlsx(sheets: dict[str, Rows]) -> bytes:
    """An .xlsx workbook of raw cells."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(file, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value is not None:
                        sheet.write(r, c, value)
    return file.getvalue()


def column(heading: str) -> int:
    """Position of an official heading, counted from 0."""
    return HEADINGS.index(heading)


def with_cell(rows: Rows, row: int, heading: str, value: Any) -> Rows:
    """The rows with one cell changed; the row as Excel numbers it."""
    changed = [list(r) for r in rows]
    changed[row - 1][column(heading)] = value
    return changed


def edited(workbook: bytes, edit: Callable[[openpyxl.Workbook], Any]) -> bytes:
    """A workbook after a planner changed it and saved it again."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    edit(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_parts(workbook: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook whose parts are rewritten byte by byte, as no spreadsheet program would."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return file.getvalue()


def with_more_parts(workbook: bytes, parts: dict[str, bytes]) -> bytes:
    """A workbook with further parts, even ones that it has already."""
    file = io.BytesIO(workbook)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "a") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip archive that is no workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def with_lying_directory(workbook: bytes) -> bytes:
    """A workbook whose list of parts states a size that is not true."""
    content = bytearray(workbook)
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (2_000_000_000).to_bytes(4, "little")
    return bytes(content)


def with_locked_part(workbook: bytes) -> bytes:
    """A workbook one part of which is marked as encrypted by the zip program."""
    content = bytearray(workbook)
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def with_sheet_xml(workbook: bytes, pattern: bytes, by: bytes) -> bytes:
    """A workbook with the first match of a pattern replaced in its second worksheet, the first with data."""

    def change(name: str, part: bytes) -> bytes:
        return re.sub(pattern, by, part, count=1, flags=re.DOTALL) if name == "xl/worksheets/sheet2.xml" else part

    return with_parts(workbook, change)


def with_entities(workbook: bytes, encoding: str = "utf-8") -> bytes:
    """A workbook whose shared strings define an entity."""
    bomb = '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa">]><sst><si><t>&a;</t></si></sst>'
    return with_parts(workbook, lambda name, part: bomb.encode(encoding) if name == "xl/sharedStrings.xml" else part)


def zip_bomb(workbook: bytes, megabytes: int = 60) -> bytes:
    """A small file that unpacks to many times its size."""
    return with_parts(workbook, lambda name, part: part + b" " * (megabytes * 1_000_000) if name == "xl/sharedStrings.xml" else part)


def encrypted_workbook() -> bytes:
    """What Excel saves when a workbook is given a password: an encrypted package in a compound file."""
    return compound_file({"EncryptionInfo": b"\4\0\4\0" + b"x" * 100, "EncryptedPackage": bytes(range(256)) * 20})
