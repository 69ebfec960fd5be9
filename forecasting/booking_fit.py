"""Fitting the order in which lists are booked to the weekly bands: from how much of each cohort is still there a month later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.activity import BANDS
from forecasting.booking_order import BookingOrder, Flows, one_month

MOST_REMOVED = 0.8
"""Most removals without a test, over examinations."""

MONTHS, MONTH_WEIGHT = 9, 0.8
"""Months the order is fitted to, and the weight of a month over that of the month after it."""

ROUNDS = 12
LEAST_HAZARD, MOST_HAZARD = 0.01, 6.0
PRIOR_PATIENTS = 40.0
"""Patients that the survival common to a test weighs as much as."""

SMALL = 5.0
"""Patients added to compared counts, so that few patients do not move an order far."""

_WEEKS = 4.35
_STEP = 0.7
_STRENGTH = 0.25


def fit_order(bands: np.ndarray, net: np.ndarray, seen: np.ndarray, days: np.ndarray, tests: np.ndarray) -> BookingOrder:
    """The booking order of lists from their months.

    Args:
        bands: shape (n, T, 14), patients at month ends; NaN where nothing is known.
        net: net additions, shape (n, T), patients a month; NaN where nothing is known.
        seen: examinations from the list, shape (n, T), a month.
        days: of each month, shape (T,).
        tests: which lists are of the same test, shape (n,), any codes.
    """
    known = ~(np.isnan(bands).any(axis=2) | np.isnan(net) | np.isnan(seen))
    known[:, 1:] &= ~np.isnan(bands[:, :-1]).any(axis=2)
    known[:, 0] = False
    history = _History(np.nan_to_num(bands), np.nan_to_num(net), np.nan_to_num(seen), days, known)
    removed = _first_removals(history)
    hazards = _first_hazards(history, removed, tests)
    months = np.arange(max(1, bands.shape[1] - MONTHS), bands.shape[1])
    weights = MONTH_WEIGHT ** (months[-1] - months) * known[:, months]
    for _ in range(ROUNDS):
        hazards, removed = _improved(history, months, weights, hazards, removed)
    return BookingOrder(hazards, removed)


@dataclass(frozen=True, eq=False)
class _History:
    """Months without gaps (0 where nothing is known, which `known` tells)."""

    bands: np.ndarray
    net: np.ndarray
    seen: np.ndarray
    days: np.ndarray
    known: np.ndarray

    @property
    def weeks(self) -> np.ndarray:
        return self.days / 7

    @property
    def recent(self) -> np.ndarray:
        """The last twelve months, or as many as have one before them."""
        months = self.bands.shape[1]
        return np.arange(max(1, months - 12), months)


def _first_removals(history: _History) -> np.ndarray:
    """Removals without a test: those added in the last week and still waiting say that more join than the totals show."""
    last = history.recent
    newest, second = history.bands[:, last, 0], history.bands[:, last, 1]
    joined = newest * np.sqrt(np.maximum(1.0, newest / np.maximum(second, 1.0))) * history.known[:, last]
    net, seen = ((part[:, last] / history.weeks[last] * history.known[:, last]).sum(axis=1) for part in (history.net, history.seen))
    return np.asarray(np.clip((joined.sum(axis=1) - net) / np.maximum(seen, 1e-9), 0.0, 0.6))


def _first_hazards(history: _History, removed: np.ndarray, tests: np.ndarray) -> np.ndarray:
    """Hazards from how many of those added are still waiting at each age, each list drawn to the lists of its test."""
    last = history.recent
    joined = (np.maximum(history.net, 0) + removed[:, None] * history.seen) / history.weeks
    there, came = np.zeros((2, len(joined), BANDS - 1))
    for age in range(BANDS - 1):
        lag = 0 if age < 4 else 1 if age < 9 else 2
        months = last[last - lag >= 1]
        there[:, age], came[:, age] = history.bands[:, months, age].sum(axis=1), joined[:, months - lag].sum(axis=1)
    surviving = _drawn(there, came, tests)
    hazards = np.empty((len(joined), BANDS))
    hazards[:, : BANDS - 2] = np.clip(np.log(np.maximum(surviving[:, :-1], 1e-9) / np.maximum(surviving[:, 1:], 1e-9)), 0.02, 3.0)
    hazards[:, BANDS - 2] = hazards[:, BANDS - 6 : BANDS - 2].mean(axis=1)
    reach = np.cumsum(hazards[:, BANDS - 2 : BANDS - 6 : -1], axis=1)[:, ::-1]
    arriving = (history.bands[:, :, BANDS - 5 : BANDS - 1] * np.exp(-reach)[:, None, :]).sum(axis=2)
    stayed = np.maximum(0.0, history.bands[:, last, -1] - arriving[:, last - 1]).sum(axis=1)
    share = _drawn(stayed[:, None], history.bands[:, last - 1, -1].sum(axis=1)[:, None], tests)[:, 0]
    hazards[:, -1] = np.clip(-np.log(np.clip(share, 1e-3, 0.999)) / _WEEKS, 0.02, 3.0)
    return hazards


def _drawn(part: np.ndarray, whole: np.ndarray, tests: np.ndarray) -> np.ndarray:
    """Shares `part` over `whole`, shape (n, k), each drawn to that of all lists of its test."""
    result = np.empty_like(part)
    for test in np.unique(tests):
        here = tests == test
        common = part[here].sum(axis=0) / np.maximum(whole[here].sum(axis=0), 1e-9)
        result[here] = (part[here] + PRIOR_PATIENTS * common) / (whole[here] + PRIOR_PATIENTS)
    return result


def _improved(
    history: _History, months: np.ndarray, weights: np.ndarray, hazards: np.ndarray, removed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Hazards and removals under which each month, from the real list before it, comes closer to the real list after it."""
    flows = Flows.of(history.net[:, months], history.seen[:, months], removed, history.days[months])
    made = np.empty((len(hazards), len(months), BANDS))
    for days, at in _by_length(flows.days):
        wide = np.broadcast_to(hazards[:, None, :], (len(hazards), len(at), BANDS))
        made[:, at] = one_month(history.bands[:, months[at] - 1], wide, flows.joined[:, at], flows.left[:, at], days)
    real = (history.bands[:, months] * weights[:, :, None]).sum(axis=1) + SMALL
    off = np.log(((made * weights[:, :, None]).sum(axis=1) + SMALL) / real)
    step = (real * off) @ (_PASSED / _PASSED.sum(axis=1, keepdims=True)) / (real @ _PASSED) / np.maximum(hazards, 0.05)
    better = np.clip(hazards * np.exp(np.clip(step, -_STEP, _STEP)), LEAST_HAZARD, MOST_HAZARD)
    weekly = (history.seen[:, months] / history.weeks[months] * weights).sum(axis=1)
    fewer = _STRENGTH * off[:, 0] * (real[:, 0] - SMALL) / np.maximum(weekly, 1e-9)
    return better, np.clip(removed - fewer, 0.0, MOST_REMOVED)


def _by_length(days: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for length in np.unique(days):
        yield int(length), np.flatnonzero(days == length)


def _passed() -> np.ndarray:
    """Weeks that patients of each band at a month end spent under each hazard since the month end before, shape (14, 14)."""
    weeks = np.zeros((BANDS, BANDS))
    for band in range(BANDS):
        first, last = max(0.0, min(band, BANDS - 1) + 0.5 - _WEEKS), band + 0.5
        for age in range(BANDS - 1):
            weeks[band, age] = max(0.0, min(last, age + 1.5) - max(first, age + 0.5 if age else 0.0))
    weeks[-1, -1] = _WEEKS
    return weeks


_PASSED = _passed()
