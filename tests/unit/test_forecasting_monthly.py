"""Monthly forecasts: exact where a series follows its profile, steady where one month does not, and honest ranges."""

import numpy as np
import pandas as pd
import pytest

from data.activity import ACTIVITY, WAITING, Activity
from data.demand import STREAMS
from data.working_days import WorkingDays
from forecasting import national
from forecasting.methods import conformal, shared_profile
from forecasting.methods.conformal import PastErrors, Scale, Spread
from forecasting.methods.profile import Profile, fit
from forecasting.monthly import Ranges, monthly_forecast
from forecasting.panel import exposures, panel_of

CALENDAR = WorkingDays("GB", "ENG")
MONTHS = pd.date_range("2023-04-01", periods=24, freq="MS")
AHEAD = pd.date_range("2025-04-01", periods=12, freq="MS")
D = shared_profile.DISCOUNT
SEASON = tuple(0.1 * np.sin(2 * np.pi * k / 12) for k in range(12))


def series(level, profile, months=MONTHS):
    """A series that follows its profile without an error, but for growth."""
    load = profile.load(CALENDAR, months)
    return level * load / profile.load(CALENDAR, MONTHS).mean()


def test_a_series_that_follows_its_profile_is_forecast_exactly():
    profile = Profile(0.3, 0.0, SEASON)
    made = shared_profile.forecast(np.array([series(100, profile)]), MONTHS, 12, profile, CALENDAR)
    assert made[0] == pytest.approx(series(100, profile, AHEAD))


def test_one_wild_month_moves_the_level_little_and_is_brought_to_the_edge_of_what_its_neighbours_allow():
    profile = Profile(0.3)
    steady = series(100, profile)
    for month in (5, 23):
        wild = steady.copy()
        wild[month] *= 8
        made = shared_profile.forecast(np.array([steady, wild]), MONTHS, 1, profile, CALENDAR)[:, 0]
        assert made[1] == pytest.approx(made[0], rel=0.03)


def test_half_of_the_common_growth_is_expected_and_it_fades():
    load, growth = np.ones(36), 0.12
    made = shared_profile.from_load(np.full((1, 24), 50.0), load, growth, 12)[0]
    age = (D ** np.arange(24) * np.arange(24)).sum() / (D ** np.arange(24)).sum()
    assert made[0] == pytest.approx(50 * np.exp(0.06 / 12 * (age + 0.9)))
    assert made[11] == pytest.approx(50 * np.exp(0.06 / 12 * (age + sum(0.9**j for j in range(1, 13)))))


def test_the_level_discounts_each_month_against_the_next_and_leaves_unknown_months_out():
    level, age = shared_profile.discounted_level(np.array([[10.0, 20.0, np.nan, 40.0]]), np.ones(4))
    weights = np.array([D**3, D**2, 1.0])
    assert level[0] == pytest.approx((weights * [10, 20, 40]).sum() / weights.sum())
    assert age[0] == pytest.approx((weights * [3, 2, 0]).sum() / weights.sum())


def test_a_profile_is_found_again_from_totals_made_with_it():
    true = Profile(0.25, 0.08, SEASON)
    years = (np.arange(24) - 11.5) / 12
    totals = 1e6 * true.load(CALENDAR, MONTHS) * np.exp(0.08 * years)
    found = fit(totals, MONTHS, CALENDAR, 0.3)
    assert found.weight == pytest.approx(0.25, abs=0.06)
    assert found.growth == pytest.approx(0.08, abs=0.01)
    centred = np.array(SEASON) - np.mean(SEASON)
    assert np.corrcoef(found.season, centred)[0, 1] > 0.98


def test_growth_of_a_handful_of_cases_is_not_believed():
    totals = np.array([3.0] * 12 + [9.0] * 12)
    assert abs(fit(totals, MONTHS, CALENDAR, 0.3).growth) < 0.5 * np.log(3)


@pytest.mark.parametrize("months", [1, 2, 13])
def test_a_few_months_are_enough_for_a_profile_of_ordinary_size(months):
    found = fit(np.full(months, 1000.0), MONTHS[:months], CALENDAR, 0.4)
    assert found.weight == 0.4
    assert abs(found.growth) < 0.2


def test_ranges_hold_as_many_errors_as_they_say():
    draw = np.random.default_rng(1)
    errors = PastErrors(draw.normal(0, 0.2, (15, 400, 3)), np.full(400, 1e6))
    scale = conformal.scales(errors, Scale(0.2, 0.0))
    spread = conformal.fit_spread([errors], [scale])
    inside = np.abs(draw.normal(0, 0.2, (4000, 1)))
    bounds = conformal.ranges(np.full((4000, 1), 100.0), np.full(4000, 0.2), spread)
    outcome = 100 + 100 * inside * np.sign(draw.normal(size=(4000, 1)))
    within = (outcome >= bounds["lower_80"]) & (outcome <= bounds["upper_80"])
    assert within.mean() == pytest.approx(0.8, abs=0.03)
    assert (bounds["lower_95"] <= bounds["lower_80"]).all()


def activity(silent=(), months=MONTHS):
    """Two organisations, one test, 100 examinations and 40 waiting every month."""
    rows = [
        [o, "t", m, 100, 10, 5, *[4] * 10, *[0] * 4] for o in ("A", "B") for m in months if (o, f"{m:%Y-%m}") not in silent
    ]  # fmt: skip
    return Activity({"activity": ACTIVITY.typed(pd.DataFrame(rows, columns=ACTIVITY.columns))})


def test_additions_are_activity_and_the_change_of_the_list():
    panel = panel_of(activity(), ["A", "B"], ["t"])
    assert np.isnan(panel.streams["additions"][:, 0]).all()
    assert (panel.streams["additions"][:, 1:] == 100).all()
    assert panel.bands.shape == (2, 24, len(WAITING))


def test_a_silent_month_of_a_whole_organisation_is_unknown_and_never_zero():
    panel = panel_of(activity(silent={("A", "2024-01")}), ["A", "B"], ["t"])
    month = list(panel.periods).index(pd.Timestamp("2024-01-01"))
    assert np.isnan(panel.streams["planned"][0, month])
    assert np.isnan(panel.streams["additions"][0, month : month + 2]).all()
    assert panel.streams["planned"][1, month] == 10


def test_a_month_that_is_not_loaded_is_unknown_for_everybody():
    panel = panel_of(activity(months=[m for m in MONTHS if m.month != 7]), ["A", "B"], ["t"])
    assert len(panel.periods) == 24
    assert np.isnan(panel.streams["planned"][:, panel.periods.month == 7]).all()


def test_bounds_of_what_is_done_are_never_below_zero_and_nest():
    panel = panel_of(activity(), ["A", "B"], ["t"])
    profiles = {("t", s): Profile(0.3) for s in STREAMS}
    ranges = Ranges({s: Scale(0.9, 1.0) for s in STREAMS}, Spread(dict.fromkeys(conformal.LEVELS, -1.0), dict.fromkeys(conformal.LEVELS, -1.0)))
    made = monthly_forecast(panel, profiles, CALENDAR, 12, ranges)
    for stream in STREAMS[1:]:
        assert all((bound >= 0).all() for bound in made.bounds[stream].values())


def test_the_stored_national_coefficients_are_whole_and_plausible():
    profiles, ranges = national.stored_profiles(), national.stored_ranges()
    assert {stream for _, stream in profiles} == set(STREAMS)
    for profile in profiles.values():
        assert 0 <= profile.weight <= 1
        assert len(profile.season) == 12
    spread = ranges.spread
    for h in (1, 12):
        low95, low80, high80, high95 = (spread.at(c, h)[-1] for c in ("lower_95", "lower_80", "upper_80", "upper_95"))
        assert low95 < low80 < 0 < high80 < high95
    share = national.stored_share_spread()
    assert (share.at("lower_80", 12) < 0).all()
    assert (share.at("upper_80", 12) > 0).all()


def test_a_network_alone_is_forecast_with_the_stored_coefficients_and_many_organisations_with_their_own():
    panel = panel_of(activity(), ["A", "B"], ["t"])
    code = next(iter(national.stored_profiles()))[0]
    profiles, _, basis = national.common_traits(panel, {"t": code}, CALENDAR, 12)
    assert basis == national.STORED
    assert profiles["t", "planned"] == national.stored_profiles()[code, "planned"]
    unknown, _, _ = national.common_traits(panel, {"t": ""}, CALENDAR, 12)
    assert all(p.growth == 0 for p in unknown.values())


def test_exposure_counts_other_days_by_their_weight():
    may = pd.DatetimeIndex([pd.Timestamp("2023-05-01")])
    assert exposures(CALENDAR, may, 0.0)[0] == 20  # 23 weekdays less three bank holidays
    assert exposures(CALENDAR, may, 1.0)[0] == 31
