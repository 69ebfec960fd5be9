"""The texts of a workbook that stand outside its cells: comments, names, properties, headers and footers, pivot tables, text boxes.

A spreadsheet program keeps them in many parts and records. They are taken out roughly: too much is better here than too little.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data.cells import CellError, Sheet
from data.errors import Refused
from data.findings import refusal

_LARGE_NUMBER = 1e8
_CELLS = re.compile(r"(?:^|/)(?:sharedStrings|styles|calcChain|metadata)\.xml$|/theme/|\[Content_Types\]", re.IGNORECASE)
_ELEMENT = re.compile(r">([^<>]+)<")
_ATTRIBUTE = re.compile(r'\b(name|v|prompt|promptTitle|error|display|tooltip|title|descr|displayName|caption)="([^"]*)"')
_END = re.compile(r"</(?:\w+:)?(?:comment|threadedComment|p|definedName|property)>")
_REFERENCE = re.compile(r'\bref="([A-Z]{1,3})([0-9]{1,7})"')
_FORMULA = re.compile(r"<(?:\w+:)?f(?: [^>]*)?>([^<]*)</")
_SHEET = re.compile(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"[^>]*?\b\w+:id="([^"]+)"')
_RELATION = re.compile(r"<(?:\w+:)?Relationship [^>]*>")
_TEXTS = {
    0x14: "the header of a page", 0x15: "the footer of a page", 0x18: "a defined name", 0x1C: "a comment", 0x1B6: "a comment or text box",
    0x1BE: "a rule for input", 0x1B8: "a link", 0x85: "the name of a sheet", 0xCD: "a pivot table",
}  # fmt: skip
_CODE = re.compile(r'&(?:[LCR]|"[^"]*")')
"""How headers and footers say where and in which letters a text is printed."""
_CONTINUED, _TEXT_BOX = 0x3C, 0x1B6
_PRINTED = re.compile(r"[\x20-\x7e\xa0]{5,}")


@dataclass(frozen=True)
class Text:
    """One text, and where it stands as far as that is known."""

    text: str
    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True)
class Outside:
    """Texts of one part of a workbook.

    Attributes:
        what: where they stand, in words.
        texts: in their order; at least one.
        are_fields: True where they name the fields of a table, whose values the workbook keeps elsewhere.
    """

    what: str
    texts: tuple[Text, ...]
    are_fields: bool = False


def cell_text(cell: Any, *, numbers: bool = False) -> str | None:
    """A cell as text; None for a blank one, and for a number too small to stand for a person unless numbers are wanted."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | CellError) or cell is None:
        return None
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d") if cell.year >= 1000 else None
    if isinstance(cell, int | float) and (numbers or abs(cell) >= _LARGE_NUMBER):
        return str(int(cell)) if cell == cell and abs(cell) < 1e18 and cell == int(cell) else str(cell)
    return str(cell) if numbers else None


def texts_outside_cells(kind: str, content: bytes, sheets: Sequence[Sheet]) -> Iterator[Outside]:
    """Every text of a workbook outside its cells.

    Args:
        kind: `xlsx` or `xls`.
        content: the workbook, found to be whole.
        sheets: its sheets.

    Raises:
        Refused: a part of it is damaged.
    """
    try:
        yield Outside("the name of a sheet", tuple(Text(s.name) for s in sheets) or (Text(""),))
        yield from _in_archive(content) if kind == "xlsx" else _in_compound_file(content, sheets)
    except MemoryError:
        raise
    except Exception as error:  # readers of damaged files raise whatever they meet
        found = "a damaged part that could not be searched for people's data"
        mend = "Open the file in Excel, save it as a new .xlsx workbook and upload that."
        raise Refused([refusal("damaged", found, "a whole workbook", mend)]) from error


def _in_archive(content: bytes) -> Iterator[Outside]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        owners = _owners(archive, set(names))
        for name in names:
            if _CELLS.search(name) or not name.lower().endswith((".xml", ".vml", ".rels")):
                continue
            text = _decoded(archive.read(name))
            sheet = owners.get(name, "")
            if "sheetData" in text[:100_000] and name in owners:
                yield from _made("a formula", ({"text": html.unescape(t), "sheet": sheet} for t in _FORMULA.findall(text)))
                text = text[: text.find("sheetData")] + text[text.rfind("sheetData") :]
            is_fields = "pivotCache" in name or "custom.xml" in name or "/tables/" in name
            yield from _made(_words_of(name), _texts(text, sheet), is_fields)


def _texts(text: str, sheet: str) -> Iterator[dict[str, Any]]:
    """Texts and telling attributes; the pieces of a comment or paragraph also put together again, since they may be cut anywhere."""
    for piece in _END.split(text):
        at = _REFERENCE.search(piece)
        place = {"sheet": sheet, "row": int(at[2]), "column": at[1]} if at else {"sheet": sheet}
        elements = [html.unescape(t) for t in _ELEMENT.findall(piece + "<") if t.strip()]
        if len(elements) > 1:
            yield {"text": "".join(elements), **place}
        for words in (*elements, *(html.unescape(value) for _, value in _ATTRIBUTE.findall(piece))):
            yield {"text": words, **place}


def _made(what: str, texts: Iterable[dict[str, Any]], are_fields: bool = False) -> Iterator[Outside]:
    made = tuple(Text(**{**t, "text": _CODE.sub(" ", t["text"])}) for t in texts)
    if made:
        yield Outside(what, made, are_fields)


def _words_of(name: str) -> str:
    kinds = {
        "omment": "a comment", "docProps": "the properties of the workbook", "pivot": "a pivot table", "drawing": "a text box or chart",
        "chart": "a chart", "externalLink": "a link to another workbook", "worksheets": "a header, footer or rule for input",
        "workbook.xml": "a defined name", "customXml": "the properties of the workbook", "tables": "a heading of a table",
    }  # fmt: skip
    return next((words for part, words in kinds.items() if part in name), "another part of the workbook")


def _decoded(part: bytes) -> str:
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        return part.decode("utf-16", "replace")
    return part.decode("utf-8", "replace")


def _owners(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Part → name of the sheet it is, or belongs to."""
    sheets = {identity: html.unescape(name) for name, identity in _SHEET.findall(_decoded(_part(archive, names, "xl/workbook.xml")))}
    owners = {}
    for identity, target in _relations(archive, names, "xl/workbook.xml"):
        if identity in sheets:
            owners[target] = sheets[identity]
    for sheet, title in list(owners.items()):
        owners |= {target: title for _, target in _relations(archive, names, sheet)}
    return owners


def _relations(archive: zipfile.ZipFile, names: set[str], part: str) -> Iterator[tuple[str, str]]:
    folder, _, name = part.rpartition("/")
    for relation in _RELATION.findall(_decoded(_part(archive, names, f"{folder}/_rels/{name}.rels"))):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        target = attributes.get("Target", "")
        steps = [] if target.startswith("/") else folder.split("/")
        for step in target.strip("/").split("/"):
            steps = steps[:-1] if step == ".." else [*steps, step]
        yield attributes.get("Id", ""), "/".join(steps)


def _part(archive: zipfile.ZipFile, names: set[str], name: str) -> bytes:
    return archive.read(name) if name in names else b""


def _in_compound_file(content: bytes, sheets: Sequence[Sheet]) -> Iterator[Outside]:
    import olefile

    comments = ({"text": text, "sheet": s.name, "row": row, "column": column} for s in sheets for row, column, text in s.comments)
    yield from _made("a comment", comments)
    with olefile.OleFileIO(content) as container:
        for entry in container.listdir():
            stream = container.openstream(entry).read()
            if len(entry) == 1 and entry[0].lower() in ("workbook", "book"):
                yield from _in_records(stream)
            else:
                what = "the properties of the workbook" if "Information" in entry[-1] else "another part of the workbook"
                yield from _made(what, ({"text": t} for t in _printed(stream)))


def _in_records(stream: bytes) -> Iterator[Outside]:
    """Texts of the records that are no cells."""
    texts: dict[str, list[str]] = {}
    at, before = 0, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        of = before if kind == _CONTINUED and before == _TEXT_BOX else kind
        if of in _TEXTS:
            texts.setdefault(_TEXTS[of], []).extend(_printed(stream[at + 4 : at + 4 + length]))
        before = of
        at += 4 + length
    for what, found in texts.items():
        yield from _made(what, ({"text": t} for t in found))


def _printed(data: bytes) -> list[str]:
    """Runs of ordinary letters in bytes; text of two bytes for each letter reads the same."""
    return _PRINTED.findall(data.replace(b"\0", b"").decode("latin-1"))
