"""How numbers, dates and what people type are written."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from portal import theme


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.4, 0, "1,234"), (-1234.4, 0, "−1,234"), (-0.2, 0, "0"), (0.25, 2, "0.25"), (float("nan"), 0, ""), (None, 0, "")],
)  # fmt: skip
def test_numbers_have_commas_and_no_minus_nought(value, decimals, text):
    assert theme.number(value, decimals) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(612.4, "£612"), (345_123, "£345,000"), (999_600, "£1.00 million"), (-1_234_567, "−£1.23 million"), (0, "£0"), (float("nan"), "")],
)  # fmt: skip
def test_money_is_rounded_by_its_size(amount, text):
    assert theme.pounds(amount) == text


def test_dates_are_written_in_full():
    assert theme.day("2018-08-06") == "6 August 2018"
    assert theme.day(pd.NaT) == ""
    assert theme.month("2018-08-01") == "August 2018"
    assert theme.percent(0.1234) == "12.3%"


@pytest.mark.parametrize(("hour", "text"), [(0, "12.05am"), (9, "9.05am"), (12, "12.05pm"), (17, "5.05pm")])
def test_times_are_written_with_a_dot(hour, text):
    local = datetime(2026, 8, 6, hour, 5).astimezone()
    assert theme.moment(local.astimezone(UTC)) == f"6 August 2026 at {text}"
    assert theme.moment(None) == ""


def test_counts_and_lists_read_as_sentences():
    assert theme.count(1, "list") == "1 list"
    assert theme.count(1200, "list") == "1,200 lists"
    assert theme.count(2, "scanner or room", "scanners and rooms") == "2 scanners and rooms"
    assert theme.listed(["a", "b", "c"]) == "a, b and c"
    assert theme.listed(["a"]) == "a"
    assert theme.listed([]) == ""


@pytest.mark.parametrize(
    "typed",
    ["*a*", "_a_", "`a`", "# a", "[a](b)", "<b>", "$x$", ":red[x]", ":material/home:", "1. a", "2) a", "- a", "+ a", "~~a~~", "a|b",
     "https://x.y", "www.x.y", "a@b.c", "\\*"],
)  # fmt: skip
def test_what_people_type_is_no_markup(typed):
    safe = theme.plain(typed)
    assert safe != typed
    assert safe.replace("\\", "") == typed.replace("\\", "")


def test_ordinary_text_and_numbers_are_left_alone():
    text = "20 of 24 lists (12.3%) had waited; worst: Alpha at 5.0 - £1.2 million."
    assert theme.plain(text) == text


def test_line_breaks_become_spaces():
    assert theme.plain("a\n\n# b") == "a \\# b"


def test_a_name_is_shortened_by_its_legal_form_only():
    assert theme.short_name("Alpha Teaching Hospitals NHS Foundation Trust") == "Alpha Teaching Hospitals"
    assert theme.short_name("NHS Trust") == "NHS Trust"
