"""Aid and purchases as the planner has locked them, by hand."""

import pytest

from tests.equations.hand import FAST, P1, Q1, Q2, SLOW, Q, Y, let, one_equation, over


def test_aid_at_least__patients_of_every_class_and_site_count():
    m = one_equation("aid_at_least")
    let(m, examined={(*FAST, *Q1, 1): 1, (*SLOW, *Q2, 1): 2, (*SLOW, *Q2, 2): 50, (*FAST, *P1, 1): 50, (*Q, *P1, 1): 50})
    # Three of the four that P is to send to Q in the first week.
    assert over(m.aid_at_least["P", "Q", "x", 1]) == pytest.approx(4 - 3)


def test_aid_at_most__patients_of_every_class_and_site_count():
    m = one_equation("aid_at_most")
    let(m, examined={(*FAST, *Q1, 2): 4, (*SLOW, *Q2, 2): 7, (*SLOW, *Q2, 1): 50})
    assert over(m.aid_at_most["P", "Q", "x", 2]) == pytest.approx(11 - 9)


def test_bought_at_least__all_classes_of_the_week_count():
    m = one_equation("bought_at_least")
    let(m, insourced={(*FAST, *P1, 1): 1, (*SLOW, *P1, 1): 1.5, (*SLOW, *P1, 2): 50})
    assert over(m.bought_at_least["insourced", "P", "x", 1]) == pytest.approx(3 - 2.5)


def test_bought_at_most__only_what_is_bought_in_the_week_counts():
    m = one_equation("bought_at_most")
    let(m, outsourced={(*Y, 1): 50, (*Y, 2): 3})
    assert over(m.bought_at_most["outsourced", "P", "y", 2]) == pytest.approx(3 - 2)
