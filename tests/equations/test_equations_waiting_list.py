"""The waiting lists, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, Y, hand_problem, let, one_equation, over


def test_balance__a_list_loses_those_seen_at_home_elsewhere_and_by_insourcing_and_those_removed():
    m = one_equation("balance")
    let(m, examined={(*FAST, *P1, 1): 2, (*FAST, *Q1, 1): 1, (*FAST, *Q2, 1): 1.5}, insourced={(*FAST, *P1, 1): 3}, removed={(*FAST, 1): 0.5},
        waiting={(*FAST, 1): 8})  # fmt: skip
    # 10 + 6 join - 2 - 1 - 1.5 - 3 - 0.5 = 8 are left.
    assert over(m.balance[*FAST, 1]) == pytest.approx(0)


def test_balance__the_next_week_starts_from_what_was_left():
    m = one_equation("balance")
    let(m, examined={(*Y, *P1, 2): 4}, outsourced={(*Y, 2): 2}, waiting={(*Y, 1): 9, (*Y, 2): 7})
    # 9 + 3 join - 4 - 2 outsourced = 6 should be left; 7 are claimed.
    assert over(m.balance[*Y, 2]) == pytest.approx(7 - 6)


def test_as_today__where_sessions_may_not_change_a_test_keeps_its_share_of_its_own_rooms():
    m = one_equation("as_today", hand_problem(fixed=True))
    let(m, examined={(*Q, *Q1, 1): 8, (*Q, *Q2, 1): 6, (*Q, *P1, 1): 50})
    assert over(m.as_today[*Q, 1]) == pytest.approx(8 + 6 - 13)  # those examined at another trust do not count


def test_as_today__it_is_absent_where_sessions_may_change():
    assert not hasattr(one_equation("as_today", hand_problem(fixed=False)), "as_today")


def test_over_six_in_turn__whoever_cannot_be_younger_than_six_weeks_is_over():
    m = one_equation("over_six_in_turn")
    let(m, waiting={(*SLOW, 2): 40}, over_six={(*SLOW, 2): 5})
    assert over(m.over_six_in_turn[*SLOW, 2]) == pytest.approx((40 - 32) - 5)
    assert sorted(i[-1] for i in m.over_six_in_turn) == [2, 2, 2, 2]  # measured in week 2 only


def test_over_six_as_booked__each_patient_more_seen_in_a_week_takes_so_many_off_those_over_six_weeks():
    m = one_equation("over_six_as_booked")
    let(m, waiting={(*SLOW, 1): 26, (*SLOW, 2): 22}, over_six={(*SLOW, 2): 9})
    # 30 + 9 join - 26 = 13 are gone in week 1, two more than in the plan the row is about; 26 + 8 - 22 = 12 in week 2, two more as well.
    # Each of them takes 0.8 and 0.9 off the 12 who waited over six weeks in that plan.
    assert over(m.over_six_as_booked[*SLOW, 2]) == pytest.approx(12 - 2 * 0.8 - 2 * 0.9 - 9)
    assert list(m.over_six_as_booked) == [(*SLOW, 2)]  # the other lists are served strictly in turn


def test_over_thirteen_in_turn__those_beyond_the_young_have_waited_longer():
    m = one_equation("over_thirteen_in_turn")
    let(m, waiting={(*SLOW, 2): 45}, over_thirteen={(*SLOW, 2): 5})
    # 38 could be younger than thirteen weeks, so 7 are not.
    assert over(m.over_thirteen_in_turn[(*SLOW, 2)]) == pytest.approx(7 - 5)
