"""HiGHS on linear problems around a plan: passes about a curve, bounds, prices, and what more of something would buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from optimisation.curves import Curve, Tangent
from optimisation.highs import Solver
from optimisation.matrix import INFINITY

if TYPE_CHECKING:
    from optimisation.probing import Probe


_NOTHING = 1e-8
"""HiGHS leaves out smaller coefficients, with a word on each."""


class LinearSolver(Solver):
    """HiGHS on one part of the matrix, whole numbers relaxed or fixed."""

    def keep(self, columns: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Keep some columns within bounds of their own from now on."""
        self.low, self.high = self.matrix.column_bounds.copy()
        self.low[columns], self.high[columns] = low, high
        self._bounds(self.low, self.high)

    def touch(self, curve: Curve, tangent: Tangent) -> None:
        """Renew the rows that touch a curve."""
        entries = np.where(np.abs(tangent.entries) > _NOTHING, tangent.entries, 0.0)
        for row, column, entry in zip(curve.rows[curve.at_rows].tolist(), curve.at_columns.tolist(), entries.tolist(), strict=True):
            self.highs.changeCoeff(row, column, entry)
        for row, upper in zip(curve.rows.tolist(), tangent.upper.tolist(), strict=True):
            self.highs.changeRowBounds(row, -INFINITY, upper)

    def hold(self, rows: np.ndarray, upper: np.ndarray) -> None:
        """Keep some sums of columns to an upper bound, until `release`.

        Args:
            rows: coefficients, shape (k, columns).
            upper: shape (k,).
        """
        for coefficients, most in zip(rows, upper.tolist(), strict=True):
            at = np.flatnonzero(coefficients)
            if len(at):
                scale = np.abs(coefficients[at]).max()
                self.highs.addRow(-INFINITY, most / scale, len(at), at.astype(np.int32), coefficients[at] / scale)

    def release(self) -> None:
        """Let go of what `hold` keeps."""
        rows, here = self.matrix.rows.shape[0], self.highs.getNumRow()
        if here > rows:
            self.highs.deleteRows(here - rows, np.arange(rows, here, dtype=np.int32))

    def relaxed(self, coefficients: np.ndarray, *, cold: bool = False) -> np.ndarray | None:
        """The plan that is best when counts and choices need not be whole; None where the search was stopped.

        Args:
            coefficients: what to minimise, shape (columns,).
            cold: nothing like it was solved before. The interior point method is faster then, and leaves a basis for the next.
        """
        self._whole(np.zeros_like(self.matrix.whole))
        self._aim(coefficients)
        self.highs.setOptionValue("solver", "ipm" if cold and self.large else "simplex")
        status = self._run()
        self.highs.setOptionValue("solver", "choose")
        return np.array(self.highs.getSolution().col_value) if status == highspy.HighsModelStatus.kOptimal else None

    def around(self, coefficients: np.ndarray, values: np.ndarray, *, counts_free: bool = False) -> np.ndarray | None:
        """The best plan with the whole numbers of this one; None where the search was stopped or has none.

        Args:
            coefficients: what to minimise, shape (columns,).
            values: the plan, shape (columns,).
            counts_free: yes-or-no decisions alone are held, counts are relaxed.
        """
        low, high = self.low.copy(), self.high.copy()
        held = self.choices if counts_free else self.matrix.whole
        low[held] = high[held] = np.round(values[held])
        self._bounds(low, high)
        self.highs.clearSolver()
        found = self.relaxed(coefficients)
        self._bounds(self.low, self.high)
        return found

    def counts_whole(self, coefficients: np.ndarray, relaxed: np.ndarray) -> np.ndarray | None:
        """The best plan with the choices of this one and whole counts within one of its counts; None where the search was stopped or has none."""
        self._aim(coefficients)
        self._close_enough(None)
        self.highs.clearSolver()
        return self._counts_whole(relaxed)

    def near_relaxed(self, coefficients: np.ndarray) -> tuple[np.ndarray | None, float]:
        """The relaxed answer with what is not whole made whole around the rest, None where that was not possible; and its value before."""
        self._aim(coefficients)
        self._close_enough(None)
        return self._near_relaxed()

    def within(self, coefficients: np.ndarray, low: np.ndarray, high: np.ndarray, basis: Any) -> tuple[np.ndarray, float, Any] | None:
        """The best plan within other bounds of columns, nothing whole; None where there is none, or the search was stopped.

        Args:
            coefficients: what to minimise, shape (columns,).
            low: lower bounds, shape (columns,).
            high: upper bounds.
            basis: to begin from, as this gave it; None = as the solver thinks best.

        Returns:
            The plan, what it comes to, and its basis.
        """
        self._whole(np.zeros_like(self.matrix.whole))
        self._aim(coefficients)
        self._bounds(low, high)
        self.highs.clearSolver()
        if basis is not None:
            self.highs.setBasis(basis)
        self.highs.setOptionValue("solver", "simplex")
        found = self._run() == highspy.HighsModelStatus.kOptimal
        self.highs.setOptionValue("solver", "choose")
        self._bounds(self.low, self.high)
        return (self._rounded(), float(self.highs.getInfo().objective_function_value), self.highs.getBasis()) if found else None

    def relaxed_bound(self, coefficients: np.ndarray) -> float:
        """The least value of one goal when counts need not be whole."""
        self._whole(np.zeros_like(self.matrix.whole))
        self._aim(coefficients)
        self.highs.clearSolver()
        if self.large:  # nobody asks for its basis
            self.highs.setOptionValue("solver", "ipm")
            self.highs.setOptionValue("run_crossover", "off")
        status = self._run()
        self.highs.setOptionValue("solver", "choose")
        self.highs.setOptionValue("run_crossover", "on")
        self._keep_prices()
        return float(self.highs.getInfo().objective_function_value) if status == highspy.HighsModelStatus.kOptimal else -INFINITY

    def prices(self, coefficients: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Prices of rows and column bounds around the plan: yes-or-no decisions fixed, counts relaxed.

        Returns:
            Prices of rows and of columns; nought where the search was stopped.
        """
        low, high = self.low.copy(), self.high.copy()
        low[self.choices] = high[self.choices] = values[self.choices]
        self.low, self.high = low, high
        self._whole(np.zeros_like(self.matrix.whole))
        self._aim(coefficients)
        self._bounds(low, high)
        self.highs.clearSolver()
        status = self._run()
        solution = self.highs.getSolution()
        if status != highspy.HighsModelStatus.kOptimal or not solution.dual_valid:
            return np.zeros(self.matrix.rows.shape[0]), np.zeros(len(values))
        return np.array(solution.row_dual), np.array(solution.col_dual)

    def again(self, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """The plan `prices` was asked about for another aim, and its prices of rows and columns; None where the search was stopped."""
        self._aim(coefficients)
        if self._run() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.highs.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual), np.array(solution.col_dual)

    def with_more(self, probe: Probe, units: int) -> np.ndarray | None:
        """The plan `again` found with so many units more of something; None where the search was stopped."""
        rows, columns = probe.rows, probe.columns
        upper = self.matrix.row_bounds[1, rows]
        self._rows(rows, upper + units * probe.row_more)
        self._some(columns, self.low[columns], self.high[columns] + units * probe.column_more)
        found = self._run() == highspy.HighsModelStatus.kOptimal
        values = np.array(self.highs.getSolution().col_value) if found else None
        self._rows(rows, upper)
        self._some(columns, self.low[columns], self.high[columns])
        return values

    def without(self, forbidden: np.ndarray, freed: np.ndarray) -> np.ndarray | None:
        """The plan `again` found with some columns at nought and others within their own bounds again; None where there is none."""
        low, high = self.matrix.column_bounds[:, freed]
        self._some(freed, low, high)
        self._some(forbidden, np.zeros(len(forbidden)), np.zeros(len(forbidden)))
        found = self._run() == highspy.HighsModelStatus.kOptimal
        values = np.array(self.highs.getSolution().col_value) if found else None
        self._some(freed, self.low[freed], self.high[freed])
        return values

    def _rows(self, rows: np.ndarray, upper: np.ndarray) -> None:
        for row, most in zip(rows.tolist(), upper.tolist(), strict=True):
            self.highs.changeRowBounds(row, self.matrix.row_bounds[0, row], most)

    def _some(self, columns: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)
