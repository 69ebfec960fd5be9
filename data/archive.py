"""Checks of a zip archive before any spreadsheet reader sees it: size when unpacked, parts, and XML that defines entities."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator

from data.findings import Finding, refusal

MAX_UNPACKED = 300_000_000
"""Most bytes the parts may hold together when unpacked."""

MAX_RATIO = 200
"""Most unpacked bytes for each packed one, once the parts are large enough for it to matter."""

MAX_PARTS = 1_000

MAX_NAMES = 10_000
"""Most defined names: their reader takes a tenth of a millisecond for each."""

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OverflowError, IndexError, OSError)
"""What the standard library raises when it meets a damaged archive."""

_RATIO_FROM = 5_000_000
_CHUNK = 1 << 20
_SAVE_AGAIN = "Open the file in Excel, save it as a new .xlsx workbook and upload that."
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"}


def archive_findings(content: bytes) -> Iterator[Finding]:
    """What is wrong with the archive; each finding refuses the file. Stops at the first limit that is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            declared = list(_directory_findings(parts, len(content)))
            yield from declared or _part_findings(archive, parts)
    except DAMAGE:
        mend = "Download or copy the file again. If Excel opens it, save it as a new .xlsx workbook and upload that."
        yield refusal("damaged", "a damaged or incomplete workbook", "a whole .xlsx workbook", mend)


def _directory_findings(parts: list[zipfile.ZipInfo], packed: int) -> Iterator[Finding]:
    """Limits that the archive's own list of parts shows, without unpacking anything."""
    if len(parts) > MAX_PARTS:
        yield refusal("too-large", f"{len(parts):,} parts", f"at most {MAX_PARTS:,} parts in the workbook", _SAVE_AGAIN)
    if sum(p.file_size for p in parts) > MAX_UNPACKED:
        yield _too_large(sum(p.file_size for p in parts))
    elif _squeezed(sum(p.file_size for p in parts), packed):
        yield _too_dense()
    if any(p.flag_bits & 1 for p in parts):
        mend = "Remove the password and upload the file again."
        yield refusal("encrypted", "a file protected by a password", "a workbook without a password", mend)
    names = Counter(p.filename.replace("\\", "/").lower() for p in parts)
    if repeated := [name for name, times in names.items() if times > 1]:
        found = f"{len(repeated)} parts that stand in the workbook twice"
        yield refusal("repeated-part", found, "each part of the workbook once", _SAVE_AGAIN)


def _part_findings(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """Unpacks every part, counting bytes: the list of parts may lie."""
    total = names = 0
    for part in parts:
        tail = b""
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                first = not tail
                total += len(chunk)
                names += chunk.count(b"definedName ")
                if total > MAX_UNPACKED:
                    yield _too_large(total)
                    return
                if names > MAX_NAMES:
                    yield refusal("too-large", f"more than {MAX_NAMES:,} defined names", f"at most {MAX_NAMES:,}", _SAVE_AGAIN)
                    return
                if finding := _xml_finding(part.filename, tail + chunk, first):
                    yield finding
                    return
                tail = chunk[-64:]


def _xml_finding(name: str, text: bytes, first: bool) -> Finding | None:
    """What is wrong with a piece of a part; a part may be XML whatever its name, but nobody reads a picture as XML."""
    if "/media/" in name:
        return None
    # Without its zero bytes, text in UTF-16 or UTF-32 reads as ASCII.
    ascii_text = text.replace(b"\0", b"")
    if b"<!doctype" in ascii_text.lower() or b"<!entity" in ascii_text.lower():
        return refusal("xml-entities", "XML that defines entities", "a workbook as a spreadsheet program saves it", _SAVE_AGAIN)
    if first and name.lower().endswith((".xml", ".rels", ".vml")) and not _plain_encoding(ascii_text):
        return refusal("xml-encoding", "XML in an unusual encoding", "a workbook in UTF-8", _SAVE_AGAIN)
    return None


def _plain_encoding(start: bytes) -> bool:
    if not start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return False
    declared = _ENCODING.search(start[:200])
    return declared is None or declared.group(1).lower() in _ENCODINGS


def _squeezed(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_FROM and unpacked > MAX_RATIO * packed


def _too_large(unpacked: int) -> Finding:
    found = f"more than {unpacked // 1_000_000:,} MB when unpacked"
    mend = "Delete everything but the data, save the workbook again and upload it."
    return refusal("too-large", found, f"at most {MAX_UNPACKED // 1_000_000:,} MB when unpacked", mend)


def _too_dense() -> Finding:
    found = f"contents that unpack to more than {MAX_RATIO} times their size"
    return refusal("too-large", found, f"at most {MAX_RATIO} times", _SAVE_AGAIN)
