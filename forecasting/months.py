"""Months ahead of every organisation and test of a network: what the history and all organisations together let one expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import Activity
from data.assumptions import Assumptions
from data.demand import STREAMS
from data.network import Network
from data.working_days import WorkingDays
from forecasting.methods.profile import OTHER_DAYS, Profiles
from forecasting.monthly import MonthlyForecast, Ranges, monthly_forecast
from forecasting.national import common_traits
from forecasting.panel import Panel, panel_of, without_exchanged


@dataclass(frozen=True, eq=False)
class Months:
    """Months ahead.

    Attributes:
        panel: the history of the network's organisations and tests that have one.
        made: the forecast of each of its series.
        profiles: what each test and stream have in common.
        ranges: what ranges are made with.
        basis: where profiles and ranges come from, in words.
        calendar: working days.
        assumed_additions: which lists have no two months that follow each other: their additions are taken equal to what was seen, shape (n,).
        exchanged: organisation, test and period of months whose columns were exchanged: they count as not known.
    """

    panel: Panel
    made: MonthlyForecast
    profiles: Profiles
    ranges: Ranges
    basis: str
    calendar: WorkingDays
    assumed_additions: np.ndarray
    exchanged: pd.DataFrame

    @property
    def ahead(self) -> pd.DatetimeIndex:
        """First days of the months ahead."""
        return pd.date_range(self.panel.periods[-1], periods=self.made.central["additions"].shape[1] + 1, freq="MS")[1:]


def months_ahead(
    network: Network, activity: Activity, assumptions: Assumptions, horizon: int, origin: pd.Timestamp | None = None
) -> Months | None:  # fmt: skip
    """Forecast every stream of every organisation and test of a network.

    Args:
        network: its organisations, tests and calendar.
        activity: the history; organisations outside the network help to learn what all have in common.
        assumptions: how fast older months fade, and how much other days count where no organisation has shown it.
        horizon: months ahead.
        origin: first day of the last month that may be seen; None = the newest.

    Returns:
        None where no month is loaded of any organisation of the network.
    """
    tests, rows = network["tests"], activity.rows
    seen = Activity({"activity": rows[rows["period"] <= origin]}) if origin is not None else activity
    everybody = panel_of(seen, sorted(seen.rows["organisation"].unique()), list(tests["test"]))
    wanted = everybody.lists["organisation"].isin(network.organisations).to_numpy()
    if not wanted.any():
        return None
    calendar, codes = WorkingDays.of(network), dict(zip(tests["test"], tests["national_code"], strict=True))
    weights = {stream: assumptions.one(name) for stream, name in OTHER_DAYS.items()}
    profiles, ranges, basis = common_traits(everybody, codes, calendar, horizon, weights)
    own, exchanged = without_exchanged(everybody.some(wanted), network, seen)
    panel, assumed = _with_additions(own)
    made = monthly_forecast(panel, profiles, calendar, horizon, ranges, assumptions.one("older_month_weight"))
    return Months(panel, made, profiles, ranges, basis, calendar, assumed, exchanged)


def _with_additions(panel: Panel) -> tuple[Panel, np.ndarray]:
    """The panel with additions equal to what was seen where no two months follow each other."""
    never = np.isnan(panel.streams["additions"]).all(axis=1)
    additions = np.where(never[:, None], panel.streams["waiting_list"], panel.streams["additions"])
    return Panel(panel.lists, panel.periods, {s: additions if s == "additions" else panel.streams[s] for s in STREAMS}, panel.bands), never
