"""Whole sessions week by week, for any ordinary week and any closures."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.rota import whole_sessions
from data.stations import Stations
from data.working_days import mondays
from tests.small_networks import FIRST_MONDAY

KINDS, PLACES = 2, 2


@st.composite
def weeks_at_stations(draw):
    """Two stations and two session types: openings that vary by week, assets out of use, an ordinary week within the register or stated above it."""
    weeks = draw(st.integers(1, 30))
    pattern = np.array(draw(st.lists(st.integers(1, 10), min_size=KINDS, max_size=KINDS)), dtype=float)
    closed = np.array(draw(st.lists(st.lists(st.integers(0, 3), min_size=weeks, max_size=weeks), min_size=KINDS, max_size=KINDS)))
    rooms = np.array(draw(st.lists(st.integers(1, 3), min_size=PLACES, max_size=PLACES)), dtype=float)
    out = np.array(draw(st.lists(st.lists(st.integers(0, 1), min_size=weeks, max_size=weeks), min_size=PLACES, max_size=PLACES)))
    share = draw(st.sampled_from([1.0, 0.5]))
    usable = np.full((PLACES, KINDS, weeks), share)
    types = pd.DataFrame({"session_type": ["core", "late"], "minutes": [240.0, 180.0], "monday": pattern, **dict.fromkeys(
        ("tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 0.0)})  # fmt: skip
    stations = Stations(
        pd.DataFrame({"organisation": "P", "site": ["p1", "p2"], "asset_type": "room"}), types, mondays(FIRST_MONDAY, weeks),
        rooms[:, None] - out, np.maximum(pattern[:, None] - closed, 0), usable, rooms, np.full((PLACES, KINDS), share), np.ones(PLACES),
    )  # fmt: skip
    part = np.array(draw(st.lists(st.floats(0, 1.3), min_size=PLACES * KINDS, max_size=PLACES * KINDS))).reshape(PLACES, KINDS)
    return stations, part * stations.usual_most


@given(weeks_at_stations())
def test_the_running_total_stays_within_a_session_of_the_ordinary_week(drawn):
    stations, ordinary = drawn
    found = whole_sessions(ordinary, stations)
    open_share = stations.openings / stations.a_week[:, None]
    wanted = ordinary[:, :, None] * open_share
    in_use = stations.rooms[:, None, :] / stations.usual_rooms[:, None, None]
    possible = np.minimum(wanted, in_use * np.maximum(wanted, stations.usual_most[:, :, None] * open_share))
    assert np.abs(found.cumsum(axis=2) - possible.cumsum(axis=2)).max() <= 0.5 + 1e-9
    assert (found == np.round(found)).all()
    assert (found >= 0).all()
    assert (found <= np.ceil(possible - 1e-9)).all()


@given(weeks_at_stations())
def test_nothing_is_run_where_nothing_is_open_or_in_use(drawn):
    stations, ordinary = drawn
    found = whole_sessions(ordinary, stations)
    assert not found[np.broadcast_to(stations.most_sessions == 0, found.shape)].any()


@given(weeks_at_stations())
def test_a_rota_within_the_register_stays_within_the_openings_but_for_rounding(drawn):
    stations, ordinary = drawn
    ordinary = np.minimum(ordinary, stations.usual_most)
    assert (whole_sessions(ordinary, stations) <= np.ceil(stations.most_sessions - 1e-9)).all()
