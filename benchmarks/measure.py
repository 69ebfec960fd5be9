"""What is measured."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from data.assumptions import ASSUMPTIONS
from data.folder import demonstration, example_networks
from data.run import PlanSettings
from data.safe_reading import read_safely
from data.scenario import Scenario, base, do_nothing
from data.store import SINGLE_USER, Store
from portal.checking import check_plan
from portal.commands.networks import example
from portal.exports.plan_files import write_plan
from portal.planning import make_plan

_ROOT = Path(__file__).parents[1]
_OFFICIAL = _ROOT.parent / "shared" / "data" / "dm01" / "raw"
_FRESH_STARTS = 3

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        what: the step in words; a heading where it took no time.
        seconds: wall clock.
        counts: counted as time outside the solver.
        is_solver: time inside the solver, which everything else is compared with.
    """

    what: str
    seconds: float = 0.0
    counts: bool = False
    is_solver: bool = False


def timed(action: Callable[[], _Result]) -> tuple[_Result, float]:
    """What an action gives, and the seconds it took."""
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started


def assuming(scenario: Scenario, name: str, value: float, **where: str) -> Scenario:
    """The scenario with one assumption more changed."""
    row: dict[str, Any] = {f.name: f.empty() for f in ASSUMPTIONS.fields} | {"name": name, "value": value, "reason": "benchmark"} | where
    return scenario.changed(changes=ASSUMPTIONS.typed(pd.concat([scenario.changes, pd.DataFrame([row])], ignore_index=True)))


def planning(folder: Path, weeks: int, gap: float) -> list[Line]:
    """From a stored dataset to written and checked files; one part at a time, so that inside and outside add up to the whole."""
    _, first = timed(_first_plan)
    store = Store.open(f"sqlite:///{folder / 'store.db'}")
    made = example(demonstration())
    stored, saving = timed(lambda: store.save_dataset(SINGLE_USER, made, name="Demonstration"))
    dataset, loading = timed(lambda: store.dataset(SINGLE_USER, stored.id))
    store.close()
    scenario = base(dataset.content_id, weeks)
    plan, whole = timed(lambda: make_plan(dataset, scenario, PlanSettings(gap=gap, threads=1)))
    seconds, size = plan.summary["seconds"], plan.summary["size"]
    together, both = timed(lambda: make_plan(dataset, scenario, PlanSettings(gap=gap, threads=2)))
    _, nothing = timed(lambda: make_plan(dataset, do_nothing(dataset.content_id, weeks), PlanSettings(gap=gap)))
    _, writing = timed(lambda: write_plan(plan, folder / "plan", dataset.network))
    wrong, checking = timed(lambda: check_plan(folder / "plan", dataset, scenario))
    reached = ", ".join(f"{s['name']} {s['gap']:.2%}" for s in plan.summary["stages"])
    shape = f"{size['rows']:,} rows, {size['columns']:,} columns, {size['integers']:,} whole"
    print(f"{made.network.title}, {weeks} weeks: {shape}; {plan.summary['status']}")
    print(f"Gaps: {reached}. With two threads: {together.summary['status']}. The written plan is {'WRONG' if wrong else 'right'}.")
    return [
        Line("One plan, one thread"),
        Line("  load the dataset from the store", loading, counts=True),
        Line("  demand, today's rota, lists without a change", seconds["forecast"], counts=True),
        Line("  build the model and its matrix", seconds["build"], counts=True),
        Line("  around the solver: parts, bounds, reading answers", seconds["solve"] - seconds["in_solver"], counts=True),
        Line("  inside the solver", seconds["in_solver"], is_solver=True),
        Line("  tables, limits, measures", seconds["write"], counts=True),
        Line("  the whole plan, without loading", whole),
        Line("After it"),
        Line("  write CSV, JSON and the workbook", writing),
        Line("  check the written tables anew", checking),
        Line("Beside it"),
        Line("  the same with two threads", both),
        Line("  the plan without a change", nothing),
        Line("  save the dataset in the store", saving),
        Line("  the first plan of a process: a tiny one, and what it loads", first),
    ]


def _first_plan() -> None:
    """Libraries are loaded and prepared by the first plan of a process, whatever its size."""
    dataset = min((example(name) for name in example_networks()), key=lambda d: len(d.network["sites"]))
    make_plan(dataset, base(dataset.content_id, 1))


def reading() -> list[Line]:
    """Official workbooks, each in a limited process of its own; none where the published data are not beside the repository."""
    files = sorted(_OFFICIAL.glob("*.xls"))
    if not files:
        print("No official workbooks beside the repository: reading them is not measured.")
        return []
    each = [timed(lambda path=path: read_safely(path.read_bytes(), path.name, "dm01"))[1] for path in files]  # type: ignore[misc]
    return [Line("Official workbooks"), Line(f"  read one (median of {len(each)})", statistics.median(each))]


def opening_pages() -> list[Line]:
    """Time to import what pages import, in fresh processes."""
    pages = [*(_ROOT / "portal" / "pages").glob("*.py"), *(_ROOT / "portal" / "main").glob("*.py")]
    modules = sorted({name for page in pages for name in _imported(page.read_text("utf-8")) if name.partition(".")[0] in ("portal", "data")})
    cases = {"import Streamlit": ["streamlit"], "import all that pages import": ["streamlit", *modules], "import the command line": ["portal.cli"]}
    return [Line("Fresh processes"), *(Line(f"  {what}", _fresh(names)) for what, names in cases.items())]


def _imported(source: str) -> set[str]:
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _fresh(modules: list[str]) -> float:
    command = [sys.executable, "-c", f"import {', '.join(modules)}"]
    return min(timed(lambda: subprocess.run(command, cwd=_ROOT, check=True, capture_output=True))[1] for _ in range(_FRESH_STARTS))
