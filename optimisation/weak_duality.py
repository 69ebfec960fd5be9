"""A bound by weak duality: any prices of rows give one, however the problem has changed since they were right."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array

from optimisation.curves import Tangent
from optimisation.matrix import INFINITY, Matrix

_NOTHING = 1e-9
"""A reduced cost below this is noise of arithmetic."""

_ROUNDS = 2
"""Limits of columns that follow from rows are looked for so often: what one finds, the next uses."""


def with_tangent(matrix: Matrix, rows: np.ndarray, at_rows: np.ndarray, at_columns: np.ndarray, tangent: Tangent) -> tuple[csr_array, np.ndarray]:
    """Coefficients and row bounds of a matrix, shape (2, rows), whose rows of a curve touch it about a plan.

    Args:
        matrix: the problem.
        rows: positions of the rows of the curve.
        at_rows: where its coefficients stand, as in `optimisation.curves.Curve`.
        at_columns: the same.
        tangent: what they are.
    """
    others = matrix.rows.tocoo()
    kept = ~np.isin(others.row, rows)
    entries = np.concatenate([others.data[kept], tangent.entries])
    at = np.concatenate([others.row[kept], rows[at_rows]]), np.concatenate([others.col[kept], at_columns])
    bounds = matrix.row_bounds.copy()
    bounds[0, rows], bounds[1, rows] = -INFINITY, tangent.upper
    return csr_array(coo_array((entries, at), shape=others.shape)), bounds


def bound_by_prices(
    aim: np.ndarray, rows: csr_array, row_bounds: np.ndarray, column_bounds: np.ndarray, prices: np.ndarray, known: float
) -> float:  # fmt: skip
    """What no plan better than a known one can beat: Σ price·side + Σ min over its bounds of (aim - prices·rows)·column.

    Whatever the prices are it is a bound, and the nearer they are to those of the relaxation the better it is. A price of a row that has no side to
    pay it counts as nought; a column without a limit gets the one that rows, or being better than the known plan, leave it.

    Args:
        aim: what is minimised, shape (columns,).
        rows: coefficients.
        row_bounds: shape (2, rows).
        column_bounds: shape (2, columns).
        prices: shape (rows,).
        known: what a known plan comes to.

    Returns:
        The bound, minus infinity where the prices give none.
    """
    low, high = row_bounds
    paid = np.where((prices > 0) & (low > -INFINITY) | (prices < 0) & (high < INFINITY), prices, 0.0)
    sides = np.where(paid > 0, low, high)
    reduced = aim - rows.T @ paid
    limits = column_bounds
    if (((reduced < -_NOTHING) & (limits[1] == INFINITY)) | ((reduced > _NOTHING) & (limits[0] == -INFINITY))).any():
        limits = _limits(aim, rows, row_bounds, column_bounds, known)
    at = np.where(reduced > 0, limits[0], limits[1])
    used = np.abs(reduced) > _NOTHING
    return float(paid[paid != 0] @ sides[paid != 0] + reduced[used] @ at[used])


def _limits(aim: np.ndarray, rows: csr_array, row_bounds: np.ndarray, column_bounds: np.ndarray, known: float) -> np.ndarray:
    """Bounds of columns that every plan better than the known one keeps, shape (2, columns)."""
    table = csr_array(rows).tocoo()
    goal = np.flatnonzero(aim)
    at_row = np.concatenate([table.row, np.full(len(goal), rows.shape[0])])
    at_column, entry = np.concatenate([table.col, goal]), np.concatenate([table.data, aim[goal]])
    sides = np.concatenate([row_bounds, [[-INFINITY], [known]]], axis=1)
    low, high = column_bounds.copy()
    for _ in range(_ROUNDS):
        for sign, side in ((1.0, sides[1]), (-1.0, -sides[0])):  # a row from below is one from above with other signs
            _narrow(at_row, at_column, sign * entry, side, low, high)
    return np.array([low, high])


def _narrow(at_row: np.ndarray, at_column: np.ndarray, entry: np.ndarray, most: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Upper bounds from Σ entry·column ≤ most, where all other columns of the row are at what makes it least; changes `high`."""
    up = entry > 0
    least = entry * np.where(up, low[at_column], high[at_column])
    open_ended = np.isinf(least)
    endless, sums = np.zeros(len(most)), np.zeros(len(most))
    np.add.at(endless, at_row, open_ended)
    np.add.at(sums, at_row, np.where(open_ended, 0.0, least))
    limited = up & ~open_ended & (endless[at_row] == 0) & (most[at_row] < INFINITY)
    k = np.flatnonzero(limited)
    np.minimum.at(high, at_column[k], (most[at_row[k]] - sums[at_row[k]] + least[k]) / entry[k])
