"""A quick answer: another plan's choices carried over to a changed problem, its counts chosen anew, and how far that is from the best at most.

Each step is taken only where the ones before it leave more than was asked: the bound that the prices of the other plan give; the relaxation; choices
near the relaxed answer. Where even these leave more than an ordinary search allows, there is no quick answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from data.run import PlanSettings
from optimisation.clock import Clock
from optimisation.curves import Curve, Tangent, told_true
from optimisation.highs import relative_gap
from optimisation.linear import LinearSolver
from optimisation.matrix import INFINITY, Matrix, Part
from optimisation.passes import CurveCheck, keep_near, near_bounds, repaired
from optimisation.rounding import counts_up
from optimisation.weak_duality import bound_by_prices, with_tangent

CARRIED = "choices of the earlier plan, everything else chosen anew"
BY_PRICES = "bound by the prices of the earlier plan"
BY_RELAXATION = "bound by the relaxed problem"
CHOSEN = "choices near the relaxed answer"
IN_FULL = "solved in full"

NEAR_ENOUGH = 0.003
"""Distance from the bound, over the goals in one, at which no further step is taken."""

_MOST_PASSES = 8
_SETTLED = 1e-3
"""Passes end when their rows tell the truth and one changes the goals by less than this share."""

_WIDE, _NARROW = 2.0, 1.0
"""Lists are kept within so many times the room of whole numbers: from pass to pass, and in the problem whose bound is taken (as in a full search)."""


@dataclass(frozen=True, eq=False)
class Start:
    """Another plan, in the positions of a matrix.

    Attributes:
        values: its decisions, shape (columns,).
        prices: of its relaxation, for the goals in one, shape (rows,).
    """

    values: np.ndarray
    prices: np.ndarray

    def part(self, part: Part) -> Start:
        """The same in the positions of a part of the matrix."""
        return Start(self.values[part.columns], self.prices[part.rows])


@dataclass(frozen=True, eq=False)
class QuickPlan:
    """A quick answer of one part.

    Attributes:
        values: the plan, settled, shape (columns,).
        worth: its goals in one.
        bound: what no plan with lists near these can beat.
        steps: what was done for it, in order.
        prices: of the relaxation it was bounded by, shape (rows,).
        curve: how far the rows of the curve were from it; None without one.
        solver: with rows about the plan, lists near it and its choices held.
        seconds, nodes: of everything that was solved.
    """

    values: np.ndarray
    worth: float
    bound: float
    steps: tuple[str, ...]
    prices: np.ndarray
    curve: CurveCheck | None
    solver: LinearSolver
    seconds: float
    nodes: int


def quick_plan(matrix: Matrix, settings: PlanSettings, clock: Clock, curve: Curve | None, aim: np.ndarray, start: Start) -> QuickPlan | None:
    """A plan near another one; None where none was found that is proved to be near enough to the best.

    Args:
        matrix: of one part.
        settings: as for a full search.
        clock: shared with the other parts.
        curve: of the part.
        aim: the goals in one, shape (columns,).
        start: the other plan.
    """
    return _Quick(matrix, settings, clock, curve, aim).answer(start)


@dataclass(frozen=True, eq=False)
class _Carried:
    """A plan with the choices of another."""

    values: np.ndarray
    worth: float
    tangent: Tangent | None
    curve: CurveCheck | None
    solver: LinearSolver


@dataclass(frozen=True, eq=False)
class _Quick:
    """One part that is answered."""

    matrix: Matrix
    settings: PlanSettings
    clock: Clock
    curve: Curve | None
    aim: np.ndarray

    @cached_property
    def free(self) -> LinearSolver:
        """HiGHS on the part with no choice held."""
        return LinearSolver(self.matrix, self.settings, self.clock)

    def answer(self, start: Start) -> QuickPlan | None:
        """As `quick_plan`."""
        plan, steps = self.carried(start.values), [CARRIED]
        if plan is None:  # a lock or a limit forbids the choices
            plan, steps = self.chosen(None if self.curve is None else self.curve.tangent(start.values), start.values), [CHOSEN]
        if plan is None:
            return None
        prices, bound = start.prices, self.by_prices(plan, start.prices)
        if self.near(plan, bound):
            return self.told(plan, bound, [*steps, BY_PRICES], prices)
        relaxed, prices = self.by_relaxation(plan)
        bound = max(bound, relaxed)  # a relaxation that was stopped bounds nothing
        steps.append(BY_RELAXATION)
        if not self.near(plan, bound) and CHOSEN not in steps:
            other = self.chosen(plan.tangent, plan.values)
            if other is not None and other.worth < plan.worth:
                plan = other
                bound, prices = self.by_relaxation(plan)
            steps.append(CHOSEN)
        if relative_gap(plan.worth, bound) > self.settings.gap and not self.clock.must_stop():
            return None
        return self.told(plan, bound, steps, prices)

    def near(self, plan: _Carried, bound: float) -> bool:
        """True where no further step is worth its time, or there is none left."""
        return relative_gap(plan.worth, bound) <= min(NEAR_ENOUGH, self.settings.gap) or self.clock.must_stop()

    def told(self, plan: _Carried, bound: float, steps: list[str], prices: np.ndarray) -> QuickPlan:
        """What is said of a plan."""
        used = [plan.solver, *([self.free] if "free" in self.__dict__ else [])]
        return QuickPlan(plan.values, plan.worth, min(bound, plan.worth), tuple(steps), prices, plan.curve, plan.solver,
                         sum(s.seconds for s in used), sum(s.nodes for s in used))  # fmt: skip

    def carried(self, values: np.ndarray) -> _Carried | None:
        """The choices of a plan, as near as the bounds allow, and everything else chosen anew; None where limits forbid them, or it was stopped."""
        bounds = self.matrix.column_bounds.copy()
        at = self.matrix.whole & ~self.matrix.counted
        bounds[:, at] = np.clip(np.round(values[at]), bounds[0, at], bounds[1, at])
        solver = LinearSolver(replace(self.matrix, column_bounds=bounds), self.settings, self.clock)
        tangent = None
        if self.curve is not None:
            tangent = self.curve.tangent(values)
            solver.touch(self.curve, tangent)
        relaxed, passes = solver.relaxed(self.aim, cold=True), 1
        error, settled = np.zeros(0), False
        least = INFINITY if relaxed is None else float(self.aim @ relaxed)
        while self.curve is not None and relaxed is not None and not settled and passes < _MOST_PASSES:
            last = float(self.aim @ relaxed)
            tangent, before = self.curve.tangent(relaxed), tangent
            error = self.curve.error(before, relaxed, tangent.settled)
            solver.touch(self.curve, tangent)
            keep_near(solver, self.curve, tangent.settled, _WIDE)
            relaxed, passes = solver.relaxed(self.aim), passes + 1
            if relaxed is not None:
                reached = float(self.aim @ relaxed)
                settled = told_true(error) and abs(reached - last) <= _SETTLED * abs(last)
                least = reached if settled else min(least, reached)
        return None if relaxed is None else self._whole(solver, relaxed, tangent, (error, passes, least))

    def _whole(self, solver: LinearSolver, relaxed: np.ndarray, tangent: Tangent | None, passed: tuple[np.ndarray, int, float]) -> _Carried | None:
        """The counts of a relaxed plan made whole; `passed` is how far its rows were from the curve, after how many passes, and the least of them."""
        whole = counts_up(solver, self.aim, relaxed)
        if whole is None:
            return None
        if self.curve is None or tangent is None:
            return _Carried(whole, float(self.aim @ whole), None, None, solver)
        error, passes, least = passed
        linear, enough = self.curve.settled(relaxed), least + NEAR_ENOUGH * abs(least)
        about, after = repaired(solver, self.curve, self.aim, whole, tangent, enough, partial(counts_up, solver, self.aim))
        worth = float(self.aim @ about.settled)
        keep_near(solver, self.curve, about.settled, _WIDE)
        check = CurveCheck(error, after, float(self.aim @ linear), worth, passes)
        return _Carried(about.settled, worth, about, check, solver)

    def chosen(self, tangent: Tangent | None, values: np.ndarray) -> _Carried | None:
        """The choices that the relaxed answer has or leaves open, made whole, and then as `carried`."""
        if self.curve is not None and tangent is not None:
            self.free.touch(self.curve, tangent)
        found, _ = self.free.near_relaxed(self.aim)
        return None if found is None else self.carried(found)

    def by_prices(self, plan: _Carried, prices: np.ndarray) -> float:
        """The bound that prices of another plan give for the problem about this one."""
        rows, sides, columns = self.matrix.rows, self.matrix.row_bounds, self.matrix.column_bounds
        if self.curve is not None and plan.tangent is not None:
            rows, sides = with_tangent(self.matrix, self.curve.rows, self.curve.at_rows, self.curve.at_columns, plan.tangent)
            columns = columns.copy()
            columns[:, self.curve.held] = near_bounds(self.matrix, self.curve, plan.values, _NARROW)
        return bound_by_prices(self.aim, rows, sides, columns, prices, plan.worth)

    def by_relaxation(self, plan: _Carried) -> tuple[float, np.ndarray]:
        """The bound of the relaxed problem about a plan, and its prices."""
        if self.curve is not None and plan.tangent is not None:
            self.free.touch(self.curve, plan.tangent)
            keep_near(self.free, self.curve, plan.values, _NARROW)
        bound = self.free.relaxed_bound(self.aim)
        return bound, self.free.relaxed_prices
