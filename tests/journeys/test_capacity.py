"""Capacity against demand: the answer first, every view with its source, choices in the address, the assumptions of a scenario."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.scenario import base
from data.store import SINGLE_USER
from portal import services
from portal.parts.capacity_views import VIEWS
from tests.journeys.conftest import labelled
from tests.networks.small import frame


def fewer_hours(dataset_id):
    """The id of a scenario in which a scan takes three times as long: 20 slots a week in place of 60."""
    row = {"name": "scans_per_hour", "value": 1.0, "reason": "Longer scans", "owner": "Head of scanning", "basis": "assumption"}
    made = base(dataset_id).changed(name="Longer scans", changes=frame(ASSUMPTIONS, [row]))
    return services.save_scenario(SINGLE_USER, made, reason="A trial").id


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_with_its_table_source_and_data_date(planner, tiny, view):
    app = planner.open("capacity")
    app.session_state["capacity_view"] = view
    app.run()
    planner.settled()
    shown = next(tab for tab in app.tabs if tab.label == view)
    assert len(shown.subheader) == 1
    assert "Source: " in shown.caption[-1].value
    assert "data to 31 May 2026" in shown.caption[-1].value
    assert "Table and download" in [e.label for e in shown.expander]
    assert [b.label for b in shown.get("download_button")] == ["Download as CSV"]


def test_the_answer_comes_first_and_says_what_is_over_already(planner, tiny):
    planner.open("capacity")
    assert planner.title == "Without a change all 4 lists can be sustained on average."
    assert "Over the target share of patients who have waited six weeks already: 4 lists." in planner.text
    assert "To sustain every list: 0 more slots a week." in planner.text
    assert "scenario: assumptions of Base plan, nothing else changed" in planner.text


def test_choices_change_the_answer_and_a_link_that_names_them_shows_the_same(planner, tiny):
    app = planner.open("capacity")
    planner.do(labelled(app.selectbox, "Trust").select("N"))
    planner.do(labelled(app.selectbox, "Sustainable list from").select("factor"))
    planner.do(labelled(app.number_input, "Safety factor").set_value(5.0))
    planner.do(labelled(app.number_input, "Weeks to clear in").set_value(10))
    planner.do(labelled(app.selectbox, "Room for weeks that vary").select("85"))
    said = planner.title, planner.text
    assert said[0] == "Without a change this list can be sustained on average."
    assert "the safety factor F is 5" in said[1]
    assert "the 85th percentile of weekly demand" in said[1]
    assert "by 9 August 2026" in said[1], "ten weeks after 31 May"
    link = {"trust": "North", "basis": "A safety factor", "factor": "5", "weeks": "10", "room": "85th percentile"}
    planner.open("capacity", dataset=tiny, **{f"capacity_{name}": value for name, value in link.items()})
    assert (planner.title, planner.text) == said


def test_slots_kept_for_urgent_patients_can_be_released_and_are_named(planner, tiny):
    app = planner.open("capacity")
    assert not app.toggle
    planner.do(labelled(app.number_input, "Kept for urgent (%)").set_value(20.0))
    assert "Kept for urgent patients: 20% of demand at its 85th percentile; the unused are lost" in planner.text
    planner.do(app.toggle[0].set_value(True))
    assert "the unused are released seven days before" in planner.text


def test_what_an_address_cannot_mean_is_left_out(planner, tiny):
    planner.open("capacity", dataset=tiny, capacity_weeks="-4", capacity_basis="nonsense", capacity_trust="nobody", capacity_factor="x",
                 capacity_place="nowhere", capacity_view="nothing")  # fmt: skip
    assert planner.title == "Without a change all 4 lists can be sustained on average."


def test_the_steps_of_a_place_add_up_on_the_page(planner, tiny):
    app = planner.open("capacity")
    app.session_state["capacity_view"] = "Slots"
    app.run()
    planner.settled()
    planner.do(labelled(app.selectbox, "Week").select("2026-06-08"))
    assert "week of 8 June 2026" in planner.text
    table = app.table[0].value
    figures = dict(zip(table["Step"], table["Figure"], strict=True))
    assert figures["Sessions: Core"] == "5.00"
    assert figures["Time in sessions"] == "1,200"
    assert [figures[s] for s in ("Slots in sessions", "Booked", "Attended", "For the waiting list")] == ["60.0"] * 4
    assert all(table["Unit"])
    assert all(table["Where it comes from"])


def test_the_assumptions_of_a_scenario_hold_and_its_name_is_shown(planner, tiny):
    longer = fewer_hours(tiny)
    app = planner.open("capacity")
    app.session_state["capacity_view"] = "Slots"
    planner.do(labelled(app.selectbox, "Assumptions of").select(longer))
    assert "scenario: assumptions of Longer scans" in planner.text
    assert planner.address["scenario"] == longer
    planner.do(labelled(app.selectbox, "Week").select("2026-06-08"))
    assert "20 examinations a week are left for the waiting list, from 20 slots in sessions" in planner.text
