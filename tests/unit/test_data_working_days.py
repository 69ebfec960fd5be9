"""The calendar: bank holidays as published, working days and openings by hand."""

import csv
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data.network import WEEKDAYS
from data.working_days import WorkingDays, first_monday_after, measured_weeks, mondays

ENGLAND = WorkingDays("GB", "ENG")


def test_bank_holidays_are_those_that_were_published(shared_data):
    with (shared_data / "bank_holidays" / "bank_holidays_england_wales.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {dt.date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    held = {day for day in ENGLAND.bank_holidays.tolist() if dt.date(2012, 1, 1) <= day <= dt.date(2028, 12, 31)}
    # A holiday at a weekend is listed where the substitute is not, and neither changes a working day.
    weekdays = {day for day in held | published if day.weekday() < 5}
    assert {day for day in held if day in weekdays} == {day for day in published if day in weekdays}
    assert len(published) == 140


@pytest.mark.parametrize(
    ("month", "working", "days"),
    [
        ("2025-12-01", 21, 31),  # Christmas Day and Boxing Day on a Thursday and a Friday
        ("2026-04-01", 20, 30),  # Good Friday and Easter Monday
        ("2022-06-01", 20, 30),  # the Platinum Jubilee moved and added a day
        ("2024-02-01", 21, 29),
        ("2027-12-01", 21, 31),  # Christmas Day and Boxing Day at a weekend: two substitute days
    ],
)
def test_a_month_is_its_working_days_and_a_part_of_the_others(month, working, days):
    assert ENGLAND.month_exposure(pd.Timestamp(month), 0.0) == working
    assert ENGLAND.month_exposure(pd.Timestamp(month), 1.0) == days
    assert ENGLAND.month_exposure(pd.Timestamp(month), 0.3) == pytest.approx(working + 0.3 * (days - working))


def test_a_week_is_its_working_days_and_a_part_of_the_others():
    weeks = mondays(pd.Timestamp("2025-12-15"), 3)
    assert ENGLAND.week_exposure(weeks, 0.0).tolist() == [5, 3, 4]
    assert ENGLAND.week_exposure(weeks, 0.5).tolist() == [6, 5, 5.5]


def test_another_part_of_the_country_has_other_holidays():
    st_andrew = pd.DatetimeIndex(["2026-11-30"])
    assert WorkingDays("GB", "SCT").week_exposure(st_andrew, 0.0).tolist() == [4]
    assert ENGLAND.week_exposure(st_andrew, 0.0).tolist() == [5]


def session_types(**more):
    rows = pd.DataFrame([{"session_type": "core", **dict.fromkeys(WEEKDAYS, 0), "monday": 2, "friday": 1, "saturday": 1, "bank_holidays": False}])
    return pd.concat([rows, rows.assign(session_type="always", bank_holidays=True, **more)], ignore_index=True)


def test_openings_are_closed_on_bank_holidays_unless_the_session_type_runs_then():
    weeks = mondays(pd.Timestamp("2026-04-27"), 2)  # Monday 4 May 2026 is a bank holiday
    assert ENGLAND.openings(weeks, session_types()).tolist() == [[4, 2], [4, 4]]


def test_openings_of_the_easter_week_and_the_one_after():
    weeks = mondays(pd.Timestamp("2026-03-30"), 2)  # Good Friday 3 April, Easter Monday 6 April
    assert ENGLAND.openings(weeks, session_types(tuesday=1)).tolist() == [[3, 2], [5, 5]]


@pytest.mark.parametrize(
    ("date", "monday"),
    [("2026-10-31", "2026-11-02"), ("2026-11-01", "2026-11-02"), ("2026-11-02", "2026-11-09"), ("2026-11-30", "2026-12-07")],
)
def test_the_first_monday_after_a_day_is_never_that_day(date, monday):
    assert first_monday_after(pd.Timestamp(date)) == pd.Timestamp(monday)


def test_mondays_are_a_week_apart():
    weeks = mondays(pd.Timestamp("2026-11-02"), 4)
    assert len(weeks) == 4
    assert set(np.diff(weeks)) == {np.timedelta64(7, "D")}
    assert {week.weekday() for week in weeks} == {0}


def test_a_month_is_measured_in_the_week_that_holds_its_last_day():
    weeks = mondays(pd.Timestamp("2026-11-02"), 10)
    # 30 November is a Monday, 31 December a Thursday.
    assert [f"{weeks[k]:%Y-%m-%d}" for k in measured_weeks(weeks)] == ["2026-11-30", "2026-12-28"]


def test_a_month_that_ends_on_a_sunday_is_measured_in_its_own_last_week():
    weeks = mondays(pd.Timestamp("2026-05-04"), 5)
    assert [f"{weeks[k]:%Y-%m-%d}" for k in measured_weeks(weeks)] == ["2026-05-25"]


def test_every_month_end_is_measured_once():
    weeks = mondays(pd.Timestamp("2020-01-06"), 52 * 6)
    ends = pd.date_range("2020-01-31", "2025-11-30", freq="ME")
    found = [weeks[k] for k in measured_weeks(weeks)]
    assert [end - pd.Timedelta(days=end.weekday()) for end in ends] == found[: len(ends)]
    assert len(found) - len(ends) <= 1
