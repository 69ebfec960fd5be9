"""Files of extracts on disk: each is known by its digest, is there whole or not at all, and is removed when nothing names it."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from data.errors import SixweeksError

_CHUNK = 1 << 20
STAGING = ".staging-"
"""Files that are being written."""

_ABANDONED = 3600
"""Seconds after which a file that nobody finished writing is taken for abandoned."""


@dataclass(frozen=True)
class Staged:
    """A file copied to the disk of the store, under a name nobody looks for yet.

    Attributes:
        organisation, month: what it holds.
        sha256, size, rows: of the file.
        path: where it lies now.
    """

    organisation: str
    month: str
    sha256: str
    size: int
    rows: int
    path: Path


def final(folder: Path, sha256: str) -> Path:
    """Where the file of a digest lies."""
    return folder / sha256[:2] / f"{sha256}.parquet"


@contextmanager
def staged(folder: Path, parts: list[tuple[str, str, Path]]) -> Iterator[list[Staged]]:
    """Copies of these files beside where they will lie, written out to the disk; what is not moved on is removed.

    Raises:
        SixweeksError: the disk is full, or the folder cannot be written to.
    """
    done: list[Staged] = []
    try:
        done.extend(_stage(folder, *part) for part in parts)
        yield done
    except OSError as error:
        raise SixweeksError(f"The extract cannot be stored: {error.strerror or error}. Nothing was stored.") from error
    finally:
        for file in done:
            file.path.unlink(missing_ok=True)


def move(folder: Path, files: list[Staged]) -> None:
    """Put files where their digests say, for good: when this returns, a power cut cannot undo it."""
    for file in files:
        target = final(folder, file.sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        file.path.replace(target)
    for inner in {final(folder, file.sha256).parent for file in files} | {folder, folder.parent, folder.parent.parent}:
        _sync_folder(inner)


def strangers(folder: Path, known: set[str]) -> list[Path]:
    """Files no row names, and what was made beside them: left behind by a process that was killed, or by a purge."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in [*folder.glob("??/*"), *folder.glob(f"{STAGING}*")]
        if (_is_abandoned(path) if path.name.startswith(STAGING) else path.name.partition(".")[0] not in known)
    ]


def _is_abandoned(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - _ABANDONED
    except FileNotFoundError:  # another process has just put it in its place
        return False


def _stage(folder: Path, organisation: str, month: str, source: Path) -> Staged:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    target, digest, size = folder / f"{STAGING}{uuid.uuid4().hex}", hashlib.sha256(), 0
    with source.open("rb") as file, target.open("xb") as copy:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return Staged(organisation, month, digest.hexdigest(), size, int(pq.read_metadata(target).num_rows), target)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
