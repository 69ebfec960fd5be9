"""Every upload is opened in a child process with limits on memory, processor time and the clock.

A parser that hangs, crashes or eats memory then costs its own file only: the file is refused with a finding. The child gets the bytes on
standard input and answers on standard output with JSON and Arrow tables, never with objects that run code when they are loaded.
"""

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, overload

import pandas as pd
import pyarrow as pa

from data.findings import Finding, Findings, refusal
from data.folder import NetworkTables
from data.sources.reading import Reading

Task = Literal["dm01", "workbook"]

TASKS: dict[str, str] = {"dm01": "data.sources.dm01", "workbook": "data.workbook"}
"""Module of each task; its `read` takes the bytes and the file's name, and gives something with `pack`."""

MAX_UPLOAD = 50_000_000
MAX_NAME = 100

_AT_ONCE = 2
_SLOTS = threading.BoundedSemaphore(_AT_ONCE)
_OUT_OF_MEMORY = 3
_MAX_ANSWER = 500_000_000
_LENGTH = 8

_REDUCE = "Open the file in Excel, delete everything but the data, save it as a new .xlsx workbook and upload that."

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the child sees of our environment: no secret of the portal."""

_SET = {"PYTHONUTF8": "1", "OPENPYXL_LXML": "False", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""One thread in each numerical library: their stacks count as address space, and two children share the machine."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """What one child may use: bytes of address space, seconds of processor time, seconds by the clock."""

    memory: int = 1_500_000_000
    cpu: int = 25
    wall: float = 30.0


LIMITS = Limits()


@overload
def read_safely(content: bytes, name: str, task: Literal["dm01"], limits: Limits = LIMITS) -> Reading: ...
@overload
def read_safely(content: bytes, name: str, task: Literal["workbook"], limits: Limits = LIMITS) -> NetworkTables: ...
def read_safely(content: bytes, name: str, task: Task, limits: Limits = LIMITS) -> Reading | NetworkTables:
    """Read an upload in a limited child process; at most two run at once, others wait.

    Args:
        content: the file.
        name: its name as the browser gave it; used in findings only, never as a path.
        task: `dm01` for an official provider workbook, `workbook` for a network's own workbook.
        limits: what the child may use.

    Returns:
        What the adapter read. A file that cannot be read within the limits comes back as a refusal; nothing is raised.
    """
    file = shown_name(name)
    if len(content) > MAX_UPLOAD:
        allowed = f"at most {MAX_UPLOAD // 1_000_000} MB"
        mend = "Delete everything but the data, save the file again and upload it."
        return _refused(content, file, task, refusal("too-large", f"{len(content) / 1e6:,.0f} MB", allowed, mend, file=file))
    with _SLOTS:
        answer = _ask_child(content, file, task, limits)
    if isinstance(answer, Finding):
        return _refused(content, file, task, answer)
    plain, frames = answer
    return Reading.unpack(plain, frames) if task == "dm01" else NetworkTables.unpack(plain, frames)


@overload
def read_many(files: Sequence[tuple[str, bytes]], task: Literal["dm01"]) -> Iterator[Reading]: ...
@overload
def read_many(files: Sequence[tuple[str, bytes]], task: Literal["workbook"]) -> Iterator[NetworkTables]: ...
def read_many(files: Sequence[tuple[str, bytes]], task: Task) -> Iterator[Reading | NetworkTables]:
    """Read several uploads, two at a time, each in a child of its own: a crash loses its own file only.

    Args:
        files: name and bytes of each file.
        task: as for `read_safely`.

    Yields:
        One result for each file, in the order given, as soon as it and those before it are read.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda file: read_safely(file[1], file[0], task), files)


def shown_name(name: str) -> str:
    """A file's name as it may be shown: without folders and unprintable characters, at most 100 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:MAX_NAME].strip() or "unnamed file"


def _refused(content: bytes, file: str, task: Task, finding: Finding) -> Reading | NetworkTables:
    if task == "dm01":
        from data.sources.dm01 import PARSER_VERSION, SOURCE

        return Reading.refused(SOURCE, file, content, PARSER_VERSION, [finding])
    return NetworkTables((), Findings([finding]))


def _ask_child(content: bytes, file: str, task: str, limits: Limits) -> tuple[dict[str, Any], dict[str, pd.DataFrame]] | Finding:
    request = json.dumps({"task": task, "file": file, "limits": asdict(limits)}).encode() + b"\n"
    root = str(Path(__file__).resolve().parent.parent)
    kept = {k: v for k, v in os.environ.items() if k in _KEPT}
    with subprocess.Popen(
        [sys.executable, "-m", "data.safe_reading"], cwd=root, env=kept | _SET | {"PYTHONPATH": root}, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            answer, log = process.communicate(request + content, timeout=limits.wall)
        except subprocess.TimeoutExpired:
            _kill(process)
            return _too_slow(file, limits)
        except BaseException:
            _kill(process)
            raise
    if process.returncode == 0:
        try:
            return _unpacked(answer)
        except (ValueError, KeyError, pa.ArrowException):
            _log.exception("The answer of a reading process could not be understood")
    elif process.returncode == -signal.SIGXCPU:
        return _too_slow(file, limits)
    elif process.returncode == _OUT_OF_MEMORY:
        allowed = f"a file that can be read in {limits.memory / 1e9:.1f} GB"
        return refusal("too-large", "a file that needs too much memory", allowed, _REDUCE, file=file)
    _log.error("A reading process ended with %s: %s", process.returncode, log.decode("utf-8", "replace")[-2000:])
    found = "a file that stopped the program that reads it"
    return refusal("reader-stopped", found, "a whole file that opens in Excel", _REDUCE, file=file)


def _too_slow(file: str, limits: Limits) -> Finding:
    found = "a file that takes too long to read"
    return refusal("too-slow", found, f"a file that can be read in {limits.wall:g} seconds", _REDUCE, file=file)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child with everything it started; it leads a group of its own."""
    os.killpg(process.pid, signal.SIGKILL)


def _packed(plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> bytes:
    """Length of the JSON, the JSON, then one Arrow stream for each frame."""
    streams = []
    for frame in frames.values():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        streams.append(sink.getvalue())
    sizes = dict(zip(frames, map(len, streams), strict=True))
    head = json.dumps({"plain": plain, "frames": sizes}).encode()
    return b"".join([len(head).to_bytes(_LENGTH, "big"), head, *streams])


def _unpacked(answer: bytes) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    end = _LENGTH + int.from_bytes(answer[:_LENGTH], "big")
    head = json.loads(answer[_LENGTH:end])
    frames = {}
    for name, size in head["frames"].items():
        frames[name] = pa.ipc.open_stream(answer[end : end + size]).read_all().to_pandas()
        end += size
    return head["plain"], frames


def _limit(memory: int, cpu: int) -> None:
    """Put limits on this process that it cannot raise again."""
    import resource

    # The kernel sends the signal that the parent knows at the soft limit of processor time, and kills at the hard one.
    wanted = {"RLIMIT_AS": (memory, memory), "RLIMIT_CPU": (cpu, cpu + 1), "RLIMIT_FSIZE": (0, 0), "RLIMIT_CORE": (0, 0)}
    for name, soft_and_hard in wanted.items():
        try:
            resource.setrlimit(getattr(resource, name), soft_and_hard)
        except (ValueError, OSError):
            if sys.platform == "linux":  # elsewhere some limits cannot be set; the clock of the parent still holds
                raise


def _answer(request: dict[str, Any], content: bytes) -> bytes:
    result = importlib.import_module(TASKS[request["task"]]).read(content, request["file"])
    packed = _packed(*result.pack())
    if len(packed) > _MAX_ANSWER:
        raise MemoryError
    return packed


def main() -> int:
    """What the child does: limits first, then read, then answer."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answer:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get into the answer
        request = json.loads(sys.stdin.buffer.readline())
        content = sys.stdin.buffer.read()
        _limit(request["limits"]["memory"], request["limits"]["cpu"])
        try:
            answer.write(_answer(request, content))
        except MemoryError:
            return _OUT_OF_MEMORY
        except Exception as error:
            # Where it happened, without the message: that may repeat what stands in a cell.
            where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            sys.stderr.write(f"{type(error).__name__} at {' < '.join(reversed(where))}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
