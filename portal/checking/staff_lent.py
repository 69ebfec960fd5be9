"""Staff lent by one organisation to another."""

from __future__ import annotations

from statistics import fmean

from portal.checking.facts import Facts
from portal.checking.report import Report
from portal.checking.written import Written


def check_shared_staff(report: Report, facts: Facts, written: Written) -> None:
    """Nobody lends more than is agreed, what is lent is what staffing says, and travel is paid at the lender's terms."""
    agreed = facts.scenario.levers["shared_staff"]
    for row in written.rows("shared_staff"):
        where = (row.from_organisation, row.to_organisation, row.staff_group, row.week)
        terms = {"organisation": row.from_organisation, "staff_group": row.staff_group}
        minutes = _there_and_back(facts, row.from_organisation, row.to_organisation, row.staff_group)
        if row.from_organisation == row.to_organisation or minutes is None or not agreed:
            report.fault("nothing-to-lend", "shared_staff", f"{row.hours:,.1f} hours ({where})", "none: no known road, or staff are not shared")
            continue
        report.at_most("lent-hours", "shared_staff", where, -row.hours, 0.0, "hours below zero")
        report.equal("staff-travel", "shared_staff", where, row.minutes, minutes, "minutes by road")
        a_visit = minutes / 60 * facts.assumed("shared_staff_travel_cost", **terms)
        cost = row.hours / facts.assumed("shared_staff_visit", **terms) * a_visit
        report.equal("staff-travel-cost", "shared_staff", where, row.cost_gbp, cost, "pounds")
    own = written.sums("staffing", "organisation staff_group week", "hours_available")
    for (o, g, week), hours in written.sums("shared_staff", "from_organisation staff_group week", "hours").items():
        share = facts.assumed("shared_staff_limit", week, organisation=o, staff_group=g)
        report.at_most("lent-hours", "shared_staff", (o, g, week), hours, share * own.get((o, g, week), 0.0), "hours lent")
    for way, column in (("from", "shared_out_hours"), ("to", "shared_in_hours")):
        lent = written.sums("shared_staff", f"{way}_organisation staff_group week", "hours")
        report.same("shared-hours", "staffing", written.sums("staffing", "organisation staff_group week", column), lent, "hours shared")


def _there_and_back(facts: Facts, lender: str, borrower: str, group: str) -> float | None:
    """Minutes of a visit: from the lender's nearest place of work, mean over those of the borrower; None where no road is known."""
    journeys = []
    for end in _places_of_work(facts, borrower, group):
        starts = [start for start in _places_of_work(facts, lender, group) if (start, end) in facts.roads]
        journeys += [min(facts.roads[start, end] + facts.roads[end, start] for start in starts)] if starts else []
    return fmean(journeys) if journeys else None


def _places_of_work(facts: Facts, organisation: str, group: str) -> set[str]:
    """Sites of an organisation whose sessions need the group, or that may take a mobile unit that does."""
    needing = {a for a, people in facts.people.items() if group in people}
    brought = {unit.asset_type for unit in facts.units.values() if not unit.staffed}
    stations = {*facts.fixed, *((p.site, p.asset_type) for p in facts.network["pads"].itertuples() if p.asset_type in brought)}
    return {site for site, a in stations if a in needing and facts.owner[site] == organisation}
