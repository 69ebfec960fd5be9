"""Monthly series of a network, by hand."""

import numpy as np
import pandas as pd
import pytest

from forecasting.series import monthly_series
from tests.small_networks import month, two_trusts, with_history


def dataset(*rows):
    return with_history(two_trusts().dataset(), *rows)


def test_additions_are_what_was_seen_and_what_the_list_grew_by():
    series = monthly_series(dataset(month("2025-10-01", b0=30, b13=20), month("2025-11-01", seen=44, b0=35, b13=21)))
    net, follows = series.net_additions()
    # 44 were seen and the list rose from 50 to 56.
    assert (net[0].tolist(), follows.tolist()) == ([50.0], [1])


def test_a_month_after_a_gap_has_no_additions_of_its_own():
    rows = [month("2025-06-01", b0=10), month("2025-07-01", seen=7, b0=12), month("2025-09-01", seen=8, b0=40), month("2025-10-01", seen=5, b0=36)]
    series = monthly_series(dataset(*rows))
    net, follows = series.net_additions()
    # July: 7 + 2. September's 8 + 28 would be two months' change. October: 5 - 4.
    assert (net[0].tolist(), follows.tolist()) == ([9.0, 1.0], [1, 3])


def test_a_year_end_is_no_gap():
    series = monthly_series(dataset(month("2025-12-01", b0=10), month("2026-01-01", seen=3, b0=10)))
    assert series.net_additions()[1].tolist() == [1]


def test_one_month_alone_has_no_additions():
    net, follows = monthly_series(dataset(month("2025-11-01", seen=44, b0=35))).net_additions()
    assert net.shape == (2, 0)
    assert len(follows) == 0


def test_a_list_without_a_row_in_a_month_is_empty_then():
    rows = [month("2025-10-01", b0=6), month("2025-11-01", seen=2, b0=8), month("2025-11-01", organisation="Q", seen=3, b5=4)]
    series = monthly_series(dataset(*rows))
    assert series.index.tolist() == [("P", "x"), ("Q", "x")]
    assert series.waiting.tolist() == [[6, 8], [0, 4]]
    assert series.net_additions()[0].tolist() == [[4], [7]]
    assert series.done["waiting_list"].tolist() == [[0, 2], [0, 3]]
    assert series.bands[1, 1].tolist() == [0, 0, 0, 0, 0, 4, *[0] * 8]


def test_organisations_and_tests_outside_the_network_are_left_out_and_order_is_the_networks():
    rows = [month("2025-11-01", organisation=o, test=m, seen=1) for o, m in (("Z", "x"), ("Q", "x"), ("P", "z"), ("P", "x"))]
    series = monthly_series(dataset(*rows))
    assert series.index.tolist() == [("P", "x"), ("Q", "x")]
    assert series.done["waiting_list"].tolist() == [[1], [1]]


def test_the_order_of_rows_changes_nothing():
    rows = [
        month(p, organisation=o, seen=k, planned=2 * k, b0=3 * k)
        for k, (o, p) in enumerate((o, f"2025-{n:02d}-01") for o in "PQ" for n in (8, 9, 11))
    ]
    one, other = monthly_series(dataset(*rows)), monthly_series(dataset(*rows[::-1]))
    assert np.array_equal(one.bands, other.bands)
    assert all(np.array_equal(one.done[k], other.done[k]) for k in one.done)
    assert one.periods.tolist() == [pd.Timestamp(f"2025-{n:02d}-01") for n in (8, 9, 11)]
    assert one.done["planned"] == pytest.approx(2 * one.done["waiting_list"])
