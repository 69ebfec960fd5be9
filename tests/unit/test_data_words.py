"""How numbers, money, dates and lists are written."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from data import words


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.4, 0, "1,234"), (-1234.4, 0, "−1,234"), (-0.2, 0, "0"), (0.25, 2, "0.25"), (float("nan"), 0, ""), (None, 0, "")],
)  # fmt: skip
def test_numbers_have_commas_and_no_minus_nought(value, decimals, text):
    assert words.number(value, decimals) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(612.4, "£612"), (345_123, "£345,000"), (999_600, "£1.00 million"), (-1_234_567, "−£1.23 million"), (0, "£0"), (float("nan"), "")],
)  # fmt: skip
def test_money_is_rounded_by_its_size(amount, text):
    assert words.pounds(amount) == text


def test_dates_are_written_in_full():
    assert words.day("2018-08-06") == "6 August 2018"
    assert words.day(pd.NaT) == ""
    assert words.month("2018-08-01") == "August 2018"
    assert words.percent(0.1234) == "12.3%"


@pytest.mark.parametrize(("hour", "text"), [(0, "12.05am"), (9, "9.05am"), (12, "12.05pm"), (17, "5.05pm")])
def test_times_are_written_with_a_dot(hour, text):
    local = datetime(2026, 8, 6, hour, 5).astimezone()
    assert words.moment(local.astimezone(UTC)) == f"6 August 2026 at {text}"
    assert words.moment(None) == ""


def test_counts_and_lists_read_as_sentences():
    assert words.count(1, "list") == "1 list"
    assert words.count(1200, "list") == "1,200 lists"
    assert words.count(2, "scanner or room", "scanners and rooms") == "2 scanners and rooms"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a"]) == "a"
    assert words.listed([]) == ""
