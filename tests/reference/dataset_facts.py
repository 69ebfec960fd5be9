"""A dataset and a scenario read row by row, in plain loops: another reading than the product's."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME
from data.dataset import Dataset
from data.scenario import Scenario

CHANGES = ("population_change", "guideline_change", "centre_change", "pathway_change", "demand_change")

SCOPES = ("organisation", "site", "test", "asset_type", "session_type", "staff_group", "mobile")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BANK_HOLIDAYS = {
    dt.date(2025, 8, 25), dt.date(2025, 12, 25), dt.date(2025, 12, 26), dt.date(2026, 1, 1), dt.date(2026, 4, 3), dt.date(2026, 4, 6),
    dt.date(2026, 5, 4), dt.date(2026, 5, 25), dt.date(2026, 8, 31),
}  # fmt: skip


class Facts:
    """The dataset and scenario, read row by row."""

    def __init__(self, dataset: Dataset, scenario: Scenario) -> None:
        self._known: dict[Any, float] = {}
        self.tables = {name: frame.to_dict("records") for name, frame in dataset.network.tables.items()}
        changed = scenario.changes.to_dict("records")
        place = (*SCOPES, "name", "from_week", "to_week")
        replaced = {tuple(str(r[k]) for k in place) for r in changed}
        kept = [r for r in dataset.assumptions.rows.to_dict("records") if tuple(str(r[k]) for k in place) not in replaced]
        self.assumed = kept + changed
        self.levers = scenario.levers
        self.locks = scenario.locks.to_dict("records")
        self.fairest = scenario.emphasis == "fairest"
        self.owner = {r["site"]: r["organisation"] for r in self.tables["sites"]}
        self.organisations = [r["organisation"] for r in self.tables["organisations"]]
        self.tests = [r["test"] for r in self.tables["tests"] if r["allocated"]]
        self.history = dataset.activity.rows.to_dict("records")
        last = max(r["period"] for r in self.history)
        end = (last + pd.offsets.MonthEnd(0)).date()
        assert end.isoweekday() == 7, "the last month must end on a Sunday, so that the list need not be aged"
        self.mondays = [end + dt.timedelta(days=1 + 7 * w) for w in range(scenario.weeks)]
        assert scenario.weeks <= 6
        assert not any(day in BANK_HOLIDAYS for m in self.mondays for day in self.days(m, 7))
        self.weeks = range(scenario.weeks)
        stated = {(r["site"], r["asset_type"]) for r in self.tables["rota"]}
        assert {k[:2] for k in self.runs} <= stated, "every fixed station needs a rota of its own"

    def value(self, name: str, week: int | None = None, **where: str) -> float:
        """The most specific row that holds there and then; a place counts twice as much as a date."""
        key = (name, week, *where.items())
        if key not in self._known:
            self._known[key] = self._value(name, week, where)
        return self._known[key]

    def _value(self, name: str, week: int | None, where: dict[str, str]) -> float:
        best, found = -1.0, BY_NAME[name].default
        for row in self.assumed:
            if row["name"] != name or any(row[s] and row[s] != where.get(s) for s in SCOPES):
                continue
            dated = [row[k] for k in ("from_week", "to_week") if not pd.isna(row[k])]
            if dated and (week is None or not self._holds(row, self.mondays[week])):
                continue
            weight = 2 * sum(bool(row[s]) for s in SCOPES) + bool(dated)
            if weight > best:
                best, found = weight, row["value"]
        return float(found)

    @staticmethod
    def _holds(row: dict[str, Any], monday: dt.date) -> bool:
        after = pd.isna(row["from_week"]) or row["from_week"].date() <= monday
        return bool(after and (pd.isna(row["to_week"]) or monday <= row["to_week"].date()))

    @staticmethod
    def days(start: dt.date, n: int) -> list[dt.date]:
        return [start + dt.timedelta(days=k) for k in range(n)]

    def exposure(self, month: Any, other: float) -> float:
        days = self.days(month.date(), month.days_in_month)
        return sum(1.0 if d.weekday() < 5 and d not in BANK_HOLIDAYS else other for d in days)

    def months(self, o: str, m: str) -> list[dict[str, Any]]:
        return sorted((r for r in self.history if r["organisation"] == o and r["test"] == m), key=lambda r: r["period"])

    # Demand and lists

    def a_week(self, kind: str, o: str, m: str, w: int) -> float:
        """Planned or unscheduled examinations, or net additions, of one week."""
        rows = self.months(o, m)
        if kind == "additions":
            pairs = [(b["period"], b["done_waiting_list"] + self.listed(b) - self.listed(a)) for a, b in itertools.pairwise(rows)]
        else:
            pairs = [(r["period"], r[f"done_{kind}"]) for r in rows]
        other = self.value(f"other_day_{kind}")
        fading = [self.value("older_month_weight") ** k for k in range(len(pairs))][::-1]
        known = [(f * n, f * self.exposure(p, other)) for f, (p, n) in zip(fading, pairs, strict=True)]
        rate = sum(n for n, _ in known) / sum(e for _, e in known)
        changed = math.prod(1 + self.value(name, w, organisation=o, test=m) for name in CHANGES)
        return rate * (5 + 2 * other) * changed

    @staticmethod
    def listed(row: dict[str, Any]) -> float:
        return sum(row[f"waiting_{k}"] for k in range(14))

    def joins(self, o: str, m: str, w: int) -> float:
        return max(self.a_week("additions", o, m, w), 0.0)

    def most_removed(self, o: str, m: str, w: int) -> float:
        return max(-self.a_week("additions", o, m, w), 0.0)

    def must(self, o: str, m: str, w: int) -> float:
        outside = self.value("unscheduled_outside", organisation=o, test=m)
        return self.a_week("planned", o, m, w) + (1 - outside) * self.a_week("unscheduled", o, m, w)

    def opening(self, o: str, m: str) -> float:
        return self.listed(self.months(o, m)[-1])

    def joined_so_far(self, o: str, m: str, w: int) -> float:
        return self.opening(o, m) + sum(self.joins(o, m, v) for v in range(w + 1))

    def could_be_young(self, o: str, m: str, w: int, limit: int = 6) -> float:
        """Patients who, if nobody were ever seen, would have waited less than so many weeks at the end of week w: counted cohort by cohort."""
        row, young = self.months(o, m)[-1], 0.0
        for waited in range(14):
            if waited + w + 1 < limit:
                young += row[f"waiting_{waited}"]
        for joined in range(w + 1):
            if w - joined < limit:
                young += self.joins(o, m, joined)
        return young

    # Rooms, staff and journeys

    @cached_property
    def stations(self) -> list[tuple[str, str]]:
        places = [(r["site"], r["asset_type"]) for t in ("assets", "pads", "rota") for r in self.tables[t]]
        return list(dict.fromkeys(places))

    @cached_property
    def able(self) -> dict[tuple[str, str], list[str]]:
        done = [(r["asset_type"], r["test"]) for r in self.tables["capabilities"]]
        return {(s, a): [m for m in self.tests if (a, m) in done] for s, a in self.stations}

    def minutes_each(self, s: str, a: str, m: str) -> float:
        return 60 / self.value("scans_per_hour", site=s, asset_type=a, test=m)

    def yields(self, s: str, a: str) -> float:
        where = {"organisation": self.owner[s], "site": s, "asset_type": a}
        return self.value("utilisation", **where) * (1 - self.value("dna_rate", **where))

    @cached_property
    def kinds(self) -> dict[str, dict[str, Any]]:
        return {r["session_type"]: r for r in self.tables["session_types"]}

    def today(self, s: str, a: str, t: str) -> int:
        rows = [r["sessions"] for r in self.tables["rota"] if (r["site"], r["asset_type"], r["session_type"]) == (s, a, t)]
        assert all(n == int(n) for n in rows)
        return int(sum(rows))

    def most(self, s: str, a: str, t: str, w: int) -> int:
        there = sum((r["site"], r["asset_type"]) == (s, a) for r in self.tables["assets"])
        out = self.value("assets_out", w, organisation=self.owner[s], site=s, asset_type=a)
        share = self.value("session_share", w, organisation=self.owner[s], site=s, asset_type=a, session_type=t)
        return int(np.floor(max(there - out, 0) * sum(self.kinds[t][d] for d in WEEKDAYS) * share + 1e-9))

    @cached_property
    def runs(self) -> list[tuple[str, str, str]]:
        """Stations and session types that can be run in some week."""
        return [(s, a, t) for s, a in self.stations for t in self.kinds if any(self.most(s, a, t, w) for w in self.weeks)]

    def staff_needed(self, o: str, g: str, n: dict[Any, int], standing: dict[str, str], w: int) -> float:
        people = {r["asset_type"]: r["staff"] for r in self.tables["staffing"] if r["staff_group"] == g}
        need = sum(people.get(a, 0.0) * self.kinds[t]["minutes"] / 60 * n[s, a, t, w] for s, a, t in self.runs if self.owner[s] == o)
        for unit in self.tables["mobiles"]:
            s = standing.get(unit["mobile"], "")
            if s and not unit["staffed"] and self.owner[s] == o:
                need += people.get(unit["asset_type"], 0.0) * self.mobile_hours(unit, s)
        return float(need)

    def mobile_hours(self, unit: dict[str, Any], s: str) -> float:
        return self.value("mobile_hours", site=s, asset_type=unit["asset_type"], mobile=unit["mobile"])

    def hours_at_work(self, **where: str) -> float:
        if stated := self.value("hours_per_wte", **where):
            return stated
        year = 365.25 / 7 * 5
        there = year - self.value("leave_days", **where) - self.value("bank_holiday_days", **where) - self.value("study_days", **where)
        there *= 1 - self.value("sickness_share", **where) - self.value("other_absence_share", **where)
        return self.value("contracted_hours", **where) * there / year

    def staff_there(self, o: str, g: str) -> float:
        where = {"organisation": o, "staff_group": g}
        post = sum(r["wte"] for r in self.tables["staff_in_post"] if (r["organisation"], r["staff_group"]) == (o, g))
        own = post * self.hours_at_work(**where) * self.value("session_time_share", **where)
        now = {(s, a, t, 0): self.today(s, a, t) for s, a, t in self.runs}
        standing = {u["mobile"]: u["starts_at"] for u in self.tables["mobiles"]}
        return max(own, self.staff_needed(o, g, now, standing, 0))

    # Reports

    @cached_property
    def reporters(self) -> list[str]:
        """Organisations with reports to write or time to write them; nobody where no group in post has any time."""
        posted = [o for o in self.organisations if self._posted(o)]
        work = [o for o in self.organisations if any(self.report_each(o, m) for s, a in self.stations if self.owner[s] == o for m in self.able[s, a])]
        return [o for o in self.organisations if o in posted or o in work] if posted and work else []

    def _posted(self, o: str) -> list[dict[str, Any]]:
        def reports(row: dict[str, Any]) -> bool:
            return any(self.value("reporting_share", w, organisation=o, staff_group=row["staff_group"]) > 0 for w in self.weeks)

        return [r for r in self.tables["staff_in_post"] if r["organisation"] == o and reports(r)]

    def report_each(self, o: str, m: str) -> float:
        """Reporting minutes that one examination brings on average."""
        where = {"organisation": o, "test": m}
        return self.value("report_minutes", **where) * (1 - self.value("reported_at_once", **where))

    def reports_of(self, o: str, flows: list[Any], w: int) -> dict[Any, float]:
        """Minutes that flows of patients of one week bring to an organisation."""
        here = [x for x in flows if x[0] in ("examined", "must_done") and x[5] == w and self.owner[x[3]] == o]
        return {x: self.report_each(o, x[2]) for x in here if self.report_each(o, x[2]) > 0}

    def reports_outside(self, o: str, w: int) -> float:
        tests = {m for s, a, _ in self.runs if self.owner[s] == o for m in self.able[s, a]}
        share = {m: self.value("unscheduled_outside", organisation=o, test=m) for m in tests}
        return sum(self.report_each(o, m) * share[m] * self.a_week("unscheduled", o, m, w) for m in tests if self.months(o, m))

    def _ordinary(self, o: str) -> tuple[float, float]:
        """Reports and reporting minutes of an ordinary week of recent months: 43 working days make 8.6 weeks."""
        reports = minutes = 0.0
        days = sum(self.exposure(p, 0.0) for p in {r["period"] for r in self.history})
        for m in self.tests:
            done = sum(r[f"done_{kind}"] for r in self.months(o, m) for kind in ("waiting_list", "planned", "unscheduled")) / (days / 5)
            if self.report_each(o, m) > 0:
                reports += done * (1 - self.value("reported_at_once", organisation=o, test=m))
                minutes += done * self.report_each(o, m)
        return reports, minutes

    def ordinary_reports(self, o: str) -> float:
        return self._ordinary(o)[1]

    def mean_report(self, o: str) -> float:
        reports, minutes = self._ordinary(o)
        assert reports > 0, "every organisation has done something"
        return minutes / reports

    def reporting_time(self, o: str, w: int) -> float:
        """Minutes of those in post."""
        assert self._posted(o), "every organisation has somebody in post"
        total = 0.0
        for r in self._posted(o):
            where = {"organisation": o, "staff_group": r["staff_group"]}
            total += 60 * r["wte"] * self.hours_at_work(**where) * self.value("reporting_share", w, **where)
        return total

    def extra_hours(self, o: str, g: str, w: int) -> list[tuple[float, float]]:
        """Price and most hours of overtime and of bank and agency."""
        where = {"organisation": o, "staff_group": g}
        return [
            (self.value(f"{k}_cost", **where), self.value(f"{k}_limit", w, **where) * self.staff_there(o, g))
            for k, lever in (("overtime", "overtime"), ("bank", "bank_and_agency")) if self.levers[lever]
        ]  # fmt: skip

    def may_lend(self, o: str, g: str, w: int) -> float:
        """Hours an organisation has agreed to lend."""
        share = self.value("shared_staff_limit", w, organisation=o, staff_group=g)
        return share * self.staff_there(o, g) if self.levers["shared_staff"] else 0.0

    def lent_price(self, i: str, j: str, g: str) -> list[float]:
        """£ of travel for an hour lent, where there is a road: each organisation has one site where the group works."""
        ends = [[s for s, owner in self.owner.items() if owner == o] for o in (i, j)]
        assert all(len(sites) == 1 for sites in ends) or not any(self.may_lend(i, g, w) for w in self.weeks)
        minutes = self.road(ends[0][0], ends[1][0])
        if i == j or minutes is None or not any(self.may_lend(i, g, w) for w in self.weeks):
            return []
        where = {"organisation": i, "staff_group": g}
        return [2 * minutes / 60 * self.value("shared_staff_travel_cost", **where) / self.value("shared_staff_visit", **where)]

    def road(self, a: str, b: str) -> float | None:
        rows = {(r["from_place"], r["to_site"]): r["minutes"] for r in self.tables["travel"]}
        return rows.get((a, b), rows.get((b, a)))

    def journey(self, o: str, s: str) -> float | None:
        """Minutes from the organisation's nearest own site: its patients live there."""
        assert not self.tables["home_areas"]
        known = [r for r in (self.road(own, s) for own, owner in self.owner.items() if owner == o) if r is not None]
        return min(known) if known else None

    def accepted(self, o: str, m: str, s: str) -> float:
        minutes = self.journey(o, s)
        where = {"organisation": o, "test": m}
        if minutes is None or minutes > self.value("aid_travel_limit", **where) or not self.levers["mutual_aid"] or self.owner[s] == o:
            return 0.0
        band = "to_30" if minutes <= 30 else "to_45" if minutes <= 45 else "to_60" if minutes <= 60 else "beyond"
        return self.value(f"aid_accept_{band}", **where)
