"""The form of a hostile case, and the makers that all kinds of cases use."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from tests.networks.broken import official_rows
from tests.networks.compound_file import compound_file, xls

STORED = "stored"
_FIRST_SECTOR = 512
_END_OF_PART = 0x000A
_SHEET_IS_OVER = 2
"""The workbook's own part ends first, then that of its one sheet."""


@dataclass(frozen=True)
class Case:
    """One hostile upload.

    Attributes:
        name: what is wrong with it.
        row: the row of the table of threats that it tries: U1 to U10, P1, W6.
        make: its bytes.
        rule: rule of the refusal expected; `stored` where it must be read.
        place: sheet, row and column that the finding must name, where there is one cell.
        says: a word that the finding must hold.
        notes: rules of findings that must be there beside.
        task: which adapter reads it.
        file: its name.
        planted: what must not be repeated in any finding.
        alone: True for one that may end its child: it gets one of its own, as every upload does.
        check: looked at for a stored one.
        seconds: most it may take.
    """

    name: str
    row: str
    make: Callable[[], bytes]
    rule: str | tuple[str, ...] = STORED
    place: tuple[str, int | None, str] | None = None
    says: str = ""
    notes: tuple[str, ...] = ()
    task: str = "dm01"
    file: str = "upload.xlsx"
    planted: str = ""
    alone: bool = False
    check: Callable[[Any], bool] | None = None
    seconds: float = 5.0

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules any of which may refuse it."""
        return (self.rule,) if isinstance(self.rule, str) else self.rule


def noise(length: int, seed: int = 1) -> bytes:
    """Bytes that do not pack."""
    return random.Random(seed).randbytes(length)  # noqa: S311 - no secret is made of it


def archive(parts: dict[str, bytes], *, packed: bool = True) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as zipped:
        for name, part in parts.items():
            zipped.writestr(name, part)
    return file.getvalue()


def official_book(edit: Callable[[xlsxwriter.Workbook, Any], Any]) -> bytes:
    """An official workbook with more in it; the edit gets the book and the sheet with the data."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Provider by Test")
        write(sheet, official_rows())
        edit(book, sheet)
    return file.getvalue()


def with_records(records: bytes, streams: dict[str, bytes] | None = None) -> bytes:
    """An official .xls workbook with further records at the end of its sheet, and further streams beside it."""
    content = xls({"Provider by Test": official_rows()})[_FIRST_SECTOR:]
    at = ends = 0
    while ends < _SHEET_IS_OVER:
        kind, length = struct.unpack_from("<HH", content, at)
        ends += kind == _END_OF_PART
        at += 4 + length
    return compound_file({"Workbook": content[: at - 4] + records + content[at - 4 : at], **(streams or {})})


def another_sheet(rows: list[list[Any]], state: str = "") -> bytes:
    """An official workbook with a further sheet, hidden or very hidden where it says so."""

    def edit(book: xlsxwriter.Workbook, _: Any) -> None:
        sheet = book.add_worksheet("More")
        write(sheet, rows)
        if state:
            getattr(sheet, state)()

    return official_book(edit)


def write(sheet: Any, rows: list[list[Any]]) -> None:
    """Raw cells."""
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value)
