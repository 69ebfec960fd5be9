"""The calendar of a network: weeks, working days and bank holidays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import holidays
import numpy as np
import pandas as pd

from data.network import WEEKDAYS, Network

_YEARS = range(2010, 2051)


@lru_cache(maxsize=16)
def _bank_holidays(country: str, subdivision: str) -> np.ndarray:
    dates = holidays.country_holidays(country, subdiv=subdivision or None, years=_YEARS)
    return np.array(sorted(dates), dtype="datetime64[D]")


@dataclass(frozen=True)
class WorkingDays:
    """Working days (Monday to Friday, less bank holidays) of one country and subdivision."""

    country: str
    subdivision: str

    @classmethod
    def of(cls, network: Network) -> WorkingDays:
        """The calendar the network's own table names."""
        row = network["network"].iloc[0]
        return cls(row["country"], row["subdivision"])

    @cached_property
    def bank_holidays(self) -> np.ndarray:
        """Dates of bank holidays, shape (n,), datetime64[D]."""
        return _bank_holidays(self.country, self.subdivision)

    def exposure(self, days: np.ndarray, weight: float) -> np.ndarray:
        """Exposure of each day: 1 for a working day, `weight` for any other; shape as `days` (datetime64[D])."""
        working = np.is_busday(days, holidays=self.bank_holidays)
        return np.where(working, 1.0, weight)

    def month_exposure(self, month: pd.Timestamp, weight: float) -> float:
        """Exposure of a whole month, in working days."""
        start = np.datetime64(month, "M")
        return float(self.exposure(np.arange(start, start + 1, dtype="datetime64[D]"), weight).sum())

    def week_exposure(self, mondays: pd.DatetimeIndex, weight: float) -> np.ndarray:
        """Exposure of each week, shape (weeks,), in working days."""
        return np.asarray(self.exposure(_days(mondays), weight).sum(axis=1))

    def days_open(self, mondays: pd.DatetimeIndex, on_bank_holidays: bool) -> np.ndarray:
        """1 where a weekday can be worked, 0 on a bank holiday it is closed; shape (weeks, 7)."""
        days = _days(mondays)
        if on_bank_holidays:
            return np.ones(days.shape)
        return (~np.isin(days, self.bank_holidays)).astype(float)

    def openings(self, mondays: pd.DatetimeIndex, session_types: pd.DataFrame) -> np.ndarray:
        """Openings of one asset by session type and week, shape (session types, weeks), sessions a week.

        Args:
            mondays: the weeks.
            session_types: typed frame of the table `session_types`.
        """
        pattern = session_types[list(WEEKDAYS)].to_numpy(dtype=float)
        closed = [self.days_open(mondays, bool(b)) for b in session_types["bank_holidays"]]
        return np.array([opened @ days for opened, days in zip(closed, pattern, strict=True)]).reshape(len(pattern), len(mondays))


def _days(mondays: pd.DatetimeIndex) -> np.ndarray:
    return np.asarray(mondays.to_numpy().astype("datetime64[D]")[:, None] + np.arange(7))


def first_monday_after(date: pd.Timestamp) -> pd.Timestamp:
    """The first Monday after `date`."""
    return date.normalize() + pd.Timedelta(days=7 - date.weekday())


def mondays(start: pd.Timestamp, weeks: int) -> pd.DatetimeIndex:
    """`weeks` Mondays from `start` on."""
    return pd.date_range(start, periods=weeks, freq="7D", unit="s")


def measured_weeks(weeks: pd.DatetimeIndex) -> np.ndarray:
    """Positions of the weeks that hold the last day of a month: where the monthly return is measured."""
    last_days = weeks + pd.offsets.MonthEnd(0)
    return np.flatnonzero((last_days - weeks).days < 7)
