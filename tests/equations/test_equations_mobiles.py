"""Mobile units, by hand."""

import pytest

from tests.equations.hand import Q2, hand_problem, let, one_equation, over


def test_one_place__a_unit_cannot_stand_in_two_places():
    m = one_equation("one_place")
    let(m, present={("v", "q1", 1): 1, ("v", "q2", 1): 1})
    assert over(m.one_place["v", 1]) == pytest.approx(2 - 1)
    assert over(m.one_place["v", 2]) == pytest.approx(0 - 1)


def test_one_unit_a_pad__a_pad_takes_no_more_units_than_it_may():
    m = one_equation("one_unit_a_pad")  # the pad of q2 takes half a unit here; one unit alone cannot crowd the pad of q1
    let(m, present={("v", "q2", 1): 1, ("v", "q1", 2): 1})
    assert over(m.one_unit_a_pad[*Q2, 1]) == pytest.approx(1 - 0.5)
    assert over(m.one_unit_a_pad[*Q2, 2]) == pytest.approx(0 - 0.5)
    assert {place[:2] for place in m.one_unit_a_pad} == {Q2}


def test_arrival__staying_where_it_stands_today_is_no_arrival():
    m = one_equation("arrival")
    let(m, present={("v", "q2", 1): 1, ("v", "q1", 2): 1})
    assert over(m.arrival["v", "q2", 1]) == pytest.approx(1 - 1)
    assert over(m.arrival["v", "q1", 2]) == pytest.approx(1 - 0)  # not counted as an arrival: broken


def test_arrival__leaving_is_no_arrival():
    m = one_equation("arrival")
    let(m, present={("v", "q2", 1): 1})
    assert over(m.arrival["v", "q2", 2]) == pytest.approx(0 - 1)


def test_minimum_stay__a_unit_may_not_leave_in_the_week_after_it_arrived():
    m = one_equation("minimum_stay", hand_problem(weeks=4))  # a stay of two weeks
    let(m, arriving={("v", "q1", 2): 1}, present={("v", "q1", 2): 1})
    assert over(m.minimum_stay["v", "q1", 2]) == pytest.approx(1 - 1)
    assert over(m.minimum_stay["v", "q1", 3]) == pytest.approx(1 - 0)  # gone a week early: broken
    assert over(m.minimum_stay["v", "q1", 4]) == pytest.approx(0)
