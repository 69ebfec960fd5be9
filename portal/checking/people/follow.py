"""Everybody of a workforce plan followed again: those in post, those in training, those who start, those who are kept."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from data.working_time import QUARTER_WEEKS, hours_a_week
from portal.checking.facts import Assumed, Key
from portal.checking.written import Written

TRAINED = {"apprentice", "trainee", "upskill"}
"""Kinds of way on which people are in training until they come; on the others they are nowhere."""

_AGES = (65, 60, 55)


class Rates:
    """Quarters, rates and rows as a check needs them."""

    def __init__(self, network: Network, assumptions: Assumptions, quarters: list[Any]) -> None:
        self.network = network
        self.assumed = Assumed(assumptions.rows)
        self.quarters = [pd.Timestamp(day) for day in quarters]
        self.number = {day: q for q, day in enumerate(self.quarters)}
        self.routes = {row.route: row for row in network["routes"].itertuples()}
        places = network["organisations"][["organisation"]].merge(network["staff_groups"][["staff_group"]], how="cross")
        hours = QUARTER_WEEKS * hours_a_week(assumptions, places)
        self.hours = dict(zip(zip(places["organisation"], places["staff_group"], strict=True), hours.tolist(), strict=True))

    def quarterly(self, name: str, cell: Key, q: int | None = None) -> float:
        """Share that goes in a quarter, of a yearly rate."""
        week = None if q is None else self.quarters[q]
        return float(1 - (1 - self.assumed(name, week, organisation=cell[0], staff_group=cell[1])) ** 0.25)

    def dated(self, name: str, q: int, **place: str) -> float:
        """An assumption in a quarter."""
        return self.assumed(name, self.quarters[q], **place)

    def clinical(self, cell: Key) -> float:
        """Clinical hours of one WTE in a quarter."""
        return self.hours[cell[0], cell[1]] * (1 - self.assumed("non_clinical_share", organisation=cell[0], staff_group=cell[1]))

    def pay(self, cell: Key, band: str) -> float:
        """Annual pay of one WTE in a band, with unsocial hours and on-costs; nought where its scale is not known."""
        rows = self.network["pay"]
        scales = rows[rows["band"] == band].sort_values("from_date")
        if scales.empty:
            return 0.0
        begun = scales[scales["from_date"] <= self.quarters[0]]
        scale = begun.iloc[-1] if len(begun) else scales.iloc[0]
        place = {"organisation": cell[0], "staff_group": cell[1]}
        basic = scale.minimum_gbp + self.assumed("pay_point", **place) * (scale.maximum_gbp - scale.minimum_gbp)
        return float(basic * (1 + self.assumed("unsocial_share", **place)) * (1 + self.assumed("on_cost", **place)))

    def day_after(self, q: int, months: int) -> pd.Timestamp:
        """A day so many months after the first day of a quarter."""
        return self.quarters[q] + pd.DateOffset(months=months)

    def first_quarter_from(self, day: pd.Timestamp) -> int:
        """Number of the first quarter that does not begin before a day; beyond the plan they go on."""
        months = (day.year - self.quarters[0].year) * 12 + day.month - self.quarters[0].month + (day.day > self.quarters[0].day)
        return max(-(-months // 3), 0)


class Followed:
    """People by organisation, staff group and quarter (from 0), summed over everybody.

    Attributes:
        post, work, ends: in post on average, working as, in post at the end.
        events: by name of the column of the table `staff`.
        leaving: leavers of those in post today, other than to retire.
        training: trainees, on average, by organisation, route and quarter.
    """

    def __init__(self, rates: Rates, written: Written) -> None:
        self.rates, self.last = rates, len(rates.quarters)
        self.post, self.work, self.ends, self.leaving, self.training = (defaultdict[Key, float](float) for _ in range(5))
        self.events: dict[str, dict[Key, float]] = defaultdict(lambda: defaultdict(float))
        for row in rates.network["staff_in_post"].itertuples():
            self._today((row.organisation, row.staff_group), row.wte)
        for row in rates.network["in_training"].itertuples():
            self._in_training(row)
        for row in written.rows("starts"):
            self._start(row.organisation, rates.routes[row.route], rates.number[row.quarter], row.people)
        for row in written.rows("staff"):
            if row.kept > 0:
                cell, q = (row.organisation, row.staff_group), rates.number[row.quarter]
                self.events["kept"][*cell, q] += row.kept
                self._stay(cell, row.kept, q, first_day=False)

    def _today(self, cell: Key, wte: float) -> None:
        ages = self.rates.network["staff_ages"]
        ages = ages[(ages["organisation"] == cell[0]) & (ages["staff_group"] == cell[1])]
        known = ages["wte"].sum()
        if not known:
            flat = self.rates.quarterly("retirement_rate", cell)
            self._leave_and_retire(cell, wte, lambda _: flat, lambda _: False)
        for row in ages.itertuples() if known else ():
            for years in range(5):
                age = row.age_from + years
                self._leave_and_retire(cell, wte * row.wte / known / 5, lambda q, a=age: self._retiring(cell, a + q // 4),
                                       lambda q, y=row.years_from: q < 4 * (2 - y))  # fmt: skip

    def _retiring(self, cell: Key, age: int) -> float:
        from_age = next((a for a in _AGES if age >= a), None)
        return 0.0 if from_age is None else self.rates.quarterly(f"retire_from_{from_age}", cell)

    def _leave_and_retire(self, cell: Key, there: float, retiring: Any, new: Any) -> None:
        for q in range(self.last):
            left = there * self.rates.quarterly("early_leaver_rate" if new(q) else "leaver_rate", cell, q)
            retired = (there - left) * retiring(q)
            self.leaving[*cell, q] += left
            self.events["left"][*cell, q] += left
            self.events["retired"][*cell, q] += retired
            self._there(cell, q, there, there - left - retired, 1.0)
            there -= left + retired

    def _there(self, cell: Key, q: int, begin: float, end: float, skill: float) -> None:
        self.post[*cell, q] += (begin + end) / 2
        self.work[*cell, q] += skill * (begin + end) / 2
        self.ends[*cell, q] += end

    def _stay(self, cell: Key, people: float, came: int, *, first_day: bool, new: bool = False, route: Any = None) -> None:
        """People who come in a quarter, until the end of the plan; fewer than none are missing."""
        there = people
        for q in range(came, self.last):
            begin, leaves = (there, True) if first_day or q > came else (0.0, False)
            rate = self.rates.quarterly("early_leaver_rate" if new and q - came < 8 else "leaver_rate", cell, q) if leaves else 0.0
            self.events["left"][*cell, q] += there * rate
            skill = 1.0
            if route is not None and route.competence_months:
                skill = route.at_first + (1 - route.at_first) * min((3 * (q - came) + 1.5) / route.competence_months, 1.0)
            there -= there * rate
            self._there(cell, q, begin, there, skill)

    def _start(self, o: str, route: Any, q: int, people: float) -> None:
        found = people * self.rates.assumed("recruitment_success", organisation=o, staff_group=route.staff_group)
        wait = (route.start_month - self.rates.quarters[q].month) % 12 if route.start_month else 0
        if route.from_group:
            self.events["to_training"][o, route.from_group, q] += found
            self._stay((o, route.from_group), -found, q, first_day=True)
        comes = self.rates.first_quarter_from(self.rates.day_after(q, wait + route.months)) if route.months else q
        self._learn(o, route, found, q, comes, (wait, wait + route.months), route.drop_out if route.months else 0.0)

    def _in_training(self, row: Any) -> None:
        route, first = self.rates.routes[row.route], self.rates.quarters[0]
        months = (row.finishes.year - first.year) * 12 + row.finishes.month - first.month + (row.finishes.day > first.day)
        months = max(months, 0)
        over = max(1 - months / route.months, 0.0) if route.months else 1.0
        stops = route.drop_out * (1 - over) / (1 - route.drop_out * over) if route.drop_out < 1 and months else 0.0
        self._learn(row.organisation, route, float(row.people), 0, -(-months // 3), (0, months), stops)

    def _learn(self, o: str, route: Any, people: float, q: int, comes: int, months: tuple[int, int], stops: float) -> None:
        """People who wait or train from a quarter on, within months counted from its first day, and come into post at the beginning of another."""
        for k in range(q, min(comes, self.last)):
            a_quarter = people * stops / (comes - q)
            if route.from_group:
                self.events["returned"][o, route.from_group, k] += a_quarter
                self._stay((o, route.from_group), a_quarter, k, first_day=False)
            if route.kind in TRAINED:
                share = sum(months[0] <= 3 * (k - q) + m < months[1] for m in range(3)) / 3
                there = share * (people - a_quarter * (k - q + 0.5))
                self.training[o, route.route, k] += there
                self.work[o, route.from_group or route.staff_group, k] += route.while_training * there
        cell, passed = (o, route.staff_group), people * (1 - stops)
        if comes < self.last:
            self.events["qualified" if route.kind in TRAINED else "joined"][*cell, comes] += passed
            self._stay(cell, passed, comes, first_day=True, new=True, route=route)
