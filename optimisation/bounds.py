"""Bounds of goals in order: what no plan can beat in each, and which are still further from it than is allowed."""

from __future__ import annotations

import numpy as np

from optimisation.highs import WHOLE
from optimisation.linear import LinearSolver
from optimisation.matrix import INFINITY

PATIENCE = 20.0
"""Seconds spent on proving one goal's bound with whole counts."""


def goal_bounds(
    solver: LinearSolver, goals: np.ndarray, factor: np.ndarray, values: np.ndarray, weighted: float
) -> tuple[np.ndarray, np.ndarray | None]:  # fmt: skip
    """What no plan can beat in each goal while it keeps the goals before it at what they reached; and a plan that beats this one, if one turns up.

    With goals before g in the objective at their factors, min Σ_{h<g} f_h·goal_h + f_g·goal_g ≥ B means f_g·goal_g ≥ B - Σ_{h<g} f_h·reached_h.
    Counts are relaxed first; where that is not close enough, they are whole. The last goal takes B from the whole plan's
    own bound.
    """
    reached = goals @ values
    bounds = np.minimum(reached, 0.0)
    near_nought = np.maximum(allowed(reached, solver.settings.gap) / 2, WHOLE)
    for g, coefficients in enumerate(goals):
        if not (coefficients < 0).any() and reached[g] <= near_nought[g]:
            continue  # nothing can be below nought, and that is near enough
        if g == len(goals) - 1:
            bounds[g] = _share_of(weighted, reached, factor, g)
            continue
        bounds[g] = -INFINITY
        if solver.clock.must_stop():
            continue
        aim = factor[: g + 1] @ goals[: g + 1]
        bounds[g] = _share_of(solver.relaxed_bound(aim), reached, factor, g)
        if g in unmet(reached, bounds, solver.settings.gap):
            plan, below = solver.minimise(aim, values, PATIENCE, within=factor[g] * allowed(reached, solver.settings.gap)[g] / 2)
            bounds[g] = max(bounds[g], _share_of(below, reached, factor, g))
            if g in unmet(reached, bounds, solver.settings.gap) and float(aim @ plan) < float(aim @ values) - WHOLE:
                return bounds, plan
    return bounds, None


def bounds_in_turn(solver: LinearSolver, goals: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What no plan can beat in each goal that keeps the goals before it, counts and choices relaxed; minus infinity where the search was stopped.

    The goals before it are kept by rows. By weights, what is missing in one goal counts many times over in the next; for goals that were searched in
    one order and are wanted in another, nothing worth having is left.
    """
    reached, bounds = goals @ values, np.full(len(goals), -INFINITY)
    for g, coefficients in enumerate(goals):
        if solver.clock.must_stop():
            break
        solver.hold(goals[:g], reached[:g] + WHOLE * np.maximum(np.abs(reached[:g]), 1.0))
        bounds[g] = min(solver.relaxed_bound(coefficients), float(reached[g]))
        solver.release()
    return bounds


def _share_of(below: float, reached: np.ndarray, factor: np.ndarray, g: int) -> float:
    return float(min((below - factor[:g] @ reached[:g]) / factor[g], reached[g]))


def unmet(reached: np.ndarray, bounds: np.ndarray, gap: float) -> np.ndarray:
    """Goals, but the last, that are further from their bound than is allowed."""
    away = np.maximum(reached - bounds, 0)
    return np.flatnonzero(away[:-1] > allowed(reached, gap)[:-1] + 1e-9)


def allowed(reached: np.ndarray, gap: float) -> np.ndarray:
    """The gap of each goal, or a hundredth of the gap of the whole plan where that is more.

    A goal below nought is one whose constant a part of the matrix leaves out: what it reached says nothing of its size.
    """
    size = np.maximum(reached, 0.0)
    return np.asarray(np.maximum(gap * size, gap / 100 * size.sum()))
