"""Two plans differ in two things: the plans between them are made when asked for, and each step says what it did."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.store import SINGLE_USER
from portal import drivers, results, services
from tests.journeys.conftest import labelled
from tests.networks.small import frame

BUTTON = "Make the plans between"


@pytest.fixture
def two(planner, planned):
    """A planner looking at the planned scenario beside one with longer journeys and no overtime."""
    first = services.scenario(SINGLE_USER, planned.scenario_id, planned.dataset_id)
    changes = frame(ASSUMPTIONS, [{"name": "aid_travel_limit", "value": 60.0, "reason": "Patients were asked in June"}])
    other = first.changed(name="Longer journeys, no overtime", changes=changes, levers={**first.levers, "overtime": False})
    run = services.start_plan(SINGLE_USER, other, gap=planned.settings["gap"])
    planner.wait_for_plan()
    planner.open("scenarios", dataset=planned.dataset_id, run=planned.id, other=run.id)
    return planner, planned.id, run.id


def test_the_plans_between_two_plans_are_made_once_and_every_step_adds_up(two):
    planner, left, right = two
    assert "They differ in 2 things: Travel limit for mutual aid and Overtime not used." in planner.text
    planner.press(BUTTON)
    planner.wait_for_plan()
    assert BUTTON not in [b.label for b in planner.app.button]
    assert "Why they differ, step by step" in planner.text
    before = len(results.runs(SINGLE_USER))
    planner.do(labelled(planner.app.selectbox, "Result").select("Examined at another organisation"))
    # By hand (test_change_and_compare): 20 more of North's patients travel with 60 minutes in place of 40.
    assert "Largest step: Travel limit for mutual aid, +20" in planner.text
    assert len(results.runs(SINGLE_USER)) == before == 3
    known = drivers.way(SINGLE_USER, left, right)
    for measure in drivers.MEASURES:
        steps = drivers.steps(SINGLE_USER, left, known, measure)
        assert steps["change"].iloc[:-1].sum() == pytest.approx(steps["value"].iloc[-1]), measure


def test_plans_that_differ_in_one_thing_need_none_between(planner, planned):
    first = services.scenario(SINGLE_USER, planned.scenario_id, planned.dataset_id)
    run = services.start_plan(SINGLE_USER, first.changed(name="No overtime", levers={**first.levers, "overtime": False}), gap=planned.settings["gap"])
    planner.wait_for_plan()
    planner.open("scenarios", dataset=planned.dataset_id, run=planned.id, other=run.id)
    assert BUTTON not in [b.label for b in planner.app.button]
    assert "Patients over the target at the worst month ends" in planner.text
