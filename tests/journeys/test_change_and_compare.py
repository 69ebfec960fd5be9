"""An assumption is changed with a reason, saved as a scenario and planned; the two plans stand side by side."""

import pytest

from data.store import SINGLE_USER
from portal import results, services
from tests.journeys.conftest import Planner, labelled


@pytest.fixture
def changing(planner, planned):
    """A planner about to change an assumption on top of the planned scenario."""
    planner.open("network")
    planner.do(labelled(planner.app.selectbox, "Scenario").select(planned.scenario_id))
    planner.app.session_state["part"] = "Change an assumption"
    planner.app.run()
    planner.do(labelled(planner.app.selectbox, "Assumption").select("aid_travel_limit"))
    return planner


def save(planner, value, reason, name="Longer journeys"):
    labelled(planner.app.number_input, "Travel limit for mutual aid (minutes)").set_value(value)
    labelled(planner.app.text_area, "Reason (required)").set_value(reason)
    labelled(planner.app.text_input, "Owner").set_value("Network manager")
    labelled(planner.app.text_input, "Name of the scenario").set_value(name)
    return planner.press("Save as scenario")


def names():
    dataset = services.store().newest_dataset(SINGLE_USER)
    return {s.name for s in services.store().scenarios(SINGLE_USER, dataset.id)}


def test_a_change_becomes_a_scenario_whose_plan_stands_beside_the_first(changing, planned):
    save(changing, 60.0, "Patients were asked in June")
    assert '"Longer journeys" is saved.' in changing.text
    assert "Travel limit for mutual aid (everywhere) 60 in place of 40 minutes" in changing.text
    changing.press("Plan again with this scenario")
    changing.wait_for_plan()
    changing.open("scenarios")
    # By hand: 20 more of North's patients travel, to South: £15 each and one session of £300 more there; 20 examinations of £25 are owed no more.
    assert changing.title == '"Longer journeys" meets the target on 4 of 4 lists, 1 more than "One week", for £100 more.'
    inputs, measures = (table.value for table in changing.app.table[:2])
    assert inputs.iloc[0].tolist() == [
        "Assumption",
        "Travel limit for mutual aid",
        "everywhere",
        "40",
        "60",
        "minutes",
        "Patients were asked in June",
    ]
    assert len(inputs) == 1
    met = measures[measures["Result"] == "Lists that meet the target"].iloc[0]
    assert met.tolist() == ["Lists that meet the target", "3", "4", "+1", "of 4 lists"]
    moved = measures[measures["Result"] == "Examined at another organisation"].iloc[0]
    assert moved.tolist()[1:4] == ["30", "50", "+20"]


def test_two_plans_stay_side_by_side_after_a_refresh(changing):
    save(changing, 60.0, "Patients were asked in June")
    changing.press("Plan again with this scenario")
    changing.wait_for_plan()
    changing.open("scenarios")
    before = changing.title
    changing.again()
    assert changing.title == before
    assert "Longer journeys" in before


def test_without_a_reason_nothing_is_saved(changing):
    before = names()
    save(changing, 60.0, " ")
    assert "no reason" in changing.text
    assert names() == before


def test_a_name_that_every_dataset_has_is_not_taken(changing):
    before = names()
    save(changing, 60.0, "Patients were asked", name="Base plan")
    assert "a name of its own" in changing.text
    assert names() == before


def test_the_changed_value_is_shown_as_changed_by_the_scenario(changing):
    save(changing, 55.0, "Patients were asked in June")
    changing.app.session_state["part"] = "Assumptions"
    changing.app.run()
    changing.do(labelled(changing.app.selectbox, "Group").select("Mutual aid"))
    table = changing.app.dataframe[0].value
    row = table[table["Assumption"] == "Travel limit for mutual aid"].iloc[0]
    assert (row["Value"], row["Reason"], row["Owner"], row["Stated by"]) == (55.0, "Patients were asked in June", "Network manager", "this scenario")


def test_a_change_that_more_specific_rows_would_hide_says_so(changing):
    labelled(changing.app.selectbox, "Assumption").select("scans_per_hour").run()
    stated = services.dataset(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id).assumptions.rows
    specific = stated[(stated["name"] == "scans_per_hour") & (stated["test"] != "")]
    assert bool(changing.app.info) == (not specific.empty)


def test_levers_and_length_make_a_scenario_of_their_own(planner, planned):
    planner.open("plan")
    planner.do(labelled(planner.app.selectbox, "Scenario").select(planner_choice(planned)))
    labelled(planner.app.toggle, "Mutual aid").set_value(False)
    planner.press("Make the plan")
    planner.wait_for_plan()
    run = services.run(SINGLE_USER, planner.address["run"])
    assert results.scenario_name(SINGLE_USER, run) == "One week, without mutual aid"
    assert services.plan(SINGLE_USER, run.id)["transfers"].empty
    assert "missed on 2 of 4 lists" in planner.title


def planner_choice(run):
    """What the scenario selector holds for the scenario of a run."""
    return next(c for c in services.choices(SINGLE_USER, run.dataset_id) if c.id == run.scenario_id)


def test_a_plan_of_older_data_is_shown_as_stale(planned):
    held = services.dataset(SINGLE_USER, planned.dataset_id)
    rows = held.activity.rows
    newer = held.changed(activity=held.activity.with_months(rows[rows["period"] == rows["period"].max()].assign(done_planned=1.0)))
    services.store().save_dataset(SINGLE_USER, newer, name="Newer figures")
    planner = Planner(run=planned.id)
    planner.open("plan")
    assert "Stale: Newer data are loaded" in planner.text
    assert "Newer figures is newer" in planner.text
