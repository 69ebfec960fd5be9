"""Weekly demand: the forecast of each month, spread over its days as the test's own profile says, with the changes that somebody has named.

DM01 holds no weekly data, so the spread within a month cannot be checked against it; the range of a week is at least that of chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.dataset import Dataset
from data.demand import DEMAND, Demand
from data.network import ALL_PRIORITIES
from forecasting.months import Months, months_ahead

_TENTH = 1.2815515655446004
"""Standard deviations from the mean to the 90th percentile of a normal distribution."""

CHANGES = ("population_change", "guideline_change", "centre_change", "pathway_change", "demand_change")
"""Assumptions that change demand beyond the forecast, in the order in which they are multiplied; the planner's own word comes last."""

METHOD = (
    "Each list's own level of recent months, with the working days, months of the year and half of the growth that all organisations have in common, "
    "spread over the days of each month, and changed as somebody has named. Additions are activity from the list plus the change of the list "
    "(removals without a test are already taken off)."
)

_STREAMS = ("additions", "planned", "unscheduled")


@dataclass(frozen=True, eq=False)
class _Weeks:
    """Weeks of one stream, each array of shape (lists, weeks), patients a week."""

    central: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of_nothing(cls, lists: int, weeks: int) -> _Weeks:
        nothing = np.zeros((lists, weeks))
        return cls(nothing, nothing, nothing)


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
    network = dataset.network
    index = pd.MultiIndex.from_product([network.organisations, list(network["tests"]["test"])], names=["organisation", "test"])
    horizon = max(_months_between(dataset.activity.latest, weeks[-1] + pd.Timedelta(days=6)), 1)
    months = months_ahead(network, dataset.activity, assumptions, horizon)
    change = np.prod(list(changes(assumptions, index, weeks).values()), axis=0)
    parts = [rows for stream in _STREAMS for rows in _of_stream(stream, months, index, weeks, change)]
    rows = DEMAND.typed(pd.concat(parts, ignore_index=True).sort_values(list(DEMAND.key), kind="stable"))
    return Demand(rows, weeks, METHOD, dataset.activity.snapshot_date)


def changes(assumptions: Assumptions, index: pd.MultiIndex, weeks: pd.DatetimeIndex) -> dict[str, np.ndarray]:
    """Factor by which each of `CHANGES` multiplies demand.

    Args:
        assumptions: the assumptions in force.
        index: organisation and test of n lists.
        weeks: Mondays.

    Returns:
        Each of shape (n, weeks).
    """
    places = pd.DataFrame({
        "organisation": np.repeat(index.get_level_values("organisation"), len(weeks)), "test": np.repeat(index.get_level_values("test"), len(weeks)),
        "week": np.tile(weeks, len(index)),
    })  # fmt: skip
    return {name: 1 + assumptions.values(name, places).reshape(len(index), len(weeks)) for name in CHANGES}


def _of_stream(stream: str, months: Months | None, index: pd.MultiIndex, weeks: pd.DatetimeIndex, change: np.ndarray) -> Sequence[pd.DataFrame]:
    """Rows of one stream; of additions those that join, and those by which a list shrinks without a test."""
    found = _spread(stream, months, index, weeks) if months is not None else _Weeks.of_nothing(len(index), len(weeks))
    central = np.abs(found.central) * change
    low, high = (np.abs(bound - found.central) * change for bound in (found.low, found.high))
    chance = _TENTH**2 * central
    low, high = np.maximum(central - np.sqrt(chance + low**2), 0.0), central + np.sqrt(chance + high**2)
    if stream != "additions":
        return [_tall(stream, index, weeks, central, low, high)]
    grows = found.central >= 0
    return [
        _tall(kind, index, weeks, *(np.where(here, values, 0.0) for values in (central, low, high)))
        for kind, here in (("additions", grows), ("validated", ~grows))
    ]  # fmt: skip


def _spread(stream: str, months: Months, index: pd.MultiIndex, weeks: pd.DatetimeIndex) -> _Weeks:
    """Weeks of the lists of `index`, from the months; a list that never had a figure has none."""
    known = pd.MultiIndex.from_frame(months.panel.lists)
    at = index.get_indexer(known)
    values = {"central": months.made.central[stream], **{c: months.made.bounds[stream][f"{c}_80"] for c in ("lower", "upper")}}
    result = {name: np.zeros((len(index), len(weeks))) for name in values}
    for test in months.panel.lists["test"].unique():
        rows = np.flatnonzero(months.panel.lists["test"] == test)
        shares = week_shares(months, test, stream, weeks)
        for name, monthly in values.items():
            result[name][at[rows]] = monthly[rows] @ shares
    return _Weeks(result["central"], result["lower"], result["upper"])


def week_shares(months: Months, test: str, stream: str, weeks: pd.DatetimeIndex) -> np.ndarray:
    """The share of each month ahead that falls into each week, by the exposure of its days; shape (horizon, weeks)."""
    weight = months.profiles[test, stream].weight
    days = weeks.to_numpy().astype("datetime64[D]")[:, None] + np.arange(7)
    exposure = months.calendar.exposure(days, weight)
    month = days.astype("datetime64[M]")
    whole = np.array([months.calendar.month_exposure(m, weight) for m in months.ahead])
    here = month[None, :, :] == months.ahead.to_numpy().astype("datetime64[M]")[:, None, None]
    return np.asarray((here * exposure[None, :, :]).sum(axis=2) / whole[:, None])


def _months_between(latest: pd.Timestamp, day: pd.Timestamp) -> int:
    return (day.year - latest.year) * 12 + day.month - latest.month


def _tall(kind: str, index: pd.MultiIndex, weeks: pd.DatetimeIndex, central: np.ndarray, low: np.ndarray, high: np.ndarray) -> pd.DataFrame:
    n = len(weeks)
    columns: Mapping[str, object] = {
        "organisation": np.repeat(index.get_level_values(0), n), "test": np.repeat(index.get_level_values(1), n), "priority": ALL_PRIORITIES,
        "kind": kind, "week": np.tile(weeks, len(index)), "central": central.ravel(), "low": low.ravel(), "high": high.ravel(),
    }  # fmt: skip
    return pd.DataFrame(columns)
