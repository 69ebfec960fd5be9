"""The parts of the allocation problem that every network has: sessions, lists, must-do work and targets."""

from __future__ import annotations

import numpy as np

from data.activity import OVER_SIX
from data.stations import examination_minutes
from data.working_days import measured_weeks
from data.workload import must_do_work
from optimisation.allocation.problem import CHANGE_COUNTS, Draft, weeks_between
from optimisation.formulation import Index

_LAST_WEEKS = 6
"""Weeks at the end of the plan in which a list may not grow unpriced: as long as the target's own six weeks."""


def stations(d: Draft) -> None:
    """Stations, sessions, what can be done where, and today's rota."""
    now = d.inputs.today
    rows = now.stations.rows
    places = list(zip(rows["site"], rows["asset_type"], strict=True))
    kinds = list(now.stations.session_types["session_type"])
    able = examination_minutes(d.inputs.network, d.inputs.assumptions, now.stations)
    d.values["examination_minutes"] = {(r.site, r.asset_type, r.test): float(r.minutes) for r in able.itertuples()}
    most = np.floor(np.maximum(now.stations.most_sessions, now.sessions) + 1e-9)
    used = most.max(axis=2) > 0
    station_types = [(s, a, t, k, j) for k, (s, a) in enumerate(places) for j, t in enumerate(kinds) if used[k, j]]
    d.sets["station_types"] = [(s, a, t) for s, a, t, _, _ in station_types]
    d.sets["station_sessions"] = [(s, a, t, w) for s, a, t, _, _ in station_types for w in d.weeks]
    minutes = now.stations.session_minutes
    d.values["session_minutes"] = {(s, a, t): float(minutes[j] * now.stations.yield_share[k]) for s, a, t, k, j in station_types}
    d.values["room_minutes"] = {(t,): float(m) for t, m in zip(kinds, minutes, strict=True)}
    d.values["most_sessions"] = {(s, a, t, w): float(most[k, j, w - 1]) for s, a, t, k, j in station_types for w in d.weeks}
    d.values["sessions_today"] = {(s, a, t, w): float(now.sessions[k, j, w - 1]) for s, a, t, k, j in station_types for w in d.weeks}
    d.sets["fixed_stations"] = sorted({(s, a) for s, a, _ in d.sets["station_types"]}, key=places.index)
    d.join("types_at", (((s, a), t) for s, a, t in d.sets["station_types"]))
    d.join("tests_at", (((r.site, r.asset_type), r.test) for r in able.itertuples()))
    d.over("session_cost", d.sets["station_types"], "session_cost", ["site", "asset_type", "session_type"])
    d.over(
        "examination_cost",
        [(s, m) for s, m in dict.fromkeys(zip(able["site"], able["test"], strict=True))],
        "examination_cost",
        ["site", "test"],
    )
    types = [(a,) for a in dict.fromkeys(rows["asset_type"])]
    d.over("ramp_price", types, "ramp_price", ["asset_type"])
    d.over("rota_change_price", types, "rota_change_price", ["asset_type"])
    d.values["counted_session"] = dict.fromkeys(types, CHANGE_COUNTS)
    _session_bounds(d)


def _session_bounds(d: Draft) -> None:
    today, most = d.values["sessions_today"], d.values["most_sessions"]
    free = d.inputs.lever("change_sessions")
    d.session_bounds = {i: (0.0, most[i]) if free else (today[i], today[i]) for i in d.sets["station_sessions"]}
    for lock in d.inputs.scenario.locks.query("decision == 'sessions'").itertuples():
        for w in weeks_between(d, lock.from_week, lock.to_week):
            if (lock.site, lock.asset_type, lock.session_type, w) in d.session_bounds:
                d.session_bounds[lock.site, lock.asset_type, lock.session_type, w] = (lock.value, lock.value)
    d.sets["growing_sessions"] = [i for i, (_, high) in d.session_bounds.items() if high > today[i]]


def lists(d: Draft) -> None:
    """Waiting lists, their flows, must-do work and where each may be examined at home."""
    tests = set(d.inputs.network.allocated_tests)
    rows = d.inputs.response.rows
    rows = rows[rows["test"].isin(tests)]
    number = {week: w for w, week in zip(d.weeks, d.inputs.weeks, strict=True)}
    keys = list(zip(rows["organisation"], rows["test"], rows["priority"], rows["week"].map(number), strict=True))
    opening = d.inputs.response.opening.groupby(["organisation", "test", "priority"], sort=False)["patients"].sum()
    moving = rows.groupby(["organisation", "test", "priority"], sort=False)["additions"].sum()
    alive = {i for i in moving.index if moving[i] > 0 or opening.get(i, 0.0) > 0}
    d.sets["lists"] = [i for i in dict.fromkeys(k[:3] for k in keys) if i in alive]
    d.sets["list_weeks"] = [(*i, w) for i in d.sets["lists"] for w in d.weeks]
    for name, column in (("additions", "additions"), ("most_removed", "removed"), ("under_six", "under_six"), ("seen_today", "served")):
        values = dict(zip(keys, rows[column].astype(float), strict=True))
        d.values[name] = {i: values[i] for i in d.sets["list_weeks"]}
    d.values["opening_list"] = {i: float(opening.get(i, 0.0)) for i in d.sets["lists"]}
    _running_totals(d)
    _between(d, dict(zip(keys, rows["waiting"].astype(float), strict=True)))
    _must_do(d)
    able = d.neighbours["tests_at"]
    home = [(o, m, u, s, a) for o, m, u in d.sets["lists"] for (s, a), done in able.items() if m in done and d.inputs.network.owner[s] == o]
    d.sets["home_routes"] = home
    d.values["owed_cost"] = _owed(d, home)
    d.over("waiting_price", [(m,) for m in dict.fromkeys(i[1] for i in d.sets["lists"])], "waiting_price", ["test"])


def _owed(d: Draft, home: list[Index]) -> dict[Index, float]:
    """What an examination costs in the cheapest kind of session, consumables included: the mean over the organisation's own rooms."""
    cost, minutes, consumables = d.values["session_cost"], d.values["session_minutes"], d.values["examination_cost"]
    a_minute = {place: min(cost[*place, t] / minutes[*place, t] for t in types) for place, types in d.neighbours["types_at"].items()}
    at: dict[Index, dict[Index, float]] = {(o, m): {} for o, m, _ in d.sets["lists"]}
    for o, m, _, s, a in home:
        at[o, m][s, a] = consumables[s, m] + a_minute.get((s, a), 0.0) * d.values["examination_minutes"][s, a, m]
    return {i: sum(costs.values()) / len(costs) if costs else 0.0 for i, costs in at.items()}


def _running_totals(d: Draft) -> None:
    total: dict[Index, float] = {}
    for o, m, u in d.sets["lists"]:
        so_far = d.values["opening_list"][o, m, u]
        for w in d.weeks:
            so_far += d.values["additions"][o, m, u, w]
            total[o, m, u, w] = so_far
    d.values["additions_so_far"] = total


def _between(d: Draft, without_change: dict[Index, float]) -> None:
    """How short a list can get, and how long it can be left."""
    floor = d.over("list_floor", [(m,) for m in dict.fromkeys(i[1] for i in d.sets["lists"])], "list_floor", ["test"])
    del d.values["list_floor"]
    kept = {i: floor[(i[1],)] * d.values["additions"][i] for i in d.sets["list_weeks"]}
    d.values["shortest_list"] = {i: max(min(kept[i], without_change[i]), 0.0) for i in kept}
    d.values["longest_list"] = {i: max(kept[i], without_change[i]) for i in kept}


def _must_do(d: Draft) -> None:
    """Must-do work by organisation and test, where the organisation has fixed assets for it; kept too where all of it is outside sessions."""
    network = d.inputs.network
    at: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for s, a in d.sets["fixed_stations"]:
        for m in d.neighbours["tests_at"].get((s, a), []):
            at.setdefault((network.owner[s], m), []).append((s, a))
    work = must_do_work(d.inputs.demand, d.inputs.assumptions, network.allocated_tests)
    patients = dict(zip(work.index, work.to_numpy().tolist(), strict=True))
    rows = d.inputs.demand.rows
    rows = rows[rows["kind"].isin(["planned", "unscheduled"]) & (rows["central"] > 0)]
    arises = set(zip(rows["organisation"], rows["test"], strict=True))
    streams = [i for i in patients if i in at and i in arises]
    d.sets["must_do_tests"] = streams
    d.sets["must_do_streams"] = [(*i, w) for i in streams for w in d.weeks]
    d.values["must_do"] = {(*i, w): patients[i][w - 1] for i in streams for w in d.weeks}
    d.sets["must_do_places"] = [(*i, s, a, w) for i in streams for s, a in at[i] for w in d.weeks]
    d.join("must_do_at", (((s, a), i) for i in streams for s, a in at[i]))
    d.join("must_do_sites", ((i, place) for i in streams for place in at[i]))
    d.over("undone_price", [(m,) for m in dict.fromkeys(m for _, m in streams)], "undone_price", ["test"])


def targets(d: Draft) -> None:
    """Where and when the target is measured, and the end of the plan."""
    pairs = list(dict.fromkeys((o, m) for o, m, _ in d.sets["lists"]))
    first = d.over("target_week", pairs, "target_week", ["organisation", "test"])
    del d.values["target_week"]
    price = d.over("shortfall_price", pairs, "shortfall_price", ["", "test"])
    measured = [int(w) + 1 for w in measured_weeks(d.inputs.weeks)]
    if not measured:
        measured = [d.weeks[-1]]
    d.sets["measured_tests"] = [(o, m, w) for o, m in pairs for w in measured if w >= first[o, m]]
    d.over("target_share", d.sets["measured_tests"], "target_share", ["organisation", "test"], dated=True)
    d.values["shortfall_price"] = {(o, m, w): price[o, m] * (1 + sum(first[o, m] <= q < w for q in measured)) for o, m, w in d.sets["measured_tests"]}
    d.join("lists_of_test", (((o, m), u) for o, m, u in d.sets["lists"]))
    wanted = set(d.sets["measured_tests"])
    d.sets["measured_lists"] = [(o, m, u, w) for o, m, u, w in d.sets["list_weeks"] if (o, m, w) in wanted]
    judged = {*measured, d.weeks[-1]}
    d.sets["judged_lists"] = [i for i in d.sets["list_weeks"] if i[3] in judged]
    long_enough = len(d.weeks) > max(_LAST_WEEKS, OVER_SIX)
    d.sets["ending_lists"] = list(d.sets["lists"]) if long_enough else []
    tests = [(m,) for m in dict.fromkeys(i[1] for i in d.sets["lists"])]
    for name in ("longer_price", "cliff_price"):
        d.over(name, tests, name, ["test"])
