"""Weekly demand from the monthly history, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.assumptions import ASSUMPTIONS
from data.demand import DEMAND
from data.network import TESTS
from data.working_days import WorkingDays, mondays
from forecasting import national
from forecasting.forecast import weekly_demand
from forecasting.months import months_ahead
from tests.networks.small import frame
from tests.small_networks import FIRST_MONDAY, few, month, two_trusts, with_history

TENTH = 1.2815515655446004  # 90th percentile of a standard normal distribution


def dataset(*rows):
    return with_history(two_trusts().dataset(), *rows)


def weekly(history, *, start=FIRST_MONDAY, weeks=1, scoped=(), **assumed):
    rows = [{"name": n, "value": float(v)} for n, v in assumed.items()]
    assumptions = two_trusts().dataset().assumptions.with_rows(frame(ASSUMPTIONS, [*rows, *scoped]))
    return weekly_demand(history, assumptions, mondays(start, weeks))


def of(demand, kind, organisation="P"):
    return demand.weekly(kind).loc[(organisation, "x", "all")].tolist()


def test_a_week_has_the_months_level_for_each_working_day():
    history = dataset(month("2025-10-01", planned=23, unscheduled=46, b0=10), month("2025-11-01", planned=20, unscheduled=40, seen=30, b0=20))
    demand = weekly(history)
    # 43 planned and 86 unscheduled on 43 working days; 40 joined on November's 20.
    assert (of(demand, "planned"), of(demand, "unscheduled"), of(demand, "additions")) == ([5.0], [10.0], [10.0])
    assert of(demand, "validated") == [0.0]
    assert demand.origin == pd.Timestamp("2025-11-30")


def test_other_days_count_in_part():
    demand = weekly(dataset(month("2025-11-01", planned=25)), other_day_planned=0.5)
    # November: 20 working days and 10 others at a half are 25; a week is 5 + 2 × 0.5.
    assert of(demand, "planned") == pytest.approx([6.0])


def test_a_week_with_bank_holidays_brings_less():
    demand = weekly(dataset(month("2025-11-01", planned=20)), start=pd.Timestamp("2025-12-22"), weeks=2)
    # Christmas Day and Boxing Day in the first week, New Year's Day in the second.
    assert of(demand, "planned") == pytest.approx([3.0, 4.0])


@few(8)
@given(st.floats(0, 1), st.lists(st.integers(0, 300), min_size=2, max_size=8))
def test_weeks_add_up_to_the_months_they_cover(weight, planned):
    months = pd.date_range("2025-12-01", periods=len(planned), freq="MS") - pd.DateOffset(months=len(planned))
    held = dataset(*(month(f"{m:%Y-%m-%d}", planned=float(n)) for m, n in zip(months, planned, strict=True)))
    # 1 December 2025 is a Monday and 31 May 2026 a Sunday: 26 weeks, with the bank holidays of Christmas, New Year, Easter and May.
    demand = weekly(held, weeks=26, other_day_planned=weight)
    made = months_ahead(held.network, held.activity, two_trusts().assuming(other_day_planned=weight).dataset().assumptions, 6)
    assert sum(of(demand, "planned")) == pytest.approx(made.made.central["planned"].sum())


def test_an_older_month_counts_as_much_as_is_assumed():
    history = dataset(month("2025-10-01", planned=46), month("2025-11-01", planned=20))
    # 2 a working day on 23 days and 1 on 20: all alike 66 / 43, the older half as much 43 / 31.5.
    assert of(weekly(history), "planned") == pytest.approx([5 * 66 / 43])
    assert of(weekly(history, older_month_weight=0.5), "planned") == pytest.approx([5 * 43 / 31.5])


def test_a_test_with_a_national_code_follows_its_national_profile():
    tests = frame(TESTS, [{"test": "x", "title": "X", "national_code": "MRI", "allocated": True}])
    held = with_history(two_trusts().dataset(), *(month(f"2025-{n:02d}-01", planned=100) for n in (9, 10, 11)))
    demand = weekly(held.changed(network=held.network.changed(tests=tests)), weeks=1)
    profile = national.stored_profiles()["MRI", "planned"]
    calendar = WorkingDays.of(held.network)
    months = pd.DatetimeIndex(["2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01"])
    load = profile.load(calendar, months)
    december = 300 / load[:3].sum() * load[3]
    age = (load[:3] * [2, 1, 0]).sum() / load[:3].sum()
    december *= np.exp(0.5 * profile.growth / 12 * (age + 0.9))
    assert of(demand, "planned") == pytest.approx([december * (5 + 2 * profile.weight) / calendar.month_exposure(months[3], profile.weight)])


def test_without_two_months_in_a_row_additions_are_what_was_seen():
    history = dataset(month("2025-08-01", seen=999, b0=5), month("2025-11-01", seen=20, b0=90))
    assert of(weekly(history), "additions") == pytest.approx([(999 + 20) / (20 + 20) * 5])
    assert of(weekly(dataset(month("2025-11-01", seen=20, b0=90))), "additions") == pytest.approx([5.0])


def test_a_list_that_shrinks_by_more_than_was_seen_has_removals_and_no_additions():
    history = dataset(month("2025-10-01", b0=50), month("2025-11-01", seen=10, b0=20))
    demand = weekly(history)
    assert (of(demand, "additions"), of(demand, "validated")) == ([0.0], [5.0])


def test_a_change_of_demand_holds_where_and_when_it_says():
    history = dataset(*(month("2025-11-01", organisation=o, planned=20, seen=20) for o in "PQ"))
    scoped = [{"name": "demand_change", "value": 0.2, "organisation": "Q", "from_week": "2025-12-08"}]
    demand = weekly(history, weeks=2, scoped=scoped)
    assert of(demand, "planned", "P") == pytest.approx([5, 5])
    assert of(demand, "planned", "Q") == pytest.approx([5, 6])
    assert of(demand, "additions", "Q") == pytest.approx([5, 6])


def test_named_changes_multiply_and_the_planner_has_the_last_word():
    history = dataset(month("2025-11-01", planned=20))
    made = weekly(history, population_change=0.1, guideline_change=0.2, centre_change=-0.5, pathway_change=0.0, demand_change=1.0)
    assert of(made, "planned") == pytest.approx([5 * 1.1 * 1.2 * 0.5 * 2.0])


def test_the_range_holds_that_of_the_month_and_that_of_chance():
    history = dataset(month("2025-11-01", planned=80))
    rows = weekly(history).rows.query("organisation == 'P' and kind == 'planned'").iloc[0]
    made = months_ahead(history.network, history.activity, two_trusts().dataset().assumptions, 1).made
    share = rows["central"] / made.central["planned"][0, 0]
    low, high = (abs(made.bounds["planned"][c][0, 0] - made.central["planned"][0, 0]) * share for c in ("lower_80", "upper_80"))
    assert share == pytest.approx(5 / 21)  # December 2025 has 21 working days
    assert rows["low"] == pytest.approx(20 - (TENTH**2 * 20 + low**2) ** 0.5)
    assert rows["high"] == pytest.approx(20 + (TENTH**2 * 20 + high**2) ** 0.5)


def test_every_list_has_every_week_once_and_the_range_holds_the_middle():
    demand = weekly(dataset(month("2025-10-01", seen=9, b0=5), month("2025-11-01", organisation="Q", planned=3, seen=4, b0=1)), weeks=5)
    assert len(demand.rows) == 2 * 4 * 5
    assert not demand.rows.duplicated(list(DEMAND.key)).any()
    assert (demand.rows["low"] <= demand.rows["central"]).all()
    assert (demand.rows["central"] <= demand.rows["high"]).all()
    assert np.isfinite(demand.rows[["low", "central", "high"]]).all(axis=None)


def test_a_month_with_exchanged_columns_counts_as_not_known_and_is_named():
    months = pd.date_range("2025-02-01", periods=10, freq="MS")
    rows = [month(f"{m:%Y-%m-%d}", organisation=o, seen=2000, planned=100, unscheduled=50, b0=900) for m in months for o in "PQ"]
    wrong = month("2025-11-01", organisation="P", seen=100, planned=2000, unscheduled=50, b0=900)
    plain = dataset(*rows)
    swapped = dataset(*(wrong if (r["organisation"], r["period"]) == ("P", wrong["period"]) else r for r in rows))
    found = months_ahead(swapped.network, swapped.activity, swapped.assumptions, 1)
    assert list(found.exchanged.itertuples(index=False, name=None)) == [("P", "x", pd.Timestamp("2025-11-01"))]
    assert np.isnan(found.panel.streams["planned"][0, -1])
    known = months_ahead(plain.network, plain.activity, plain.assumptions, 1)
    assert known.exchanged.empty
    for stream in ("additions", "waiting_list", "planned", "unscheduled"):
        assert found.made.central[stream] == pytest.approx(known.made.central[stream], rel=0.02)
