"""When lists break and what would hold them, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.dataset import Dataset
from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.rota import today
from data.working_days import first_monday_after, mondays
from forecasting.capacity import SUSTAINABLE, TIGHT, UNSUSTAINABLE
from portal.capacity import Asked, answer, clearance_date, clearing, judged, list_titles, method_words
from portal.capacity_steps import Place, place_titles, places, steps
from portal.charts import capacity as drawn
from portal.charts.tables import csv
from portal.lists_ahead import Lists, lists_of, loads
from portal.unchanged import unchanged
from tests.served import TINY
from tests.small_networks import FIRST_MONDAY, Stream, Tiny, session_type, two_trusts

DATE = pd.Timestamp("2025-11-30")
FOUR = 4
"""Weeks looked ahead."""


def lists(*, demand=30.0, capacity=27.0, waiting=60.0, share=0.0, target=0.05, at_ends=(60, 60, 60, 60), over=(0, 0, 0, 0), rota=None):
    """One list of P for the test x, four weeks ahead."""
    rows = pd.DataFrame({
        "organisation": ["P"], "test": ["x"], "waiting": [waiting], "mean_wait": [2.0], "share_over_six": [share], "target_share": [target],
    })  # fmt: skip
    weeks = mondays(FIRST_MONDAY, FOUR)
    flat = np.ones((1, FOUR))
    index = pd.MultiIndex.from_tuples([("P", "x")], names=["organisation", "test"])
    planned, unscheduled = (pd.DataFrame([[n] * FOUR], index=index, columns=weeks) for n in (12.0, 8.0))
    return Lists(
        rows, weeks, demand * flat, capacity * flat, np.minimum(demand, capacity) * flat, np.array([at_ends], dtype=float),
        np.array([over], dtype=float), planned, unscheduled, rota, "strictly in turn", None, DATE, 2, None, None,
    )  # fmt: skip


FACTOR_FOUR = Asked(basis="factor", factor=4)


def test_the_sustainable_list_is_six_weeks_of_demand_over_the_factor():
    # 30 × 6 ÷ 4 = 45; 60 wait: 15 beyond.
    row = judged(lists(), FACTOR_FOUR).iloc[0]
    assert (row["sustainable"], row["backlog"]) == (45, 15)
    assert not row["too_big"]
    assert judged(lists(waiting=91), FACTOR_FOUR).iloc[0]["too_big"]


def test_the_factor_of_each_list_is_that_of_its_target_share():
    # −ln 0.05 = 2.9957; 30 × 6 ÷ 2.9957 = 60.09
    row = judged(lists(), Asked()).iloc[0]
    assert row["factor"] == pytest.approx(2.9957, abs=1e-4)
    assert row["sustainable"] == pytest.approx(60.09, abs=0.005)
    assert judged(lists(), Asked(basis="late", late=5)).iloc[0]["sustainable"] == row["sustainable"]


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_target_of_nobody_or_everybody_still_has_a_sustainable_list(target):
    row = judged(lists(target=target), Asked()).iloc[0]
    assert 0 < row["sustainable"] < np.inf
    assert np.isfinite(row["needed"])


def test_a_list_joined_by_more_than_are_seen_has_no_load_and_no_date():
    found = lists()
    row = judged(found, FACTOR_FOUR).iloc[0]
    assert row["state"] == UNSUSTAINABLE
    assert np.isnan(row["load"])
    assert np.isnan(row["clears_in"])
    assert row["gap"] == 3
    table = drawn.needed(found, judged(found, FACTOR_FOUR), two_trusts().dataset().network, FACTOR_FOUR).table
    assert table["Load"].tolist() == ["unsustainable"]
    assert table["Within its sustainable size at today's slots"].tolist() == ["never: unsustainable"]


def test_relief_and_target_capacity_say_how_many_slots_more():
    # Target capacity 30 + (1 + 1) ÷ 2 × 4 ÷ 6 = 30.667: 3.667 more. Relief 30 + 15 ÷ 5 = 33: 6 more.
    row = judged(lists(), replace(FACTOR_FOUR, weeks=5)).iloc[0]
    assert row["needed"] == pytest.approx(30 + 4 / 6)
    assert row["more_to_sustain"] == pytest.approx(3 + 4 / 6)
    assert row["relief"] == 33
    assert row["more_to_clear"] == 6


def test_a_list_within_its_size_needs_no_relief_and_clearing_is_never_less_than_sustaining():
    row = judged(lists(waiting=45), FACTOR_FOUR).iloc[0]
    assert np.isnan(row["relief"])
    assert row["more_to_clear"] == row["more_to_sustain"] > 0
    slow = judged(lists(), replace(FACTOR_FOUR, weeks=156)).iloc[0]
    assert slow["relief"] - slow["capacity"] < slow["more_to_sustain"] == slow["more_to_clear"]


def test_a_percentile_of_demand_takes_the_place_of_the_queueing_formula():
    # 30 + 1.0364 × √30 = 35.68; with variance four times the mean 30 + 1.0364 × 2 × √30 = 41.35.
    assert judged(lists(), Asked(room="85")).iloc[0]["needed"] == pytest.approx(35.68, abs=0.005)
    assert judged(lists(), Asked(room="85", spread=4)).iloc[0]["needed"] == pytest.approx(41.35, abs=0.005)


def test_slots_kept_for_urgent_patients_are_needed_on_top_and_fewer_where_they_are_released():
    plain, kept, released = (judged(lists(), replace(FACTOR_FOUR, urgent=u, released=r)).iloc[0] for u, r in ((0, False), (20, False), (20, True)))
    # Urgent 6 a week, deviation 2.449: unused 2.449 × (1.0364 × 0.85 + 0.23316) = 2.729.
    assert kept["needed"] - plain["needed"] == pytest.approx(2.729, abs=0.005)
    assert released["needed"] - plain["needed"] == pytest.approx(2.729 * 5.1 / 18, abs=0.005)
    assert kept["relief"] - plain["relief"] == pytest.approx(kept["needed"] - plain["needed"])


def test_more_slots_than_demand_but_fewer_than_needed_are_tight():
    assert judged(lists(capacity=30.5), FACTOR_FOUR).iloc[0]["state"] == TIGHT
    assert judged(lists(capacity=31), FACTOR_FOUR).iloc[0]["state"] == SUSTAINABLE


def test_a_list_is_within_its_size_on_the_day_its_room_has_taken_the_backlog():
    # 15 beyond, 5 more slots than demand: 3 weeks after 30 November 2025.
    found = lists(capacity=35)
    weeks = judged(found, FACTOR_FOUR).iloc[0]["clears_in"]
    assert weeks == 3
    assert clearance_date(found, weeks) == pd.Timestamp("2025-12-21")
    # A tenth fewer slots, 31.5: 15 ÷ 1.5 = 10 weeks.
    assert judged(found, replace(FACTOR_FOUR, change=-10)).iloc[0]["clears_in"] == pytest.approx(10)
    assert clearing(found, judged(found, FACTOR_FOUR), FACTOR_FOUR) == (
        "With today's slots, 0 lists are within the sustainable size already, 1 will be within 4 weeks, 0 later, and 0 never."
    )


def test_a_list_that_is_within_its_size_and_grows_is_said_not_to_stay_so():
    found = lists(waiting=40)
    assert clearing(found, judged(found, FACTOR_FOUR), FACTOR_FOUR).startswith(
        "With today's slots, 1 list is within the sustainable size already (1 of which will not stay so), 0 will be"
    )
    more = replace(FACTOR_FOUR, change=20)
    assert clearing(found, judged(found, more), more).startswith("With 20% more slots than today, 1 list is within the sustainable size already, 0")


def test_pressure_is_twice_the_mean_wait_over_six_weeks():
    assert judged(lists(), Asked()).iloc[0]["pressure"] == pytest.approx(4 / 6)


def test_a_list_breaks_in_the_first_week_its_share_passes_the_target():
    # 2 of 60 are under 5 per cent, 4 of 60 over it: the third week.
    row = judged(lists(capacity=31, over=(0, 2, 4, 8)), Asked()).iloc[0]
    assert (row["share_breaks"], row["breaks"]) == (3, 3)
    assert np.isnan(row["list_breaks"])
    assert row["share_end"] == pytest.approx(8 / 60)


def test_a_list_breaks_in_the_first_week_it_passes_its_sustainable_size():
    row = judged(lists(waiting=40, at_ends=(44, 48, 52, 56)), FACTOR_FOUR).iloc[0]
    assert (row["list_breaks"], row["breaks"]) == (2, 2)
    assert np.isnan(row["share_breaks"])


@pytest.mark.parametrize(("event", "week"), [("either", 0), ("share", 3), ("list", 0)])
def test_which_limit_counts_is_asked_for(event, week):
    found = lists(over=(0, 2, 4, 8))
    assert judged(found, replace(FACTOR_FOUR, event=event)).iloc[0]["breaks"] == week


def test_what_is_so_today_is_so_already():
    row = judged(lists(share=0.06), Asked()).iloc[0]
    assert row["share_breaks"] == 0
    assert row["breaks"] == 0


def test_an_empty_list_is_over_no_share():
    assert np.isnan(judged(lists(waiting=0, at_ends=(0, 0, 0, 0)), Asked()).iloc[0]["share_breaks"])


def network():
    """Two trusts, with titles."""
    return two_trusts().dataset().network


def test_the_answer_says_how_many_lists_cannot_be_sustained_and_which_breaks_next():
    found, asked = lists(waiting=40, at_ends=(44, 48, 52, 56)), FACTOR_FOUR
    said = answer(found, judged(found, asked), network(), asked)
    assert said[0] == (
        "Without a change this list cannot be sustained: more patients join each week than there are slots for; the next to break is x at Trust P, "
        "in the week of 8 December 2025."
    )
    assert said[2] == ("To sustain this list: 4 more slots a week. To clear what is beyond as well, by 31 May 2026: 4 more slots a week until then.")


def test_the_answer_says_where_nothing_breaks():
    found = lists(capacity=40, waiting=10, at_ends=(10, 10, 10, 10))
    assert answer(found, judged(found, Asked()), network(), Asked())[0] == "Without a change this list can be sustained on average."


def test_where_no_list_is_looked_at_the_answer_says_so():
    asked = Asked(organisation="Q")
    rows = judged(lists(), asked)
    assert rows.empty
    assert answer(lists(), rows, network(), asked) == ["Nobody waits on these lists, and nobody is expected to join them."]
    assert drawn.breaks(lists(), rows, network()).figure is None
    assert drawn.needed(lists(), rows, network(), asked).figure is None
    nothing = loads(lists(), lists().of("Q", ""), "list")
    assert drawn.load_grid(lists(), nothing, network()).figure is None


def test_every_choice_is_named_with_its_variant():
    assert "−ln of its target share" in method_words(Asked(), 24)[0]
    assert "late share of 1.8%" in method_words(FACTOR_FOUR, 24)[0]
    assert "waiting-list toolkit; Kingman and Marchal" in method_words(Asked(), 24)[1]
    assert "85th percentile" in method_words(Asked(room="85"), 24)[1]
    assert "Poisson" in method_words(Asked(), 24)[2]
    assert len(method_words(Asked(urgent=20), 24)) == len(method_words(Asked(), 24)) + 1


def test_load_by_week_is_a_share_below_one_and_a_sign_from_one_on():
    found = lists(capacity=40)
    found.capacity[0, 2] = 30
    by_week = loads(found, found.of("", ""), "list")
    assert by_week.load[0].tolist() == pytest.approx([0.75, 0.75, np.nan, 0.75], nan_ok=True)
    made = drawn.load_grid(found, by_week, network())
    assert made.figure.data[0].text.tolist() == [["", "", "▲", ""]]
    assert made.table["Load"].tolist() == ["75.0%", "75.0%", "unsustainable", "75.0%"]
    assert made.title == "As many or more join than there are slots for in 25% of weeks"


ROOM = Tiny(
    sites={"p1": "P", "p2": "P"}, streams={("P", "x"): Stream(seen=215)}, session_types=[session_type(minutes=240, a_week=10)],
    rota={("p1", "room", "core"): 5, ("p2", "room", "core"): 5},
    scoped=[{"name": "utilisation", "site": "p2", "value": 0.8, "owner": "Head of scanning", "confidence": "high", "source": "Count of May"}],
).assuming(scans_per_hour=3, utilisation=0.9, dna_rate=0.1, unscheduled_outside=0.5)  # fmt: skip
"""Two rooms of five sessions: 1,200 minutes, 60 slots each. At p1 54 are booked and 48.6 attended, at p2 48 and 43.2."""


def two_rooms():
    """The lists of the two rooms: 20 of must-do work a week, 12 planned and 8 unscheduled, shared as the rooms have room."""
    dataset = ROOM.dataset()
    weeks = mondays(FIRST_MONDAY, FOUR)
    index = pd.MultiIndex.from_tuples([("P", "x")], names=["organisation", "test"])
    rota = today(dataset, dataset.assumptions, weeks, pd.DataFrame([[20.0] * FOUR], index=index, columns=weeks))
    return dataset, lists(demand=60, capacity=71.8, rota=rota)


def test_sessions_become_slots_step_by_step():
    dataset, found = two_rooms()
    made = steps(found, dataset.assumptions, Place("P", "x", "p1", "room"), None)
    # Must-do work by room: 48.6 of 91.8 at p1, so 10.588: unscheduled 4.235, planned 6.353. Left 48.6 − 10.588 = 38.012.
    assert dict(zip(made.waterfall["step"], made.waterfall["value"], strict=True)) == pytest.approx({
        "Slots in sessions": 60, "Not booked": -6, "Not attended": -5.4, "Unscheduled": -4.235, "Planned": -6.353, "For the waiting list": 38.012,
    }, abs=1e-3)  # fmt: skip
    told = {r.step: (r.figure, r.how) for r in made.told.itertuples()}
    assert told["Sessions: core"] == ("5.00", "240 minutes each")
    assert told["Time in sessions"][0] == "1,200"
    assert told["Slots in sessions"] == ("60.0", "÷ 20 minutes each (3 an hour)")
    assert told["Booked"] == ("54.0", "× utilisation 90.0%")
    assert told["Attended"] == ("48.6", "× (100% − not attended 10.0%)")
    assert told["For the waiting list"][0] == "38.0"


def test_the_steps_of_all_sites_are_those_of_each_added_up():
    dataset, found = two_rooms()
    each = [steps(found, dataset.assumptions, Place("P", "x", s, "room"), None).waterfall["value"].to_numpy() for s in ("p1", "p2")]
    both = steps(found, dataset.assumptions, Place("P", "x"), None).waterfall["value"].to_numpy()
    assert both.tolist() == pytest.approx((each[0] + each[1]).tolist())
    assert both[-1] == pytest.approx(71.8)


def test_each_step_says_whose_assumption_it_rests_on():
    dataset, found = two_rooms()
    source = {r.step: r.source for r in steps(found, dataset.assumptions, Place("P", "x", "p2", "room"), None).told.itertuples()}
    assert source["Booked"] == "Assumption “Slot utilisation”: Count of May (Head of scanning, confidence high)"
    assert source["Sessions: core"] == "The planner's rota"
    everywhere = {r.step: r.source for r in steps(found, dataset.assumptions, Place("P", "x"), None).told.itertuples()}
    assert everywhere["Booked"] == "Assumption “Slot utilisation”, of each place"


def test_one_week_can_be_looked_at_by_itself():
    dataset, found = two_rooms()
    one = steps(found, dataset.assumptions, Place("P", "x", "p1", "room"), found.weeks[1])
    assert one.weeks == 1
    assert one.left == pytest.approx(38.012, abs=1e-3)


def test_must_do_work_that_does_not_fit_is_a_step_of_its_own():
    dataset, found = two_rooms()
    full = replace(found, planned=found.planned + 200)
    index = full.planned.index
    crowded = today(dataset, dataset.assumptions, full.weeks, pd.DataFrame([[220.0] * FOUR], index=index, columns=full.weeks))
    made = steps(replace(full, rota=crowded), dataset.assumptions, Place("P", "x"), None)
    values = dict(zip(made.waterfall["step"], made.waterfall["value"], strict=True))
    # 91.8 attended, 220 must be done: 128.2 do not fit.
    assert values["Does not fit"] == pytest.approx(128.2)
    assert values["For the waiting list"] == 0


def test_places_are_each_room_then_all_of_them():
    dataset, found = two_rooms()
    assert place_titles(places(found, "P", ""), dataset.network) == ["x at Site p1, room", "x at Site p2, room", "x at Trust P, all sites"]
    assert places(found, "Q", "") == []
    assert places(replace(found, rota=None), "", "") == []


@pytest.mark.parametrize("name", list(example_networks()))
def test_the_steps_of_every_place_add_up_to_the_slots_of_its_list(name):
    dataset = from_parts(read_folder(example_networks()[name]), file=name)
    found = lists_of(dataset, dataset.assumptions, FOUR)
    given = dict(zip(map(tuple, found.rows[["organisation", "test"]].to_numpy()), found.capacity.mean(axis=1), strict=True))
    total = dict.fromkeys(given, 0.0)
    for place in (p for p in places(found, "", "") if p.site):
        made = steps(found, dataset.assumptions, place, None)
        assert made.waterfall["value"].iloc[:-1].sum() == pytest.approx(made.left), place
        total[place.organisation, place.test] += made.left
    by_rota = [key for key in given if key[1] in dataset.network.allocated_tests]
    assert [total[key] for key in by_rota] == pytest.approx([given[key] for key in by_rota])


def test_demand_is_shared_by_sites_as_slots_are():
    _, found = two_rooms()
    by_site = loads(found, found.of("", ""), "site")
    left = found.rota.slots.waiting_list.mean(axis=1)
    assert by_site.capacity[:, 0].tolist() == pytest.approx(left.tolist())
    assert by_site.demand[:, 0].tolist() == pytest.approx((60 * left / left.sum()).tolist())
    assert list_titles(by_site.groups, ROOM.dataset().network) == ["x at Site p1", "x at Site p2"]


@pytest.mark.parametrize("by", ["list", "organisation", "test", "site"])
def test_every_way_to_look_at_load_adds_up_to_the_same(by):
    dataset = from_parts(read_folder(example_networks()[TINY]), file=TINY)
    found = lists_of(dataset, dataset.assumptions, FOUR)
    by_week = loads(found, found.of("", ""), by)
    assert by_week.capacity.sum(axis=0).tolist() == pytest.approx(found.capacity.sum(axis=0).tolist())
    assert by_week.demand.sum(axis=0).tolist() == pytest.approx(found.demand.sum(axis=0).tolist())


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    """Four trusts: five sessions of four hours, three scans an hour, nothing lost: 60 slots a week each."""
    return from_parts(read_folder(example_networks()[TINY]), file=TINY)


def test_the_slots_of_a_list_are_those_of_its_rota(tiny):
    found = lists_of(tiny, tiny.assumptions, 2)
    assert found.capacity.tolist() == [[60, 60]] * FOUR
    assert found.rows["waiting"].tolist() == [70, 100, 30, 40]
    assert found.rows["mean_wait"].tolist() == [13.5] * FOUR
    assert found.rows["share_over_six"].tolist() == [1] * FOUR


def test_lists_of_a_network_without_assets_have_their_recent_activity_for_slots(tiny):
    without = {name: tiny.network[name].iloc[:0] for name in ("assets", "rota", "pads", "mobiles")}
    bare = tiny.changed(network=tiny.network.changed(**without))
    found = lists_of(bare, bare.assumptions, 2)
    assert found.rota is None
    # 765 scans in March to May 2026, in 22 + 20 + 19 working days: 62.7 in a week of five. The two weeks from 1 June have no bank holiday.
    assert found.capacity == pytest.approx(np.full((4, 2), 765 / 61 * 5))


def test_what_is_kept_of_a_dataset_is_what_a_plan_of_it_begins_with(tiny):
    weeks = mondays(first_monday_after(tiny.waiting_list.date), FOUR)
    start, found = unchanged(tiny, tiny.assumptions, weeks), lists_of(tiny, tiny.assumptions, FOUR)
    assert found.waiting.sum() == pytest.approx(start.response.rows["waiting"].sum())
    assert found.over_six.sum() == pytest.approx(start.response.rows["over_six"].sum())
    assert found.order == start.response.order


def test_two_names_that_are_cut_alike_keep_their_own_rows():
    first, second = (f"Trust with a name of fifty letters or rather more, number {n}" for n in "12")
    named = network().changed(organisations=network()["organisations"].assign(title=[first, second]))
    one = lists(waiting=70)
    both = replace(one, rows=pd.concat([one.rows, one.rows.assign(organisation="Q")], ignore_index=True),
                   **{n: np.vstack([getattr(one, n)] * 2) for n in ("demand", "capacity", "seen", "waiting", "over_six")})  # fmt: skip
    made = drawn.breaks(both, judged(both, Asked()), named)
    ticks = made.figure.layout.yaxis.ticktext
    assert len(set(ticks)) == 1
    assert all(len(t) <= 50 and t.endswith("…") for t in ticks)
    assert sorted(made.figure.data[1].y) == [0, 1]
    assert made.table["List"].tolist() == [f"x at {first}", f"x at {second}"]


def test_titles_that_people_typed_are_no_markup_in_a_chart_and_no_formula_in_a_file():
    dataset = two_trusts().dataset()
    named = dataset.network.changed(tests=dataset.network["tests"].assign(title="=<b>1+1</b>"))
    found = lists(at_ends=(60, 70, 80, 90))
    rows, by_test = judged(found, Asked()), loads(found, found.of("", ""), "test")
    made = [drawn.breaks(found, rows, named), drawn.needed(found, rows, named, Asked()), drawn.load_grid(found, by_test, named)]
    assert [label for m in made for label in m.figure.layout.yaxis.ticktext] == [
        "=&lt;b&gt;1+1&lt;/b&gt; at Trust P", "=&lt;b&gt;1+1&lt;/b&gt; at Trust P", "=&lt;b&gt;1+1&lt;/b&gt;",
    ]  # fmt: skip
    hovers = [str(trace.customdata) for m in made for trace in m.figure.data]
    assert all("&lt;b&gt;1+1" in hover and "<b>" not in hover for hover in hovers if hover != "()")
    assert csv(made[2].table).count(b",'=") + csv(made[2].table).count(b"\n'=") == FOUR
