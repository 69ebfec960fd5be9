"""Who waits over six weeks whom no number of slots would reach: by hand, on lists that never book anybody older than eight weeks."""

import json
from dataclasses import replace

import numpy as np
import pytest

from data.plan import Plan
from data.run import PlanSettings
from data.scenario import base
from forecasting.booking_order import BookingOrder
from optimisation.allocation.booking_curve import booking_curve
from optimisation.allocation.hard_to_book import hard_to_book
from optimisation.allocation.model import build_model
from optimisation.allocation.objective import goals_of, raised
from optimisation.allocation.problem import build_problem
from optimisation.allocation.result import Solved
from optimisation.explain import answer
from optimisation.matrix import matrix_of
from optimisation.solving import solve_in_order
from portal.charts.lists import hard_to_book_table
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.planning import make_plan, prepare
from tests.small_networks import Stream, session_type, two_trusts, with_history

WEEKS, LOST = 14, 40.0
NEVER = np.where(np.arange(14) < 8, 1.0, 0.0)
"""Weeks waited in which somebody may be booked, all alike; whoever is older is passed over."""


def network(a_week=14):
    """P has forty patients who have waited longest of all; Q's list is short. Thirty join P's in a week; a session sees four."""
    streams = {("P", "x"): Stream([30.0, 30.0, 30.0, *[0.0] * 10, LOST], seen=120, joined=120), ("Q", "x"): Stream([20.0, 5.0], seen=86, joined=86)}
    tiny = two_trusts(streams=streams, session_types=[session_type(minutes=240, a_week=a_week)])
    rows = [row for (o, m), stream in streams.items() for row in stream.rows(o, m)[1:]]
    months = [row | {"period": f"2025-{n:02d}-01"} for n in range(6, 12) for row in rows]
    return with_history(tiny.assuming(booked_in_turn=0, target_share=0.1, target_week=8, list_floor=1, aid_travel_limit=0).dataset(), *months)


def found(dataset, chances):
    """By organisation, of a plan whose lists are booked by these chances by weeks waited."""
    scenario = base("tiny", WEEKS)
    inputs = prepare(dataset, scenario)
    lists = len(inputs.booking.opening)
    order = BookingOrder(np.tile(chances, (lists, 1)), np.zeros(lists))
    problem = build_problem(replace(inputs, booking=replace(inputs.booking, order=order)))
    matrix, settings = matrix_of(build_model(problem)), PlanSettings(gap=1e-4, threads=1)
    outcome = solve_in_order(
        matrix, [g.name for g in goals_of(problem.emphasis)], settings, lambda _: None, lambda: False, booking_curve(problem, matrix),
        raised=raised(problem.emphasis),
    )  # fmt: skip
    return {e["organisation"]: e for e in hard_to_book(Solved(problem, matrix, outcome))}


@pytest.mark.parametrize("a_week", [14, 30])
def test_patients_whom_the_booking_order_passes_over_are_hard_to_book_however_many_sessions_there_are(a_week):
    entry = found(network(a_week), NEVER)["P"]
    assert entry["hard_to_book"] == pytest.approx(LOST, abs=0.5)
    assert entry["over_six"] >= entry["hard_to_book"]
    assert entry["week"] == "2026-02-23"


def test_where_everybody_is_as_likely_to_be_booked_slots_reach_them_all():
    assert all(e["hard_to_book"] < 0.5 for e in found(network(), np.ones(14)).values())


@pytest.fixture(scope="module")
def short():
    """A plan with no session to spare, its lists booked as its months say."""
    dataset, scenario = network(a_week=8), base("tiny", WEEKS)
    return dataset, scenario, make_plan(dataset, scenario, PlanSettings(gap=1e-3, threads=1))


def test_a_missed_target_tells_apart_who_is_hard_to_book(short):
    dataset, _, plan = short
    assert not next(e for e in plan.summary["met"] if e["organisation"] == "P")["met"]
    (mine, other) = plan.summary["hard_to_book"]
    told = Plan(plan.tables, {**plan.summary, "hard_to_book": [{**mine, "over_six": 58.2, "hard_to_book": 39.6}, {**other, "hard_to_book": 0.2}]})
    (sentence,) = (s for s in answer(told, dataset.network).missed if "Trust P" in s)
    assert "Of 58 over six weeks in the week of 23 February 2026, 40 are hard to book" in sentence
    (row,) = hard_to_book_table(told, dataset.network).to_dict("records")
    assert list(row.values()) == ["Trust P", "x", "23 February 2026", 58, 40]


@pytest.mark.parametrize("change", [{"over_six": 1.0}, {"hard_to_book": 10_000.0}, {"hard_to_book": -1.0}])
def test_hard_to_book_patients_who_are_not_over_six_weeks_are_found_out(short, change, tmp_path):
    dataset, scenario, plan = short
    write_plan(plan, tmp_path, dataset.network)
    assert not check_plan(tmp_path, dataset, scenario)
    summary = json.loads((tmp_path / "plan.json").read_text())
    summary["hard_to_book"][0] |= change
    (tmp_path / "plan.json").write_text(json.dumps(summary))
    assert {f.rule for f in check_plan(tmp_path, dataset, scenario)} == {"hard-to-book"}
