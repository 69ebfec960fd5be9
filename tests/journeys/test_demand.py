"""Demand: how much, how sure and why; choices in the address; a named change becomes a step and a scenario."""

import pytest

from data.store import SINGLE_USER
from portal import demand, services
from portal.demand import Asked
from tests.journeys.conftest import labelled


def test_the_answer_says_how_much_how_sure_and_against_what(planner, tiny):
    planner.open("demand")
    assert "patients expected in the twelve months to May 2027 (additions to the list)" in planner.title
    assert "In 80 of 100 courses between" in planner.text
    assert "Source: synthetic history, data to 31 May 2026." in planner.text
    assert "Too few months are loaded to say how wrong earlier forecasts would have been" in planner.text
    assert len(planner.app.get("plotly_chart")) == 3
    assert [b.label for b in planner.app.get("download_button")] == ["Download as CSV"] * 3


def test_choices_change_the_answer_and_a_link_that_names_them_shows_the_same(planner, tiny):
    app = planner.open("demand")
    planner.do(labelled(app.selectbox, "Trust").select("N"))
    planner.do(labelled(app.selectbox, "Demand").select("waiting_list"))
    said = planner.title
    assert said.startswith("North")
    assert "examinations expected" in said
    planner.open("demand", dataset=tiny, demand_organisation="North", demand_stream="Seen from the list")
    assert planner.title == said


def test_a_trust_that_nobody_has_shows_all_of_the_network(planner, tiny):
    planner.open("demand", dataset=tiny, demand_organisation="nobody", demand_test="<b>", demand_stream="x")
    assert planner.title.startswith("Four trusts, one week")


def test_a_named_change_is_saved_with_its_reason_and_becomes_a_step(planner, tiny):
    app = planner.open("demand")
    expected = demand.expected(SINGLE_USER, tiny, "base")
    before = demand.ahead(expected, Asked())["central"].sum()
    planner.do(labelled(app.selectbox, "Assumption").select("guideline_change"))
    labelled(app.number_input, "Change by guidelines (share of demand)").set_value(0.25)
    labelled(app.text_area, "Reason (required)").set_value("New guidance asks for a scan of every second patient")
    labelled(app.text_input, "Owner").set_value("Head of scanning")
    planner.press("Save as scenario")
    assert "is saved." in planner.app.success[0].value
    made = services.choice(SINGLE_USER, tiny, planner.address["scenario"])
    changed = demand.expected(SINGLE_USER, tiny, made.id)
    assert demand.ahead(changed, Asked())["central"].sum() == pytest.approx(1.25 * before)
    assert demand.why(changed, Asked()).set_index("step")["change"]["Change by guidelines"] == pytest.approx(0.25 * before)
    assert f"assumptions of {made.title}" in planner.text


def test_sums_are_those_of_the_lists(tiny):
    held = demand.expected(SINGLE_USER, tiny, "base")
    every = demand.ahead(held, Asked())
    each = sum(demand.ahead(held, Asked(organisation=o))["central"] for o in sorted(set(held.lists["organisation"])))
    assert every["central"].to_numpy() == pytest.approx(each.to_numpy())
    assert (every["lower_95"] <= every["lower_80"]).all()
    assert (every["upper_80"] <= every["upper_95"]).all()
    assert demand.behind(held, Asked())["value"].iloc[1:].notna().all()
