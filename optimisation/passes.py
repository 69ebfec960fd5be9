"""Planning with a curve: linear passes until the rows tell the truth, whole numbers near that plan, and a repair around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimisation.curves import Curve, Followed, Tangent, follow, told_true
from optimisation.linear import LinearSolver
from optimisation.matrix import Matrix

_MOST_REPAIRS, _MOST_ROUNDS, _NEARER = 5, 3, 0.4
_SAME, _ALIKE = 1e-9, 1e-4
"""A repair may be worse by the second share where its rows tell the truth and those of the plan before it did not."""

_AROUND = 3.0
"""Prices, and what more would buy, are asked within so many times the room of whole numbers."""

_ROOM = 0.05
"""Whole numbers move a column that the curve depends on by up to this share of it from the linear plan, or as far as the last pass could, …"""

_LEAST_ROOM = 10.0
"""… or this much, in its own unit."""


@dataclass(frozen=True, eq=False)
class CurveCheck:
    """How far the rows of the last linear model were from the curve.

    Attributes:
        linear: of the best plan with relaxed whole numbers, by row, shape (r,), in the unit of the curve.
        whole: of the plan that is reported.
        best_linear: the goals of the former in one number, by the curve itself.
        reached: of the latter.
        passes: linear problems solved for the former.
    """

    linear: np.ndarray
    whole: np.ndarray
    best_linear: float
    reached: float
    passes: int


def follow_curve(solver: LinearSolver, curve: Curve, aim: np.ndarray, tell: Callable[[], None]) -> Followed | None:
    """Linear passes; leaves the solver with the rows about the best plan, and what the curve depends on kept near it.

    Args:
        solver: of one part.
        curve: of the same part.
        aim: the goals in one, shape (columns,).
        tell: called after each pass.

    Returns:
        None where the search was stopped before one plan was found: the solver is as it was.
    """

    def solve(tangent: Tangent | None, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
        if tangent is not None:
            solver.touch(curve, tangent)
            solver.keep(curve.held, low, high)
        return solver.relaxed(aim, cold=tangent is None)

    def told(*_: object) -> bool:
        tell()
        return solver.clock.must_stop()

    followed = follow(curve, solve, lambda values: float(aim @ values), solver.matrix.column_bounds[:, curve.held], told)
    if followed is None:
        return None
    solver.touch(curve, followed.tangent)
    keep_near(solver, curve, followed.values, 1.0, followed.reach)
    return followed


def settle(
    solver: LinearSolver, curve: Curve, followed: Followed | None, aim: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, CurveCheck | None]:  # fmt: skip
    """The plan with its whole numbers, the rest chosen again with rows about itself.

    Args:
        solver: of one part.
        curve: of the same part.
        followed: what `follow_curve` found; None = the search was stopped, and the plan is settled as it is.
        aim: the goals in one, shape (columns,).
        values: the plan in whole numbers.

    Returns:
        The plan, every column that follows from it as the curve says; the same with relaxed counts, about which the solver's rows are left, so
        that questions can be asked around it; and how far the rows were from the curve.
    """
    if followed is None:
        settled = curve.settled(values)
        return settled, settled, None
    aimed, best_linear = _Aimed(solver, curve, aim, partial(solver.counts_whole, aim)), float(aim @ followed.values)
    plan = aimed.repaired(aimed.settled(values, followed.tangent))
    for _ in range(_MOST_ROUNDS):
        if plan.worth <= best_linear + solver.settings.gap / 4 * abs(best_linear) or solver.clock.must_stop():
            break
        again = aimed.counted_again(plan)
        if again is None or again.worth >= plan.worth:
            break
        plan = again
    around = aimed.near(aimed.relaxed(plan), _AROUND)
    return plan.tangent.settled, around, CurveCheck(followed.error, plan.error, best_linear, plan.worth, followed.passes)


def repaired(solver: LinearSolver, curve: Curve, aim: np.ndarray, values: np.ndarray, rows: Tangent, enough: float,
             whole: Callable[[np.ndarray], np.ndarray | None]) -> tuple[Tangent, np.ndarray]:  # fmt: skip
    """The whole numbers of a plan, the rest chosen again about it until the rows tell the truth; counts chosen again while it is not good enough.

    Args:
        solver: of one part; its rows are left about the plan that is returned.
        curve: of the same part.
        aim: the goals in one, shape (columns,).
        values: the plan.
        rows: it was solved with.
        enough: what the goals in one may come to.
        whole: makes the counts of a relaxed answer whole; None = nothing was found.

    Returns:
        Rows about the repaired plan, and how far the rows it was solved with were from the curve.
    """
    aimed = _Aimed(solver, curve, aim, whole)
    plan = aimed.repaired(aimed.settled(values, rows))
    for _ in range(_MOST_ROUNDS):
        again = None if plan.worth <= enough or solver.clock.must_stop() else aimed.counted_again(plan)
        if again is None or again.worth >= plan.worth:
            break
        plan = again
    solver.touch(curve, plan.tangent)
    return plan.tangent, plan.error


def followed_by(checks: Sequence[CurveCheck]) -> dict[str, float]:
    """What the passes of all parts came to, as `Outcome.followed` says it."""
    if not checks:
        return {}
    linear, whole = (np.concatenate([getattr(c, name) for c in checks]) for name in ("linear", "whole"))
    best, reached = (sum(getattr(c, name) for c in checks) for name in ("best_linear", "reached"))
    found = {
        "linear_mean": linear.mean(), "linear_worst": linear.max(), "mean": whole.mean(), "worst": whole.max(),
        "above_linear": reached / best - 1 if best else 0.0,
    }  # fmt: skip
    # A search that was stopped after one pass knows nothing of its rows.
    return {"passes": max(c.passes for c in checks)} | {name: float(n) for name, n in found.items() if np.isfinite(n)}


def aimed_anew(
    solver: LinearSolver, curve: Curve, followed: Followed | None, usual: np.ndarray, aim: np.ndarray, values: np.ndarray
) -> tuple[Followed | None, np.ndarray]:  # fmt: skip
    """From a plan in whole numbers that was sought for one aim to one for another, with the same choices.

    Linear passes lead from one to the other: straight from the first plan, rows about it say too little of lists that go another way.

    Args:
        solver: of one part; its rows are left about the linear plan for the new aim.
        curve: of the same part.
        followed: what `follow_curve` found for the first aim; None = the search was stopped, and the plan stays.
        usual: the first aim, shape (columns,).
        aim: the new one.
        values: the plan.

    Returns:
        The linear plan the passes end with, as `settle` asks for it, and the plan in whole numbers.
    """
    if followed is None:
        return None, values
    plan, _, check = settle(solver, curve, followed, usual, values)
    aimed = _Aimed(solver, curve, aim, partial(solver.counts_whole, aim))
    linear = aimed.settled(plan, curve.tangent(plan))
    for _ in range(_MOST_ROUNDS):
        nearer = aimed.relaxed(linear)
        gained = linear.worth - nearer.worth
        linear = nearer
        if gained <= _SAME * abs(linear.worth) or solver.clock.must_stop():
            break
    whole = solver.counts_whole(aim, aimed.near(linear, 1.0))
    error = linear.error if check is None else np.maximum(check.whole, linear.error)
    return Followed(linear.tangent.settled, linear.tangent, np.zeros(len(curve.held)), error, followed.passes), plan if whole is None else whole


def about(solver: LinearSolver, curve: Curve, values: np.ndarray, *, near: bool) -> None:
    """Rows about a settled plan; lists kept near it as for whole numbers, or as when questions are asked around it."""
    solver.touch(curve, curve.tangent(values))
    keep_near(solver, curve, values, 1.0 if near else _AROUND)


@dataclass(frozen=True, eq=False)
class _Settled:
    """A plan with the rows about itself, how far the rows it was solved with were from the curve, and the goals in one."""

    tangent: Tangent
    error: np.ndarray
    worth: float


@dataclass(frozen=True, eq=False)
class _Aimed:
    """What a part is solved for."""

    solver: LinearSolver
    curve: Curve
    aim: np.ndarray
    whole: Callable[[np.ndarray], np.ndarray | None]

    def settled(self, values: np.ndarray, rows: Tangent) -> _Settled:
        """A plan that was solved with some rows."""
        tangent = self.curve.tangent(values)
        return _Settled(tangent, self.curve.error(rows, values, tangent.settled), float(self.aim @ tangent.settled))

    def near(self, plan: _Settled, reach: float) -> np.ndarray:
        """Rows about a plan, lists kept near it; the plan."""
        self.solver.touch(self.curve, plan.tangent)
        keep_near(self.solver, self.curve, plan.tangent.settled, reach)
        return plan.tangent.settled

    def repaired(self, plan: _Settled) -> _Settled:
        """Whole numbers fixed, the rest chosen again about the plan until the rows tell the truth."""
        reach = 1.0
        for _ in range(_MOST_REPAIRS):
            found = self.solver.around(self.aim, self.near(plan, reach))
            if found is None:
                break
            renewed = self.settled(found, plan.tangent)
            allowed = _ALIKE if told_true(renewed.error) and not told_true(plan.error) else _SAME
            if renewed.worth <= plan.worth + allowed * abs(plan.worth):
                plan = renewed
                if told_true(plan.error):
                    break
            reach *= _NEARER
        return plan

    def relaxed(self, plan: _Settled) -> _Settled:
        """Choices fixed, counts relaxed about the plan."""
        reach = 2.0
        for _ in range(_MOST_REPAIRS):
            found = self.solver.around(self.aim, self.near(plan, reach), counts_free=True)
            if found is None:
                break
            renewed = self.settled(found, plan.tangent)
            if renewed.worth < plan.worth:
                plan = renewed
                if told_true(plan.error):
                    break
            reach *= _NEARER
        return plan

    def counted_again(self, plan: _Settled) -> _Settled | None:
        """Choices fixed, counts relaxed about the plan, then whole again near that; None where nothing was found."""
        relaxed = self.relaxed(plan)
        whole = self.whole(self.near(relaxed, 1.0))
        return None if whole is None else self.repaired(self.settled(whole, relaxed.tangent))


def keep_near(solver: LinearSolver, curve: Curve, values: np.ndarray, reach: float, least: np.ndarray | float = 0.0) -> None:
    """Keep what the curve depends on near a plan: see `near_bounds`."""
    solver.keep(curve.held, *near_bounds(solver.matrix, curve, values, reach, least))


def near_bounds(matrix: Matrix, curve: Curve, values: np.ndarray, reach: float, least: np.ndarray | float = 0.0) -> np.ndarray:
    """Bounds of what the curve depends on: within `reach` of the room that whole numbers have, or `least` where that is more; shape (2, h)."""
    low, high = matrix.column_bounds[:, curve.held]
    about = values[curve.held]
    room = np.maximum(reach * np.maximum(_ROOM * about, _LEAST_ROOM), least)
    return np.array([np.maximum(low, np.minimum(about - room, high)), np.minimum(high, np.maximum(about + room, low))])
