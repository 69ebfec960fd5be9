"""Files with people's data in every place a workbook has, and files that only look like it. Every number is invented, or never issued."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.comments import Comment

from tests.hostile.cases import Case, another_sheet, official_book, with_records
from tests.hostile.contents import small_workbook
from tests.networks.broken import edited, official_rows, official_xls, official_xlsx, with_more_parts
from tests.networks.compound_file import _record, xls
from tests.networks.full_extract import as_zip

PLANTED = "999 123 4578"
PLAIN = PLANTED.replace(" ", "")
BORN = [f"{d:02d}/{m:02d}/{y}" for d, m, y in ((3, 2, 1950), (14, 7, 1961), (21, 9, 1948), (2, 12, 1975), (30, 1, 1983), (9, 5, 1939))]
HOMES = ["PR2 9HT", "LA1 4RP", "BB10 2PQ", "FY3 8NR", "L1 1JF", "M1 1AE"]
NOT_PEOPLE = ("missing-column", "missing-header", "month")


def nhs_number(rng: random.Random) -> str:
    """A number with a right check digit from the range that is never issued."""
    while True:
        digits = f"999{rng.randrange(10**6):06d}"
        check = 11 - sum(w * int(d) for w, d in zip(range(10, 1, -1), digits, strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)


def scottish_number(rng: random.Random) -> str:
    """A number that begins with a date of birth, with a right check digit."""
    while True:
        digits = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{rng.randint(0, 99):02d}{rng.randrange(1000):03d}"
        check = 11 - sum(w * int(d) for w, d in zip(range(10, 1, -1), digits, strict=True)) % 11
        if check != 10:
            return digits + str(check % 11)


def pseudonym(rng: random.Random) -> str:
    """Ten digits like any others."""
    return str(rng.randrange(10**9, 10**10))


def table(headings: Sequence[str], *columns: Sequence[Any]) -> bytes:
    """A table as text."""
    return "\n".join([",".join(headings), *(",".join(map(str, row)) for row in zip(*columns, strict=True))]).encode() + b"\n"


def numbers(count: int, make: Callable[[random.Random], str], form: Callable[[str], str] = str, seed: int = 1) -> list[str]:
    """Some numbers, written in one form."""
    rng = random.Random(seed)  # noqa: S311 - the same numbers every time
    return [form(make(rng)) for _ in range(count)]


def _in_cell(value: Any) -> Callable[[], bytes]:
    return lambda: another_sheet([["Something"], ["else"], [value]])


def _commented() -> bytes:
    def edit(book: openpyxl.Workbook) -> None:
        book["Provider by Test"]["C20"].comment = Comment(f"Rang about {PLANTED} again", "somebody")

    return edited(official_xlsx(), edit)


def _xls_comment() -> bytes:
    """A comment as .xls keeps it: the box it is drawn in, its text, and the note that says where it belongs."""
    words = f"Rang about {PLANTED} again".encode()
    box = _record(0x005D, struct.pack("<HHHHH12sHH", 0x15, 18, 0x19, 1, 0, b"", 0, 0))
    written = _record(0x01B6, struct.pack("<HH6sHHHH", 0, 0, b"", len(words), 0, 0, 0)) + _record(0x003C, b"\0" + words)
    return with_records(box + written + _record(0x001C, struct.pack("<HHHHHB", 20, 2, 0, 1, 0, 0)))


def _property_of_xls() -> bytes:
    return with_records(b"", {"\5SummaryInformation": b"\0" * 100 + f"Title {PLANTED} of".encode() + b"\0" * 100})


def _with(method: str, *arguments: Any, **options: Any) -> Callable[[], bytes]:
    """An official workbook on whose sheet one thing more was done."""
    return lambda: official_book(lambda _, sheet: getattr(sheet, method)(*arguments, **options))


def _book(method: str, *arguments: Any) -> Callable[[], bytes]:
    return lambda: official_book(lambda book, _: getattr(book, method)(*arguments))


def _part(name: str, xml: str) -> Callable[[], bytes]:
    return lambda: with_more_parts(official_xlsx(), {name: xml.encode()})


def _pivot(item: str) -> Callable[[], bytes]:
    return _part("xl/pivotCache/pivotCacheDefinition1.xml", f"<pivotCacheDefinition><cacheFields>{item}</cacheFields></pivotCacheDefinition>")


def _sites() -> bytes:
    """A network workbook whose sites have their postcodes."""

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["Sites"]
        headings = [c.value for c in sheet[1]]
        for row, postcode in enumerate(HOMES[:2], start=2):
            sheet.cell(row, headings.index("Postcode") + 1).value = postcode

    return edited(small_workbook(), edit)


def _person(name: str, make: Callable[[], bytes], place: tuple[str, int | None, str] | None = None, **more: Any) -> Case:
    return Case(name, "P1", make, "people", place, planted=more.pop("planted", PLANTED), **more)


def _text(name: str, headings: Sequence[str], *columns: Sequence[Any], row: int | None = 2, column: str = "A", **more: Any) -> Case:
    return _person(name, lambda: table(headings, *columns), ("", row, column), file="a.csv", **more)


def _harmless(name: str, headings: Sequence[str], *columns: Sequence[Any], notes: tuple[str, ...] = ()) -> Case:
    """Nobody's data: it is refused for not being what the adapter reads, and for nothing else."""
    return Case(name, "P1", lambda: table(headings, *columns), NOT_PEOPLE, notes=notes, file="a.csv", says="column")


IDS = [f"p{i}" for i in range(6)]
TESTS = ["a", "b", "a", "a", "b", "b"]
FORMS: list[tuple[str, Callable[[str], str]]] = [
    ("bare", str),
    ("in groups", lambda n: f"{n[:3]} {n[3:6]} {n[6:]}"),
    ("with dashes", lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}"),
    ("with hard spaces", lambda n: f"{n[:3]}\u00a0{n[3:6]}\u00a0{n[6:]}"),
    ("as decimals", lambda n: f"{n}.0"),
    ("after an apostrophe", lambda n: f"'{n}"),
    ("in full width", lambda n: n.translate({48 + i: 0xFF10 + i for i in range(10)})),
    ("with long dashes", lambda n: f"{n[:3]}\u2013{n[3:6]}\u2013{n[6:]}"),
    ("in scientific notation", lambda n: f"{n[0]}.{n[1:]}E+09"),
    ("with spaces around", lambda n: f"  {n} "),
]

IN_TEXT = [
    *(
        _text(
            f"NHS numbers {name}, under a harmless heading",
            ["ref", "test"],
            numbers(6, nhs_number, form),
            TESTS,
            planted=numbers(1, nhs_number, form)[0],
        )
        for name, form in FORMS
    ),
    _text(
        "ten digits under the heading NHS number",
        ["NHS Number", "test"],
        numbers(6, pseudonym, seed=2),
        TESTS,
        column="NHS Number",
        planted=numbers(1, pseudonym, seed=2)[0],
    ),
    _text("a number among words", ["id", "remarks"], IDS, ["", "", f"rang {PLAIN} again", "", "", ""], row=4, column="B", planted=PLAIN),
    _text("surnames", ["id", "Surname"], IDS, ["Quibble", *"bcdef"], column="Surname", planted="Quibble"),
    _text("forenames", ["id", "patient_forename"], IDS, ["Quentin", *"bcdef"], column="patient_forename", planted="Quentin"),
    _text("a name beside a label", ["id", "remarks"], IDS, ["", "Surname: Quibble", *[""] * 4], row=3, column="B", planted="Quibble"),
    _text("dates of birth", ["id", "DOB"], IDS, BORN, column="DOB", planted=BORN[0]),
    _text("dates of birth under a harmless heading", ["id", "when"], IDS, BORN, column="B", planted=BORN[0]),
    _text("homes", ["id", "Postcode"], IDS, HOMES, column="Postcode", planted=HOMES[0]),
    _text(
        "homes without the space, under a harmless heading", ["id", "area"], IDS, [h.replace(" ", "") for h in HOMES], column="B", planted="PR29HT"
    ),
    _text(
        "homes of patients beside their sites",
        ["pseudonym", "site", "postcode"],
        IDS,
        ["s1", "s1", "s2", "s2", "s3", "s3"],
        HOMES,
        column="postcode",
        planted=HOMES[0],
    ),
    _text("a home among words", ["id", "remarks"], IDS, ["", "", "", "now at PR2 9HT", "", ""], row=5, column="B", planted="PR2 9HT"),
    _text("a number where a heading belongs", [PLAIN, "test"], numbers(6, pseudonym), TESTS, row=1, planted=PLAIN),
    _text("Scottish numbers", ["chi", "test"], numbers(6, scottish_number), TESTS, planted=numbers(1, scottish_number)[0]),
    _person(
        "a packed table of patients",
        lambda: gzip.compress(table(["NHS no", "test"], [PLAIN], ["a"])),
        ("", 2, "NHS no"),
        file="a.csv.gz",
        planted=PLAIN,
    ),
    _person("a zipped table", lambda: as_zip(("a.csv", table(["NHS no", "test"], [PLAIN], ["a"]))), ("", 2, "NHS no"), file="a.zip", planted=PLAIN),
    _person(
        "a table in UTF-16",
        lambda: table(["NHS no", "test"], [PLAIN], ["a"]).decode().encode("utf-16"),
        ("", 2, "NHS no"),
        file="a.csv",
        planted=PLAIN,
    ),
]

IN_WORKBOOKS = [
    _person("a number in a cell", _in_cell(PLANTED), ("More", 3, "A")),
    _person("a number as a number", _in_cell(int(PLAIN)), ("More", 3, "A"), planted=PLAIN),
    _person("a number in a hidden sheet", lambda: another_sheet([[None, PLANTED]], "hide"), ("More", 1, "B")),
    _person("a number in a very hidden sheet", lambda: another_sheet([[None, PLANTED]], "very_hidden"), ("More", 1, "B")),
    _person(
        "a number in an .xls workbook",
        lambda: xls({"Provider by Test": official_rows(), "More": [[], [None, float(PLAIN)]]}, hidden=["More"]),
        ("More", 2, "B"),
        file="a.xls",
        planted=PLAIN,
    ),
    _person("a form", lambda: another_sheet([["Surname", "Quibble"], ["Ward", "7"]]), ("More", 1, "Surname"), planted="Quibble"),
    _person(
        "a heading far down",
        lambda: another_sheet([["x"]] * 200 + [["Ward", "Date of birth"], ["7", "03/02/1950"]]),
        ("More", 202, "Date of birth"),
        planted="03/02/1950",
    ),
    _person("a comment", _commented, ("Provider by Test", 20, "C"), says="comment"),
    _person("a comment in an .xls workbook", _xls_comment, ("Provider by Test", 21, "C"), says="comment", file="a.xls"),
    _person(
        "a comment in a thread",
        _part("xl/threadedComments/threadedComment1.xml", f'<t><threadedComment ref="B7"><text>{PLANTED}</text></threadedComment></t>'),
        says="comment",
    ),
    _person(
        "a comment cut into pieces", _part("xl/comments9.xml", "<c><comment><r><t>999 123</t></r><r><t> 4578</t></r></comment></c>"), says="comment"
    ),
    _person("a property", _book("set_properties", {"title": f"List of {PLANTED}"}), says="properties"),
    _person("a property of one's own", _book("set_custom_property", "Patient", PLANTED), says="properties"),
    _person("a property of an .xls workbook", _property_of_xls, says="properties", file="a.xls"),
    _person("a defined name", _book("define_name", "patient", f'="{PLANTED}"'), says="defined name"),
    _person("the name of a sheet", lambda: official_book(lambda book, _: book.add_worksheet(PLANTED)), says="name of a sheet"),
    _person("a footer", _with("set_footer", f"&L{PLANTED}"), says="footer"),
    _person("a rule for input", _with("data_validation", "A1", {"validate": "any", "input_message": f"as {PLANTED}"}), says="rule for input"),
    _person("a text box", _with("insert_textbox", 40, 3, f"Rang about {PLANTED}"), says="text box"),
    _person("a link", _with("write_url", "A90", f"https://example.org/{PLAIN}"), planted=PLAIN),
    _person("a formula", _with("write_formula", "A90", f'=IF(1,"no {PLANTED}","")', None, "no"), says="formula"),
    _person("values behind a pivot table", _pivot(f'<cacheField name="x"><sharedItems><s v="{PLANTED}"/></sharedItems></cacheField>'), says="pivot"),
    _person(
        "a field behind a pivot table",
        _pivot('<cacheField name="Surname"><sharedItems><s v="Quibble"/></sharedItems></cacheField>'),
        says="pivot",
        planted="Quibble",
    ),
]

HARMLESS = [
    _harmless("pseudonyms of ten digits", ["pseudonym", "test"], numbers(300, pseudonym), ["a"] * 300),
    _harmless("pseudonyms in groups", ["key", "test"], numbers(300, pseudonym, FORMS[1][1], seed=3), ["a"] * 300),
    _harmless("pseudonyms made of NHS numbers", ["nhs_number_hash", "test"], [f"{i:064x}" for i in range(6)], TESTS),
    _harmless("dates that are no births", ["id", "installed"], IDS, [f"01/0{i}/2019" for i in range(1, 7)]),
    _harmless("the first half of postcodes", ["id", "Postcode district"], IDS, [h.split()[0] for h in HOMES]),
    _harmless("postcodes of hospitals", ["site_code", "site_name", "postcode"], IDS, [f"Hospital {i}" for i in IDS], HOMES),
    _harmless("headings of people without any", ["id", "Surname", "DOB"], IDS, [""] * 6, [""] * 6),
    Case("a network workbook whose sites have postcodes", "P1", _sites, task="workbook"),
    Case("an official workbook", "P1", official_xls, file="a.xls", check=lambda r: not r.findings),
    Case(
        "a column of which a third may be NHS numbers",
        "P1",
        lambda: another_sheet([[n] for n in ["reference", *numbers(4, nhs_number), *numbers(8, lambda rng: pseudonym(rng)[:9] + "5", seed=9)]]),
        notes=("people",),
    ),
]

PEOPLE = [*IN_TEXT, *IN_WORKBOOKS, *HARMLESS]
