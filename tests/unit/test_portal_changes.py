"""Changing an assumption: what is stored, what is refused, and what the planner is told."""

from datetime import date

import pytest

from data.dataset import SOURCES, Dataset
from data.errors import Refused
from data.scenario import base
from portal.changes import Change, describe, more_specific, row_of, suggested_name, value_in_force, with_change
from tests.networks.small import small_parts

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def held():
    parts = small_parts()
    return Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())


@pytest.fixture
def start(held):
    return base(held.content_id, weeks=4)


def test_a_change_is_one_row_with_its_reason_and_date(held, start):
    made = with_change(start, Change("aid_travel_limit", 45.0, "Asked", {"organisation": "AAA"}, owner="Ann"), held, name="Nearer", on=TODAY)
    row = made.changes.iloc[0]
    assert len(made.changes) == 1
    assert (row["name"], row["value"], row["organisation"], row["reason"], row["owner"], row["basis"]) == (
        "aid_travel_limit", 45.0, "AAA", "Asked", "Ann", "assumption",
    )  # fmt: skip
    assert f"{row['dated']:%Y-%m-%d}" == "2026-11-21"
    assert made.name == "Nearer"
    assert made.weeks == 4


def test_a_change_with_a_source_counts_as_sourced():
    assert row_of(Change("aid_cost", 10.0, "Survey", source="Survey of June"), TODAY)["basis"].iloc[0] == "sourced"


def test_changes_add_up_and_the_last_word_on_a_place_wins(held, start):
    once = with_change(start, Change("aid_cost", 10.0, "First"), held, name="A", on=TODAY)
    twice = with_change(once, Change("aid_cost", 20.0, "Second"), held, name="B", on=TODAY)
    other = with_change(twice, Change("dna_rate", 0.1, "Third"), held, name="C", on=TODAY)
    assert other.changes[["name", "value"]].values.tolist() == [["aid_cost", 20.0], ["dna_rate", 0.1]]
    assert once.changes["value"].tolist() == [10.0]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (Change("aid_cost", 10.0, "  "), "no reason"),
        (Change("dna_rate", 2.0, "Too many"), "2 for Did not attend"),
        (Change("aid_cost", 10.0, "Place", {"site": "a1"}), '"a1" for Cost of an aided patient'),
        (Change("aid_cost", 10.0, "Place", {"test": "nothing"}), '"nothing"'),
        (Change("aid_cost", 10.0, "Time", from_week=TODAY), "dates for Cost of an aided patient"),
    ],
)
def test_what_cannot_be_is_refused_in_words_without_rows_and_sheets(held, start, change, found):
    with pytest.raises(Refused) as refused:
        with_change(start, change, held, name="New", on=TODAY)
    said = [f.sentence() for f in refused.value.findings]
    assert any(found in s for s in said)
    assert not any("row " in s or 'sheet "' in s for s in said)


def test_the_built_in_names_stay_what_they_are(held, start):
    for name in ("Base plan", " Do nothing "):
        with pytest.raises(Refused, match="a name of its own"):
            with_change(start, Change("aid_cost", 10.0, "Asked"), held, name=name, on=TODAY)


def test_the_description_says_where_from_what_and_to_what(held, start):
    row = row_of(Change("scans_per_hour", 3.0, "Timed", {"test": "ct"}), TODAY)
    assert describe(row, held, start) == 'On top of "Base plan": Examinations an hour (CT) 3 in place of 2.7 examinations per operational hour.'


def test_the_value_in_force_is_that_of_the_place(held):
    assert value_in_force(held.assumptions, "scans_per_hour", {"test": "ct"}) == 2.7
    assert value_in_force(held.assumptions, "scans_per_hour", {}) == 3


def test_rows_that_a_change_does_not_reach_are_named(held):
    assert more_specific(held.assumptions, held.network, "scans_per_hour", {}) == ["CT: 2.7"]
    assert more_specific(held.assumptions, held.network, "scans_per_hour", {"test": "ct"}) == []
    assert more_specific(held.assumptions, held.network, "scans_per_hour", {"test": "be"}) == []
    assert more_specific(held.assumptions, held.network, "overtime_limit", {}) == ["Alpha, from 2 November 2026, to 27 December 2026: 0.1"]


def test_a_name_is_suggested_from_what_is_changed(held, start):
    name = suggested_name(start, "aid_cost", {"test": "ct"}, held.network)
    assert name == "Base plan, other cost of an aided patient (CT)"
    assert suggested_name(start.changed(name=name), "aid_cost", {"test": "ct"}, held.network) == name
