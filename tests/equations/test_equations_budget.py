"""Premium budgets, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Y, let, one_equation, over


def test_premium_budget_kept__extra_hours_and_providers_are_paid_from_it():
    m = one_equation("premium_budget_kept")
    let(m, overtime={("P", "g", 1): 2}, bank={("P", "g", 2): 1}, insourced={(*FAST, *P1, 1): 3}, outsourced={(*Y, 2): 2})
    # 2 × 45 + 55 + 3 × 150 + 2 × 205 = 1,005 of 900.
    assert over(m.premium_budget_kept["P"]) == pytest.approx(1005 - 900)
    assert over(m.premium_budget_kept["Q"]) == pytest.approx(-9000)


def test_premium_budget_kept__a_unit_s_week_is_paid_by_the_owner_of_its_site():
    m = one_equation("premium_budget_kept")
    let(m, present={("v", "q1", 1): 1, ("v", "q2", 2): 1}, arriving={("v", "q1", 1): 1})
    assert over(m.premium_budget_kept["Q"]) == pytest.approx(2 * 5000 - 9000)
    assert over(m.premium_budget_kept["P"]) == pytest.approx(-900)
