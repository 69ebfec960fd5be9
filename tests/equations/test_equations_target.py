"""The six-week target, by hand."""

import pytest

from tests.equations.hand import FAST, SLOW, let, one_equation, over


def test_target__those_over_six_weeks_beyond_the_share_of_all_classes_are_a_shortfall():
    m = one_equation("target")
    let(m, over_six={(*FAST, 2): 1, (*SLOW, 2): 6}, waiting={(*FAST, 2): 20, (*SLOW, 2): 40}, shortfall={("P", "x", 2): 3})
    # 7 over, 3 of them counted as a shortfall; 5 % of 60 may be over.
    assert over(m.target["P", "x", 2]) == pytest.approx(7 - 3 - 0.05 * 60)


def test_thirteen_target__those_over_thirteen_weeks_have_a_share_of_their_own():
    m = one_equation("thirteen_target")
    let(m, over_thirteen={(*FAST, 2): 1, (*SLOW, 2): 3}, waiting={(*FAST, 2): 20, (*SLOW, 2): 40}, thirteen_shortfall={("P", "x", 2): 2})
    # 4 over, 2 of them counted; 2 % of 60 may be over.
    assert over(m.thirteen_target["P", "x", 2]) == pytest.approx(4 - 2 - 0.02 * 60)
    assert ("P", "y", 2) not in m.thirteen_target, "no share is asked for"
