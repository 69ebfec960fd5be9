"""Monthly series of any number of organisations: the four streams of the national return, on months that follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import KINDS, WAITING, Activity
from data.checks.history import exchanged_months
from data.demand import STREAMS
from data.network import Network
from data.working_days import WorkingDays


@dataclass(frozen=True, eq=False)
class Panel:
    """Series of organisations and tests.

    Attributes:
        lists: columns organisation and test, n rows.
        periods: months, each following the one before, T of them.
        streams: by stream, shape (n, T), examinations or patients a month; NaN where nothing is known.
        bands: waiting at month end by whole weeks waited, shape (n, T, 14), patients; NaN where nothing is known.
    """

    lists: pd.DataFrame
    periods: pd.DatetimeIndex
    streams: Mapping[str, np.ndarray]
    bands: np.ndarray

    def some(self, wanted: np.ndarray) -> Panel:
        """Some of the series; `wanted` has shape (n,)."""
        return Panel(self.lists[wanted].reset_index(drop=True), self.periods, {k: v[wanted] for k, v in self.streams.items()}, self.bands[wanted])

    def without(self, places: pd.DataFrame, streams: Sequence[str]) -> Panel:
        """The same series, some figures of some months being not known.

        Args:
            places: organisation, test and period.
            streams: of which streams.
        """
        at = pd.MultiIndex.from_frame(self.lists).get_indexer(pd.MultiIndex.from_frame(places[["organisation", "test"]]))
        month = self.periods.get_indexer(pd.DatetimeIndex(places["period"]))
        use = (at >= 0) & (month >= 0)
        changed = {s: v.copy() if s in streams else v for s, v in self.streams.items()}
        for stream in streams:
            changed[stream][at[use], month[use]] = np.nan
        return Panel(self.lists, self.periods, changed, self.bands)

    def until(self, months: int) -> Panel:
        """The same series, the first `months` of them only."""
        return Panel(self.lists, self.periods[:months], {k: v[:, :months] for k, v in self.streams.items()}, self.bands[:, :months])


def panel_of(activity: Activity, organisations: Sequence[str], tests: Sequence[str]) -> Panel:
    """The series of some organisations and tests that have ever had a figure.

    A row that is not there counts as zero; but a month in which an organisation has no row at all, with rows before and after it, or a month that
    is not loaded, is not known.

    Args:
        activity: the history.
        organisations: whose series.
        tests: of which tests.
    """
    rows = activity.of(list(organisations), list(tests))
    found = rows[["organisation", "test"]].drop_duplicates().reset_index(drop=True)
    if rows.empty:
        return Panel(found, pd.DatetimeIndex([]), {s: np.zeros((0, 0)) for s in STREAMS}, np.zeros((0, 0, len(WAITING))))
    periods = pd.date_range(rows["period"].min(), rows["period"].max(), freq="MS")
    at = pd.MultiIndex.from_frame(found).get_indexer(pd.MultiIndex.from_frame(rows[["organisation", "test"]]))
    month = periods.get_indexer(rows["period"])
    columns = [f"done_{kind}" for kind in KINDS] + WAITING
    values = np.zeros((len(found), len(periods), len(columns)))
    values[at, month] = rows[columns].to_numpy(dtype=float)
    values[_unknown(found["organisation"], at, month, len(periods))] = np.nan
    done, bands = values[:, :, : len(KINDS)], values[:, :, len(KINDS) :]
    waiting = bands.sum(axis=2)
    additions = np.full(waiting.shape, np.nan)
    additions[:, 1:] = done[:, 1:, 0] + waiting[:, 1:] - waiting[:, :-1]
    return Panel(found, periods, {"additions": additions} | {kind: done[:, :, k] for k, kind in enumerate(KINDS)}, bands)


def without_exchanged(panel: Panel, network: Network, activity: Activity) -> tuple[Panel, pd.DataFrame]:
    """The series of a network's own organisations without months whose columns were exchanged: not known until somebody mends them.

    Returns:
        The series, and organisation, test and period of those months.
    """
    exchanged = exchanged_months(activity, WorkingDays.of(network), network.organisations)
    return (panel.without(exchanged, ("additions", "waiting_list", "planned")) if len(exchanged) else panel), exchanged


def _unknown(owner: pd.Series[str], at: np.ndarray, month: np.ndarray, months: int) -> np.ndarray:
    """Months in which a whole organisation is silent between months in which it is not, shape (n, T)."""
    codes, _ = pd.factorize(owner)
    heard = np.zeros((codes.max() + 1, months), dtype=bool)
    heard[codes[at], month] = True
    before = np.maximum.accumulate(heard, axis=1)
    after = np.maximum.accumulate(heard[:, ::-1], axis=1)[:, ::-1]
    silent: np.ndarray = np.logical_and(np.logical_and(before, after), np.logical_not(heard))
    never_loaded: np.ndarray = np.logical_not(heard.any(axis=0))
    return np.asarray(silent[codes] | never_loaded)


def exposures(calendar: WorkingDays, periods: pd.DatetimeIndex, weight: float) -> np.ndarray:
    """Exposure of each month in working days, other days counting `weight`; shape as `periods`."""
    return np.array([calendar.month_exposure(m, weight) for m in periods])
