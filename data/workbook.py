"""The network workbook: one sheet for each declared table, written from the declarations and read back without loss."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.activity import ACTIVITY, Activity
from data.assumption import Assumption
from data.assumptions import ASSUMPTIONS, DECLARED, Assumptions
from data.cells import MAX_ROWS
from data.errors import Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, note, refusal, warning
from data.folder import TABLES, NetworkTables, Parts, read_table
from data.network import NETWORK_TABLES, Network
from data.sources.national_tests import plain
from data.tabular import read_sheets

SOURCE = "network"

PARSER_VERSION = 1
"""Raise whenever the same file would be read differently."""

DICTIONARY = "Dictionary"

_MAX_TEXT = 32_767
_FIRST_YEAR = 1901
_WIDEST = 48
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIELD_HEADINGS = ("Sheet", "Column", "Holds", "Unit", "Required", "Default", "Help")
_ASSUMPTION_HEADINGS = (
    "Name", "Assumption", "Group", "Unit", "Least", "Most", "Default", "Varies by", "Varies by week", "Help", "Source",
)  # fmt: skip
_DICTIONARY_WIDTHS = (24, 34, 46, 30, 10, 12, 12, 40, 16, 90, 30)


class _ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet that writes numbers in full: sixteen digits, as the library writes them, are one too few to read every number back."""

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        text = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{text}><v>{float(number)!r}</v></c>")


def write_workbook(network: Network, assumptions: Assumptions, activity: Activity | None, *, empty: bool = False) -> bytes:
    """The workbook of a network.

    Args:
        network: its tables.
        assumptions: its assumption rows.
        activity: its history; rows of organisations and tests outside the network are left out, since a network's own workbook may not
            hold them. None leaves the sheet without rows.
        empty: headings only, to be filled in.

    Returns:
        An .xlsx file: the sheet Dictionary, then one sheet for each declared table.

    Raises:
        Refused: a text or a table is longer than a workbook can hold.
    """
    frames = {t.name: network[t.name] for t in NETWORK_TABLES} | {ASSUMPTIONS.name: assumptions.rows}
    frames[ACTIVITY.name] = ACTIVITY.empty() if activity is None else _own(activity, network)
    if empty:
        frames = {t.name: t.empty() for t in TABLES}
    _refuse_what_does_not_fit(frames)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        formats = {
            "heading": book.add_format({"bold": True, "bg_color": "#005EB8", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "strong": book.add_format({"bold": True}),
        }
        names = _write_dictionary(book.add_worksheet(DICTIONARY, _ExactSheet), formats)
        for table in TABLES:
            _write_table(book.add_worksheet(table.title, _ExactSheet), table, frames[table.name], formats, names)
    return file.getvalue()


def _own(activity: Activity, network: Network) -> pd.DataFrame:
    rows = activity.rows
    return rows[rows["organisation"].isin(network.organisations) & rows["test"].isin(network["tests"]["test"])]


def _refuse_what_does_not_fit(frames: dict[str, pd.DataFrame]) -> None:
    found: list[Finding] = []
    for table in TABLES:
        frame = frames[table.name]
        if len(frame) >= MAX_ROWS:
            allowed = f"at most {MAX_ROWS - 1:,} rows in a workbook"
            found.append(refusal("too-large", f"{len(frame):,} rows", allowed, "Use a folder of CSV files.", sheet=table.title))
        for f in table.fields:
            if f.dtype == "str":
                for i in (frame[f.name].str.len() > _MAX_TEXT).to_numpy().nonzero()[0]:
                    place = {"sheet": table.title, "row": int(i) + 2, "column": f.title}
                    found.append(refusal("too-large", "a very long text", f"at most {_MAX_TEXT:,} characters", "Shorten it.", **place))
    if found:
        raise Refused(found)


def _write_table(sheet: Any, table: Table, frame: pd.DataFrame, formats: dict[str, Any], names: str) -> None:
    sheet.freeze_panes(1, 0)
    for c, f in enumerate(table.fields):
        sheet.write_string(0, c, f.title, formats["heading"])
        longest = max((len(str(v)) for v in frame[f.name]), default=0)
        sheet.set_column(c, c, min(max(len(f.title), longest, 9) + 2, _WIDEST))
        if rule := _validation(table, f, names):
            sheet.data_validation(1, c, MAX_ROWS - 1, c, rule)
        for r, value in enumerate(frame[f.name], start=1):
            _write_cell(sheet, r, c, f, value, formats)
    sheet.autofilter(0, 0, max(len(frame), 1), len(table.fields) - 1)


def _write_cell(sheet: Any, row: int, column: int, declared: Field, value: Any, formats: dict[str, Any]) -> None:
    if declared.kind is Kind.FLAG:
        sheet.write_string(row, column, "yes" if value else "no")
    elif pd.isna(value) or value == "":
        return
    elif declared.kind is Kind.DATE:
        if value.year >= _FIRST_YEAR:
            sheet.write_datetime(row, column, value.to_pydatetime(), formats["date"])
        else:  # a workbook's calendar starts in 1900
            sheet.write_string(row, column, f"{value:%Y-%m-%d}")
    elif declared.kind in (Kind.NUMBER, Kind.COUNT):
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, str(value))


def _validation(table: Table, f: Field, names: str) -> dict[str, Any] | None:
    """What the spreadsheet program lets a planner type: a list to choose from, or the bounds of a number."""
    message = {"error_title": f.title[:32], "error_message": f"Allowed: {f.allowed()}."[:255], "ignore_blank": True}
    if table is ASSUMPTIONS and f.name == "name":
        return {**message, "validate": "list", "source": names, "error_message": f"Allowed: a name from the sheet {DICTIONARY}."}
    if f.refers_to:
        target = next(t for t in TABLES if t.name == f.refers_to)
        return {**message, "validate": "list", "source": f"='{target.title}'!$A$2:$A${MAX_ROWS}", "error_type": "warning"}
    if f.kind is Kind.FLAG or f.choices:
        return {**message, "validate": "list", "source": list(f.choices) or ["yes", "no"]}
    if f.kind not in (Kind.NUMBER, Kind.COUNT) or (f.minimum is None and f.maximum is None):
        return None
    rule = {**message, "validate": "decimal" if f.kind is Kind.NUMBER else "integer"}
    if f.maximum is None:
        return {**rule, "criteria": ">=", "value": f.minimum}
    if f.minimum is None:
        return {**rule, "criteria": "<=", "value": f.maximum}
    return {**rule, "criteria": "between", "minimum": f.minimum, "maximum": f.maximum}


def _write_dictionary(sheet: Any, formats: dict[str, Any]) -> str:
    """Every field and every declared assumption; returns where the assumptions' names stand, for the list to choose from."""
    for c, width in enumerate(_DICTIONARY_WIDTHS):
        sheet.set_column(c, c, width)
    sheet.write_string(0, 0, "What may stand in each sheet. This sheet is for reading only: it is left out when the workbook is read.",
                       formats["strong"])  # fmt: skip
    row = _write_rows(sheet, 2, _FIELD_HEADINGS, [_field_row(t, f) for t in TABLES for f in t.fields], formats)
    sheet.write_string(row + 1, 0, f"What may stand in the sheet {ASSUMPTIONS.title}: the numbers that can be assumed.", formats["strong"])
    first = row + 4
    last = _write_rows(sheet, row + 2, _ASSUMPTION_HEADINGS, [_assumption_row(a) for a in DECLARED], formats)
    return f"={DICTIONARY}!$A${first}:$A${last}"


def _write_rows(sheet: Any, row: int, headings: tuple[str, ...], rows: list[tuple[Any, ...]], formats: dict[str, Any]) -> int:
    for c, heading in enumerate(headings):
        sheet.write_string(row, c, heading, formats["heading"])
    for r, values in enumerate(rows, start=row + 1):
        for c, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(r, c, value, formats["wrap"])
            else:
                sheet.write_number(r, c, value, formats["wrap"])
    return row + 1 + len(rows)


def _field_row(table: Table, f: Field) -> tuple[Any, ...]:
    default = {True: "yes", False: "no"}.get(f.default, str(f.default)) if f.default is not None else ""
    needed = "yes" if f.required and f.default is None and f.kind is not Kind.FLAG else "no"
    return table.title, f.title, f.allowed(), f.unit, needed, default, f.help


def _assumption_row(a: Assumption) -> tuple[Any, ...]:
    places = ", ".join(s.replace("_", " ") for s in a.varies_by) or "nothing: it holds everywhere"
    return (a.name, a.title, a.group, a.unit, float(a.minimum), float(a.maximum), float(a.default), places,
            "yes" if a.by_week else "no", a.help, a.source)  # fmt: skip


def read_workbook(content: bytes, name: str) -> Parts:
    """A network from its workbook, opened in a limited child process.

    Args:
        content: the .xlsx file (an .xls file is read too).
        name: its name, for the findings.

    Raises:
        Refused: with the findings of all sheets.
    """
    from data.safe_reading import read_safely

    return read_safely(content, name, "workbook").parts()


def read(content: bytes, file: str) -> NetworkTables:
    """The typed tables of a workbook. Uploads come here through `data.safe_reading`, in its limited child process.

    Args:
        content: the workbook.
        file: its name for the findings.

    Returns:
        One reading for each declared sheet that is there, and findings about sheets that are missing, unknown or hidden.
    """
    titles = {plain(t.title): t for t in TABLES}
    try:
        sheets, notes = read_sheets(content, file, types=("xlsx", "xls"), wanted=lambda name: plain(name) in titles)
    except Refused as error:
        return NetworkTables((), error.findings.in_file(file))
    found: list[Finding] = []
    tables = {}
    for sheet in sheets:
        table = titles.get(plain(sheet.name))
        if table is None:
            if plain(sheet.name) != plain(DICTIONARY):
                mend = "Its cells were not read. Rename or remove it."
                found.append(warning("unknown-sheet", "a sheet of another name", _sheet_names(), mend, file=file, sheet=sheet.name))
        elif table.name in tables:
            mend = "Keep one of the two sheets."
            found.append(refusal("repeated-sheet", "a second sheet of this name", "each sheet once", mend, file=file, sheet=sheet.name))
        else:
            tables[table.name] = read_table(table, sheet, file)
        if sheet.hidden and table is not None:
            found.append(note("hidden-sheet", "a hidden sheet", "sheets that can be seen", "Nothing to do.", file=file, sheet=sheet.name))
    for table in TABLES:
        if table.name not in tables and table is not ACTIVITY:
            mend = f"Add the sheet; its headings alone are enough where there is nothing to say. It holds: {table.help}"
            found.append(refusal("missing-sheet", "no such sheet", f'a sheet "{table.title}"', mend, file=file, sheet=table.title))
    return NetworkTables(tuple(tables.values()), notes.plus(found))


def _sheet_names() -> str:
    return "the sheets " + ", ".join(t.title for t in TABLES)
