"""One limited child process that reads many files one after the other, as the child of every upload reads its one.

Started as a module; asked through `OneChild`. A file that ends it costs the others nothing: the next one gets a new child.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.reading_process import answer, limit, unpacked
from data.safe_reading import LIMITS, MAX_FILE, TASKS

ROOT = Path(__file__).parents[2]
CPU = 3_000
"""Seconds of processor time for all files together."""


@dataclass(frozen=True)
class Told:
    """What the child said of one file: an answer as `data.reading_process` packs it, or the fault that it ended with."""

    seconds: float
    plain: dict[str, Any] | None = None
    frames: dict[str, Any] | None = None
    fault: str = ""


class OneChild:
    """The child, started when it is first asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, content: bytes, file: str, task: str, module: str = "") -> Told:
        """Read one file within the time that any upload has; by the adapter of the task, or another module in its place."""
        process = self._started()
        request = {"task": task, "module": module or TASKS[task][0], "file": file, "largest": MAX_FILE, "size": len(content)}
        started = time.monotonic()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n" + content)
            process.stdin.flush()
            said = self._answer(process, started + LIMITS.wall)
        except (BrokenPipeError, EOFError):
            process.wait()
            said = f"the child ended with {process.returncode}"
        except TimeoutError:
            said = "over the clock"
        seconds = time.monotonic() - started
        if isinstance(said, str):
            self.close()
            return Told(seconds, fault=said)
        if said[:1] == b"!":
            return Told(seconds, fault=said[1:].decode())
        return Told(seconds, *unpacked(said[1:]))

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
            command = [sys.executable, "-m", "tests.hostile.one_child"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _answer(self, process: subprocess.Popen[bytes], until: float) -> bytes:
        (length,) = struct.unpack(">Q", _read(process, 8, until))
        return _read(process, length, until)


def _read(process: subprocess.Popen[bytes], length: int, until: float) -> bytes:
    pieces = bytearray()
    while len(pieces) < length:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(process.stdout.fileno(), length - len(pieces))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def main() -> None:
    """Answer requests until there are no more."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    limit(LIMITS.memory, CPU)
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        content = sys.stdin.buffer.read(request["size"])
        try:
            said = b"." + answer(request, content)
        except Exception as error:
            where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            said = f"!{type(error).__name__}: {error} at {' < '.join(reversed(where))}".encode()
        output.write(struct.pack(">Q", len(said)) + said)
        output.flush()


if __name__ == "__main__":
    main()
