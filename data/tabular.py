"""Files as raw cells: what the bytes are, and which reader takes them.

One reader for each type: xlrd for .xls, openpyxl for .xlsx, the csv module for text. The type is told from the bytes, never from the name.
Uploads are read here only inside the limited child process of `data.safe_reading`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Literal, TypeVar

from data.archive import archive_findings
from data.cells import Sheet, too_large
from data.errors import Refused
from data.findings import Finding, Findings, note, refusal

Format = Literal["xls", "xlsx", "csv"]

MAX_SHEETS = 100

_Result = TypeVar("_Result")
_KEPT: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHER = (
    (b"%PDF", "a PDF document"), (b"{\\rtf", "a rich-text document"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"), (b"\x1f\x8b", "a compressed file"), (b"7z\xbc\xaf", "a compressed file"), (b"Rar!", "a compressed file"),
    (b"MZ\x90", "a program"), (b"SQLite format 3\0", "a database"), (b"PAR1", "a Parquet file"), (b"PK\x05\x06", "an empty zip archive"),
)  # fmt: skip
_OTHER_ARCHIVES = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"), ("mimetype", "an OpenDocument file (.ods)"),
    ("word/document.xml", "a Word document"), ("ppt/presentation.xml", "a presentation"),
)  # fmt: skip
_WORDS: dict[Format, str] = {"xls": "an .xls workbook", "xlsx": "an .xlsx workbook", "csv": "a text file (CSV)"}
_SAVE = "Open the file in Excel, save it as an .xlsx workbook and upload that."
_AGAIN = "Download or copy the file again. If Excel opens it, save it as an .xlsx workbook and upload that."
_UNLOCK = "Open the file in Excel, remove the password (File, Info, Protect Workbook) and upload it again."


@contextmanager
def read_once() -> Iterator[None]:
    """While it lasts, a file is unpacked once however often it is asked for: to be searched for people's data, and to be read."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def _once(key: tuple[str, bytes], make: Callable[[], _Result]) -> _Result:
    """What `make` gives, or raises as a refusal; made once where `read_once` lasts."""
    kept = _KEPT.get()
    if kept is None:
        return make()
    if key not in kept:
        try:
            kept[key] = make()
        except Refused as error:
            kept[key] = error
    if isinstance(kept[key], Refused):
        raise kept[key]
    result: _Result = kept[key]
    return result


def told_from_bytes(content: bytes, file: str, types: Collection[Format] = ("xlsx", "xls", "csv")) -> Format:
    """The type of a file.

    Args:
        content: the file.
        file: its name for the findings.
        types: the types that may be read here.

    Raises:
        Refused: for any other type, and for a workbook that needs a password.
    """
    kind = _told(content, file, types)
    if kind not in types:
        raise _wrong_type(_WORDS[kind], file, types)
    return kind


def _told(content: bytes, file: str, types: Collection[Format]) -> Format:
    if content.startswith(_OLE):
        return _told_from_ole(content, file, types)
    if content.startswith(_ZIP):
        return _told_from_zip(content, file, types)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content.strip():
        raise _wrong_type("an empty file", file, types)
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise _wrong_type("a web page or XML", file, types)
    for signature, words in _OTHER:
        if content.startswith(signature):
            raise _wrong_type(words, file, types)
    if b"\0" in content and "csv" not in types:
        raise _wrong_type("a file of an unknown kind", file, types)
    return "csv"


def _told_from_ole(content: bytes, file: str, types: Collection[Format]) -> Format:
    import olefile

    try:
        with olefile.OleFileIO(content) as container:
            names = {"/".join(entry).lower() for entry in container.listdir()}
    except MemoryError:
        raise
    except Exception:  # a reader of damaged files raises whatever it meets
        names = {"workbook"}  # xlrd says what is wrong with it
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise _encrypted(file)
    if not names & {"workbook", "book"}:
        raise _wrong_type("a document of another Office program", file, types)
    return "xls"


def _told_from_zip(content: bytes, file: str, types: Collection[Format]) -> Format:
    findings = _once(("archive", content), lambda: Findings(archive_findings(content))).in_file(file)
    if findings:
        raise Refused(findings)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    for mark, words in _OTHER_ARCHIVES:
        if mark in names:
            raise _wrong_type(words, file, types)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise _wrong_type("a zip archive that is not an Excel workbook", file, types)
    return "xlsx"


def read_sheets(
    content: bytes, file: str, *, types: Collection[Format], wanted: Callable[[str], bool] = lambda _: True
) -> tuple[list[Sheet], Findings]:
    """The cells of a file.

    Args:
        content: the file.
        file: its name for the findings.
        types: the types that may be read here.
        wanted: tells by name whether a sheet's cells are needed; the others are listed without cells.

    Returns:
        The sheets in order, and notes (macros left out, hidden sheets left out, an assumed encoding).

    Raises:
        Refused: the file is of another type, protected, damaged or too large.
    """
    kind = told_from_bytes(content, file, types)
    every = _KEPT.get() is not None
    sheets, notes = _once(("sheets", content), lambda: _whole(kind, content, file, (lambda _: True) if every else wanted))
    shown = [s if wanted(s.name) else replace(s, rows={}, comments=()) for s in sheets]
    mend = "Its cells were not read; nothing to do."
    unread = (note("hidden-sheet", "a hidden sheet", "sheets that can be seen", mend, file=file, sheet=s.name)
              for s in sheets if s.hidden and not wanted(s.name))  # fmt: skip
    return shown, notes.plus(unread)


def _whole(kind: Format, content: bytes, file: str, wanted: Callable[[str], bool]) -> tuple[list[Sheet], Findings]:
    notes: list[Finding] = []
    try:
        sheets = _read(kind, content, file, wanted, notes)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # readers of damaged files raise whatever they meet
        if "encrypted" in str(error).lower():
            raise _encrypted(file) from None
        allowed = f"a whole file that opens in Excel ({_WORDS[kind]})"
        raise Refused([refusal("damaged", "a damaged or incomplete file", allowed, _AGAIN, file=file)]) from error
    if len(sheets) > MAX_SHEETS:
        raise too_large(f"{len(sheets):,} sheets", f"at most {MAX_SHEETS} sheets", file, "")
    return sheets, Findings(notes)


def _read(kind: Format, content: bytes, file: str, wanted: Callable[[str], bool], notes: list[Finding]) -> list[Sheet]:
    """The sheets by the one reader of their type; each reader's library is loaded only where it is needed."""
    if kind == "xls":
        from data.xls_cells import xls_sheets

        return list(xls_sheets(content, file, wanted))
    if kind == "xlsx":
        from data.xlsx_cells import xlsx_sheets

        if b"xl/vbaProject.bin" in content:
            notes.append(note("macros", "macros", "cells only", "The macros were left out; nothing to do.", file=file))
        return list(xlsx_sheets(content, file, wanted))
    from data.csv_cells import csv_sheet

    return [csv_sheet(content, file, notes)]


def _wrong_type(found: str, file: str, types: Collection[Format]) -> Refused:
    allowed = " or ".join(_WORDS[t] for t in ("xlsx", "xls", "csv") if t in types)
    return Refused([refusal("wrong-type", found, allowed, _SAVE, file=file)])


def _encrypted(file: str) -> Refused:
    return Refused([refusal("encrypted", "a file protected by a password", "a workbook without a password", _UNLOCK, file=file)])
