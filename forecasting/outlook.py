"""The outlook of organisations month by month: what will be asked for and done, and how lists move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import Activity
from data.assumptions import Assumptions
from data.demand import FORECAST, LIST_OUTLOOK, STREAMS
from data.network import Network
from forecasting.booking_fit import fit_order
from forecasting.booking_order import FORECAST_LAST_SHARE, blended, project, share_over_six
from forecasting.list_ranges import moves, share_ranges
from forecasting.monthly import MonthlyForecast
from forecasting.months import months_ahead
from forecasting.national import stored_share_spread
from forecasting.panel import Panel

_NOTHING_UNUSUAL = pd.DataFrame(columns=["organisation", "test", "stream", "period", "value"])


@dataclass(frozen=True, eq=False)
class Outlook:
    """Forecasts and projected lists.

    Attributes:
        forecast: typed frame of `FORECAST`.
        lists: typed frame of `LIST_OUTLOOK`.
        origin: last month that was seen.
        basis: where profiles and ranges come from, in words.
        unusual: organisation, test, stream and month of each figure that stood out and counted as if it did not.
    """

    forecast: pd.DataFrame
    lists: pd.DataFrame
    origin: pd.Timestamp
    basis: str
    unusual: pd.DataFrame


def outlook(
    network: Network, activity: Activity, assumptions: Assumptions, *, origin: pd.Timestamp | None = None, horizon: int = 12,
    given: pd.DataFrame | None = None,
) -> Outlook:  # fmt: skip
    """Forecast every stream of every organisation and test of a network, and project the lists.

    Args:
        network: its organisations, tests and calendar.
        activity: the history; organisations outside the network help to learn what all have in common.
        assumptions: how fast older months fade, and how much other days count where no organisation has shown it.
        origin: first day of the last month that may be seen; None = the newest.
        horizon: months ahead.
        given: typed frame of `GIVEN`: additions and examinations to project the lists with, in place of the forecasts, where it has them.

    Returns:
        The outlook; without rows where two months are not loaded.
    """
    months = months_ahead(network, activity, assumptions, horizon, origin)
    if months is None or months.assumed_additions.all():
        return Outlook(FORECAST.empty(), LIST_OUTLOOK.empty(), pd.NaT, "", _NOTHING_UNUSUAL)
    panel, made = months.panel, months.made
    flows = made.central["additions"], np.maximum(made.central["waiting_list"], 0.0)
    lists = _list_rows(panel, *flows, given)
    return Outlook(_forecast_rows(panel, made), lists, panel.periods[-1], months.basis, _unusual(panel, made))


def _forecast_rows(panel: Panel, made: MonthlyForecast) -> pd.DataFrame:
    parts = []
    for stream in STREAMS:
        central = made.central[stream] if stream == "additions" else np.maximum(made.central[stream], 0.0)
        parts.append(_tall(panel, {"forecast": central, **made.bounds[stream]}).assign(stream=stream))
    return FORECAST.typed(pd.concat(parts, ignore_index=True).sort_values(list(FORECAST.key), kind="stable"))


def _list_rows(every: Panel, net: np.ndarray, seen: np.ndarray, given: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of `LIST_OUTLOOK` of the lists that hold somebody, from net additions and examinations, shape (n, horizon)."""
    held = np.nan_to_num(every.bands[:, -1]).sum(axis=1) > 0
    panel, net, seen = every.some(held), net[held], seen[held]
    if panel.lists.empty:
        return LIST_OUTLOOK.empty()
    ahead = pd.date_range(panel.periods[-1], periods=net.shape[1] + 1, freq="MS")[1:]
    least = np.full(len(panel.lists), FORECAST_LAST_SHARE)
    if given is not None:
        told = pd.MultiIndex.from_frame(panel.lists).isin(pd.MultiIndex.from_frame(given[["organisation", "test"]]))
        least = np.where(told, 0.0, least)
        net, seen = (_replaced(panel, ahead, given, column, values) for column, values in (("additions", net), ("activity", seen)))
    tests = pd.factorize(panel.lists["test"])[0]
    past = panel.periods.days_in_month.to_numpy()
    order = fit_order(panel.bands, panel.streams["additions"], panel.streams["waiting_list"], past, tests)
    projected = project(panel.bands[:, -1], order, net, seen, ahead.days_in_month.to_numpy())
    share = blended(share_over_six(projected), share_over_six(panel.bands[:, -1]), least)
    columns = {"waiting": projected.sum(axis=2), "share_over_six": share, **share_ranges(share, moves(panel.bands), stored_share_spread())}
    return LIST_OUTLOOK.typed(_tall(panel, columns).sort_values(list(LIST_OUTLOOK.key), kind="stable"))


def _replaced(panel: Panel, ahead: pd.DatetimeIndex, given: pd.DataFrame, column: str, values: np.ndarray) -> np.ndarray:
    """Values with those that are given in their place."""
    at = pd.MultiIndex.from_frame(panel.lists).get_indexer(pd.MultiIndex.from_frame(given[["organisation", "test"]]))
    month = ahead.get_indexer(given["period"])
    use = (at >= 0) & (month >= 0) & given[column].notna().to_numpy()
    result = values.copy()
    result[at[use], month[use]] = given.loc[use, column].to_numpy(dtype=float)
    return result


def _tall(panel: Panel, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """One row for each list and month ahead; columns hold arrays of shape (n, horizon)."""
    n, horizon = next(iter(columns.values())).shape
    return pd.DataFrame({
        "organisation": np.repeat(panel.lists["organisation"].to_numpy(), horizon), "test": np.repeat(panel.lists["test"].to_numpy(), horizon),
        "origin": panel.periods[-1], "horizon": np.tile(np.arange(1, horizon + 1), n), **{name: v.ravel() for name, v in columns.items()},
    })  # fmt: skip


def _unusual(panel: Panel, made: MonthlyForecast) -> pd.DataFrame:
    """Figures that stood out, one row each."""
    found = [_NOTHING_UNUSUAL]
    for stream in STREAMS:
        at, month = np.nonzero(made.unusual[stream])
        rows = panel.lists.iloc[at].reset_index(drop=True)
        found.append(rows.assign(stream=stream, period=panel.periods[month], value=panel.streams[stream][at, month]))
    return pd.concat([part for part in found if len(part)] or found, ignore_index=True)
