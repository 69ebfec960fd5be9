"""Text files read a block at a time keep the rules of text files read whole."""

import pytest

from data import plain_text
from data import text_rows as module
from data.csv_cells import csv_sheet
from data.errors import Refused
from data.plain_text import strings
from data.text_rows import MAX_LINE_BYTES, text_rows
from data.unpacking import contents_of

FILE = "t.csv"


def rows_of(content):
    """Row number → cells, the header with them."""
    table = text_rows(contents_of(content, FILE))
    rows = {table.header_row: list(table.header)}
    for block in table.blocks():
        rows |= {number: list(cells) for number, cells in zip(block.rows, zip(*block.columns, strict=True), strict=True)}
    return rows


SAME = {
    "commas": b"a,b\n1,2\n3,4\n",
    "semicolons": b"a;b\n1,5;2\n",
    "tabs and old line ends": b"a\tb\r1\t2\r",
    "blank rows": b"\n\na,b\n\n1,2\n , \n3,4",
    "a line end in quotes": b'a,b\n"1\n1",2\n3,4\n',
    "quotes in quotes": b'a,b\n"say ""x""",2\n',
    "a byte order mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "quoted cells": b'"a","b"\n"1, or so",2\n3,"4"\n"",""\n5,""\n',
    "plain first, then a line end in quotes": b'a,b\n1,2\n3,4\n5,"6\n6"\n7,8\n',
    "a mark inside a cell": b'a,b\n1,5" pipe\n3,4" pipe\n5,6\n',
    "no line end at the end": b"a,b\r\n1,2\r\n3,4",
    "UTF-16": "a,b\n1,é\n".encode("utf-16"),
    "western European": "a,b\n1,é\n".encode("cp1252"),
}


def fast_rows_of(content):
    """The same through the fast reader."""
    table = text_rows(contents_of(content, FILE))
    rows = {table.header_row: list(table.header)}
    for found in strings(table):
        cells = zip(*(column.to_pylist() for column in found.columns), strict=True)
        rows |= {int(number): list(row) for number, row in zip(found.rows, cells, strict=True)}
    return rows


@pytest.mark.parametrize("piece", [1, 5, 12, 4_000_000])
@pytest.mark.parametrize("case", SAME)
def test_the_fast_reader_gives_the_same_rows_wherever_its_pieces_end(case, piece, monkeypatch):
    monkeypatch.setattr(plain_text, "PIECE", piece)
    assert fast_rows_of(SAME[case]) == rows_of(SAME[case])


@pytest.mark.parametrize("case", ["a row too long", "quotes that do not close", "text after quotes", "a cell too long"])
def test_the_fast_reader_refuses_what_the_other_refuses(case):
    content, rule, row = WRONG[case]
    with pytest.raises(Refused) as refused:
        fast_rows_of(content)
    assert [(f.rule, f.row) for f in refused.value.findings] == [(rule, row)]


@pytest.mark.parametrize("case", SAME)
def test_a_text_is_the_same_rows_a_block_at_a_time_as_whole(case, monkeypatch):
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    whole = csv_sheet(SAME[case], FILE, [])
    assert rows_of(SAME[case]) == {number: [c or "" for c in cells] for number, cells in whole.rows.items()}


WRONG = {
    "a row too long": (b"a,b\n1,2\n1,2,3\n", "ragged-row", 3),
    "quotes that do not close": (b'a,b\n1,"2\n', "csv", 2),
    "text after quotes": (b'a,b\n1,"2"x\n', "csv", 2),
    "a cell too long": (b"a,b\n1,2\n1," + b"x" * 200_000 + b"\n", "csv", 3),
    "a control character": (b"a,b\n1,\x002\n", "control-character", 2),
    "a line that does not end": (b"a,b\n" + b"1" * (2 * MAX_LINE_BYTES), "too-large", 2),
    "no rows at all": (b"\n \n", "no-rows", None),
    "half a character in UTF-16": ("a,b\n".encode("utf-16")[:-1], "encoding", None),
    "bytes that no text has": (b"a,b\n\x81\x8d", "encoding", None),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_text_that_cannot_be_split_is_refused_with_its_row(case):
    content, rule, row = WRONG[case]
    with pytest.raises(Refused) as refused:
        rows_of(content)
    (finding,) = refused.value.findings
    assert (finding.rule, finding.row, finding.file) == (rule, row, FILE)
    assert all((finding.found, finding.expected, finding.mend))


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_LINES", 3)
    with pytest.raises(Refused, match="at most 3 rows"):
        rows_of(b"a,b\n1,2\n3,4\n5,6\n")


def test_an_assumed_encoding_is_noted():
    assert [n.rule for n in text_rows(contents_of(SAME["western European"], FILE)).notes] == ["encoding"]
    assert text_rows(contents_of(SAME["UTF-16"], FILE)).notes == ()
