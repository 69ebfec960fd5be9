"""What a goal costs the goals after it: solved again around a plan with that goal weighed otherwise; choices stay, counts are relaxed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimisation.curves import Curve
from optimisation.linear import LinearSolver

_TRIES = 3
"""How often rows are renewed about an answer that is no better than the plan."""


@dataclass(frozen=True)
class Instead:
    """A goal weighed otherwise.

    Attributes:
        goal: its place in the order.
        like: the goal it is raised like; None = it is left out.
    """

    goal: int
    like: int | None


@dataclass(frozen=True, eq=False)
class Repriced:
    """What came of one part of the matrix.

    Attributes:
        instead: what was weighed otherwise.
        columns: of the part in the whole matrix, shape (c,).
        before, after: settled plans with relaxed counts, as the goals are and as they would be weighed, shape (c,).
    """

    instead: Instead
    columns: np.ndarray
    before: np.ndarray
    after: np.ndarray


def reprice(solver: LinearSolver, curve: Curve | None, insteads: Sequence[Instead], goals: np.ndarray, factor: np.ndarray,
            columns: np.ndarray, base: np.ndarray | None) -> list[Repriced]:  # fmt: skip
    """What would come of each goal that is weighed otherwise.

    Args:
        solver: as `LinearSolver.prices` left it.
        curve: of the part.
        insteads: goals weighed otherwise, one at a time.
        goals: shape (goals, columns).
        factor: how much each goal is raised, shape (goals,).
        columns: of the part in the whole matrix.
        base: the plan with relaxed counts that answers are compared with; None = what the solver finds.

    Returns:
        One answer for each of them; none from the one on at which the search was stopped.
    """
    found: list[Repriced] = []
    if not insteads:
        return found
    about = solver.again(factor @ goals)
    if about is None:
        return found
    before = about[0] if base is None else base
    for instead in insteads:
        weights = factor.copy()
        weights[instead.goal] = 0.0 if instead.like is None else factor[instead.like]
        after = None if solver.clock.must_stop() else _best(solver, curve, weights @ goals, before)
        if after is None:
            break
        found.append(Repriced(instead, columns, before, after))
    return found


def _best(solver: LinearSolver, curve: Curve | None, aim: np.ndarray, before: np.ndarray) -> np.ndarray | None:
    """The best plan found for an aim, at least as good as the one before; None where the search was stopped."""
    best = before
    for _ in range(_TRIES if curve is not None else 1):
        again = solver.again(aim)
        if again is None:
            return None
        after = again[0] if curve is None else curve.settled(again[0])
        if float(aim @ after) < float(aim @ best):
            best = after
            break
        if curve is not None:
            solver.touch(curve, curve.tangent(again[0]))
    if curve is not None:
        solver.touch(curve, curve.tangent(before))
    return best
