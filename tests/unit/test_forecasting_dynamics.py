"""Lists in their present booking order, week by week, and what one more slot changes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.activity import BANDS
from data.plan import IN_TURN, PRESENT_ORDER
from data.working_days import mondays
from forecasting.booking_order import BookingOrder
from forecasting.dynamics import ListDynamics, Orders, aged, over, present_orders
from forecasting.forecast import weekly_demand
from forecasting.waiting_list import list_response, project_in_turn
from tests.small_networks import FIRST_MONDAY, few, month, two_trusts, with_history

WEEKS = 10
FLAT = np.ones((1, BANDS))
OPENING = np.array([[30.0, 25, 20, 15, 10, 8, 6, 5, 4, 3, 2, 2, 1, 9]])
ADDED, SERVED = np.full((1, WEEKS), 30.0), np.full((1, WEEKS), 28.0)


def dynamics(hazards=FLAT, removed_share=0.0, removed=None, opening=OPENING):
    order = BookingOrder(np.asarray(hazards, dtype=float), np.full(len(opening), removed_share))
    return ListDynamics(order, opening, ADDED, np.zeros((1, WEEKS)) if removed is None else removed)


def test_at_random_everybody_is_as_likely_to_be_seen():
    # 100 who wait 13 weeks and more and 100 who joined today: one in ten of each goes.
    opening = np.array([[100.0, *[0.0] * 12, 100.0]])
    made = ListDynamics(BookingOrder(FLAT, np.zeros(1)), opening, np.zeros((1, 1)), np.zeros((1, 1)))
    after = made.project(np.array([[20.0]]))[0, 0]
    assert after[13] == pytest.approx(90, abs=0.01)
    assert after[:3].sum() == pytest.approx(90, abs=0.01)


@pytest.mark.parametrize("removed_share", [0.0, 0.3])
def test_lists_add_up_whatever_the_order(removed_share):
    removed = np.full((1, WEEKS), 1.0)
    bands = dynamics(removed_share=removed_share, removed=removed).project(SERVED)
    assert bands.sum(axis=2) == pytest.approx(OPENING.sum() + (ADDED - SERVED - removed).cumsum(axis=1))
    assert (bands >= 0).all()


def test_booked_wholly_in_turn_it_is_the_least_of_every_order():
    in_turn = project_in_turn(OPENING, ADDED, np.zeros_like(ADDED), SERVED).over_six
    booked = over(dynamics().booked_in_turn(1.0).project(SERVED))[0]
    assert booked == pytest.approx(in_turn, abs=1.5)  # days here, whole weeks there
    at_random, half = over(dynamics().project(SERVED))[0], over(dynamics().booked_in_turn(0.5).project(SERVED))[0]
    assert (booked[0, 2:] < half[0, 2:]).all()
    assert (half[0, 2:] < at_random[0, 2:]).all()


@few(15)
@given(st.integers(0, WEEKS - 1), st.floats(0, 1), st.lists(st.floats(0.05, 3), min_size=BANDS, max_size=BANDS))
def test_the_derivative_is_what_one_more_slot_changes(week, in_turn_share, hazards):
    made = dynamics([hazards], removed_share=0.1).booked_in_turn(in_turn_share)
    answer = answers(made)
    for step in (1e-4, -1e-4):
        more = SERVED.copy()
        more[0, week] += step
        change = over(made.project(more))[0] - over(made.project(SERVED))[0]
        # Where a day's last slot in turn is the last of an age, one more and one fewer do not change the same.
        if answer[0, :, week] == pytest.approx(change[0] / step, abs=1e-5):
            break
    else:
        pytest.fail(f"{answer[0, :, week]} for {change[0] / step}")
    assert (answer[0][np.triu_indices(WEEKS, 1)] == 0).all()


def answers(made, ends=None):
    return made.answer(SERVED, made.removed, np.arange(WEEKS) if ends is None else ends)[1]


def test_what_one_more_slot_changes_is_the_same_whichever_weeks_are_asked():
    made = dynamics(removed_share=0.1).booked_in_turn(0.3)
    assert answers(made, np.array([1, WEEKS - 1])) == pytest.approx(answers(made)[:, [1, WEEKS - 1]])


def test_more_slots_never_leave_more_over_six_weeks():
    assert (answers(dynamics()) <= 1e-9).all()


def test_a_few_days_age_a_list_by_as_much():
    order = BookingOrder(FLAT, np.zeros(1))
    nothing = np.zeros(1)
    assert aged(OPENING, order, 0, nothing, nothing, nothing) is OPENING
    after = aged(OPENING, order, 1, np.array([7.0]), nothing, nothing)
    # A seventh of each week moves up and seven join.
    assert after[0, 0] == pytest.approx(30 * 6 / 7 + 7)
    assert after[0, 13] == pytest.approx(9 + 1 / 7)


def history():
    rows = [month(f"2025-{n:02d}-01", seen=80, planned=5, b0=40, b1=30, b2=20, b3=10, b6=20, b13=15) for n in range(4, 12)]
    return with_history(two_trusts().dataset(), *rows)


def test_lists_move_in_the_order_of_recent_months_where_one_is_known():
    held, weeks = history(), mondays(FIRST_MONDAY, 12)
    index = pd.MultiIndex.from_tuples([("P", "x", "all")], names=["organisation", "test", "priority"])
    seen = pd.DataFrame([[20.0] * 12], index=index, columns=weeks)
    demand = weekly_demand(held, held.assumptions, weeks)
    found, made = list_response(held.waiting_list, demand, seen, present_orders(held.network, held.activity))
    plain, none = list_response(held.waiting_list, demand, seen)
    assert (found.order, plain.order) == (PRESENT_ORDER, IN_TURN)
    assert none is None
    rows, in_turn = (f.rows.query("organisation == 'P'") for f in (found, plain))
    assert rows["waiting"].tolist() == in_turn["waiting"].tolist()
    # Those removed without a test join too: more of the list can be young than its net additions say.
    assert (rows["in_turn"] <= in_turn["over_six"] + 1e-9).all()
    # The months never saw the longest waits first: a tail stays, as it did.
    assert rows["over_six"].iloc[-1] > rows["in_turn"].iloc[-1] + 5
    assert made.opening[0].sum() == pytest.approx(135)


def test_a_list_without_a_history_is_booked_like_the_others():
    known = Orders(pd.MultiIndex.from_tuples([("P", "x")]), BookingOrder(np.full((1, BANDS), 0.5), np.array([0.2])))
    found = known.of(pd.MultiIndex.from_tuples([("Q", "x"), ("P", "x")]))
    assert found.hazards.tolist() == [[0.5] * BANDS] * 2
    assert found.removed_share.tolist() == [0.0, 0.2]
