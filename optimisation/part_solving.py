"""One part of the matrix that shares nothing with the others: solved in full, or quickly from another plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.run import PlanSettings
from optimisation.bounds import PATIENCE, bounds_in_turn, goal_bounds, unmet
from optimisation.clock import Clock
from optimisation.curves import Curve
from optimisation.linear import LinearSolver
from optimisation.matrix import INFINITY, Matrix, Part
from optimisation.passes import CurveCheck, about, aimed_anew, follow_curve, settle
from optimisation.pricing import Instead, Repriced, reprice
from optimisation.probing import Answers, Probe, Unit, ask
from optimisation.quick import Start, quick_plan

_RAISED = 20.0
"""How much a goal is raised over those after it in the search, so that it is not traded against them."""
_ATTEMPTS = 3


@dataclass
class PartAnswer:
    """What came of one part.

    Attributes:
        values, bounds, row_prices, column_prices: as in `Outcome`, of the part.
        proved: what the goals reached in the linear model that the bounds are of.
        seconds, nodes: wall clock inside HiGHS, and nodes of its searches.
        curve: how far the rows of the curve were from it; None without one.
        asked: what more of something would buy, and the next best places.
        repriced: what would come of goals weighed otherwise.
        told: value of the part and its bound, as progress says them.
        relaxed_prices: as in `Outcome`, of the part.
        steps: what a quick answer took; none where the part was solved in full.
        kept: taken from an earlier plan that solved the same part.
    """

    values: np.ndarray
    bounds: np.ndarray
    row_prices: np.ndarray
    column_prices: np.ndarray
    proved: np.ndarray
    seconds: float
    nodes: int
    curve: CurveCheck | None
    asked: Answers
    repriced: list[Repriced]
    told: tuple[float, float]
    relaxed_prices: np.ndarray
    steps: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True)
class Asks:
    """What is asked about one part."""

    part: Part
    curve: Curve | None
    probes: list[Probe]
    units: list[Unit]
    first_goal: int
    raised: Sequence[float]
    begin: Sequence[float]
    insteads: Sequence[Instead]
    start: Start | None


def factors(raised: Sequence[float], goals: int) -> np.ndarray:
    """How much each goal is raised when the search begins."""
    return np.array(raised or [_RAISED if g < goals - 2 else 1.0 for g in range(goals)], dtype=float)


def quick_part(matrix: Matrix, settings: PlanSettings, clock: Clock, asks: Asks, start: Start) -> PartAnswer | None:
    """One part near another plan, without questions around it; None where it must be solved in full.

    The bound of a goal is what it could come to if all that is left to win were won in it.
    """
    goals, number = matrix.goals.toarray(), asks.part.number
    factor = factors(asks.raised, len(goals))
    clock.tell(number, "Starting from the earlier plan", INFINITY, -INFINITY, 0.2)
    found = quick_plan(matrix, settings, clock, asks.curve, factor @ goals, start)
    if found is None:
        return None
    reached = goals @ found.values
    told = _total(goals, factor, found.values, found.bound)
    row_prices, column_prices = found.solver.prices(goals.sum(axis=0), found.values)
    clock.tell(number, "Starting from the earlier plan", *told, 1.0)
    bounds = reached - (found.worth - found.bound) / factor
    return PartAnswer(found.values, bounds, row_prices, column_prices, reached, found.seconds, found.nodes, found.curve, Answers([], []), [], told,
                      found.prices, found.steps)  # fmt: skip


def solve_part(matrix: Matrix, settings: PlanSettings, clock: Clock, asks: Asks) -> PartAnswer:
    """One part: a plan for the weighted goals, raised further where a goal is not yet close to its bound, then prices and what more would buy."""
    goals, number, curve = matrix.goals.toarray(), asks.part.number, asks.curve
    solver = LinearSolver(matrix, settings, clock)
    factor = factors(asks.raised, len(goals))
    first, followed = np.array(asks.begin or factor, dtype=float), None
    if curve is not None:
        followed = follow_curve(solver, curve, first @ goals, lambda: clock.tell(number, "Following the lists", INFINITY, -INFINITY, 0.2))
    values, weighted = solver.minimise(first @ goals)
    if asks.begin and curve is None:
        values, weighted = solver.minimise(factor @ goals, values)
    elif asks.begin and curve is not None:
        followed, values = aimed_anew(solver, curve, followed, first @ goals, factor @ goals, values)
    relaxed_prices = solver.relaxed_prices
    for attempt in range(_ATTEMPTS + 1):
        clock.tell(number, "Looking for a better plan", *_total(goals, factor, values, weighted), 0.5 + attempt / (2 * _ATTEMPTS))
        if asks.begin and curve is not None:  # steep weights leave the later goals no bound worth having: see `bounds_in_turn`
            bounds = np.full(len(goals), -INFINITY)
            break
        bounds, better = goal_bounds(solver, goals, factor, values, weighted)
        far = unmet(goals @ values, bounds, settings.gap)
        if better is None or not len(far) or attempt == _ATTEMPTS or clock.must_stop():
            break
        factor[: far[0] + 1] *= _RAISED
        within = settings.gap / 2 * float(np.abs(goals[far[0] :] @ better).sum())
        values, weighted = solver.minimise(factor @ goals, better, PATIENCE, within)
    proved, around, check = goals @ values, None, None
    if curve is not None:
        values, around, check = settle(solver, curve, followed, factor @ goals, values)
        if asks.begin:
            about(solver, curve, values, near=True)
            bounds, proved = bounds_in_turn(solver, goals, values), goals @ values
            about(solver, curve, around, near=False)
        bounds = np.minimum(bounds, goals @ values)
    clock.tell(number, "Explaining the plan", *_total(goals, factor, values, weighted), 0.9)
    row_prices, column_prices = solver.prices(goals.sum(axis=0), values)
    asked = ask(solver, curve, asks.probes, asks.units, goals, factor @ goals, asks.part.columns, asks.first_goal, around)
    repriced = reprice(solver, curve, asks.insteads, goals, factor, asks.part.columns, around)
    told = _total(goals, factor, values, weighted)
    clock.tell(number, "Explaining the plan", *told, 1.0)
    return PartAnswer(values, bounds, row_prices, column_prices, proved, solver.seconds, solver.nodes, check, asked, repriced, told,
                      relaxed_prices)  # fmt: skip


def _total(goals: np.ndarray, factor: np.ndarray, values: np.ndarray, weighted: float) -> tuple[float, float]:
    """Value of the plan in pounds as planners see it, and its bound at the same scale."""
    value, raised = float((goals @ values).sum()), float(factor @ (goals @ values))
    return value, value - max(raised - weighted, 0.0)
