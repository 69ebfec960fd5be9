"""Classes of one list: how each is booked, and how they move together with the whole."""

import numpy as np
import pytest

from data.activity import BANDS, OVER_SIX
from forecasting.booking_order import BookingOrder
from forecasting.dynamics import ListDynamics
from forecasting.priorities import ClassOrders, class_orders, project_classes

FLAT = np.full(BANDS, 0.3)
WEEKS = 12
ADDED, SERVED, NONE = np.full(WEEKS, 100.0), np.full(WEEKS, 100.0), np.zeros(WEEKS)
STEADY = 100 * np.exp(-0.3 * (np.arange(BANDS) + 0.5))


def test_classes_that_thin_out_alike_are_booked_like_the_list():
    found = class_orders(np.stack([0.25 * STEADY, 0.75 * STEADY]), FLAT, 0.1)
    assert found.hazards == pytest.approx(np.tile(FLAT, (2, 1)), rel=1e-6)
    assert found.joins == pytest.approx([0.25, 0.75], abs=0.1)
    assert found.removed_share == 0.1


def test_a_class_that_thins_out_faster_is_booked_sooner_and_the_mixture_stays_that_of_the_list():
    ages = np.arange(BANDS) + 0.5
    bands = np.stack([400 * np.exp(-1.0 * ages), 400 * np.exp(-0.15 * ages)])
    found = class_orders(bands, FLAT, 0.0)
    assert (found.hazards[0, :5] > 2.5 * found.hazards[1, :5]).all()
    there = bands + 40 * bands.sum(axis=0) / bands.sum() + 1e-6
    assert (there * found.hazards).sum(axis=0) / there.sum(axis=0) == pytest.approx(FLAT)
    # More of those who join are urgent than of those who wait.
    assert found.joins[0] > bands[0].sum() / bands.sum()


def test_classes_add_up_to_what_joined_and_left():
    bands = np.stack([STEADY, 2 * STEADY, 0 * STEADY])
    orders = ClassOrders(np.array([FLAT * 3, FLAT, FLAT]), np.array([0.3, 0.6, 0.1]), 0.2)
    removed = np.full(WEEKS, 3.0)
    made = project_classes(bands, orders, ADDED, removed, SERVED)
    assert made.shape == (3, WEEKS, BANDS)
    assert made.sum(axis=(0, 2)) == pytest.approx(bands.sum() + (ADDED - removed - SERVED).cumsum())
    assert (made >= 0).all()


def test_classes_booked_alike_move_as_the_whole_list_does():
    orders = ClassOrders(np.tile(FLAT, (2, 1)), np.array([0.4, 0.6]), 0.1)
    made = project_classes(np.stack([0.4 * STEADY, 0.6 * STEADY]), orders, ADDED, NONE, SERVED)
    whole = ListDynamics(BookingOrder(FLAT[None], np.array([0.1])), STEADY[None], ADDED[None], NONE[None]).project(SERVED[None])[0]
    assert made.sum(axis=0) == pytest.approx(whole)
    assert made[0] == pytest.approx(0.4 * whole)


def test_urgent_patients_wait_shorter_when_slots_are_short():
    orders = ClassOrders(np.array([FLAT * 6, FLAT]), np.array([0.3, 0.7]), 0.0)
    made = project_classes(np.stack([0.1 * STEADY, 0.9 * STEADY]), orders, ADDED, NONE, 0.8 * SERVED)
    over = made[:, -1, OVER_SIX:].sum(axis=1) / made[:, -1].sum(axis=1)
    assert over[0] < 0.2 * over[1]
