"""Monthly series of organisations and tests, by hand."""

import numpy as np
import pandas as pd
import pytest

from forecasting.panel import panel_of
from tests.small_networks import month, two_trusts, with_history


def panel(*rows):
    held = with_history(two_trusts().dataset(), *rows)
    return panel_of(held.activity, held.network.organisations, list(held.network["tests"]["test"]))


def lists(panel):
    return list(panel.lists.itertuples(index=False, name=None))


def test_additions_are_what_was_seen_and_what_the_list_grew_by():
    made = panel(month("2025-10-01", b0=30, b13=20), month("2025-11-01", seen=44, b0=35, b13=21))
    # 44 were seen and the list rose from 50 to 56.
    assert made.streams["additions"][0, 1] == 50


def test_a_month_after_a_gap_has_no_additions_of_its_own():
    made = panel(
        month("2025-06-01", b0=10), month("2025-07-01", seen=7, b0=12), month("2025-09-01", seen=8, b0=40), month("2025-10-01", seen=5, b0=36)
    )
    # July: 7 + 2. September's 8 + 28 would be two months' change. October: 5 - 4.
    assert made.streams["additions"][0] == pytest.approx([np.nan, 9, np.nan, np.nan, 1], nan_ok=True)


def test_a_year_end_is_no_gap():
    made = panel(month("2025-12-01", b0=10), month("2026-01-01", seen=3, b0=10))
    assert made.streams["additions"][0, 1] == 3


def test_one_month_alone_has_no_additions():
    assert np.isnan(panel(month("2025-11-01", seen=44, b0=35)).streams["additions"]).all()


def test_a_list_without_a_row_in_a_month_is_empty_then():
    made = panel(month("2025-10-01", b0=6), month("2025-11-01", seen=2, b0=8), month("2025-11-01", organisation="Q", seen=3, b5=4))
    assert lists(made) == [("P", "x"), ("Q", "x")]
    assert made.bands.sum(axis=2).tolist() == [[6, 8], [0, 4]]
    assert made.streams["additions"][:, 1].tolist() == [4, 7]
    assert made.streams["waiting_list"].tolist() == [[0, 2], [0, 3]]
    assert made.bands[1, 1].tolist() == [0, 0, 0, 0, 0, 4, *[0] * 8]


def test_organisations_and_tests_outside_the_network_are_left_out():
    made = panel(*(month("2025-11-01", organisation=o, test=m, seen=1) for o, m in (("Z", "x"), ("Q", "x"), ("P", "z"), ("P", "x"))))
    assert lists(made) == [("P", "x"), ("Q", "x")]


def test_the_order_of_rows_changes_nothing():
    rows = [
        month(p, organisation=o, seen=k, planned=2 * k, b0=3 * k)
        for k, (o, p) in enumerate((o, f"2025-{n:02d}-01") for o in "PQ" for n in (8, 9, 11))
    ]
    one, other = panel(*rows), panel(*rows[::-1])
    assert np.array_equal(one.bands, other.bands, equal_nan=True)
    assert all(np.array_equal(one.streams[s], other.streams[s], equal_nan=True) for s in one.streams)
    assert one.periods.tolist() == [pd.Timestamp(f"2025-{n:02d}-01") for n in (8, 9, 10, 11)]


def test_some_of_the_series_keep_their_months():
    made = panel(month("2025-11-01", seen=2), month("2025-11-01", organisation="Q", seen=3))
    assert made.some(np.array([False, True])).streams["waiting_list"].tolist() == [[3]]
