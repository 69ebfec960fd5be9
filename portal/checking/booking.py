"""Lists replayed in the order they are booked in: one list and one day at a time, and who leaves found by search, not by the model's own rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from data.activity import BANDS

_DAYS = 7 * (BANDS - 1)
_NEARLY_ALL = 0.999
"""Of a list can leave in a day."""

STRICTLY = 1 - 1e-9


@dataclass(frozen=True)
class Booked:
    """How one list is booked.

    Attributes:
        hazards: chance of being seen by age, shape (14,), up to a factor.
        removed_share: removals without a test over examinations.
        in_turn: share of slots booked strictly in turn from the first Monday on.
    """

    hazards: np.ndarray
    removed_share: float
    in_turn: float


def spread(bands: np.ndarray) -> np.ndarray:
    """Patients by days waited, shape (92,), from whole weeks waited, shape (14,)."""
    return np.array([bands[d // 7] / 7 for d in range(_DAYS)] + [bands[-1]])


def weekly(ages: np.ndarray) -> np.ndarray:
    """Patients by whole weeks waited, shape (14,), from days waited, shape (92,)."""
    return np.array([ages[7 * w : 7 * w + 7].sum() for w in range(BANDS - 1)] + [ages[-1]])


def replay(ages: np.ndarray, how: Booked, joined: float, seen: float, removed: float, days: int, *, in_turn: float) -> np.ndarray:
    """A list after some equal days.

    Args:
        ages: by days waited, shape (92,).
        how: the list is booked.
        joined: net of removals that go with examinations, patients in these days.
        seen: patients in these days.
        removed: by which the list shrinks without a test besides, patients in these days.
        days: how many.
        in_turn: share of those who leave who have waited longest.
    """
    hazard = np.append([how.hazards[min(max(int(np.floor(d / 7 - 0.5)), 0), BANDS - 2)] for d in range(_DAYS)], how.hazards[-1])
    without_test = how.removed_share * seen
    for _ in range(days):
        longest = ages[-1] + ages[-2]
        ages = np.concatenate([[(joined + without_test) / days], ages[:-2], [longest]])
        leave = (seen + without_test + removed) / days
        ages = _oldest(ages, in_turn * leave)
        ages = ages * np.exp(-_effort(ages, hazard, (1 - in_turn) * leave) * hazard)
    return ages


def _oldest(ages: np.ndarray, leave: float) -> np.ndarray:
    left = ages.copy()
    for d in range(len(ages) - 1, -1, -1):
        if leave <= 0:
            break
        taken = min(left[d], leave)
        left[d] -= taken
        leave -= taken
    return left


def _effort(ages: np.ndarray, hazard: np.ndarray, leave: float) -> float:
    """The factor by which hazards must be raised for so many to leave."""
    total = float(ages.sum())
    leave = min(leave, _NEARLY_ALL * total)
    if total <= 1e-9 or leave <= 0:
        return 0.0

    def missing(effort: float) -> float:
        return float((ages * -np.expm1(-effort * hazard)).sum()) - leave

    most = leave / float((ages * hazard).sum())
    while missing(most) < 0:
        most *= 2
    return float(brentq(missing, 0.0, most, xtol=1e-13, rtol=1e-13))
