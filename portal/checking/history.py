"""Demand, must-do work and opening lists, worked out anew from the monthly history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.activity import WAITING
from data.dataset import Dataset
from data.working_days import WorkingDays

Pair = tuple[str, str]


class History:
    """Weekly flows of every list of the network's own organisations and tests.

    Attributes:
        additions, removals: patients a week who join a list, and who leave it without a test, by organisation and test.
        planned, unscheduled: examinations a week that never wait.
        must_do: planned, and unscheduled inside planned sessions, of the tests that are given sessions.
    """

    def __init__(self, dataset: Dataset, assumed: Callable[..., float], weeks: list[Any]) -> None:
        self._dataset, self._assumed, self._weeks = dataset, assumed, weeks
        self._closed = {pd.Timestamp(d) for d in WorkingDays.of(dataset.network).bank_holidays}
        rows = dataset.activity.of(dataset.network.organisations)
        self._months = sorted(rows["period"].unique())
        self._rows = {(r["organisation"], r["test"], r["period"]): r for r in rows.to_dict("records")}
        pairs = [(o, m) for o in dataset.network.organisations for m in dataset.network["tests"]["test"]]
        self.planned = self._weekly(pairs, "planned", self._months, lambda o, m, t: self._cell(o, m, t, "done_planned"))
        self.unscheduled = self._weekly(pairs, "unscheduled", self._months, lambda o, m, t: self._cell(o, m, t, "done_unscheduled"))
        following = [t for t in self._months if t - pd.DateOffset(months=1) in self._months]
        net = self._weekly(pairs, "additions", following or self._months, self._net if following else self._seen)
        self.additions = {p: np.maximum(flow, 0) for p, flow in net.items()}
        self.removals = {p: np.maximum(-flow, 0) for p, flow in net.items()}
        inside = {(o, m): 1 - assumed("unscheduled_outside", organisation=o, test=m) for o, m in pairs}
        given = set(dataset.network.allocated_tests)
        self.must_do = {p: self.planned[p] + inside[p] * self.unscheduled[p] for p in pairs if p[1] in given}

    def opening(self, pair: Pair, seen_a_week: float) -> np.ndarray:
        """The list on the first Monday by weeks waited: the newest bands, older by the days since, the longest waiting seen first."""
        bands = np.array([self._cell(*pair, self._months[-1], name) for name in WAITING])
        days = (self._weeks[0] - self._dataset.activity.snapshot_date).days - 1
        aged = bands * (1 - days / 7)
        aged[1:] += bands[:-1] * days / 7
        aged[-1] += bands[-1] * days / 7
        aged[0] += (self.additions[pair][0] - self.removals[pair][0]) * days / 7
        return oldest_leave(aged, seen_a_week * days / 7)

    def _cell(self, o: str, m: str, month: Any, column: str) -> float:
        row = self._rows.get((o, m, month))
        return float(row[column]) if row else 0.0

    def _seen(self, o: str, m: str, month: Any) -> float:
        return self._cell(o, m, month, "done_waiting_list")

    def _net(self, o: str, m: str, month: Any) -> float:
        """Who joined less who left without a test: those seen and the change of the list."""
        before = month - pd.DateOffset(months=1)
        return self._seen(o, m, month) + sum(self._cell(o, m, month, name) - self._cell(o, m, before, name) for name in WAITING)

    def _weekly(self, pairs: list[Pair], kind: str, months: list[Any], value: Callable[[str, str, Any], float]) -> dict[Pair, np.ndarray]:
        """A mean per working day of the last months, spread over the days of each week."""
        other = self._assumed(f"other_day_{kind}")
        months = months[-int(self._assumed("level_months")) :]
        exposure = sum(self._days(t, (t + pd.DateOffset(months=1) - t).days, other) for t in months)
        in_week = np.array([self._days(monday, 7, other) for monday in self._weeks])
        result = {}
        for o, m in pairs:
            change = np.array([self._assumed("demand_change", monday, organisation=o, test=m) for monday in self._weeks])
            result[o, m] = sum(value(o, m, t) for t in months) / exposure * in_week * (1 + change)
        return result

    def _days(self, start: Any, days: int, other: float) -> float:
        """Working days among the days from `start` on, each other day counting in part."""
        dates = [start + timedelta(days=d) for d in range(days)]
        return sum(1.0 if date.weekday() < 5 and date not in self._closed else other for date in dates)


def oldest_leave(ages: np.ndarray, leaving: float) -> np.ndarray:
    """A list by age after some have left, those who waited longest first; patients."""
    left = ages.copy()
    for age in range(len(ages) - 1, -1, -1):
        taken = min(left[age], leaving)
        left[age] -= taken
        leaving -= taken
    return np.maximum(left, 0.0)
