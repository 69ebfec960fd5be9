"""Cells of a text file, split at the separator its header uses; every cell is text, and every row has as many as the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from data.cells import MAX_COLUMNS, MAX_ROWS, Sheet, too_large
from data.errors import Refused
from data.findings import Finding, note, refusal

_DELIMITERS = ",;\t|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_SAVE = "Save the file again from Excel as CSV UTF-8."


def csv_sheet(content: bytes, file: str, notes: list[Finding]) -> Sheet:
    """The one sheet of a text file; an assumed encoding is added to the notes.

    Raises:
        Refused: bytes that are not text, text that cannot be split into cells, rows of different length, too many cells.
    """
    text = decoded(content, file, notes)
    rows: dict[int, list[Any]] = {}
    width = 0
    number = 0
    try:
        for number, cells in csv_rows(text, delimiter_of(text)):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                allowed = f"at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns"
                raise too_large(f"{number:,} rows of {len(cells):,} columns", allowed, file, "", row=number)
            width = width or len(cells)
            if len(cells) != width:
                mend = "Put text that contains the separator in quotation marks, or remove the extra cells."
                allowed = f"{width} cells, as in the header"
                raise Refused([refusal("ragged-row", f"{len(cells)} cells", allowed, mend, file=file, row=number)])
            rows[number] = [c or None for c in cells]
    except csv.Error as error:
        mend = "Correct the quotation marks in this row, or save the file again from Excel."
        raise Refused([refusal("csv", f"text that cannot be split into cells ({error})", "CSV", mend, file=file, row=number + 1)]) from None
    return Sheet(rows=rows)


def csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that holds any; raises `csv.Error` where the text cannot be split."""
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1):
        if any(c.strip() for c in cells):
            yield number, cells


def delimiter_of(text: str) -> str:
    """The separator of a text file, told from its first row alone and outside quotation marks."""
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    outside_quotes = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside_quotes.count)


def decoded(content: bytes, file: str, notes: list[Finding]) -> str:
    """The text of a file; an assumed encoding is added to the notes.

    Raises:
        Refused: bytes that are not text, or that hold control characters.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if wrong := _CONTROL.search(text):
            row = text.count("\n", 0, wrong.start()) + 1
            found = f"a control character (code {ord(wrong[0])})"
            raise Refused([refusal("control-character", found, "text", _SAVE, file=file, row=row)])
        if encoding == "cp1252":
            check = "It was read as Western European (Windows); check accents."
            notes.append(note("encoding", "text that is not UTF-8", "UTF-8", check, file=file))
        return text
    raise Refused([refusal("encoding", "bytes that are not text", "text in UTF-8", _SAVE, file=file)])
