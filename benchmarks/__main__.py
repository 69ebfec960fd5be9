"""`python -m benchmarks`: one table of ratios and seconds, each with its goal.

Seconds are of this machine at this moment; only the ratios are meant to be compared.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.safe_reading import read_many
from data.scenario import base, do_nothing
from portal.planning import PlanSettings, make_plan

_LARGEST = "lancashire_south_cumbria"
_PUBLISHED = Path(__file__).parent.parent.parent / "shared" / "data" / "dm01" / "raw"


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def plan_rows() -> list[tuple[str, str, str]]:
    """The largest example network, 52 weeks, 1 % gap: the second of two plans, so that nothing is loaded for the first time."""
    folder = example_networks()[_LARGEST]
    load = timed(lambda: read_folder(folder))
    dataset = from_parts(read_folder(folder), file=_LARGEST)
    make_plan(dataset, do_nothing(dataset.content_id, weeks=8), PlanSettings())
    plan = make_plan(dataset, base(dataset.content_id), PlanSettings(gap=0.01))
    seconds = plan.summary["seconds"]
    outside = seconds["forecast"] + seconds["build"] + seconds["write"]
    size = plan.summary["size"]
    return [
        ("time outside HiGHS over time inside, 52 weeks, 1 % gap", f"{outside / seconds['in_solver']:.3f}", "at most 0.15"),
        ("  forecast and lists", f"{seconds['forecast']:.2f} s", ""),
        ("  building the model and its matrix", f"{seconds['build']:.2f} s", ""),
        ("  HiGHS, all parts and goals", f"{seconds['in_solver']:.2f} s", ""),
        ("  tables, limits and measures", f"{seconds['write']:.2f} s", ""),
        ("  solve, wall clock with two threads", f"{seconds['solve']:.2f} s", ""),
        ("reading the network folder over forecast and lists", f"{load / seconds['forecast']:.2f}", ""),
        ("gap of the cost goal", f"{100 * plan.summary['stages'][2]['gap']:.2f} %", "at most 1 %"),
        ("rows × columns (whole numbers)", f"{size['rows']:,} × {size['columns']:,} ({size['integers']:,})", ""),
    ]


def reading_rows() -> list[tuple[str, str, str]]:
    """The official workbooks, each in a process of its own, two at once."""
    files = [(f.name, f.read_bytes()) for f in sorted(_PUBLISHED.glob("*.xls"))]
    if not files:
        return [("reading official workbooks", "not measured: published files absent", "")]
    seconds = timed(lambda: list(read_many(files, "dm01")))
    return [("reading one official workbook, two at once", f"{seconds / len(files):.2f} s", "")]


def start_rows() -> list[tuple[str, str, str]]:
    """What the web process imports before it can show a page, over a bare interpreter."""
    bare = timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    web = timed(lambda: subprocess.run([sys.executable, "-c", "import portal.services, portal.charts.lists"], check=True))
    return [("importing what pages need", f"{web - bare:.2f} s", "under 10 s to the first page")]


def main() -> int:
    """Measure and print."""
    rows = [*plan_rows(), *reading_rows(), *start_rows()]
    width = max(len(name) for name, _, _ in rows)
    for name, value, goal in rows:
        print(f"{name:<{width}}  {value:>28}  {goal}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
