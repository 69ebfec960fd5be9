"""What the process that reads an extract does: limits first, then read, then answer. Its libraries are loaded beside the file's digest."""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from data.child_limits import limit
from data.sources.imaging_digest import digest_beside

OUT_OF_MEMORY = 3
DISK_FULL = 4
"""What the process returns where it was not the file's fault alone."""

_ENGINE_SHARE = 0.5
"""DuckDB's part of the memory; beyond it, it writes to the folder."""

_RESERVED = 1_500_000_000
"""Address space that allocators and threads reserve and do not use; a limit on memory in use cannot be set."""


def main() -> int:
    """Read the request on standard input, answer on standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as answer:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get into the answer
        request = json.load(sys.stdin)
        limits = request["limits"]
        limit(limits["memory"] + _RESERVED, int(2 * limits["wall"]), limits["unpacked"])
        try:
            packed = _read(request)
        except MemoryError:
            return OUT_OF_MEMORY
        except Exception as error:
            if "No space left" in str(error):
                return DISK_FULL
            # Where it happened, without the message: that may repeat what stands in a cell.
            where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            sys.stderr.write(f"{type(error).__name__} at {' < '.join(reversed(where))}\n")
            return 1
        json.dump(packed, answer)
    return 0


def _read(request: dict[str, Any]) -> dict[str, Any]:
    path, limits = Path(request["path"]), request["limits"]
    digest = digest_beside(path)
    from dataclasses import asdict

    from data.sources.imaging import Vocabulary
    from data.sources.imaging_intake import Workplace, intake
    from data.sources.mapping import ColumnMapping

    place = Workplace(Path(request["folder"]), int(_ENGINE_SHARE * limits["memory"]), limits["unpacked"])
    words, now = Vocabulary(**request["words"]), datetime.fromisoformat(request["now"])
    reading = intake(path, request["file"], words, place, now=now, mapping=ColumnMapping.from_body(request["mapping"]), digest=digest)
    parts = [{**asdict(part), "path": str(part.path)} for part in reading.parts]
    return {**asdict(reading), "parts": parts, "findings": [asdict(f) for f in reading.findings]}


if __name__ == "__main__":
    sys.exit(main())
