"""Hours and posts that work needs, followed with a pocket calculator; working time from contracted hours to hours at work."""

import pandas as pd
import pytest

from data.staff_need import Work, reporters, staff_need
from data.working_time import WEEKS_A_YEAR, days_at_work, hours_a_week
from tests.small_networks import Stream, Tiny

QUARTERS = pd.date_range("2027-01-01", periods=4, freq="3MS")
DAYS = 5 * WEEKS_A_YEAR
SCANNER = Tiny({"s": "A"}, {("A", "MRI"): Stream(seen=43)}, rooms={"scanner": ["MRI"]}, assets={("s", "scanner"): 1}, staffing={"scanner": 2},
               wte={"A": 20})  # fmt: skip
WORKING = {"hours_per_wte": 0, "contracted_hours": 37.5, "leave_days": DAYS - 206, "bank_holiday_days": 0, "study_days": 0, "sickness_share": 0,
           "other_absence_share": 0}  # fmt: skip


def group_of(dataset):
    return dataset.network["staff_in_post"]["staff_group"].iloc[0]


def work(a_quarter=6000.0, minutes=30.0, every=None, share=1.0):
    examinations = pd.DataFrame({"organisation": "A", "test": "MRI", "quarter": QUARTERS, "in_sessions": a_quarter, "all": every or a_quarter})
    times = pd.DataFrame({"organisation": ["A"], "test": ["MRI"], "asset_type": ["scanner"], "share": [share], "minutes": [minutes]})
    return Work(examinations, times)


def steps(tiny, asked):
    dataset = tiny.dataset()
    return staff_need(dataset.network, dataset.assumptions, asked)


def test_24000_examinations_of_half_an_hour_with_two_staff_who_work_206_days_take_15_53_posts():
    found = steps(SCANNER.assuming(**WORKING, non_clinical_share=0), work())
    assert found["hours"].sum() == pytest.approx(24_000)
    assert found["wte"].mean() == pytest.approx(24_000 / (206 * 7.5)) == pytest.approx(15.53, abs=0.005)


def test_and_17_26_posts_where_a_tenth_of_the_time_is_not_clinical():
    found = steps(SCANNER.assuming(**WORKING, non_clinical_share=0.1), work())
    assert found["wte"].mean() == pytest.approx(17.26, abs=0.005)


def test_each_step_follows_from_those_before_it():
    found = steps(SCANNER.assuming(**WORKING, non_clinical_share=0.1), work())
    assert found["hours"].tolist() == pytest.approx((found["examinations"] * found["minutes"] * found["staff"] / 60).tolist())
    assert found["wte"].tolist() == pytest.approx((found["hours"] / found["hours_of_one"] / (1 - found["not_clinical"])).tolist())


def test_what_units_with_their_own_staff_do_needs_none_of_ours():
    found = steps(SCANNER.assuming(**WORKING), work(share=0.75))
    assert found["examinations"].tolist() == pytest.approx([4500] * 4)


def reporting(tiny=SCANNER, **assumed):
    dataset = tiny.dataset()
    group = group_of(dataset)
    extra = [{"name": "reporting_share", "value": 0.5, "staff_group": group}]
    return tiny.but(scoped=extra).assuming(**WORKING, report_minutes=20, **assumed), group


def test_reports_are_of_every_examination_that_is_not_reported_at_once():
    tiny, group = reporting(reported_at_once=0.25)
    found = steps(tiny, work(every=8000.0))
    rows = found[found["kind"] == "reporting"]
    assert rows["examinations"].tolist() == pytest.approx([6000] * 4)
    assert rows["hours"].tolist() == pytest.approx([2000] * 4)
    assert set(rows["staff_group"]) == {group}


def test_a_group_that_helps_another_with_reports_does_not_lead_on_them():
    tiny, group = reporting()
    helper = {"staff_groups": [{"staff_group": "helper", "title": "Helper"}],
              "staff_in_post": [{"organisation": "A", "staff_group": "helper", "wte": 5}],
              "skill_mix": [{"work_of": group, "done_by": "helper", "kind": "reporting", "test": "", "most": 0.3}]}  # fmt: skip
    both = [*tiny.scoped, {"name": "reporting_share", "value": 0.5, "staff_group": "helper"}]
    dataset = tiny.but(tables=helper, scoped=both).dataset()
    found = reporters(dataset.network, dataset.assumptions)
    assert found[["staff_group", "part"]].to_numpy().tolist() == [[group, 1.0]]


def test_other_work_grows_from_quarter_to_quarter():
    group = group_of(SCANNER.dataset())
    tiny = SCANNER.but(tables={"other_work": [{"organisation": "A", "staff_group": group, "work": "Ward work", "hours": 100, "growth": 0.1}]})
    rows = steps(tiny.assuming(**WORKING), work())
    rows = rows[rows["kind"] == "other"]
    assert rows["hours"].tolist() == pytest.approx([100 * WEEKS_A_YEAR / 4 * 1.1 ** (k / 4) for k in range(4)])


def test_hours_at_work_are_contracted_hours_less_days_off_and_absence():
    dataset = SCANNER.assuming(**WORKING | {"leave_days": 30, "bank_holiday_days": 8, "study_days": 5, "sickness_share": 0.05}).dataset()
    place = dataset.network["staff_in_post"][["organisation", "staff_group"]]
    assert days_at_work(dataset.assumptions, place)[0] == pytest.approx((DAYS - 43) * 0.95)
    assert hours_a_week(dataset.assumptions, place)[0] == pytest.approx(37.5 * (DAYS - 43) * 0.95 / DAYS)


def test_stated_hours_hold_before_those_worked_out():
    dataset = SCANNER.assuming(**WORKING | {"hours_per_wte": 30}).dataset()
    assert hours_a_week(dataset.assumptions, dataset.network["staff_in_post"])[0] == 30
