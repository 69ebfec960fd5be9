"""Who is short, who has room, and what could move between them, by hand.

P and Q have a room each for twelve one-hour sessions a week, one patient a session, and run ten. With a target share of e to the power −6 the safety
factor is 6: a list may be one week of its demand long, and needs one slot a week on top of it.
"""

from dataclasses import replace
from math import exp

import numpy as np
import pandas as pd
import pytest

from data.travel import offers_of
from forecasting import dynamics
from forecasting.waiting_list import with_slots
from portal.charts import mutual_aid as drawn
from portal.charts import sites_map
from portal.charts.tables import csv
from portal.lists_ahead import lists_of
from portal.mutual_aid import Wanted, aid_of, effects
from portal.mutual_aid_room import balance_of, standing_of
from portal.mutual_aid_words import answer, method_words, state_words
from tests.small_networks import Stream, Tiny, session_type, two_trusts

LATE = Stream([0.0] * 13 + [12.0], seen=43, joined=80)
"""Twelve who wait, twenty a week who join, ten a week who are seen: eleven short."""

ROOMY = Stream([2.0], seen=43, joined=20)
"""Two who wait, five a week who join, ten slots: room for three in the first week, then for four, as one is kept for weeks that vary."""

FULL = Stream([12.0], seen=43, joined=40)
"""Ten a week who join, ten slots: one short."""

THREE = Wanted(last=3)
"""The three weeks without a bank holiday."""


def pair(p=LATE, q=ROOMY, **assumed):
    """The two trusts, twenty minutes apart."""
    network = two_trusts(streams={("P", "x"): p, ("Q", "x"): q}, session_types=[session_type(a_week=6, tuesday=6)])
    return network.assuming(**{"target_share": exp(-6), "session_time_share": 1, "booked_in_turn": 0} | assumed)


def looked_at(tiny: Tiny, wanted=THREE, weeks=3):
    """The dataset, its lists, how they stand, and the aid found in them."""
    held = tiny.dataset()
    lists = lists_of(held, held.assumptions, weeks)
    at = standing_of(lists, held.network, held.assumptions)
    return held, at, aid_of(lists, at, held.network, held.assumptions, wanted)


@pytest.fixture(scope="module", autouse=True)
def one_step_tells_the_order():
    """Tiny histories have two months."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dynamics, "LEAST_STEPS", 1)
        yield


@pytest.fixture(scope="module")
def usual():
    """The two trusts over the three weeks."""
    return looked_at(pair())


def list_of(found, organisation, test="x"):
    rows = found.balance.rows
    return rows[(rows["organisation"] == organisation) & (rows["test"] == test)].iloc[0]


def from_p_to_q(found):
    pairs = found.pairs
    return pairs[(pairs["sender"] == "P") & (pairs["receiver"] == "Q")].iloc[0]


def test_short_is_what_a_list_needs_beyond_its_slots_and_room_what_its_own_list_has_no_use_for(usual):
    _, at, found = usual
    p, q = list_of(found, "P"), list_of(found, "Q")
    assert at.capacity == pytest.approx(np.full((2, 3), 10.0))
    assert at.needed == pytest.approx(np.array([[21.0] * 3, [6.0] * 3]))
    assert (p["short"], p["room"]) == pytest.approx((11, 0))
    assert (q["short"], q["room"]) == pytest.approx((0, 11 / 3))
    assert found.balance.by_week == pytest.approx(np.array([[-11.0] * 3, [3.0, 4.0, 4.0]]))


def test_a_list_above_its_shortest_length_has_no_room_however_many_slots_it_has():
    # Two weeks of demand are kept on the list: 2 and 5 a week joining reach 10 in the second week; 7 are still to be kept in the first.
    _, at, _ = looked_at(pair(list_floor=2))
    assert at.unused[1] == pytest.approx([4, 4, 4])
    _, at, found = looked_at(pair(q=Stream([30.0], seen=43, joined=20)))
    assert at.unused[1] == pytest.approx([0, 0, 0])
    assert list_of(found, "Q")["short"] == 0, "enough slots, all of them for its own list"


def test_what_is_beyond_the_sustainable_list_is_cleared_in_half_a_year():
    # 130 wait, 20 are sustained: 110 ÷ 26 = 4.23 a week is more than the one slot for weeks that vary.
    _, at, _ = looked_at(pair(p=Stream([0.0] * 13 + [130.0], seen=43, joined=80)), Wanted(), weeks=30)
    beyond = at.needed[0] - np.maximum(at.demand[0], 0)
    mean = at.demand[0].mean()
    assert beyond[:26] == pytest.approx(np.full(26, (130 - mean) / 26))
    assert beyond[26:] == pytest.approx(np.ones(4))


@pytest.mark.parametrize(
    ("assumed", "moves", "first", "binds"),
    [
        ({}, 11 / 3, 1, "room"),
        ({"aid_accept_to_30": 0.1, "aid_suitable": 0.5}, 1.2, 1, "accept"),  # 0.1 × 0.5 × (12 + 3 × 20) ÷ 3
        ({"aid_maximum_batch": 2}, 2, 1, "largest"),
        ({"aid_minimum_batch": 4}, 8 / 3, 2, "weeks"),
        ({"aid_minimum_batch": 5}, 0, None, "smallest"),
        ({"aid_travel_limit": 19}, 0, None, "far"),
    ],
)
def test_what_could_move_is_the_least_of_need_room_acceptance_and_batch(assumed, moves, first, binds):
    _, _, found = looked_at(pair(**assumed))
    row = from_p_to_q(found)
    assert row["moves"] == row["together"] == pytest.approx(moves)
    assert row["binds"] == binds
    assert row["first"] == first or (first is None and np.isnan(row["first"]))
    assert (row["median"], row["least"], row["most"]) == (20, 20, 20)


def test_a_need_smaller_than_a_batch_waits_until_a_batch_is_together():
    # One a week is short; three make a batch: nobody, nobody, three.
    _, _, found = looked_at(pair(p=Stream([0.0] * 13 + [12.0], seen=43, joined=40), aid_minimum_batch=3))
    assert found.moved["x", "P", "Q"] == pytest.approx(np.array([[0, 0, 3.0]] * 2))
    assert from_p_to_q(found)["moves"] == pytest.approx(1)


def test_the_one_who_receives_never_sends(usual):
    _, _, found = usual
    back = found.pairs[found.pairs["sender"] == "Q"].iloc[0]
    assert (back["moves"], back["binds"]) == (0, "short")


def test_openings_are_what_staff_in_post_could_run_and_stand_apart(usual):
    _, _, found = usual
    assert (list_of(found, "P")["own_openings"], list_of(found, "Q")["openings"]) == pytest.approx((2, 2))
    assert from_p_to_q(found)["room"] == pytest.approx(11 / 3), "not counted unless asked for"
    # Ten hours are worked, ten and a half are in post.
    _, _, few = looked_at(pair().but(wte={"P": 10.5 / 40, "Q": 10.5 / 40}))
    assert (list_of(few, "P")["own_openings"], list_of(few, "Q")["openings"]) == pytest.approx((0.5, 0.5))


def test_counted_openings_meet_the_senders_own_need_first_and_then_give_room():
    _, _, found = looked_at(pair(), replace(THREE, openings=True))
    row = from_p_to_q(found)
    assert (row["need"], row["room"]) == pytest.approx((9, 11 / 3 + 2))
    assert row["moves"] == pytest.approx(11 / 3 + 2)
    total, today = found.moved["x", "P", "Q"]
    assert total - today == pytest.approx([2, 2, 2])


def test_time_in_a_shared_room_goes_first_to_tests_of_the_same_trust_that_are_short():
    # Q does x and y in one room of 24 sessions and runs 20, ten for each; y is short of three, and x leaves 3, 4 and 4: less than one a week remains.
    y = Stream([12.0], seen=43, joined=48)
    streams = {("P", "x"): LATE, ("Q", "x"): ROOMY, ("Q", "y"): y}
    tiny = pair().but(streams=streams, rooms={"room": ["x", "y"]}, assets={("p1", "room"): 1, ("q1", "room"): 2})
    _, at, found = looked_at(tiny)
    assert at.capacity[1:] == pytest.approx(np.full((2, 3), 10.0))
    assert list_of(found, "Q")["room"] == pytest.approx(11 / 3 - 3)
    assert list_of(found, "Q", "y")["short"] == pytest.approx(0)
    # In rooms of their own each keeps its own.
    apart = tiny.but(rooms={"room": ["x"], "other": ["y"]}, assets={(s, a): 1 for s in ("p1", "q1") for a in ("room", "other")})
    _, _, found = looked_at(apart)
    assert list_of(found, "Q")["room"] == pytest.approx(11 / 3)
    assert list_of(found, "Q", "y")["short"] == pytest.approx(3)


def test_rooms_and_needs_are_used_once_where_several_pairs_are_served():
    # P and R are eleven short each; Q has room for 11 ÷ 3 a week, and R is nearer to it but its patients accept less readily.
    tiny = pair().but(
        sites={"p1": "P", "q1": "Q", "r1": "R"}, streams={("P", "x"): LATE, ("Q", "x"): ROOMY, ("R", "x"): LATE},
        travel={("p1", "q1"): 20.0, ("r1", "q1"): 10.0, ("p1", "r1"): 15.0},
        scoped=[{"name": "aid_accept_to_30", "organisation": "R", "value": 0.5}],
    )  # fmt: skip
    _, _, found = looked_at(tiny)
    to_q = found.pairs[found.pairs["receiver"] == "Q"].set_index("sender")
    assert to_q["moves"].to_dict() == pytest.approx({"P": 11 / 3, "R": 11 / 3})
    assert to_q["together"].to_dict() == pytest.approx({"P": 11 / 3, "R": 0})


def test_another_travel_limit_is_tried_everywhere_and_nothing_is_changed():
    tiny = pair(aid_travel_limit=19).but(scoped=[{"name": "aid_travel_limit", "organisation": "P", "value": 5}])
    held, _, found = looked_at(tiny)
    assert from_p_to_q(found)["binds"] == "far"
    _, _, farther = looked_at(tiny, replace(THREE, limit=20.0))
    assert from_p_to_q(farther)["moves"] == pytest.approx(11 / 3)
    assert held.assumptions.one("aid_travel_limit") == 19
    assert len(offers_of(held.network, held.assumptions)) == 0


def test_minutes_by_road_are_the_median_and_the_range_over_home_areas():
    homes = [
        {"home_area": a, "title": a, "organisation": "P", "share": s, "nearest_site": "p1"} for a, s in (("near", 0.3), ("mid", 0.3), ("off", 0.4))
    ]
    roads = [{"from_place": a, "to_site": "q1", "minutes": m} for a, m in (("near", 10.0), ("mid", 35.0), ("off", 70.0))]
    tiny = pair(aid_accept_to_45=0.5).but(tables={"home_areas": homes, "travel": roads})
    row = from_p_to_q(looked_at(tiny)[2])
    assert (row["median"], row["least"], row["most"]) == (35, 10, 70)
    assert row["within"] == pytest.approx(0.6)
    assert row["accepted"] == pytest.approx(0.3 + 0.5 * 0.3)


def test_aid_takes_patients_off_the_senders_list_and_leaves_the_receiver_as_it_was(usual):
    _, _, found = usual
    row = effects(found, "x").iloc[0]
    assert row["sender_waiting"] - row["sender_waiting_with"] == pytest.approx(11)
    assert row["sender_over_with"] < row["sender_over"]
    assert row["receiver_waiting_with"] == pytest.approx(row["receiver_waiting"])
    assert not row["harmed"]


@pytest.mark.parametrize("known", [True, False])
def test_lists_that_are_given_todays_slots_go_as_they_would_without_a_change(usual, known):
    _, _, found = usual
    lists, both = found.lists, np.array([1, 0, 1])
    again = with_slots(lists.response, lists.dynamics if known else None, both, lists.capacity[both])
    assert again.waiting == pytest.approx(lists.waiting[both])
    expected = lists.over_six if known else lists.response.rows["in_turn"].to_numpy().reshape(2, 3)
    assert again.over_six == pytest.approx(expected[both])


def test_a_receiver_that_gave_slots_its_own_list_needed_is_said_to_be_harmed():
    held, _, found = looked_at(pair(q=Stream([0.0] * 13 + [20.0], seen=43, joined=20)))
    given = np.full((2, 3), 8.0)
    taken = replace(found, pairs=found.pairs.assign(moves=8.0), moved={("x", "P", "Q"): given, ("x", "Q", "P"): given})
    rows = effects(taken, "x")
    row = rows[rows["receiver"] == "Q"].iloc[0]
    assert row["receiver_over_with"] > row["receiver_over"]
    assert row["harmed"]
    assert "harmed" in drawn.effect(taken, rows, held.network, "x").title
    assert "no receiver" not in drawn.effect(taken, rows, held.network, "x").title


def test_where_one_trust_has_room_the_answer_is_aid_before_purchase(usual):
    held, _, found = usual
    said = answer(found, held.network)
    assert said[0] == "Trust Q can help Trust P most, with 4 patients a week for x, 20 minutes by road."
    assert said[1] == (
        "Ask for aid before anything is bought: in all it would move 4 patients a week and meet 33% of the need, 11 slots a week; the rest, 7 a "
        "week, needs capacity."
    )
    assert "Figures are a mean of the weeks looked at, from the week of 1 December 2025 to that of 15 December 2025." in said
    assert said[-1].endswith("2 slots a week for the trusts' own lists that are short and room for 2 patients a week of other trusts. "
                             "Neither is counted here.")  # fmt: skip


def test_help_that_begins_later_says_when():
    held, _, found = looked_at(pair(aid_minimum_batch=4))
    assert answer(found, held.network)[0].endswith("3 patients a week for x, 20 minutes by road, from the week of 8 December 2025.")


def test_where_the_whole_network_is_full_the_answer_says_that_aid_moves_little():
    held, _, found = looked_at(pair(q=FULL))
    said = answer(found, held.network)
    assert said[0] == "The whole network is full: aid would move 0 patients a week and meet 0% of the need, 12 slots a week; the rest needs capacity."
    assert not found.moved
    assert effects(found, "x").empty
    assert drawn.effect(found, effects(found, "x"), held.network, "x").figure is None


def test_where_nobody_is_short_no_aid_is_asked_for():
    held, _, found = looked_at(pair(p=ROOMY))
    assert answer(found, held.network)[0].startswith("Nobody is short of slots: no test needs aid from the week of 1 December 2025")


def test_room_that_is_too_far_or_too_small_is_said_to_be_of_no_use_and_why():
    held, _, far = looked_at(pair(aid_travel_limit=5))
    assert answer(far, held.network)[:2] == [
        "Aid would move nobody: there is room for 4 patients a week, but not where it helps.",
        "What holds back those who are short, at those with room for the same test: too far: nobody accepts.",
    ]
    held, _, other = looked_at(pair().but(streams={("P", "y"): LATE, ("Q", "x"): ROOMY}))
    assert "different tests" in answer(other, held.network)[1]


def test_trusts_without_a_known_road_between_them_are_no_pair():
    held, _, found = looked_at(pair().but(travel={}))
    assert found.pairs.empty
    assert "no road is known" in answer(found, held.network)[1]
    assert drawn.offers(found, held.network, "x").figure is None
    assert effects(found, "x").empty


def test_a_state_is_told_by_sign_and_word():
    assert [state_words(3, 0), state_words(0, 3), state_words(0.2, 0.2)] == ["▲ 3 short", "● room for 3", "◆ enough"]


def test_what_is_tried_is_named_among_the_methods():
    assert "nobody beyond the travel limit accepts" in " ".join(method_words(Wanted()))
    assert "nobody beyond 30 minutes (tried here, not stored) accepts" in " ".join(method_words(Wanted(limit=30.0)))
    assert any("Free openings are counted" in line for line in method_words(Wanted(openings=True)))


def test_every_figure_has_its_table_and_says_what_it_shows(usual):
    held, _, found = usual
    made = [
        drawn.standing(found, held.network), drawn.by_week(found, held.network), drawn.offers(found, held.network, "x"),
        drawn.effect(found, effects(found, "x"), held.network, "x"),
    ]  # fmt: skip
    assert [e.title for e in made] == [
        "1 list is short of 11 slots a week in all; there is room for 4", "1 of 2 lists with room in any of these weeks",
        "x: 1 pair of trusts could move patients, 4 a week in all", "x: up to 2 fewer over six weeks at a sender; no receiver is harmed",
    ]  # fmt: skip
    for evidence in made:
        assert evidence.figure is not None
        assert evidence.alt.startswith(evidence.title)
        assert csv(evidence.table).count(b"\r\n") == len(evidence.table) + 1
    assert "<b>▲ 11 short</b><br>○ 2 own, 0 others" in made[0].figure.data[0].text.ravel()
    assert made[1].figure.data[0].text.tolist() == [["▲"] * 3, ["●"] * 3]
    assert "<b>4 a week</b><br>100% accept, 20 min" in made[2].figure.data[0].text.ravel()
    table = made[2].table.set_index("From")
    assert table.loc["Trust P", "Held back by"] == "room at the receiver"
    assert table.loc["Trust P", "First week of"] == pd.Timestamp("2025-12-01")


def test_the_map_draws_sites_by_their_coordinates_and_asks_nobody_for_tiles(usual):
    held, _, found = usual
    without = sites_map.aid_map(found, held.network, "x")
    assert without.figure is None
    assert "Without coordinates in the table of sites: Site p1 and Site q1" in without.subtitle
    sites = held.network["sites"].assign(latitude=[54.0, 54.1], longitude=[-2.0, -2.0])
    placed = sites_map.aid_map(found, held.network.changed(sites=sites), "x")
    assert {trace.type for trace in placed.figure.data} == {"scatter"}
    at = {trace.name: (trace.x[0], trace.y[0]) for trace in placed.figure.data if trace.mode == "markers"}
    assert at["Room for others"][1] - at["Short"][1] == pytest.approx(11.12), "a tenth of a degree, in kilometres"
    assert placed.title == "x: most, 4 a week, could move from Trust P to Trust Q"


def test_weeks_later_than_the_first_begin_with_the_list_of_the_week_before():
    _, at, found = looked_at(pair(), Wanted(first=3, last=3))
    # 12 and two weeks of ten more than are seen: 32 wait, 20 join; all are suitable.
    assert at.before[0] == pytest.approx([12, 22, 32])
    assert from_p_to_q(found)["asked"] == pytest.approx(52)
    assert balance_of(at, slice(2, 3)).by_week == pytest.approx(np.array([[-11.0], [4.0]]))
