"""Result workbooks: a first sheet in sentences, then one sheet for each table with anything in it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xlsxwriter

from data.fields import Field, Kind, Table
from data.network import Network
from portal.exports.sheets import LINE_HEIGHT, Column, TableSheet

SUMMARY = "Summary"
Section = tuple[str, Sequence[str]]

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

_TITLED = {
    "organisation": "organisations", "from_organisation": "organisations", "to_organisation": "organisations", "site": "sites",
    "to_site": "sites", "test": "tests", "asset_type": "asset_types", "session_type": "session_types", "staff_group": "staff_groups",
    "mobile": "mobiles", "route": "routes",
}  # fmt: skip
"""Table that gives the title of each identifier."""

_SENTENCE_WIDTH = 110
_LETTERS_A_LINE = 122
_LABEL_WIDTH = 26


@dataclass(frozen=True)
class Cover:
    """The first sheet.

    Attributes:
        title: of the workbook.
        headline: the answer.
        sections: titled sentences.
        reading: how to read the workbook.
        contents: name, help and rows of each sheet.
        provenance: labels and what they say.
    """

    title: str
    headline: str
    sections: Sequence[Section]
    reading: str
    contents: Sequence[tuple[str, str, int]]
    provenance: Sequence[tuple[str, str]]


def titles_of(network: Network) -> dict[str, dict[str, str]]:
    """Titles of identifiers by the column they stand in."""
    return {column: network.titles(table) for column, table in _TITLED.items()}


def sheet_of(book: xlsxwriter.Workbook, name: str, columns: list[Column], formats: dict[str, Any], *, still: int = 1) -> TableSheet:
    """A sheet of columns whose heading and first `still` columns stay in view."""
    sheet = book.add_worksheet(name, TableSheet)
    sheet.put(columns, formats, row=0)
    sheet.freeze_panes(1, still)
    sheet.autofilter(0, 0, len(columns[0].values), len(columns) - 1)
    for_paper(sheet, name)
    return sheet


def for_paper(sheet: Any, name: str) -> None:
    """Landscape A4, as wide as one page, its name and page in the footer."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{name}&RPage &P of &N")


def columns_of(table: Table, frame: pd.DataFrame, titles: dict[str, dict[str, str]]) -> list[Column]:
    """The columns of a table, without those that hold nothing."""
    filled = [f for f in table.fields if f.required or (frame[f.name].notna() & (frame[f.name] != "")).any()]
    return [Column(_heading(f), _shown(f, frame[f.name], titles), _pattern(f)) for f in filled]


def _heading(field: Field) -> str:
    unit = field.unit
    return field.title if not unit or unit.lower() == field.title.lower() or unit == "£" else f"{field.title} ({unit})"


def _shown(field: Field, values: pd.Series, titles: dict[str, dict[str, str]]) -> pd.Series:
    if field.name in titles:
        return values.map(lambda v: titles[field.name].get(v, v))
    if field.kind is Kind.FLAG:
        return values.map({True: "yes", False: "no"})
    if field.kind in (Kind.CHOICE, Kind.ID):
        return values.map(lambda v: str(v).replace("_", " ").capitalize())
    return values


def _pattern(field: Field) -> str:
    if field.kind is Kind.DATE:
        return "date"
    if field.kind not in (Kind.NUMBER, Kind.COUNT):
        return "text"
    if field.unit.startswith("£"):
        return "pounds"
    if field.unit.startswith("share"):
        return "percent"
    if field.kind is Kind.COUNT or field.unit == "sessions":
        return "whole"
    return "plain" if field.name in ("value", "weight") else "one"


def write_cover(sheet: Any, cover: Cover, formats: dict[str, Any]) -> None:
    """Write the first sheet."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _SENTENCE_WIDTH)
    for_paper(sheet, SUMMARY)
    sheet.set_portrait()
    sheet.write_string(0, 0, cover.title, formats["title"])
    _write_sentence(sheet, 2, cover.headline, formats["answer"], size=1.2)
    row = 4
    for title, sentences in cover.sections:
        row = _write_rows(sheet, row, title, [("", sentence) for sentence in sentences], formats)
    row = _write_rows(sheet, row, "How to read this workbook", [("", cover.reading)], formats)
    sheet.write_string(row, 0, "Sheets", formats["section"])
    for name, help_, rows in cover.contents:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        _write_sentence(sheet, row, f"{help_} {rows:,} row{'s' if rows != 1 else ''}.", formats["sentence"])
    _write_rows(sheet, row + 2, "Where the figures come from", list(cover.provenance), formats)


def _write_rows(sheet: Any, row: int, title: str, rows: list[tuple[str, str]], formats: dict[str, Any]) -> int:
    """A titled block of labels and sentences; returns the row after the gap below it."""
    sheet.write_string(row, 0, title, formats["section"])
    first = row if not rows[0][0] else row + 1
    for r, (label, text) in enumerate(rows, start=first):
        if label:
            sheet.write_string(r, 0, label, formats["label"])
        _write_sentence(sheet, r, text, formats["sentence"])
    return first + len(rows) + 1


def _write_sentence(sheet: Any, row: int, text: str, style: Any, size: float = 1.0) -> None:
    """A sentence in as many lines as it needs: not every program that opens a workbook makes the row high enough by itself."""
    lines = len(textwrap.wrap(text, int(_LETTERS_A_LINE / size))) or 1
    sheet.set_row(row, lines * LINE_HEIGHT * size + 2)
    sheet.write_string(row, 1, text, style)
