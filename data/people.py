"""A search of a whole file for people's data, before anything of it is read for its own sake.

Every cell of every sheet, hidden ones too, every column of a text file, and the texts that stand outside cells: comments, names,
properties, headers. What is found is named by its address; the value itself is never repeated.

A postcode may be a site's own. It is taken for that where its table names places, says nothing of patients, and every place always has the
same one: so a network's list of sites is read, and a list of patients by site is refused.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from data.archive import MAX_UNPACKED
from data.cells import Sheet, letters, too_large
from data.findings import Finding, Findings, refusal, warning
from data.people_columns import BIRTH_DATES, NAMES, NHS_NUMBERS, POSTCODES, ColumnScan, Suspicion, plain_text
from data.people_places import below_heading, is_own_heading, is_register_of_places
from data.people_texts import Outside, Text, cell_text, texts_outside_cells
from data.tabular import read_sheets, told_from_bytes
from data.text_rows import Pieces, TextRows, text_rows
from data.unpacking import beginning, contents_of, holds_workbook, packing_of

RULE = "people"

_BLOCK = 8_000_000
_SNIFFED = 4096
_LARGEST_WORKBOOK = 50_000_000
_ALLOWED = "no data that names or identifies a person"
_MEND = {
    NHS_NUMBERS: "Remove the numbers, or put pseudonyms in their place, and upload the file again.",
    NAMES: "Remove the names and upload the file again.",
    BIRTH_DATES: "Remove the dates, or put an age band in their place, and upload the file again.",
    POSTCODES: "Remove the postcodes, or put the deprivation decile of the area in their place, and upload the file again.",
}
_CHECK = "Make sure that these are pseudonyms before you accept the file."

Rows = Callable[[], Iterator[tuple[int, list[str]]]]
"""Number and cells, as text, of each row of a sheet or file; as often as asked for."""


@dataclass(frozen=True)
class _Grid:
    """One sheet or text file: what each column seems to hold, and its rows for finding where that stands."""

    sheet: str
    scans: list[ColumnScan]
    rows: Rows


def people_findings(source: bytes | Path, file: str, today: date | None = None, limit: int = MAX_UNPACKED) -> Findings:
    """Search a file for NHS numbers, names, birth dates and full postcodes.

    Args:
        source: a workbook, text, or text packed as gzip or zip: its bytes, or (text only) its path.
        file: its name, for the findings.
        today: from which ages are counted; None = the day it is.
        limit: most bytes it may hold when unpacked.

    Returns:
        A refusal for each column (or comment, property, name) that holds people's data, a warning for each that may.

    Raises:
        Refused: the file cannot be searched to its end: it is neither a workbook nor text, damaged, or too large.
    """
    day = today or date.today()
    if _is_workbook(source, file):
        content = source if isinstance(source, bytes) else source.read_bytes()
        return Findings(_in_workbook(content, file, day))
    return Findings(_in_grid(_text_grid(text_rows(contents_of(source, file, limit))), file, day))


def _is_workbook(source: bytes | Path, file: str) -> bool:
    """Whether a file is a workbook and not text, packed or not.

    Raises:
        Refused: it is neither, or a workbook larger than is ever read.
    """
    packed = packing_of(source)
    if packed == "zip":
        workbook = holds_workbook(source)
    else:
        workbook = packed == "plain" and told_from_bytes(beginning(source, _SNIFFED) if isinstance(source, Path) else source, file) != "csv"
    if workbook and isinstance(source, Path) and source.stat().st_size > _LARGEST_WORKBOOK:
        allowed = f"a workbook of at most {_LARGEST_WORKBOOK // 1_000_000} MB"
        raise too_large(f"a workbook of {source.stat().st_size / 1e6:,.0f} MB", allowed, file, "")
    return workbook


def _in_workbook(content: bytes, file: str, today: date) -> Iterator[Finding]:
    kind = told_from_bytes(content, file)
    sheets, _ = read_sheets(content, file, types=(kind,))
    for sheet in sheets:
        yield from _in_grid(_sheet_grid(sheet), file, today)
    for text in texts_outside_cells(kind, content, sheets):
        yield from _in_outside(text, file, today)


def _in_grid(grid: _Grid, file: str, today: date) -> Iterator[Finding]:
    row, cells = next(grid.rows(), (0, []))
    headings = tuple(Text(cell, grid.sheet, row, letters(i)) for i, cell in enumerate(cells) if cell)
    yield from _in_outside(Outside("a heading", headings), file, today)
    for column, scan in enumerate(grid.scans):
        told: set[str] = set()
        for suspicion in scan.suspicions(today):
            if suspicion.kind in told or (suspicion.kind == POSTCODES and is_register_of_places(grid.rows(), column)):
                continue
            row, heading = _address(grid, column, suspicion)
            if row:
                told.add(suspicion.kind)
                name = heading if is_own_heading(heading) else letters(column)
                yield _finding(suspicion, file=file, sheet=grid.sheet, row=row, column=name)


def _address(grid: _Grid, column: int, suspicion: Suspicion) -> tuple[int, str]:
    """Row of the first value that matters, and the heading that says so; row 0 where nothing stands below a heading."""
    if suspicion.is_heading:
        return below_heading(grid.rows(), column, suspicion, forms=bool(grid.sheet))
    found = (row for row, cells in grid.rows() if column < len(cells) and plain_text(cells[column]) in suspicion.values)
    return next(found, 1), ""


def _in_outside(outside: Outside, file: str, today: date) -> Iterator[Finding]:
    scan = ColumnScan()
    scan.feed(pa.array([text.text for text in outside.texts], pa.string()))
    told: set[str] = set()
    for suspicion in scan.suspicions(today):
        if suspicion.kind in told or (suspicion.is_heading and not outside.are_fields):
            continue
        told.add(suspicion.kind)
        text = next((t for t in outside.texts if plain_text(t.text) in suspicion.values), outside.texts[0])
        yield _finding(suspicion, outside.what, file=file, sheet=text.sheet, row=text.row, column=text.column)


def _finding(suspicion: Suspicion, where: str = "", **place: object) -> Finding:
    found = f"{suspicion.kind} in {where}" if where else suspicion.kind
    if suspicion.certain:
        return refusal(RULE, found, _ALLOWED, _MEND[suspicion.kind], **place)
    return warning(RULE, f"ten-digit numbers that may be {found}", _ALLOWED, _CHECK, **place)


def _sheet_grid(sheet: Sheet) -> _Grid:
    columns = zip_longest(*([cell_text(c) for c in cells] for cells in sheet.rows.values()))
    scans = []
    for values in columns:
        scan = ColumnScan(plain_text(next((v for v in values if v), "")))
        scan.feed(pa.array(values, pa.string()))
        scans.append(scan)

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number in sorted(sheet.rows):
            yield number, [cell_text(c, numbers=True) or "" for c in sheet.rows[number]]

    return _Grid(sheet.name, scans, rows)


def _text_grid(text: TextRows) -> _Grid:
    def rows() -> Iterator[tuple[int, list[str]]]:
        yield text.header_row, list(text.header)
        for block in text.blocks():
            for i, number in enumerate(block.rows):
                yield number, [values[i] for values in block.columns]

    try:
        scans = _scanned_fast(text)
    except pa.ArrowInvalid:  # not the rules of csv, or a very long row: the readers know which, and refuse it or read it
        scans = [ColumnScan(plain_text(h)) for h in text.header]
        for block in text.blocks():
            for scan, values in zip(scans, block.columns, strict=True):
                scan.feed(pa.array(values, pa.string()))
    return _Grid("", scans, rows)


def _scanned_fast(text: TextRows) -> list[ColumnScan]:
    names = [f"c{i}" for i in range(len(text.header))]
    scans = [ColumnScan(plain_text(h)) for h in text.header]
    reader = pa.csv.open_csv(
        _utf8(text),
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
        parse_options=pa.csv.ParseOptions(delimiter=text.delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    for batch in reader:
        for scan, values in zip(scans, batch.columns, strict=True):
            scan.feed(values)
    return scans


def _utf8(text: TextRows) -> pa.NativeFile:
    """The text as a stream of UTF-8, whatever its own encoding."""
    if text.encoding == "utf-8-sig" and isinstance(text.contents.source, bytes) and text.contents.packing == "plain":
        return pa.BufferReader(text.contents.source)
    chunks: Iterator[bytes] = text.contents.chunks()
    if text.encoding != "utf-8-sig":
        decoder = codecs.getincrementaldecoder(text.encoding)()
        chunks = (decoder.decode(chunk).encode() for chunk in chunks)
    return pa.PythonFile(io.BufferedReader(Pieces(chunks)), mode="r")
