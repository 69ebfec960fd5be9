"""Levels that a figure is compared with: of the months beside it, and of its whole series. Arrays of shape (series, months); NaN = not known."""

from __future__ import annotations

import numpy as np

SIDE = 4
"""Months looked at on each side of a month."""

LEAST_SIDE = 2
"""Fewest months of a side that say anything."""


def sides(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median of the months before, and of the months after each month; NaN where a side has too few."""
    nothing = np.full((values.shape[0], SIDE), np.nan)
    padded = np.hstack([nothing, values, nothing])
    size = values.shape[1]
    before = np.stack([padded[:, SIDE - k : SIDE - k + size] for k in range(1, SIDE + 1)])
    after = np.stack([padded[:, SIDE + k : SIDE + k + size] for k in range(1, SIDE + 1)])
    return _median(before), _median(after)


def _median(values: np.ndarray) -> np.ndarray:
    enough = (~np.isnan(values)).sum(axis=0) >= LEAST_SIDE
    filled = np.where(enough, values, 0.0)
    return np.where(enough, np.nanmedian(filled, axis=0), np.nan)


def usual_level(values: np.ndarray, held: np.ndarray) -> np.ndarray:
    """The usual level of each series, the same in every month: what lasts several months, but not most of them, does not change it."""
    known = np.where(held, values, np.nan)
    return np.asarray(np.broadcast_to(np.nanmedian(known, axis=1, keepdims=True), values.shape)) if values.size else values


def log_ratio(values: np.ndarray, level: np.ndarray) -> np.ndarray:
    """How far values are from levels: the log of their ratio, of which zeros too have one."""
    return np.asarray(np.log(values + 0.5) - np.log(level + 0.5))


def beside_level(values: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The level of the nearer side; of the only one where the other is unknown."""
    nearer = np.where(np.abs(log_ratio(values, before)) <= np.abs(log_ratio(values, after)), before, after)
    return np.where(np.isnan(before), after, np.where(np.isnan(after), before, nearer))


def nearer_distance(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The smaller of two distances where both point the same way, zero where they do not, the other where one is unknown."""
    smaller = np.where(np.abs(before) <= np.abs(after), before, after)
    away = np.where(np.sign(before) == np.sign(after), smaller, 0.0)
    return np.where(np.isnan(before), np.where(np.isnan(after), 0.0, after), np.where(np.isnan(after), before, away))
