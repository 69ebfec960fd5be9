"""A planner changes something and has a quick answer: it says so wherever it is shown, and the plan solved in full is one click away."""

import json

import pytest

from data.assumptions import ASSUMPTIONS
from data.errors import NotFound, Refused
from data.store import SINGLE_USER, Scope
from portal import results, services
from portal.cli import main
from tests.journeys.conftest import labelled
from tests.networks.small import frame

TICK = "Quick answer, from the newest plan of as many weeks"
SAID = "Quick answer, started from the plan of"


def newest(planner):
    """The newest run, once it is done."""
    planner.wait_for_plan()
    return max(results.runs(SINGLE_USER), key=lambda run: run.created)


@pytest.fixture
def further(planned):
    """A scenario on top of the planned one."""
    first = services.scenario(SINGLE_USER, planned.scenario_id, planned.dataset_id)
    changes = frame(ASSUMPTIONS, [{"name": "aid_travel_limit", "value": 60.0, "reason": "Patients were asked in June"}])
    return first.changed(name="Longer journeys", changes=changes)


def test_a_what_if_is_answered_quickly_says_so_and_is_solved_in_full_when_asked(planner, planned, further):
    stored = services.save_scenario(SINGLE_USER, further, "to be asked")
    planner.open("plan", dataset=planned.dataset_id, scenario=stored.id)
    assert labelled(planner.app.checkbox, TICK).value is True
    planner.press("Make the plan")
    run = newest(planner)
    assert run.settings["start_from"] == planned.id
    assert services.plan(SINGLE_USER, run.id).summary["status"] == "quick answer"
    planner.open("plan", dataset=planned.dataset_id, run=run.id)
    assert SAID in planner.text
    planner.open("runs")
    assert "Quick answer" in list(planner.app.dataframe[0].value["Answer"])
    planner.open("plan", dataset=planned.dataset_id, run=run.id)
    planner.press("Solve in full")
    full = newest(planner)
    assert "start_from" not in full.settings
    assert full.scenario_id == run.scenario_id
    assert services.plan(SINGLE_USER, full.id).summary["status"] == "optimal"
    planner.open("plan", dataset=planned.dataset_id, run=full.id)
    assert SAID not in planner.text
    assert "Solve in full" not in [button.label for button in planner.app.button]


def test_without_the_tick_and_without_a_plan_of_as_many_weeks_it_is_solved_in_full(planner, planned, further):
    stored = services.save_scenario(SINGLE_USER, further, "to be asked")
    planner.open("plan", dataset=planned.dataset_id, scenario=stored.id)
    labelled(planner.app.checkbox, TICK).uncheck()
    planner.press("Make the plan")
    assert "start_from" not in newest(planner).settings
    weeks = labelled(planner.app.number_input, "Weeks")
    weeks.set_value(further.weeks + 1)
    labelled(planner.app.checkbox, TICK).check()
    planner.press("Make the plan")
    run = newest(planner)
    assert "start_from" not in run.settings
    assert services.scenario(SINGLE_USER, run.scenario_id, run.dataset_id).weeks == further.weeks + 1


def test_what_is_solved_in_full_already_is_not_answered_quickly(planner, planned):
    planner.open("plan", dataset=planned.dataset_id, run=planned.id, scenario=planned.scenario_id)
    assert labelled(planner.app.checkbox, TICK).value is True
    planner.press("Make the plan")
    assert all("start_from" not in run.settings for run in results.runs(SINGLE_USER))


def test_a_plan_of_other_weeks_or_of_another_trust_is_not_started_from(planner, planned, further):
    with pytest.raises(Refused, match="weeks"):
        services.start_plan(SINGLE_USER, further.changed(weeks=further.weeks + 1), start_from=planned.id)
    with pytest.raises(NotFound):
        services.start_plan(SINGLE_USER, further, start_from="no such run")
    own = services.store().start_run(Scope("somebody", "N", "planner"), "allocation", planned.dataset_id, planned.scenario_id, {}, "1")
    with pytest.raises(NotFound):
        services.start_plan(Scope("somebody else", "S", "planner"), further, start_from=own.id)


def test_the_command_line_starts_from_a_run_or_the_folder_of_its_plan(planned, tmp_path, capsys):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    weeks = f"--weeks={services.scenario(SINGLE_USER, planned.scenario_id, planned.dataset_id).weeks}"
    assert main(["plan", weeks, "--out", str(first)]) == 0
    capsys.readouterr()
    scenario = tmp_path / "further.json"
    asked = {"name": "Longer journeys", "changes": [{"name": "aid_travel_limit", "value": 60.0, "reason": "asked"}], "weeks": int(weeks[8:])}
    scenario.write_text(json.dumps(asked))
    assert main(["plan", weeks, "--scenario", str(scenario), "--start-from", str(first), "--out", str(second), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "quick answer"
    assert told["quick"]["started_from"] in {run.id for run in results.runs(SINGLE_USER)}
    assert any(SAID in sentence for sentences in told["answer"].values() for sentence in sentences)
    assert main(["plan", weeks, "--start-from", str(tmp_path / "nothing"), "--out", str(third)]) == 1
    (third / "empty").mkdir(parents=True)
    assert main(["plan", weeks, "--start-from", str(third / "empty"), "--out", str(third)]) == 1
