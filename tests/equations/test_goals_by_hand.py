"""The goals and each kind of cost, by hand."""

import pyomo.environ as pyo
import pytest

from optimisation.allocation.model import build_model
from optimisation.allocation.objective import COSTS, GOALS
from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, Y, hand_problem, let


@pytest.fixture
def m():
    model = build_model(hand_problem(weeks=7), equations=())
    let(model)
    return model


def cost_of(kind, model):
    return pyo.value(COSTS[kind](model))


def goal(name, model):
    return pyo.value(getattr(model, f"goal_{name}"))


def test_undone__every_week_of_undone_work_is_priced(m):
    let(m, undone={("P", "x", 1): 2, ("P", "x", 2): 1, ("P", "y", 1): 1})
    assert goal("undone", m) == pytest.approx(2000 * 3 + 2100)


def test_shortfall__each_measured_shortfall_has_its_price(m):
    let(m, shortfall={("P", "x", 7): 2, ("Q", "x", 7): 3})
    assert goal("shortfall", m) == pytest.approx(500 * 2 + 540 * 3)


def test_shortfall__every_week_of_late_reports_has_its_price(m):
    let(m, shortfall={("P", "x", 7): 2}, late_reports={("P", 1): 30, ("P", 2): 20, ("Q", 7): 10})
    assert goal("shortfall", m) == pytest.approx(500 * 2 + 50 * 9 + 10 * 8)


def test_shortfall__the_longest_waiters_have_a_price_of_their_own(m):
    let(m, shortfall={("P", "x", 7): 2}, thirteen_shortfall={("P", "x", 7): 3})
    assert goal("shortfall", m) == pytest.approx(500 * 2 + 700 * 3)


def test_cost_of_sessions(m):
    let(m, sessions={(*P1, "core", 1): 2, (*P1, "late", 3): 1, (*Q1, "core", 7): 4})
    assert cost_of("sessions", m) == pytest.approx(2 * 300 + 420 + 4 * 310)


def test_cost_of_examinations_is_that_of_the_site_whoever_is_examined(m):
    let(m, examined={(*FAST, *P1, 1): 2, (*FAST, *Q2, 1): 3, (*Y, *P1, 2): 1}, must_done={("P", "y", *P1, 1): 4, ("Q", "x", *Q1, 7): 5})
    assert cost_of("examinations", m) == pytest.approx(2 * 10 + 3 * 14 + 11 + 4 * 11 + 5 * 12)


def test_cost_of_examinations_owed_to_those_still_waiting_at_the_end(m):
    let(m, waiting={(*FAST, 7): 2, (*SLOW, 7): 1, (*Q, 7): 3, (*Q, 6): 99})
    assert cost_of("examinations owed at the end", m) == pytest.approx(3 * 17 + 3 * 19)


def test_cost_of_mobile_units_is_weeks_and_moves(m):
    let(m, present={("v", "q1", 1): 1, ("v", "q2", 2): 1}, arriving={("v", "q1", 1): 1})
    assert cost_of("mobile units", m) == pytest.approx(2 * 5000 + 700)


def test_cost_of_mutual_aid_is_that_of_patients_examined_at_another_trust(m):
    let(m, examined={(*FAST, *P1, 1): 50, (*FAST, *Q1, 1): 2, (*SLOW, *Q2, 7): 3, (*Q, *P1, 1): 1})
    assert cost_of("mutual aid", m) == pytest.approx(21 * 6)


def test_cost_of_in_and_outsourcing(m):
    let(m, insourced={(*FAST, *P1, 1): 2, (*SLOW, *P1, 2): 1}, outsourced={(*Y, 3): 4})
    assert cost_of("in- and outsourcing", m) == pytest.approx(3 * 150 + 4 * 205)


def test_cost_of_overtime_bank_and_agency(m):
    let(m, overtime={("P", "g", 1): 2}, bank={("Q", "g", 2): 3})
    assert cost_of("overtime, bank and agency", m) == pytest.approx(2 * 45 + 3 * 56)


def test_cost_of_outsourced_reports(m):
    let(m, outsourced_reports={("P", 1): 3, ("P", 7): 1})
    assert cost_of("outsourced reports", m) == pytest.approx(4 * 51)


def test_cost_of_reports_owed_is_that_of_outsourced_reports_of_mean_length(m):
    let(m, owed_reports={"P": 34, "Q": 8})
    assert cost_of("reports owed at the end", m) == pytest.approx(34 / 17 * 51 + 8 / 16 * 48)


def test_cost_of_shared_staff_is_that_of_their_travel(m):
    let(m, shared={("P", "Q", "g", 1): 2, ("Q", "P", "g", 7): 3})
    assert cost_of("shared staff", m) == pytest.approx(2 * 7 + 3 * 8)


def test_cost__is_the_sum_of_its_kinds(m):
    let(m, sessions={(*P1, "core", 1): 2}, overtime={("P", "g", 1): 2}, outsourced={(*Y, 3): 4}, present={("v", "q1", 1): 1})
    assert goal("cost", m) == pytest.approx(600 + 90 + 820 + 5000)
    assert goal("cost", m) == pytest.approx(sum(cost_of(kind, m) for kind in COSTS))


def test_disturbance__todays_rota_costs_nothing_and_a_change_in_either_direction_costs_the_same(m):
    today = {(*P1, "core"): [4, 3, 3, 3, 3, 3, 3], (*P1, "late"): [1] * 7, (*Q1, "core"): [5] * 7}
    as_today = {(*k, w): n for k, weeks in today.items() for w, n in enumerate(weeks, start=1)}
    let(m, sessions=as_today)
    assert goal("disturbance", m) == pytest.approx(0)
    # One session fewer in week 3: 26 for the change, 23 for the fall in week 3 and 23 for the rise in week 4.
    let(m, sessions=as_today | {(*P1, "core", 3): 2}, rise={(*P1, "core", 4): 1})
    assert goal("disturbance", m) == pytest.approx(26 + 23 + 23)
    # One session more in week 3.
    let(m, sessions=as_today | {(*P1, "core", 3): 4}, rise={(*P1, "core", 3): 1}, more={(*P1, "core", 3): 1})
    assert goal("disturbance", m) == pytest.approx(26 + 23 + 23)
    # One more in the last week only rises.
    let(m, sessions=as_today | {(*P1, "late", 7): 2}, rise={(*P1, "late", 7): 1}, more={(*P1, "late", 7): 1})
    assert goal("disturbance", m) == pytest.approx(26 + 23)


def test_disturbance__journeys_waits_the_cliff_and_shared_reports_have_their_prices(m):
    today = {(*P1, "core"): [4, 3, 3, 3, 3, 3, 3], (*P1, "late"): [1] * 7, (*Q1, "core"): [5] * 7}
    as_today = {(*k, w): n for k, weeks in today.items() for w, n in enumerate(weeks, start=1)}
    let(m, sessions=as_today, examined={(*FAST, *Q1, 1): 2, (*SLOW, *Q2, 1): 1, (*Q, *P1, 1): 4}, waiting={(*Q, 1): 10, (*Y, 7): 5},
        cliff={SLOW: 2, Y: 1}, lent={("Q", 1): 40, ("P", 2): 10})  # fmt: skip
    assert goal("disturbance", m) == pytest.approx(2 * 1.5 + 2.5 + 4 * 3.5 + 10 * 0.2 + 5 * 0.3 + 2 * 180 + 190 + 40 * 0.06 + 10 * 0.05)


def test_disturbance__unequal_waits_have_their_price(m):
    let(m, largest_share={("x", 7): 0.3})
    before = goal("disturbance", m)
    let(m)
    assert before - goal("disturbance", m) == pytest.approx(0.3 * 2500)


def test_longer_lists_have_their_price(m):
    let(m, longer={(*SLOW, 7): 3, (*Y, 7): 4})
    assert goal("longer", m) == pytest.approx(3 * 30 + 4 * 35)


def test_the_goals_stand_in_the_order_of_the_formulation():
    assert [g.name for g in GOALS] == ["undone", "shortfall", "longer", "cost", "disturbance"]
