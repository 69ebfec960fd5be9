"""Intervals of measured figures: where the true figure lies 95 times in 100."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Z = 1.959964
"""Standard errors to either side of a 95 per cent interval."""

Interval = tuple[float, float, float]
"""A measured figure, and the lower and upper end of its interval."""


def share(hits: float, of: float) -> Interval:
    """A share with its Wilson interval; unknown (NaN) where there is nothing to share.

    Args:
        hits: how many of them, from none to all.
        of: how many.
    """
    if of <= 0:
        return math.nan, math.nan, math.nan
    value, z2 = hits / of, Z * Z / of
    middle = (value + z2 / 2) / (1 + z2)
    half = Z * math.sqrt(value * (1 - value) / of + z2 / (4 * of)) / (1 + z2)
    return value, max(min(middle - half, value), 0.0), min(max(middle + half, value), 1.0)


def ratio(upper: Any, lower: Any) -> Interval:
    """A ratio of sums over clusters, with the interval of the linearised ratio: clusters differ, what is inside one hangs together.

    Args:
        upper: what is counted in each cluster, shape (clusters,).
        lower: over what, shape (clusters,); its sum is above 0.

    Returns:
        The interval's ends are NaN where there is one cluster only.
    """
    y, x = np.asarray(upper, dtype=float), np.asarray(lower, dtype=float)
    value = float(y.sum() / x.sum())
    if len(y) < 2:
        return value, math.nan, math.nan
    half = Z * math.sqrt(len(y) / (len(y) - 1) * float(((y - value * x) ** 2).sum())) / float(x.sum())
    return value, max(value - half, 0.0), value + half


def mean(values: Any) -> Interval:
    """A mean with its interval; the ends are NaN where there is one value only."""
    return ratio(values, np.ones(len(values)))
