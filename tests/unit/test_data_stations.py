"""Stations: what each can hold in each week, by hand."""

import numpy as np
import pandas as pd
import pytest

from data.stations import examination_minutes, stations_of
from data.working_days import mondays
from tests.small_networks import FIRST_MONDAY, Stream, Tiny, session_type, two_trusts


def stations(tiny, weeks=3, start=FIRST_MONDAY):
    dataset = tiny.dataset()
    return stations_of(dataset.network, dataset.assumptions, mondays(start, weeks))


def test_a_station_is_a_site_and_asset_type_with_an_asset_a_pad_or_a_rota_in_the_order_of_the_tables():
    tiny = Tiny(
        sites={"b": "P", "a": "Q"}, rooms={"scanner": ["x"], "lab": ["y"]}, streams={("P", "x"): Stream(), ("P", "y"): Stream()},
        assets={("a", "scanner"): 1, ("b", "lab"): 2}, pads={("b", "scanner"): {}}, rota={("a", "lab", "core"): 1},
    )  # fmt: skip
    found = stations(tiny)
    assert found.rows.to_numpy().tolist() == [["P", "b", "scanner"], ["P", "b", "lab"], ["Q", "a", "scanner"], ["Q", "a", "lab"]]
    assert found.rooms.tolist() == [[0, 0, 0], [2, 2, 2], [1, 1, 1], [0, 0, 0]]
    assert found.index["a", "scanner"] == 2


def test_an_asset_counts_in_weeks_it_is_there_from_monday_to_sunday():
    tiny = two_trusts(
        assets={("q1", "room"): 1},
        tables={"assets": [
            {"asset": "late", "site": "p1", "asset_type": "room", "available_from": "2025-12-09"},
            {"asset": "leaves", "site": "p1", "asset_type": "room", "available_until": "2025-12-13"},
            {"asset": "stays over sunday", "site": "p1", "asset_type": "room", "available_until": "2025-12-14"},
        ]},
    )  # fmt: skip
    # Weeks of 1, 8 and 15 December: the first arrives on a Tuesday; the second leaves on a Saturday, the third after a Sunday.
    assert stations(tiny).rooms[0].tolist() == [2, 1, 1]


def test_assets_out_of_use_are_taken_off_in_their_weeks_and_never_below_none():
    out = [
        {"name": "assets_out", "value": 1, "site": "p1", "from_week": "2025-12-08", "to_week": "2025-12-14"},
        {"name": "assets_out", "value": 5, "site": "q1", "from_week": "2025-12-15"},
    ]
    found = stations(two_trusts(assets={("p1", "room"): 2, ("q1", "room"): 1}, scoped=out))
    assert found.rooms.tolist() == [[2, 1, 2], [1, 1, 0]]


def test_most_sessions_are_assets_times_openings_times_the_share_that_may_be_used():
    types = [session_type("late", 120, 3, fill_order=2), session_type("core", 240, 5, fill_order=1)]
    share = [
        {"name": "session_share", "value": 0.5, "site": "p1", "session_type": "late"},
        {"name": "session_share", "value": 0, "site": "p1", "from_week": "2025-12-15"},
    ]
    found = stations(two_trusts(session_types=types, assets={("p1", "room"): 2, ("q1", "room"): 1}, scoped=share))
    assert list(found.session_types["session_type"]) == ["core", "late"]  # in fill order
    assert found.session_minutes.tolist() == [240, 120]
    # Two assets × 3 openings × a half; a place weighs more than a date, so the late sessions stay at a half when core sessions are closed.
    assert found.most_sessions[0].tolist() == [[10, 10, 0], [3, 3, 3]]
    assert found.most_sessions[1].tolist() == [[5, 5, 5], [3, 3, 3]]


def test_sessions_fall_away_on_bank_holidays():
    types = [session_type("core", 240, 1, thursday=2, friday=2), session_type("open", 60, 0, thursday=1, bank_holidays=True, fill_order=2)]
    found = stations(two_trusts(session_types=types), weeks=2, start=pd.Timestamp("2025-12-15"))
    # Christmas Day 2025 is a Thursday.
    assert found.most_sessions[0].tolist() == [[5, 1], [1, 1]]


def test_yield_is_what_is_booked_and_attended():
    scoped = [{"name": "utilisation", "value": 0.9, "organisation": "P"}, {"name": "dna_rate", "value": 0.1, "site": "p1"}]
    assert stations(two_trusts(scoped=scoped)).yield_share == pytest.approx(np.array([0.9 * 0.9, 1.0]))


def test_minutes_of_an_examination_follow_the_most_specific_throughput():
    tiny = Tiny(
        sites={"p1": "P", "q1": "Q"}, rooms={"room": ["x", "y"], "hall": ["y"]},
        streams={("P", "x"): Stream(), ("P", "y"): Stream()}, assets={("p1", "room"): 1, ("q1", "room"): 1, ("q1", "hall"): 1},
        scoped=[{"name": "scans_per_hour", "value": 2, "test": "y"}, {"name": "scans_per_hour", "value": 4, "test": "y", "site": "q1"}],
    ).assuming(scans_per_hour=3)  # fmt: skip
    dataset = tiny.dataset()
    found = stations_of(dataset.network, dataset.assumptions, mondays(FIRST_MONDAY, 1))
    rows = examination_minutes(dataset.network, dataset.assumptions, found)
    assert rows[["site", "asset_type", "test", "minutes", "station"]].to_numpy().tolist() == [
        ["p1", "room", "x", 20.0, 0], ["p1", "room", "y", 30.0, 0],
        ["q1", "room", "x", 20.0, 1], ["q1", "room", "y", 15.0, 1], ["q1", "hall", "y", 15.0, 2],
    ]  # fmt: skip


def test_tests_that_are_not_allocated_take_no_room():
    tables = {"tests": [{"test": "z", "title": "z", "allocated": False}], "capabilities": [{"asset_type": "room", "test": "z"}]}
    dataset = two_trusts(tables=tables).dataset()
    found = stations_of(dataset.network, dataset.assumptions, mondays(FIRST_MONDAY, 1))
    assert set(examination_minutes(dataset.network, dataset.assumptions, found)["test"]) == {"x"}
