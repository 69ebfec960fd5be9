"""A problem written down by hand, and ways to look at one equation without a solver.

Trust P owns site p1, trust Q owns q1 (a room of its own and a pad) and q2 (a pad only). Tests x and y share the asset type `room`. P's list for x has
two priority classes. One mobile unit, v, stands at q2 today. Every number is chosen, none computed by the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from optimisation.allocation.model import EQUATIONS, build_model
from optimisation.allocation.problem import Problem

P1, Q1, Q2 = ("p1", "room"), ("q1", "room"), ("q2", "room")
FAST, SLOW, Y, Q = ("P", "x", "fast"), ("P", "x", "slow"), ("P", "y", "all"), ("Q", "x", "all")
LISTS = [FAST, SLOW, Y, Q]
TYPES = [(*P1, "core"), (*P1, "late"), (*Q1, "core")]
HOME = [(*FAST, *P1), (*SLOW, *P1), (*Y, *P1), (*Q, *Q1), (*Q, *Q2)]
AWAY = [(*FAST, *Q1), (*FAST, *Q2), (*SLOW, *Q1), (*SLOW, *Q2), (*Q, *P1)]
STREAMS = [("P", "x"), ("P", "y"), ("Q", "x")]
SPOTS = [("v", "q1"), ("v", "q2")]
PAIRS = [("P", "Q", "x"), ("Q", "P", "x")]
REPORTERS = [("P",), ("Q",)]


def hand_problem(weeks: int = 2, *, fixed: bool = False) -> Problem:
    """The problem over some weeks, aid roles one week long; `fixed` = sessions may not change."""
    numbers = range(1, weeks + 1)
    sets = _sets(numbers)
    return Problem(
        pd.date_range("2026-11-02", periods=weeks, freq="7D"), sets, _neighbours(numbers), _values(weeks),
        {(*k, w): (1.0, 4.0) for k in TYPES for w in numbers}, {(*k, w): (0.0, 1.0) for k in SPOTS for w in numbers}, fixed,
    )  # fmt: skip


def _weekly(members: list[tuple[Any, ...]], numbers: range) -> list[tuple[Any, ...]]:
    return [(*i, w) for i in members for w in numbers]


def _sets(numbers: range) -> dict[str, list[tuple[Any, ...]]]:
    last = numbers[-1]
    return {
        "station_types": TYPES, "station_sessions": _weekly(TYPES, numbers), "growing_sessions": _weekly(TYPES, numbers), "fixed_stations": [P1, Q1],
        "lists": LISTS, "list_weeks": _weekly(LISTS, numbers),
        "must_do_tests": STREAMS, "must_do_streams": _weekly(STREAMS, numbers),
        "must_do_places": _weekly([("P", "x", *P1), ("P", "y", *P1), ("Q", "x", *Q1)], numbers),
        "home_routes": HOME, "away_routes": AWAY, "routes": _weekly([*HOME, *AWAY], numbers),
        "mobiles": [("v",)], "mobile_spots": SPOTS, "mobile_places": _weekly(SPOTS, numbers),
        "staff_weeks": _weekly([("P", "g"), ("Q", "g")], numbers),
        "reporters": REPORTERS, "reporting_weeks": _weekly(REPORTERS, numbers), "reporting_pool": _weekly(REPORTERS, numbers),
        "outsourced_reporting": _weekly([("P",)], numbers),
        "sharing_places": _weekly([("P", "Q", "g"), ("Q", "P", "g")], numbers),
        "aid_places": _weekly([(*FAST, "q1"), (*FAST, "q2"), (*SLOW, "q1"), (*SLOW, "q2"), (*Q, "p1")], numbers),
        "aid_pairs": _weekly(PAIRS, numbers), "aid_roles": _weekly([("P", "x"), ("Q", "x")], numbers),
        "insourcing_places": _weekly([(*FAST, *P1), (*SLOW, *P1)], numbers), "outsourcing_places": _weekly([Y], numbers),
        "order_periods": [("insourced", "P", "x", 1), ("outsourced", "P", "y", 1)],
        "measured_tests": [("P", "x", last), ("P", "y", last), ("Q", "x", last)], "measured_lists": [(*i, last) for i in LISTS],
        "booked_lists": [SLOW], "booked_weeks": [(*SLOW, last)], "judged_lists": [(*i, last) for i in LISTS],
        "thirteen_tests": [("P", "x", last)], "thirteen_lists": [(*FAST, last), (*SLOW, last)], "fair_weeks": [("x", last)],
        "ending_lists": LISTS if last > 6 else [],
    }  # fmt: skip


def _neighbours(numbers: range) -> dict[str, dict[Any, list[Any]]]:
    return {
        "types_at": {P1: ["core", "late"], Q1: ["core"]},
        "tests_at": {P1: ["x", "y"], Q1: ["x", "y"], Q2: ["x", "y"]},
        "must_do_at": {P1: [("P", "x"), ("P", "y")], Q1: [("Q", "x")]},
        "must_do_sites": {("P", "x"): [P1], ("P", "y"): [P1], ("Q", "x"): [Q1]},
        "spots_of": {("v",): ["q1", "q2"]},
        "mobiles_at": {Q1: ["v"], Q2: ["v"]},
        "stay_weeks": {(*k, w): [q for q in (w - 1, w) if q > 0] for k in SPOTS for w in numbers},
        "sessions_with": {("P", "g"): [(*P1, "core"), (*P1, "late")], ("Q", "g"): [(*Q1, "core")]},
        "mobiles_with": {("Q", "g"): SPOTS},
        "lends_to": {("P", "g", w): ["Q"] for w in numbers} | {("Q", "g", w): ["P"] for w in numbers},
        "borrows_from": {("Q", "g", w): ["P"] for w in numbers} | {("P", "g", w): ["Q"] for w in numbers},
        "premium_staff": {(o,): [(o, "g", w) for w in numbers] for o in "PQ"},
        "premium_insourced": {("P",): _weekly([(*FAST, *P1), (*SLOW, *P1)], numbers)},
        "premium_outsourced": {("P",): _weekly([Y], numbers)},
        "premium_mobiles": {("Q",): _weekly(SPOTS, numbers)},
        "order_purchases": {
            ("insourced", "P", "x", 1): _weekly([(*FAST, *P1), (*SLOW, *P1)], numbers),
            ("outsourced", "P", "y", 1): _weekly([Y], numbers),
        },
        "group_routes": {("rural", "x"): AWAY, ("deprived", "x"): AWAY[:2]},
        "stations_of_site": {"p1": [P1], "q1": [Q1], "q2": [Q2]},
        "routes_of_list": {FAST: [P1, Q1, Q2], SLOW: [P1, Q1, Q2], Y: [P1], Q: [Q1, Q2, P1]},
        "home_of_list": {FAST: [P1], SLOW: [P1], Y: [P1], Q: [Q1, Q2]},
        "unit_only_routes": {FAST: [Q2], SLOW: [Q2], Q: [Q2]},
        "lists_at": {P1: [FAST, SLOW, Y, Q], Q1: [Q, FAST, SLOW], Q2: [Q, FAST, SLOW]},
        "aid_sites": {FAST: ["q1", "q2"], SLOW: ["q1", "q2"], Q: ["p1"]},
        "aid_stations": {(*k, s): ["room"] for k, s in ((FAST, "q1"), (FAST, "q2"), (SLOW, "q1"), (SLOW, "q2"), (Q, "p1"))},
        "pair_routes": {("P", "Q", "x"): AWAY[:4], ("Q", "P", "x"): AWAY[4:]},
        "period_of": {(w,): [w] for w in numbers},
        "reported_lists": {("P",): [(*FAST, *P1), (*SLOW, *P1), (*Y, *P1), (*Q, *P1)], ("Q",): [*HOME[3:], *AWAY[:4]]},
        "reported_work": {("P",): [("P", "x", *P1), ("P", "y", *P1)], ("Q",): [("Q", "x", *Q1)]},
        "reporters_in": {(w,): ["P", "Q"] for w in numbers},
        "insourced_for": {(*k, w): [P1] for k in (FAST, SLOW) for w in numbers},
        "insourced_at": {(*P1, w): [FAST, SLOW] for w in numbers},
        "insourced_test": {("p1", "x", w): [(*FAST, *P1), (*SLOW, *P1)] for w in numbers},
        "shared_types": {P1: ["late"]},
        "outsourced_test": {("P", "y", w): [Y] for w in numbers},
        "lists_of_test": {("P", "x"): ["fast", "slow"], ("P", "y"): ["all"], ("Q", "x"): ["all"]},
    }


def _by_week(weeks: int, values: Mapping[Any, tuple[float, ...]]) -> dict[Any, float]:
    """Values of weeks 1, 2, …; the last holds on."""
    return {(*k, w): float(v[min(w, len(v)) - 1]) for k, v in values.items() for w in range(1, weeks + 1)}


def _values(weeks: int) -> dict[str, dict[Any, float]]:
    return {
        "examination_minutes": {(*P1, "x"): 20.0, (*P1, "y"): 30.0, (*Q1, "x"): 24.0, (*Q1, "y"): 36.0, (*Q2, "x"): 25.0, (*Q2, "y"): 37.0},
        "session_minutes": {(*P1, "core"): 200.0, (*P1, "late"): 150.0, (*Q1, "core"): 210.0},
        "room_minutes": {("core",): 240.0, ("late",): 180.0},
        "most_sessions": _by_week(weeks, {(*P1, "core"): (5, 4), (*P1, "late"): (3,), (*Q1, "core"): (6,)}),
        "sessions_today": _by_week(weeks, {(*P1, "core"): (4, 3), (*P1, "late"): (1,), (*Q1, "core"): (5,)}),
        "mobile_minutes": {("v", "q1"): 1000.0, ("v", "q2"): 900.0},
        "mobile_setup_loss": {("v", "q1"): 0.35, ("v", "q2"): 0.25},
        "present_today": {("v", "q1"): 0.0, ("v", "q2"): 1.0},
        "one_unit": {("unit",): 1.0}, "most_units": {Q1: 1.0, Q2: 0.5},
        "suitable_for_mobile": {("x",): 0.7, ("y",): 0.6},
        "must_do": _by_week(weeks, {("P", "x"): (7, 8), ("P", "y"): (2,), ("Q", "x"): (4, 5)}),
        "session_hours": {(*P1, "core", "g"): 8.0, (*P1, "late", "g"): 6.0, (*Q1, "core", "g"): 12.0},
        "mobile_staff_hours": {("v", "q1", "g"): 50.0, ("v", "q2", "g"): 40.0},
        "staff_hours": _by_week(weeks, {("P", "g"): (40, 38), ("Q", "g"): (100,)}),
        "overtime_limit": _by_week(weeks, {("P", "g"): (2,), ("Q", "g"): (5,)}),
        "bank_limit": _by_week(weeks, {("P", "g"): (3,), ("Q", "g"): (6,)}),
        "report_minutes": {("P", "x"): 15.0, ("P", "y"): 20.0, ("Q", "x"): 16.0},
        "reports_later": {("P", "x"): 0.8, ("P", "y"): 1.0, ("Q", "x"): 0.5},
        "minutes_outside": _by_week(weeks, {("P",): (30, 35), ("Q",): (10,)}),
        "ordinary_reports": {("P",): 240.0, ("Q",): 90.0},
        "mean_report": {("P",): 17.0, ("Q",): 16.0},
        "opening_backlog": {("P",): 600.0, ("Q",): 50.0},
        "reporting_minutes": _by_week(weeks, {("P",): (220, 210), ("Q",): (150,)}),
        "report_lending_limit": _by_week(weeks, {("P",): (22, 21), ("Q",): (45,)}),
        "outsourced_report_limit": _by_week(weeks, {("P",): (4, 3)}),
        "lending_limit": _by_week(weeks, {("P", "g"): (4, 3.5), ("Q", "g"): (10,)}),
        "opening_list": {FAST: 10.0, SLOW: 30.0, Y: 12.0, Q: 20.0},
        "additions": _by_week(weeks, {FAST: (6, 5), SLOW: (9, 8), Y: (4, 3), Q: (7, 2)}),
        "additions_so_far": _by_week(weeks, {FAST: (16, 21), SLOW: (39, 47), Y: (16, 19), Q: (27, 29)}),
        "most_removed": _by_week(weeks, {FAST: (1,), SLOW: (2, 1), Y: (0,), Q: (3,)}),
        "shortest_list": _by_week(weeks, {FAST: (2,), SLOW: (4, 3), Y: (1,), Q: (5,)}),
        "longest_list": _by_week(weeks, {FAST: (10, 12), SLOW: (30,), Y: (13, 16), Q: (20,)}),
        "under_six": _by_week(weeks, {FAST: (11, 15), SLOW: (25, 32), Y: (14,), Q: (18, 17)}),
        "over_about": {(*SLOW, weeks): 12.0}, "gone_about": _by_week(weeks, {SLOW: (11, 10)}),
        "over_answer": {(*SLOW, weeks, q): -0.9 + 0.1 * (weeks - q) for q in range(1, weeks + 1)},
        "seen_today": _by_week(weeks, {FAST: (5,), SLOW: (10, 9), Y: (3,), Q: (13,)}),
        "target_share": {("P", "x", weeks): 0.05, ("P", "y", weeks): 0.1, ("Q", "x", weeks): 0.04},
        "under_thirteen": {(*FAST, weeks): 14.0, (*SLOW, weeks): 38.0}, "thirteen_share": {("P", "x", weeks): 0.02},
        "accepted": {("P", "x", "q1"): 0.5, ("P", "x", "q2"): 0.4, ("Q", "x", "p1"): 0.25},
        "suitable_for_aid": {("x",): 0.8, ("y",): 0.9},
        "group_part": {("rural", "P", "x", "q1"): 0.4, ("rural", "P", "x", "q2"): 0.5, ("rural", "Q", "x", "p1"): 0.1,
                       ("deprived", "P", "x", "q1"): 0.2, ("deprived", "P", "x", "q2"): 0.25},
        "group_minutes": {("rural", "P", "x", "q1"): 8.0, ("rural", "P", "x", "q2"): 12.0, ("rural", "Q", "x", "p1"): 3.0,
                          ("deprived", "P", "x", "q1"): 2.0, ("deprived", "P", "x", "q2"): 3.0},
        "extra_minutes_cap": {("x",): 15.0},
        "smallest_batch": {("x",): 3.0, ("y",): 2.0},
        "largest_batch": {("x",): 15.0, ("y",): 14.0},
        "insourced_limit": _by_week(weeks, {("p1", "x"): (6, 7)}),
        "outsourced_limit": _by_week(weeks, {("P", "y"): (2, 3)}),
        "smallest_order": {("insourced", "P", "x", 1): 8.0, ("outsourced", "P", "y", 1): 3.0},
        "largest_order": {("insourced", "P", "x", 1): 13.0, ("outsourced", "P", "y", 1): 5.0},
        "session_cost": {(*P1, "core"): 300.0, (*P1, "late"): 420.0, (*Q1, "core"): 310.0},
        "examination_cost": {("p1", "x"): 10.0, ("p1", "y"): 11.0, ("q1", "x"): 12.0, ("q1", "y"): 13.0, ("q2", "x"): 14.0, ("q2", "y"): 16.0},
        "owed_cost": {("P", "x"): 17.0, ("P", "y"): 18.0, ("Q", "x"): 19.0},
        "mobile_week_cost": {("v",): 5000.0},
        "mobile_move_cost": {("v",): 700.0},
        "aid_cost": {("x",): 21.0, ("y",): 22.0},
        "insourced_price": {("P", "x"): 150.0, ("P", "y"): 155.0, ("Q", "x"): 160.0},
        "outsourced_price": {("P", "x"): 200.0, ("P", "y"): 205.0, ("Q", "x"): 215.0},
        "overtime_cost": {("P", "g"): 45.0, ("Q", "g"): 46.0},
        "bank_cost": {("P", "g"): 55.0, ("Q", "g"): 56.0},
        "outsourced_report_price": {("P",): 51.0, ("Q",): 48.0},
        "late_report_price": {("P",): 9.0, ("Q",): 8.0},
        "shared_reporting_price": {("P",): 0.05, ("Q",): 0.06},
        "sharing_price": {("P", "Q", "g"): 7.0, ("Q", "P", "g"): 8.0},
        "premium_budget": {("P",): 900.0, ("Q",): 9000.0},
        "undone_price": {("x",): 2000.0, ("y",): 2100.0},
        "shortfall_price": {("P", "x", weeks): 500.0, ("P", "y", weeks): 520.0, ("Q", "x", weeks): 540.0},
        "thirteen_price": {("P", "x", weeks): 700.0},
        "ramp_price": {("room",): 23.0},
        "rota_change_price": {("room",): 26.0},
        "unchanged_list": {("P", "x", weeks): 50.0, ("Q", "x", weeks): 20.0}, "fairness_price": {("x", weeks): 2500.0},
        "travel_price": {("x", "q1", "P"): 1.5, ("x", "q2", "P"): 2.5, ("x", "p1", "Q"): 3.5},
        "waiting_price": {("x",): 0.2, ("y",): 0.3},
        "longer_price": {("x",): 30.0, ("y",): 35.0},
        "cliff_price": {("x",): 180.0, ("y",): 190.0},
    }  # fmt: skip


def one_equation(tag: str, problem: Problem | None = None) -> pyo.ConcreteModel:
    """The model of the hand problem with a single equation."""
    wanted = tuple(e for e in EQUATIONS if e.tag == tag)
    assert wanted, f"there is no equation {tag}"
    return build_model(problem or hand_problem(), equations=wanted)


def let(m: pyo.ConcreteModel, **values: Mapping[Any, float]) -> None:
    """Give variables values; all others are zero."""
    for family in m.component_objects(pyo.Var):
        for variable in family.values():
            variable.set_value(0.0, skip_validation=True)
    for name, members in values.items():
        for index, value in members.items():
            getattr(m, name)[index].set_value(value, skip_validation=True)


def over(row: Any) -> float:
    """Left side less right side of a row: above zero an inequality is broken; an equation holds at zero."""
    body = pyo.value(row.body)
    if row.equality:
        return body - pyo.value(row.upper)
    assert row.upper is None or row.lower is None
    return body - pyo.value(row.upper) if row.lower is None else pyo.value(row.lower) - body


def text_of(component: Any) -> str:
    """Every row of one equation, or one goal, as text: sorted terms, sense, right side."""
    lines = []
    for index in sorted(component, key=str):
        data = component[index]
        if component.ctype is pyo.Objective:
            lines += [f"minimise {component.local_name}", *_terms(generate_standard_repn(data.expr), "\n"), ""]
            continue
        repn = generate_standard_repn(data.body)
        sense = "=" if data.equality else "<=" if data.lower is None else ">="
        right = pyo.value(data.upper if data.upper is not None else data.lower) - repn.constant
        lines.append(f"{_plain(component.local_name, index)}: {' '.join(_terms(repn))} {sense} {_number(right)}")
    return "\n".join(lines).rstrip("\n") + "\n"


def _terms(repn: Any, after: str = "") -> list[str]:
    assert repn.is_linear()
    pairs = zip(repn.linear_vars, repn.linear_coefs, strict=True)
    terms = sorted((_plain(v.parent_component().local_name, v.index()), pyo.value(c)) for v, c in pairs if pyo.value(c) != 0)
    shown = [f"{'-' if c < 0 else '+'} {'' if abs(c) == 1 else _number(abs(c)) + '*'}{name}" for name, c in terms]
    if after and repn.constant:
        shown.append(f"{'-' if repn.constant < 0 else '+'} {_number(abs(repn.constant))}")
    return shown or ["0"]


def _plain(name: str, index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return f"{name}[{','.join(map(str, parts))}]"


def _number(value: float) -> str:
    return f"{value:.10g}" if value else "0"
