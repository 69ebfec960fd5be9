"""Fairness, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, let, one_equation, over


def test_largest_share_counted__every_list_s_share_is_at_most_the_largest():
    m = one_equation("largest_share_counted")
    let(m, over_six={(*FAST, 2): 6, (*SLOW, 2): 10, (*Q, 2): 3}, largest_share={("x", 2): 0.2})
    # P: 16 over six weeks of 50 waiting without a change, a fifth of which are 10. Q: 3 of 20, a fifth are 4.
    assert over(m.largest_share_counted["P", "x", 2]) == pytest.approx(16 - 10)
    assert over(m.largest_share_counted["Q", "x", 2]) == pytest.approx(3 - 4)


def test_extra_minutes_capped__a_group_s_extra_minutes_stay_within_the_cap_on_average():
    m = one_equation("extra_minutes_capped")
    let(m, examined={(*FAST, *Q1, 1): 10, (*SLOW, *Q2, 2): 4, (*Q, *P1, 1): 20, (*FAST, *P1, 1): 99})
    # Rural: 10 × 8 + 4 × 12 + 20 × 3 minutes; 4 + 2 + 2 patients with 15 minutes each allowed.
    assert over(m.extra_minutes_capped["rural", "x"]) == pytest.approx(188 - 15 * 8)
    # Deprived: the two routes of the first class only, 10 × 2 minutes for 2 patients.
    assert over(m.extra_minutes_capped["deprived", "x"]) == pytest.approx(20 - 15 * 2)
