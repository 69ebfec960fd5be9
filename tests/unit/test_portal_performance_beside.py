"""Cancer waits, improvement plans and everybody else beside a list: figures worked by hand, findings in words, who sees what."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.activity import ACTIVITY, WAITING, Activity
from data.local_tables import FASTER_DIAGNOSIS
from data.store import SINGLE_USER, Scope
from portal import cancer_waits, peers, performance_ahead, services, trajectories
from portal.charts import cancer_waits as cancer_drawn
from portal.charts import peers as peers_drawn
from portal.charts import trajectories as plans_drawn
from portal.charts.tables import csv
from portal.trajectories import AHEAD, BEHIND, NOT_YET, ON_PLAN
from tests.networks.performance import dataset, month, with_cancer, with_plan

FDS = "{},28-day FDS,{},{},,Suspected lung cancer,{},{},{}"
URGENT, SCREENING = "URGENT SUSPECTED CANCER", "NATIONAL SCREENING PROGRAMME"
JUNE = pd.Timestamp("2026-06-01")


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Stores datasets in a portal store of this test; gives their ids."""
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    held = services.store()
    yield lambda made: held.save_dataset(SINGLE_USER, made, name="Test").id
    held.close()


CANCER = (
    FDS.format("2026-02-01", "AAA", URGENT, 100, 77, 23), FDS.format("2026-03-01", "AAA", URGENT, 100, 77, 23),
    FDS.format("2026-03-01", "AAA", SCREENING, 100, 91, 9), FDS.format("2026-06-01", "AAA", URGENT, 50, 39.5, 10.5),
    FDS.format("2026-06-01", "BBB", URGENT, 10, 9, 1), FDS.format("2026-06-01", "ZZZ", URGENT, 10, 1, 9),
)  # fmt: skip


def test_the_share_told_in_time_is_taken_over_every_route_and_judged_by_the_target_of_its_month(stored):
    rows = cancer_waits.monthly(SINGLE_USER, stored(with_cancer(dataset(), *CANCER)))
    told = [(r.organisation, f"{r.period:%Y-%m}", r.total, r.share, r.target, r.met) for r in rows.itertuples()]
    assert told == [
        ("AAA", "2026-02", 100, 0.77, 0.77, True), ("AAA", "2026-03", 200, 0.84, 0.8, True), ("AAA", "2026-06", 50, 0.79, 0.8, False),
        ("BBB", "2026-06", 10, 0.9, 0.8, True),
    ]  # fmt: skip


def test_one_route_can_be_asked_for(stored):
    held = stored(with_cancer(dataset(), *CANCER))
    assert cancer_waits.routes(SINGLE_USER, held) == {URGENT: "Urgent suspected cancer", SCREENING: "National screening programme"}
    rows = cancer_waits.monthly(SINGLE_USER, held, FASTER_DIAGNOSIS, SCREENING)
    assert rows[["total", "share"]].to_numpy().tolist() == [[100, 0.91]]


def test_a_month_with_a_withheld_figure_has_no_share_and_is_not_zero(stored):
    rows = cancer_waits.monthly(SINGLE_USER, stored(with_cancer(
        dataset(), FDS.format("2026-06-01", "AAA", URGENT, 10, "*", 3), FDS.format("2026-06-01", "AAA", SCREENING, 10, 9, 1),
        FDS.format("2026-06-01", "BBB", URGENT, 10, 9, 1),
    )))  # fmt: skip
    assert rows["share"].isna().tolist() == [True, False]
    drawn = cancer_drawn.trend(rows.assign(over_six_share=np.nan), dataset().network, FASTER_DIAGNOSIS)
    assert [len(t.x) for t in drawn.figure.data if t.name] == [1]
    assert drawn.title == "Every organisation was at or above 80% in June 2026"


def test_the_lists_over_six_weeks_stand_beside_in_the_same_month(stored):
    rows = cancer_waits.beside_lists(SINGLE_USER, stored(with_cancer(dataset(), *CANCER)))
    known = rows.set_index(["organisation", "period"])["over_six_share"]
    assert known["AAA", JUNE] == 0.2
    assert known["BBB", JUNE] == 0.02
    assert np.isnan(known["AAA", pd.Timestamp("2026-02-01")])


def test_the_finding_names_who_is_below_the_target_and_by_how_much(stored):
    rows = cancer_waits.beside_lists(SINGLE_USER, stored(with_cancer(dataset(), *CANCER)))
    made = cancer_drawn.trend(rows, dataset().network, FASTER_DIAGNOSIS)
    assert made.title == "1 of 2 organisations reached 80% in June 2026; below: Alpha (79.0%)"
    assert "Beta 90.0%" in made.alt
    assert made.table.iloc[2][["Month", "Within the standard (%)", "Asked for (%)", "All lists over six weeks (%)"]].tolist() == [
        "June 2026", 79.0, 80.0, 20.0,
    ]  # fmt: skip


def test_the_source_says_which_publication_how_far_it_goes_and_what_half_patients_are(stored):
    halves = FDS.format("2026-06-01", "AAA", URGENT, 50.5, 39.5, 11)
    assert cancer_waits.source(SINGLE_USER, stored(with_cancer(dataset(), halves))).endswith("Half patients are shared by two organisations.")
    assert cancer_waits.source(SINGLE_USER, stored(with_cancer(dataset(), *CANCER))) == (
        "Source: Cancer Waiting Times, provider extract (NHS England), 3 months to June 2026."
    )


PLAN = (
    "AAA,CT,2026-05,% over six weeks,12%,Recovery,Lead", "AAA,CT,2026-06,% over six weeks,17.9%,Recovery,Lead",
    "AAA,CT,2026-07,% over six weeks,10%,Recovery,Lead", "BBB,CT,2026-06,Activity,160,,", "BBB,CT,2026-06,Waiting list,500,,",
    "BBB,CT,2027-01,% over six weeks,1%,,",
)  # fmt: skip


def test_where_each_list_stands_against_its_plan_is_worked_out_behind_first(stored):
    rows = trajectories.standing(SINGLE_USER, stored(with_plan(dataset(), *PLAN)))
    told = [(r.organisation, r.measure, r.state, None if pd.isna(r.gap) else round(r.gap, 6)) for r in rows.itertuples()]
    assert told[:2] == [("AAA", "share_over_six", BEHIND, 0.021), ("BBB", "activity", BEHIND, -15.0)]
    assert sorted(told[2:]) == [("BBB", "share_over_six", NOT_YET, None), ("BBB", "waiting", ON_PLAN, 0.0)]
    first = next(rows.itertuples())
    assert trajectories.against_plan(first).startswith("behind plan by 2.1 points in June 2026; forecast to be ")
    assert first.end == pd.Timestamp("2026-07-01")
    assert trajectories.headline(SINGLE_USER, stored(with_plan(dataset(), *PLAN))) == "2 of 3 trajectories are behind plan."


def test_more_examinations_than_planned_are_ahead_and_a_longer_list_is_behind(stored):
    rows = trajectories.standing(SINGLE_USER, stored(with_plan(dataset(), "BBB,CT,2026-06,Activity,144,,", "BBB,CT,2026-06,Waiting list,499,,")))
    assert dict(zip(rows["measure"], rows["state"], strict=True)) == {"activity": AHEAD, "waiting": BEHIND}


def test_the_forecast_of_a_plan_is_the_outlook_of_the_same_list(stored):
    held = stored(with_plan(dataset(), *PLAN))
    rows = trajectories.one_list(SINGLE_USER, held, "AAA", "ct", "share_over_six").set_index("period")
    outlook = performance_ahead.projected(SINGLE_USER, held)
    ahead = outlook.lists[(outlook.lists["organisation"] == "AAA") & (outlook.lists["horizon"] == 1)].iloc[0]
    july = rows.loc[pd.Timestamp("2026-07-01")]
    assert (july["planned"], july["forecast"], july["upper_80"]) == (0.1, ahead["share_over_six"], ahead["upper_80"])
    assert rows["actual"].dropna().tolist() == [0.1, 0.12, 0.2]
    assert rows.index.max() == pd.Timestamp("2026-07-01")


def test_a_plan_without_a_month_that_happened_cannot_be_compared_yet(stored):
    rows = trajectories.standing(SINGLE_USER, stored(with_plan(dataset(), "AAA,CT,2026-08,Activity,100,,")))
    assert rows["state"].tolist() == [NOT_YET]
    assert trajectories.against_plan(next(rows.itertuples())).startswith("no month of the plan can be compared yet; forecast to be ")


def test_without_a_plan_there_is_nothing_to_say(stored):
    held = stored(dataset())
    assert trajectories.standing(SINGLE_USER, held).empty
    assert trajectories.headline(SINGLE_USER, held) == ""


def test_a_plan_is_seen_by_its_own_organisation_and_the_network_only(stored):
    held = stored(with_plan(dataset(), *PLAN))
    assert set(trajectories.months(Scope("b", "BBB", "viewer"), held)["organisation"]) == {"BBB"}
    assert set(trajectories.months(SINGLE_USER, held)["organisation"]) == {"AAA", "BBB"}


def test_a_month_that_cannot_be_right_is_no_progress_against_a_plan(stored):
    years = pd.period_range("2025-01", "2026-06", freq="M").astype(str)
    sound = [month(m, "BBB", under=450 + k, over=50 + k % 7, done=500 + 3 * k) for k, m in enumerate(years)]
    same = [month(m, under=900 + 7 * k % 50, over=100 + k % 11, done=900 + 5 * k) for k, m in enumerate(years[:-1])]
    repeated = {**same[-1], "period": "2026-06-01"}
    held = dataset().changed(activity=Activity({"activity": frame_of([*sound, *same, repeated])}))
    rows = trajectories.one_list(SINGLE_USER, stored(with_plan(held, "AAA,CT,2026-06,Waiting list,900,,")), "AAA", "ct", "waiting")
    actual = rows.set_index("period")["actual"]
    assert np.isnan(actual[JUNE])
    assert actual[pd.Timestamp("2026-05-01")] == same[-1]["waiting_0"] + same[-1]["waiting_10"]


def test_the_chart_of_a_plan_says_the_finding_and_holds_the_three_lines(stored):
    held = stored(with_plan(dataset(), *PLAN))
    row = next(trajectories.standing(SINGLE_USER, held).itertuples())
    made = plans_drawn.one_list(trajectories.one_list(SINGLE_USER, held, "AAA", "ct", "share_over_six"), row, dataset().network)
    assert made.title.startswith("CT at Alpha: behind plan by 2.1 points in June 2026; forecast to be ")
    assert [t.name for t in made.figure.data if t.name] == ["Planned", "Actual", "Forecast"]
    june = made.table[made.table["Month"] == "June 2026"].iloc[0]
    assert (june["Planned (%)"], june["Actual (%)"]) == (17.9, 20.0)


def test_words_of_a_plan_cannot_become_a_formula_or_markup(stored):
    held = stored(with_plan(dataset(), 'AAA,CT,2026-06,Activity,100,=HYPERLINK("x"),<b>*lead*</b>'))
    table = plans_drawn.standing_table(trajectories.standing(SINGLE_USER, held), dataset().network)
    assert table["Plan"].tolist() == ['=HYPERLINK("x")']
    assert b"\"'=HYPERLINK" in csv(table)


def frame_of(rows):
    return ACTIVITY.typed(pd.DataFrame(rows).assign(period=lambda r: pd.to_datetime(r["period"])))


def others(n=12, period="2026-06", **more):
    """Organisations outside the network: the k-th has k in 100 over six weeks, of 100 patients."""
    return [month(period, f"X{k:02d}", under=100 - k, over=k, **more) for k in range(1, n + 1)]


def test_rank_percentile_and_median_are_those_of_a_hand_made_distribution(stored):
    held = stored(dataset(*others()))
    assert peers.comparable(SINGLE_USER, held) == {"ct": (JUNE,)}
    found = peers.peers(SINGLE_USER, held, "ct", JUNE)
    own = found.own.set_index("organisation")
    assert len(found.rows) == 14
    assert own["share"].to_dict() == {"BBB": 0.02, "AAA": 0.2}
    assert own["rank"].to_dict() == {"BBB": 2, "AAA": 14}  # 1, 2 and 2 in 100, and so on to 12; then 20
    assert own["percentile"].round(2).to_dict() == {"BBB": round(100 * 11 / 13, 2), "AAA": 0.0}
    assert found.median == pytest.approx(0.065)
    assert found.together == pytest.approx((78 + 10 + 200) / (12 * 100 + 500 + 1000))


def test_short_lists_of_others_are_not_compared_and_ours_are(stored):
    short = [month("2026-06", f"S{k}", under=20, over=20) for k in range(30)]
    found = peers.peers(SINGLE_USER, stored(dataset(*others(), *short)), "ct", JUNE)
    assert not found.rows["organisation"].str.startswith("S").any()
    assert found.own["organisation"].tolist() == ["BBB", "AAA"]


def test_few_others_are_no_distribution(stored):
    assert peers.comparable(SINGLE_USER, stored(dataset(*others(9)))) == {}
    assert peers.comparable(SINGLE_USER, stored(dataset())) == {}


def test_our_region_is_compared_with_itself(stored):
    held = dataset(*others())
    rows = pd.DataFrame({
        "organisation": ["AAA", "BBB", "X01", "X12"], "title": ["", "", "One", "Twelve"], "region": ["R", "R", "R", "Q"],
        "region_title": ["Our <region>", "Our <region>", "Our <region>", "Other"], "system": "", "system_title": "",
    })  # fmt: skip
    held_id = stored(held.changed(local=held.local.changed(providers=rows)))
    assert peers.groups(SINGLE_USER, held_id) == {"R": "Our <region>"}
    found = peers.peers(SINGLE_USER, held_id, "ct", JUNE, "over_six", "R")
    assert found.rows["title"].tolist() == ["One", "Beta", "Alpha"]
    made = peers_drawn.distribution(found, held.network)
    assert made.title == "1 of our 2 is at or below the median of 3 organisations of Our <region> (2.0%); Alpha is 3rd"


def test_the_place_of_our_lists_is_followed_month_by_month(stored):
    rows = peers.over_time(SINGLE_USER, stored(dataset(*others(), *others(10, "2026-05"))), "ct")
    told = {(r.organisation, f"{r.period:%m}"): (r.rank, r.of) for r in rows.itertuples()}
    assert told["AAA", "05"] == (12, 12)
    assert told["BBB", "05"] == (6, 12)
    assert told["BBB", "06"] == (2, 14)


def test_the_chart_marks_ours_by_shape_and_name_and_names_the_furthest(stored):
    found = peers.peers(SINGLE_USER, stored(dataset(*others())), "ct", JUNE)
    made = peers_drawn.distribution(found, dataset().network)
    assert made.title == "1 of our 2 is at or below the median of 14 organisations (6.5%); Alpha is 14th"
    marks = {t.name: t.marker.symbol for t in made.figure.data if t.name}
    assert len(set(marks.values())) == len(marks) == 2
    assert "Alpha 20.0%, 14th" in made.alt
    assert made.table["Of this network"].tolist().count("yes") == 2


@pytest.mark.parametrize(("rank", "words"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (121, "121st")])
def test_ranks_are_written_as_people_say_them(stored, rank, words):
    found = peers.peers(SINGLE_USER, stored(dataset(*others())), "ct", JUNE)
    rows = found.rows.assign(rank=found.rows["rank"].where(found.rows["organisation"] != "AAA", rank))
    assert peers_drawn.finding(replace(found, rows=rows)).endswith(f"Alpha is {words}")


def test_another_month_among_two_years_of_england_is_drawn_in_a_fraction_of_a_second(stored):
    draws = np.random.default_rng(1)
    periods = pd.date_range("2024-07-01", periods=24, freq="MS")
    index = pd.MultiIndex.from_product([[f"X{k:03d}" for k in range(400)] + ["AAA", "BBB"], ["ct"], periods])
    frame = index.to_frame(index=False, name=["organisation", "test", "period"])
    counts = pd.DataFrame(draws.poisson(20, (len(frame), len(WAITING))).astype(float), columns=WAITING)
    done = pd.DataFrame(dict.fromkeys(("done_waiting_list", "done_planned", "done_unscheduled"), 100.0), index=frame.index)
    held = stored(dataset().changed(activity=Activity({"activity": ACTIVITY.typed(pd.concat([frame, counts, done], axis=1))})))
    peers.monthly(SINGLE_USER, held)
    months = peers.comparable(SINGLE_USER, held)["ct"]
    peers_drawn.distribution(peers.peers(SINGLE_USER, held, "ct", months[0]), dataset().network)
    began = time.process_time()
    found = peers.peers(SINGLE_USER, held, "ct", months[1])
    peers_drawn.distribution(found, dataset().network)
    assert time.process_time() - began < 0.3
    assert len(found.rows) == 402
