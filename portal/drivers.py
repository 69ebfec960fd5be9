"""Why two plans differ, step by step: plans between them that take over one change after another. No Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from data.assumptions import ASSUMPTIONS, BY_NAME
from data.frames import content_bytes
from data.run import ALLOCATION, Run
from data.scenario import EMPHASIS_BY_NAME, LEVERS, LOCKS, Scenario
from data.store import Scope
from portal import results, services

_VALUES = [*ASSUMPTIONS.key, "value"]
"""What an assumption does; its reason, owner and confidence change no plan."""

MEASURES = (
    "Patients over the target at the worst month ends", "Over six weeks at the end", "Waiting at the end", "Sessions run",
    "Examined at another organisation", "Bought from providers", "Cost",
)  # fmt: skip


@dataclass(frozen=True)
class Driver:
    """One change on the way from one scenario to another.

    Attributes:
        title: what changes, in words.
        scenario: with it and every change before it.
    """

    title: str
    scenario: Scenario


@dataclass(frozen=True)
class Way:
    """From one plan to another.

    Attributes:
        drivers: in order; none where the plans are of different data or length, or nothing that a plan depends on differs.
        runs: a run for each driver, the last one the second plan; None where that plan was not asked for yet.
    """

    drivers: tuple[Driver, ...]
    runs: tuple[Run | None, ...]

    @property
    def missing(self) -> list[Scenario]:
        """What must be planned first, or again."""
        return [d.scenario for d, run in zip(self.drivers, self.runs, strict=True) if run is None]

    @property
    def complete(self) -> bool:
        """True where every plan between is there."""
        return all(run is not None and run.ended for run in self.runs)


def drivers(left: Scenario, right: Scenario) -> list[Driver]:
    """The changes from one scenario to another: assumptions, levers, locks, emphasis; the last scenario does what the second one does."""
    if (left.dataset_id, left.weeks) != (right.dataset_id, right.weeks):
        return []
    name = f'On the way from "{left.name}" to "{right.name}"'
    description = "Takes over one change after another, so that their plans can be told apart."
    found, now = [], left
    for k, (title, parts) in enumerate(_parts(left, right), start=1):
        now = now.changed(name=f"{name[:90]}, step {k}", description=description, **parts(now))
        found.append(Driver(title, now))
    return found


def way(scope: Scope, left_run: str, right_run: str) -> Way:
    """What is known of the way from one plan to another.

    Raises:
        NotFound: a run is not in the scope.
    """
    left, right = (services.run(scope, run_id) for run_id in (left_run, right_run))
    first, last = (services.scenario(scope, of.scenario_id, of.dataset_id) for of in (left, right))
    found = drivers(first, last)
    planned: dict[str, Run] = {}
    for of in reversed(results.runs(scope, right.dataset_id, ALLOCATION)):  # the newest of each
        solved_alike = of.settings.get("gap") == right.settings.get("gap") and not of.settings.get("start_from")
        if solved_alike and (not of.ended or results.has_plan(scope, of)):
            planned[services.scenario(scope, of.scenario_id, of.dataset_id).content_id] = of
    between = [planned.get(driver.scenario.content_id) for driver in found[:-1]]
    return Way(tuple(found), (*between, right) if found else ())


def plan_between(scope: Scope, known: Way) -> None:
    """Have the plans between computed, as exactly as the last one."""
    last = known.runs[-1]
    if last is None:
        raise ValueError("the way ends in a plan")
    for scenario in known.missing:
        services.start_plan(scope, scenario, gap=float(last.settings["gap"]), time_limit=float(last.settings["time_limit"]))


def steps(scope: Scope, left_run: str, known: Way, measure: str) -> pd.DataFrame:
    """What each change adds to those before it.

    Args:
        scope: on whose behalf.
        left_run: the first plan.
        known: complete.
        measure: one of `MEASURES`.

    Returns:
        step, value (of the plan with it), change, unit; the first and the last row are the two plans.
    """
    ids = [left_run, *(run.id for run in known.runs if run is not None)]
    found = [results.totals(scope, run_id)[measure] for run_id in ids]
    values = [value for value, _ in found]
    rows = [(d.title, after, after - before) for d, before, after in zip(known.drivers, values[:-1], values[1:], strict=True)]
    rows = [("First plan", values[0], values[0]), *rows, ("Second plan", values[-1], values[-1])]
    return pd.DataFrame(rows, columns=["step", "value", "change"]).assign(unit=found[-1][1])


def _parts(left: Scenario, right: Scenario) -> Iterator[tuple[str, Callable[[Scenario], dict[str, Any]]]]:
    """Each difference in words, and how it is taken over."""
    names = dict.fromkeys([*left.changes["name"], *right.changes["name"]])
    for name in sorted(names, key=list(BY_NAME).index):
        mine, theirs = (of.changes[of.changes["name"] == name] for of in (left, right))
        if _content(mine) != _content(theirs):
            yield BY_NAME[name].title, partial(_with_rows, name, theirs)
    for lever in LEVERS:
        used = right.levers[lever.name]
        if left.levers[lever.name] != used:
            yield f"{lever.title} {'may be used' if used else 'not used'}", partial(_with_lever, lever.name, used)
    if content_bytes(LOCKS, left.locks) != content_bytes(LOCKS, right.locks):
        yield "Locked decisions", lambda _: {"locks": right.locks}
    if left.emphasis != right.emphasis:
        yield f"{EMPHASIS_BY_NAME[right.emphasis].title} put first", lambda _: {"emphasis": right.emphasis}


def _with_rows(name: str, rows: pd.DataFrame, now: Scenario) -> dict[str, Any]:
    return {"changes": pd.concat([now.changes[now.changes["name"] != name], rows], ignore_index=True)}


def _with_lever(name: str, used: bool, now: Scenario) -> dict[str, Any]:
    return {"levers": {**now.levers, name: used}}


def _content(changes: pd.DataFrame) -> list[str]:
    return sorted(f"{row}" for row in changes[_VALUES].itertuples(index=False))
