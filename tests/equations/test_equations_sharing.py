"""Shared staff, by hand."""

import pytest

from tests.equations.hand import P1, Q1, let, one_equation, over


def test_lending_limit_kept__no_more_hours_are_lent_than_agreed():
    m = one_equation("lending_limit_kept")
    let(m, shared={("P", "Q", "g", 2): 5, ("Q", "P", "g", 2): 9})
    # P lends 5 hours of 3.5 agreed in week 2, Q 9 of 10.
    assert over(m.lending_limit_kept["P", "g", 2]) == pytest.approx(5 - 3.5)
    assert over(m.lending_limit_kept["Q", "g", 2]) == pytest.approx(9 - 10)


def test_staff_time__hours_lent_are_missing_at_the_lender_and_there_at_the_borrower():
    m = one_equation("staff_time")
    let(m, sessions={(*P1, "core", 1): 5, (*Q1, "core", 1): 8}, shared={("Q", "P", "g", 1): 6})
    # P: 5 × 8 = 40 hours needed, 40 own and 6 borrowed. Q: 8 × 12 = 96 needed, 100 own less 6 lent.
    assert over(m.staff_time["P", "g", 1]) == pytest.approx(40 - 46)
    assert over(m.staff_time["Q", "g", 1]) == pytest.approx(96 - 94)
