"""A plan that takes its time: its progress is shown, it can be stopped, and it is there when the planner comes back."""

import time

import pytest

from data.folder import example_networks, read_folder
from data.intake import from_parts
from data.scenario import base
from data.store import SINGLE_USER
from portal import results, services
from tests.journeys.conftest import Planner, labelled
from tests.served import SECONDS

LARGE = "lancashire_south_cumbria"


@pytest.fixture
def working(portal_store):
    """A run that takes far longer than a test: a whole year, solved to the last pound."""
    parts = read_folder(example_networks()[LARGE])
    dataset = portal_store.save_dataset(SINGLE_USER, from_parts(parts, file=LARGE), name="Large")
    return services.start_plan(SINGLE_USER, base(dataset.id), gap=0.0, time_limit=600.0)


def test_a_run_is_followed_on_every_page_that_shows_it_and_stops_when_asked(working):
    planner = Planner(run=working.id)
    planner.open("plan")
    assert planner.title == "Base plan: the plan is being computed."
    assert "You may leave this page" in planner.text
    for page in ("overview", "scenarios", "runs"):
        planner.open(page)
        assert labelled(planner.app.button, "Cancel")
    planner.press("Cancel")
    give_up = time.monotonic() + SECONDS
    while not (run := services.run(SINGLE_USER, working.id)).ended:
        assert time.monotonic() < give_up, "not stopped in time"
        time.sleep(0.1)
    assert run.state == "cancelled"
    planner = Planner(run=working.id)
    planner.open("plan")
    assert run.message in planner.text
    if not results.has_plan(SINGLE_USER, run):
        assert planner.title == "Base plan: there is no plan."


def test_the_same_plan_asked_for_twice_is_computed_once(working):
    again = services.start_plan(SINGLE_USER, services.scenario(SINGLE_USER, working.scenario_id, working.dataset_id), gap=0.0, time_limit=600.0)
    assert again.id == working.id
    services.cancel(SINGLE_USER, working.id)
