"""What the goal counts, by hand."""

import pyomo.environ as pyo
import pytest

from optimisation.workforce.model import build_model
from optimisation.workforce.objective import COSTS, PRICES
from tests.equations.hand import let, over
from tests.equations.workforce_hand import HOURS, hand_problem, one_equation


def test_vacancies_counted__a_fifth_of_what_is_needed_may_be_vacant():
    m = one_equation("vacancies_counted")
    let(m, in_post={("P", "g", 1): 7}, vacant={("P", "g", 1): 0.5})
    # 5,000 hours of scanning and 300 of other work.
    assert over(m.vacancies_counted["P", "g", 1]) == pytest.approx(0.8 * 5300 / HOURS - 7.5)


def test_unequal_cover_counted__the_largest_share_is_at_least_that_of_each():
    m = one_equation("unequal_cover_counted")
    let(m, largest_share={("g", 1): 0.02}, uncovered={("P", "g", "other", "", 2): 90}, lost={("P", "x", 1): 100, ("P", "x", 2): 40})
    needed = 5000 + 3 * 5100 + 4 * 300
    assert over(m.unequal_cover_counted["P", "g", 1]) == pytest.approx(90 + 250 + 2.55 * 40 - 0.02 * needed)


def test_more_starts_counted__all_organisations_together():
    m = one_equation("more_starts_counted")
    let(m, starts={("P", "hire", 1): 1, ("Q", "hire", 4): 1, ("P", "hire", 5): 4, ("Q", "hire", 8): 2}, more_starts={("hire", 2): 3})
    assert over(m.more_starts_counted["hire", 2]) == pytest.approx(6 - 2 - 3)


@pytest.fixture(scope="module")
def model():
    return build_model(hand_problem(), equations=())


def worth(m, part, **values):
    let(m, **values)
    return pyo.value(part(m))


def test_work_that_nobody_does_has_a_price(model):
    lost = worth(model, PRICES["work that nobody does"], lost={("P", "x", 1): 3}, uncovered={("P", "g", "other", "", 2): 7})
    assert lost == pytest.approx(3 * 500 + 7 * 300)


def test_a_change_counts_whether_up_or_down(model):
    up = worth(model, PRICES["uneven starts"], starts={("P", "hire", 5): 4}, more_starts={("hire", 2): 4})
    down = worth(model, PRICES["uneven starts"], starts={("P", "hire", 1): 4})
    assert up == down == pytest.approx(400)


def test_vacancies_unequal_cover_and_work_given_away_have_prices(model):
    assert worth(model, PRICES["vacancies over the limit"], vacant={("P", "g", 1): 0.5}) == pytest.approx(2500)
    assert worth(model, PRICES["unequal cover"], largest_share={("g", 1): 0.02}) == pytest.approx(20)
    assert worth(model, PRICES["work given to others"], done_by={("P", "h", "reporting", "x", "g", 1): 12}) == pytest.approx(12)


def test_pay_is_that_of_those_in_post_and_what_a_start_is_paid_beyond_it(model):
    assert worth(model, COSTS["pay in post"], in_post={("P", "g", 1): 2}) == pytest.approx(2 * 10_000)
    # Whoever has learned is paid £13,000 a quarter instead of £10,000: 0.8 × a half of one, six quarters of staying.
    there = sum(0.95 * 0.9**k for k in range(6))
    assert worth(model, COSTS["pay in post"], starts={("P", "learn", 1): 1}) == pytest.approx(3000 * 0.4 * there)


def test_starts_cost_what_they_cost_with_pay_while_training(model):
    today = worth(model, COSTS["starts and pay while training"])
    assert today == pytest.approx(10_000 * 10 / 6)
    assert worth(model, COSTS["starts and pay while training"], starts={("P", "learn", 1): 1}) - today == pytest.approx(0.8 * (500 + 15_000))
    assert worth(model, COSTS["starts and pay while training"], starts={("Q", "hire", 8): 1}) - today == pytest.approx(800)


def test_temporary_staff_and_providers_cost_their_prices(model):
    assert worth(model, COSTS["overtime"], overtime={("P", "g", 1): 2}) == pytest.approx(90)
    assert worth(model, COSTS["bank and agency"], bank={("P", "g", 1): 2}) == pytest.approx(100)
    assert worth(model, COSTS["examinations bought"], bought={("P", "outsourced", "x", 1): 2}) == pytest.approx(400)
    assert worth(model, COSTS["reports bought"], reports_bought={("P", "h", "reporting", "x", 1): 2}) == pytest.approx(90)
    assert worth(model, COSTS["leavers kept"], kept={("P", "g", 1): 0.5}) == pytest.approx(3000)
    # An hour there and back for eight hours' work, at £45.
    assert worth(model, COSTS["hours lent"], lent={("P", "Q", "g", 1): 8}) == pytest.approx(45)
