"""How wrong forecasts of the loaded months would have been, beside the plainest methods: what a planner may expect of the months ahead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from data.demand import STREAMS
from data.fields import Field, Kind, Table
from forecasting.methods import shared_profile
from forecasting.methods.conformal import LEAST_MONTHS
from forecasting.months import Months

OURS, LAST_YEAR, LAST_MONTH = "This forecast", "Same month last year", "Last month"
HORIZONS = (1, 3, 6)
MOST_ORIGINS = 12

ERRORS = Table(
    "forecast_errors", "Forecast errors", "Sums of absolute errors and of what happened, over earlier months taken as the last one.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("stream", "Stream", Kind.CHOICE, choices=STREAMS),
        Field("method", "Method", Kind.CHOICE, choices=(OURS, LAST_YEAR, LAST_MONTH)),
        Field("horizon", "Months ahead", Kind.COUNT, minimum=1),
        Field("error", "Sum of absolute errors", Kind.NUMBER, minimum=0),
        Field("happened", "Sum of what happened", Kind.NUMBER),
        Field("origins", "Months taken as the last", Kind.COUNT, minimum=0),
    ),
    key=("organisation", "test", "stream", "method", "horizon"),
)  # fmt: skip


def backtest(months: Months, older_month_weight: float) -> pd.DataFrame:
    """Errors at earlier origins; levels and outliers are those that would have been seen then, profiles those of today.

    Args:
        months: the forecast.
        older_month_weight: weight of a month over that of the month after it.

    Returns:
        Typed frame of `ERRORS`; no rows where too few months are loaded.
    """
    parts = [part for stream in STREAMS for part in _of_stream(months, stream, older_month_weight)]
    return ERRORS.typed(pd.concat(parts, ignore_index=True)) if parts else ERRORS.empty()


def _of_stream(months: Months, stream: str, fading: float) -> Iterator[pd.DataFrame]:
    values, total = months.panel.streams[stream], len(months.panel.periods)
    origins = [o for o in range(LEAST_MONTHS, total) if o >= total - MOST_ORIGINS]
    if not origins:
        return
    guesses = {
        method: np.full((len(origins), len(values), max(HORIZONS)), np.nan) for method in (OURS, LAST_YEAR, LAST_MONTH)
    }  # fmt: skip
    real = np.full(guesses[OURS].shape, np.nan)
    for k, origin in enumerate(origins):
        ahead = min(max(HORIZONS), total - origin)
        real[k, :, :ahead] = values[:, origin : origin + ahead]
        guesses[LAST_MONTH][k] = values[:, origin - 1 : origin]
        for h in range(ahead):
            if origin + h >= 12:
                guesses[LAST_YEAR][k, :, h] = values[:, origin + h - 12]
        for test in months.panel.lists["test"].unique():
            rows = np.flatnonzero(months.panel.lists["test"] == test)
            profile = months.profiles[test, stream]
            load = profile.load(months.calendar, months.panel.periods)
            guesses[OURS][k, rows, :ahead] = shared_profile.from_load(values[rows, :origin], load, profile.growth, ahead, fading)
    # Methods are set against each other over the months that each of them has something to say of.
    known = ~np.isnan(real) & np.all([~np.isnan(g) for g in guesses.values()], axis=0)
    for method, made in guesses.items():
        for h in HORIZONS:
            there = known[:, :, h - 1]
            error = np.where(there, np.abs(made[:, :, h - 1] - real[:, :, h - 1]), 0.0).sum(axis=0)
            happened = np.where(there, real[:, :, h - 1], 0.0).sum(axis=0)
            yield months.panel.lists.assign(
                stream=stream, method=method, horizon=h, error=error, happened=happened, origins=there.any(axis=1).sum()
            )  # fmt: skip
