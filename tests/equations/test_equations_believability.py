"""What keeps a plan believable, by hand."""

import pytest

from tests.equations.hand import FAST, P1, SLOW, hand_problem, let, one_equation, over


def test_above_rota__sessions_beyond_todays_are_counted_as_more():
    m = one_equation("above_rota")
    let(m, sessions={(*P1, "core", 2): 5}, more={(*P1, "core", 2): 1.5})
    assert over(m.above_rota[*P1, "core", 2]) == pytest.approx(5 - 1.5 - 3)


def test_ramp__the_first_week_is_compared_with_today():
    m = one_equation("ramp")
    let(m, sessions={(*P1, "core", 1): 5}, rise={(*P1, "core", 1): 0.25})
    assert over(m.ramp[*P1, "core", 1]) == pytest.approx((5 - 4) - 0.25)


def test_ramp__a_change_that_goes_on_is_no_rise_even_where_todays_rota_falls():
    m = one_equation("ramp")
    let(m, sessions={(*P1, "core", 1): 5, (*P1, "core", 2): 4})
    # One above today's rota (4) in week 1, one above today's rota (3) in week 2.
    assert over(m.ramp[*P1, "core", 2]) == pytest.approx(0)


def test_not_longer__a_list_beyond_the_one_without_a_change_is_counted():
    m = one_equation("not_longer")
    let(m, waiting={(*FAST, 2): 19, (*SLOW, 2): 30}, longer={(*FAST, 2): 5})
    assert over(m.not_longer[*FAST, 2]) == pytest.approx(19 - 12 - 5)
    assert over(m.not_longer[*SLOW, 2]) == pytest.approx(0)


def test_no_cliff__growth_over_the_last_six_weeks_is_counted():
    m = one_equation("no_cliff", hand_problem(weeks=7))
    let(m, waiting={(*SLOW, 7): 50, (*SLOW, 1): 41}, cliff={SLOW: 4})
    assert over(m.no_cliff[SLOW]) == pytest.approx(50 - 41 - 4)


def test_no_cliff__it_is_absent_from_a_plan_too_short_for_it():
    assert not hasattr(one_equation("no_cliff", hand_problem(weeks=6)), "no_cliff")
