"""Orders from frameworks, by hand."""

import pytest

from tests.equations.hand import FAST, P1, SLOW, Y, let, one_equation, over

INSIDE, OUTSIDE = ("insourced", "P", "x", 1), ("outsourced", "P", "y", 1)


def test_order_not_too_small__an_order_is_filled_over_its_weeks_and_classes():
    m = one_equation("order_not_too_small")
    let(m, ordered={INSIDE: 1, OUTSIDE: 1}, insourced={(*FAST, *P1, 1): 2, (*SLOW, *P1, 2): 5}, outsourced={(*Y, 2): 4})
    # Seven of the eight that are the least; four of three.
    assert over(m.order_not_too_small[INSIDE]) == pytest.approx(8 - 7)
    assert over(m.order_not_too_small[OUTSIDE]) == pytest.approx(3 - 4)


def test_nothing_without_order__what_is_bought_needs_an_order():
    m = one_equation("nothing_without_order")
    let(m, ordered={OUTSIDE: 1}, insourced={(*FAST, *P1, 1): 2}, outsourced={(*Y, 2): 4})
    assert over(m.nothing_without_order[INSIDE]) == pytest.approx(2)
    assert over(m.nothing_without_order[OUTSIDE]) == pytest.approx(4 - 5)
