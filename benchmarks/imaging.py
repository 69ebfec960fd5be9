"""The imaging extract: our whole intake beside DuckDB alone, and every pattern."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Line, timed
from data.folder import example_networks, read_folder
from data.networks.make_imaging import write_extract
from data.sources.imaging_process import read_extract
from data.store import SINGLE_USER, Store
from data.store.imaging import PATTERNS
from data.working_days import WorkingDays
from portal.commands.networks import demonstration

_RATIO = 2.5
"""Most times what DuckDB alone needs to read the file and write it as Parquet."""

_MEMORY = 2.0
"""Most GB of the reading process at its peak."""

_PATTERN = 0.3
"""Most seconds of a pattern asked for the first time."""

_ALONE = """
import sys, time, duckdb
started = time.perf_counter()
with duckdb.connect(config={"threads": 2}) as connection:
    connection.execute("COPY (FROM read_csv($path)) TO $out (FORMAT parquet, COMPRESSION zstd)", {"path": sys.argv[1], "out": sys.argv[2]})
print(time.perf_counter() - started)
"""


def imaging(folder: Path, rows: int) -> list[Line]:
    """Make an extract, read it twice in turn with each program, store it, ask every pattern; prints what is kept of the goals."""
    os.environ["SIXWEEKS_HOME"] = str(folder / "home")
    parts = read_folder(example_networks()[demonstration()])
    path = folder / "extract.csv"
    _, making = timed(lambda: write_extract(parts.network, parts.assumptions, path, rows))
    alone, whole, readings, memory = [], [], [], 0.0
    for turn in range(2):
        work = folder / f"work-{turn}"
        work.mkdir()
        reading, seconds = timed(lambda work=work: read_extract(path, parts.network, work))  # type: ignore[misc]
        readings.append(reading)
        whole.append(seconds)
        memory = memory or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6  # of ours, before any other child
        alone.append(_alone(path, folder / "alone.parquet"))
    store = Store.open(f"sqlite:///{folder / 'imaging.db'}")
    stored, saving = timed(lambda: store.save_imaging(SINGLE_USER, readings[-1]))
    calendar = WorkingDays.of(parts.network)
    store.imaging_pattern(SINGLE_USER, "acute", calendar)  # the first question of a process also loads DuckDB
    asked = {name: timed(lambda name=name: store.imaging_pattern(SINGLE_USER, name, calendar))[1] for name in PATTERNS if name != "acute"}  # type: ignore[misc]
    store.close()
    slowest = max(asked, key=lambda name: asked[name])
    ratio = (min(whole) + saving) / min(alone)
    print(f"Imaging extract: {stored.rows:,} examinations, {path.stat().st_size / 1e6:,.0f} MB, {len(stored.parts)} parts")
    print(f"Our intake over DuckDB alone: {ratio:.2f}. Goal {_RATIO}: {_verdict(ratio <= _RATIO)}.")
    print(f"Memory of the reading process at its peak: {memory:.2f} GB. Goal {_MEMORY}: {_verdict(memory < _MEMORY)}.")
    print(f"Slowest pattern ({slowest}): {asked[slowest]:.2f} s. Goal {_PATTERN}: {_verdict(asked[slowest] < _PATTERN)}.")
    return [
        Line(f"Imaging extract of {rows:,} examinations"),
        Line("  make it", making),
        Line("  DuckDB alone: read CSV, write Parquet (best of two)", min(alone)),
        Line("  ours: read, check, search for people, cut (best of two)", min(whole)),
        Line("  ours: store", saving),
        *(Line(f"  pattern: {PATTERNS[name].title}", seconds) for name, seconds in asked.items()),
    ]


def _alone(path: Path, out: Path) -> float:
    command = [sys.executable, "-c", _ALONE, str(path), str(out)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _verdict(kept: bool) -> str:
    return "kept" if kept else "MISSED"
