"""Monthly forecasts with their ranges, of every series of a panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demand import STREAMS
from data.working_days import WorkingDays
from forecasting.methods import conformal, shared_profile
from forecasting.methods.conformal import PastErrors, Scale, Spread
from forecasting.methods.profile import Profile, Profiles
from forecasting.panel import Panel

UNUSUAL_CASES, UNUSUAL_SHARE = 20.0, 0.1
"""A month is named as unusual if it is beyond what its neighbours allow by so many cases, and by so large a share of it."""


@dataclass(frozen=True, eq=False)
class MonthlyForecast:
    """Months ahead of every series.

    Attributes:
        central: by stream, shape (n, horizon), expected examinations or patients a month.
        bounds: by stream and column of `conformal.LEVELS`, shape (n, horizon).
        unusual: by stream, shape (n, T): True for a month that stands out, and counted as if it stood at the edge of what its neighbours allow.
    """

    central: Mapping[str, np.ndarray]
    bounds: Mapping[str, Mapping[str, np.ndarray]]
    unusual: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Ranges:
    """What ranges are made with.

    Attributes:
        scales: size of errors common to series of a size, by stream.
        spread: quantiles of scaled errors.
    """

    scales: Mapping[str, Scale]
    spread: Spread


@dataclass(frozen=True, eq=False)
class Group:
    """Series of one test and stream: which rows of the panel they are, their values (n, T), and the load of these months and those ahead."""

    stream: str
    rows: np.ndarray
    values: np.ndarray
    load: np.ndarray
    profile: Profile
    discount: float

    def ahead(self, horizon: int) -> np.ndarray:
        """The forecast, shape (n, horizon)."""
        return shared_profile.from_load(self.values, self.load, self.profile.growth, horizon, self.discount)


def monthly_forecast(
    panel: Panel, profiles: Profiles, calendar: WorkingDays, horizon: int, ranges: Ranges | None = None, discount: float = shared_profile.DISCOUNT
) -> MonthlyForecast:  # fmt: skip
    """Forecast every series of a panel.

    Args:
        panel: at least one month.
        profiles: by test and stream; every test of the panel.
        calendar: working days.
        horizon: months ahead.
        ranges: what ranges are made with; None = learnt from the panel's own past errors.
        discount: weight of a month in the level, over that of the month after it.
    """
    groups = list(_groups(panel, profiles, calendar, horizon, discount))
    errors = [past_errors(g, horizon) for g in groups]
    ranges = ranges or fit_ranges(groups, errors)
    shape = (len(panel.lists), horizon)
    central = {s: np.zeros(shape) for s in STREAMS}
    bounds = {s: {c: np.zeros(shape) for c in conformal.LEVELS} for s in STREAMS}
    unusual = {s: np.zeros(panel.streams[s].shape, dtype=bool) for s in STREAMS}
    for g, error in zip(groups, errors, strict=True):
        made = g.ahead(horizon)
        central[g.stream][g.rows] = made
        scale = conformal.scales(error, ranges.scales[g.stream])
        for column, bound in conformal.ranges(made, scale, ranges.spread).items():
            bounds[g.stream][column][g.rows] = bound if g.stream == "additions" else np.maximum(bound, 0.0)
        unusual[g.stream][g.rows] = _unusual(g)
    return MonthlyForecast(central, bounds, unusual)


def learnt_ranges(panel: Panel, profiles: Profiles, calendar: WorkingDays, horizon: int) -> Ranges:
    """What ranges are made with, from the past errors of a panel of many organisations."""
    groups = list(_groups(panel, profiles, calendar, horizon))
    return fit_ranges(groups, [past_errors(g, horizon) for g in groups])


def fit_ranges(groups: list[Group], errors: list[PastErrors]) -> Ranges:
    """The scale by stream and the spread over all of them."""
    scales = {s: conformal.fit_scale([e for g, e in zip(groups, errors, strict=True) if g.stream == s]) for s in STREAMS}
    own = [conformal.scales(e, scales[g.stream]) for g, e in zip(groups, errors, strict=True)]
    return Ranges(scales, conformal.fit_spread(errors, own))


def _unusual(group: Group) -> np.ndarray:
    """Months that stand out by enough to be named, shape (n, T) of the panel."""
    months = group.values.shape[1]
    low, high = shared_profile.allowed_range(group.values, group.load[:months])
    beyond = np.maximum(low - group.values, group.values - high)
    return np.asarray(beyond > np.maximum(UNUSUAL_CASES, UNUSUAL_SHARE * np.abs(high)))


def past_errors(group: Group, horizon: int) -> PastErrors:
    """Errors of the method at every origin that leaves enough months before it, where the forecast was large enough."""
    months = group.values.shape[1]
    origins = range(conformal.LEAST_MONTHS, months)
    relative = np.full((max(len(origins), 1), len(group.rows), horizon), np.nan)
    for k, origin in enumerate(origins):
        ahead = min(horizon, months - origin)
        made = shared_profile.from_load(group.values[:, :origin], group.load, group.profile.growth, ahead, group.discount)
        # A forecast of next to nothing says nothing of the errors of others: a service that has just begun outgrows it many times over.
        size = np.where(made >= conformal.FLOOR, made, np.nan)
        relative[k, :, :ahead] = (group.values[:, origin : origin + ahead] - made) / size
    known = ~np.isnan(group.values)
    level = np.where(known, group.values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return PastErrors(relative, level)


def _groups(
    panel: Panel, profiles: Profiles, calendar: WorkingDays, horizon: int, discount: float = shared_profile.DISCOUNT
) -> Iterator[Group]:  # fmt: skip
    ahead = pd.date_range(panel.periods[-1], periods=horizon + 1, freq="MS")[1:]
    every = panel.periods.append(ahead)
    for test in panel.lists["test"].unique():
        rows = np.flatnonzero(panel.lists["test"] == test)
        for stream in STREAMS:
            profile = profiles[test, stream]
            yield Group(stream, rows, panel.streams[stream][rows], profile.load(calendar, every), profile, discount)
