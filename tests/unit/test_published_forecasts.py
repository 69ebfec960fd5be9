"""The published months: forecasts and projected lists are as good as the design promises, by rolling origins that see nothing after themselves."""

import pytest

from benchmarks import forecasts


@pytest.fixture(scope="module")
def england(shared_data):
    assert forecasts.SHARED.is_relative_to(shared_data)
    return forecasts.england()


def test_the_table_of_the_design_is_reproduced_within_half_a_point(england):
    error = forecasts.points(*england, (18, 20))
    assert error["seasonal naive", "network"] == pytest.approx(11.9, abs=0.5)
    assert error["last year and national growth", "network"] == pytest.approx(11.6, abs=0.5)
    assert error["local level, shared profile", "network"] == pytest.approx(8.0, abs=0.5)
    assert error["local level, shared profile", "others"] == pytest.approx(10.7, abs=0.5)


def test_ranges_hold_what_they_say_for_every_stream(england):
    for stream, (eighty, ninety_five) in forecasts.coverage(*england, (18,)).items():
        assert 0.76 <= eighty <= 0.85, stream
        assert 0.91 <= ninety_five <= 0.97, stream


def test_projected_shares_over_six_weeks_are_as_near_as_the_design_says(england):
    error = forecasts.lists(england[0], (14, 18))
    assert error["booking order", "network"] == pytest.approx([2.3, 2.7, 3.4, 3.6, 3.4, 3.4], abs=0.5)
    assert error["and last value", "network"] == pytest.approx([1.5, 2.9, 3.4, 3.6, 3.3, 3.4], abs=0.5)
    assert error["booking order", "others"] == pytest.approx([5.0, 5.9, 6.6, 6.6, 6.9, 7.1], abs=0.5)
    assert error["and last value", "others"] == pytest.approx([3.5, 5.0, 5.9, 6.2, 6.6, 7.0], abs=0.5)


def test_a_month_of_exchanged_columns_costs_a_trust_at_most_two_points_of_its_forecast(england):
    assert max(forecasts.swapped()) < 2
