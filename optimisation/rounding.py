"""Counts made whole by rounding up: a fraction of the time of a search for the best whole counts."""

from __future__ import annotations

import numpy as np

from optimisation.highs import WHOLE
from optimisation.linear import LinearSolver

_AT_ONCE, _FEWER = 0.25, 3.0
"""Part of the counts still open that is raised at once; so many times fewer where that was too dear."""

_LITTLE = 5e-4
"""Raising some counts may cost this part of the goals, or fewer are raised at once."""


def counts_up(solver: LinearSolver, aim: np.ndarray, relaxed: np.ndarray) -> np.ndarray | None:
    """A plan with the choices of this one and whole counts within one of its counts; None where the search was stopped or has none.

    Again and again the counts nearest to the next whole number are raised to it, as many at once as leaves a plan that costs little more, and
    everything else is chosen anew: what they bring lets others fall to a whole number by themselves. One that cannot be raised is lowered. Where
    that ends in no plan, the best whole counts are searched for.

    Args:
        solver: of one part.
        aim: the goals in one, shape (columns,).
        relaxed: the answer with counts relaxed and choices whole, shape (columns,).
    """
    low, high, counts = solver.low.copy(), solver.high.copy(), solver.counts
    low[solver.choices] = high[solver.choices] = np.round(relaxed[solver.choices])
    values, worth, basis, size = relaxed, float(aim @ relaxed), None, _AT_ONCE
    while not solver.clock.must_stop():
        low[counts] = np.maximum(low[counts], np.floor(values[counts] + WHOLE))
        high[counts] = np.minimum(high[counts], np.ceil(values[counts] - WHOLE))
        left = np.flatnonzero(counts & (low < high))
        raised = left[np.argsort(low[left] - values[left], kind="stable")][: max(int(size * len(left)), 1)]
        tried = low.copy()
        tried[raised] = high[raised]
        found = solver.within(aim, tried, high, basis)
        if found is not None and (not len(raised) or found[1] - worth <= _LITTLE * abs(worth)):
            (values, worth, basis), low, size = found, tried, _AT_ONCE
            if not len(raised):
                return values
        elif not len(raised):
            break
        elif len(raised) == 1:
            high[raised], size = low[raised], _AT_ONCE / _FEWER
        else:
            size /= _FEWER
    return solver.counts_whole(aim, relaxed)
