"""Long text files, fast: as long as the text is so plain that it can be read in one way only, Arrow reads it; from there on the csv module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from data.text_rows import MAX_LINES, Block, TextRows, records, split

PIECE = 4_000_000
"""Bytes read at once."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Strings:
    """Some rows of a text file.

    Attributes:
        rows: number of each row as a spreadsheet shows it.
        columns: the cells, column by column, in the order of the header; Arrow arrays of text without gaps.
    """

    rows: np.ndarray
    columns: list[pa.Array]


def strings(text: TextRows) -> Iterator[Strings]:
    """The rows below the header, the same as `TextRows.blocks` gives.

    Raises:
        Refused: as `TextRows.blocks`.
    """
    chunks = text.contents.chunks()
    rest, number, ended = b"", 0, False
    plain = _Plain(text)
    while text.encoding == "utf-8-sig" and not ended:
        rest, ended = _more(rest, chunks)
        end = len(rest) if ended else rest.rfind(b"\n") + 1
        piece = rest[:end].removeprefix(_BOM) if number == 0 else rest[:end]
        columns = plain.columns(piece)
        if columns is None or number + len(columns[0]) > MAX_LINES:
            break
        rest = rest[end:]
        numbers = np.arange(number + 1, number + 1 + len(columns[0]))
        number += len(numbers)
        below = numbers > text.header_row
        if below.any():
            yield Strings(numbers[below], [c.slice(int((~below).sum())) for c in columns])
    if rest or not ended:
        encoding = "utf-8" if number else text.encoding
        for block in split(records(chain([rest], chunks), encoding, text.delimiter, text.contents.file, number), text):
            yield _as_strings(block)


def _more(rest: bytes, chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    """At least a piece, and whether it is all there is."""
    held, size = [rest], len(rest)
    while size < PIECE:
        chunk = next(chunks, None)
        if chunk is None:
            return b"".join(held), True
        held.append(chunk)
        size += len(chunk)
    return b"".join(held), False


def _as_strings(block: Block) -> Strings:
    return Strings(np.array(block.rows), [pa.array(column, pa.string()) for column in block.columns])


class _Plain:
    """Reads pieces of text that leave no doubt: whole lines, each with the cells of the header, quotation marks around whole cells alone."""

    def __init__(self, text: TextRows) -> None:
        self._names = [f"c{i}" for i in range(len(text.header))]
        self._delimiter = text.delimiter

    def columns(self, piece: bytes) -> list[pa.Array] | None:
        """The cells; None where another reader must look at them."""
        if not piece or piece.count(b"\r") != piece.count(b"\r\n") or not _leaves_no_doubt(piece, self._delimiter):
            return None
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(piece),
                read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(piece) + 1, column_names=self._names),
                parse_options=pa_csv.ParseOptions(delimiter=self._delimiter),
                convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False),
            )
        except pa.ArrowInvalid:
            return None
        lines = piece.count(b"\n") + (not piece.endswith(b"\n"))
        columns = [c.combine_chunks() for c in table.columns]
        if len(table) != lines or not all(cell.strip() for cell in columns[0].unique().to_pylist()):
            return None  # an empty line, or one that may be empty
        return columns


def _leaves_no_doubt(piece: bytes, delimiter: str) -> bool:
    """True where every quotation mark opens or closes a whole cell on one line, and no line could hold a cell too long for the csv module."""
    text = np.frombuffer(b"\n" + piece + b"\n", dtype=np.uint8)
    lines = np.flatnonzero(text == ord("\n"))
    marks = np.flatnonzero(text == ord('"'))
    if len(marks) % 2 or np.diff(lines).max() > csv.field_size_limit():
        return False
    opening, closing = marks[0::2], marks[1::2]
    around = [ord(delimiter), ord("\n"), ord("\r")]
    return bool(
        np.isin(text[opening - 1], around[:2]).all()
        and np.isin(text[closing + 1], around).all()
        and (np.searchsorted(lines, opening) == np.searchsorted(lines, closing)).all()
    )
