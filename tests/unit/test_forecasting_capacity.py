"""The published arithmetic of capacity against demand, worked by hand."""

import math

import numpy as np
import pytest

from forecasting import capacity as c

WEEK = 7.0
"""Days."""


def test_thirty_a_week_at_a_quarter_of_a_year_make_a_target_list_of_390():
    assert c.target_mean_wait(52, 4) == 13
    assert c.target_list(30, 52, 4) == 390


def test_the_published_relief_capacity_is_61_point_15_a_week():
    # 30 + (1,200 − 390) ÷ 26 = 30 + 31.15
    assert c.relief_capacity(30, 1200, 390, 26) == pytest.approx(61.15, abs=0.005)
    assert c.relief_capacity(30, 1200, 390) == c.relief_capacity(30, 1200, 390, 26), "26 weeks unless others are chosen"


@pytest.mark.parametrize(("waiting", "too_big"), [(780, False), (781, True)])
def test_a_list_is_too_big_beyond_twice_its_target_list(waiting, too_big):
    assert c.is_too_big(waiting, 390) == too_big


def test_load_below_one_is_demand_over_capacity():
    assert c.load(27, 30) == pytest.approx(0.9)
    assert c.load(0, 0) == 0, "nothing is asked for"
    assert c.load(-3, 0) == 0, "a list that shrinks by itself asks for nothing"


@pytest.mark.parametrize(("demand", "capacity"), [(30, 30), (30, 27), (30, 0), (0.1, 0)])
def test_a_load_of_one_or_more_is_a_state_and_no_number(demand, capacity):
    assert np.isnan(c.load(demand, capacity))
    assert c.is_unsustainable(demand, capacity)
    assert c.state(demand, capacity, demand) == c.UNSUSTAINABLE
    assert np.isnan(c.clearance_weeks(100, 50, demand, capacity)), "no date on which it would be cleared"


def test_a_list_without_room_for_weeks_that_vary_is_tight():
    # Needed 32: 30 are joined by less than 31, which is less than 32.
    assert c.state([30, 30, 30, 0], [30, 31, 32, 0], [32, 32, 32, 0]).tolist() == [c.UNSUSTAINABLE, c.TIGHT, c.SUSTAINABLE, c.SUSTAINABLE]


def test_the_recurring_gap_is_what_a_list_grows_by_each_week():
    assert c.recurring_gap(30, 27) == 3
    assert c.recurring_gap(27, 30) == -3


def test_backlog_is_what_is_beyond_the_sustainable_list():
    assert c.backlog([1200, 390, 100], 390).tolist() == [810, 0, 0]


@pytest.mark.parametrize(("late", "factor", "mean_wait"), [(0.01, 4.6, 1.3), (0.05, 3.0, 2.0), (0.14, 1.97, 3.1), (0.20, 1.6, 3.7)])
def test_factors_of_a_six_week_target_are_those_of_exponential_waits(late, factor, mean_wait):
    found = c.factor_of_late_share(late)
    assert found == pytest.approx(factor, abs=0.011)
    assert c.target_mean_wait(6, found) == pytest.approx(mean_wait, abs=0.055)
    assert c.late_share(found) == pytest.approx(late)


def test_the_published_factors_leave_two_in_a_hundred_and_two_in_a_thousand_late():
    assert c.late_share(4) == pytest.approx(0.018, abs=5e-4)
    assert c.late_share(6) == pytest.approx(0.0025, abs=5e-5)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_no_factor_leaves_nobody_late_or_everybody(share):
    assert np.isnan(c.factor_of_late_share(share))


def test_target_capacity_adds_half_of_both_variations_over_the_mean_wait():
    # 30 + ((1 + 1) ÷ 2) × (4 ÷ 52) = 30.0769; with cv 2 and 0: 30 + (4 ÷ 2) × (4 ÷ 52) = 30.1538
    assert c.target_capacity(30, 52, 4) == pytest.approx(30.0769, abs=5e-5)
    assert c.target_capacity(30, 52, 4, 2, 0) == pytest.approx(30.1538, abs=5e-5)


def test_the_variation_of_counts_is_that_of_the_time_between_arrivals():
    # Poisson: variance = mean. Counts four times as variable: cv 2.
    assert c.cv_between(30, 30) == 1
    assert c.cv_between(30, 120) == 2
    assert c.cv_between(0, 0) == 1


def test_pressure_is_twice_the_mean_wait_over_the_target():
    assert c.pressure(63, 52) == pytest.approx(126 / 52)
    assert c.pressure(3, 6) == 1


def test_demand_from_a_hundred_referrals_gets_an_allowance_of_a_quarter():
    # s = 1/30 week: 2 × 30 × 1/30 ÷ √100 = 0.2; 30 ÷ 0.8 = 37.5
    assert c.demand_allowance(30, 1 / 30, 100) == pytest.approx(37.5)


def test_four_referrals_are_too_few_for_an_allowance():
    # 2 ÷ √4 = 1: the whole of it.
    assert np.isnan(c.demand_allowance(30, 1 / 30, 4))
    assert np.isnan(c.demand_allowance(30, 1 / 30, 0))


def test_the_last_on_a_list_of_1200_waits_forty_weeks_at_thirty_a_week():
    assert c.simple_clearance_weeks(1200, 30) == 40
    assert c.simple_clearance_weeks(0, 0) == 0
    assert np.isnan(c.simple_clearance_weeks(5, 0))


def test_relief_capacity_clears_the_list_in_the_weeks_it_was_made_for():
    # 810 patients beyond at 31.15 a week.
    assert c.clearance_weeks(1200, 390, 30, c.relief_capacity(30, 1200, 390, 26)) == pytest.approx(26)
    assert c.clearance_weeks(1200, 390, 30, 40) == 81
    assert c.clearance_weeks(390, 390, 30, 20) == 0, "within already, though it will not stay so"


def test_the_85th_percentile_of_a_hundred_a_week_is_a_tenth_more():
    # 100 + 1.0364 × 10
    assert c.demand_percentile(100, 0.85) == pytest.approx(110.364, abs=5e-4)
    assert c.demand_percentile(100, 0.5) == 100
    assert c.demand_percentile(100, 0.85, 2) == pytest.approx(120.729, abs=5e-4)


def test_slots_kept_for_a_quarter_of_a_hundred_patients_cost_five_and_a_half_a_week():
    # Urgent 25 a week, deviation 5. Kept 25 + 1.0364 × 5 = 30.182. Unused 5 × (1.0364 × 0.85 + φ(1.0364) = 0.23316) = 5.571.
    found = c.carve_out(100, 0.25, 0.85, released=False)
    assert found.kept == pytest.approx(30.182, abs=5e-4)
    assert found.unused == pytest.approx(5.571, abs=5e-3)
    assert found.extra == found.unused
    # 18 per cent unused fell to 5.1 with the release rule: 5.571 × 5.1 ÷ 18 = 1.578.
    assert c.carve_out(100, 0.25, 0.85, released=True).extra == pytest.approx(1.578, abs=5e-3)


def test_nothing_kept_costs_nothing():
    assert c.carve_out(100, 0.0, 0.85, released=False).extra == 0


def test_what_kept_slots_cost_is_what_a_thousand_weeks_of_chance_lose():
    draws = np.random.default_rng(1).normal(25, 5, 200_000)
    found = c.carve_out(100, 0.25, 0.85, released=False)
    assert np.maximum(found.kept - draws, 0).mean() == pytest.approx(float(found.extra), rel=0.01)


DAYS_AND_WEEKS = {
    "load": (c.load(28, 35), c.load(28 / WEEK, 35 / WEEK), 0),
    "state": (c.state(28, 35, 30) == c.SUSTAINABLE, c.state(28 / WEEK, 35 / WEEK, 30 / WEEK) == c.SUSTAINABLE, 0),
    "recurring gap": (c.recurring_gap(28, 35), c.recurring_gap(28 / WEEK, 35 / WEEK), -1),
    "target mean wait": (c.target_mean_wait(6, 3), c.target_mean_wait(6 * WEEK, 3), 1),
    "target list": (c.target_list(28, 6, 3), c.target_list(28 / WEEK, 6 * WEEK, 3), 0),
    "relief capacity": (c.relief_capacity(28, 500, 60, 26), c.relief_capacity(28 / WEEK, 500, 60, 26 * WEEK), -1),
    "target capacity": (c.target_capacity(28, 6, 3, 1.5, 0.5), c.target_capacity(28 / WEEK, 6 * WEEK, 3, 1.5, 0.5), -1),
    "variation": (c.cv_between(28, 56), c.cv_between(28 / WEEK, 56 / WEEK), 0),
    "pressure": (c.pressure(2.5, 6), c.pressure(2.5 * WEEK, 6 * WEEK), 0),
    "allowance": (c.demand_allowance(28, 1.2 / 28, 300), c.demand_allowance(28 / WEEK, 1.2 / 28 * WEEK, 300), -1),
    "simple clearance": (c.simple_clearance_weeks(500, 35), c.simple_clearance_weeks(500, 35 / WEEK), 1),
    "clearance": (c.clearance_weeks(500, 60, 28, 35), c.clearance_weeks(500, 60, 28 / WEEK, 35 / WEEK), 1),
    "percentile": (c.demand_percentile(28, 0.85, 1.5), c.demand_percentile(28 / WEEK, 0.85, 1.5, span=WEEK), -1),
    "carve-out": (
        c.carve_out(28, 0.3, 0.85, 1.5, released=False).extra, c.carve_out(28 / WEEK, 0.3, 0.85, 1.5, released=False, span=WEEK).extra, -1,
    ),
}  # fmt: skip
"""Each answer in weeks and in days, and the power of time in its unit."""


@pytest.mark.parametrize("name", DAYS_AND_WEEKS)
def test_days_and_weeks_give_the_same_answer(name):
    weeks, days, power = DAYS_AND_WEEKS[name]
    assert float(weeks) * WEEK**power == pytest.approx(float(days))


def test_the_variation_of_weekly_counts_themselves_would_depend_on_the_unit():
    """Why the time between two arrivals is asked for: the coefficient of variation of counts is √7 times as large by the day."""
    by_week, by_day = math.sqrt(28) / 28, math.sqrt(28 / WEEK) / (28 / WEEK)
    assert by_day == pytest.approx(math.sqrt(WEEK) * by_week)
    wrong = c.target_capacity(28, 6, 3, by_week), WEEK * c.target_capacity(28 / WEEK, 6 * WEEK, 3, by_day)
    assert wrong[0] != pytest.approx(float(wrong[1]))


def test_arrays_are_answered_as_their_members_are():
    demand, waiting = np.array([30.0, 10.0]), np.array([1200.0, 5.0])
    assert c.relief_capacity(demand, waiting, 390).tolist() == [float(c.relief_capacity(d, w, 390)) for d, w in zip(demand, waiting, strict=True)]
    assert c.load(demand, [35, 10]).tolist() == pytest.approx([30 / 35, np.nan], nan_ok=True)
