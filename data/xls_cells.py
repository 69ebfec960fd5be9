"""Cells of an .xls workbook, read by xlrd."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import xlrd

from data.cells import CellError, Sheet, collected, letters


def xls_sheets(content: bytes, file: str, wanted: Callable[[str], bool]) -> Iterator[Sheet]:
    """The sheets in order; one that nobody wants has no cells."""
    # on_demand: a sheet nobody asked for is never unpacked; the log would go to standard output.
    with xlrd.open_workbook(file_contents=content, on_demand=True, ragged_rows=True, logfile=io.StringIO()) as book:
        for i, name in enumerate(book.sheet_names()):
            if wanted(name):
                sheet = book.sheet_by_index(i)
                comments = tuple((r + 1, letters(c), str(n.text)) for (r, c), n in sheet.cell_note_map.items())
                yield Sheet(name, bool(sheet.visibility), collected(_xls_cells(sheet, book.datemode), file, name), comments)
                book.unload_sheet(i)
            else:
                yield Sheet(name, bool(book._sheet_visibility[i]))


def _xls_cells(sheet: Any, datemode: int) -> Iterator[tuple[int, int, Any]]:
    for r in range(sheet.nrows):
        for c, (kind, value) in enumerate(zip(sheet.row_types(r), sheet.row_values(r), strict=True)):
            if kind == xlrd.XL_CELL_ERROR:
                value = CellError(xlrd.error_text_from_code.get(value, "a spreadsheet error"))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                value = bool(value)
            elif kind == xlrd.XL_CELL_DATE:
                value = _xls_date(value, datemode)
            yield r + 1, c + 1, None if value == "" else value


def _xls_date(value: float, datemode: int) -> Any:
    try:
        return xlrd.xldate_as_datetime(value, datemode)
    except (xlrd.XLDateError, OverflowError, ValueError):
        return CellError("a date outside the calendar")
