"""The parts of the allocation problem that add to a trust's own sessions: mobile units, staff, mutual aid and providers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.travel import offers_of
from data.working_time import hours_a_week
from optimisation.allocation.problem import CHANGE_COUNTS, Draft, weeks_between


def mobiles(d: Draft) -> None:
    """Mobile units, where they may stand, and what they give there."""
    network, assumptions = d.inputs.network, d.inputs.assumptions
    units = network["mobiles"]
    d.sets["mobiles"] = [(v,) for v in units["mobile"]]
    pads = network["pads"]
    spots = [(u.mobile, p.site, p.asset_type) for u in units.itertuples() for p in pads.itertuples() if u.asset_type == p.asset_type]
    d.sets["mobile_spots"] = [(v, s) for v, s, _ in spots]
    d.sets["mobile_places"] = [(v, s, w) for v, s, _ in spots for w in d.weeks]
    d.join("spots_of", (((v,), s) for v, s, _ in spots))
    d.join("mobiles_at", (((s, a), v) for v, s, a in spots))
    frame = pd.DataFrame(spots, columns=["mobile", "site", "asset_type"]).assign(organisation=lambda f: f["site"].map(network.owner))
    stations = d.inputs.today.stations
    yields = [stations.yield_share[stations.index[s, a]] for _, s, a in spots]
    hours = assumptions.values("mobile_hours", frame)
    d.values["mobile_minutes"] = {(v, s): 60 * h * y for (v, s, _), h, y in zip(spots, hours, yields, strict=True)}
    lost = assumptions.values("mobile_setup_loss", frame)
    d.values["mobile_setup_loss"] = {(v, s): float(share) for (v, s, _), share in zip(spots, lost, strict=True)}
    d.values["one_unit"] = {("unit",): 1.0}
    starts = dict(zip(units["mobile"], units["starts_at"], strict=True))
    d.values["present_today"] = {(v, s): float(starts[v] == s) for v, s, _ in spots}
    at = d.neighbours["mobiles_at"]
    d.values["most_units"] = {(s, a): max(sum(d.values["present_today"][v, s] for v in at[s, a]), 1.0) for s, a in at}
    d.values["counted_unit_week"] = dict.fromkeys(d.sets["mobiles"], CHANGE_COUNTS)
    kinds = units[["mobile", "asset_type"]]
    for name in ("mobile_week_cost", "mobile_move_cost"):
        d.values[name] = {(v,): float(n) for v, n in zip(kinds["mobile"], assumptions.values(name, kinds), strict=True)}
    stay = dict(zip(kinds["mobile"], assumptions.values("mobile_minimum_stay", kinds), strict=True))
    d.join("stay_weeks", (((v, s, w), q) for v, s, _ in spots for w in d.weeks for q in range(max(1, w - int(stay[v]) + 1), w + 1)))
    tests = [(m,) for m in network.allocated_tests]
    d.over("suitable_for_mobile", tests, "mobile_suitable", ["test"])
    notice = dict(zip(kinds["mobile"], assumptions.values("mobile_notice", kinds), strict=True))
    _present_bounds(d, spots, notice)
    _mobile_staff(d, spots, hours)


def _present_bounds(d: Draft, spots: list[tuple[str, str, str]], notice: dict[str, float]) -> None:
    network, weeks = d.inputs.network, d.inputs.weeks
    ready = {(p.site, p.asset_type): p.ready_from for p in network["pads"].itertuples()}
    arrives = dict(zip(network["mobiles"]["mobile"], network["mobiles"]["available_from"], strict=True))
    free = d.inputs.lever("move_mobiles")
    for v, s, a in spots:
        today = d.values["present_today"][v, s]
        for w in d.weeks:
            usable = not (weeks[w - 1] < ready[s, a]) and not (weeks[w - 1] < arrives[v])
            fixed = not free or w <= notice[v]
            d.present_bounds[v, s, w] = (today, today) if fixed else (0.0, float(usable))
    for lock in d.inputs.scenario.locks.query("decision == 'mobile'").itertuples():
        for w in weeks_between(d, lock.from_week, lock.to_week):
            if (lock.mobile, lock.site, w) in d.present_bounds:
                d.present_bounds[lock.mobile, lock.site, w] = (min(lock.value, 1.0), min(lock.value, 1.0))


def _mobile_staff(d: Draft, spots: list[tuple[str, str, str]], hours: np.ndarray) -> None:
    staffed = dict(zip(d.inputs.network["mobiles"]["mobile"], d.inputs.network["mobiles"]["staffed"], strict=True))
    needs = _staff_per_asset(d)
    d.values["mobile_staff_hours"] = {
        (v, s, g): people * float(h)
        for (v, s, a), h in zip(spots, hours, strict=True) if not staffed[v] for g, people in needs.get(a, [])
    }  # fmt: skip


def _staff_per_asset(d: Draft) -> dict[str, list[tuple[str, float]]]:
    needs: dict[str, list[tuple[str, float]]] = {}
    for row in d.inputs.network["staffing"].itertuples():
        if row.staff > 0:
            needs.setdefault(row.asset_type, []).append((row.staff_group, float(row.staff)))
    return needs


def staff(d: Draft) -> None:
    """Staff hours needed by sessions and units, and hours available: at least what today's rota needs."""
    network, assumptions = d.inputs.network, d.inputs.assumptions
    needs = _staff_per_asset(d)
    length = {t: m / 60 for (t,), m in d.values["room_minutes"].items()}
    d.values["session_hours"] = {(s, a, t, g): n * length[t] for s, a, t in d.sets["station_types"] for g, n in needs.get(a, [])}
    d.join("sessions_with", (((network.owner[s], g), (s, a, t)) for s, a, t, g in d.values["session_hours"]))
    d.join("mobiles_with", (((network.owner[s], g), (v, s)) for v, s, g in d.values["mobile_staff_hours"]))
    groups = sorted(set(d.neighbours["sessions_with"]) | set(d.neighbours["mobiles_with"]))
    d.sets["staff_weeks"] = [(o, g, w) for o, g in groups for w in d.weeks]
    post = network["staff_in_post"]
    hours = post["wte"] * hours_a_week(assumptions, post) * assumptions.values("session_time_share", post)
    in_post = dict(zip(zip(post["organisation"], post["staff_group"], strict=True), hours, strict=True))
    d.values["staff_hours"] = {
        (o, g, w): max(float(in_post.get((o, g), 0.0)), most) for o, g in groups for most in [_most_hours_today(d, o, g)] for w in d.weeks
    }
    for name, lever in (("overtime", "overtime"), ("bank", "bank_and_agency")):
        limit = d.over(f"{name}_limit", d.sets["staff_weeks"], f"{name}_limit", ["organisation", "staff_group"], dated=True)
        on = d.inputs.lever(lever)
        d.values[f"{name}_limit"] = {i: share * d.values["staff_hours"][i] if on else 0.0 for i, share in limit.items()}
        d.over(f"{name}_cost", groups, f"{name}_cost", ["organisation", "staff_group"])


def _most_hours_today(d: Draft, o: str, g: str) -> float:
    """Hours of the busiest week of today's rota, mobile units included."""
    mobile = sum(d.values["mobile_staff_hours"][v, s, g] * d.values["present_today"][v, s] for v, s in d.neighbours["mobiles_with"].get((o, g), []))
    here = d.neighbours["sessions_with"].get((o, g), [])
    return mobile + max(sum(d.values["session_hours"][s, a, t, g] * d.values["sessions_today"][s, a, t, w] for s, a, t in here) for w in d.weeks)


def aid(d: Draft) -> None:
    """Mutual aid: who may be offered an examination where, and how many accept."""
    network = d.inputs.network
    tests = [(m,) for m in network.allocated_tests]
    d.over("suitable_for_aid", tests, "aid_suitable", ["test"])
    for name, assumption in (("smallest_batch", "aid_minimum_batch"), ("largest_batch", "aid_maximum_batch"), ("aid_cost", "aid_cost")):
        d.over(name, tests, assumption, ["test"])
    offers = offers_of(network, d.inputs.assumptions)
    offers = offers if d.inputs.lever("mutual_aid") else offers.iloc[:0]
    d.values["accepted"] = {(r.organisation, r.test, r.site): float(r.accepted) for r in offers.itertuples()}
    price = d.over("travel_price", tests, "travel_price", ["test"])
    d.values["travel_price"] = {(r.test, r.site, r.organisation): price[(r.test,)] * float(r.extra) for r in offers.itertuples()}
    able = d.neighbours["tests_at"]
    d.join("stations_of_site", ((s, (s, a)) for s, a in able))
    away = [
        (o, m, u, s, a) for o, m, u in d.sets["lists"] for (o2, m2, s) in d.values["accepted"] if (o2, m2) == (o, m)
        for _, a in d.neighbours["stations_of_site"].get(s, []) if m in able[s, a]
    ]  # fmt: skip
    d.sets["away_routes"] = away
    every = [*d.sets["home_routes"], *away]
    d.sets["routes"] = [(*r, w) for r in every for w in d.weeks]
    d.join("routes_of_list", (((o, m, u), (s, a)) for o, m, u, s, a in every))
    d.join("home_of_list", (((o, m, u), (s, a)) for o, m, u, s, a in d.sets["home_routes"]))
    fixed = set(d.sets["fixed_stations"])
    d.join("unit_only_routes", (((o, m, u), (s, a)) for o, m, u, s, a in every if (s, a) not in fixed))
    d.join("lists_at", (((s, a), (o, m, u)) for o, m, u, s, a in every))
    d.join("aid_sites", (((o, m, u), s) for o, m, u, s in dict.fromkeys(r[:4] for r in away)))
    d.join("aid_stations", (((o, m, u, s), a) for o, m, u, s, a in away))
    d.sets["aid_places"] = [(*r, w) for r in dict.fromkeys(r[:4] for r in away) for w in d.weeks]
    pairs = dict.fromkeys((o, network.owner[s], m) for o, m, _, s, _ in away)
    d.sets["aid_pairs"] = [(*pair, w) for pair in pairs for w in d.weeks]
    d.join("pair_routes", (((o, network.owner[s], m), (o, m, u, s, a)) for o, m, u, s, a in away))
    length = int(d.inputs.assumptions.one("aid_role_weeks"))
    d.join("period_of", (((w,), (w - 1) // length + 1) for w in d.weeks))
    members = dict.fromkeys((o, m) for i, j, m in pairs for o in (i, j))
    d.sets["aid_roles"] = [(o, m, q) for o, m in members for q in range(1, (len(d.weeks) - 1) // length + 2)]


def external(d: Draft) -> None:
    """Insourcing in own rooms and outsourcing to independent providers, where the planner allows any."""
    network = d.inputs.network
    insourcing_types = set(network["session_types"].query("insourcing")["session_type"])
    rooms = {(s, a) for s, a, t in d.sets["station_types"] if t in insourcing_types}
    tests = [(s, m) for s, m in dict.fromkeys((s, m) for s, a in rooms for m in d.neighbours["tests_at"].get((s, a), []))]
    weekly = [(s, m, w) for s, m in sorted(tests) for w in d.weeks]
    limit = d.over("insourced_limit", weekly, "insourced_limit", ["site", "test"], dated=True)
    allowed = {i for i, n in limit.items() if n > 0} if d.inputs.lever("insourcing") else set()
    d.values["insourced_limit"] = {i: limit[i] for i in weekly if i in allowed}
    here = [(o, m, u, s, a) for o, m, u, s, a in d.sets["home_routes"] if (s, a) in rooms]
    d.sets["insourcing_places"] = [(*r, w) for r in here for w in d.weeks if (r[3], r[1], w) in allowed]
    d.join("insourced_for", ((i[:3] + i[5:], (i[3], i[4])) for i in d.sets["insourcing_places"]))
    d.join("insourced_at", (((s, a, w), (o, m, u)) for o, m, u, s, a, w in d.sets["insourcing_places"]))
    d.join("insourced_test", (((s, m, w), (o, m, u, s, a)) for o, m, u, s, a, w in d.sets["insourcing_places"]))
    d.join("shared_types", (((s, a), t) for s, a, t in d.sets["station_types"] if t in insourcing_types))
    pairs = list(dict.fromkeys((o, m) for o, m, _ in d.sets["lists"]))
    weekly = [(o, m, w) for o, m in pairs for w in d.weeks]
    limit = d.over("outsourced_limit", weekly, "outsourced_limit", ["organisation", "test"], dated=True)
    bought = {i for i, n in limit.items() if n > 0} if d.inputs.lever("outsourcing") else set()
    d.values["outsourced_limit"] = {i: limit[i] for i in weekly if i in bought}
    d.sets["outsourcing_places"] = [(o, m, u, w) for o, m, u, w in d.sets["list_weeks"] if (o, m, w) in bought]
    d.join("outsourced_test", (((o, m, w), (o, m, u)) for o, m, u, w in d.sets["outsourcing_places"]))
    for name in ("insourced_price", "outsourced_price"):
        d.over(name, pairs, name, ["organisation", "test"])
