"""Fairness: the largest share over six weeks of any organisation, and extra minutes on the road by group of home areas."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.assumptions import BY_NAME
from portal.checking.facts import Facts, Key
from portal.checking.report import Report
from portal.checking.sharing import Offers
from portal.checking.written import Written

EXTRA_MINUTES = "Extra minutes by road"
"""What the table of limits calls it."""

_GROUPS = {"deprived": "deprived_share", "rural": "rural_share"}


def largest_shares(facts: Facts, written: Written) -> dict[Key, float]:
    """The largest share over six weeks of any organisation at a month end from its target week on, by test."""
    over = written.over_six("organisation test week")
    largest: dict[Key, float] = {}
    for (o, m, week), waiting in written.sums("waiting_list", "organisation test week", "waiting").items():
        if week in facts.measured and facts.weeks.index(week) + 1 >= facts.assumed("target_week", organisation=o, test=m):
            share = over[o, m, week] / waiting if waiting > 0 else 0.0
            largest["", m] = max(largest.get(("", m), 0.0), share)
    return largest


def extra_minutes(facts: Facts, written: Written) -> dict[Key, tuple[float, float]]:
    """Patients of a group examined elsewhere and their extra minutes by road, by group and test."""
    offers, sums = Offers(facts), dict[Key, tuple[float, float]]()
    homes = {row.home_area: row for row in facts.network["home_areas"].itertuples()}
    for (o, site, m), patients in written.sums("transfers", "from_organisation to_site test", "patients").items():
        accepting = offers.by_home(o, m, site)
        everybody = sum(accepts for _, accepts, _ in accepting)
        for group, column in _GROUPS.items():
            for home, accepts, minutes in accepting:
                there = patients * accepts / everybody * _part(homes.get(home), column)
                before = sums.get((group, m), (0.0, 0.0))
                longer = max(minutes - _own_minutes(facts, o, homes[home]), 0.0) if there else 0.0
                sums[group, m] = before[0] + there, before[1] + there * longer
    return sums


def mean_extra_minutes(facts: Facts, written: Written) -> dict[str, dict[Key, float]]:
    """The measures of extra minutes by name, for groups of which anybody is examined elsewhere."""
    found: dict[str, dict[Key, float]] = {f"extra minutes of {group} patients examined elsewhere": {} for group in _GROUPS}
    for (group, m), (patients, minutes) in extra_minutes(facts, written).items():
        if patients > 0.5:
            found[f"extra minutes of {group} patients examined elsewhere"]["", m] = minutes / patients
    return found


def check_extra_minutes(report: Report, facts: Facts, written: Written) -> None:
    """No group has more extra minutes on average than the cap, and the table of limits says how many it has."""
    tests = facts.network.titles("tests")
    said = {row.where: row.used for row in written.rows("limits") if row.what == EXTRA_MINUTES}
    for (group, m), (patients, minutes) in extra_minutes(facts, written).items():
        cap = facts.assumed("extra_minutes_cap", test=m)
        if cap < BY_NAME["extra_minutes_cap"].maximum:
            report.at_most("extra-minutes", "transfers", (group, m), minutes, cap * patients, "extra minutes of all patients of the group")
            if patients > 0.5:
                used = said.get(f"{tests[m]}, {group} patients", -1.0)
                report.equal("extra-minutes", "limits", (group, m), used, minutes / patients, "minutes, mean")


def _part(home: Any, column: str) -> float:
    share = getattr(home, column) if home is not None else 0.0
    return 0.0 if pd.isna(share) else float(share)


def _own_minutes(facts: Facts, organisation: str, home: Any) -> float:
    """Minutes from a home area to the nearest site of its own organisation; the area's own roads count before its nearest site's."""
    for start in (home.home_area, home.nearest_site):
        known = [facts.roads[start, s] for s, owner in facts.owner.items() if owner == organisation and (start, s) in facts.roads]
        if known:
            return min(known)
    return 0.0
