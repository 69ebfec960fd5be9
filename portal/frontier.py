"""Cost against patients over six weeks: the plan, and what less of the target would cost, solved one after another in one run. No Streamlit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.plan import BY_TABLE, over_six
from data.run import PlanSettings, Progress
from optimisation.allocation.booking_curve import booking_curve
from optimisation.allocation.frontier import TARGET_AND_COST, Step, frontier, weighed
from optimisation.allocation.measures import costs, met, met_by_test
from optimisation.allocation.objective import place_of
from optimisation.allocation.problem import Inputs
from optimisation.allocation.result import Solved, tables
from optimisation.matrix import Matrix
from optimisation.solving import Outcome, Spread, Stage, solve_in_order


def one_of(report: Callable[[Progress], None], number: int, steps: int) -> Callable[[Progress], None]:
    """Progress of one plan among several, told as a part of the whole; with one only, it is told as it is."""
    if steps <= 1:
        return report

    def told(progress: Progress) -> None:
        share = None if progress.fraction is None else min((number + progress.fraction) / steps, 1.0)
        report(replace(progress, stage=f"Plan {number + 1} of {steps}: {progress.stage.lower()}", fraction=share))

    return told


def time_of_one(settings: PlanSettings) -> PlanSettings:
    """Settings of one plan among those of the frontier: an equal part of the time."""
    return replace(settings, time_limit=settings.time_limit / max(settings.frontier, 1))


def cost_against_lateness(
    inputs: Inputs, matrix: Matrix, solved: Solved, outcome: Outcome, settings: PlanSettings, report: Callable[[Progress], None],
    cancelled: Callable[[], bool], spread: Spread | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:  # fmt: skip
    """The plan and the steps to the cheapest plan.

    Args:
        inputs: what the problem was made from.
        matrix: of the problem.
        solved: the plan.
        outcome: of its search.
        settings: how many plans at most, and the time for all of them.
        report: told how far the work is.
        cancelled: asked often; True keeps what there is.
        spread: where the independent parts are solved; None = in threads of this process.

    Returns:
        Rows of the table `frontier`; and what is said of it: steps asked for, left out because another is as good in both, and whether it was
        stopped.
    """
    work = _Work(inputs, matrix, solved, outcome.values, settings, report, cancelled, spread)
    gap = next(s.gap for s in outcome.stages if s.name == "cost")
    plan = _measured(inputs, solved, outcome, float("inf"), gap)
    steps = frontier(plan, work.step, settings.frontier)
    rows = [(k, np.nan if np.isinf(s.weight) else s.weight, s.share, s.over_six, s.over_target, s.cost, s.gap, s.status) for k, s in enumerate(steps)]
    said = {"asked": settings.frontier, "left_out": 1 + work.done - len(steps), "status": "cancelled" if work.stopped else "complete"}
    return pd.DataFrame(rows, columns=BY_TABLE["frontier"].columns), said


class _Work:
    """Solves one step after another, each with the whole numbers of the one before to fall back on."""

    def __init__(
        self, inputs: Inputs, matrix: Matrix, plan: Solved, values: np.ndarray, settings: PlanSettings, report: Callable[[Progress], None],
        cancelled: Callable[[], bool], spread: Spread | None,
    ) -> None:  # fmt: skip
        self._inputs, self._matrix, self._problem = inputs, matrix, plan.problem
        self._last = values
        self._settings, self._report, self._cancelled, self._spread = settings, report, cancelled, spread
        self._curve = booking_curve(plan.problem, matrix)
        self.done = 0
        self.stopped = False

    def step(self, weight: float) -> Step | None:
        """The cheapest plan for a weight of the target; None once somebody asked to stop."""
        if self._cancelled():
            self.stopped = True
            return None
        goals, names, factors = weighed(self._matrix, self._problem.emphasis, weight, self._last)
        told = one_of(self._report, self.done + 1, self._settings.frontier)
        outcome = solve_in_order(goals, names, time_of_one(self._settings), told, self._cancelled, self._curve, raised=factors, spread=self._spread)
        if outcome.status == "cancelled":
            self.stopped = True
            return None
        self.done += 1
        self._last = outcome.values
        gap = next(s.gap for s in outcome.stages if s.name == TARGET_AND_COST)
        reached = self._matrix.goals @ outcome.values + self._matrix.constants
        by_goal = replace(outcome, stages=[Stage("", float(v), 0.0, 0.0) for v in reached])
        return _measured(self._inputs, Solved(self._problem, self._matrix, by_goal), by_goal, weight, gap)


def _measured(inputs: Inputs, solved: Solved, outcome: Outcome, weight: float, gap: float) -> Step:
    """A plan as it is shown on the frontier; `outcome` has a stage for each goal of the problem."""
    found = tables(inputs, solved)
    lists = found["waiting_list"].assign(over_six=lambda f: over_six(f))
    counted = {solved.monday(w) for *_, w in solved.problem.sets["measured_tests"]}
    at_ends = lists[lists["week"].isin(counted)]
    over, waiting = float(at_ends["over_six"].sum()), float(at_ends["waiting"].sum())
    late = sum(entry["over_target"] for entry in met_by_test(met(solved, found["waiting_list"])))
    target = outcome.stages[place_of("shortfall", solved.problem.emphasis)].value
    return Step(weight, target, costs(found, solved)["total"], over / max(len(counted), 1), over / waiting if waiting > 0 else 0.0, late, gap,
                outcome.status)  # fmt: skip
