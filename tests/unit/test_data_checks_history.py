"""What the monthly history shows only month beside month: planted faults are named, ordinary months are not, and the published history."""

import numpy as np
import pandas as pd
import pytest

from data.activity import ACTIVITY, BANDS, WAITING, Activity
from data.checks.history import QUALITY, Concern, check_history, findings, table
from data.checks.history_rules import TITLES, History, lists_grow_from_their_front
from data.sources.dm01 import read
from data.working_days import WorkingDays

CALENDAR = WorkingDays("GB", "ENG")
MONTHS = pd.date_range("2023-04-01", periods=24, freq="MS", unit="s")
OWN = ["AAA", "BBB"]
TRUSTS = ["RXL", "RXR", "RXN", "RTX"]


def ordinary(organisations=OWN, tests=("one", "two"), seed=1):
    """Chance around steady levels by working day, and a list that ages: nothing anybody should look at."""
    draw = np.random.default_rng(seed)
    rows = []
    for organisation in organisations:
        for test in tests:
            for month in MONTHS:
                days = CALENDAR.month_exposure(month, 0.0)
                done = draw.poisson([40 * days, 10 * days, 20 * days])
                rows.append([organisation, test, month, *done, *draw.poisson([160 - 11 * k for k in range(BANDS)])])
    return ACTIVITY.typed(pd.DataFrame(rows, columns=ACTIVITY.columns))


def concerns(rows, organisations=OWN, **how):
    return check_history(Activity({"activity": rows}), CALENDAR, organisations, **how)


def planted(column, value, months=("2024-03-01",), rows=None):
    """An ordinary history with one figure of one series replaced in some months."""
    rows = ordinary() if rows is None else rows
    here = (rows["organisation"] == "AAA") & (rows["test"] == "one") & rows["period"].isin(pd.to_datetime(list(months)))
    rows.loc[here, column] = value
    return rows


def the_only(found) -> Concern:
    assert len(found) == 1, list(found)
    assert all((found[0].found, found[0].expected, found[0].mend))
    return found[0]


def test_an_ordinary_history_has_nothing_to_look_at():
    assert concerns(ordinary()) == []


def test_chance_alone_raises_no_more_than_one_alarm_in_ten_thousand_months():
    organisations = [f"O{i:03d}" for i in range(60)]
    rows = ordinary(organisations, ("one", "two", "three"), seed=7)
    assert len(concerns(rows, organisations)) <= len(rows) / 10_000 + 1


@pytest.mark.parametrize("value", [0, 90, 900])
def test_a_figure_far_from_the_months_beside_it_is_named(value):
    found = the_only(concerns(planted("done_planned", value)))
    assert (found.rule, found.severity) == ("jump", "warn")
    assert (found.organisation, found.test, found.column) == ("AAA", "one", "done_planned")
    assert found.period == found.until == pd.Timestamp("2024-03-01")
    assert found.found == f"{value}"
    assert found.expected in ("about 197, as in the months beside it", "about 201, as in the months beside it")


def test_a_jump_is_judged_by_working_days_and_not_by_the_month():
    short = [m for m in MONTHS if CALENDAR.month_exposure(m, 0.0) <= 19]
    assert short  # months with one fifth fewer working days than others raise nothing, as the ordinary history shows
    assert concerns(ordinary(seed=3)) == []


def test_a_new_level_that_stays_is_no_jump_but_a_new_newest_month_is():
    assert concerns(planted("done_planned", 600, [])) == []
    rows = ordinary()
    later = (rows["organisation"] == "AAA") & (rows["test"] == "one") & (rows["period"] >= "2024-05-01")
    rows.loc[later, "done_planned"] *= 3
    assert concerns(rows) == []
    newest = the_only(concerns(planted("done_planned", 900, [MONTHS[-1]])))
    assert (newest.rule, newest.period) == ("jump", MONTHS[-1])


def test_a_list_that_halves_for_a_month_is_named_once():
    rows = ordinary()
    here = (rows["organisation"] == "BBB") & (rows["test"] == "two") & (rows["period"] == "2024-03-01")
    rows.loc[here, WAITING] = (rows.loc[here, WAITING] * 0.3).round()
    assert [(c.rule, c.column, c.organisation) for c in concerns(rows) if c.rule == "jump"] == [("jump", "", "BBB")]


@pytest.mark.parametrize("months", [["2024-03-01"], ["2024-03-01", "2024-04-01", "2024-05-01"], [MONTHS[-1]], [MONTHS[0]]])
def test_exchanged_columns_are_named_as_exchanged_and_not_as_jumps(months):
    rows = ordinary()
    here = (rows["organisation"] == "AAA") & (rows["test"] == "one") & rows["period"].isin(pd.to_datetime(months))
    rows.loc[here, ["done_planned", "done_waiting_list"]] = rows.loc[here, ["done_waiting_list", "done_planned"]].to_numpy()
    found = the_only(concerns(rows))
    assert (found.rule, found.period, found.until) == ("columns-swapped", pd.Timestamp(months[0]), pd.Timestamp(months[-1]))
    assert 'under "Done: planned"' in found.found


def test_waiting_list_activity_put_under_planned_is_named():
    rows = ordinary()
    here = (rows["organisation"] == "AAA") & (rows["test"] == "one") & (rows["period"] == "2024-03-01")
    rows.loc[here, "done_planned"] += rows.loc[here, "done_waiting_list"]
    rows.loc[here, "done_waiting_list"] = 0
    assert the_only(concerns(rows)).rule == "columns-swapped"


def test_a_constant_is_named_with_all_its_months():
    months = [str(m.date()) for m in MONTHS[5:12]]
    found = the_only(concerns(planted("done_planned", 205, months)))
    assert (found.rule, found.column, found.period, found.until) == ("constant", "done_planned", MONTHS[5], MONTHS[11])
    assert found.found == "205 in each of 7 months"


def test_small_counts_that_repeat_by_chance_are_no_constants():
    rows = ordinary()
    rows["done_unscheduled"] = 3.0
    assert concerns(rows) == []
    assert concerns(planted("done_planned", 205, ["2024-03-01", "2024-04-01"])) == []


def test_a_return_that_is_missing_is_named_for_the_organisation_or_for_the_test():
    rows = ordinary()
    whole = the_only(concerns(rows[~((rows["organisation"] == "AAA") & (rows["period"] == "2024-03-01"))]))
    assert (whole.rule, whole.organisation, whole.test, whole.period) == ("missing-return", "AAA", "", pd.Timestamp("2024-03-01"))
    gone = (rows["organisation"] == "AAA") & (rows["test"] == "one") & rows["period"].isin(MONTHS[-2:])
    part = the_only(concerns(rows[~gone]))
    assert (part.rule, part.test, part.period, part.until) == ("missing-return", "one", MONTHS[-2], MONTHS[-1])


def test_a_test_that_begins_or_ends_or_was_never_done_is_not_missing():
    rows = ordinary()
    begins = rows[~((rows["test"] == "two") & (rows["period"] < "2024-01-01"))]
    ends = rows[~((rows["test"] == "two") & (rows["period"] >= "2024-01-01"))]
    assert concerns(begins) == []
    assert concerns(ends) == []


def test_a_return_sent_twice_is_named():
    rows = ordinary()
    here = (rows["organisation"] == "AAA") & (rows["test"] == "one")
    figures = [c for c in rows.columns if c not in ACTIVITY.key]
    before, after = (here & (rows["period"] == m) for m in MONTHS[7:9])
    rows.loc[after, figures] = rows.loc[before, figures].to_numpy()
    assert [(c.rule, c.period) for c in concerns(rows)] == [("repeated-month", MONTHS[8])]


def test_patients_who_were_not_on_the_list_long_enough_are_named():
    rows = ordinary()
    rows[WAITING] = [100.0] * 4 + [10.0] * 10
    assert concerns(rows) == []
    found = the_only(concerns(planted("waiting_9", 230, rows=rows)))
    assert (found.rule, found.severity, found.period) == ("from-nowhere", "note", pd.Timestamp("2024-03-01"))
    assert found.found.startswith("210 patients")  # at most 2 bands of 10 a month before can have become them


def test_a_list_that_only_ages_gains_nobody_from_nowhere():
    rows = ordinary()
    rows[WAITING] = 0.0
    rows.loc[rows["period"] == "2024-02-01", "waiting_1"] = 500.0  # 7 to 13 days at the end of February: 38 to 44 a month later
    rows.loc[rows["period"] == "2024-03-01", "waiting_5"] = 300.0
    rows.loc[rows["period"] == "2024-03-01", "waiting_6"] = 200.0
    assert [c for c in concerns(rows) if c.rule == "from-nowhere"] == []
    history = History.of(rows, list(MONTHS), CALENDAR, OWN)
    assert list(lists_grow_from_their_front(history)) == []
    rows.loc[rows["period"] == "2024-03-01", "waiting_8"] = 200.0
    assert {s.months[0] for s in lists_grow_from_their_front(History.of(rows, list(MONTHS), CALENDAR, OWN))} == {pd.Timestamp("2024-03-01")}


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_impossible_figures_and_rows_given_twice_are_refused(value):
    wrong = the_only(concerns(planted("waiting_3", value)))
    assert (wrong.rule, wrong.severity, wrong.column) == ("impossible", "refuse", "waiting_3")
    rows = ordinary()
    twice = the_only(concerns(pd.concat([rows, rows.iloc[[4]]])))
    assert (twice.rule, twice.severity, twice.organisation) == ("duplicate-row", "refuse", "AAA")


def test_a_large_change_against_the_version_before_is_noted():
    before = ordinary()
    after = planted("done_waiting_list", 500, rows=before.copy())
    found = [c for c in concerns(after, earlier=Activity({"activity": before})) if c.rule == "revised"]
    assert the_only(found).column == "done_waiting_list"
    assert found[0].found == "500"


def test_concerns_are_findings_and_rows_of_a_table():
    found = concerns(planted("done_planned", 0))
    (finding,) = findings(found, {"AAA": "Alpha"}, {"one": "First test"})
    assert finding.found == "Alpha, First test, March 2024: 0"
    assert (finding.column, finding.sheet) == ("Done: planned", "Activity")
    made = table(found)
    assert made.columns.tolist() == QUALITY.columns
    assert set(TITLES) < set(QUALITY.field("rule").choices)
    assert table([]).empty


def test_histories_too_short_to_judge_raise_nothing():
    rows = ordinary()
    for months in (0, 1, 2):
        assert concerns(rows[rows["period"].isin(MONTHS[:months])]) == []


@pytest.fixture(scope="module")
def published(shared_data):
    path = shared_data / "dm01" / "dm01_provider.csv.gz"
    frame = read(path.read_bytes(), path.name).frame
    return ACTIVITY.typed(frame.rename(columns={"national_code": "test"}))


def test_the_published_history_of_four_trusts_gives_a_list_short_enough_to_read(published):
    found = concerns(published, TRUSTS)
    named = {(c.rule, c.organisation, c.test, c.column, f"{c.period:%Y-%m}", c.found) for c in found}
    assert ("constant", "RXR", "AUDIOLOGY_ASSESSMENTS", "done_waiting_list", "2023-07", "615 in each of 21 months") in named
    assert ("jump", "RXL", "CT", "done_planned", "2024-07", "163") in named
    assert len(found) <= 30
    assert {c.organisation for c in found} <= set(TRUSTS)


def test_the_published_history_of_all_providers_names_few_of_its_rows(published):
    found = concerns(published, sorted(published["organisation"].unique()))
    assert len(found) < 0.025 * len(published)
    swapped = {(c.organisation, f"{c.period:%Y-%m}") for c in found if c.rule == "columns-swapped"}
    assert {("NXV", "2023-09"), ("NXV", "2025-02"), ("NID", "2024-11")} <= swapped  # both columns exchanged in several tests at once
