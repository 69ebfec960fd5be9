"""Demand of each week, must-do work and opening lists, worked out anew from the forecast of each month and the history."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.activity import WAITING
from data.dataset import Dataset
from portal.checking.booking import Booked, replay, spread, weekly
from portal.checking.expected import Expected, months_between

Pair = tuple[str, str]

_CHANGES = ("population_change", "guideline_change", "centre_change", "pathway_change", "demand_change")


class History:
    """Weekly flows of every list of the network's own organisations and tests.

    Attributes:
        additions, removals: patients a week who join a list, and who leave it without a test, by organisation and test.
        planned, unscheduled: examinations a week that never wait.
        must_do: planned, and unscheduled inside planned sessions, of the tests that are given sessions.
    """

    def __init__(self, dataset: Dataset, assumed: Callable[..., float], weeks: list[Any]) -> None:
        self._dataset, self._assumed, self._weeks = dataset, assumed, weeks
        rows = dataset.activity.of(dataset.network.organisations)
        self._months = sorted(rows["period"].unique())
        self._rows = {(r["organisation"], r["test"], r["period"]): r for r in rows.to_dict("records")}
        self._expected = Expected(dataset, assumed)
        pairs = [(o, m) for o in dataset.network.organisations for m in dataset.network["tests"]["test"]]
        self.planned, self.unscheduled, net = (self._weekly(pairs, stream) for stream in ("planned", "unscheduled", "additions"))
        self.additions = {p: np.maximum(flow, 0) for p, flow in net.items()}
        self.removals = {p: np.maximum(-flow, 0) for p, flow in net.items()}
        inside = {(o, m): 1 - assumed("unscheduled_outside", organisation=o, test=m) for o, m in pairs}
        given = set(dataset.network.allocated_tests)
        self.must_do = {p: self.planned[p] + inside[p] * self.unscheduled[p] for p in pairs if p[1] in given}

    def opening(self, pair: Pair, seen_a_week: float, booked: Booked | None) -> np.ndarray:
        """The list on the first Monday by weeks waited: the newest bands, older by the days since, booked as in recent months.

        Where nothing tells how that is, those who have waited longest are seen first.
        """
        bands = np.array([self._cell(*pair, self._months[-1], name) for name in WAITING])
        days = (self._weeks[0] - self._dataset.activity.snapshot_date).days - 1
        if booked is not None:
            joined, seen, removed = (n * days / 7 for n in (self.additions[pair][0], seen_a_week, self.removals[pair][0]))
            return weekly(replay(spread(bands), booked, joined, seen, removed, days, in_turn=0.0)) if days else bands
        aged = bands * (1 - days / 7)
        aged[1:] += bands[:-1] * days / 7
        aged[-1] += bands[-1] * days / 7
        aged[0] += (self.additions[pair][0] - self.removals[pair][0]) * days / 7
        return oldest_leave(aged, seen_a_week * days / 7)

    def _cell(self, o: str, m: str, month: Any, column: str) -> float:
        row = self._rows.get((o, m, month))
        return float(row[column]) if row else 0.0

    def _weekly(self, pairs: list[Pair], stream: str) -> dict[Pair, np.ndarray]:
        """What is expected of each month, a day at a time: each day its part of the month, the weeks changed as somebody has named."""
        ahead = months_between(self._expected.months[-1], self._weeks[-1] + timedelta(days=6))
        months = [self._expected.months[-1] + pd.DateOffset(months=k + 1) for k in range(ahead)]
        result = {}
        for o, m in pairs:
            other = self._expected.weight(m, stream)
            expected = self._expected.of((o, m), stream, ahead)
            rate = {(t.year, t.month): n / self._expected.days(t, t.days_in_month, other) for t, n in zip(months, expected, strict=True)}
            result[o, m] = np.array([
                sum(rate[d.year, d.month] * self._expected.days(d, 1, other) for d in (monday + timedelta(days=k) for k in range(7)))
                * math.prod(1 + self._assumed(name, monday, organisation=o, test=m) for name in _CHANGES)
                for monday in self._weeks
            ])  # fmt: skip
        return result


def oldest_leave(ages: np.ndarray, leaving: float) -> np.ndarray:
    """A list by age after some have left, those who waited longest first; patients."""
    left = ages.copy()
    for age in range(len(ages) - 1, -1, -1):
        taken = min(left[age], leaving)
        left[age] -= taken
        leaving -= taken
    return np.maximum(left, 0.0)
