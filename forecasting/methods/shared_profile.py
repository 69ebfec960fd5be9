"""Local level, shared profile: each series has a level of its own, and months of the year, working days and growth in common with its kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME
from data.working_days import WorkingDays
from forecasting.methods.profile import Profile

DISCOUNT = BY_NAME["older_month_weight"].default
"""Weight of a month in the level, over the weight of the month after it, where nobody has stated it."""

GROWTH_SHARE = 0.5
"""Share of the common growth a series is expected to follow."""

GROWTH_DAMPING = 0.9
"""Share of a month's growth that the month after it keeps."""

CLIP_DEVIATIONS = 3.0
"""A month further from the median of the months around it counts as if it were just so far."""

_REACH = 3
"""Months on either side of that median."""

_LEAST_DEVIATION = 0.02
_MAD = 1.4826


def forecast(values: np.ndarray, periods: pd.DatetimeIndex, horizon: int, profile: Profile, calendar: WorkingDays) -> np.ndarray:
    """Months ahead of series of one test and stream.

    Args:
        values: shape (n, T), a month; NaN where nothing is known.
        periods: the T months.
        horizon: months ahead.
        profile: what the series have in common.
        calendar: working days.

    Returns:
        Shape (n, horizon), expected values a month; may be below zero where additions were.
    """
    ahead = pd.date_range(periods[-1], periods=horizon + 1, freq="MS")[1:]
    load = profile.load(calendar, periods.append(ahead))
    load = load / load[: len(periods)].mean()
    return from_load(values, load, profile.growth, horizon)


def from_load(values: np.ndarray, load: np.ndarray, growth: float, horizon: int, discount: float = DISCOUNT) -> np.ndarray:
    """`forecast` for months whose load (exposure times season) is known.

    Args:
        values: shape (n, T).
        load: shape (T + horizon,).
        growth: log growth a year.
        horizon: months ahead.
        discount: weight of a month over that of the month after it.
    """
    months = values.shape[1]
    level, age = discounted_level(clipped(values, load[:months]), load[:months], discount)
    steps = GROWTH_DAMPING ** np.arange(1, horizon + 1)
    trend = GROWTH_SHARE * growth / 12 * (age[:, None] + steps.cumsum()[None, :])
    return np.asarray(level[:, None] * load[None, months : months + horizon] * np.exp(trend))


def discounted_level(values: np.ndarray, load: np.ndarray, discount: float = DISCOUNT) -> tuple[np.ndarray, np.ndarray]:
    """Level of each series (shape n, a month of mean load) and the mean age of what it rests on (shape n, months)."""
    months = values.shape[1]
    known = ~np.isnan(values)
    weights = discount ** np.arange(months - 1, -1, -1.0) * known
    under = (weights * load).sum(axis=1)
    safe = np.where(under > 0, under, 1.0)
    level = np.where(under > 0, (weights * np.where(known, values, 0.0)).sum(axis=1) / safe, 0.0)
    age = (weights * load * np.arange(months - 1, -1, -1.0)).sum(axis=1) / safe
    return level, age


def clipped(values: np.ndarray, load: np.ndarray) -> np.ndarray:
    """The series with months that stand out brought to the edge of what their neighbours allow; shape and unit as `values`."""
    low, high = allowed_range(values, load)
    return np.asarray(np.clip(values, low, high))


def allowed_range(values: np.ndarray, load: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and most that each month may be without standing out, both shape (n, T)."""
    rate = values / load
    centre = _moving_median(rate)
    away = np.abs(rate - centre)
    spread = _MAD * _median(away)[:, None] + _LEAST_DEVIATION * np.abs(centre)
    return (centre - CLIP_DEVIATIONS * spread) * load, (centre + CLIP_DEVIATIONS * spread) * load


def _moving_median(rate: np.ndarray) -> np.ndarray:
    """Median of the months around each, shape (n, T); fewer at the ends."""
    around = np.pad(rate, ((0, 0), (_REACH, _REACH)), constant_values=np.nan)
    return _median(np.lib.stride_tricks.sliding_window_view(around, 2 * _REACH + 1, axis=1))


def _median(values: np.ndarray) -> np.ndarray:
    """Median along the last axis; where some are unknown, of the others; 0 where all are."""
    ordered = np.sort(values, axis=-1)  # what is unknown comes last
    known = (~np.isnan(ordered)).sum(axis=-1)[..., None]
    below, above = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, ordered.shape[-1] - 1)
    middle = (np.take_along_axis(ordered, below, axis=-1) + np.take_along_axis(ordered, above, axis=-1))[..., 0] / 2
    return np.where(known[..., 0] > 0, middle, 0.0)
