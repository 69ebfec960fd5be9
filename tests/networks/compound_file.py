"""The smallest writer of .xls files: a compound file (OLE) that holds streams, and a BIFF8 stream that holds sheets.

No library in use here writes .xls, and the published files may not be copied into the repository.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST_STREAM = 4096  # smaller ones would need a second allocation table


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams under its root."""
    padded = {name: data.ljust(_SMALLEST_STREAM, b"\0") for name, data in streams.items()}
    chains: list[int] = []
    body = b""
    starts = {}
    for name, data in padded.items():
        starts[name] = len(chains)
        body += _to_sectors(data)
        chains += _chain(len(chains), len(_to_sectors(data)) // _SECTOR)
    directory = _to_sectors(_directory(padded, starts))
    first_directory = len(chains)
    chains += _chain(first_directory, len(directory) // _SECTOR)
    tables = 1
    while (len(chains) + tables) * 4 > tables * _SECTOR:
        tables += 1
    first_table = len(chains)
    chains += [_FAT] * tables
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(tables * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, tables, first_directory, 0, _SMALLEST_STREAM, _END, 0, _END, 0,
    )  # fmt: skip
    listed = [first_table + i for i in range(tables)]
    header += struct.pack("<109I", *listed, *[_FREE] * (109 - tables))
    return header + body + directory + fat


def looping_compound_file() -> bytes:
    """A compound file whose sectors lead back to themselves: it never ends for a reader that follows them."""
    content = bytearray(compound_file({"Workbook": b"\0" * 8192}))
    fat = len(content) - _SECTOR
    struct.pack_into("<I", content, fat + 4 * 15, 0)  # the stream's last sector leads to its first
    return bytes(content)


def xls(sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> bytes:
    """An .xls workbook; text, numbers, booleans and None as cells, `#REF!` as a spreadsheet error."""
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [_short_string(name) for name in sheets]
    offset = len(_record(0x0809, b"\0" * 16)) + sum(10 + len(n) for n in names) + len(_record(0x000A, b""))
    stream = _start(0x0005)
    for name, encoded, body in zip(sheets, names, bodies, strict=True):
        stream += _record(0x0085, struct.pack("<IBB", offset, int(name in hidden), 0) + encoded)
        offset += len(body)
    return compound_file({"Workbook": stream + _record(0x000A, b"") + b"".join(bodies)})


def _sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    cells = b"".join(_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None)
    return _start(0x0010) + cells + _record(0x000A, b"")


def _cell(row: int, column: int, value: Any) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if value == "#REF!":
        return _record(0x0205, place + struct.pack("<BB", 0x17, 1))
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        return _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x0203, place + struct.pack("<d", value))


def _short_string(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _start(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _to_sectors(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _SECTOR)


def _chain(first: int, length: int) -> list[int]:
    return [*range(first + 1, first + length), _END]


def _directory(streams: Mapping[str, bytes], starts: Mapping[str, int]) -> bytes:
    entries = [_entry("Root Entry", 5, _FREE, 1, _END, 0)]
    for i, (name, data) in enumerate(streams.items(), start=1):
        following = i + 1 if i < len(streams) else _FREE
        entries.append(_entry(name, 2, following, _FREE, starts[name], len(data)))
    return b"".join(entries)


def _entry(name: str, kind: int, following: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", encoded, len(encoded), kind, 1, _FREE, following, child, b"", 0, 0, 0, start, size
    )  # fmt: skip
