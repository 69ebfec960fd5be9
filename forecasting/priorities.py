"""One list by priority class: how each class is booked, from a list counted by class, and how the classes move with the whole.

A list of patients shows every class by weeks waited at a date. Where a class thins out faster with age than the list does, its patients are booked
sooner. That is read as if the list had been steady; the mixture of the classes is then drawn to the order in which the whole list is booked, as the
months of the national return show it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.booking_fit import LEAST_HAZARD, MOST_HAZARD, PRIOR_PATIENTS
from forecasting.booking_order import by_days, by_weeks, shared_days

MOST_FASTER = 8.0
"""Most by which a class is taken to be booked sooner or later than its list, as a factor."""


@dataclass(frozen=True, eq=False)
class ClassOrders:
    """How the U classes of one list are booked.

    Attributes:
        hazards: chance a week of being seen by age, up to a factor that capacity sets and that is the same for every class, shape (U, 14).
        joins: each class's share of those who join, shape (U,).
        removed_share: removals without a test over examinations, the same for every class.
    """

    hazards: np.ndarray
    joins: np.ndarray
    removed_share: float


def class_orders(bands: np.ndarray, hazards: np.ndarray, removed_share: float) -> ClassOrders:
    """The orders of the classes of one list.

    Args:
        bands: patients by class and whole weeks waited, shape (U, 14).
        hazards: of the whole list, shape (14,).
        removed_share: of the whole list.
    """
    whole = bands.sum(axis=0)
    likely = whole / max(whole.sum(), 1e-9)
    there = bands + PRIOR_PATIENTS * likely + 1e-6
    thinning, usual = (np.clip(np.log(part[..., :-2] / part[..., 1:-1]), LEAST_HAZARD, MOST_HAZARD) for part in (there, there.sum(axis=0)))
    # How much faster a class thins out than the list does; single weeks of small classes hold few patients, the last ones follow those before.
    faster = np.clip(thinning / usual, 1 / MOST_FASTER, MOST_FASTER)
    smooth = np.exp(np.apply_along_axis(_moving_mean, 1, np.log(faster)))
    raw = np.concatenate([smooth, smooth[:, -1:], smooth[:, -1:]], axis=1) * hazards
    mixed = (there * raw).sum(axis=0) / there.sum(axis=0)
    found = np.clip(raw * (hazards / np.maximum(mixed, 1e-9)), LEAST_HAZARD, MOST_HAZARD)
    came = there[:, 0] * np.exp(found[:, 0] / 2)
    return ClassOrders(found, came / came.sum(), removed_share)


def project_classes(bands: np.ndarray, orders: ClassOrders, additions: np.ndarray, removed: np.ndarray, served: np.ndarray) -> np.ndarray:
    """The classes of one list at week ends, if they are booked so.

    Args:
        bands: on the first day, shape (U, 14), patients.
        orders: of the same classes.
        additions: net of removals without a test, shape (W,), patients a week, of the whole list.
        removed: those by which the list shrinks without a test, shape (W,).
        served: seen from the whole list, shape (W,).

    Returns:
        Shape (U, W, 14), patients.
    """
    ages, found = by_days(bands), []
    for added, lost, seen in zip(additions, removed, served, strict=True):
        without_test = orders.removed_share * seen
        joined, left = orders.joins * (added + without_test), seen + without_test + lost
        ages = shared_days(ages, orders.hazards, joined, left, 7)
        found.append(by_weeks(ages))
    return np.stack(found, axis=1)


def _moving_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each value and its neighbours; single weeks of small classes hold few patients."""
    around = np.pad(values, 1, mode="edge")
    return np.asarray((around[:-2] + around[1:-1] + around[2:]) / 3)
