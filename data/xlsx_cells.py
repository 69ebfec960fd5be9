"""Cells of an .xlsx workbook by their own addresses, whatever size the workbook says its sheets have.

openpyxl reads the parts. Its parser is used cell by cell, because its tables hide two things a planner must hear of: a formula that was
never computed reads as a blank, and text that contains control characters loses them.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from data.cells import CellError, Sheet, collected

if not openpyxl.DEFUSEDXML:
    raise ImportError("defusedxml must be installed: openpyxl does not guard against XML attacks without it")

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_STRING = f"{{{SHEET_MAIN_NS}}}si"


def xlsx_sheets(content: bytes, file: str, wanted: Callable[[str], bool]) -> Iterator[Sheet]:
    """The worksheets in order; one that nobody wants has no cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of parts it leaves out: charts, styles, data validation
        reader = _Reader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        reader.read()
        book = reader.wb
        for sheet in book.worksheets:
            cells = _cells(sheet, book) if wanted(sheet.title) else ()
            yield Sheet(sheet.title, sheet.sheet_state != "visible", collected(cells, file, sheet.title))
        book.close()


def _cells(sheet: Any, book: Any) -> Iterator[tuple[int, int, Any]]:
    with sheet._get_source() as source:
        parser = _Parser(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for row, cells in parser.parse():
            if not cells:
                yield row, 1, None  # an empty row counts towards the limit on rows
            for cell in cells:
                value = cell["value"]
                if cell["data_type"] == "e" and value is not None:
                    value = CellError(str(value))
                yield cell["row"], cell["column"], None if value == "" else value


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl ships no types
    """Opens the workbook; shared strings keep their control characters."""

    def read_strings(self) -> None:
        """Read the table of shared strings."""
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        strings: list[str] = []
        with self.archive.open(part.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == _STRING:
                    strings.append(_unescaped(Text.from_tree(node).content))
                    node.clear()
        self.shared_strings = strings


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl ships no types
    """Reads one cell at a time; a formula without a saved value is an error, not a blank."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """The cell's address, value and type."""
        cell: dict[str, Any] = super().parse_cell(element)
        computed = element.get("t") == "str"  # a formula whose value is an empty text
        if cell["value"] is None and element.find(FORMULA_TAG) is not None and not computed:
            cell["value"] = CellError("a formula without a saved value")
        elif isinstance(cell["value"], str) and element.find(INLINE_STRING) is not None:
            cell["value"] = _unescaped(cell["value"])
        return cell


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text
