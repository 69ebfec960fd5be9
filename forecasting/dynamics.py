"""Lists in the order they are booked in today, week by week: the projection for any number seen, and how it answers to one more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from data.activity import OVER_SIX, OVER_THIRTEEN, Activity
from data.network import Network
from forecasting.booking_fit import fit_order
from forecasting.booking_order import BookingOrder, Day, a_day, after_days, by_days, by_weeks
from forecasting.panel import panel_of, without_exchanged

LEAST_STEPS = 3
"""From month to month: fewer tell too little of the order lists are booked in."""

_WEEK = 7


@dataclass(frozen=True, eq=False)
class ListDynamics:
    """Lists of n organisations and tests over W weeks.

    Attributes:
        order: the booking order, fitted to the months.
        opening: on the first Monday, by weeks waited, shape (n, 14), patients.
        additions: net of removals without a test, shape (n, W), patients a week.
        removed: those by which a list shrinks without a test, shape (n, W), patients a week.
        in_turn_share: share of slots booked strictly in turn in place of the present order, one number or shape (n,).
    """

    order: BookingOrder
    opening: np.ndarray
    additions: np.ndarray
    removed: np.ndarray
    in_turn_share: float | np.ndarray = 0.0

    def booked_in_turn(self, share: float | np.ndarray) -> ListDynamics:
        """The same lists with a share of slots booked strictly in turn."""
        return replace(self, in_turn_share=share)

    def some(self, wanted: np.ndarray) -> ListDynamics:
        """Some of the lists; `wanted` holds positions, or True and False in shape (n,)."""
        order = BookingOrder(self.order.hazards[wanted], self.order.removed_share[wanted])
        share = self._shares[wanted]
        return ListDynamics(order, self.opening[wanted], self.additions[wanted], self.removed[wanted], share)

    @property
    def _shares(self) -> np.ndarray:
        return np.broadcast_to(np.asarray(self.in_turn_share, dtype=float), (len(self.opening),))

    @property
    def weights(self) -> np.ndarray:
        """As `data.demand.ListModel` asks."""
        return self.order.hazards

    def over(self, served: np.ndarray, removed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `data.demand.ListModel` asks."""
        return over(replace(self, removed=removed).project(served))

    def answer(self, served: np.ndarray, removed: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `data.demand.ListModel` asks."""
        about = replace(self, removed=removed)
        days = about._days(served)
        bands = np.stack([by_weeks(week[-1].ages) for week in days], axis=1)
        return over(bands)[0], about._answers(days, ends)

    def project(self, served: np.ndarray) -> np.ndarray:
        """Lists at week ends by weeks waited.

        Args:
            served: seen from each list, shape (n, W), patients a week.

        Returns:
            Shape (n, W, 14), patients.
        """
        return np.stack([by_weeks(week[-1].ages) for week in self._days(served)], axis=1)

    def _days(self, served: np.ndarray) -> list[list[Day]]:
        """The days of each week."""
        ages, weeks = by_days(self.opening), []
        without_test = self.order.removed_share[:, None] * served
        joined, left = self.additions + without_test, served + without_test + self.removed
        for w in range(served.shape[1]):
            days: list[Day] = []
            for _ in range(_WEEK):
                days.append(a_day(ages, self.order.hazards, joined[:, w] / _WEEK, left[:, w] / _WEEK, self._shares))
                ages = days[-1].ages
            weeks.append(days)
        return weeks

    def _answers(self, weeks: list[list[Day]], ends: np.ndarray) -> np.ndarray:
        """How many more wait six weeks or longer at some week ends for each one more seen in a week, shape (n, K, W); found backwards in time."""
        found = np.zeros((len(self.opening), len(ends), len(weeks)))
        weight = np.zeros((len(self.opening), len(ends), by_days(self.opening).shape[1]))
        without_test = self.order.removed_share[:, None]
        for w in reversed(range(len(weeks))):
            weight[:, ends == w, _WEEK * OVER_SIX :] = 1.0
            later = ends >= w
            if not later.any():
                continue
            part = weight[:, later]
            for day in reversed(weeks[w]):
                part, joined, left = day.before(part)
                found[:, later, w] += ((1 + without_test) * left + without_test * joined) / _WEEK
            weight[:, later] = part
        return found


@dataclass(frozen=True, eq=False)
class Orders:
    """Present booking orders of lists.

    Attributes:
        lists: organisation and test, n of them.
        order: of the same lists.
    """

    lists: pd.MultiIndex
    order: BookingOrder

    def of(self, lists: pd.MultiIndex) -> BookingOrder:
        """The order of other lists, each its own; one without a history is booked like the mean of all."""
        at = self.lists.get_indexer(lists)
        hazards = np.where((at >= 0)[:, None], self.order.hazards[at], self.order.hazards.mean(axis=0))
        return BookingOrder(hazards, np.where(at >= 0, self.order.removed_share[at], 0.0))


@lru_cache(maxsize=4)
def present_orders(network: Network, activity: Activity) -> Orders | None:
    """The present booking orders of the network's lists, from their months; None where fewer than `LEAST_STEPS` steps between months are loaded."""
    panel, _ = without_exchanged(panel_of(activity, network.organisations, list(network["tests"]["test"])), network, activity)
    panel = panel.some(np.nan_to_num(panel.bands).sum(axis=(1, 2)) > 0)
    if panel.lists.empty or (~np.isnan(panel.streams["additions"])).any(axis=0).sum() < LEAST_STEPS:
        return None
    tests, days = pd.factorize(panel.lists["test"])[0], panel.periods.days_in_month.to_numpy()
    order = fit_order(panel.bands, panel.streams["additions"], panel.streams["waiting_list"], days, tests)
    return Orders(pd.MultiIndex.from_frame(panel.lists), order)


def aged(bands: np.ndarray, order: BookingOrder, days: int, additions: np.ndarray, seen: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """Lists after a few days in their order; flows as in `ListDynamics`, of all these days, shape (n,), patients."""
    if not days:
        return bands
    without_test = order.removed_share * seen
    return by_weeks(after_days(by_days(bands), order.hazards, additions + without_test, seen + without_test + removed, days))


def over(bands: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Waiting over six and over thirteen weeks, from lists by weeks waited; shape as `bands` without its last axis."""
    return bands[..., OVER_SIX:].sum(axis=-1), bands[..., OVER_THIRTEEN:].sum(axis=-1)
