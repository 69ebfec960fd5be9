"""Columns that follow from a plan by a smooth curve: the matrix knows them by rows that touch the curve about one plan, renewed plan by plan.

Each pass solves the linear problem with the rows about the last accepted plan, and keeps the columns the curve depends on near that plan, group by
group: less near where the rows told the truth, nearer where they did not. A plan that is worse by the curve itself is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from optimisation.matrix import Part

LEAST_PASSES, MOST_PASSES, MOST_IDLE = 4, 12, 3
_SETTLED = 1e-3
"""Passes end when one gains less than this share of the goals, and rows and curve agree to `_MEAN` and `_WORST`, in the unit of the curve."""

_MEAN, _WORST = 0.1, 1.0
_TOLD_TRUE, _TOLD_BADLY = 0.5, 2.0
_NEARER, _MUCH_NEARER, _FURTHER = 0.7, 0.4, 1.5
_KEPT, _LEAST_REACH = 0.25, 1.0
"""How much nearer or further a group is kept in the next pass: its rows erred by more than `_TOLD_TRUE`, by more than `_TOLD_BADLY`, or by less."""


@dataclass(frozen=True, eq=False)
class Tangent:
    """Rows that touch the curve about one plan.

    Attributes:
        entries: coefficients, in the order of `Curve.at_rows` and `Curve.at_columns`, shape (k,).
        upper: upper bounds of the rows, shape (r,).
        settled: the plan with every column that follows from it as the curve says, shape (columns,).
    """

    entries: np.ndarray
    upper: np.ndarray
    settled: np.ndarray


class Curve(Protocol):
    """What follows from a plan by a curve."""

    @property
    def rows(self) -> np.ndarray:
        """Positions of its rows in the matrix, shape (r,)."""

    @property
    def at_rows(self) -> np.ndarray:
        """Row of each coefficient, counted within `rows`, shape (k,)."""

    @property
    def at_columns(self) -> np.ndarray:
        """Column of each coefficient in the matrix, shape (k,)."""

    @property
    def held(self) -> np.ndarray:
        """Columns the curve depends on, shape (h,)."""

    @property
    def group(self) -> np.ndarray:
        """Group of each of them, from 0, shape (h,)."""

    @property
    def row_group(self) -> np.ndarray:
        """Group of each row, shape (r,)."""

    def tangent(self, values: np.ndarray) -> Tangent:
        """The rows about a plan, and that plan settled."""

    def settled(self, values: np.ndarray) -> np.ndarray:
        """A plan with every column that follows from it as the curve says."""

    def error(self, tangent: Tangent, values: np.ndarray, settled: np.ndarray) -> np.ndarray:
        """How far rows about another plan are from the curve at this one, shape (r,), in the unit of the curve."""

    def part(self, part: Part) -> Curve | None:
        """The curve of one part of the matrix, in the part's own positions; None where it has no row there."""


@dataclass(frozen=True, eq=False)
class Followed:
    """Where the passes ended.

    Attributes:
        values: the best linear plan, settled.
        tangent: the rows about it.
        reach: how near its held columns are kept for the plan in whole numbers, shape (h,).
        error: how far the rows it was solved with were from the curve, shape (r,).
        passes: how many were solved.
    """

    values: np.ndarray
    tangent: Tangent
    reach: np.ndarray
    error: np.ndarray
    passes: int


def follow(curve: Curve, solve: Callable[[Tangent | None, np.ndarray, np.ndarray], np.ndarray | None], worth: Callable[[np.ndarray], float],
           bounds: np.ndarray, tell: Callable[[int, float, np.ndarray], bool]) -> Followed | None:  # fmt: skip
    """Pass by pass to a plan about which the rows tell the truth.

    Args:
        curve: what follows from a plan.
        solve: a plan for the rows about another one (None = as the matrix has them) within bounds of the held columns (low, high, each shape
            (h,)); None where it was stopped.
        worth: the goals of a settled plan in one number, less is better.
        bounds: of the held columns in the matrix, shape (2, h).
        tell: called after each pass with its number, the best worth and the errors; True ends the passes.

    Returns:
        The best plan; None where not one was solved.
    """
    low, high = bounds
    values = solve(None, low, high)
    if values is None:
        return None
    accepted = curve.tangent(values)
    best, near = worth(accepted.settled), _first_reach(curve, values)
    error, stale = np.full(len(curve.rows), np.inf), 0
    number = 1
    while not tell(number, best, error) and number < MOST_PASSES and stale < MOST_IDLE:
        about = accepted.settled[curve.held]
        reach = near[curve.group]
        found = solve(accepted, np.maximum(low, np.minimum(about - reach, high)), np.minimum(high, np.maximum(about + reach, low)))
        if found is None:
            break
        number += 1
        tangent = curve.tangent(found)
        away = curve.error(accepted, found, tangent.settled)
        reached = worth(tangent.settled)
        gained = best - reached
        told = np.zeros(len(near))
        np.maximum.at(told, curve.row_group, away)
        near = near * np.where(told > _TOLD_BADLY, _MUCH_NEARER, np.where((told > _TOLD_TRUE) | (gained < 0), _NEARER, _FURTHER))
        promised = best - worth(found)
        if gained < _KEPT * promised and np.isfinite(error).all():
            moved = np.zeros(len(near))
            np.maximum.at(moved, curve.group, np.abs(found[curve.held] - about))
            near = np.minimum(near, np.maximum(_MUCH_NEARER * moved, _LEAST_REACH))
        # The first plan was solved with rows about another one, far from it: whatever is near it is known better.
        if gained >= 0 or not np.isfinite(error).all():
            accepted, best, error = tangent, reached, away
        stale = 0 if gained > _SETTLED * abs(best) else stale + 1
        if number >= LEAST_PASSES and gained >= 0 and gained <= _SETTLED * abs(best) and told_true(error):
            tell(number, best, error)
            break
    return Followed(accepted.settled, accepted, near[curve.group], error, number)


def told_true(error: np.ndarray) -> bool:
    """True where rows and curve agree well enough to report a plan."""
    return bool(error.mean() <= _MEAN and error.max() <= _WORST)


def _first_reach(curve: Curve, values: np.ndarray) -> np.ndarray:
    """Half of the largest held column of each group: the first plan may be far off."""
    widest = np.zeros(int(curve.group.max()) + 1)
    np.maximum.at(widest, curve.group, values[curve.held])
    return 0.5 * widest + 1.0
