"""Small numbers in what leaves the portal."""

import pandas as pd
import pytest

from data.small_numbers import HIDDEN, RULE, applies, guarded, guarded_totals, shown_count


def test_counts_are_shown_by_the_national_rule():
    counts = pd.Series([0, 1, 4, 7, 8, 12, 13, 17, 18, 1003])
    assert shown_count(counts).tolist() == [0, 5, 5, 5, 10, 10, 15, 15, 20, 1005]


def test_a_missing_count_stays_missing():
    shown = shown_count(pd.Series([float("nan"), 3.0]))
    assert shown.isna().tolist() == [True, False]


def test_a_difference_is_not_a_count():
    with pytest.raises(ValueError, match="below zero"):
        shown_count(pd.Series([3, -1]))


def test_an_average_over_few_people_is_hidden_and_others_kept():
    table = pd.DataFrame({"site": ["a", "b", "c"], "patients": [7, 8, 0], "days": [3.5, 4.25, float("nan")]})
    shown = guarded(table, ["patients"], {"days": "patients"})
    assert shown["days"].tolist() == [HIDDEN, 4.25, HIDDEN]
    assert shown["patients"].tolist() == [5, 10, 0]
    assert table["patients"].tolist() == [7, 8, 0]


def test_totals_are_rounded_on_their_own():
    table = pd.DataFrame({"trust": ["a", "a", "b"], "patients": [3, 3, 1]})
    assert guarded_totals(table, ["trust"], ["patients"])["patients"].tolist() == [5, 5]
    assert guarded_totals(table, [], ["patients"])["patients"].tolist() == [5]
    more = pd.DataFrame({"trust": ["a"] * 4, "patients": [3] * 4})
    assert guarded_totals(more, [], ["patients"])["patients"].tolist() == [10]


@pytest.mark.parametrize(
    ("viewer", "shown", "setting", "on"),
    [("AAA", ["AAA"], None, False), ("AAA", ["AAA", "BBB"], None, True), ("AAA", ["BBB"], None, True), ("", ["AAA"], None, True),
     ("AAA", ["AAA"], True, True), ("", ["AAA"], False, False)],
)  # fmt: skip
def test_the_rule_is_on_but_for_an_organisations_own_patients(viewer, shown, setting, on):
    assert applies(viewer, shown, switched_on=setting) is on


def test_the_rule_can_be_printed():
    assert "1 to 7" in RULE
    assert "nearest 5" in RULE
