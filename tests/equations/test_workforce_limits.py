"""What temporary staff, providers, places and money allow, by hand."""

import pytest

from data.working_time import QUARTER_WEEKS
from tests.equations.hand import let, over
from tests.equations.workforce_hand import HOURS, one_equation


def test_overtime_kept__a_tenth_of_the_hours_of_those_in_post():
    m = one_equation("overtime_kept")
    let(m, overtime={("P", "g", 3): 600}, in_post={("P", "g", 3): 8})
    assert over(m.overtime_kept["P", "g", 3]) == pytest.approx(600 - 0.1 * HOURS * 8)


def test_bank_kept__a_fifth_of_the_hours_of_those_in_post():
    m = one_equation("bank_kept")
    let(m, bank={("Q", "g", 3): 600}, in_post={("Q", "g", 3): 8})
    assert over(m.bank_kept["Q", "g", 3]) == pytest.approx(600 - 0.2 * HOURS * 8)


def test_lending_kept__a_twentieth_of_the_hours_of_those_in_post():
    m = one_equation("lending_kept")
    let(m, lent={("P", "Q", "g", 1): 300}, in_post={("P", "g", 1): 10})
    assert over(m.lending_kept["P", "g", 1]) == pytest.approx(300 - 0.05 * HOURS * 10)


def test_reports_kept__twenty_reports_a_week():
    m = one_equation("reports_kept")
    let(m, reports_bought={("P", "h", "reporting", "x", 2): 300})
    assert over(m.reports_kept["P", 2]) == pytest.approx(300 - 20 * QUARTER_WEEKS)


def test_places_kept__of_all_organisations_together():
    m = one_equation("places_kept")
    let(m, starts={("P", "hire", 1): 2, ("P", "hire", 4): 1, ("P", "hire", 5): 9, ("Q", "hire", 2): 4})
    assert over(m.places_kept["hire", "", 1]) == pytest.approx(2 + 1 + 4 - 5)
    assert over(m.places_kept["hire", "", 2]) == pytest.approx(9 - 5)


def test_places_kept__where_single_organisations_have_places_no_other_starts_anybody():
    m = one_equation("places_kept")
    let(m, starts={("P", "learn", 1): 3})
    assert over(m.places_kept["learn", "P", 1]) == pytest.approx(1)
    assert ("Q", "learn", 1) not in m.starts


def test_funding_kept__starts_and_pay_in_training_beside_those_of_today():
    m = one_equation("funding_kept")
    let(m, starts={("P", "learn", 1): 2, ("P", "learn", 4): 1})
    # Pay while training is £10,000 a quarter. Those of today take 10/6 of it. Of two, 1.6 start: £500 each, 0.875 and 0.625 quarters of pay; of one
    # in the fourth quarter, 0.8 start and 0.875 of a quarter fall in the year.
    taken = 1.6 * (500 + 15_000) + 0.8 * (500 + 8750)
    assert over(m.funding_kept["pot", "", 1]) == pytest.approx(taken - (90_000 - 10_000 * 10 / 6))
    assert over(m.funding_kept["pot", "", 2]) == pytest.approx(0.8 * 6250 - 90_000)
