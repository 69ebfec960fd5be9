"""Mutual aid and independent providers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.written import Written

_ORDER_WEEKS = 4
"""Weeks of one order from a framework."""


class Offers:
    """Who may be offered an examination where: the share who accept and how far they travel, by organisation, test and site."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._minutes = facts.roads
        self._homes: dict[str, list[tuple[str, float, str]]] = {}
        for area in facts.network["home_areas"].itertuples():
            self._homes.setdefault(area.organisation, []).append((area.home_area, float(area.share), area.nearest_site))
        self._known: dict[Key, tuple[float, float]] = {}

    def of(self, o: str, m: str, site: str) -> tuple[float, float]:
        """Share of an organisation's patients who accept an examination at the site, and the mean minutes of those who do."""
        if (o, m, site) not in self._known:
            self._known[o, m, site] = self._computed(o, m, site)
        return self._known[o, m, site]

    def by_home(self, o: str, m: str, site: str) -> list[tuple[str, float, float]]:
        """Home areas within the travel limit, what part of all offers is accepted from there, and their minutes."""
        limit = self._facts.assumed("aid_travel_limit", organisation=o, test=m)
        found = []
        for home, share, minutes in self._journeys(o, site):
            if minutes > limit or math.isnan(minutes):
                continue
            band = "to_30" if minutes <= 30 else "to_45" if minutes <= 45 else "to_60" if minutes <= 60 else "beyond"
            found.append((home, share * self._facts.assumed(f"aid_accept_{band}", organisation=o, test=m), minutes))
        return found

    def _computed(self, o: str, m: str, site: str) -> tuple[float, float]:
        homes = self.by_home(o, m, site)
        accepted = sum(accepts for _, accepts, _ in homes)
        return accepted, sum(accepts * minutes for _, accepts, minutes in homes) / accepted if accepted else math.nan

    def _journeys(self, o: str, site: str) -> list[tuple[str, float, float]]:
        """Home areas, share of patients and their minutes by road; an area's own row counts before that of its nearest site."""
        if o not in self._homes:
            own = [s for s, owner in self._facts.owner.items() if owner == o]
            return [("", 1.0, min((self._minutes.get((s, site), math.nan) for s in own if (s, site) in self._minutes), default=math.nan))]
        return [
            (area, share, self._minutes.get((area, site), self._minutes.get((nearest, site), math.nan))) for area, share, nearest in self._homes[o]
        ]


def check_aid(report: Report, facts: Facts, written: Written, lists: Mapping[Key, Any]) -> None:
    """Nobody beyond the travel limit, no more than accept, batches within their sizes, nobody passed on.

    Args:
        report: takes what is found.
        facts: the network under the scenario.
        written: the tables.
        lists: opening list, additions and list at each week end by organisation and test.
    """
    offers = Offers(facts)
    sent = written.sums("transfers", "from_organisation to_site test priority week", "patients")
    away = {k: n for k, n in written.own_examinations().items() if facts.owner.get(k[1]) != k[0]}
    report.same("transfers-are-examinations", "transfers", sent, {k: n for k, n in away.items() if n > 1e-9}, "patients")
    for row in written.rows("transfers"):
        where = (row.from_organisation, row.to_site, row.test, row.week)
        accepted, minutes = offers.of(row.from_organisation, row.test, row.to_site)
        if facts.owner.get(row.to_site) != row.to_organisation or row.to_organisation == row.from_organisation:
            report.fault("owner", "transfers", f"{row.to_site} of {row.to_organisation}", "another organisation's own site")
        if not facts.scenario.levers["mutual_aid"] or accepted <= 0:
            report.fault("travel-limit", "transfers", f"{row.patients:,.1f} patients ({where})", "nobody: too far, or mutual aid is off")
            continue
        report.equal("travel", "transfers", where, row.minutes, minutes, "minutes by road")
        report.equal("aid-cost", "transfers", where, row.cost_gbp, row.patients * facts.assumed("aid_cost", test=row.test), "pounds")
    _check_acceptance(report, facts, sent, offers, lists)
    _check_batches(report, facts, sent)


def _check_acceptance(report: Report, facts: Facts, sent: Mapping[Key, float], offers: Offers, lists: Mapping[Key, Any]) -> None:
    """Offers of a week go to those who wait; nobody is counted as accepting twice."""
    for o, m in {(k[0], k[2]) for k in sent}:
        if (o, m) not in lists:
            report.fault("no-list", "transfers", f"patients of {o} for {m}", "patients on a list")
            continue
        opening, additions, waiting = lists[o, m]
        suitable = facts.assumed("aid_suitable", test=m)
        sites = sorted({k[1] for k in sent if (k[0], k[2]) == (o, m) and offers.of(o, m, k[1])[0] > 0})
        so_far = dict.fromkeys(sites, 0.0)
        joined, before = opening, opening
        for w, week in enumerate(facts.weeks):
            joined += additions[w]
            asked = 0.0
            for site in sites:
                patients = sum(n for k, n in sent.items() if (k[0], k[1], k[2], k[4]) == (o, site, m, week))
                accepted = offers.of(o, m, site)[0]
                so_far[site] += patients
                asked += patients / accepted
                report.at_most("acceptance", "transfers", (o, site, m, week), so_far[site], accepted * suitable * joined, "patients so far")
            report.at_most("offers", "transfers", (o, m, week), asked, suitable * before, "offers")
            before = waiting[w]


def _check_batches(report: Report, facts: Facts, sent: Mapping[Key, float]) -> None:
    """Batches within their sizes; no organisation receives and sends the same test, neither in a week nor in a period of one role."""
    batches: dict[Key, float] = {}
    for (o, site, m, _, week), patients in sent.items():
        key = (o, facts.owner.get(site, ""), m, week)
        batches[key] = batches.get(key, 0.0) + patients
    length = int(facts.assumed("aid_role_weeks"))
    senders: dict[Key, set[str]] = {}
    receivers: dict[Key, set[str]] = {}
    for (i, j, m, week), patients in batches.items():
        where = (f"{i} to {j}", m, week)
        report.at_most("smallest-batch", "transfers", where, facts.assumed("aid_minimum_batch", test=m), patients, "patients in the smallest batch")
        report.at_most("largest-batch", "transfers", where, patients, facts.assumed("aid_maximum_batch", test=m), "patients in a batch")
        period = (m, facts.weeks.index(week) // length) if week in facts.weeks else (m, -1)
        senders.setdefault(period, set()).add(i)
        receivers.setdefault(period, set()).add(j)
    for period, sending in senders.items():
        for o in sorted(sending & receivers[period]):
            report.fault("relay", "transfers", f"{o} sends and receives {period[0]} in period {period[1] + 1} of {length} weeks", "one of the two")


def check_external(report: Report, facts: Facts, written: Written) -> None:
    """Providers stay within their limits, in rooms of the organisation whose list it is, at the agreed price."""
    levers = facts.scenario.levers
    for row in written.rows("external"):
        where = (row.organisation, row.site, row.test, row.kind, row.week)
        price = facts.assumed(f"{row.kind}_price", organisation=row.organisation, test=row.test)
        report.equal("provider-cost", "external", where, row.cost_gbp, row.patients * price, "pounds")
        if not levers["insourcing" if row.kind == "insourced" else "outsourcing"]:
            report.fault("lever", "external", f"{row.patients:,.1f} patients {row.kind}", "none: the scenario does not use it")
        if (row.kind == "insourced") != (facts.owner.get(row.site) == row.organisation):
            report.fault("owner", "external", f"{row.kind} at {row.site or 'no site'} for {row.organisation}", "own rooms, or none where outsourced")
    for (site, m, week), patients in written.sums("external", "site test week", "patients", lambda f: f["kind"] == "insourced").items():
        limit = facts.assumed("insourced_limit", week, organisation=facts.owner.get(site, ""), site=site, test=m)
        report.at_most("insourcing-limit", "external", (site, m, week), patients, limit, "patients insourced")
    for (o, m, week), patients in written.sums("external", "organisation test week", "patients", lambda f: f["kind"] == "outsourced").items():
        limit = facts.assumed("outsourced_limit", week, organisation=o, test=m)
        report.at_most("outsourcing-limit", "external", (o, m, week), patients, limit, "patients outsourced")
    _check_orders(report, facts, written)


def _check_orders(report: Report, facts: Facts, written: Written) -> None:
    """What is bought of a framework in four weeks is nothing, or the smallest order; in a shorter last period so much less."""
    bought: dict[Key, float] = {}
    for (kind, o, m, week), patients in written.sums("external", "kind organisation test week", "patients").items():
        period = (kind, o, m, facts.weeks.index(week) // _ORDER_WEEKS) if week in facts.weeks else (kind, o, m, -1)
        bought[period] = bought.get(period, 0.0) + patients
    for (kind, o, m, period), patients in bought.items():
        weeks = len(facts.weeks[period * _ORDER_WEEKS :][:_ORDER_WEEKS]) if period >= 0 else _ORDER_WEEKS
        smallest = facts.assumed(f"{kind}_minimum", organisation=o, test=m) * weeks / _ORDER_WEEKS
        where = (kind, o, m, f"four weeks number {period + 1}")
        report.at_most("smallest-order", "external", where, smallest, patients, "patients in the smallest order")
