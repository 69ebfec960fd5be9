"""The part of the workforce problem about limits: temporary staff, places, vacancies, and what is compared between organisations and years."""

from __future__ import annotations

import math

import pandas as pd

from optimisation.formulation import Index
from optimisation.workforce.problem import Draft, year_of

_LEVERS = {"overtime": "overtime", "bank": "bank_and_agency", "lending": "shared_staff"}
_ASSUMED = {"overtime": "overtime_limit", "bank": "bank_limit", "lending": "shared_staff_limit"}

_TWICE = 2.0
"""Nobody asks for more people at once than twice those who would do all the work there is: a bound for the search, no rule."""


def limited(d: Draft) -> None:
    """Hours of overtime, of bank and agency staff and lent to others for one WTE in post; supervisors' hours for those in training today."""
    for name, assumption in _ASSUMED.items():
        share = d.rate(assumption, d.sets["cells"])
        on = d.inputs.lever(_LEVERS[name])
        d.values[f"{name}_limit"] = {(*i, q): float(share[i][q - 1]) * d.hours_at_work[i] if on else 0.0
                                     for i in d.sets["cells"] for q in d.quarters}  # fmt: skip
    for name in ("overtime", "bank"):
        d.over(f"{name}_cost", d.sets["cells"], f"{name}_cost", ["organisation", "staff_group"])
    d.values["supervising_today"] = {
        (*i, q): min(float(n[q - 1]), d.values["clinical_hours"][i] * d.values["staying_work"][*i, q])
        for i, n in d.given_hours.items() for q in d.quarters
    }  # fmt: skip


def places(d: Draft) -> None:
    """Places on each way, year by year, and the most people who could be of use."""
    stated = in_force(d, d.inputs.network["places"], "route", "a_year")
    d.values["places"] = {i: n for i, n in stated.items() if i[0] in d.routes}
    joined = [(r, a, i) for i in d.sets["starts"] for r, a in ((i[1], i[0]), (i[1], ""))]
    d.join("starts_at", (((r, a, year_of(i[2])), i) for r, a, i in joined))
    useful = _useful(d)
    d.values["most_starts"] = {}
    for o, r in d.sets["ways"]:
        one = float(d.staffing.started[o, r].post.begin.max())
        d.values["most_starts"][o, r] = math.ceil(_TWICE * useful[o, d.routes[r].staff_group] / one) if one > 0 else 0.0


def in_force(d: Draft, table: pd.DataFrame, key: str, column: str) -> dict[Index, float]:
    """A dated limit on its first day of each year of the plan, by key, organisation (empty = all) and year; none before its first day."""
    rows = table.sort_values("from_date", na_position="first", kind="stable")
    found: dict[Index, float] = {}
    for y in dict.fromkeys(year_of(q) for q in d.quarters):
        day = d.inputs.quarters[4 * (y - 1)]
        for row in rows[rows["from_date"].isna() | (rows["from_date"] <= day)].itertuples():
            found[getattr(row, key), row.organisation, y] = float(getattr(row, column))
    return found


def _useful(d: Draft) -> dict[Index, float]:
    """WTE that would do all the work a group can do, train all who come out of it or under it, in the busiest quarter; at least one."""
    work: dict[Index, dict[int, float]] = {i: dict.fromkeys(d.quarters, 0.0) for i in d.sets["cells"]}
    for (o, g, _, _, q), hours in d.values["need"].items():
        work[o, g][q] += hours
    for o, g, k, m, h, q in d.sets["skill_mix"]:
        work[o, h][q] += d.values["hours_in_place"][g, k, m, h] * d.values["need"][o, g, k, m, q]
    each = d.values["clinical_hours"]
    own = {i: max(max(hours.values()) / each[i] if each[i] > 0 else 0.0, 1.0) for i, hours in work.items()}
    reach = {i: {i} for i in own}
    for _ in own:  # as far as people can go on from one group to another
        before = {i: set(found) for i, found in reach.items()}
        for o, r in d.sets["ways"]:
            row = d.routes[r]
            for g in (row.from_group, row.supervisors):
                if g:
                    reach[o, g] |= reach[o, row.staff_group]
        if reach == before:
            break
    return {i: sum(own[j] for j in found) for i, found in reach.items()}


def vacancies(d: Draft) -> None:
    """WTE that have to be in post, where there is a limit to vacancies."""
    needed: dict[Index, float] = {}
    for (o, g, _, _, q), hours in d.values["need"].items():
        each = d.values["clinical_hours"][o, g]
        needed[o, g, q] = needed.get((o, g, q), 0.0) + (hours / each if each > 0 else 0.0)
    limit = d.rate("vacancy_limit", list(dict.fromkeys(i[:2] for i in needed)))
    least = {i: (1 - float(limit[i[:2]][i[2] - 1])) * wte for i, wte in needed.items()}
    d.values["least_in_post"] = {i: wte for i, wte in least.items() if wte > 0}
    d.sets["vacancy_limits"] = list(d.values["least_in_post"])
    d.over("vacancy_price", list(dict.fromkeys((g,) for _, g, _ in d.sets["vacancy_limits"])), "vacancy_price", ["staff_group"])


def compared(d: Draft) -> None:
    """Unequal cover, where it has a price and there is more than one organisation; starts of one year and the next."""
    groups = list(dict.fromkeys((g,) for _, g, *_ in d.sets["work"]))
    price = {g: 100 * a_point for (g,), a_point in d.over("unequal_price", groups, "unequal_cover_price", ["staff_group"]).items() if a_point > 0}
    d.values["unequal_price"] = {(g,): pounds for g, pounds in price.items()}
    d.sets["group_years"] = list(dict.fromkeys((g, y) for _, g, y in d.neighbours["work_of_year"] if g in price))
    d.join("starts_in", (((i[1], year_of(i[2])), i) for i in d.sets["starts"]))
    ways = list(dict.fromkeys(r for _, r in d.sets["ways"]))
    years = range(2, year_of(len(d.quarters)) + 1)
    d.sets["route_years"] = [(r, y) for r in ways for y in years if (r, y) in d.neighbours["starts_in"] or (r, y - 1) in d.neighbours["starts_in"]]
    into = d.places_of([(d.routes[r].staff_group,) for r in ways], "staff_group")
    pounds = d.inputs.assumptions.values("uneven_starts_price", into)
    d.values["uneven_price"] = {(r,): float(n) for r, n in zip(ways, pounds, strict=True)}
