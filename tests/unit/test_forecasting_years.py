"""Sample courses, the steps from one year to the next, the years after it, and how wrong forecasts would have been."""

import numpy as np
import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS
from data.demand import FAN, STREAMS
from forecasting.backtest import LAST_MONTH, LAST_YEAR, OURS, backtest
from forecasting.drivers import CALENDAR, COUNTED, EXPECTED, GROWTH, LEVEL, steps
from forecasting.fan import fan
from forecasting.forecast import weekly_demand
from forecasting.months import months_ahead
from forecasting.paths import LEVEL as LEVEL_VARIANCE
from forecasting.paths import STEP, sample_paths
from tests.networks.small import frame
from tests.small_networks import month, two_trusts, with_history

HELD = with_history(
    two_trusts().dataset(),
    *(month(f"{m:%Y-%m-%d}", organisation=o, seen=400 + 10 * (k % 3), planned=90, unscheduled=60 + k, b0=100)
      for k, m in enumerate(pd.date_range("2024-12-01", periods=12, freq="MS")) for o in "PQ"),
)  # fmt: skip


def assumed(*scoped, **values):
    rows = [{"name": n, "value": float(v)} for n, v in values.items()]
    return two_trusts().dataset().assumptions.with_rows(frame(ASSUMPTIONS, [*rows, *scoped]))


def months(horizon=12, **values):
    return months_ahead(HELD.network, HELD.activity, assumed(**values), horizon)


def test_courses_lie_in_the_ranges_of_the_forecast_as_often_as_the_ranges_say():
    found = months()
    made = sample_paths(found, 4000, 1)
    for stream in STREAMS:
        bounds = found.made.bounds[stream]
        inside = (made[stream] >= bounds["lower_80"]) & (made[stream] <= bounds["upper_80"])
        assert inside.mean(axis=0) == pytest.approx(0.8, abs=0.03)
        assert (made[stream] < bounds["lower_95"]).mean() == pytest.approx(0.014, abs=0.006)


def test_the_same_seed_gives_the_same_courses_and_another_gives_others():
    found = months()
    assert np.array_equal(sample_paths(found, 5, 1)["planned"], sample_paths(found, 5, 1)["planned"])
    assert not np.array_equal(sample_paths(found, 5, 1)["planned"], sample_paths(found, 5, 2)["planned"])


def test_months_of_a_course_hang_together_and_late_neighbours_more_than_early_ones():
    made = sample_paths(months(), 8000, 3)["additions"][:, 0]
    rank = np.argsort(np.argsort(made, axis=0), axis=0)
    found = np.corrcoef(rank.T)
    first = (LEVEL_VARIANCE + STEP) / np.sqrt((1 + LEVEL_VARIANCE + STEP) * (1 + LEVEL_VARIANCE + 2 * STEP))
    assert found[0, 1] == pytest.approx(first, abs=0.05)
    assert found[10, 11] > found[0, 1] + 0.15
    assert found[0, 11] < found[0, 1]


def test_what_is_seen_follows_what_joins_and_planned_work_does_not():
    made = sample_paths(months(), 8000, 4)
    both = [np.corrcoef(made["additions"][:, 0, 5], made[s][:, 0, 5])[0, 1] for s in ("waiting_list", "planned")]
    assert both[0] == pytest.approx(0.5 * 0.83, abs=0.06)
    assert both[1] == pytest.approx(0.0, abs=0.05)


def test_the_steps_add_up_from_what_was_counted_to_what_is_expected():
    found = months()
    rows = steps(found, assumed(population_change=0.1, demand_change=-0.5))
    for stream in STREAMS:
        one = rows[(rows["organisation"] == "P") & (rows["stream"] == stream)].set_index("step")["change"]
        values = found.panel.streams[stream][0]
        # Additions of the first month are not known: it has none before it. It counts at the level, and is no gain ahead.
        assert np.isnan(values).sum() == (1 if stream == "additions" else 0)
        assert one[COUNTED] == pytest.approx(np.nansum(values) * (12 / 11 if stream == "additions" else 1), rel=0.03)
        assert one.drop([EXPECTED]).sum() == pytest.approx(one[EXPECTED])
        assert one[GROWTH] == pytest.approx(0, abs=1e-6)  # no national code, no national growth
        plain = one[[COUNTED, LEVEL, CALENDAR, GROWTH]].sum()
        assert one["Change by population"] == pytest.approx(0.1 * plain)
        assert one["Planner's own change"] == pytest.approx(-0.5 * 1.1 * plain)


def test_a_named_change_holds_from_its_week_in_months_as_in_weeks():
    held = assumed({"name": "pathway_change", "value": 0.2, "organisation": "P", "from_week": "2026-03-02"})
    rows = steps(months(), held).set_index(["organisation", "stream", "step"])["change"]
    found = months_ahead(HELD.network, HELD.activity, held, 12)
    # From March 2026 on nine of the twelve months; the first of March is a Sunday, so that all of its Mondays count.
    assert rows["P", "planned", "Change by pathways"] == pytest.approx(0.2 * found.made.central["planned"][0, 3:].sum())
    assert rows["Q", "planned", "Change by pathways"] == 0
    weeks = pd.date_range("2026-03-02", periods=4, freq="7D")
    planned = weekly_demand(HELD, held, weeks).weekly("planned")
    assert planned.loc["P"].to_numpy() == pytest.approx(1.2 * planned.loc["Q"].to_numpy())


def test_the_years_grow_as_is_stated_and_their_range_widens():
    made = fan(months(), assumed(long_run_growth=0.1, national_growth_weight=0, growth_spread=0, yearly_spread=0), 5, count=500)
    rows = made.rows[(made.rows["organisation"] == "P") & (made.rows["stream"] == "planned")].set_index("year")
    assert rows["central"].to_numpy() == pytest.approx(rows.loc[1, "central"] * 1.1 ** np.arange(5))
    assert made.paths["planned"][:, 0, 4] == pytest.approx(made.paths["planned"][:, 0, 0] * 1.1**4)
    wide = fan(months(), assumed(yearly_spread=0.2), 5, count=2000).rows
    one = wide[(wide["organisation"] == "P") & (wide["stream"] == "planned")].set_index("year")
    width = np.log(one["upper_80"] / one["lower_80"])
    assert width.is_monotonic_increasing
    # Four years of 0.2 a year: 2 × 1.2816 × 0.4, and what the first year's own range adds.
    assert width[5] == pytest.approx(np.hypot(2 * 1.2816 * 0.4, width[1]), rel=0.1)


def test_sums_over_the_network_are_of_whole_courses_and_narrower_than_those_of_one():
    made = fan(months(), assumed(), 5, count=2000)
    rows = made.rows[made.rows["stream"] == "planned"].set_index(["organisation", "year"])
    assert list(made.rows.columns) == FAN.columns
    assert rows.loc[("", 3), "central"] == pytest.approx(rows.loc[("P", 3), "central"] + rows.loc[("Q", 3), "central"])
    spread = {o: rows.loc[(o, 5), "upper_80"] / rows.loc[(o, 5), "lower_80"] for o in ("", "P", "Q")}
    assert spread[""] < min(spread["P"], spread["Q"])


def test_a_lasting_change_multiplies_every_year_once():
    plain, changed = (fan(months(), held, 4, count=50) for held in (assumed(), assumed(demand_change=0.5, population_change=0.1)))
    key = ["organisation", "test", "stream", "year"]
    ratio = changed.rows.set_index(key)["central"] / plain.rows.set_index(key)["central"]
    assert ratio.to_numpy() == pytest.approx(1.5 * 1.1)
    assert changed.paths["planned"] == pytest.approx(1.65 * plain.paths["planned"])


def test_a_change_that_begins_in_the_third_year_is_in_the_years_from_then_on():
    begins = {"name": "centre_change", "value": 1.0, "from_week": "2027-11-29"}
    plain, changed = (fan(months(), held, 4, count=50).rows.set_index(["organisation", "stream", "year"])["central"] for held in
                      (assumed(), assumed(begins)))  # fmt: skip
    ratio = (changed / plain)["P", "planned"]
    assert ratio.to_numpy() == pytest.approx([1, 1, 2, 2], abs=0.05)


def test_errors_of_earlier_forecasts_are_those_of_each_method_on_the_same_months():
    rows = [month(f"{m:%Y-%m-%d}", planned=100 + 10 * k) for k, m in enumerate(pd.date_range("2024-07-01", periods=17, freq="MS"))]
    held = with_history(two_trusts().dataset(), *rows)
    found = backtest(months_ahead(held.network, held.activity, assumed(), 3), 1.0)
    planned = found[(found["organisation"] == "P") & (found["stream"] == "planned")].set_index(["method", "horizon"])
    # Ten more each month: last month's figure misses by 10 for each month ahead, last year's by 120.
    assert planned.loc[(LAST_YEAR, 1), "error"] / planned.loc[(LAST_YEAR, 1), "origins"] == pytest.approx(120)
    assert planned.loc[(LAST_MONTH, 3), "error"] / planned.loc[(LAST_MONTH, 3), "origins"] == pytest.approx(30)
    assert planned["happened"].groupby("horizon").nunique().eq(1).all()
    assert planned.loc[(OURS, 1), "error"] > 0


def test_with_too_few_months_nothing_is_said_of_errors():
    short = with_history(two_trusts().dataset(), *(month(f"2025-{n:02d}-01", planned=5) for n in range(6, 12)))
    assert backtest(months_ahead(short.network, short.activity, assumed(), 3), 1.0).empty
