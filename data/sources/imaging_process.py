"""Every imaging extract is read in a child process with limits on memory, processor time, file size and the clock.

Unlike smaller uploads an extract is not sent to the child: it reads the file where it lies and writes its parts into a folder of the parent's.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.findings import Finding, Findings, refusal
from data.network import Network
from data.safe_reading import shown_name
from data.sources.imaging import KIND, ImagingReading, Part, vocabulary
from data.sources.imaging_child import DISK_FULL, OUT_OF_MEMORY
from data.sources.mapping import ColumnMapping

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_SLOT = threading.BoundedSemaphore(1)
"""One extract at a time: it may take both processors and most of the memory that is meant for reading."""

_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the child sees of our environment: no secret of the portal, and no time zone."""

_SMALLER = "Export fewer months at a time, each as a file of its own."


@dataclass(frozen=True)
class ExtractLimits:
    """What reading one extract may use.

    Attributes:
        size: bytes of the file as given.
        unpacked: bytes when unpacked.
        memory: bytes of memory.
        wall: seconds by the clock.
    """

    size: int
    unpacked: int
    memory: int
    wall: float


IMPORT_LIMITS = ExtractLimits(size=2_000_000_000, unpacked=4_000_000_000, memory=2_000_000_000, wall=600)
"""Of the command line."""

PAGE_LIMITS = ExtractLimits(size=50_000_000, unpacked=1_000_000_000, memory=2_000_000_000, wall=120)
"""Of an upload through the page."""


def read_extract(
    path: Path, network: Network, folder: Path, *, name: str = "", limits: ExtractLimits = IMPORT_LIMITS, now: datetime | None = None,
    mapping: ColumnMapping | None = None,
) -> ImagingReading:  # fmt: skip
    """Read an extract from a file, in a limited child process; one at a time, others wait.

    Args:
        path: CSV (plain, .gz or alone in a zip archive) or Parquet.
        network: whose organisations, sites, tests and scanners may stand in it.
        folder: an empty folder for the parts; the caller removes it.
        name: the file's name as the browser gave it, for the findings; empty = the path's own.
        limits: what the child may use.
        now: moments later than this are refused; None = now, by the clock on the wall.
        mapping: what was said about the file's headings and codes (source `KIND`); a value fixed for the whole file is not taken.

    Returns:
        What the file holds. One that cannot be read within the limits comes back as a refusal; nothing is raised.
    """
    file = shown_name(name or path.name)
    size = path.stat().st_size
    if size > limits.size:
        allowed = f"at most {limits.size // 1_000_000:,} MB"
        return _refused(file, refusal("too-large", f"{size / 1e6:,.0f} MB", allowed, _SMALLER, file=file))
    folder = folder.resolve()
    request = {
        "path": str(path.resolve()), "file": file, "folder": str(folder), "words": asdict(vocabulary(network)), "limits": asdict(limits),
        "now": (now or datetime.now()).isoformat(), "mapping": (mapping or ColumnMapping(KIND)).body,
    }  # fmt: skip
    there = set(folder.iterdir())
    with _SLOT:
        answer = _ask_child(request, file, limits)
    reading = _refused(file, answer) if isinstance(answer, Finding) else _unpacked(answer)
    _leave(folder, there | {part.path for part in reading.parts})
    return reading


def read_upload(
    content: bytes, name: str, network: Network, folder: Path, *, limits: ExtractLimits = PAGE_LIMITS, now: datetime | None = None,
    mapping: ColumnMapping | None = None,
) -> ImagingReading:  # fmt: skip
    """`read_extract` for a file that came through the page; it is written into `folder` and removed again."""
    upload = folder / "upload"
    upload.write_bytes(content[: limits.size + 1])
    try:
        return read_extract(upload, network, folder, name=name, limits=limits, now=now, mapping=mapping)
    finally:
        upload.unlink()


def _leave(folder: Path, kept: set[Path]) -> None:
    """Remove what the child made for itself: the unpacked file is the whole of it, whatever was refused."""
    for path in set(folder.iterdir()) - kept:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _refused(file: str, finding: Finding) -> ImagingReading:
    return ImagingReading(file, "", findings=Findings([finding]))


def _ask_child(request: dict[str, Any], file: str, limits: ExtractLimits) -> dict[str, Any] | Finding:
    with _child() as process:
        try:
            answer, log = process.communicate(json.dumps(request).encode(), timeout=limits.wall)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return _too_slow(file, limits)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode == 0:
        return dict(json.loads(answer))
    if process.returncode == -signal.SIGXCPU:
        return _too_slow(file, limits)
    if process.returncode == OUT_OF_MEMORY:
        return refusal(
            "too-large", "a file that needs too much memory", f"a file that can be read in {limits.memory / 1e9:.1f} GB", _SMALLER, file=file
        )
    if process.returncode == DISK_FULL:
        found = "a file for which the disk has no room"
        return refusal("disk-full", found, "room for several times the file", "Make room on the disk and try again.", file=file)
    _log.error("A reading process ended with %s: %s", process.returncode, log.decode("utf-8", "replace")[-2000:])
    mend = "Export the extract again as CSV in UTF-8."
    return refusal("reader-stopped", "a file that stopped the program that reads it", "a whole file", mend, file=file)


def _child() -> subprocess.Popen[bytes]:
    kept = {k: v for k, v in os.environ.items() if k in _KEPT}
    return subprocess.Popen(
        [sys.executable, "-m", "data.sources.imaging_child"], cwd=_ROOT, env=kept | {"PYTHONUTF8": "1", "PYTHONPATH": str(_ROOT)},
        start_new_session=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _too_slow(file: str, limits: ExtractLimits) -> Finding:
    return refusal("too-slow", "a file that takes too long to read", f"a file that can be read in {limits.wall:g} seconds", _SMALLER, file=file)


def _unpacked(answer: dict[str, Any]) -> ImagingReading:
    parts = tuple(Part(**{**part, "path": Path(part["path"])}) for part in answer["parts"])
    values = {name: tuple(texts) for name, texts in answer["values"].items()}
    findings = Findings(Finding(**f) for f in answer["findings"])
    return ImagingReading(**{**answer, "parts": parts, "findings": findings, "unknown": tuple(answer["unknown"]), "values": values})
