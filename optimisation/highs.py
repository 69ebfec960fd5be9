"""HiGHS on one part of the matrix: a plan and a bound for one goal, bounds, prices; shared clock, progress and cancelling.

Facts about HiGHS 1.15 that shaped this: the whole integer problem is slow where counts move almost freely, so yes-or-no decisions come first with
counts relaxed, then counts within one of that answer; a basis left by a branch-and-bound is a bad start for a linear problem.
"""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from data.errors import NoPlan
from data.run import PlanSettings
from optimisation.clock import Clock
from optimisation.matrix import INFINITY, Matrix

_LAST_MOMENT = 10.0
"""Seconds for the plan that is kept when the search was stopped before it found one; it takes a fraction of one."""

_LARGE = 5_000
"""Columns from which on the interior point method is faster at a problem nothing like it was solved before."""

_CLOSER = 0.5
"""A plan near the relaxed answer is taken when it is within this share of the gap that is asked for: a longer search finds better ones."""

_CLOSE = 1.25
"""Where there are counts alone and one goal, the search ends when the gap is met with so much to spare: no later goal suffers from it."""

WHOLE = 1e-6
"""Closer than this to a whole number is whole."""


def relative_gap(value: float, bound: float, smallest: float = 1.0) -> float:
    """Distance of a value from its bound, over the value or, where that is more, over the smallest amount that counts."""
    return float(max(value - bound, 0.0) / max(abs(value), smallest, 1.0))


class Solver:
    """HiGHS on one part of the matrix."""

    def __init__(self, matrix: Matrix, settings: PlanSettings, clock: Clock) -> None:
        self.matrix = matrix
        self.clock = clock
        self.settings = settings
        self.seconds = 0.0
        self.nodes = 0
        self.heeding = True
        self.low, self.high = matrix.column_bounds
        self.relaxed_prices = np.zeros(matrix.rows.shape[0])
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("random_seed", settings.seed), ("threads", 1)):
            self.highs.setOptionValue(option, value)
        self.highs.passModel(linear_problem(matrix))
        self.large = matrix.rows.shape[1] > _LARGE
        if self.large:
            self.highs.setOptionValue("mip_lp_solver", "ipm")
        self.choices = matrix.whole & ~matrix.counted
        self.counts = matrix.whole & ~self.choices
        self.counts_for_one_goal = matrix.goals.shape[0] == 1 and not self.choices.any()
        self.highs.HandleUserInterrupt = True
        self.highs.cbMipInterrupt.subscribe(self._interrupt)
        self.highs.cbSimplexInterrupt.subscribe(self._interrupt)
        self.highs.cbIpmInterrupt.subscribe(self._interrupt)

    def _interrupt(self, event: Any) -> None:
        event.interrupt(self.heeding and self.clock.must_stop())

    def minimise(
        self, coefficients: np.ndarray, start: np.ndarray | None = None, seconds: float = INFINITY, within: float | None = None
    ) -> tuple[np.ndarray, float]:  # fmt: skip
        """A good plan for one goal, and a bound no plan can beat.

        Each step is taken only where those before it leave too large a gap: whole numbers of the relaxed answer kept and the others made whole
        around them; then yes-or-no decisions whole with counts relaxed, which gives a better bound, and those decisions fixed with counts whole
        within one of that answer; then the whole problem.

        Args:
            coefficients: what to minimise, shape (columns,).
            start: a plan to improve.
            seconds: most time for the whole problem.
            within: distance to the bound that is close enough, in the unit of the objective; None = the relative gap of the settings.

        Raises:
            NoPlan: none was found and there is no start to fall back on.
        """
        self._aim(coefficients)
        self._close_enough(within)
        near, least = self._near_relaxed()
        close = 1 / _CLOSE if self.counts_for_one_goal else _CLOSER
        if near is not None and float(coefficients @ near) - least <= close * (self.settings.gap * abs(least) if within is None else within):
            return min([x for x in (near, start) if x is not None], key=lambda x: float(coefficients @ x)), least
        if near is not None and self.counts_for_one_goal:  # nothing but the whole problem tells more
            plan, bound = self._everything_whole([near], seconds)
            return min([x for x in (plan, near, start) if x is not None], key=lambda x: float(coefficients @ x)), max(bound, least)
        self._whole(self.choices)
        status = self._run()
        relaxed, bound = self._answer(self.choices.any())
        if relaxed is None and self._let_go():
            return self.minimise(coefficients, start, seconds, within)
        if relaxed is None:
            return (self._without_search(coefficients, status) if start is None else start), -INFINITY
        plan = self._counts_whole(relaxed) if self.counts.any() else relaxed
        known = [x for x in (plan, near, start) if x is not None]
        away = min((float(coefficients @ x) for x in known), default=INFINITY) - bound
        if not known or away > (self.settings.gap * abs(away + bound) if within is None else within):
            plan, other = self._everything_whole(known, seconds)
            bound = max(bound, other)
            known = [x for x in (plan, *known) if x is not None]
        if not known:
            known = [self._without_search(coefficients, self.highs.getModelStatus())]
        return min(known, key=lambda x: float(coefficients @ x)), bound

    def _let_go(self) -> bool:
        """No longer keep columns near another plan, where whole numbers are not possible so near; False where nothing was kept."""
        low, high = self.matrix.column_bounds
        if self.clock.must_stop() or (np.array_equal(self.low, low) and np.array_equal(self.high, high)):
            return False
        self.low, self.high = self.matrix.column_bounds.copy()
        self._bounds(self.low, self.high)
        return True

    def _without_search(self, coefficients: np.ndarray, status: highspy.HighsModelStatus) -> np.ndarray:
        """The plan that does today's whole numbers and chooses the rest: what is kept when the search was stopped before it found one.

        Raises:
            NoPlan: the search was not stopped, or even that plan is not possible.
        """
        if not (self.clock.must_stop() or status == highspy.HighsModelStatus.kTimeLimit):
            raise NoPlan(_why(status))
        low, high = self.matrix.column_bounds.copy()  # not kept near another plan
        whole, start = self.matrix.whole, np.zeros(len(low)) if self.matrix.start is None else self.matrix.start
        low[whole] = high[whole] = np.clip(start[whole], low[whole], high[whole])
        self._bounds(low, high)
        self._whole(np.zeros_like(whole))
        self.highs.clearSolver()
        self._aim(coefficients)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + _LAST_MOMENT)
        self.heeding = False
        self.highs.solve()
        self.heeding = True
        plan, _ = self._answer(False)
        self._bounds(self.low, self.high)
        if plan is None:
            raise NoPlan(_why(status))
        return plan

    def _close_enough(self, within: float | None) -> None:
        part = _CLOSE if self.counts_for_one_goal else 4
        self.highs.setOptionValue("mip_rel_gap", self.settings.gap / part if within is None else 0.0)
        self.highs.setOptionValue("mip_abs_gap", 1e-4 if within is None else max(within / 4, 1e-6))

    def _near_relaxed(self) -> tuple[np.ndarray | None, float]:
        """The relaxed answer with what is not whole made whole around the rest, and its value before; most of it is whole already."""
        self._whole(np.zeros_like(self.matrix.whole))
        self.highs.setOptionValue("solver", "ipm" if self.large and not self.highs.getBasis().valid else "choose")
        self._run()
        self.highs.setOptionValue("solver", "choose")
        self._keep_prices()
        relaxed, bound = self._answer(False)
        if relaxed is None or bound == -INFINITY:
            return None, -INFINITY
        if not self.choices.any():
            return self._counts_whole(relaxed), bound
        low, high = self.low.copy(), self.high.copy()
        at = self.choices & (relaxed == np.round(relaxed))
        low[at] = high[at] = relaxed[at]
        self._bounds(low, high)
        self._whole(self.choices)
        self.highs.clearSolver()
        self._run()
        chosen, _ = self._answer(True)
        self._bounds(self.low, self.high)
        return (chosen if chosen is None or not self.counts.any() else self._counts_whole(chosen)), bound

    def _keep_prices(self) -> None:
        """Remember the prices of rows of the last run, of a problem whose whole numbers are relaxed."""
        solution = self.highs.getSolution()
        if solution.dual_valid:
            self.relaxed_prices = np.array(solution.row_dual)[: self.matrix.rows.shape[0]]  # without rows that are held for a while

    def _counts_whole(self, relaxed: np.ndarray) -> np.ndarray | None:
        low, high = self.low.copy(), self.high.copy()
        low[self.choices] = high[self.choices] = np.round(relaxed[self.choices])
        low[self.counts] = np.maximum(low[self.counts], np.floor(relaxed[self.counts] + WHOLE))
        high[self.counts] = np.minimum(high[self.counts], np.ceil(relaxed[self.counts] - WHOLE))
        self._bounds(low, high)
        self._whole(self.matrix.whole)
        self._run()
        plan, _ = self._answer(True)
        self._bounds(self.low, self.high)
        return plan

    def _everything_whole(self, known: list[np.ndarray], seconds: float) -> tuple[np.ndarray | None, float]:
        self._whole(self.matrix.whole)
        if known:
            solution = highspy.HighsSolution()
            solution.col_value = known[0].tolist()
            self.highs.setSolution(solution)
        self._run(seconds)
        return self._answer(True)

    def _answer(self, mixed: bool) -> tuple[np.ndarray | None, float]:
        """Values (whole numbers made exactly whole) and bound of the last run; no values where it found none."""
        info = self.highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, -INFINITY
        self.nodes += max(int(info.mip_node_count), 0)
        if mixed:
            return self._rounded(), float(info.mip_dual_bound)
        finished = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal  # a linear problem that was stopped has no bound yet
        return self._rounded(), float(info.objective_function_value) if finished else -INFINITY

    def _rounded(self) -> np.ndarray:
        values = np.array(self.highs.getSolution().col_value)
        near = self.matrix.whole & (np.abs(values - np.round(values)) < 1e-4)
        values[near] = np.round(values[near])
        return values

    def _whole(self, which: np.ndarray) -> None:
        at = np.arange(len(which), dtype=np.int32)
        self.highs.changeColsIntegrality(len(at), at, which.astype(np.uint8))

    def _bounds(self, low: np.ndarray, high: np.ndarray) -> None:
        self.highs.changeColsBounds(len(low), np.arange(len(low), dtype=np.int32), low, high)

    def _aim(self, coefficients: np.ndarray) -> None:
        n = len(coefficients)
        self.highs.changeColsCost(n, np.arange(n, dtype=np.int32), coefficients)

    def _run(self, seconds: float = INFINITY) -> highspy.HighsModelStatus:
        self.highs.setOptionValue("time_limit", min(self.clock.left(), seconds) + self.highs.getRunTime())
        before = time.monotonic()
        self.highs.solve()
        self.seconds += time.monotonic() - before
        return self.highs.getModelStatus()


def linear_problem(matrix: Matrix) -> highspy.HighsLp:
    """Rows, columns and their bounds as HiGHS takes them, with nothing to minimise yet and every column a fraction."""
    lp = highspy.HighsLp()
    columns = csc_array(matrix.rows)
    lp.num_row_, lp.num_col_ = matrix.rows.shape
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_, lp.col_upper_ = matrix.column_bounds
    lp.row_lower_, lp.row_upper_ = matrix.row_bounds
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = columns.indptr, columns.indices, columns.data
    return lp


def _why(status: highspy.HighsModelStatus) -> str:
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return "The locked decisions contradict each other or a limit: no plan satisfies them. Loosen the newest lock and try again."
    return "No plan was found in the time allowed. Allow more time, or make the plan shorter."
