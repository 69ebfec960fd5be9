"""Columns exchanged at intake can be exchanged back, where that settles it and nothing else would be wrong."""

import pandas as pd
import pytest

from data.activity import ACTIVITY, Activity
from data.checks.history import check_history, findings
from data.mending import mended, offers
from data.working_days import WorkingDays
from tests.networks.extracts import small_dataset
from tests.unit.test_data_checks_history import ordinary

PAIR = ["done_planned", "done_waiting_list"]


@pytest.fixture(scope="module")
def dataset():
    return small_dataset()


def history(dataset, change):
    """The dataset with a long ordinary history, some rows of AAA's first test changed, as intake would accept it."""
    test = dataset.network["tests"]["test"].iloc[0]
    rows = ordinary(dataset.network.organisations, (test,))
    here = (rows["organisation"] == "AAA") & (rows["period"] == "2024-03-01")
    change(rows, here)
    activity = Activity({ACTIVITY.name: ACTIVITY.typed(rows)})
    concerns = check_history(activity, WorkingDays.of(dataset.network), dataset.network.organisations)
    told = findings(concerns, dataset.network.titles("organisations"), dataset.network.titles("tests"))
    return dataset.changed(activity=activity, accepted=told), concerns


def exchange(rows, here):
    rows.loc[here, PAIR] = rows.loc[here, PAIR[::-1]].to_numpy()


def move(rows, here):
    rows.loc[here, "done_planned"] += rows.loc[here, "done_waiting_list"]
    rows.loc[here, "done_waiting_list"] = 0


def test_exchanged_columns_are_exchanged_back_and_the_dataset_says_so(dataset):
    sent, concerns = history(dataset, exchange)
    right, _ = history(dataset, lambda rows, here: None)
    (mend,) = offers(sent, concerns)
    made = mended(sent, [mend], by="Ann")
    assert made.activity == right.activity
    (told,) = made.accepted
    assert (told.rule, told.severity) == ("columns-exchanged", "note")
    assert "exchanged by Ann" in told.found
    assert "March 2024" in mend.words
    assert 'exchange "Done: waiting list" and "Done: planned"' in mend.words


def test_only_the_month_that_was_chosen_is_changed(dataset):
    sent, concerns = history(dataset, exchange)
    made = mended(sent, offers(sent, concerns), by="Ann")
    changed = (made.activity.rows[PAIR] != sent.activity.rows[PAIR]).any(axis=1)
    assert made.activity.rows.loc[changed, "period"].unique().tolist() == [pd.Timestamp("2024-03-01")]
    assert made.activity.rows.loc[changed, "organisation"].unique().tolist() == ["AAA"]


def test_activity_put_under_the_other_column_is_named_but_cannot_be_exchanged_back(dataset):
    sent, concerns = history(dataset, move)
    assert [c.rule for c in concerns] == ["columns-swapped"]
    assert offers(sent, concerns) == ()


def test_without_a_mend_nothing_changes(dataset):
    sent, _ = history(dataset, exchange)
    assert mended(sent, [], by="Ann").content_id == sent.content_id
