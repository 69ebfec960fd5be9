"""Reports: what examinations bring, who has the time to write them, what is left and what of it is late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.written import Written

_IN_TIME = 4
"""Weeks in which a report is in time, that of the examination among them."""


class Reports:
    """Reporting work and time of one dataset under one scenario.

    Attributes:
        each: minutes of a report by organisation and test; what is reported at once, or takes no time, is absent.
        later: share of examinations that are not reported at once, by the same.
        own: own reporting minutes by organisation and week.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        declared = self._declared()
        pairs = {(facts.owner[s], m) for s, a in facts.stations for m in facts.able.get(a, [])} if declared else set()
        where = {pair: {"organisation": pair[0], "test": pair[1]} for pair in pairs}
        self.later = {p: 1 - facts.assumed("reported_at_once", **place) for p, place in where.items()}
        self.each = {p: facts.assumed("report_minutes", **place) for p, place in where.items() if self.later[p] > 0}
        self.each = {p: minutes for p, minutes in self.each.items() if minutes > 0}
        organisations = {o for o, _ in self.each} | {o for o, _ in declared} if self.each else set()
        self.own = {
            (o, week): declared.get((o, week), busiest)
            for o in organisations for busiest in [self._busiest_week(o)] for week in facts.weeks
        }  # fmt: skip

    def _declared(self) -> dict[Key, float]:
        """Minutes of groups in post that spend time on reports in some week."""
        facts = self._facts
        minutes: dict[Key, float] = {}
        for row in facts.network["staff_in_post"].itertuples():
            where = {"organisation": row.organisation, "staff_group": row.staff_group}
            shares = [facts.assumed("reporting_share", week, **where) for week in facts.weeks]
            if any(shares):
                for week, share in zip(facts.weeks, shares, strict=True):
                    hours = row.wte * facts.hours_at_work(**where) * share
                    minutes[row.organisation, week] = minutes.get((row.organisation, week), 0.0) + 60 * hours
        return minutes

    def _busiest_week(self, o: str) -> float:
        """Minutes that today's rota would bring in its busiest week."""
        history, total = self._facts.history, np.zeros(len(self._facts.weeks))
        for (owner, m), each in self.each.items():
            if owner == o:
                seen = self._facts.seen_today.get((o, m), np.zeros_like(total))
                fixed = any(self._facts.owner[s] == o and m in self._facts.able.get(a, []) for s, a in self._facts.fixed)
                outside = self._facts.assumed("unscheduled_outside", organisation=o, test=m) * history.unscheduled[o, m]
                total += each * self.later[o, m] * (seen + fixed * (history.must_do[o, m] + outside))
        return float(total.max())

    def ordinary(self, o: str) -> tuple[float, float]:
        """Minutes of an ordinary week of the recent months, and of a mean report in it."""
        recent = self._facts.today.recent.groupby(["organisation", "test"])["patients"].sum()
        reports = {p: self.later[p] * float(recent.get(p, 0.0)) for p in self.each if p[0] == o}
        minutes = sum(self.each[p] * n for p, n in reports.items())
        return minutes, minutes / sum(reports.values()) if minutes > 0 else sum(self.each.values()) / len(self.each)

    def opening(self, o: str) -> float:
        """Minutes of reports that wait at the start."""
        return self._facts.assumed("report_backlog", organisation=o) * self.ordinary(o)[1]

    def needed(self, written: Written) -> dict[Key, float]:
        """Minutes that the examinations of a plan bring by organisation and week; those of insourcing providers come with their report."""
        done = written.sums("activity", "site test week", "patients")
        for key, patients in written.sums("external", "site test week", "patients", lambda f: f["kind"] == "insourced").items():
            done[key] = done.get(key, 0.0) - patients
        total: dict[Key, float] = {}
        for (site, m, week), patients in done.items():
            pair = (self._facts.owner.get(site, ""), m)
            if pair in self.each:
                key = (pair[0], week)
                total[key] = total.get(key, 0.0) + patients * self.later[pair] * self.each[pair]
        return total

    def used(self, written: Written) -> dict[Key, float]:
        """Own minutes used, for own reports and those of others, by week: what is written less the help that is had, or what is given."""
        total, needed = dict.fromkeys(((week,) for week in self._facts.weeks), 0.0), self.needed(written)
        rows = {(r.organisation, r.week): r for r in written.rows("reporting")}
        for o in {o for o, week in self.own if (o, week) in rows}:
            before, mean = self.opening(o), self.ordinary(o)[1]
            for week, row in ((week, rows[o, week]) for week in self._facts.weeks if (o, week) in rows):
                done = before + needed.get((o, week), 0.0) - row.backlog
                total[(week,)] += max(done - row.shared_minutes - mean * row.outsourced_reports, -row.shared_minutes, 0.0)
                before = row.backlog
        return total

    def owed(self, written: Written) -> float:
        """£ of the reports by which backlogs have grown at the end."""
        last = written.sums("reporting", "organisation", "backlog", lambda f: f["week"] == self._facts.weeks[-1])
        known = {o for o, _ in self.own}
        return sum(
            max(backlog - self.opening(o), 0.0) / self.ordinary(o)[1] * self._facts.assumed("outsourced_report_price", organisation=o)
            for (o,), backlog in last.items() if o in known
        )  # fmt: skip


def check_reporting(report: Report, facts: Facts, written: Written) -> None:
    """Reports are written in the time there is, shared and bought within their limits; the backlog and what of it is late follow from that."""
    reports = Reports(facts)
    rows = {(r.organisation, r.week): r for r in written.rows("reporting")}
    for key in rows.keys() - reports.own.keys():
        report.fault("unknown-place", "reporting", f"a row for {key}", "organisations with reporting time, weeks of the plan")
    for key in reports.own.keys() - rows.keys():
        report.fault("missing-row", "reporting", f"no row for {key}", "a row for each organisation with reports, and week")
    if rows.keys() == reports.own.keys():
        _check_help(report, facts, reports, rows)
        for o in dict.fromkeys(o for o, _ in reports.own):
            _check_backlog(report, facts, reports, o, rows, reports.needed(written))


def _check_help(report: Report, facts: Facts, reports: Reports, rows: Mapping[Key, Any]) -> None:
    """Reporting time given and had, and reports bought."""
    levers, shared = facts.scenario.levers, dict.fromkeys(facts.weeks, 0.0)
    for (o, week), row in rows.items():
        given, bought = -row.shared_minutes, row.outsourced_reports
        shared[week] -= given
        share = facts.assumed("shared_reporting_limit", week, organisation=o) if levers["cross_site_reporting"] else 0.0
        report.at_most("lending-limit", "reporting", (o, week), given, share * reports.own[o, week], "minutes for others")
        limit = facts.assumed("outsourced_report_limit", week, organisation=o) if levers["outsourced_reporting"] else 0.0
        report.at_most("report-limit", "reporting", (o, week), bought, limit, "reports outsourced")
        report.at_most("report-limit", "reporting", (o, week), -bought, 0.0, "reports below zero")
        price = facts.assumed("outsourced_report_price", organisation=o)
        report.equal("report-cost", "reporting", (o, week), row.cost_gbp, bought * price, "pounds")
    for week, minutes in shared.items():
        report.at_most("shared-reports", "reporting", week, minutes, 0.0, "minutes had that nobody gives")


def _check_backlog(report: Report, facts: Facts, reports: Reports, o: str, rows: Mapping[Key, Any], needed: Mapping[Key, float]) -> None:
    """Each report is written as soon as there is time, the oldest first."""
    ordinary, mean = reports.ordinary(o)
    recent, before = [ordinary] * _IN_TIME, reports.opening(o)
    for week in facts.weeks:
        row, arising = rows[o, week], needed.get((o, week), 0.0)
        report.equal("minutes-needed", "reporting", (o, week), row.minutes_needed, arising, "minutes of reports")
        report.equal("minutes-available", "reporting", (o, week), row.minutes_available, reports.own[o, week], "minutes")
        bought = mean * row.outsourced_reports
        report.at_most("outsourced-when-done", "reporting", (o, week), bought, arising, "minutes outsourced")
        time = reports.own[o, week] + row.shared_minutes + bought
        backlog = row.backlog
        report.equal("report-backlog", "reporting", (o, week), backlog, max(before + arising - time, 0.0), "minutes not yet reported")
        recent, before = [*recent[1:], arising], backlog
        late = max(backlog - sum(recent), 0.0)
        report.equal("late-reports", "reporting", (o, week), row.late_over_4_weeks, late, "minutes late")
