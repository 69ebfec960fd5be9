"""Weekly demand from the monthly history: a level per working day, spread over weeks by the calendar.

DM01 holds no weekly data, so the spread within a month cannot be checked against it; the range of a week is at least Poisson.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.dataset import Dataset
from data.demand import DEMAND, Demand
from data.network import ALL_PRIORITIES
from data.working_days import WorkingDays
from forecasting.series import MonthlySeries, monthly_series

_TENTH = 1.2815515655446004
"""Standard deviations from the mean to the 90th percentile of a normal distribution."""

METHOD = (
    "Level of the last months per working day, other days counting in part; additions are activity from the list plus the change of the "
    "list (removals without a test are already taken off)."
)


def weekly_demand(dataset: Dataset, assumptions: Assumptions, weeks: pd.DatetimeIndex) -> Demand:
    """Demand of every organisation and test of the network, week by week.

    Args:
        dataset: needs at least one month of history.
        assumptions: the assumptions in force.
        weeks: the Mondays to forecast.

    Returns:
        Central values with an 80 % range, patients a week. One priority class, `all`. A list that shrank without being seen has its net loss
        as `validated`. Where no two months follow each other, additions are taken equal to activity from the list.
    """
    series = monthly_series(dataset)
    calendar = WorkingDays.of(dataset.network)
    change = _demand_change(assumptions, series.index, weeks)
    parts = [
        _of_kind(kind, values, months, series, calendar, assumptions, weeks, change)
        for kind, values, months in _histories(series, int(assumptions.one("level_months")))
    ]
    rows = DEMAND.typed(pd.concat(parts, ignore_index=True).sort_values(list(DEMAND.key), kind="stable"))
    return Demand(rows, weeks, METHOD, dataset.activity.snapshot_date, np.empty((0, len(rows))))


def _histories(series: MonthlySeries, level_months: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Kind, monthly values (n, k) and month positions (k,), the last `level_months` months of each."""
    net, follows = series.net_additions()
    if not len(follows):
        net, follows = series.done["waiting_list"], np.arange(len(series.periods))
    every = np.arange(len(series.periods))
    histories = [("net", net, follows), ("planned", series.done["planned"], every), ("unscheduled", series.done["unscheduled"], every)]
    return [(kind, values[:, -level_months:], months[-level_months:]) for kind, values, months in histories]


def _of_kind(
    kind: str, values: np.ndarray, months: np.ndarray, series: MonthlySeries, calendar: WorkingDays, assumptions: Assumptions,
    weeks: pd.DatetimeIndex, change: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    weight = assumptions.one("other_day_additions" if kind == "net" else f"other_day_{kind}")
    exposure = np.array([calendar.month_exposure(series.periods[m], weight) for m in months])
    rate = values.sum(axis=1) / exposure.sum()
    spread = _relative_spread(values / exposure, rate)
    week_exposure = calendar.week_exposure(weeks, weight)
    central = np.abs(rate)[:, None] * week_exposure[None, :] * (1 + change)
    half = _TENTH * np.sqrt(central + (central * spread[:, None]) ** 2)
    if kind != "net":
        return _tall(kind, series.index, weeks, central, half)
    grows = rate >= 0
    return pd.concat([
        _tall("additions", series.index, weeks, np.where(grows[:, None], central, 0.0), np.where(grows[:, None], half, 0.0)),
        _tall("validated", series.index, weeks, np.where(grows[:, None], 0.0, central), np.where(grows[:, None], 0.0, half)),
    ])  # fmt: skip


def _relative_spread(rates: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Standard deviation of the monthly rates over their level, shape (n,)."""
    if rates.shape[1] < 2:
        return np.zeros(len(rate))
    deviation = rates.std(axis=1, ddof=1)
    return np.divide(deviation, np.abs(rate), out=np.zeros_like(deviation), where=np.abs(rate) > 0)


def _tall(kind: str, index: pd.MultiIndex, weeks: pd.DatetimeIndex, central: np.ndarray, half: np.ndarray) -> pd.DataFrame:
    n = len(weeks)
    return pd.DataFrame({
        "organisation": np.repeat(index.get_level_values(0), n),
        "test": np.repeat(index.get_level_values(1), n),
        "priority": ALL_PRIORITIES,
        "kind": kind,
        "week": np.tile(weeks, len(index)),
        "central": central.ravel(),
        "low": np.maximum(central - half, 0).ravel(),
        "high": (central + half).ravel(),
    })  # fmt: skip


def _demand_change(assumptions: Assumptions, index: pd.MultiIndex, weeks: pd.DatetimeIndex) -> np.ndarray:
    places = pd.DataFrame({
        "organisation": np.repeat(index.get_level_values(0), len(weeks)),
        "test": np.repeat(index.get_level_values(1), len(weeks)),
        "week": np.tile(weeks, len(index)),
    })  # fmt: skip
    return assumptions.values("demand_change", places).reshape(len(index), len(weeks))
