"""What the limited child process of `data.safe_reading` does: limits first, then search and read one file, then answer.

It gets a line of JSON and the file on standard input and answers on standard output with JSON and Arrow tables, never with objects that run
code when they are loaded.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data.child_limits import limit
from data.errors import Refused
from data.findings import Findings
from data.people import people_findings
from data.tabular import read_once

Answer = tuple[dict[str, Any], dict[str, pd.DataFrame]]

OUT_OF_MEMORY = 3
"""Exit code of a child that ran into its limit of memory."""

_MAX_ANSWER = 500_000_000
_LENGTH = 8


def packed(plain: dict[str, Any], frames: dict[str, pd.DataFrame]) -> bytes:
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


def unpacked(answer: bytes) -> Answer:
    """Plain values and frames from the bytes of an answer."""
    end = _LENGTH + int.from_bytes(answer[:_LENGTH], "big")
    head = json.loads(answer[_LENGTH:end])
    frames = {}
    for name, size in head["frames"].items():
        frames[name] = pa.ipc.open_stream(answer[end : end + size]).read_all().to_pandas()
        end += size
    return head["plain"], frames


def answer(request: dict[str, Any], content: bytes) -> bytes:
    """Search the whole file for people's data, then let its adapter read it; packed as `unpacked` takes it.

    What could not be searched to its end is not stored either: its adapter may say better why, but may not take it.
    """
    adapter = importlib.import_module(request["module"])
    file = request["file"]
    more = [] if request.get("options") is None else [request["options"]]
    people, unsearched = Findings(), Findings()
    with read_once():
        try:
            if "path" in request:
                people = people_findings(Path(request["path"]), file, limit=request["largest"])
            else:
                people = people_findings(content, file)
        except Refused as error:
            unsearched = error.findings.in_file(file)
        if people.refusals:
            return packed({"people": [asdict(f) for f in people]}, {})
        result = adapter.read_path(Path(request["path"]), file) if "path" in request else adapter.read(content, file, *more)
    if unsearched and not result.findings.refusals:
        return packed({"people": [asdict(f) for f in unsearched]}, {})
    plain, frames = result.pack()
    whole = packed({"people": [asdict(f) for f in people], "result": plain}, frames)
    if len(whole) > _MAX_ANSWER:
        raise MemoryError
    return whole


def main() -> int:
    """What the child does: limits first, then read, then answer."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())  # what a library prints must not get into the answer
        request = json.loads(sys.stdin.buffer.readline())
        content = sys.stdin.buffer.read()
        limit(request["limits"]["memory"], request["limits"]["cpu"])
        try:
            output.write(answer(request, content))
        except MemoryError:
            return OUT_OF_MEMORY
        except Exception as error:
            # Where it happened, without the message: that may repeat what stands in a cell.
            where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            sys.stderr.write(f"{type(error).__name__} at {' < '.join(reversed(where))}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
