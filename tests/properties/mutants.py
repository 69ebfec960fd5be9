"""Valid files changed a little, where it hurts: inside the parts of a workbook, among its records, in the text of a table, in the packing.

Each maker takes a source of chance and gives the bytes of one file; the same seed gives the same file.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from functools import cache

from data.workbook import write_workbook
from tests.hostile.cases import with_records
from tests.networks.broken import official_rows, official_xlsx
from tests.networks.compound_file import compound_file
from tests.networks.full_extract import as_csv, as_zip, tidy_rows
from tests.networks.small import small_parts

Chance = random.Random

VALUES = (
    "", "0", "-1", "1e400", "NaN", "99999999999999999999", "2147483648", "1048577", "XFD1048577", "A0", "A1:XFD1048576", "#REF!", "TRUE", "*",
    "<5", "=1+1", "1904", "rId99", "../../x", "\u0660\u0661", "\uff11", "9991234578", "01/02/1950", "PR2 9HT", "x" * 40_000, "\u202e", "e", "n", "s",
    "inlineStr", "str", "b", "d",
)  # fmt: skip
PIECES = ('"', '""', ",", ";", "\t", "\r", "\n", "\r\n", "\0", "\x07", "\ufeff", "\u2028", "'", " ", "é", "\ud83d\ude00", '"\n"', ",,,,")
RECORDS = (0x0006, 0x000A, 0x0018, 0x001C, 0x003C, 0x005D, 0x007E, 0x0085, 0x00BD, 0x00D6, 0x00FC, 0x00FD, 0x01B6, 0x0200, 0x0203, 0x0204, 0x0205,
           0x0207, 0x0208, 0x027E, 0x0809)  # fmt: skip
_ATTRIBUTE = re.compile(r'="[^"]*"')
_TAG = re.compile(r"</?[^>]+>")
_TEXT = re.compile(r">[^<]+<")


def any_xlsx(chance: Chance) -> bytes:
    """An official workbook with changed parts."""
    return _archive(_book(), chance)


def any_network_workbook(chance: Chance) -> bytes:
    """A network's own workbook with changed parts."""
    return _archive(_network(), chance)


def any_xls(chance: Chance) -> bytes:
    """An official .xls workbook with changed records or sectors."""
    if chance.random() < 0.3:
        return damaged(with_records(b""), chance)
    records = list(_records())
    for _ in range(chance.randint(1, 4)):
        _change_record(records, chance)
    stream = b"".join(struct.pack("<HH", kind, len(data) if size is None else size) + data for kind, data, size in records)
    return compound_file({chance.choice(("Workbook", "Workbook", "Book")): stream})


def any_text(chance: Chance) -> bytes:
    """A table as text with changed cells, separators and encoding."""
    text = chance.choice(_tables())
    for _ in range(chance.randint(1, 5)):
        text = _change_text(text, chance)
    encoding = chance.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32", "utf-16-le"))
    content = text.encode(encoding, "replace")
    return damaged(content, chance) if chance.random() < 0.2 else content


def any_packed(chance: Chance) -> bytes:
    """A packed table: the text changed, or the packing."""
    content = any_text(chance) if chance.random() < 0.5 else chance.choice(_tables()).encode()
    packed = gzip.compress(content, 1, mtime=0) if chance.random() < 0.5 else as_zip(("a.csv", content))
    return damaged(packed, chance) if chance.random() < 0.7 else packed


MAKERS: dict[str, Callable[[Chance], bytes]] = {"xlsx": any_xlsx, "xls": any_xls, "text": any_text, "packed": any_packed}
"""Parser → what makes its files."""

READERS: dict[str, tuple[str, Callable[[Chance], bytes]]] = {
    **{f"dm01 {name}": ("dm01", make) for name, make in MAKERS.items()}, "workbook": ("workbook", any_network_workbook),
    "waiting_list": ("waiting_list", any_text),
}  # fmt: skip
"""Adapter and kind of file → its task, and what makes its files."""


def damaged(content: bytes, chance: Chance) -> bytes:
    """Bytes changed, a piece cut out or doubled, the end lost."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data)) if data else 0
        data[at : at + 1] = bytes([chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))])
    start, length = chance.randrange(len(data)), chance.randint(1, 2000)
    kind = chance.random()
    if kind < 0.2:
        del data[start : start + length]
    elif kind < 0.3:
        data[start:start] = data[start : start + length]
    elif kind < 0.4:
        del data[start:]
    return bytes(data)


@cache
def _book() -> dict[str, bytes]:
    return _parts(official_xlsx(official_rows(providers=("AAA",), tests=(1, 2))))


@cache
def _network() -> dict[str, bytes]:
    parts = small_parts()
    return _parts(write_workbook(parts.network, parts.assumptions, parts.activity))


@cache
def _tables() -> tuple[str, ...]:
    people = "pathway,site,priority,clock start,postcode\n" + "".join(f"p{i},s{i % 2},P2,0{i}/03/2026,PR{i}\n" for i in range(1, 6))
    return as_csv(tidy_rows()).decode(), as_csv(tidy_rows(), delimiter=";").decode(), people


@cache
def _records() -> tuple[tuple[int, bytes, int | None], ...]:
    stream, at, found = with_records(b"")[512:], 0, []
    while len([r for r in found if r[0] == 0x000A]) < 2:
        kind, length = struct.unpack_from("<HH", stream, at)
        found.append((kind, stream[at + 4 : at + 4 + length], None))
        at += 4 + length
    return tuple(found)


def _parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _archive(parts: dict[str, bytes], chance: Chance) -> bytes:
    changed = dict(parts)
    names = [n for n in parts if "theme" not in n]
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(names)
        kind = chance.random()
        if kind < 0.05:
            changed.pop(name, None)
        elif kind < 0.1:
            changed[name] = parts[chance.choice(names)]
        elif kind < 0.15:
            changed[name] = damaged(changed.get(name, b"x"), chance)
        elif name in changed:
            changed[name] = _change_xml(changed[name].decode("utf-8", "replace"), chance).encode()
    made = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in changed.items():
            archive.writestr(name, part)
    return damaged(made.getvalue(), chance) if chance.random() < 0.1 else made.getvalue()


def _change_xml(text: str, chance: Chance) -> str:
    kind = chance.random()
    pattern, value = (_ATTRIBUTE, '="{}"') if kind < 0.5 else (_TEXT, ">{}<") if kind < 0.75 else (_TAG, "{}")
    places = list(pattern.finditer(text))
    if not places:
        return text + chance.choice(VALUES)
    place = chance.choice(places)
    if pattern is _TAG:
        other = chance.choice(places)[0]
        new = chance.choice(("", place[0] * 2, other, "<![CDATA[", "<!-- ", "&undefined;", "<c r='A1'><v>1</v></c>"))
    else:
        new = value.format(chance.choice(VALUES).replace("<", "&lt;"))
    return text[: place.start()] + new + text[place.end() :]


def _change_record(records: list[tuple[int, bytes, int | None]], chance: Chance) -> None:
    at = chance.randrange(len(records))
    kind, data, size = records[at]
    what = chance.randrange(6)
    if what == 0:
        records[at] = (chance.choice(RECORDS), data, size)
    elif what == 1:
        records[at] = (kind, data, chance.choice((0, 1, len(data) + 1, len(data) * 2, 0xFFFF)))
    elif what == 2:
        records[at] = (kind, damaged(data, chance) if data else b"\0", size)
    elif what == 3:
        del records[at]
    elif what == 4:
        records.insert(at, records[chance.randrange(len(records))])
    else:
        records.insert(at, (chance.choice(RECORDS), chance.randbytes(chance.randint(0, 60)), None))


def _change_text(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    row = chance.randrange(len(lines))
    kind = chance.random()
    if kind < 0.4:
        cells = lines[row].split(",")
        cells[chance.randrange(len(cells))] = chance.choice(VALUES)
        lines[row] = ",".join(cells)
    elif kind < 0.5:
        lines.insert(row, lines[chance.randrange(len(lines))])
    elif kind < 0.55:
        del lines[row]
    else:
        at = chance.randint(0, len(lines[row]))
        lines[row] = lines[row][:at] + chance.choice(PIECES) + lines[row][at:]
    return "\n".join(lines)
