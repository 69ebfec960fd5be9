"""Hostile files whose fault is in the container: bombs, archives that lie, XML attacks, endless structures, wrong types, passwords."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

from tests.hostile.cases import Case, archive, noise, official_book, with_records
from tests.networks import full_extract as text
from tests.networks.broken import (
    encrypted_workbook,
    official_xls,
    official_xlsx,
    with_entities,
    with_locked_part,
    with_lying_directory,
    with_more_parts,
    with_parts,
    with_sheet_xml,
    zip_bomb,
    zipped,
)
from tests.networks.compound_file import _record, compound_file, looping_compound_file

SHEET_DATA = b"<sheetData>.*</sheetData>"
CSV = text.as_csv(text.tidy_rows())
AMONG_NOISE = {"xl/media/image1.png": noise(700_000)}
"""Makes the ratio of a packed workbook ordinary, so that the reader itself must keep its limits."""


def _with_rows(xml: bytes) -> bytes:
    return with_more_parts(with_sheet_xml(official_xlsx(), SHEET_DATA, b"<sheetData>" + xml + b"</sheetData>"), AMONG_NOISE)


def _large_strings(megabytes: int) -> bytes:
    """A workbook whose shared strings end in that many megabytes of blanks, packed at a ratio that is allowed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(official_xlsx())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        new.writestr("xl/media/image1.png", noise(megabytes * 6_000))
        for part in old.infolist():
            with new.open(part.filename, "w", force_zip64=True) as stream:
                stream.write(old.read(part))
                for _ in range(megabytes if part.filename == "xl/sharedStrings.xml" else 0):
                    stream.write(b" " * 1_000_000)
    return made.getvalue()


def _part(name: str, content: bytes) -> bytes:
    return with_parts(official_xlsx(), lambda part, old: content if part == name else old)


def _lying_small() -> bytes:
    """The list of parts says that a part holds ten bytes; it holds far more."""
    content = bytearray(official_xlsx())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(signature)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def _overlapping() -> bytes:
    """Every entry of the list of parts points at the same bytes."""
    content = bytearray(archive({f"xl/part{i}.xml": b"<x/>" + b" " * 20_000 for i in range(50)}))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 42 : at + 46] = (0).to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def _late_doctype() -> bytes:
    """The definition stands across the border of two pieces that are searched."""
    start = b'<?xml version="1.0"?><!--'
    return _part("xl/sharedStrings.xml", start + b"x" * ((1 << 20) - len(start) - 8) + b"--><!DOCTYPE sst><sst/>")


def _other_name() -> bytes:
    """A worksheet under a name that does not end like XML, with an entity in it."""

    def change(name: str, part: bytes) -> bytes:
        if name == "[Content_Types].xml" or name.endswith("workbook.xml.rels"):
            return part.replace(b"worksheets/sheet2.xml", b"worksheets/sheet2.dat")
        return part

    entity = b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "aaa">]><worksheet><sheetData/></worksheet>'
    return with_more_parts(with_parts(official_xlsx(), change), {"xl/worksheets/sheet2.dat": entity})


def _protected_xls() -> bytes:
    """An .xls workbook with the record that says its cells are encrypted."""
    content = bytearray(official_xls())
    at = content.index(struct.pack("<HH", 0x0085, content[content.index(b"\x85\0") + 2]))
    content[at : at + 4] = struct.pack("<HH", 0x002F, content[at + 2])
    return bytes(content)


def _records(*records: tuple[int, bytes]) -> bytes:
    """An .xls workbook whose sheet holds these records too."""
    return with_records(b"".join(_record(kind, data) for kind, data in records))


DOCUMENTS = [
    ("a PDF document", b"%PDF-1.7\n%\xe2\xe3"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + noise(500)),
    ("another picture", b"\xff\xd8\xff" + noise(500)),
    ("a web page named .xls", b"<html><table><tr><td>1</td></tr></table>"),
    ("rich text", b"{\\rtf1 text}"),
    ("an empty file", b""),
    ("blanks only", b" \r\n\t " * 50),
    ("a program", b"MZ\x90\0\3" + b"\0" * 500),
    ("a database", b"SQLite format 3\0" + b"\0" * 500),
    ("spreadsheet XML of 2003", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
    ("a 7z archive", b"7z\xbc\xaf\x27\x1c" + noise(500)),
    ("a Word document of 97", compound_file({"WordDocument": b"x" * 5000})),
    ("an e-mail", compound_file({"__properties_version1.0": b"x" * 5000})),
    ("Parquet", b"PAR1" + b"\0" * 500 + b"PAR1"),
]

ARCHIVES = [
    ("an OpenDocument workbook", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office/>"}, "OpenDocument"),
    ("a binary workbook", {"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}, "xlsb"),
    ("a Word document of today", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}, "Word"),
    ("a presentation", {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}, "presentation"),
]

BOMBS = [
    Case("shared strings that unpack to a thousand times their size", "U2", lambda: zip_bomb(official_xlsx()), "too-large", says="200 times"),
    Case("shared strings of 60 MB at an ordinary ratio", "U1", lambda: _large_strings(60), alone=True, seconds=10),
    Case("more than 300 MB when unpacked", "U2", lambda: _large_strings(310), "too-large", says="300 MB", alone=True, seconds=10),
    Case("a size that is not true", "U2", lambda: with_lying_directory(official_xlsx()), "too-large"),
    Case("a size that is stated too small", "U2", _lying_small, "damaged"),
    Case("parts that lie on one another", "U2", _overlapping, ("damaged", "wrong-type"), task="workbook"),
    Case(
        "a thousand and more parts",
        "U2",
        lambda: with_more_parts(official_xlsx(), {f"xl/media/{i}.png": b"" for i in range(1000)}),
        "too-large",
        says="1,000 parts",
    ),
    Case("a part given twice", "U2", lambda: with_more_parts(official_xlsx(), {"xl/worksheets/sheet2.xml": b"<worksheet/>"}), "repeated-part"),
    Case(
        "a part given twice in other letters", "U2", lambda: with_more_parts(official_xlsx(), {"XL/Worksheets/Sheet2.xml": b"<x/>"}), "repeated-part"
    ),
    Case(
        "gzip that unpacks to a thousand times its size",
        "U2",
        lambda: gzip.compress(b"a,b\n" + b"1,1\n" * 15_000_000),
        "too-large",
        file="a.csv.gz",
        seconds=10,
    ),
    Case("gzip in gzip", "U2", lambda: gzip.compress(gzip.compress(CSV)), "nested-archive", file="a.csv.gz"),
    Case("a zip in a zip", "U2", lambda: text.as_zip(("a.zip", text.as_zip(("a.csv", CSV)))), "nested-archive", file="a.zip"),
    Case("a zip with two tables", "U2", lambda: text.as_zip(("a.csv", CSV), ("b.csv", CSV)), "several-members", file="a.zip"),
    Case("a zip with nothing in it", "U2", lambda: zipped({}), ("no-members", "wrong-type", "damaged"), file="a.zip"),
    Case("a zip whose file has a path that leads out", "U10", lambda: text.as_zip(("../../../tmp/canary.csv", CSV)), file="a.zip"),
    Case("half a gzip file", "U2", lambda: gzip.compress(CSV)[:-20], "damaged", file="a.csv.gz"),
    Case("a zip whose directory is cut off", "U2", lambda: text.as_zip(("a.csv", CSV))[:-30], "damaged", file="a.zip"),
    Case("a packed table", "U4", lambda: gzip.compress(CSV), file="a.csv.gz"),
]

ENDLESS = [
    Case("sectors that lead back to themselves", "U1", looping_compound_file, "damaged", alone=True, file="a.xls", seconds=10),
    Case(
        "two cells, in the first and in the last place",
        "U1",
        lambda: _with_rows(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "too-large",
        place=("Provider by Test", 1_048_576, "XFD"),
        alone=True,
    ),
    Case("a million empty rows", "U1", lambda: _with_rows(b"<row/>" * 1_048_576), "too-large", alone=True, seconds=30),
    Case(
        "a row of 100,000 cells", "U1", lambda: _with_rows(b"<row>" + b"<c><v>7</v></c>" * 100_000 + b"</row>"), "too-large", alone=True, seconds=30
    ),
    Case(
        "elements nested 50,000 deep",
        "U1",
        lambda: _with_rows(b"<x>" * 100_000 + b"</x>" * 200_000),
        ("damaged", "missing-header"),
        alone=True,
        seconds=30,
    ),
    Case(
        "a row number beyond any sheet",
        "U1",
        lambda: _with_rows(b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
        ("too-large", "damaged"),
    ),
    Case(
        "a hundred thousand names",
        "U1",
        lambda: with_parts(
            official_xlsx(),
            lambda n, p: (
                p.replace(
                    b"</sheets>",
                    b"</sheets><definedNames>"
                    + b"".join(b'<definedName name="n%d">1</definedName>' % i for i in range(100_000))
                    + b"</definedNames>",
                )
                if n == "xl/workbook.xml"
                else p
            ),
        ),
        "too-large",
        says="defined names",
    ),
    Case("more sheets than may be", "U1", lambda: official_book(lambda b, _: [b.add_worksheet() for _ in range(120)]), "too-large", seconds=10),
    Case(
        "a table of strings with a count of two thousand million",
        "U1",
        lambda: _records((0x00FC, struct.pack("<II", 1 << 31, 1 << 31))),
        ("damaged", "stored"),
        file="a.xls",
    ),
    Case(
        "a row of numbers that ends before it starts",
        "U1",
        lambda: _records((0x00BD, struct.pack("<HHHIH", 3, 900, 0, 0, 2))),
        ("damaged", "stored", "too-large"),
        file="a.xls",
    ),
    Case("a record longer than the file", "U1", lambda: official_xls()[:6000] + b"\xff" * 3000, "damaged", file="a.xls"),
]

XML = [
    Case("entities", "U3", lambda: with_entities(official_xlsx()), "xml-entities"),
    Case("entities in UTF-16", "U3", lambda: with_entities(official_xlsx(), "utf-16"), "xml-entities"),
    Case("entities in UTF-16 without a mark", "U3", lambda: with_entities(official_xlsx(), "utf-16-be"), ("xml-entities", "xml-encoding")),
    Case("entities in UTF-32", "U3", lambda: with_entities(official_xlsx(), "utf-32"), "xml-entities"),
    Case("entities in EBCDIC", "U3", lambda: with_entities(official_xlsx(), "cp037"), "xml-encoding"),
    Case(
        "entities in UTF-7",
        "U3",
        lambda: _part("xl/sharedStrings.xml", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE sst+AD4-<sst/>'),
        "xml-encoding",
    ),
    Case("an entity across two pieces", "U3", _late_doctype, "xml-entities"),
    Case("an entity in a part with another name", "U3", _other_name, "xml-entities"),
    Case("an outside entity", "U3", lambda: _part("docProps/core.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), "xml-entities"),
    Case("a definition among the relations", "U3", lambda: _part("xl/_rels/workbook.xml.rels", b"<!doctype html><Relationships/>"), "xml-entities"),
    Case("XML that breaks off", "U3", lambda: with_sheet_xml(official_xlsx(), b"</sheetData>.*", b"</sheet"), "damaged"),
    Case("a workbook without its list of sheets", "U3", lambda: _part("xl/workbook.xml", b"<workbook/>"), ("damaged", "missing-sheet")),
]

TYPES = [
    *(Case(name, "U4", lambda content=content: content, "wrong-type", file="a.xlsx") for name, content in DOCUMENTS),
    *(
        Case(name, "U4", lambda parts=parts: archive(parts), ("wrong-type", "several-members"), says=says, task="workbook")
        for name, parts, says in ARCHIVES
    ),
    Case("a workbook named .csv", "U4", official_xlsx, file="March.csv"),
    Case("text named .xls", "U4", lambda: CSV, file="March.xls"),
    Case("macros", "U4", lambda: with_more_parts(official_xlsx(), {"xl/vbaProject.bin": b"macro"}), notes=("macros",), file="a.xlsm"),
    Case("a password", "U4", encrypted_workbook, "encrypted", says="password"),
    Case("a password of the zip program", "U4", lambda: with_locked_part(official_xlsx()), "encrypted", says="password"),
    Case("a password on an .xls workbook", "U4", _protected_xls, ("encrypted", "damaged"), says="", file="a.xls"),
    Case("half an .xlsx workbook", "U4", lambda: official_xlsx()[:4000], "damaged"),
    Case("half an .xls workbook", "U4", lambda: official_xls()[:4000], "damaged", file="a.xls"),
    Case("an .xls workbook without its end", "U4", lambda: official_xls()[:-1024], "damaged", file="a.xls"),
    Case("more than may be uploaded", "U5", lambda: b"a" * 50_000_001, "too-large", says="50 MB", alone=True),
]

HEAVY = [
    Case(
        "shared strings of 290 MB at an ordinary ratio",
        "U1",
        lambda: _large_strings(290),
        ("too-large", "too-slow", "stored"),
        alone=True,
        seconds=31,
    ),
    Case("a million rows with a cell each", "U1", lambda: _with_rows(b"<row><c><v>1</v></c></row>" * 1_048_576), "too-large", alone=True, seconds=30),
    Case(
        "a row of 800,000 cells",
        "U1",
        lambda: _with_rows(b"<row>" + b"<c><v>7</v></c>" * 800_000 + b"</row>"),
        ("too-large", "too-slow"),
        alone=True,
        seconds=31,
    ),
]
"""For `make soak`: they keep the processor busy for half a minute each."""

CONTAINERS = [*BOMBS, *ENDLESS, *XML, *TYPES]
