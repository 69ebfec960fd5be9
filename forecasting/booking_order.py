"""How lists are booked today, read off the weekly bands: who is likely to be seen at which age, and how lists move if that stays so.

Each day everybody on a list grows a day older, additions join, and whoever is seen is drawn from all ages in proportion to a hazard of their age
(discriminatory random order). Strictly in turn is a steep hazard, at random a flat one; lists lie between. The hazards are found from how much
of each cohort is still there a month later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.activity import BANDS, OVER_SIX

LAST_VALUE_SHARE = 0.65
"""Share of a month's projection that the last observed share has; the month after it has this share of that."""

FORECAST_LAST_SHARE = 0.8
"""The same, at least, where additions and examinations are forecast and not given: in the published months nothing beat the last share then, because
organisations answer a growing list."""

_DAYS = 7 * (BANDS - 1)
_NEWTON = 4

_AGE_GROUP = np.clip(np.floor(np.arange(_DAYS) / 7 - 0.5), 0, BANDS - 2).astype(int)
"""Hazard that holds at each age in days: the first to a week and a half, then a week each; patients past the last day have the last one."""

_GROUP_STARTS = np.flatnonzero(np.r_[True, np.diff(_AGE_GROUP) > 0])
_GROUP_OF = np.r_[_AGE_GROUP, BANDS - 1]
"""Hazard of each day waited, and of longer."""

_NOBODY = 1e-9
_MOST_LEAVE = 0.999
"""No more than this share of a list leaves in a day by hazard."""


@dataclass(frozen=True, eq=False)
class BookingOrder:
    """The order in which lists are booked.

    Attributes:
        hazards: chance a week of being seen by age, up to a factor that capacity sets, shape (n, 14).
        removed_share: removals without a test over examinations, shape (n,).
    """

    hazards: np.ndarray
    removed_share: np.ndarray


@dataclass(frozen=True, eq=False)
class Flows:
    """What happens to lists in some months, each shape (n, M), patients a month.

    Attributes:
        joined: additions before removals without a test.
        left: seen, and removed without a test.
        days: of each month, shape (M,).
    """

    joined: np.ndarray
    left: np.ndarray
    days: np.ndarray

    @classmethod
    def of(cls, net: np.ndarray, seen: np.ndarray, removed_share: np.ndarray, days: np.ndarray) -> Flows:
        """From net additions and examinations; both shape (n, M). What a list loses beyond its examinations counts as removed."""
        removed = removed_share[:, None] * seen
        return cls(np.maximum(net, 0) + removed, seen + removed + np.maximum(-net, 0), days)


def project(opening: np.ndarray, order: BookingOrder, net: np.ndarray, seen: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Lists month by month if they are booked in this order.

    Args:
        opening: waiting by whole weeks waited, shape (n, 14), patients.
        order: of the same lists.
        net: net additions, shape (n, M), patients a month.
        seen: examinations from the list, shape (n, M), a month.
        days: of each month, shape (M,).

    Returns:
        Shape (n, M, 14), patients at month ends.
    """
    flows = Flows.of(net, seen, order.removed_share, days)
    result = np.empty((len(opening), net.shape[1], BANDS))
    now = opening
    for m in range(net.shape[1]):
        now = one_month(now, order.hazards, flows.joined[:, m], flows.left[:, m], int(days[m]))
        result[:, m] = now
    return result


def one_month(bands: np.ndarray, hazards: np.ndarray, joined: np.ndarray, left: np.ndarray, days: int) -> np.ndarray:
    """Lists after a month, or any number of equal days; each week's patients are spread evenly over its days.

    Args:
        bands: shape (…, 14), patients.
        hazards: shape (…, 14).
        joined: shape (…), patients in these days.
        left: shape (…), patients in these days; no more leave in a day than wait.
        days: how many.
    """
    return by_weeks(after_days(by_days(bands), hazards, joined, left, days))


def by_days(bands: np.ndarray) -> np.ndarray:
    """Patients by days waited, 0 to 90 and longer, shape (…, 92), from whole weeks waited, shape (…, 14): spread evenly over each week."""
    return np.concatenate([np.repeat(bands[..., :-1] / 7, 7, axis=-1), bands[..., -1:]], axis=-1)


def by_weeks(ages: np.ndarray) -> np.ndarray:
    """Patients by whole weeks waited, shape (…, 14), from days waited, shape (…, 92)."""
    return np.concatenate([ages[..., :_DAYS].reshape(*ages.shape[:-1], BANDS - 1, 7).sum(axis=-1), ages[..., -1:]], axis=-1)


def after_days(
    ages: np.ndarray, hazards: np.ndarray, joined: np.ndarray, left: np.ndarray, days: int, in_turn_share: float | np.ndarray = 0.0
) -> np.ndarray:  # fmt: skip
    """Lists after some equal days.

    Args:
        ages: patients by days waited, shape (…, 92).
        hazards: shape (…, 14).
        joined: shape (…), patients in these days.
        left: shape (…), patients in these days; no more leave in a day than wait.
        days: how many.
        in_turn_share: share of those who leave who are taken strictly in turn, the longest wait first; the others by the hazards. One number, or
            as `left`.
    """
    for _ in range(days):
        ages = a_day(ages, hazards, joined / days, left / days, in_turn_share).ages
    return ages


@dataclass(frozen=True, eq=False)
class Day:
    """A day of lists, with what is needed to say what one patient more would have changed.

    Attributes:
        ages: at its end, patients by days waited, shape (…, 92).
        bookable: after those taken strictly in turn, likewise.
        taken: where these ages lost somebody strictly in turn, likewise.
        hazards: shape (…, 14).
        stay: chance of still being there, by age of `hazards`.
        in_turn_share: of those who leave.
        all_leave: more were to leave than wait, shape (…).
    """

    ages: np.ndarray
    bookable: np.ndarray
    taken: np.ndarray | None
    hazards: np.ndarray
    stay: np.ndarray
    in_turn_share: float | np.ndarray
    all_leave: np.ndarray

    def before(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What one patient more changes in a weighted sum of the lists at the end of the day.

        Args:
            weight: of each age at the end, shape (…, K, 92) for K sums.

        Returns:
            For one more by age at the start, shape (…, K, 92); for one more who joins and for one more who leaves, shape (…, K).
        """
        stay, hazards = self.stay[..., None, _GROUP_OF], self.hazards[..., _GROUP_OF]
        left_by_effort = self.bookable * self.stay[..., _GROUP_OF] * hazards
        effort = np.maximum(left_by_effort.sum(axis=-1), 1e-12)
        price = (weight @ left_by_effort[..., None])[..., 0] / effort[..., None]
        late = np.where(self.all_leave, _MOST_LEAVE, 0.0)[..., None, None]
        weight = weight * stay + price[..., None] * (1 - stay - late)
        leaves = np.where(self.all_leave[..., None], 0.0, -price)
        if self.taken is not None:
            # Whoever is older than the youngest taken leaves anyhow: one more of them spares one of that age, and so does one slot fewer.
            youngest = self.taken.argmax(axis=-1)[..., None, None]
            there = np.take_along_axis(weight, np.broadcast_to(youngest, (*weight.shape[:-1], 1)), axis=-1)
            there = np.where((self.bookable.sum(axis=-1) > _NOBODY)[..., None, None], there, 0.0)
            any_taken = np.asarray(self.taken.any(axis=-1))[..., None]
            weight = np.where(self.taken[..., None, :], there, weight)
            share = np.broadcast_to(np.asarray(self.in_turn_share), self.all_leave.shape)[..., None]
            leaves = (1 - share) * leaves - share * np.where(any_taken, there[..., 0], 0.0)
        earlier = np.concatenate([weight[..., 1:], weight[..., -1:]], axis=-1)
        return earlier, weight[..., 0], leaves


def a_day(ages: np.ndarray, hazards: np.ndarray, joined: np.ndarray, left: np.ndarray, in_turn_share: float | np.ndarray = 0.0) -> Day:
    """Lists a day later; arguments as of `after_days`, of this day alone."""
    longest = ages[..., -1:] + ages[..., -2:-1]
    ages = np.concatenate([joined[..., None], ages[..., : _DAYS - 1], longest], axis=-1)
    taken = None
    if np.any(in_turn_share):
        older = ages[..., ::-1].cumsum(axis=-1)[..., ::-1] - ages
        lost = np.clip((in_turn_share * left)[..., None] - older, 0.0, ages)
        taken, ages = np.asarray(lost > 0), ages - lost
    groups = np.concatenate([np.add.reduceat(ages[..., :_DAYS], _GROUP_STARTS, axis=-1), ages[..., -1:]], axis=-1)
    by_hazard = (1 - in_turn_share) * left
    stay = np.exp(-_intensity(groups, hazards, by_hazard)[..., None] * hazards)
    all_leave = np.asarray(by_hazard > _MOST_LEAVE * groups.sum(axis=-1))
    return Day(ages * stay[..., _GROUP_OF], ages, taken, hazards, stay, in_turn_share, all_leave)


def shared_days(ages: np.ndarray, hazards: np.ndarray, joined: np.ndarray, left: float, days: int) -> np.ndarray:
    """Classes of one list after some equal days: whoever leaves is drawn from all of them together.

    Args:
        ages: patients by class and days waited, shape (U, 92).
        hazards: shape (U, 14).
        joined: shape (U,), patients in these days.
        left: patients of all classes in these days.
        days: how many.
    """
    for _ in range(days):
        ages = np.concatenate([(joined / days)[:, None], ages[:, : _DAYS - 1], ages[:, -1:] + ages[:, -2:-1]], axis=1)
        groups = np.concatenate([np.add.reduceat(ages[:, :_DAYS], _GROUP_STARTS, axis=1), ages[:, -1:]], axis=1)
        intensity = _intensity(groups.ravel(), hazards.ravel(), np.asarray(left / days))
        stay = np.exp(-intensity * hazards)
        ages = ages * stay[:, _GROUP_OF]
    return ages


def _intensity(groups: np.ndarray, hazards: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """How hard a list must be worked for so many to leave, shape (…): by Newton's rule from below for the logarithm of those who stay.

    That is nearly straight however many leave; by the number who leave, the steps fall short where nearly everybody does.
    """
    total = groups.sum(axis=-1)
    leave = np.minimum(leave, _MOST_LEAVE * total)
    found = leave / np.maximum((groups * hazards).sum(axis=-1), 1e-12)
    for _ in range(_NEWTON):
        staying = groups * np.exp(-found[..., None] * hazards)
        left = np.maximum(staying.sum(axis=-1), 1e-300)
        found = found + left * np.log(left / np.maximum(total - leave, 1e-300)) / np.maximum((staying * hazards).sum(axis=-1), 1e-12)
    return np.where(total > _NOBODY, np.maximum(found, 0.0), 0.0)


def share_over_six(bands: np.ndarray) -> np.ndarray:
    """Share of each list that has waited six weeks or more, shape as `bands` without its last axis; 0 for an empty list."""
    total = bands.sum(axis=-1)
    return np.asarray(np.where(total > 0, bands[..., OVER_SIX:].sum(axis=-1) / np.maximum(total, 1e-9), 0.0))


def blended(projected: np.ndarray, last: np.ndarray, least: np.ndarray | float = 0.0) -> np.ndarray:
    """Projected shares drawn to the last observed one, the nearer months more; the order itself is least certain in the first month.

    Args:
        projected: shape (n, M).
        last: shape (n,).
        least: least share of the last observed one in any month, one number or shape (n,).
    """
    nearer = LAST_VALUE_SHARE ** np.arange(1, projected.shape[1] + 1)
    weight = np.maximum(nearer[None, :], np.broadcast_to(np.asarray(least, dtype=float), last.shape)[:, None])
    return np.asarray((1 - weight) * projected + weight * last[:, None])
