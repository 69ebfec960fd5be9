"""Lists booked in the order of recent months: everybody is counted, order is what is fitted, strictly in turn and at random are its ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from data.activity import BANDS, OVER_SIX
from forecasting.booking_fit import fit_order
from forecasting.booking_order import BookingOrder, blended, one_month, project, share_over_six

IN_TURN = np.geomspace(1e-6, 6.0, BANDS)
RANDOM = np.ones(BANDS)
LISTS = arrays.arrays(float, (3, BANDS), elements=st.floats(0, 5000))


@given(bands=LISTS, joined=st.floats(0, 5000), share=st.floats(0, 2), days=st.sampled_from([28, 30, 31]))
def test_nobody_is_lost_and_nobody_is_invented(bands, joined, share, days):
    left = share * bands.sum(axis=1)
    after = one_month(bands, np.broadcast_to(RANDOM, bands.shape), np.full(3, joined), left, days)
    total = bands.sum(axis=1) + joined
    assert (after >= -1e-6).all()
    assert (after.sum(axis=1) <= total + 1e-6).all()
    enough = left < 0.5 * bands.sum(axis=1)
    assert after.sum(axis=1)[enough] == pytest.approx((total - left)[enough], rel=1e-3, abs=1e-3)


def test_without_service_everybody_grows_older_by_the_month():
    bands = np.zeros((1, BANDS))
    bands[0, 0] = 70.0
    after = one_month(bands, RANDOM[None, :], np.zeros(1), np.zeros(1), 28)
    assert after[0, 4] == pytest.approx(70.0)
    assert after.sum() == pytest.approx(70.0)


def test_strictly_in_turn_leaves_fewer_over_six_weeks_than_at_random():
    bands = np.full((1, BANDS), 100.0)
    shares = [share_over_six(one_month(bands, order[None, :], np.array([400.0]), np.array([900.0]), 30))[0] for order in (IN_TURN, RANDOM)]
    assert shares[0] < shares[1]


def test_a_steady_list_served_as_fast_as_it_grows_stays_as_long():
    order = BookingOrder(np.broadcast_to(RANDOM, (1, BANDS)), np.array([0.2]))
    made = project(np.full((1, BANDS), 50.0), order, np.full((1, 6), 300.0), np.full((1, 6), 300.0), np.full(6, 30))
    assert made.sum(axis=2)[0] == pytest.approx(700.0, rel=1e-3)


def test_patients_validated_off_a_list_leave_it():
    order = BookingOrder(np.broadcast_to(RANDOM, (1, BANDS)), np.array([0.0]))
    made = project(np.full((1, BANDS), 50.0), order, np.full((1, 1), -100.0), np.full((1, 1), 0.0), np.array([30]))
    assert made.sum() == pytest.approx(600.0, rel=1e-3)


def history(hazards, months=18, joined=600.0, seen=560.0, removed=40.0):
    """A list that runs by these hazards, long enough to have forgotten its start."""
    days = np.full(months, 30)
    bands = np.full((1, BANDS), joined / 10)
    past = []
    for _ in range(months + 24):
        bands = one_month(bands, hazards[None, :], np.array([joined]), np.array([seen + removed]), 30)
        past.append(bands[0])
    return np.array([past[-months:]]), np.full((1, months), seen), np.full((1, months), seen), days


@pytest.mark.parametrize("shape", [np.linspace(0.3, 1.2, BANDS), np.array([1.0, 0.3, 0.3, 0.5, 0.9, 1.6, 1.2, 0.7, *[0.4] * 6])])
def test_an_order_that_a_list_follows_is_found_and_projects_it(shape):
    bands, net, seen, days = history(shape)
    order = fit_order(bands, net, seen, days, np.zeros(1))
    made = project(bands[:, -1], order, net[:, :6], seen[:, :6], days[:6])
    assert made[0, -1, OVER_SIX:].sum() / made[0, -1].sum() == pytest.approx(share_over_six(bands)[0, -1], abs=0.02)


def test_a_month_that_is_not_known_is_left_out_of_the_fit():
    bands, net, seen, days = history(RANDOM)
    whole = fit_order(bands, net, seen, days, np.zeros(1))
    bands[:, 3], net[:, 3:5] = np.nan, np.nan
    holed = fit_order(bands, net, seen, days, np.zeros(1))
    shares = [share_over_six(project(bands[:, -1], o, seen[:, :6], seen[:, :6], days[:6]))[0] for o in (whole, holed)]
    assert shares[1] == pytest.approx(shares[0], abs=0.01)


def test_the_blend_leans_on_the_last_share_first_and_on_the_projection_later():
    made = blended(np.full((1, 3), 0.5), np.array([0.1]))
    assert made[0] == pytest.approx([0.5 - 0.4 * 0.65, 0.5 - 0.4 * 0.65**2, 0.5 - 0.4 * 0.65**3])
    assert blended(np.full((1, 3), 0.5), np.array([0.1]), 0.8)[0] == pytest.approx([0.18] * 3)


def test_an_empty_list_has_no_share():
    assert share_over_six(np.zeros((2, BANDS))).tolist() == [0.0, 0.0]
