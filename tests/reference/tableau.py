"""A simplex on a tableau that holds several goals, each kept while the next is improved. No solver library is used."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

EXACT = 1e-7


def in_order(
    rows: np.ndarray, right: np.ndarray, least: int, goals: np.ndarray, lost: Callable[[np.ndarray], bool] = lambda values: False
) -> tuple[np.ndarray, np.ndarray] | None:
    """The lexicographic minimum of goals·z over rows·z ≤ right (the last `least` rows: ≥), z ≥ 0; right must not be negative.

    Args:
        rows, right, least, goals: the problem.
        lost: told the values of the first goals; where it says so the others do not matter, and are given as infinite.

    Returns:
        Values of the goals and of z; None where no z is feasible.
    """
    m, n = rows.shape
    signs = np.ones(m)
    signs[m - least :] = -1.0
    body = np.hstack([rows, np.diag(signs), np.eye(m)[:, m - least :]])
    base = np.concatenate([np.arange(n, n + m - least), np.arange(n + m, n + m + least)])
    table = np.zeros((m + 1 + len(goals), body.shape[1] + 1))
    table[:m, :-1], table[:m, -1] = body, right
    table[m, :-1] = -body[m - least :].sum(axis=0)
    table[m, n + m : n + m + least] = 0.0
    table[m, -1] = -right[m - least :].sum()
    table[m + 1 :, :n] = goals
    allowed = np.ones(body.shape[1], dtype=bool)
    for goal in range(m, len(table)):
        _descend(table, base, m, goal, allowed)
        if goal == m and -table[m, -1] > 1e-6:
            return None
        if goal > m and lost(-table[m + 1 : goal + 1, -1]):
            return np.append(-table[m + 1 : goal + 1, -1], np.full(len(table) - 1 - goal, np.inf)), np.zeros(n)
        allowed &= table[goal, :-1] <= EXACT
    values = np.zeros(body.shape[1])
    values[base] = table[:m, -1]
    return -table[m + 1 :, -1], values[:n]


def _descend(table: np.ndarray, base: np.ndarray, m: int, goal: int, allowed: np.ndarray) -> None:
    """Simplex steps until no allowed column improves the goal; the first column is taken after many steps, so that it cannot go round in circles."""
    for step in itertools.count():
        costs = table[goal, :-1] * allowed
        entering = int(costs.argmin()) if step < 200 else int((costs < -EXACT).argmax())
        if costs[entering] >= -EXACT:
            return
        column = table[:m, entering]
        ratios = np.full(m, np.inf)
        np.divide(table[:m, -1], column, out=ratios, where=column > 1e-9)
        least = ratios.min()
        assert np.isfinite(least), "a goal without a bound"
        ties = (ratios <= least + 1e-12).nonzero()[0]
        leaving = int(ties[base[ties].argmin()])
        table[leaving] /= table[leaving, entering]
        others = table[:, entering].copy()
        others[leaving] = 0.0
        table -= others[:, None] * table[leaving]
        base[leaving] = entering
