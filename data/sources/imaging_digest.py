"""The digest of a large file, taken beside other work: reading begins while it is still being counted."""

from __future__ import annotations

import codecs
import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Digest:
    """What the bytes of a file are.

    Attributes:
        sha256: of all of them.
        is_utf8: True where they are text in UTF-8 throughout.
        has_nul: True where a byte is zero: no text file has one.
    """

    sha256: str
    is_utf8: bool
    has_nul: bool


def digest_beside(path: Path) -> Future[Digest]:
    """The digest of a file, taken in a thread of its own; OSError where the file cannot be read."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(digest, path)
    pool.shutdown(wait=False)
    return future


def digest(path: Path) -> Digest:
    """The digest of a file."""
    sha256, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_utf8, has_nul = True, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            has_nul = has_nul or b"\0" in chunk
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    return Digest(sha256.hexdigest(), is_utf8 and _decodes(decoder, b"", final=True), has_nul)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
