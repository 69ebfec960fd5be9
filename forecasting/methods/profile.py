"""What the series of one test and stream have in common: how much other days count, the months of the year, and growth.

Estimated from the sums over many organisations, because one organisation's two years say little about any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME
from data.demand import STREAMS
from data.working_days import WorkingDays
from forecasting.panel import Panel, exposures

OTHER_DAYS = {
    "additions": "other_day_additions", "waiting_list": "other_day_additions", "planned": "other_day_planned", "unscheduled": "other_day_unscheduled",
}  # fmt: skip
"""By stream the assumption that says how much a day that is not a working day counts before any month is seen; what is seen from a list follows what
joins it."""

USUAL_WEIGHT: Mapping[str, float] = {stream: BY_NAME[name].default for stream, name in OTHER_DAYS.items()}
"""The same where nobody has stated it."""

LEAST_MONTHS = 13
"""With fewer months than these nothing is said of seasons or growth: a month of the year seen once or never is not told from chance."""

WEIGHT_SPREAD = 0.25
"""Standard deviation of that weight between tests."""

RATIO_NOISE = 0.03
"""Standard deviation of the ratio of a month to the same month a year before that no exposure explains."""

GROWTH_SPREAD = 0.15
"""Standard deviation of yearly growth between tests and streams."""

SEASON_PENALTY = 1.0
_GRID = np.linspace(0, 1, 41)


@dataclass(frozen=True)
class Profile:
    """Common traits of one test and stream.

    Attributes:
        weight: how much a day that is not a working day counts, 0 to 1.
        growth: log growth a year.
        season: log factor of each month of the year, January first.
    """

    weight: float
    growth: float = 0.0
    season: tuple[float, ...] = (0.0,) * 12

    def load(self, calendar: WorkingDays, periods: pd.DatetimeIndex) -> np.ndarray:
        """Exposure times season of each month, shape as `periods`."""
        factors = np.exp(np.array(self.season))[periods.month.to_numpy() - 1]
        return np.asarray(exposures(calendar, periods, self.weight) * factors)


Profiles = Mapping[tuple[str, str], Profile]
"""By test and stream."""


def fit_profiles(panel: Panel, calendar: WorkingDays, usual: Mapping[str, float] = USUAL_WEIGHT) -> Profiles:
    """Profiles of every test and stream of a panel, from the organisations that are there in every month.

    Args:
        panel: the organisations.
        calendar: working days.
        usual: how much other days count before any month is seen, by stream.
    """
    found: dict[tuple[str, str], Profile] = {}
    for test in panel.lists["test"].unique():
        here = (panel.lists["test"] == test).to_numpy()
        for stream in STREAMS:
            values = panel.streams[stream][here]
            first = 1 if stream == "additions" else 0
            values, periods = values[:, first:], panel.periods[first:]
            whole = ~np.isnan(values).any(axis=1)
            found[test, stream] = fit(values[whole].sum(axis=0), periods, calendar, usual[stream])
    return found


def fit(totals: np.ndarray, periods: pd.DatetimeIndex, calendar: WorkingDays, usual_weight: float) -> Profile:
    """The profile of monthly totals.

    Args:
        totals: shape (T,), examinations or patients a month.
        periods: their months.
        calendar: working days.
        usual_weight: the weight of other days before any month is seen.
    """
    if len(totals) < LEAST_MONTHS or totals.sum() <= 0:
        return Profile(usual_weight)
    logs = np.log(np.maximum(totals, 1.0))
    weight = _weight(logs, periods, calendar, usual_weight)
    level = logs - np.log(exposures(calendar, periods, weight))
    years = (np.arange(len(totals)) - (len(totals) - 1) / 2) / 12
    design = np.zeros((len(totals), 14))
    design[:, 0], design[:, 1] = 1.0, years
    design[np.arange(len(totals)), 1 + periods.month.to_numpy()] = 1.0
    noise = RATIO_NOISE**2 + 1.0 / max(totals.mean(), 1.0)
    penalty = np.diag([0.0, noise / GROWTH_SPREAD**2, *[SEASON_PENALTY] * 12])
    solved = np.linalg.solve(design.T @ design + penalty, design.T @ level)
    return Profile(weight, float(solved[1]), tuple(float(s) for s in solved[2:]))


def _weight(logs: np.ndarray, periods: pd.DatetimeIndex, calendar: WorkingDays, usual: float) -> float:
    """The weight of other days under which the ratios to the same month a year before vary least."""
    if len(logs) < 14:
        return usual
    ratios = logs[12:] - logs[:-12]
    working, every = exposures(calendar, periods, 0.0), exposures(calendar, periods, 1.0)
    explained = np.log(working[:, None] + _GRID * (every - working)[:, None])
    left = ratios[:, None] - (explained[12:] - explained[:-12])
    cost = len(ratios) * left.var(axis=0) + 0.5 * RATIO_NOISE**2 * ((_GRID - usual) / WEIGHT_SPREAD) ** 2
    return float(_GRID[cost.argmin()])
