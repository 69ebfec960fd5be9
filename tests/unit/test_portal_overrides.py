"""The override table: every place once and in full, a blank keeping what is in force."""

from datetime import date

import numpy as np
import pytest

from data.assumptions import BY_NAME, DECLARED
from data.errors import Refused
from data.scenario import base
from portal.changes import Change, with_changes
from portal.overrides import IN_FORCE, OVERRIDE, STATED, changes_of, override_table, places
from tests.networks.extracts import small_dataset

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def held():
    return small_dataset()


def filled(table, **values):
    """The last column with values at some rows."""
    column = table[OVERRIDE].to_numpy().copy()
    for row, value in values.items():
        column[int(row[1:])] = value
    return column


@pytest.mark.parametrize("name", [a.name for a in DECLARED if a.varies_by])
def test_places_are_full_and_different(held, name):
    where = places(name, held.network)
    assert set(where) == set(BY_NAME[name].varies_by)
    assert not where.duplicated().any()
    assert (where != "").all().all()


def test_a_place_is_offered_where_things_go_together(held):
    stations = {tuple(row) for row in held.network["assets"][["site", "asset_type"]].to_numpy()}
    where = places("dna_rate", held.network)
    assert {tuple(row) for row in where[["site", "asset_type"]].to_numpy()} <= stations | {
        tuple(row) for row in held.network["pads"][["site", "asset_type"]].to_numpy()
    }
    assert (where["organisation"] == where["site"].map(held.network.owner)).all()
    pairs = places("target_share", held.network)
    assert len(pairs) == len(held.network["organisations"]) * len(held.network["tests"])


def test_the_table_shows_what_is_in_force_and_the_row_it_comes_from(held):
    start = base(held.content_id, weeks=4)
    made = with_changes(start, [Change("dna_rate", 0.2, "Seen", {"site": "a1"})], held, name="One", on=ON)
    table = override_table("dna_rate", made.on(held.assumptions), held.network)
    where = places("dna_rate", held.network)
    at = (where["site"] == "a1").to_numpy()
    assert set(table.loc[at, IN_FORCE]) == {0.2}
    assert (table.loc[at, STATED] == table.loc[at, "Site"]).all()
    assert table[OVERRIDE].isna().all()


def test_blanks_change_nothing_and_a_value_changes_its_place_alone(held):
    start = base(held.content_id, weeks=4)
    table = override_table("dna_rate", held.assumptions, held.network)
    made_changes = changes_of(Change("dna_rate", 0.0, "Counted", owner="Ann"), filled(table, r0=0.3), held.network)
    assert len(made_changes) == 1
    made = with_changes(start, made_changes, held, name="One", on=ON)
    after = override_table("dna_rate", made.on(held.assumptions), held.network)[IN_FORCE].to_numpy()
    before = table[IN_FORCE].to_numpy()
    assert after[0] == 0.3
    assert np.array_equal(after[1:], before[1:])
    assert made.changes["owner"].tolist() == ["Ann"]


def test_many_values_are_described_by_their_number_and_reach(held):
    start = base(held.content_id, weeks=4)
    table = override_table("target_share", held.assumptions, held.network)
    made_changes = changes_of(Change("target_share", 0.0, "Agreed"), filled(table, r0=0.1, r1=0.2), held.network)
    made = with_changes(start, made_changes, held, name="Two", on=ON)
    assert "Target share over six weeks in 2 places, 0.1 to 0.2 in place of" in made.description


@pytest.mark.parametrize(("values", "found"), [({}, "no value"), ({"r0": 5.0}, "5 for")])
def test_nothing_filled_in_and_values_out_of_bounds_are_refused(held, values, found):
    table = override_table("target_share", held.assumptions, held.network)
    made_changes = changes_of(Change("target_share", 0.0, "Agreed"), filled(table, **values), held.network)
    with pytest.raises(Refused, match=found):
        with_changes(base(held.content_id), made_changes, held, name="Two", on=ON)
