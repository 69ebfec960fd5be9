"""What each month ahead is expected to bring, worked out anew from the history: the method of `docs/decisions/0009` one series at a time.

Shares nothing with the forecast but the stored national coefficients, which are read as data.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import pandas as pd

from data.activity import WAITING
from data.assumptions import BY_NAME
from data.checks.history import exchanged_months
from data.dataset import Dataset
from data.working_days import WorkingDays

Pair = tuple[str, str]
Values = list[float | None]

_OTHER = {"additions": "other_day_additions", "planned": "other_day_planned", "unscheduled": "other_day_unscheduled"}
_MANY, _LONG, _YEAR = 30, 18, 13
"""Organisations and months from which the loaded ones speak for themselves; months from which anything is said of seasons."""


class Profile:
    """How much other days count, growth a year (log) and the factor of each month of the year, of one test and stream."""

    def __init__(self, weight: float, growth: float = 0.0, season: tuple[float, ...] = (0.0,) * 12) -> None:
        self.weight, self.growth, self.season = weight, growth, season


class Expected:
    """Months ahead of every list of the network's own organisations and tests."""

    def __init__(self, dataset: Dataset, assumed: Callable[..., float]) -> None:
        self._assumed = assumed
        self._closed = {pd.Timestamp(d) for d in WorkingDays.of(dataset.network).bank_holidays}
        tests = dataset.network["tests"]
        self._codes = dict(zip(tests["test"], tests["national_code"], strict=True))
        rows = dataset.activity.rows
        rows = rows[rows["test"].isin(list(self._codes))]
        self._rows = {(r["organisation"], r["test"], r["period"]): r for r in rows.to_dict("records")}
        self.months = list(pd.date_range(rows["period"].min(), rows["period"].max(), freq="MS")) if len(rows) else []
        heard: dict[str, set[Any]] = {}
        for o, _, t in self._rows:
            heard.setdefault(o, set()).add(t)
        loaded = set().union(*heard.values()) if heard else set()
        self._known = {o: {t for t in loaded if t in months or not min(months) < t < max(months)} for o, months in heard.items()}
        own = dataset.network.organisations
        exchanged = exchanged_months(dataset.activity, WorkingDays.of(dataset.network), own)
        self._exchanged = set(exchanged.itertuples(index=False, name=None))
        self._many = len(heard) >= _MANY and len(self.months) >= _LONG
        self._pairs = sorted({(o, m) for o, m, _ in self._rows})
        self._working: dict[tuple[Any, int], int] = {}
        self._profiles: dict[tuple[str, str], Profile] = {}

    def days(self, start: Any, days: int, other: float) -> float:
        """Working days among the days from `start` on, each other day counting in part."""
        if (start, days) not in self._working:
            dates = [start + timedelta(days=d) for d in range(days)]
            self._working[start, days] = sum(date.weekday() < 5 and date not in self._closed for date in dates)
        working = self._working[start, days]
        return working + other * (days - working)

    def weight(self, test: str, stream: str) -> float:
        """How much a day that is not a working day counts."""
        return self._profile(test, stream).weight

    def of(self, pair: Pair, stream: str, ahead: int) -> list[float]:
        """The months after the last loaded one; zero where the list never had a figure."""
        if pair not in self._pairs:
            return [0.0] * ahead
        profile, values = self._profile(pair[1], stream), self._own(pair, stream)
        if stream == "additions" and all(v is None for v in values):
            values = self._own(pair, "waiting_list")
        every = self.months + [self.months[-1] + pd.DateOffset(months=k + 1) for k in range(ahead)]
        load = [self._load(t, profile) for t in every]
        level, age = self._level(self._clipped(values, load), load)
        result, trend = [], 0.0
        for k in range(ahead):
            trend += 0.9 ** (k + 1)
            result.append(level * load[len(values) + k] * math.exp(profile.growth / 2 / 12 * (age + trend)))
        return result

    def _level(self, values: Values, load: list[float]) -> tuple[float, float]:
        fading = self._assumed("older_month_weight")
        weighted = [(fading ** (len(values) - 1 - k), k, v) for k, v in enumerate(values) if v is not None]
        under = sum(w * load[k] for w, k, _ in weighted)
        if under <= 0:
            return 0.0, 0.0
        age = sum(w * load[k] * (len(values) - 1 - k) for w, k, _ in weighted) / under
        return sum(w * v for w, _, v in weighted) / under, age

    @staticmethod
    def _clipped(values: Values, load: list[float]) -> Values:
        """Each month no further than three deviations from the median of the seven around it."""
        rate = [None if v is None else v / load[k] for k, v in enumerate(values)]
        centre = [median([r for r in rate[max(k - 3, 0) : k + 4] if r is not None] or [0.0]) for k in range(len(rate))]
        away = median([abs(r - c) for r, c in zip(rate, centre, strict=True) if r is not None] or [0.0])
        found: Values = []
        for k, v in enumerate(values):
            reach = 3 * (1.4826 * away + 0.02 * abs(centre[k]))
            found.append(None if v is None else min(max(v, (centre[k] - reach) * load[k]), (centre[k] + reach) * load[k]))
        return found

    def _load(self, t: Any, profile: Profile) -> float:
        return self.days(t, t.days_in_month, profile.weight) * math.exp(profile.season[t.month - 1])

    def _series(self, pair: Pair, stream: str) -> Values:
        return [self._value(pair, stream, t) for t in self.months]

    def _own(self, pair: Pair, stream: str) -> Values:
        """As `_series`; months whose columns were exchanged are not known."""
        if stream == "unscheduled":
            return self._series(pair, stream)
        return [None if (*pair, t) in self._exchanged else v for t, v in zip(self.months, self._series(pair, stream), strict=True)]

    def _value(self, pair: Pair, stream: str, t: Any) -> float | None:
        if t not in self._known[pair[0]]:
            return None
        if stream != "additions":
            return self._cell(pair, t, f"done_{stream}")
        before = t - pd.DateOffset(months=1)
        if before not in self._known[pair[0]] or before < self.months[0]:
            return None
        return self._cell(pair, t, "done_waiting_list") + sum(self._cell(pair, t, name) - self._cell(pair, before, name) for name in WAITING)

    def _cell(self, pair: Pair, t: Any, column: str) -> float:
        row = self._rows.get((*pair, t))
        return float(row[column]) if row else 0.0

    def _profile(self, test: str, stream: str) -> Profile:
        if (test, stream) not in self._profiles:
            self._profiles[test, stream] = self._found(test, stream)
        return self._profiles[test, stream]

    def _found(self, test: str, stream: str) -> Profile:
        stored = None if self._many else _stored(self._codes[test], stream)
        if stored:
            return stored
        usual = BY_NAME[_OTHER[stream]].default if self._many else self._assumed(_OTHER[stream])
        fitted = self._fitted(test, stream, usual)
        return fitted if self._many else Profile(fitted.weight, 0.0, fitted.season)

    def _fitted(self, test: str, stream: str, usual: float) -> Profile:
        """From the sums over organisations that are there in every month: day weight by ratios to a year before, then growth and seasons by ridge."""
        months = self.months[1:] if stream == "additions" else self.months
        whole = [s for s in ([self._value(p, stream, t) for t in months] for p in self._pairs if p[1] == test) if None not in s]
        totals = [math.fsum(column) for column in zip(*whole, strict=True)]
        if len(totals) < _YEAR or sum(totals) <= 0:
            return Profile(usual)
        logs = np.log(np.maximum(totals, 1.0))
        weight = usual
        if len(logs) >= 14:
            ratio = logs[12:] - logs[:-12]
            costs = []
            for w in np.linspace(0, 1, 41):
                exposed = np.log([self.days(t, t.days_in_month, w) for t in months])
                left = ratio - (exposed[12:] - exposed[:-12])
                costs.append((len(ratio) * float(np.var(left)) + 0.5 * 0.03**2 * ((w - usual) / 0.25) ** 2, w))
            weight = float(min(costs)[1])
        target = logs - np.log([self.days(t, t.days_in_month, weight) for t in months])
        middle = fmean(range(len(months)))
        rows = [[1.0, (k - middle) / 12, *(1.0 if t.month == n else 0.0 for n in range(1, 13))] for k, t in enumerate(months)]
        drawn = [0.0, math.sqrt(0.03**2 + 1 / max(fmean(totals), 1.0)) / 0.15, *[1.0] * 12]
        solved = np.linalg.lstsq(np.vstack([rows, np.diag(drawn)]), np.concatenate([target, np.zeros(14)]), rcond=None)[0]
        return Profile(weight, float(solved[1]), tuple(float(s) for s in solved[2:]))


def _stored(code: str, stream: str) -> Profile | None:
    row = _coefficients().get((code, stream))
    return Profile(float(row["weight"]), float(row["growth"]), tuple(float(row[f"month_{k}"]) for k in range(1, 13))) if row else None


@cache
def _coefficients() -> dict[tuple[str, str], dict[str, str]]:
    folder = find_spec("forecasting").submodule_search_locations[0]  # type: ignore[union-attr, index]
    with Path(folder, "national_profiles.csv").open(encoding="utf-8", newline="") as opened:
        return {(row["national_code"], row["stream"]): row for row in csv.DictReader(opened)}


def months_between(latest: Any, day: Any) -> int:
    """How many months a day lies after the month of another."""
    return int((day.year - latest.year) * 12 + day.month - latest.month)
