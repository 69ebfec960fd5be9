"""The imaging extract: our whole intake beside DuckDB alone, and every pattern."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.measure import Line, timed
from data.folder import example_networks, read_folder
from data.store import SINGLE_USER, Store
from data.store.imaging import PATTERNS
from data.working_days import WorkingDays

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
    connection.execute("SET enable_progress_bar = false")
    connection.execute("COPY (FROM read_csv($path)) TO $out (FORMAT parquet, COMPRESSION zstd)", {"path": sys.argv[1], "out": sys.argv[2]})
print(time.perf_counter() - started, time.process_time())
"""

_OURS = """
import resource, sys, time
from pathlib import Path
from data.folder import read_folder
from data.sources.imaging_process import read_extract
from data.store import SINGLE_USER, Store
path, network, folder, store = Path(sys.argv[1]), read_folder(Path(sys.argv[2])).network, Path(sys.argv[3]), Store.open(sys.argv[4])
started, begun = time.perf_counter(), time.process_time()
reading = read_extract(path, network, folder)
read = time.perf_counter()
stored = store.save_imaging(SINGLE_USER, reading)
saved = time.perf_counter()
child = resource.getrusage(resource.RUSAGE_CHILDREN)
busy = time.process_time() - begun + child.ru_utime + child.ru_stime
store.add_up_imaging(SINGLE_USER, stored.id)
print(read - started, saved - read, child.ru_maxrss / 1e6, busy, time.perf_counter() - saved)
"""


def imaging(folder: Path, rows: int) -> list[Line]:
    """Make an extract, read it with each program in turn, store it, ask every pattern; prints which goals are kept."""
    os.environ["SIXWEEKS_HOME"] = str(folder / "home")
    network = max(example_networks().values(), key=lambda path: (path / "assets.csv").stat().st_size)
    path = folder / "extract.csv"
    make = [sys.executable, "-m", "data.networks.make_imaging", str(network), str(path), "--rows", str(rows)]
    _, making = timed(lambda: subprocess.run(make, check=True, capture_output=True))
    alone, ours = [], []
    for turn in range(2):
        url = f"sqlite:///{folder / f'{turn}.db'}"
        (folder / f"{turn}").mkdir()
        alone.append(_printed(_ALONE, str(path), str(folder / "alone.parquet")))
        ours.append(_printed(_OURS, str(path), str(network), str(folder / f"{turn}"), url))
    reading, saving, memory, _, adding = min(ours, key=lambda figures: figures[0] + figures[1])
    by_itself = min(figures[0] for figures in alone)
    busy = min(figures[3] for figures in ours) / min(figures[1] for figures in alone)
    store = Store.open(url)
    stored = store.extracts(SINGLE_USER)[0]
    calendar = WorkingDays.of(read_folder(network).network)
    # The first question of a process also loads DuckDB and the table of bank holidays; the portal has both before anybody asks.
    store.imaging_pattern(SINGLE_USER, "acute", calendar)
    calendar.exposure(np.array(["2026-01-01"], dtype="datetime64[D]"), 0.0)
    asked = {name: timed(lambda name=name: store.imaging_pattern(SINGLE_USER, name, calendar))[1] for name in PATTERNS if name != "acute"}  # type: ignore[misc]
    store.close()
    slowest, ratio = max(asked, key=lambda name: asked[name]), (reading + saving) / by_itself
    print(f"Imaging extract: {stored.rows:,} examinations, {path.stat().st_size / 1e6:,.0f} MB, {len(stored.parts)} parts")
    print(f"Our intake over DuckDB alone: {ratio:.2f} ({busy:.2f} in processor time). Goal {_RATIO}: {_verdict(ratio <= _RATIO)}.")
    print(f"Memory of the reading process at its peak: {memory:.2f} GB. Goal {_MEMORY}: {_verdict(memory < _MEMORY)}.")
    print(f"Slowest pattern ({slowest}): {asked[slowest]:.2f} s. Goal {_PATTERN}: {_verdict(asked[slowest] < _PATTERN)}.")
    return [
        Line(f"Imaging extract of {rows:,} examinations"),
        Line("  make it", making),
        Line("  DuckDB alone: read CSV, write Parquet (best of two)", by_itself),
        Line("  ours: read, check, search for people, cut (best of two)", reading),
        Line("  ours: store", saving),
        Line("  ours, once it is stored: add up planned sessions", adding),
        *(Line(f"  pattern: {PATTERNS[name].title}", seconds) for name, seconds in asked.items()),
    ]


def _printed(script: str, *arguments: str) -> list[float]:
    """Figures that a script prints in a fresh process."""
    command = [sys.executable, "-c", script, *arguments]
    answer = subprocess.run(command, cwd=Path(__file__).parents[1], check=True, capture_output=True, text=True).stdout
    return [float(figure) for figure in answer.split()]


def _verdict(kept: bool) -> str:
    return "kept" if kept else "MISSED"
