"""Demand by quarter over several years: the months ahead give the shape of a year, the years ahead its level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.demand import STREAMS
from forecasting.drivers import monthly_changes
from forecasting.fan import fan
from forecasting.months import Months

_MONTHS, _A_YEAR = 12, 4


@dataclass(frozen=True, eq=False)
class Quarters:
    """Demand by quarter.

    Attributes:
        lists: organisation and test of n lists.
        starts: first days of the quarters, length Q: the first month ahead and every third one after it.
        central: by stream, shape (n, Q), examinations or patients a quarter.
        paths: by stream, sample courses of the same, shape (count, n, Q).
    """

    lists: pd.DataFrame
    starts: pd.DatetimeIndex
    central: dict[str, np.ndarray]
    paths: dict[str, np.ndarray]

    def frame(self, stream: str) -> pd.DataFrame:
        """Central values of one stream: organisation, test, quarter, examinations."""
        repeated = self.lists.loc[np.repeat(self.lists.index, len(self.starts)), ["organisation", "test"]].reset_index(drop=True)
        return repeated.assign(quarter=np.tile(self.starts.to_numpy(), len(self.lists)), examinations=self.central[stream].ravel())


def quarters_ahead(months: Months, assumptions: Assumptions, years: int, *, count: int = 500, seed: int = 1) -> Quarters:
    """Demand of the years ahead, quarter by quarter.

    Args:
        months: the forecast of the first twelve months.
        assumptions: growth, its uncertainty, and changes that somebody has named.
        years: 1 to `forecasting.fan.MOST_YEARS`.
        count: sample courses.
        seed: the same seed gives the same courses.
    """
    named = np.prod(list(monthly_changes(months, assumptions).values()), axis=0)
    ahead = fan(months, assumptions, years, count=count, seed=seed)
    lists = months.panel.lists.reset_index(drop=True)
    rows = ahead.rows[ahead.rows["organisation"] != ""]
    central, paths = {}, {}
    for stream in STREAMS:
        first = np.maximum((months.made.central[stream] * named)[:, :_MONTHS], 0.0).reshape(len(lists), _A_YEAR, -1).sum(axis=2)
        year = first.sum(axis=1, keepdims=True)
        shape = np.divide(first, year, out=np.full_like(first, 1 / _A_YEAR), where=year > 0)
        wide = rows[rows["stream"] == stream].pivot(index=["organisation", "test"], columns="year", values="central")
        level = wide.reindex(pd.MultiIndex.from_frame(lists[["organisation", "test"]])).to_numpy()
        central[stream] = np.maximum(level[:, :, None] * shape[:, None, :], 0.0).reshape(len(lists), -1)
        paths[stream] = (ahead.paths[stream][:, :, :, None] * shape[None, :, None, :]).reshape(count, len(lists), -1)
    starts = pd.date_range(months.ahead[0], periods=years * _A_YEAR, freq="3MS")
    return Quarters(lists, starts, central, paths)
