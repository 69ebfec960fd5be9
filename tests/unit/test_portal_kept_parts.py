"""Parts of earlier plans are taken only where solving them again would give the same."""

import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS
from data.run import PlanSettings
from data.scenario import base
from portal import kept_parts
from portal.kept_parts import kept_in
from portal.planning import make_plan
from tests.networks.small import frame
from tests.unit.test_optimisation_booking_curve import WEEKS, network


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "parts"


def planned(folder, cancelled=lambda: False, **values):
    """A plan of two trusts that share nothing; values of assumptions of the first of them."""
    dataset = network(aid_travel_limit=0)
    changes = frame(ASSUMPTIONS, [{"name": n, "organisation": "P", "value": v, "reason": "try"} for n, v in values.items()])
    return make_plan(dataset, base("tiny", WEEKS).changed(changes=changes), PlanSettings(), cancelled=cancelled, spread=kept_in(folder))


def same(one, other):
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other[name])
    assert one.summary["stages"] == other.summary["stages"]
    assert one.summary["list_check"] == other.summary["list_check"]


def test_the_same_plan_again_takes_every_part_and_is_the_same(folder):
    first, again = planned(folder), planned(folder)
    parts = first.summary["size"]["parts"]
    assert parts == 2
    assert (first.summary["size"]["parts kept"], again.summary["size"]["parts kept"]) == (0, parts)
    same(first, again)


def test_what_changes_in_one_part_leaves_the_other_and_is_as_if_planned_afresh(folder, tmp_path):
    planned(folder)
    changed = planned(folder, demand_change=0.2)
    assert changed.summary["size"]["parts kept"] == 1
    same(changed, planned(tmp_path / "nothing kept", demand_change=0.2))


def test_a_plan_that_was_stopped_keeps_nothing(folder):
    stopped = planned(folder, cancelled=lambda: True)
    assert stopped.summary["status"] == "cancelled"
    assert not folder.exists()


def test_a_damaged_part_is_solved_again(folder):
    first = planned(folder)
    for place in folder.iterdir():
        place.write_bytes(place.read_bytes()[:20])
    again = planned(folder)
    assert again.summary["size"]["parts kept"] == 0
    same(first, again)


def test_a_folder_that_cannot_be_written_costs_time_only(folder, caplog):
    folder.write_text("not a folder")
    assert planned(folder).summary["size"]["parts kept"] == 0
    assert "could not be kept" in caplog.text


def test_what_was_used_longest_ago_goes_first(folder, monkeypatch):
    planned(folder)
    size = sum(place.stat().st_size for place in folder.iterdir())
    monkeypatch.setattr(kept_parts, "MOST_BYTES", int(1.5 * size))
    planned(folder, demand_change=0.1)  # uses the part that did not change, keeps a third
    planned(folder, demand_change=0.2)
    assert sum(place.stat().st_size for place in folder.iterdir()) <= 1.5 * size
    assert planned(folder, demand_change=0.2).summary["size"]["parts kept"] == 2
