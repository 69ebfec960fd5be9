"""Slots of today's sessions, by hand."""

import pandas as pd
import pytest

from data.rota import today
from data.working_days import mondays
from tests.small_networks import FIRST_MONDAY, Stream, Tiny, session_type

WEEKS = mondays(FIRST_MONDAY, 2)

ROOM = Tiny(
    sites={"p1": "P"}, streams={("P", "x"): Stream(seen=129), ("P", "y"): Stream(seen=43)}, rooms={"room": ["x", "y"]},
    session_types=[session_type(minutes=240, a_week=10)], rota={("p1", "room", "core"): 5},
    scoped=[{"name": "scans_per_hour", "test": "x", "value": 3.0}],
).assuming(utilisation=0.9, dna_rate=0.1)  # fmt: skip
"""Five sessions of 240 minutes: 1,200 operational minutes a week, of which 0.9 are booked and 0.9 of those attended: 972. Test x takes 20 minutes
and had 30 a week from its list, y takes 60 and had 10: each asked for 600 minutes."""


def slots_of_room(x=0.0, y=0.0, room=ROOM):
    """Slots where so much must-do work is asked for each week."""
    dataset = room.dataset()
    index = pd.MultiIndex.from_tuples([("P", "x"), ("P", "y")], names=["organisation", "test"])
    return today(dataset, dataset.assumptions, WEEKS, pd.DataFrame([[x] * 2, [y] * 2], index=index, columns=WEEKS)).slots


def test_tests_that_share_a_room_share_its_time_as_their_lists_did():
    found = slots_of_room()
    assert found.operational.tolist() == [[1200, 1200]]
    assert found.attended.tolist() == [pytest.approx([972, 972])]
    assert found.part.tolist() == [pytest.approx([0.5, 0.5])] * 2
    assert found.waiting_list[:, 0].tolist() == pytest.approx([486 / 20, 486 / 60])


def test_must_do_work_comes_first_and_the_rest_is_shared():
    # Nine of x take 180 minutes; of 792 each list has 396.
    found = slots_of_room(x=9)
    assert found.must_do[:, 0].tolist() == [9, 0]
    assert found.waiting_list[:, 0].tolist() == pytest.approx([396 / 20, 396 / 60])
    assert found.part[:, 0].tolist() == pytest.approx([576 / 972, 396 / 972])


def test_must_do_work_beyond_the_time_leaves_nothing_and_takes_it_all():
    found = slots_of_room(x=60)
    assert found.waiting_list[:, 0].tolist() == [0, 0]
    assert found.part[:, 0].tolist() == pytest.approx([1, 0])
    assert found.must_do[0, 0] == 60


def test_time_no_list_asks_for_is_nobodys():
    idle = ROOM.but(streams={("P", "x"): Stream(planned=43), ("P", "y"): Stream()})
    found = slots_of_room(x=9, room=idle)
    assert found.part[:, 0].tolist() == pytest.approx([180 / 972, 0])
    assert found.waiting_list[:, 0].tolist() == [0, 0]


def test_what_is_left_for_lists_is_what_the_rota_says_they_are_given():
    found = slots_of_room(x=9)
    assert found.seen().groupby("test")["patients"].first().to_dict() == pytest.approx({"x": 19.8, "y": 6.6})
    assert list(found.seen()["week"].unique()) == list(WEEKS)


def test_a_mobile_unit_adds_attended_minutes_where_it_stands():
    # Ten hours a week: 600 minutes × 0.81 = 486, no more than a list could use.
    unit = ROOM.but(mobiles={"v": {"asset_type": "room", "starts_at": "p1", "staffed": True}}, pads={("p1", "room"): {}})
    found = slots_of_room(room=unit)
    assert found.mobile.tolist() == pytest.approx([486])
    assert found.attended[0, 0] == pytest.approx(972 + 486)
