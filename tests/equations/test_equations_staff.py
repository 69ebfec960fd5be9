"""Staff hours, by hand."""

import pytest

from tests.equations.hand import P1, Q1, let, one_equation, over


def test_staff_time__sessions_need_hours_that_overtime_and_bank_staff_can_add_to():
    m = one_equation("staff_time")
    let(m, sessions={(*P1, "core", 2): 4, (*P1, "late", 2): 2}, overtime={("P", "g", 2): 1.5}, bank={("P", "g", 2): 2.5})
    # 4 × 8 + 2 × 6 = 44 hours needed; 38 own + 1.5 + 2.5 = 42 there.
    assert over(m.staff_time["P", "g", 2]) == pytest.approx(44 - 42)


def test_staff_time__an_unstaffed_unit_needs_the_hours_of_the_trust_it_stands_at():
    m = one_equation("staff_time")
    let(m, sessions={(*Q1, "core", 1): 5}, present={("v", "q2", 1): 1})
    # 5 × 12 + 40 = 100 hours needed; 100 there.
    assert over(m.staff_time["Q", "g", 1]) == pytest.approx(0)
    assert over(m.staff_time["P", "g", 1]) == pytest.approx(-40)
