"""Every upload is opened in a child process with limits on memory, processor time and the clock.

A parser that hangs, crashes or eats memory then costs its own file only: the file is refused with a finding. The child gets the bytes on
standard input and answers on standard output with JSON and Arrow tables, never with objects that run code when they are loaded.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, Self, cast, overload

import pandas as pd
import pyarrow as pa

from data.findings import Finding, Findings, refusal
from data.folder import NetworkTables
from data.people_columns import without_numbers
from data.reading_process import OUT_OF_MEMORY, Answer, unpacked
from data.sources.local_reading import LocalReading
from data.sources.reading import Reading

LocalTask = Literal["waiting_list", "provisional", "published", "registers"]
Task = Literal["dm01", "workbook", LocalTask]


class Result(Protocol):
    """What an adapter makes of a file: it can be sent from one process to another, and made of a file that was refused."""

    @property
    def findings(self) -> Findings:
        """Refusals, warnings and notes."""

    def pack(self) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """Plain values and frames."""

    @classmethod
    def unpack(cls, plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> Self:
        """The opposite of `pack`."""

    @classmethod
    def refused(cls, source: str, file: str, content: bytes, version: int, findings: Findings) -> Self:
        """The result of a file that was refused."""


TASKS: dict[str, tuple[str, type[Result]]] = {
    "dm01": ("data.sources.dm01", Reading),
    "workbook": ("data.workbook", NetworkTables),
    "waiting_list": ("data.sources.waiting_list", LocalReading),
    "provisional": ("data.sources.provisional", LocalReading),
    "published": ("data.sources.published", LocalReading),
    "registers": ("data.sources.registers", LocalReading),
}
"""Module of each task and what it gives. The module has `read`, which takes the bytes, the file's name and the options if there are any;
`SOURCE`; and `PARSER_VERSION`."""

MAX_UPLOAD = 50_000_000
MAX_FILE = 2_000_000_000
"""Most bytes of a file that is read from where it lies, by the command line."""

MAX_NAME = 100

_AT_ONCE = 2
_SLOTS = threading.BoundedSemaphore(_AT_ONCE)

_REDUCE = "Open the file in Excel, delete everything but the data, save it as a new .xlsx workbook and upload that."

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the child sees of our environment: no secret of the portal."""

_SET = {
    "PYTHONUTF8": "1", "OPENPYXL_LXML": "False", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # fmt: skip
"""One thread in each numerical library: their stacks count as address space, and two children share the machine. Arrow's own allocator would
reserve 1 GB of address space at its first use, most of what a child has."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one child may use: bytes of address space, seconds of processor time, seconds by the clock."""

    memory: int = 1_500_000_000
    cpu: int = 25
    wall: float = 30.0


LIMITS = Limits()
LARGE_FILE_LIMITS = Limits(cpu=600, wall=600.0)
"""For a file read from where it lies: ten minutes; the memory stays as it is, since such a file is read a piece at a time."""


@overload
def read_safely(content: bytes, name: str, task: Literal["dm01"], limits: Limits = LIMITS) -> Reading: ...
@overload
def read_safely(content: bytes, name: str, task: Literal["workbook"], limits: Limits = LIMITS) -> NetworkTables: ...
@overload
def read_safely(content: bytes, name: str, task: LocalTask, limits: Limits = LIMITS, options: Mapping[str, Any] | None = None) -> LocalReading: ...
def read_safely(content: bytes, name: str, task: Task, limits: Limits = LIMITS, options: Mapping[str, Any] | None = None) -> Any:
    """Read an upload in a limited child process; at most two run at once, others wait.

    The child first searches the whole file for people's data; a file that holds any is refused before its adapter sees it.

    Args:
        content: the file.
        name: its name as the browser gave it; used in findings only, never as a path.
        task: which adapter reads it: `dm01` for an official return, `workbook` for a network's own workbook, and so on.
        limits: what the child may use.
        options: what the adapter needs to know beside the file; plain values that JSON can hold.

    Returns:
        What the adapter read. A file that cannot be read within the limits comes back as a refusal; nothing is raised.
    """
    file = shown_name(name)
    if len(content) > MAX_UPLOAD:
        allowed = f"at most {MAX_UPLOAD // 1_000_000} MB"
        mend = "Delete everything but the data, save the file again and upload it."
        found = refusal("too-large", f"{len(content) / 1e6:,.0f} MB", allowed, mend, file=file)
        return _refused(content, file, task, Findings([found]))
    with _SLOTS:
        answer = _ask_child(content, {"task": task, "file": file, "options": options}, limits)
    return _result(answer, content, file, task)


def read_path_safely(path: Path, task: Literal["dm01"], limits: Limits = LARGE_FILE_LIMITS) -> Reading:
    """Read a file from where it lies, a piece at a time, in a limited child process; for files too large for `read_safely`.

    Args:
        path: the file; the child opens it itself.
        task: as for `read_safely`; its module has `read_path`.
        limits: what the child may use.

    Returns:
        As `read_safely`.
    """
    file = shown_name(path.name)
    if (size := path.stat().st_size) > MAX_FILE:
        allowed = f"at most {MAX_FILE // 1_000_000:,} MB"
        found = refusal("too-large", f"{size / 1e6:,.0f} MB", allowed, "Import fewer months at a time.", file=file)
        return cast(Reading, _refused(b"", file, task, Findings([found])))
    with _SLOTS:
        answer = _ask_child(b"", {"task": task, "file": file, "path": str(path.resolve())}, limits)
    return cast(Reading, _result(answer, b"", file, task))


@overload
def read_many(files: Sequence[tuple[str, bytes]], task: Literal["dm01"]) -> Iterator[Reading]: ...
@overload
def read_many(files: Sequence[tuple[str, bytes]], task: Literal["workbook"]) -> Iterator[NetworkTables]: ...
@overload
def read_many(files: Sequence[tuple[str, bytes]], task: LocalTask, options: Mapping[str, Any] | None = None) -> Iterator[LocalReading]: ...
def read_many(files: Sequence[tuple[str, bytes]], task: Any, options: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """Read several uploads, two at a time, each in a child of its own: a crash loses its own file only.

    Args:
        files: name and bytes of each file.
        task: as for `read_safely`.
        options: as for `read_safely`, the same for each file.

    Yields:
        One result for each file, in the order given, as soon as it and those before it are read.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda file: read_safely(file[1], file[0], task, options=options), files)


def shown_name(name: str) -> str:
    """A file's name as it may be shown and kept: without folders, unprintable characters and a person's number, at most 100 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return without_numbers("".join(c for c in last if c.isprintable()))[:MAX_NAME].strip() or "unnamed file"


def _refused(content: bytes, file: str, task: str, findings: Findings) -> Result:
    module, kind = TASKS[task]
    adapter = importlib.import_module(module)
    return kind.refused(adapter.SOURCE, file, content, adapter.PARSER_VERSION, findings)


def _result(answer: Answer | Finding, content: bytes, file: str, task: str) -> Result:
    if isinstance(answer, Finding):
        return _refused(content, file, task, Findings([answer]))
    plain, frames = answer
    people = Findings(Finding(**f) for f in plain["people"])
    if people.refusals:
        return _refused(content, file, task, people)
    result = TASKS[task][1].unpack(plain["result"], frames)
    return replace(cast(Any, result), findings=result.findings.plus(people)) if people else result


def _ask_child(content: bytes, request: dict[str, Any], limits: Limits) -> Answer | Finding:
    """What the child answers to a request; with a path in it, the child reads that and no content is sent."""
    file = str(request["file"])
    asked = json.dumps({**request, "module": TASKS[request["task"]][0], "largest": MAX_FILE, "limits": asdict(limits)}).encode() + b"\n"
    with _child() as process:
        try:
            answer, log = process.communicate(asked + content, timeout=limits.wall)
        except subprocess.TimeoutExpired:
            _kill(process)
            return _too_slow(file, limits)
        except BaseException:
            _kill(process)
            raise
    if process.returncode == 0:
        try:
            return unpacked(answer)
        except (ValueError, KeyError, pa.ArrowException):
            _log.exception("The answer of a reading process could not be understood")
    elif process.returncode == -signal.SIGXCPU:
        return _too_slow(file, limits)
    elif process.returncode == OUT_OF_MEMORY:
        allowed = f"a file that can be read in {limits.memory / 1e9:.1f} GB"
        return refusal("too-large", "a file that needs too much memory", allowed, _REDUCE, file=file)
    _log.error("A reading process ended with %s: %s", process.returncode, log.decode("utf-8", "replace")[-2000:])
    found = "a file that stopped the program that reads it"
    return refusal("reader-stopped", found, "a whole file that opens in Excel", _REDUCE, file=file)


def _child() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    kept = {k: v for k, v in os.environ.items() if k in _KEPT}
    return subprocess.Popen(
        [sys.executable, "-m", "data.reading_process"], cwd=root, env=kept | _SET | {"PYTHONPATH": root}, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _too_slow(file: str, limits: Limits) -> Finding:
    found = "a file that takes too long to read"
    return refusal("too-slow", found, f"a file that can be read in {limits.wall:g} seconds", _REDUCE, file=file)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child with everything it started; it leads a group of its own."""
    os.killpg(process.pid, signal.SIGKILL)
