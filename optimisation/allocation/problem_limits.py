"""The parts of the allocation problem that exist only where something is agreed, limited or asked for in the assumptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from data.assumptions import BY_NAME
from data.travel import GROUPS, extra_by_group
from optimisation.allocation.problem import Draft
from optimisation.formulation import Index
from optimisation.staff_roads import price_of_an_hour, staff_roads

_ORDER_WEEKS = 4
"""Weeks of one order: providers are hired for 4 to 12 weeks and aid is agreed for a month at a time. An order over the whole plan would depend on
how long the plan is."""

Places = Mapping[Index, list[Index]]


def sharing(d: Draft) -> None:
    """Who may lend staff to whom, how many hours, and what their travel costs for each hour they work there."""
    agreed = d.over("lending_limit", d.sets["staff_weeks"], "shared_staff_limit", ["organisation", "staff_group"], dated=True)
    on = d.inputs.lever("shared_staff")
    lent = {i: share * d.values["staff_hours"][i] for i, share in agreed.items() if share > 0 and on}
    sites = working_sites(d.neighbours["sessions_with"], d.neighbours["mobiles_with"])
    price = price_of_an_hour(d.inputs.assumptions, staff_roads(d.inputs.network, sites))
    d.sets["sharing_places"] = [(i, j, g, w) for i, j, g in price for w in d.weeks if (i, g, w) in lent]
    d.join("lends_to", (((i, g, w), j) for i, j, g, w in d.sets["sharing_places"]))
    d.join("borrows_from", (((j, g, w), i) for i, j, g, w in d.sets["sharing_places"]))
    d.values["lending_limit"] = {i: lent[i] for i in d.neighbours["lends_to"]}
    d.values["sharing_price"] = {i: price[i] for i in dict.fromkeys(i[:3] for i in d.sets["sharing_places"])}


def orders(d: Draft) -> None:
    """Smallest orders of frameworks by period, where there are any."""
    places = {"insourced": d.sets["insourcing_places"], "outsourced": d.sets["outsourcing_places"]}
    smallest: dict[Index, float] = {}
    for kind, bought in places.items():
        pairs = list(dict.fromkeys(i[:2] for i in bought))
        stated = d.over("smallest_order", pairs, f"{kind}_minimum", ["organisation", "test"])
        smallest |= {(kind, *pair): n for pair, n in stated.items() if n > 0}
    joined = [((kind, *i[:2], _order_period(i[-1])), i) for kind, bought in places.items() for i in bought if (kind, *i[:2]) in smallest]
    d.join("order_purchases", joined)
    d.sets["order_periods"] = list(d.neighbours["order_purchases"])
    weeks = Counter(_order_period(w) for w in d.weeks)
    d.values["smallest_order"] = {i: smallest[i[:3]] * weeks[i[3]] / _ORDER_WEEKS for i in d.sets["order_periods"]}
    d.values["largest_order"] = {i: _most_bought(d, i) for i in d.sets["order_periods"]}


def _order_period(w: int) -> int:
    return (w - 1) // _ORDER_WEEKS + 1


def _most_bought(d: Draft, order: Index) -> float:
    """What the weekly limits of an order period allow."""
    by = 3 if order[0] == "insourced" else 0  # insourcing is limited by site, outsourcing by organisation
    limited = dict.fromkeys((i[by], i[1], i[-1]) for i in d.neighbours["order_purchases"][order])
    return sum(d.values[f"{order[0]}_limit"][i] for i in limited)


def budgets(d: Draft) -> None:
    """Premium budgets, where there is a limit, and what is spent from each."""
    organisations = [(o,) for o in d.inputs.network.organisations]
    stated = d.over("premium_budget", organisations, "premium_budget", ["organisation"])
    d.values["premium_budget"] = {i: pounds for i, pounds in stated.items() if pounds < BY_NAME["premium_budget"].maximum}
    owner = d.inputs.network.owner
    free = [i for i in d.sets["mobile_places"] if d.present_bounds[i][0] < d.present_bounds[i][1]]
    d.join("premium_staff", (((i[0],), i) for i in d.sets["staff_weeks"]))
    d.join("premium_insourced", (((i[0],), i) for i in d.sets["insourcing_places"]))
    d.join("premium_outsourced", (((i[0],), i) for i in d.sets["outsourcing_places"]))
    d.join("premium_mobiles", (((owner[i[1]],), i) for i in free))


def longest_waiters(d: Draft) -> None:
    """The thirteen-week target, at the month ends at which the six-week target is measured, where one is asked for."""
    stated = d.over("thirteen_share", d.sets["measured_tests"], "thirteen_share", ["organisation", "test"], dated=True)
    asked = [i for i, share in stated.items() if share < 1]
    d.sets["thirteen_tests"] = asked
    d.sets["thirteen_lists"] = [i for i in d.sets["measured_lists"] if stated[i[0], i[1], i[3]] < 1]
    d.values["thirteen_share"] = {i: stated[i] for i in asked}
    rows = d.inputs.response.rows
    number = {week: w for w, week in zip(d.weeks, d.inputs.weeks, strict=True)}
    keys = zip(rows["organisation"], rows["test"], rows["priority"], rows["week"].map(number), strict=True)
    young = dict(zip(keys, rows["under_thirteen"].astype(float), strict=True))
    d.values["under_thirteen"] = {i: young[i] for i in d.sets["thirteen_lists"]}
    price = d.over("thirteen_price", [(m,) for m in dict.fromkeys(i[1] for i in asked)], "thirteen_price", ["test"])
    before: Counter[Index] = Counter()
    d.values["thirteen_price"] = {}
    for o, m, w in d.sets["measured_tests"]:  # in the order of weeks: a price grows with the months since the target date
        before[o, m] += 1
        if (o, m, w) in d.values["thirteen_share"]:
            d.values["thirteen_price"][o, m, w] = price[(m,)] * before[o, m]


def fairness(d: Draft) -> None:
    """Unequal waits, where they have a price, and extra minutes by group of home areas, which are reported with or without a cap."""
    tests = [(m,) for m in dict.fromkeys(m for _, m, _ in d.sets["measured_tests"])]
    price = {m: 100 * a_point for (m,), a_point in d.over("fairness_price", tests, "fairness_price", ["test"]).items() if a_point > 0}
    rows = d.inputs.response.rows
    rows = rows.groupby(["organisation", "test", "week"])["waiting"].sum()
    fairest = d.inputs.scenario.emphasis == "fairest"
    without = {(o, m, w): float(rows[o, m, d.inputs.weeks[w - 1]]) for o, m, w in d.sets["measured_tests"] if m in price or fairest}
    d.values["unchanged_list"] = {i: n for i, n in without.items() if n >= 1}
    weeks = list(dict.fromkeys(i[1:] for i in d.values["unchanged_list"]))
    d.sets["fair_weeks"] = [i for i in weeks if i[0] in price]
    d.sets["worst_weeks"] = weeks if fairest else []
    d.values["worst_price"] = dict.fromkeys(d.sets["worst_weeks"], 0.0)
    for i, n in d.values["unchanged_list"].items() if fairest else ():
        d.values["worst_price"][i[1:]] += n * d.values["shortfall_price"][i]
    d.values["fairness_price"] = {(m, w): price[m] for m, w in d.sets["fair_weeks"]}
    groups = extra_by_group(d.inputs.network, d.inputs.assumptions)
    places = list(groups[["group", "organisation", "test", "site"]].itertuples(index=False, name=None))
    offered = [k for k, i in enumerate(places) if i[1:] in d.values["accepted"]]
    for name, column in (("group_part", "part"), ("group_minutes", "extra")):
        d.values[name] = {places[k]: float(groups[column].iat[k]) for k in offered}
    stated = d.over("extra_minutes_cap", [(m,) for m in d.inputs.network.allocated_tests], "extra_minutes_cap", ["test"])
    d.values["extra_minutes_cap"] = {i: cap for i, cap in stated.items() if cap < BY_NAME["extra_minutes_cap"].maximum}
    known = d.values["group_part"]
    d.join("group_routes", (((e, r[1]), r) for e in GROUPS for r in d.sets["away_routes"] if (e, r[0], r[1], r[3]) in known))


def working_sites(sessions_with: Places, mobiles_with: Places) -> dict[Index, list[str]]:
    """Sites at which each organisation's staff group works, in sessions or on an unstaffed mobile unit.

    Args:
        sessions_with: (organisation, staff group) → stations and session types that need the group.
        mobiles_with: the same → mobile units and sites.
    """
    return {
        i: list(dict.fromkeys([*(k[0] for k in sessions_with.get(i, [])), *(k[1] for k in mobiles_with.get(i, []))]))
        for i in dict.fromkeys([*sessions_with, *mobiles_with])
    }
