"""Hostile files whose fault is in what they say: encodings, separators, numbers and dates that would change silently, formulas, names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from data.folder import TABLES
from data.workbook import write_workbook
from tests.hostile.cases import Case, official_book
from tests.networks import full_extract as text
from tests.networks.broken import FIRST_ROW, column, edited, official_rows, official_xls, official_xlsx, with_cell, with_sheet_xml
from tests.networks.small import small_parts

TIDY = text.tidy_rows()
CSV = text.as_csv(TIDY)
SHEET = "Provider by Test"
TOTAL = "Total Waiting List"
BAND = "05 <06 weeks"
LIST = "wl_02_03w"


def _cell(value: Any, heading: str = BAND, make: Callable[..., bytes] = official_xls) -> Callable[[], bytes]:
    return lambda: make(with_cell(official_rows(), FIRST_ROW, heading, value))


def _xml_cell(xml: bytes, heading: str = BAND) -> Callable[[], bytes]:
    """The official workbook with one cell written as no program of ours would."""
    address = f"{openpyxl.utils.get_column_letter(column(heading) + 1)}{FIRST_ROW}".encode()
    return lambda: with_sheet_xml(official_xlsx(), rb'<c r="%s"[^>]*>.*?</c>' % address, rb'<c r="%s" %s</c>' % (address, xml))


@cache
def small_workbook() -> bytes:
    """The workbook of a small network, made once."""
    parts = small_parts()
    return write_workbook(parts.network, parts.assumptions, parts.activity)


def _network(edit: Callable[[openpyxl.Workbook], Any]) -> bytes:
    return edited(small_workbook(), edit)


def _of_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def _titled(name: str) -> str:
    return next(t.title for t in TABLES if t.name == name)


def _set(table: str, cell: str, value: Any) -> Callable[[openpyxl.Workbook], None]:
    def edit(book: openpyxl.Workbook) -> None:
        book[_titled(table)][cell] = value

    return edit


def _installed(result: Any) -> bool:
    """The scanner was installed on 1 April 2019, whatever day the workbook counts from."""
    frame = next(t.frame for t in result.tables if t.table == "assets")
    return bool((frame["installed"].dropna() == pd.Timestamp("2019-04-01")).all()) and len(frame) == 2


def _kept_back(name: str, rows: int = 6) -> Callable[[Any], bool]:
    """The figure is missing, and its row is still there."""
    return lambda result: bool(result.frame[name].isna().sum() == 1) and len(result.frame) == rows


def _as_it_was(result: Any) -> bool:
    """The table as text reads the same as without what was done to it."""
    return len(result.frame) == len(TIDY) and float(result.frame["waiting_2"].sum()) == sum(float(r[LIST]) for r in TIDY)


def _titles(result: Any) -> bool:
    sites = next(t.frame for t in result.tables if t.table == "sites")
    return list(sites["title"]) == FORMULAS[:2]


FORMULAS = ['=HYPERLINK("http://example.org","x")', "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"]


def _formulas(book: openpyxl.Workbook) -> None:
    sheet = book[_titled("sites")]
    for row, words in zip((2, 3), FORMULAS, strict=False):
        sheet.cell(row, 2).value = words
        sheet.cell(row, 2).data_type = "s"


def _hidden(book: Any, sheet: Any) -> None:
    for name, state in (("Old figures", "hide"), ("Older figures", "very_hidden")):
        getattr(book.add_worksheet(name), state)()


def _swapped(rows: list[list[Any]]) -> list[list[Any]]:
    names = column("Planned tests / procedures"), column("Waiting list tests / procedures (excluding planned)")
    changed = [list(r) for r in rows]
    for row in changed[FIRST_ROW - 1 :]:
        row[names[0]], row[names[1]] = row[names[1]], row[names[0]]
    return changed


def _lines(change: Callable[[list[str]], list[str]]) -> Callable[[], bytes]:
    return lambda: "".join(change(CSV.decode().splitlines(keepends=True))).encode()


def _accented(encoding: str) -> Callable[[], bytes]:
    return lambda: CSV.decode().replace("AAA NHS", "Zoë NHS").encode(encoding)


BAD_NUMBERS = [
    ("text", "about 1,600"),
    ("a comma for a point", "1,5"),
    ("a point between thousands", "1.631,0"),
    ("the letter O for a zero", "1O"),
    ("a yes", True),
    ("not a number", "NaN"),
    ("infinity", "inf"),
    ("an error", "#REF!"),
    ("nothing", None),
    ("a space between thousands", "1 631"),
    ("a share", "12%"),
    ("a number in words", "1e3"),
]

TEXT = [
    Case("a byte order mark", "U6", lambda: CSV.decode().encode("utf-8-sig"), check=_as_it_was, file="a.csv"),
    Case("UTF-16", "U6", lambda: CSV.decode().encode("utf-16"), check=_as_it_was, file="a.csv"),
    Case("UTF-16 with the large end first", "U6", lambda: b"\xfe\xff" + CSV.decode().encode("utf-16-be"), check=_as_it_was, file="a.csv"),
    Case("UTF-16 without a mark", "U6", lambda: CSV.decode().encode("utf-16-le"), ("control-character", "wrong-type"), file="a.csv"),
    Case("UTF-32", "U6", lambda: CSV.decode().encode("utf-32"), ("control-character", "wrong-type"), file="a.csv"),
    Case("Western European letters", "U6", _accented("cp1252"), notes=("encoding",), check=_as_it_was, file="a.csv"),
    Case("bytes that are no letters anywhere", "U6", lambda: CSV + b"\x81\x8d\n", "encoding", file="a.csv"),
    Case("a NUL inside a cell", "U6", lambda: CSV.replace(b"BBB", b"B\0B", 1), ("control-character", "wrong-type"), file="a.csv"),
    Case("a bell inside a cell", "U6", lambda: CSV.replace(b"BBB", b"B\x07B", 1), "control-character", file="a.csv"),
    Case("semicolons", "U6", lambda: text.as_csv(TIDY, delimiter=";"), check=_as_it_was, file="a.csv"),
    Case("tabulators", "U6", lambda: text.as_csv(TIDY, delimiter="\t"), check=_as_it_was, file="a.csv"),
    Case("upright strokes", "U6", lambda: text.as_csv(TIDY, delimiter="|"), check=_as_it_was, file="a.csv"),
    Case("separators of another kind inside the cells", "U6", lambda: CSV.replace(b"AAA NHS", b"AAA; the;first;NHS"), check=_as_it_was, file="a.csv"),
    Case("a line break inside a cell", "U6", lambda: CSV.replace(b"AAA NHS TRUST", b'"AAA\nNHS TRUST"'), check=_as_it_was, file="a.csv"),
    Case("a quotation mark that never ends", "U6", lambda: CSV.replace(b"BBB", b'"BBB', 1), ("csv", "ragged-row"), file="a.csv"),
    Case(
        "a row that is too long",
        "U6",
        _lines(lambda rows: [*rows[:4], rows[4].rstrip() + ",9\r\n", *rows[5:]]),
        "ragged-row",
        ("", 5, ""),
        file="a.csv",
    ),
    Case("a row that is too short", "U6", _lines(lambda rows: [*rows[:3], "2025-02-01,Y1\r\n", *rows[3:]]), "ragged-row", ("", 4, ""), file="a.csv"),
    Case("empty lines between the rows", "U6", _lines(lambda rows: [r + "\r\n" for r in rows]), check=_as_it_was, file="a.csv"),
    Case(
        "a fault below empty lines",
        "U6",
        lambda: b"".join(r + b"\r\n" for r in text.as_csv(text.with_value(TIDY, 3, LIST, "x")).splitlines(True)),
        "not-a-number",
        ("", 5, LIST),
        file="a.csv",
    ),
    Case("lines that end as on old Macs", "U6", lambda: CSV.replace(b"\r\n", b"\n").replace(b"\n", b"\r"), check=_as_it_was, file="a.csv"),
    Case("a header and nothing else", "U6", lambda: CSV.splitlines(True)[0], "no-rows", file="a.csv"),
    Case("no header", "U6", lambda: b"".join(CSV.splitlines(True)[1:]), "missing-column", file="a.csv"),
    Case("a heading given twice", "U6", lambda: CSV.replace(b"wl_03_04w", b"wl_02_03w", 1), ("repeated-column", "missing-column"), file="a.csv"),
    Case("six hundred columns", "U6", lambda: b",".join(b"c%d" % i for i in range(600)) + b"\n", ("too-large", "missing-column"), file="a.csv"),
    Case("a cell of 200,000 letters", "U6", lambda: CSV.replace(b"AAA NHS", b"A" * 200_000, 1), "csv", file="a.csv"),
    Case("one line of five million letters", "U6", lambda: b"a" * 5_000_000, ("too-large", "missing-column", "csv"), file="a.csv"),
    Case("a header of half a million quotation marks", "U6", lambda: b'"' * 500_001 + b"\n1\n", ("csv", "missing-column"), file="a.csv"),
    Case(
        "a heading that names the separator",
        "U6",
        lambda: b"sep=;\n" + text.as_csv(TIDY, delimiter=";"),
        ("ragged-row", "missing-column"),
        file="a.csv",
    ),
]

NUMBERS = [
    *(
        Case(f"{name} where a count belongs", "U7", _cell(value), "not-a-number", (SHEET, FIRST_ROW, BAND), file="a.xls")
        for name, value in BAD_NUMBERS
    ),
    Case("a count below zero", "U7", _cell(-3.0), "negative", (SHEET, FIRST_ROW, BAND), file="a.xls"),
    Case("part of a patient", "U7", _cell(1.5), "fraction", (SHEET, FIRST_ROW, BAND), file="a.xls"),
    Case("a number larger than any", "U7", _xml_cell(b"><v>1e999</v>"), ("not-a-number", "damaged"), file="a.xlsx"),
    Case("a whole number of twenty digits", "U7", _xml_cell(b"><v>99999999999999999999</v>"), ("bands", "too-many"), file="a.xlsx"),
    Case("a whole number of four hundred digits", "U7", _xml_cell(b"><v>" + b"9" * 400 + b"</v>"), "not-a-number", (SHEET, FIRST_ROW, BAND)),
    Case("a date where a count belongs", "U7", _cell(datetime(2025, 3, 5), make=official_xlsx), "not-a-number", (SHEET, FIRST_ROW, BAND)),
    Case("an error in an .xlsx workbook", "U7", _xml_cell(b't="e"><v>#DIV/0!</v>'), "not-a-number", (SHEET, FIRST_ROW, BAND), says="#DIV/0!"),
    Case("a formula without a saved value", "U7", _xml_cell(b"><f>SUM(A1:A2)</f>"), "not-a-number", (SHEET, FIRST_ROW, BAND), says="formula"),
    Case(
        "a cell that stands in the sheet twice",
        "U7",
        lambda: with_sheet_xml(official_xlsx(), rb'(<row r="17".*?)</row>', rb'\1<c r="L17"><v>9</v></c></row>'),
        "damaged",
    ),
    *(
        Case(
            f"{marker} for a figure that is kept back",
            "U7",
            _cell(marker),
            notes=("missing-figure",),
            place=(SHEET, FIRST_ROW, BAND),
            check=_kept_back("waiting_5"),
            file="a.xls",
        )
        for marker in ("*", "<5", "-", "[c]", "..")
    ),
    Case(
        "a star in the table as text",
        "U7",
        lambda: text.as_csv(text.with_value(TIDY, 4, LIST, "*")),
        notes=("missing-figure",),
        place=("", 4, LIST),
        check=_kept_back("waiting_2", len(TIDY)),
        file="a.csv",
    ),
    Case("a total that does not add up", "U7", _cell(9999.0, TOTAL), "bands", (SHEET, FIRST_ROW, TOTAL), file="a.xls"),
    Case("digits of full width", "U7", _cell("\uff11\uff11\uff18", BAND), check=lambda r: r.frame["waiting_5"].iloc[0] == 118, file="a.xls"),
    Case("dates counted from 1904", "U7", lambda: _network(_of_1904), task="workbook", check=_installed),
    Case("dates as text, day first", "U7", lambda: _network(_set("assets", "D2", "01/04/2019")), task="workbook", check=_installed),
    Case(
        "a date with the month first",
        "U7",
        lambda: _network(_set("assets", "D2", "04/13/2019")),
        "cell",
        (_titled("assets"), 2, "Installed"),
        task="workbook",
    ),
    Case(
        "an error in a network workbook",
        "U7",
        lambda: _network(_set("staffing", "C2", "#N/A")),
        ("cell-error", "cell"),
        (_titled("staffing"), 2, "*"),
        task="workbook",
    ),
    Case(
        "a marker in a network workbook",
        "U7",
        lambda: _network(_set("staff_in_post", "C2", "<5")),
        "cell",
        (_titled("staff_in_post"), 2, "*"),
        task="workbook",
    ),
    Case("hidden sheets", "U7", lambda: official_book(_hidden), notes=("hidden-sheet",)),
    Case("no month", "U7", lambda: official_xls(official_rows("")), "month", (SHEET, 5, "Period:"), file="a.xls"),
    Case(
        "a renamed column",
        "U8",
        _cell("Something else", TOTAL, lambda rows: official_xls(with_cell(official_rows(), 14, TOTAL, "Something else"))),
        "missing-column",
        (SHEET, 14, TOTAL),
        file="a.xls",
    ),
    Case("formulas as titles", "W6", lambda: _network(_formulas), task="workbook", check=_titles),
]

NAMES = [
    "../../../etc/passwd.xls",
    "..\\..\\windows\\win.ini",
    "C:\\Users\\x\\a.xls",
    "a\0b.xls",
    "a\nb: c.xls",
    "\x1b[31mred.xls",
    "\u202egpj.xls",
    "<img src=x onerror=alert(1)>.xls",
    "[x](javascript:alert(1)).xls",
    "$\\href{javascript:alert(1)}{x}$.xls",
    "=cmd|' /C calc'!A0.xls",
    "'; DROP TABLE datasets;--.xls",
    "a" * 5_000 + ".xls",
    "",
    "   ",
    "////",
    "CON.xls",
    ".htaccess",
    "%2e%2e%2fa.xls",
    "${jndi:ldap://x}.xls",
    "\ud83d\ude00.xls",
]

FILE_NAMES = [Case(f"file name {i}", "U10", lambda: b"%PDF-1.4", "wrong-type", file=name) for i, name in enumerate(NAMES, start=1)]

CONTENTS = [*TEXT, *NUMBERS, *FILE_NAMES]
