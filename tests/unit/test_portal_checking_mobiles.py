"""The independent check of mobile units: one on a pad, or as many as stand there today."""

import pandas as pd
import pytest

from data.scenario import LOCKS, base
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.planning import make_plan
from tests.networks.small import frame
from tests.small_networks import two_trusts

UNIT = {"asset_type": "room"}


def faults(folder, starts, tamper):
    """Rules that a plan with the unit v on its pad breaks once its table of units is tampered with."""
    units = {"v": UNIT | starts, "w": UNIT | starts}
    dataset = two_trusts(mobiles=units, pads={("p1", "room"): {}, ("q1", "room"): {}}).dataset()
    lock = {"decision": "mobile", "mobile": "v", "site": "p1", "from_week": "2025-12-01", "to_week": "2025-12-15", "value": 1}
    scenario = base(dataset.content_id, 3).changed(locks=frame(LOCKS, [lock]))
    write_plan(make_plan(dataset, scenario), folder, dataset.network)
    mobiles = folder / "mobiles.csv"
    tamper(pd.read_csv(mobiles)).to_csv(mobiles, index=False)
    return {finding.rule for finding in check_plan(folder, dataset, scenario)}


def both_on_one_pad(table):
    """The unit w beside v in every week."""
    there = table[(table["mobile"] == "v") & (table["present"] == "yes")]
    return pd.concat([table[table["mobile"] != "w"], there.assign(mobile="w")])


@pytest.mark.parametrize(("starts", "found"), [({}, True), ({"starts_at": "p1"}, False)])
def test_two_units_on_one_pad_are_found_out_unless_they_stand_there_today(starts, found, tmp_path):
    assert ("one-unit-a-pad" in faults(tmp_path, starts, both_on_one_pad)) is found


def test_a_plan_as_it_was_made_keeps_one_unit_on_a_pad(tmp_path):
    assert faults(tmp_path, {}, lambda table: table) == set()
