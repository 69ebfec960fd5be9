"""Sample paths of monthly forecasts: whole courses of months that a planner can run a plan against, not ranges of single months.

The range of each month is that of the forecast. How months, streams and tests hang together was measured on the errors of every provider's forecasts,
2024-01 to 2025-03 (`python -m benchmarks.forecasts`): errors of neighbouring months correlate by 0.4 at first and 0.65 a year ahead, as those of a
level that wanders under noise do.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from data.demand import STREAMS
from forecasting.methods.conformal import LEVELS
from forecasting.months import Months

LEVEL, STEP = 0.5, 0.13
"""Variance of the error of the level at the origin, and what each month adds to it, both over the variance of a month's own noise."""

EVERYWHERE, WITHIN_ORGANISATION = 0.04, 0.13
"""Share of the variance that all organisations have in common, by test and stream, and that the tests of one organisation have, by stream."""

JOINED_AND_SEEN = 0.5
"""Correlation of additions and examinations from the list, of one organisation and test."""


def sample_paths(months: Months, count: int, seed: int) -> Mapping[str, np.ndarray]:
    """Courses of the months ahead.

    Args:
        months: the forecast.
        count: how many.
        seed: the same seed gives the same paths.

    Returns:
        By stream, shape (count, n, horizon), examinations or patients a month; additions may be below zero, as their ranges may.
    """
    random = np.random.default_rng(seed)
    lists, horizon = months.panel.lists, len(months.ahead)
    owner, test = (pd.factorize(lists[c])[0] for c in ("organisation", "test"))
    own = {s: _course(random, count, len(lists), horizon) for s in STREAMS}
    own["waiting_list"] = JOINED_AND_SEEN * own["additions"] + np.sqrt(1 - JOINED_AND_SEEN**2) * own["waiting_list"]
    weights = np.sqrt([EVERYWHERE, WITHIN_ORGANISATION, 1 - EVERYWHERE - WITHIN_ORGANISATION])
    result = {}
    for stream in STREAMS:
        everywhere, within = _course(random, count, test.max() + 1, horizon), _course(random, count, owner.max() + 1, horizon)
        score = weights[0] * everywhere[:, test] + weights[1] * within[:, owner] + weights[2] * own[stream]
        made = _at(score, months.made.central[stream], months.made.bounds[stream])
        result[stream] = made if stream == "additions" else np.maximum(made, 0.0)
    return result


def _course(random: np.random.Generator, count: int, series: int, horizon: int) -> np.ndarray:
    """Standard normal scores of months that hang together as the errors of a wandering level under noise, shape (count, series, horizon)."""
    drawn = random.standard_normal((3, count, series, horizon))
    level = np.sqrt(LEVEL) * drawn[0, :, :, :1] + np.sqrt(STEP) * drawn[1].cumsum(axis=-1)
    return np.asarray((level + drawn[2]) / np.sqrt(1 + LEVEL + STEP * np.arange(1, horizon + 1)))


def _at(score: np.ndarray, central: np.ndarray, bounds: Mapping[str, np.ndarray]) -> np.ndarray:
    """The value at each score: straight between the centre and the bounds of a range, and on beyond them."""
    normal = NormalDist()
    knots = sorted([(normal.inv_cdf(share), bounds[column]) for column, share in LEVELS.items()] + [(0.0, central)], key=lambda knot: knot[0])
    value = np.broadcast_to(central, score.shape).copy()
    for (below, low), (above, high) in itertools.pairwise(knots):
        first, last = below == knots[0][0], above == knots[-1][0]
        here = ((score >= below) | first) & ((score < above) | last)
        value = np.where(here, low + (high - low) * (score - below) / (above - below), value)
    return value
