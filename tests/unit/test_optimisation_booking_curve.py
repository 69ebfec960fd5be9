"""Plans whose lists are booked in the order of recent months: the rows, the passes, and what is reported."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from data.activity import Activity
from data.plan import IN_TURN, PRESENT_ORDER, over_six
from data.run import PlanSettings
from data.scenario import base
from optimisation.allocation.booking_curve import booking_curve
from optimisation.allocation.model import build_model
from optimisation.allocation.problem import build_problem
from optimisation.matrix import independent_parts, matrix_of
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.planning import make_plan, prepare
from tests.small_networks import Stream, session_type, two_trusts, with_history

WEEKS = 14
BANDS = [30.0, 26.0, 22.0, 20.0, 16.0, 12.0, 10.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 8.0]


def network(a_week=16, **assumed):
    """P with a long list of mixed ages and a little room to do more; Q with a short one; six months, all alike."""
    streams = {("P", "x"): Stream(BANDS, seen=120, joined=120), ("Q", "x"): Stream([20.0, 15.0, 5.0], seen=86, joined=86)}
    tiny = two_trusts(streams=streams, session_types=[session_type(minutes=240, a_week=a_week)])
    tiny = tiny.assuming(**{"booked_in_turn": 0, "target_share": 0.1, "target_week": 8, "list_floor": 1} | assumed)
    rows = [row for (o, m), stream in streams.items() for row in stream.rows(o, m)[1:]]
    months = [row | {"period": f"2025-{n:02d}-01"} for n in range(6, 12) for row in rows]
    return with_history(tiny.dataset(), *months)


def planned(dataset, weeks=WEEKS, **settings):
    scenario = base("tiny", weeks)
    return dataset, scenario, make_plan(dataset, scenario, PlanSettings(gap=1e-4, threads=1, **settings))


@pytest.fixture(scope="module")
def present():
    return planned(network())


def test_the_rows_renewed_about_a_plan_are_those_the_model_states_about_it():
    dataset, scenario = network(), base("tiny", WEEKS)
    problem = build_problem(prepare(dataset, scenario))
    matrix = matrix_of(build_model(problem))
    curve = booking_curve(problem, matrix)
    column = {name: k for k, name in enumerate(matrix.column_names)}
    values = np.zeros(len(matrix.column_names))
    for i in problem.sets["list_weeks"]:  # a plan that is not today's: everybody is seen a little faster
        values[column["waiting", i]] = max(problem.values["opening_list"][i[:3]] - 2.5 * i[3], 12.0)
    tangent = curve.tangent(values)
    about = {name: dict(problem.values[name]) for name in ("over_about", "gone_about", "over_answer")}
    waiting, removed, gone = curve.flows(values)
    over, answer = problem.booking.answer(np.maximum(gone - removed, 0.0), removed, np.arange(WEEKS))
    for k, i in enumerate(problem.sets["booked_lists"]):
        about["gone_about"] |= {(*i, w): gone[k, w - 1] for w in range(1, WEEKS + 1)}
        for w in {w for *j, w in problem.sets["booked_weeks"] if tuple(j) == i}:
            about["over_about"][*i, w] = over[k, w - 1]
            about["over_answer"] |= {(*i, w, q): answer[k, w - 1, q - 1] for q in range(1, w + 1)}
    stated = matrix_of(build_model(replace(problem, values=problem.values | about)))
    renewed = csr_array((tangent.entries, (curve.at_rows, curve.at_columns)), shape=(len(curve.rows), len(values)))
    assert renewed.toarray() == pytest.approx(stated.rows[curve.rows, :].toarray(), abs=1e-9)
    assert tangent.upper == pytest.approx(stated.row_bounds[1, curve.rows], abs=1e-6)
    assert curve.error(tangent, values, tangent.settled) == pytest.approx(0, abs=1e-6)  # about itself a row tells the truth
    assert (waiting >= 0).all()


def test_a_part_of_the_curve_says_the_same_as_the_whole():
    problem = build_problem(prepare(network(aid_travel_limit=0), base("tiny", WEEKS)))
    matrix = matrix_of(build_model(problem))
    curve, parts = booking_curve(problem, matrix), independent_parts(matrix)
    assert len(parts) > 1
    values = np.where(matrix.column_bounds[0] > 0, matrix.column_bounds[0], 20.0)
    whole = curve.tangent(values)
    for part in parts:
        one = curve.part(part)
        if one is None:
            continue
        tangent = one.tangent(values[part.columns])
        here = np.flatnonzero(np.isin(curve.rows, part.rows))
        assert tangent.upper == pytest.approx(whole.upper[here])
        assert tangent.settled == pytest.approx(whole.settled[part.columns])
        assert part.rows[one.rows].tolist() == curve.rows[here].tolist()


def test_the_rows_of_the_reported_plan_tell_what_the_lists_do(present):
    check = present[2].summary["list_check"][PRESENT_ORDER]
    assert check["mean_points"] <= 0.3
    assert check["worst_points"] <= 1
    assert check["linear_mean_points"] <= 0.1


def test_what_is_reported_is_the_projection_of_the_plan_and_an_independent_replay_agrees(present, tmp_path):
    dataset, scenario, plan = present
    write_plan(plan, tmp_path, dataset.network)
    assert not check_plan(tmp_path, dataset, scenario)


def test_present_order_needs_more_than_strictly_in_turn_and_both_are_reported(present):
    _, _, plan = present
    _, _, in_turn = planned(network(booked_in_turn=1))
    assert plan.summary["booking_order"] == PRESENT_ORDER
    lists = plan["waiting_list"]
    assert (lists["over_six_present_order"] >= lists["over_six_in_turn"] - 1e-6).all()
    assert (over_six(lists) - lists["over_six_in_turn"]).max() > 2
    assert plan.summary["cost_gbp"]["total"] > in_turn.summary["cost_gbp"]["total"] - 1
    for entry in plan.summary["met"]:
        assert entry["worst_share_in_turn"] <= entry["worst_share"] + 1e-9


def test_booking_part_of_the_slots_in_turn_is_worth_capacity():
    missed = {}
    for share in (0.0, 0.5, 1.0):
        _, _, plan = planned(network(a_week=8, booked_in_turn=share, target_share=0.02, target_week=3))
        missed[share] = next(s["value"] for s in plan.summary["stages"] if s["name"] == "shortfall")
    assert missed[0.0] > missed[0.5] > missed[1.0] - 1


def test_too_few_months_leave_the_present_order_empty():
    dataset = network()
    rows = dataset.activity.rows
    one = dataset.changed(activity=Activity({"activity": rows[rows["period"] == rows["period"].max()]}))
    plan = make_plan(one, base("tiny", 8), PlanSettings(gap=1e-3, threads=1))
    assert plan.summary["booking_order"] == IN_TURN
    assert plan["waiting_list"]["over_six_present_order"].isna().all()


def test_a_search_that_is_stopped_at_once_still_settles_its_plan(tmp_path):
    dataset, scenario = network(), base("tiny", WEEKS)
    plan = make_plan(dataset, scenario, PlanSettings(threads=1), cancelled=lambda: True)
    assert plan.summary["status"] == "cancelled"
    write_plan(plan, tmp_path, dataset.network)
    assert not check_plan(tmp_path, dataset, scenario)


@pytest.mark.parametrize(("emphasis", "own"), [("least_cost", "cost"), ("fairest", "worst"), ("least_change", "change")])
def test_another_order_of_goals_keeps_those_before_its_own_and_every_goal_has_a_bound(present, emphasis, own, tmp_path):
    dataset, scenario, usual = present
    other = scenario.changed(emphasis=emphasis)
    plan = make_plan(dataset, other, PlanSettings(gap=1e-2, threads=1))
    stages, before = ({s["name"]: s for s in p.summary["stages"]} for p in (plan, usual))
    assert stages["undone"]["value"] <= before["undone"]["value"] + 0.01
    if emphasis != "fairest":
        assert stages["shortfall"]["value"] <= 1.01 * before["shortfall"]["value"] + 100
    if own in before:
        assert stages[own]["value"] <= before[own]["value"] * (1 + 1e-6)
    assert stages[own]["gap"] <= 0.25
    assert all(s["gap"] < 0.5 for s in plan.summary["stages"][:-1]), "no goal is left without a bound"
    write_plan(plan, tmp_path, dataset.network)
    assert not check_plan(tmp_path, dataset, other)
