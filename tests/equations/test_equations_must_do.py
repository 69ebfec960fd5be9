"""Work that never waits on the list, by hand."""

import pytest

from tests.equations.hand import P1, Q1, let, one_equation, over


def test_must_be_done__what_is_not_done_is_left_undone():
    m = one_equation("must_be_done")
    let(m, must_done={("P", "x", *P1, 1): 5}, undone={("P", "x", 1): 2})
    assert over(m.must_be_done["P", "x", 1]) == pytest.approx(5 + 2 - 7)


def test_must_be_done__what_was_left_undone_comes_back_the_next_week():
    m = one_equation("must_be_done")
    let(m, must_done={("Q", "x", *Q1, 2): 6}, undone={("Q", "x", 1): 3, ("Q", "x", 2): 1})
    # 5 arise in week 2 and 3 are carried; 6 are done and 1 is left: one is missing.
    assert over(m.must_be_done["Q", "x", 2]) == pytest.approx(6 + 1 - 5 - 3)
