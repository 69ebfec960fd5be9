"""Weekly demand from the monthly history, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.assumptions import ASSUMPTIONS
from data.demand import DEMAND
from data.working_days import mondays
from forecasting.forecast import weekly_demand
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
@given(st.floats(0, 1), st.lists(st.integers(0, 300), min_size=8, max_size=8))
def test_weeks_add_up_to_the_months_they_cover(weight, planned):
    # 1 June 2026 is a Monday and 31 January 2027 a Sunday: 35 weeks, with the bank holidays of August, Christmas and New Year.
    months = pd.date_range("2026-06-01", periods=8, freq="MS")
    history = dataset(*(month(f"{m:%Y-%m-%d}", planned=float(n)) for m, n in zip(months, planned, strict=True)))
    demand = weekly(history, start=months[0], weeks=35, other_day_planned=weight, level_months=8)
    assert sum(of(demand, "planned")) == pytest.approx(sum(planned))


def test_additions_of_whole_months_add_up_too():
    months = pd.date_range("2026-05-01", periods=9, freq="MS")
    history = dataset(*(month(f"{m:%Y-%m-%d}", seen=20 + k, b0=10 * k) for k, m in enumerate(months)))
    demand = weekly(history, start=months[1], weeks=35, level_months=8, other_day_additions=0.3)
    assert sum(of(demand, "additions")) == pytest.approx(sum(20 + k + 10 for k in range(1, 9)))


def test_only_the_last_months_count_for_the_level():
    history = dataset(month("2025-09-01", planned=900), month("2025-10-01", planned=23), month("2025-11-01", planned=20))
    assert of(weekly(history, level_months=2), "planned") == pytest.approx([5.0])


def test_without_two_months_in_a_row_additions_are_what_was_seen():
    history = dataset(month("2025-08-01", seen=999, b0=5), month("2025-11-01", seen=20, b0=90))
    assert of(weekly(history, level_months=2), "additions") == pytest.approx([(999 + 20) / (20 + 20) * 5])
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


def test_the_range_is_that_of_chance_where_there_is_one_month():
    rows = weekly(dataset(month("2025-11-01", planned=80))).rows.query("organisation == 'P' and kind == 'planned'").iloc[0]
    assert (rows["central"], rows["low"], rows["high"]) == pytest.approx((20, 20 - TENTH * 20**0.5, 20 + TENTH * 20**0.5))


def test_the_range_is_wider_where_months_differ():
    rows = (
        weekly(dataset(month("2025-10-01", planned=46), month("2025-11-01", planned=120)))
        .rows.query("organisation == 'P' and kind == 'planned'")
        .iloc[0]
    )
    # 2 and 6 a working day: level 166 / 43, standard deviation of the two rates √8.
    level = 166 / 43
    spread = 8**0.5 / level
    central = 5 * level
    assert rows["central"] == pytest.approx(central)
    assert rows["high"] == pytest.approx(central + TENTH * (central + (central * spread) ** 2) ** 0.5)
    assert rows["low"] == max(0, rows["low"])


def test_every_list_has_every_week_once_and_the_range_holds_the_middle():
    demand = weekly(dataset(month("2025-10-01", seen=9, b0=5), month("2025-11-01", organisation="Q", planned=3, seen=4, b0=1)), weeks=5)
    assert len(demand.rows) == 2 * 4 * 5
    assert not demand.rows.duplicated(list(DEMAND.key)).any()
    assert (demand.rows["low"] <= demand.rows["central"]).all()
    assert (demand.rows["central"] <= demand.rows["high"]).all()
    assert np.isfinite(demand.rows[["low", "central", "high"]]).all(axis=None)
