"""Claims about capacity against demand that hold for any list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import capacity as c

RATES = st.floats(0.1, 5000)
WAITING = st.floats(0, 50_000)
FACTORS = st.floats(0.5, 8)
SCALES = st.floats(0.01, 100)
TARGETS = st.floats(0.5, 60)


@given(RATES, RATES, WAITING, TARGETS, FACTORS, SCALES)
def test_no_answer_depends_on_the_unit_of_time(demand, capacity, waiting, target, factor, k):
    """Rates by a span k times as long, times in that span: lists are the same, rates k times, times a kth."""
    there = c.target_list(demand * k, target / k, factor)
    here = c.target_list(demand, target, factor)
    assert there == pytest.approx(float(here))
    assert c.relief_capacity(demand * k, waiting, there, 26 / k) == pytest.approx(float(k * c.relief_capacity(demand, waiting, here, 26)))
    assert c.target_capacity(demand * k, target / k, factor) == pytest.approx(float(k * c.target_capacity(demand, target, factor)))
    assert c.pressure(3 / k, target / k) == pytest.approx(float(c.pressure(3, target)))
    assert c.demand_percentile(demand * k, 0.85, span=1 / k) == pytest.approx(float(k * c.demand_percentile(demand, 0.85)))
    kept = c.carve_out(demand * k, 0.2, 0.85, released=True, span=1 / k)
    assert kept.extra == pytest.approx(float(k * c.carve_out(demand, 0.2, 0.85, released=True).extra))
    assert c.demand_allowance(demand * k, 1 / (demand * k), 5000) == pytest.approx(float(k * c.demand_allowance(demand, 1 / demand, 5000)))
    if abs(capacity - demand) > 1e-6 * demand:
        assert c.load(demand * k, capacity * k) == pytest.approx(float(c.load(demand, capacity)), nan_ok=True)
        assert c.clearance_weeks(waiting, there, demand * k, capacity * k) == pytest.approx(
            float(c.clearance_weeks(waiting, here, demand, capacity)) / k, nan_ok=True, rel=1e-4
        )


@given(RATES, RATES)
def test_a_list_is_unsustainable_exactly_where_it_would_not_shrink(demand, capacity):
    assert c.is_unsustainable(demand, capacity) == (c.recurring_gap(demand, capacity) >= 0)
    assert np.isnan(c.load(demand, capacity)) or 0 <= c.load(demand, capacity) < 1


@given(RATES, TARGETS, FACTORS, st.floats(0, 5), st.floats(0, 5))
def test_more_variation_never_asks_for_less_capacity(demand, target, factor, less, more):
    less, more = sorted((less, more))
    assert c.target_capacity(demand, target, factor, less) <= c.target_capacity(demand, target, factor, more) + 1e-9
    assert c.demand_percentile(demand, 0.65, less) <= c.demand_percentile(demand, 0.65, more) + 1e-9
    assert c.target_capacity(demand, target, factor, less) >= demand


@given(RATES, st.floats(0.01, 0.9), st.floats(0.5, 0.99), st.booleans())
def test_ring_fencing_never_saves_capacity_and_releasing_never_costs_any(demand, urgent, share, released):
    found = c.carve_out(demand, urgent, share, released=released)
    pooled_release = c.carve_out(demand, urgent, share, released=True)
    assert found.extra >= pooled_release.extra >= 0
    assert found.unused >= found.kept - urgent * demand - 1e-9, "what is kept beyond the mean is at least unused on average"


@given(RATES, WAITING, WAITING, st.floats(1, 156))
def test_relief_capacity_brings_the_list_to_its_size_in_time(demand, waiting, sustainable, weeks):
    relief = c.relief_capacity(demand, waiting, sustainable, weeks)
    left = waiting + weeks * (demand - relief)
    assert left == pytest.approx(sustainable, abs=1e-6 * (1 + waiting + sustainable + weeks * demand))
