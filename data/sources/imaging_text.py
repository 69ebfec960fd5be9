"""An imaging extract as a file that can be read in one go: unpacked, its encoding, its delimiter and its heading known."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from data.errors import Refused
from data.findings import Finding, note, refusal
from data.sources.imaging_digest import Digest
from data.unpacking import beginning, contents_of

MOST_COLUMNS = 200

_PARQUET = b"PAR1"
_WORKBOOK = b"\xd0\xcf\x11\xe0"
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8", 3), (codecs.BOM_UTF16_LE, "utf-16-le", 2), (codecs.BOM_UTF16_BE, "utf-16-be", 2))
_HEAD = 1 << 16
_SAVE = "Export the extract again as CSV in UTF-8, or as Parquet."


@dataclass(frozen=True)
class Opened:
    """A file ready to be read.

    Attributes:
        path: the file as text, or the Parquet file itself.
        form: which of the two.
        sha256: of the file as it was given.
        heading: the columns as the file names them.
        delimiter: between the cells of a text file.
        first_row: number of the first row below the heading, as a spreadsheet program shows it.
        notes: what was done to read it.
    """

    path: Path
    form: Literal["text", "parquet"]
    sha256: str
    heading: tuple[str, ...]
    delimiter: str = ","
    first_row: int = 2
    notes: tuple[Finding, ...] = ()


def opened(path: Path, file: str, folder: Path, unpacked: int, digest: Digest) -> Opened:
    """Unpack a file where needed, into `folder`.

    Args:
        path: the file.
        file: its name, for the findings.
        folder: for the unpacked text.
        unpacked: most bytes it may hold when unpacked.
        digest: of the file.

    Raises:
        Refused: it is not a CSV file (plain, .gz or in a zip archive) or a Parquet file, or is damaged, too large or without a heading.
    """
    start = beginning(path, 4)
    if start == _PARQUET:
        return Opened(path, "parquet", digest.sha256, _parquet_heading(path, file), first_row=1)
    if start.startswith(_WORKBOOK):
        raise Refused([refusal("wrong-type", "a spreadsheet", "a CSV file (also .gz or in a zip archive) or a Parquet file", _SAVE, file=file)])
    text, notes = _text(path, file, folder, unpacked, digest)
    heading, delimiter = _heading(text, file)
    return Opened(text, "text", digest.sha256, heading, delimiter, notes=tuple(notes))


def _parquet_heading(path: Path, file: str) -> tuple[str, ...]:
    try:
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    except duckdb.Error:
        raise Refused([refusal("damaged", "a damaged or encrypted Parquet file", "a whole Parquet file", _SAVE, file=file)]) from None
    return _checked_heading([str(row[0]) for row in described], file)


def _text(path: Path, file: str, folder: Path, unpacked: int, digest: Digest) -> tuple[Path, list[Finding]]:
    """The file as UTF-8 text, and what was done to it."""
    contents = contents_of(path, file, unpacked)
    first = next(contents.chunks(), b"")
    encoding, skip = next(((name, length) for bom, name, length in _BOMS if first.startswith(bom)), ("utf-8", 0))
    if contents.packing == "plain" and encoding == "utf-8" and not skip and digest.is_utf8:
        if digest.has_nul:
            raise Refused([_no_csv(file)])
        return path, []
    target = folder / "unpacked.text"
    notes: list[Finding] = []
    try:
        _recode(contents.chunks(), target, encoding, skip, file)
    except UnicodeDecodeError:
        if encoding != "utf-8" or skip:
            raise Refused([_no_text(file)]) from None
        try:
            _recode(contents.chunks(), target, "cp1252", 0, file)
        except UnicodeDecodeError:
            raise Refused([_no_text(file)]) from None
        found = "text that is not UTF-8, read as Windows text (cp1252)"
        notes.append(note("encoding", found, "text in UTF-8", "Check names with accents, or export the file in UTF-8.", file=file))
    return target, notes


def _recode(chunks: Iterator[bytes], target: Path, encoding: str, skip: int, file: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with target.open("wb") as out:
        for chunk in chunks:
            text = decoder.decode(chunk[skip:])
            skip = 0
            if "\0" in text:
                raise Refused([_no_csv(file)])
            out.write(text.encode())
        out.write(decoder.decode(b"", final=True).encode())


def _no_text(file: str) -> Finding:
    return refusal("encoding", "bytes that are no text", "text in UTF-8", _SAVE, file=file)


def _no_csv(file: str) -> Finding:
    return refusal("wrong-type", "a file that is not text", "a CSV file (also .gz or in a zip archive) or a Parquet file", _SAVE, file=file)


def _heading(text: Path, file: str) -> tuple[tuple[str, ...], str]:
    """The heading and the delimiter, told from the heading alone."""
    with text.open("rb") as opened_file:
        head = opened_file.read(_HEAD).decode("utf-8", errors="ignore")
    line = head.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader(head.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        cells = []
    return _checked_heading(cells, file), delimiter


def _checked_heading(cells: list[str], file: str) -> tuple[str, ...]:
    heading = tuple(" ".join(c.split()) for c in cells)
    while heading and not heading[-1]:
        heading = heading[:-1]
    if not heading:
        raise Refused([refusal("no-heading", "no heading in the first row", "a first row that names the columns", _SAVE, file=file, row=1)])
    if len(cells) > MOST_COLUMNS:
        raise Refused([refusal("too-large", f"{len(cells):,} columns", f"at most {MOST_COLUMNS} columns", _SAVE, file=file, row=1)])
    return tuple(" ".join(c.split()) for c in cells)
