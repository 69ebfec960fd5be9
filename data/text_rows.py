"""The rows of a text file of any length, a block at a time; the rules are those of `data.csv_cells`, the memory does not grow with the file."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from data.cells import MAX_COLUMNS
from data.errors import Refused
from data.findings import Finding, note, refusal
from data.unpacking import Contents

MAX_LINES = 20_000_000
MAX_LINE_BYTES = 1_000_000

_AT_ONCE = 20_000
_BUFFER = 1 << 16
_DELIMITERS = ",;\t|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_NO_CONTROL = bytes(c for c in range(256) if not _CONTROL.match(chr(c)))
_SAVE = "Save the file again from Excel as CSV UTF-8."


@dataclass(frozen=True)
class Block:
    """Some rows of a text file.

    Attributes:
        rows: number of each row as a spreadsheet shows it.
        columns: the cells, column by column, in the order of the header; every cell is text.
    """

    rows: list[int]
    columns: list[tuple[str, ...]]


@dataclass(frozen=True)
class TextRows:
    """A text file whose bytes were found to be text.

    Attributes:
        contents: the file.
        encoding: in which its bytes are text.
        delimiter: between its cells, told from the header alone.
        header: cells of the first row that is not empty.
        header_row: its number.
        notes: an assumed encoding.
    """

    contents: Contents
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_row: int
    notes: tuple[Finding, ...]

    def blocks(self) -> Iterator[Block]:
        """The rows below the header; empty ones are left out but counted.

        Raises:
            Refused: text that cannot be split into cells, rows of different length, too many rows.
        """
        yield from split(records(self.contents.chunks(), self.encoding, self.delimiter, self.contents.file), self)


def text_rows(contents: Contents) -> TextRows:
    """Unpack a text file once, to find out whether and how it is text, and read its header.

    Raises:
        Refused: bytes that are not text, control characters, a line that never ends, no row at all; or as `Contents.chunks`.
    """
    encoding = _encoding_of(contents)
    notes: list[Finding] = []
    if encoding == "cp1252":
        check = "It was read as Western European (Windows); check accents."
        notes.append(note("encoding", "text that is not UTF-8", "UTF-8", check, file=contents.file))
    delimiter = _delimiter_of(contents, encoding)
    row, header = next(records(contents.chunks(), encoding, delimiter, contents.file), (0, []))
    if not row:
        raise Refused([refusal("no-rows", "an empty file", "a header and rows", "Upload the file as it was published.", file=contents.file)])
    return TextRows(contents, encoding, delimiter, tuple(header), row, tuple(notes))


def digest_of(chunks: Iterator[bytes]) -> str:
    """SHA-256 of bytes that come in pieces."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _encoding_of(contents: Contents) -> str:
    """The first encoding in which all bytes are text."""
    start = next(contents.chunks(), b"")
    wanted = ["utf-16"] if start.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in wanted:
        if _is_text(contents, encoding):
            return encoding
    raise Refused([refusal("encoding", "bytes that are not text", "text in UTF-8", _SAVE, file=contents.file)])


def _is_text(contents: Contents, encoding: str) -> bool:
    """Whether all bytes decode; a control character, or a line without an end, is refused at once."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines, since_line_end = 0, 0
    for chunk in chain(contents.chunks(), [b""]):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            return False
        suspect = encoding == "utf-16" or chunk.translate(None, _NO_CONTROL)
        if suspect and (wrong := _CONTROL.search(text)):
            row = lines + text.count("\n", 0, wrong.start()) + 1
            found = f"a control character (code {ord(wrong[0])})"
            raise Refused([refusal("control-character", found, "text", _SAVE, file=contents.file, row=row)])
        lines += text.count("\n")
        last = max(text.rfind("\n"), text.rfind("\r"))
        since_line_end = since_line_end + len(text) if last < 0 else len(text) - last
        if since_line_end > MAX_LINE_BYTES:
            allowed = f"at most {MAX_LINE_BYTES:,} characters in a line"
            mend = "Save the file again as CSV, one row on each line."
            raise Refused([refusal("too-large", "a line that does not end", allowed, mend, file=contents.file, row=lines + 1)])
    return True


def _delimiter_of(contents: Contents, encoding: str) -> str:
    header = next((line for line in _lines(contents.chunks(), encoding) if line.strip()), "")
    outside_quotes = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside_quotes.count)


def _lines(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    with io.BufferedReader(Pieces(chunks), _BUFFER) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
        yield from text


def records(chunks: Iterator[bytes], encoding: str, delimiter: str, file: str, before: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not empty.

    Args:
        chunks: the text, piece by piece.
        encoding: in which it is text.
        delimiter: between its cells.
        file: its name, for the findings.
        before: number of the row before the first.

    Raises:
        Refused: text that cannot be split into cells, too many rows.
    """
    number = before
    reader = csv.reader(_lines(chunks, encoding), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=before + 1):
            if number > MAX_LINES or len(cells) > MAX_COLUMNS:
                allowed = f"at most {MAX_LINES:,} rows and {MAX_COLUMNS} columns"
                mend = "Delete everything but the data and save the file again, or import fewer months at a time."
                found = f"{number:,} rows of {len(cells):,} columns"
                raise Refused([refusal("too-large", found, allowed, mend, file=file, row=number)])
            if cells and (cells[0].strip() or any(c.strip() for c in cells)):
                yield number, cells
    except csv.Error as error:
        found = f"text that cannot be split into cells ({error})"
        mend = "Correct the quotation marks in this row, or save the file again from Excel."
        raise Refused([refusal("csv", found, "CSV", mend, file=file, row=number + 1)]) from None


def split(rows: Iterator[tuple[int, list[str]]], text: TextRows) -> Iterator[Block]:
    """The rows below the header of a text as blocks.

    Raises:
        Refused: a row that is longer or shorter than the header.
    """
    numbers: list[int] = []
    held: list[list[str]] = []
    for number, cells in rows:
        if number <= text.header_row:
            continue
        if len(cells) != len(text.header):
            _ragged(len(cells), len(text.header), text.contents.file, number)
        numbers.append(number)
        held.append(cells)
        if len(held) == _AT_ONCE:
            yield Block(numbers, list(zip(*held, strict=True)))
            numbers, held = [], []
    if held:
        yield Block(numbers, list(zip(*held, strict=True)))


def _ragged(cells: int, width: int, file: str, row: int) -> None:
    mend = "Put text that contains the separator in quotation marks, or remove the extra cells."
    raise Refused([refusal("ragged-row", f"{cells} cells", f"{width} cells, as in the header", mend, file=file, row=row)])


class Pieces(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what comes next; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
