"""Packed uploads: a gzip file, or a zip archive, that holds exactly one text file; its bytes are counted while they are unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn

from data.archive import DAMAGE, MAX_RATIO, MAX_UNPACKED
from data.errors import Refused
from data.findings import refusal

Packing = Literal["plain", "gzip", "zip"]

MAX_UNPACKED_FILE = 2_000_000_000
"""Most bytes of a file given to the command line, when unpacked; a page takes `MAX_UNPACKED`."""

_RATIO_FROM = 5_000_000
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_NESTED = (
    _GZIP, *_ZIP, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PAR1",
)  # fmt: skip
"""Beginnings of files that are archives or workbooks themselves."""

_PART_OF_WORKBOOK = "[Content_Types].xml"
_LEFT_BY_MACS = "__MACOSX/"

_ALLOWED = "one CSV file, packed as .csv.gz or as a zip archive"
_AGAIN = "Download or copy the file again, or unpack it and upload the CSV file itself."
_UNPACK = "Unpack it and upload the CSV file itself."


@dataclass(frozen=True)
class Contents:
    """The one file inside an upload, which may be the upload itself.

    Attributes:
        source: the upload: its bytes, or its path.
        file: its name, for the findings.
        packing: how it is packed.
        limit: most bytes it may hold when unpacked.
    """

    source: bytes | Path
    file: str
    packing: Packing
    limit: int = MAX_UNPACKED

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes piece by piece, as often as asked for.

        Raises:
            Refused: while unpacking, as soon as a limit is broken or the archive turns out to be damaged.
        """
        total, packed = 0, _size(self.source)
        for chunk in self._unpacked():
            if total == 0 and self.packing != "plain" and chunk.startswith(_NESTED):
                _refuse("nested-archive", "an archive or a workbook inside an archive", _UNPACK, self.file)
            total += len(chunk)
            if total > self.limit:
                _too_large(self.file, f"more than {self.limit // 1_000_000:,} MB when unpacked", self.limit)
            if self.packing != "plain" and total > _RATIO_FROM and total > MAX_RATIO * packed:
                _too_dense(self.file)
            yield chunk

    def _unpacked(self) -> Iterator[bytes]:
        if self.packing == "plain":
            return raw_chunks(self.source)
        return (_gunzipped if self.packing == "gzip" else _unzipped)(self.source, self.file)

    def read(self) -> bytes:
        """All unpacked bytes at once.

        Raises:
            Refused: as `chunks`.
        """
        return b"".join(self.chunks())


def contents_of(source: bytes | Path, file: str, limit: int = MAX_UNPACKED) -> Contents:
    """What an upload holds, told from its first bytes and its list of members; nothing is unpacked yet.

    Args:
        source: the upload: its bytes, or its path.
        file: its name, for the findings.
        limit: most bytes it may hold when unpacked.

    Raises:
        Refused: an archive that is damaged, protected by a password, holds anything but one file, or states a size over the limits.
    """
    packing = packing_of(source)
    if packing == "zip":
        _check_members(source, file, limit)
    return Contents(source, file, packing, limit)


def packing_of(source: bytes | Path) -> Packing:
    """How an upload is packed, told from its first bytes; a workbook is a zip archive too: see `holds_workbook`."""
    start = beginning(source, 4)
    return "gzip" if start.startswith(_GZIP) else "zip" if start.startswith(_ZIP) else "plain"


def holds_workbook(source: bytes | Path) -> bool:
    """True for a zip archive whose members are the parts of a workbook, even where it is damaged."""
    try:
        with _opened(source) as file, zipfile.ZipFile(file) as archive:
            return any(name == _PART_OF_WORKBOOK or name.startswith("xl/") for name in archive.namelist())
    except DAMAGE:
        return _PART_OF_WORKBOOK.encode() in beginning(source, _CHUNK)


def beginning(source: bytes | Path, length: int) -> bytes:
    """The first bytes of an upload as it is."""
    with _opened(source) as file:
        return file.read(length)


def raw_chunks(source: bytes | Path) -> Iterator[bytes]:
    """The bytes of an upload as it is, piece by piece."""
    with _opened(source) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@contextmanager
def _opened(source: bytes | Path) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    else:
        with source.open("rb") as file:
            yield file


def _size(source: bytes | Path) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _gunzipped(source: bytes | Path, file: str) -> Iterator[bytes]:
    """A gzip file with one member; zeros after it are padding, anything else is a second member or damage."""
    inflate = zlib.decompressobj(wbits=31)
    after = b""
    for packed in raw_chunks(source):
        if inflate.eof:
            after = after or packed.lstrip(b"\0")[:2]
            continue
        yield from _inflated(inflate, packed, file)
        after = inflate.unused_data.lstrip(b"\0")[:2]
    if after.startswith(_GZIP):
        _refuse("several-members", "several files packed one after the other", _UNPACK, file)
    if after or not inflate.eof:
        _damaged(file)


def _inflated(inflate: zlib._Decompress, packed: bytes, file: str) -> Iterator[bytes]:
    """What a piece unpacks to, at most a chunk at a time, so that no piece can fill the memory."""
    full = True
    while (packed or full) and not inflate.eof:
        try:
            chunk = inflate.decompress(packed, _CHUNK)
        except zlib.error:
            _damaged(file)
        if chunk:
            yield chunk
        packed, full = inflate.unconsumed_tail, len(chunk) == _CHUNK


def _unzipped(source: bytes | Path, file: str) -> Iterator[bytes]:
    try:
        with _opened(source) as opened, zipfile.ZipFile(opened) as archive, archive.open(_members(archive)[0]) as member:
            while chunk := member.read(_CHUNK):
                yield chunk
    except DAMAGE:
        _damaged(file)


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive; folders, and what Macs put beside files, are none."""
    return [m for m in archive.infolist() if not m.filename.endswith("/") and not m.filename.startswith(_LEFT_BY_MACS)]


def _check_members(source: bytes | Path, file: str, limit: int) -> None:
    try:
        with _opened(source) as opened, zipfile.ZipFile(opened) as archive:
            every, members = archive.infolist(), _members(archive)
    except DAMAGE:
        _damaged(file)
    if any(m.flag_bits & 1 for m in every):
        _refuse("encrypted", "an archive protected by a password", "Unpack it with its password and upload the CSV file itself.", file)
    if not members:
        _refuse("no-members", "an archive without a file", _UNPACK, file)
    if len(members) > 1:
        mend = "Unpack it and upload the CSV files themselves."
        _refuse("several-members", f"an archive with {len(members):,} files", mend, file)
    if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse("packing", "an archive packed in an unusual way", _UNPACK, file)
    stated = sum(m.file_size for m in every)
    if stated > limit:
        _too_large(file, f"{stated // 1_000_000:,} MB when unpacked", limit)
    if stated > _RATIO_FROM and stated > MAX_RATIO * _size(source):
        _too_dense(file)


def _refuse(rule: str, found: str, mend: str, file: str) -> NoReturn:
    raise Refused([refusal(rule, found, _ALLOWED, mend, file=file)])


def _damaged(file: str) -> NoReturn:
    raise Refused([refusal("damaged", "a damaged or incomplete archive", f"a whole file: {_ALLOWED}", _AGAIN, file=file)])


def _too_large(file: str, found: str, limit: int) -> NoReturn:
    mend = "Upload fewer months at a time, or use the command `sixweeks import`, which takes larger files."
    if limit >= MAX_UNPACKED_FILE:
        mend = "Import fewer months at a time."
    raise Refused([refusal("too-large", found, f"at most {limit // 1_000_000:,} MB when unpacked", mend, file=file)])


def _too_dense(file: str) -> NoReturn:
    found = f"contents that unpack to more than {MAX_RATIO} times their size"
    raise Refused([refusal("too-large", found, f"at most {MAX_RATIO} times", _UNPACK, file=file)])
