"""Worksheets for many rows: a table is written column by column, several times faster than cell by cell."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

FONT = "Arial"
HEADING_COLOUR = "#005EB8"

LINE_HEIGHT = 15.0
"""Points."""

_LETTERS_A_UNIT = 1.05
"""Letters of a heading that a unit of width holds; widths are counted in digits, which are wider."""

_BUTTON = 3
"""Characters that the button of a filter takes from a heading."""

_EPOCH = pd.Timestamp("1899-12-30")
_DECIMALS = 6
"""More would be noise on paper; the CSV files hold every digit."""

_NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")

PATTERNS = {
    "whole": "#,##0",
    "one": "#,##0.0",
    "pounds": '"£"#,##0',
    "pence": '"£"#,##0.00',
    "percent": "0.0%",
    "plain": "#,##0.0###",
    "date": "d mmm yyyy",
    "text": "",
}
"""Number formats by name."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes:
        heading: its title, with the unit.
        values: text, numbers (gaps are empty cells) or dates.
        pattern: key of `PATTERNS`.
    """

    heading: str
    values: pd.Series
    pattern: str

    @property
    def width(self) -> float:
        """Characters its widest cell takes, within reason; a long heading is wrapped."""
        words = max(len(word) for word in self.heading.split())
        if self.pattern == "text":
            longest = max((len(v) for v in self.values.unique()), default=0)
        elif self.pattern == "date":
            longest = len("26 Aug 2026")
        else:
            largest = self.values.abs().max() if len(self.values) else 0.0
            longest = len(f"{0.0 if np.isnan(largest) else largest:,.0f}") + 4
        return float(min(max(words, longest) + _BUTTON, 46))


class TableSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A worksheet whose rows below its heading are given as columns."""

    def put(self, columns: Sequence[Column], formats: dict[str, Any], row: int) -> None:
        """Write columns below `row` (counted from 0), the row of their heading."""
        for c, column in enumerate(columns):
            self.write_string(row, c, column.heading, formats["heading" if column.pattern == "text" else "heading over numbers"])
            self.set_column(c, c, column.width)
        lines = max(len(textwrap.wrap(column.heading, int(column.width * _LETTERS_A_UNIT))) for column in columns)
        self.set_row(row, lines * LINE_HEIGHT + 1)
        count = len(columns[0].values)
        # Nothing is written yet: `_write_rows` does, when the styles have their numbers.
        self._below = [(xl_col_to_name(c), column, formats[column.pattern]) for c, column in enumerate(columns)]
        self._first = row + 2
        self.dim_rowmax: int = row + count

    def _write_rows(self) -> None:
        super()._write_rows()
        cells = [_cells(name, column, style._get_xf_index(), self._first) for name, column, style in self._below]
        rows = (f'<row r="{r}">{"".join(row)}</row>' for r, row in enumerate(zip(*cells, strict=True), start=self._first))
        self.fh.write("".join(rows))


def _cells(name: str, column: Column, style: int, first: int) -> list[str]:
    """The XML of one column's cells; an empty cell is no cell."""
    if column.pattern == "text":
        texts = {t: _text(t) for t in column.values.unique()}
        values = [texts[t] for t in column.values]
        return [f'<c r="{name}{r}" s="{style}" t="inlineStr"><is>{t}</is></c>' if t else "" for r, t in enumerate(values, start=first)]
    numbers = (column.values - _EPOCH) / pd.Timedelta(days=1) if column.pattern == "date" else column.values
    rounded = np.round(numbers.to_numpy(dtype=float), _DECIMALS).tolist()
    return [f'<c r="{name}{r}" s="{style}"><v>{v!r}</v></c>' if v == v else "" for r, v in enumerate(rounded, start=first)]


def _text(text: str) -> str:
    if not text:
        return ""
    keep = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{keep}>{escape(text.translate(_NOT_IN_XML))}</t>"


def formats_of(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """The styles of a workbook by name: those of `PATTERNS`, and of headings and sentences."""
    plain = {"font_name": FONT, "font_size": 11}
    heading = {**plain, "bold": True, "bg_color": HEADING_COLOUR, "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    styles = {name: {**plain, "num_format": pattern or "@"} for name, pattern in PATTERNS.items()}
    styles["text"]["indent"] = 1  # away from the number in the column before it
    styles |= {
        "heading": {**heading, "align": "left", "indent": 1},
        "heading over numbers": {**heading, "align": "right"},
        "title": {**plain, "bold": True, "font_size": 16},
        "answer": {**plain, "bold": True, "font_size": 13, "text_wrap": True, "valign": "top"},
        "section": {**plain, "bold": True, "font_size": 13, "font_color": HEADING_COLOUR, "text_wrap": True, "valign": "top"},
        "sentence": {**plain, "text_wrap": True, "valign": "top"},
        "label": {**plain, "bold": True, "valign": "top"},
        "link": {**plain, "font_color": HEADING_COLOUR, "underline": 1, "valign": "top"},
        "yes": {**plain, "bg_color": "#CCE5D8"},
        "no": {**plain, "bold": True, "bg_color": "#F7D4D1"},
    }  # fmt: skip
    return {name: book.add_format(style) for name, style in styles.items()}
