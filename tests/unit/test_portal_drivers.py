"""From one scenario to another, one change at a time."""

from itertools import pairwise

import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS
from data.scenario import base
from portal.charts.drivers import waterfall
from portal.drivers import MEASURES, drivers
from tests.networks.small import frame

DATASET = "d" * 64


def rows(**values):
    return frame(ASSUMPTIONS, [{"name": name, "value": value, "reason": "try"} for name, value in values.items()])


@pytest.fixture
def left():
    return base(DATASET, 13).changed(name="A", changes=rows(aid_cost=10, target_share=0.05))


@pytest.fixture
def right(left):
    levers = {**left.levers, "overtime": False}
    return left.changed(name="B", changes=rows(target_share=0.1, demand_change=0.05), levers=levers, emphasis="least_cost")


def test_each_step_takes_over_one_change_and_the_last_does_what_the_second_scenario_does(left, right):
    found = drivers(left, right)
    assert [d.title for d in found] == [
        "Cost of an aided patient", "Target share over six weeks", "Planner's own change", "Overtime not used", "Least cost put first",
    ]  # fmt: skip
    assert found[-1].scenario.content_id == right.content_id
    ids = [left.content_id, *(d.scenario.content_id for d in found)]
    assert len(set(ids)) == len(ids)
    names = [sorted(zip(d.scenario.changes["name"], d.scenario.changes["value"], strict=True)) for d in found]
    assert names[:3] == [[("target_share", 0.05)], [("target_share", 0.1)], [("demand_change", 0.05), ("target_share", 0.1)]]
    assert [d.scenario.levers["overtime"] for d in found] == [True, True, True, False, False]


def test_another_reason_for_the_same_value_is_no_step(left):
    other = left.changes.copy()
    other["reason"] = "thought again"
    assert drivers(left, left.changed(name="B", changes=other)) == []


def test_plans_of_other_data_or_length_are_not_taken_apart(left, right):
    assert drivers(left, right.changed(weeks=26)) == []
    assert drivers(left, right.changed(dataset_id="e" * 64)) == []


def test_names_of_steps_are_told_apart_however_long_the_names_of_the_scenarios_are(left, right):
    names = [d.scenario.name for d in drivers(left.changed(name="A" * 110), right.changed(name="B" * 110))]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 120


def stepped(unit, *values):
    changes = [values[0], *(b - a for a, b in pairwise(values)), values[-1]]
    names = ["First plan", *(f"Change {k}" for k in range(1, len(values))), "Second plan"]
    return pd.DataFrame({"step": names, "value": [*values, values[-1]], "change": changes, "unit": unit})


def test_the_largest_step_is_the_finding_whichever_way_it_goes():
    shown = waterfall(stepped("£ over the plan", 1000.0, 1200.0, 700.0), MEASURES[-1])
    assert shown.title == "Largest step: Change 2, −£500"
    assert "First plan £1,000; Change 1 +£200; Change 2 −£500; Second plan £700." in shown.alt
    assert shown.table["Change"].tolist()[1:-1] == [200, -500]
    (bars,) = shown.figure.data
    assert list(bars.measure) == ["absolute", "relative", "relative", "absolute"]


def test_where_nothing_moves_it_says_so():
    assert waterfall(stepped("patients", 12.0, 12.0), "Waiting at the end").title == "Waiting at the end: no change makes a difference"
