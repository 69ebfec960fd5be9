"""What a plan puts first is chosen and said; a decision is locked, kept and freed again; cost against lateness is asked for and shown."""

import pytest

from data.store import SINGLE_USER
from portal import results, services
from tests.journeys.conftest import labelled


def newest(planner):
    """The newest run, once it is done."""
    planner.wait_for_plan()
    return max(results.runs(SINGLE_USER), key=lambda run: run.created)


def test_what_the_plan_puts_first_is_chosen_with_its_meaning_and_said_in_the_plan(planner, planned):
    planner.open("plan", run=planned.id)
    choice = labelled(planner.app.radio, "What the plan puts first")
    assert choice.options == ["Fewest late", "Least cost", "Fairest", "Least change"]
    assert choice.value == "fewest_late"
    assert "Fewest late: as few patients over the target as possible" in planner.text
    choice.set_value("least_change")
    planner.press("Make the plan")
    run = newest(planner)
    plan = services.plan(SINGLE_USER, run.id)
    assert plan.summary["emphasis"]["title"] == "Least change"
    assert plan.summary["provenance"]["scenario_name"].endswith(", least change")
    assert any(said.startswith("Least change: no more patients over the target") for said in results.answer(SINGLE_USER, run.id).goals)
    before = services.plan(SINGLE_USER, planned.id).measure("sessions changed from today's rota")
    assert plan.measure("sessions changed from today's rota") <= before


@pytest.fixture
def locking(planner, planned):
    """A planner who looks at the scenario of a plan."""
    planner.open("scenarios", dataset=planned.dataset_id, scenario=planned.scenario_id)
    return planner


def lock(planner, organisation, to, test, value, how="at_least"):
    labelled(planner.app.selectbox, "Organisation").select(organisation)
    labelled(planner.app.selectbox, "To").select(to)
    labelled(planner.app.selectbox, "Test").select(test)
    labelled(planner.app.selectbox, "How").select(how)
    labelled(planner.app.number_input, "Patients a week").set_value(value)
    return planner.press("Save with this lock")


def test_aid_is_locked_planned_around_and_freed_again(locking, planned):
    transfers = services.plan(SINGLE_USER, planned.id)["transfers"]
    sent = transfers.groupby(["from_organisation", "to_organisation", "test"])["patients"].sum()
    (one, other, test), patients = sent.idxmax(), sent.max()
    assert "Nothing is locked" in locking.text
    fewer = float(int(patients) - 1)
    lock(locking, one, other, test, fewer, "at_most")
    assert "is saved." in locking.text
    assert f"at most {fewer:,.0f} patients a week" in locking.text
    locking.press("Plan this scenario")
    plan = services.plan(SINGLE_USER, newest(locking).id)
    kept = plan["transfers"].query("from_organisation == @one and to_organisation == @other and test == @test")["patients"].sum()
    assert kept <= fewer + 1e-4
    locking.press("Remove it")
    assert "Nothing is locked" in locking.text


def test_a_lock_that_no_plan_can_keep_is_refused_with_what_limits_it(locking, planned):
    network = services.dataset(SINGLE_USER, planned.dataset_id).network
    one, other = list(network.organisations)[:2]
    lock(locking, one, other, network.allocated_tests[0], 1_000_000.0)
    assert "Locks" in locking.text
    assert "at most" in locking.text
    assert not any(len(s.scenario.locks) for s in services.choices(SINGLE_USER, planned.dataset_id))


def test_cost_against_lateness_is_worked_out_when_it_is_asked_for(planner, planned):
    planner.open("plan", run=planned.id, view="Cost against lateness")
    planner.press("Work out cost against lateness")
    run = newest(planner)
    rows = services.plan(SINGLE_USER, run.id)["frontier"]
    assert len(rows) >= 1
    assert rows["cost_gbp"].iloc[0] == pytest.approx(services.plan(SINGLE_USER, planned.id).summary["cost_gbp"]["total"])
    planner.open("plan", run=run.id, view="Cost against lateness")
    words = "over six weeks costs" if len(rows) > 1 else "No cheaper plan"
    assert words in planner.text
    assert "Table and download" in {e.label for e in planner.app.expander}
