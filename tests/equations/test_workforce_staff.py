"""People in post and at work, by hand."""

import pytest

from tests.equations.hand import let, over
from tests.equations.workforce_hand import one_equation

LEFT, NEXT = 0.95, 0.855
"""On average over its first and second quarter, of one who comes on a first day where a tenth leaves in each."""


def test_in_post_followed__those_of_today_and_those_who_came_less_those_who_went_to_learn():
    m = one_equation("in_post_followed")
    let(m, starts={("P", "hire", 1): 5, ("P", "hire", 2): 1, ("P", "learn", 2): 2}, in_post={("P", "g", 2): 13})
    # Of today 10 × 0.9, on average 8.55; of the two in training one in three does not finish and comes back in the course of the first quarter: 2/3,
    # on average 0.95 of it in the second. Of five and one asked for 4 and 0.8 are found; of two who go to learn 1.6, of whom a quarter comes back
    # in the course of the quarter.
    today, came, went = 8.55 + 2 / 3 * LEFT, 4 * NEXT + 0.8 * LEFT, 1.6 * (LEFT - 0.25 / 2)
    assert over(m.in_post_followed["P", "g", 2]) == pytest.approx(13 - today - came + went)


def test_in_post_followed__whoever_has_learned_is_in_post_in_the_new_group():
    m = one_equation("in_post_followed")
    let(m, starts={("P", "learn", 1): 2}, kept={("P", "h", 1): 0.1})
    # Of today 4 × 0.9³ on average of the fourth quarter's ends, with 4/3 from training since the second; 1.6 × a half come in the third.
    today = 4 * 0.95 * 0.9**3 + 4 / 3 * 0.95 * 0.9**2
    assert over(m.in_post_followed["P", "h", 4]) == pytest.approx(-today - 0.8 * NEXT - 0.1 * 0.95 * 0.9**2)


def test_working_followed__trainees_still_do_a_part_of_their_work():
    m = one_equation("working_followed")
    let(m, starts={("P", "learn", 2): 2}, working={("P", "g", 2): 9})
    # In training 1 less half a quarter of those who start: 0.875 of 1.6; they do a quarter of a WTE each.
    today = 8.55 + 2 / 3 * LEFT
    assert over(m.working_followed["P", "g", 2]) == pytest.approx(9 - today + 1.6 * (LEFT - 0.125) - 0.25 * 1.6 * 0.875)


def test_working_followed__those_in_training_today_work_a_part_too():
    m = one_equation("working_followed")
    let(m)
    # Of today 9.5; of two in training a third stops evenly over the quarter: 10/6 are there, at a quarter of a WTE; 2/3 come back, for half of it.
    assert over(m.working_followed["P", "g", 1]) == pytest.approx(-(9.5 + 0.25 * 10 / 6 + 1 / 3))


def test_only_who_is_there__no_more_go_to_learn_than_are_there():
    m = one_equation("only_who_is_there")
    let(m, starts={("P", "learn", 1): 20})
    # At the end of the quarter: 9 of today and 2/3 back from training; of sixteen who went, 14.4 would be there, and four are back.
    assert over(m.only_who_is_there["P", "g", 1]) == pytest.approx(16 * (0.9 - 0.25) - 9 - 2 / 3)


def test_supervisors_there__each_takes_two_trainees():
    m = one_equation("supervisors_there")
    let(m, starts={("P", "learn", 1): 4}, in_post={("P", "h", 1): 2})
    # 3.2 start, on average 0.875 of them are in training, and 10/6 of today: half as many supervisors.
    assert over(m.supervisors_there["P", "h", 1]) == pytest.approx((3.2 * 0.875 + 10 / 6) / 2 - 2)
