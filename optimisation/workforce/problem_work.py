"""The part of the workforce problem about work: what is needed, who may do it, what may be bought, and the hours there are."""

from __future__ import annotations

import pandas as pd

from data.working_time import QUARTER_WEEKS, hours_a_week
from optimisation.formulation import Index
from optimisation.staff_roads import price_of_an_hour, staff_roads
from optimisation.workforce.problem import Draft, year_of

_PENNY_WISE = 1.0
"""£ that an hour done by another staff group counts: enough that nobody's work is given away without need, weighed last."""


def work(d: Draft) -> None:
    """Hours needed, and what one examination of them takes."""
    number = {day: q for q, day in zip(d.quarters, d.inputs.quarters, strict=True)}
    rows = d.inputs.need[(d.inputs.need["hours"] > 0) & d.inputs.need["quarter"].isin(d.inputs.quarters)]
    rows = rows.assign(q=rows["quarter"].map(number).astype(int))
    keys = list(rows[["organisation", "staff_group", "kind", "test", "q"]].itertuples(index=False, name=None))
    d.sets["work"] = keys
    d.values["need"] = dict(zip(keys, rows["hours"].astype(float), strict=True))
    examined = rows[(rows["examinations"] > 0) & (rows["test"] != "")]
    most = examined.groupby(["organisation", "test", "q"], sort=False)["examinations"].max()
    d.values["examinations"] = {i: float(n) for i, n in most.items()}
    d.sets["examined"] = list(d.values["examinations"])
    d.values["hours_of_one"] = {
        i: hours / d.values["examinations"][i[0], i[3], i[4]]
        for i, hours in d.values["need"].items()
        if (i[0], i[3], i[4]) in d.values["examinations"]
    }
    scanned = {i for i in d.values["hours_of_one"] if i[2] == "scanning"}
    d.sets["uncoverable"] = [i for i in keys if i not in scanned]
    d.join("work_of_year", (((i[0], i[1], year_of(i[4])), i) for i in keys))
    d.join("own_work", (((i[0], i[1], i[4]), (i[2], i[3])) for i in keys))
    d.over("lost_price", [(m,) for m in dict.fromkeys(i[1] for i in d.sets["examined"])], "lost_examination_price", ["test"])
    d.over("uncovered_price", [(g,) for g in dict.fromkeys(i[1] for i in d.sets["uncoverable"])], "uncovered_hour_price", ["staff_group"])


def skill_mix(d: Draft) -> None:
    """Who may do whose work: a row for one test comes before the row for every test."""
    rows = {
        (r.work_of, r.done_by, r.kind, r.test): r for r in d.inputs.network["skill_mix"].itertuples() if d.inputs.lever("skill_mix") and r.most > 0
    }
    others: dict[Index, list[str]] = {}
    for f, h, k, _ in rows:
        if f != h and h not in others.setdefault((f, k), []):
            others[f, k].append(h)
    members, each, limit = [], {}, {}
    for o, g, k, m, q in d.sets["work"]:
        for h in others.get((g, k), []):
            row = rows.get((g, h, k, m)) or rows.get((g, h, k, ""))
            if row:
                members.append((o, g, k, m, h, q))
                limit[members[-1]] = float(row.most) * d.values["need"][o, g, k, m, q]
                each[g, k, m, h] = float(row.hours_each)
    d.sets["skill_mix"], d.values["skill_limit"], d.values["hours_in_place"] = members, limit, each
    d.values["other_hour_price"] = {("unit",): _PENNY_WISE}
    d.join("helpers", (((o, g, k, m, q), h) for o, g, k, m, h, q in members))
    d.join("helped_work", (((o, h, q), (g, k, m)) for o, g, k, m, h, q in members))


def buying(d: Draft) -> None:
    """Examinations and reports that providers may do."""
    limit = {("outsourced", *i): n for i, n in _outsourced(d).items()} | {("insourced", *i): n for i, n in _insourced(d).items()}
    most = {(o, p, m, q): min(n * QUARTER_WEEKS, d.values["examinations"][o, m, q]) for (p, o, m, q), n in limit.items() if n > 0}
    d.values["bought_limit"] = most
    d.sets["buying"] = list(most)
    d.join("providers", (((o, m, q), p) for o, p, m, q in most))
    prices: dict[Index, float] = {}
    for p in ("insourced", "outsourced"):
        pairs = list(dict.fromkeys((o, m) for o, kind, m, _ in most if kind == p))
        prices |= {(o, p, m): n for (o, m), n in d.over("bought_price", pairs, f"{p}_price", ["organisation", "test"]).items()}
    d.values["bought_price"] = prices
    _reports(d)


def _outsourced(d: Draft) -> dict[Index, float]:
    limit = d.over("bought_limit", d.sets["examined"], "outsourced_limit", ["organisation", "test"], dated=True)
    return limit if d.inputs.lever("outsourcing") else {}


def _insourced(d: Draft) -> dict[Index, float]:
    """Examinations a week in the rooms of all sites of an organisation that can do the test."""
    if not d.inputs.lever("insourcing"):
        return {}
    network = d.inputs.network
    rooms = network["assets"].merge(network["capabilities"], on="asset_type")[["site", "test"]].drop_duplicates()
    sites: dict[Index, list[str]] = {}
    for site, m in rooms.itertuples(index=False):
        sites.setdefault((network.owner[site], m), []).append(site)
    at = [(site, m, q) for o, m, q in d.sets["examined"] for site in sites.get((o, m), [])]
    limit: dict[Index, float] = {}
    for (site, m, q), n in d.over("bought_limit", at, "insourced_limit", ["site", "test"], dated=True).items():
        limit[network.owner[site], m, q] = limit.get((network.owner[site], m, q), 0.0) + n
    return limit


def _reports(d: Draft) -> None:
    reporting = [i for i in d.sets["work"] if i[2] == "reporting"]
    weekly = list(dict.fromkeys((o, q) for o, _, _, _, q in reporting))
    limit = d.over("report_limit", weekly, "outsourced_report_limit", ["organisation"], dated=True)
    minutes = d.over("report_hours", list(dict.fromkeys((i[0], i[3]) for i in reporting)), "report_minutes", ["organisation", "test"])
    bought = [i for i in reporting if limit[i[0], i[4]] > 0 and minutes[i[0], i[3]] > 0] if d.inputs.lever("outsourced_reporting") else []
    d.sets["report_buying"] = bought
    d.values["report_hours"] = {i[:1] + i[3:4]: minutes[i[0], i[3]] / 60 for i in bought}
    d.join("reports_of", (((i[0], i[4]), i) for i in bought))
    d.values["report_limit"] = {i: QUARTER_WEEKS * limit[i] for i in d.neighbours["reports_of"]}
    d.over("report_price", list(dict.fromkeys((i[0],) for i in bought)), "outsourced_report_price", ["organisation"])


def hours(d: Draft) -> None:
    """Hours of one WTE in a quarter: at work, and of these for patients and trainees."""
    cells = d.sets["cells"]
    places = d.places_of(cells, "organisation", "staff_group")
    at_work = QUARTER_WEEKS * hours_a_week(d.inputs.assumptions, places)
    clinical = at_work * (1 - d.inputs.assumptions.values("non_clinical_share", places))
    d.hours_at_work = dict(zip(cells, at_work.tolist(), strict=True))
    d.values["clinical_hours"] = dict(zip(cells, clinical.tolist(), strict=True))


def lending(d: Draft) -> None:
    """Who may lend hours to whom, and what their travel costs for each hour they work there."""
    agreed = {i[:2] for i, most in d.values["lending_limit"].items() if most > 0}
    roads = staff_roads(d.inputs.network, _sites(d)) if agreed else {}
    roads = {i: minutes for i, minutes in roads.items() if (i[0], i[2]) in agreed}
    d.values["lending_price"] = price_of_an_hour(d.inputs.assumptions, roads)
    d.sets["lending"] = [(i, j, g, q) for i, j, g in roads for q in d.quarters if d.values["lending_limit"][i, g, q] > 0]
    d.join("lends_to", (((i, g, q), j) for i, j, g, q in d.sets["lending"]))
    d.join("borrows_from", (((j, g, q), i) for i, j, g, q in d.sets["lending"]))
    d.values["lending_limit"] = {i: d.values["lending_limit"][i] for i in d.neighbours["lends_to"]}


def _sites(d: Draft) -> dict[Index, list[str]]:
    """Sites at which a group staffs assets; every site of the organisation where it staffs none."""
    network = d.inputs.network
    at = network["assets"].merge(network["staffing"], on="asset_type")[["site", "staff_group"]].drop_duplicates()
    staffed: dict[Index, list[str]] = {}
    for site, g in at.itertuples(index=False):
        staffed.setdefault((network.owner[site], g), []).append(site)
    everywhere = pd.Series(network.owner).groupby(pd.Series(network.owner)).groups
    return {(o, g): staffed.get((o, g)) or list(everywhere.get(o, [])) for o, g in d.sets["cells"]}
