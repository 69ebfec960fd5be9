"""What a goal costs the goals after it: solved again around a plan with that goal weighed otherwise; choices stay, counts are relaxed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimisation.curves import Curve
from optimisation.linear import LinearSolver
from optimisation.probing import better_than


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
    about = solver.again(factor @ goals) if insteads and base is None else None
    before = base if about is None else about[0]
    if before is None:
        return found
    for instead in insteads:
        weights = factor.copy()
        weights[instead.goal] = 0.0 if instead.like is None else factor[instead.like]
        aim = weights @ goals
        after = None if solver.clock.must_stop() else better_than(before, solver, curve, aim, partial(_plan, solver, aim))
        if after is None:
            break
        found.append(Repriced(instead, columns, before, after))
    return found


def _plan(solver: LinearSolver, aim: np.ndarray) -> np.ndarray | None:
    found = solver.again(aim)
    return None if found is None else found[0]
