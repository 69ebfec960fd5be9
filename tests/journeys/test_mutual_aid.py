"""Mutual aid: the answer first, every view with its source, choices in the address, a travel limit that is tried and not stored."""

import pytest

from data.store import SINGLE_USER
from portal import services
from portal.parts.mutual_aid_views import VIEWS
from tests.journeys.conftest import labelled


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_with_its_table_source_and_data_date(planner, tiny, view):
    app = planner.open("mutual_aid")
    app.session_state["aid_view"] = view
    app.run()
    planner.settled()
    shown = next(tab for tab in app.tabs if tab.label == view)
    assert len(shown.subheader) == 1
    assert "Source: " in shown.caption[-1].value
    assert "data to 31 May 2026" in shown.caption[-1].value
    assert "Table and download" in [e.label for e in shown.expander]
    assert [b.label for b in shown.get("download_button")] == ["Download as CSV"]


def test_the_answer_comes_first_with_its_weeks_and_leads_to_a_plan(planner, tiny):
    app = planner.open("mutual_aid")
    assert planner.title == "Nobody is short of slots: no test needs aid from the week of 1 June 2026 to that of 23 November 2026."
    link = next(link.proto for link in app.main.get("page_link") if "Plan with aid" in link.proto.label)
    assert f"dataset={tiny}" in link.query_string


def test_a_network_without_room_is_said_to_be_full_until_openings_are_counted(planner, portal_store):
    stored = services.load_example(SINGLE_USER, "two_trusts_endoscopy")
    app = planner.open("mutual_aid", dataset=stored.id)
    assert planner.title.startswith("The whole network is full: aid would move 0 patients a week and meet 0% of the need, 53 slots a week")
    assert planner.title.endswith("the rest needs capacity.")
    planner.do(labelled(app.toggle, "Count free openings").set_value(True))
    assert "can help" in planner.title
    assert "Ask for aid before anything is bought" in planner.text


def test_choices_change_the_answer_and_a_link_that_names_them_shows_the_same(planner, tiny):
    app = planner.open("mutual_aid")
    planner.do(labelled(app.selectbox, "From the week of").select(2))
    planner.do(labelled(app.selectbox, "To the week of").select(3))
    planner.do(labelled(app.toggle, "Count free openings").set_value(True))
    said = planner.title, planner.text
    assert "from the week of 8 June 2026 to that of 15 June 2026" in said[1]
    assert "Free openings are counted as room" in said[1]
    planner.open("mutual_aid", dataset=tiny, aid_from="8 June 2026", aid_to="15 June 2026", aid_openings="true")
    assert (planner.title, planner.text) == said


def test_another_travel_limit_is_tried_and_not_stored(planner, tiny):
    app = planner.open("mutual_aid")
    before = [c.content_id for c in services.choices(SINGLE_USER, tiny)]
    planner.do(labelled(app.slider, "Travel limit (minutes)").set_value(0))
    assert "nobody beyond 0 minutes (tried here, not stored) accepts" in planner.text
    assert [c.content_id for c in services.choices(SINGLE_USER, tiny)] == before
    planner.do(labelled(app.slider, "Travel limit (minutes)").set_value(40))
    assert "nobody beyond the travel limit accepts" in planner.text


def test_what_an_address_cannot_mean_is_left_out(planner, tiny):
    planner.open("mutual_aid")
    usual = planner.title
    planner.open("mutual_aid", dataset=tiny, aid_from="x", aid_to="1 May 1999", aid_limit="-3", aid_test="nothing", aid_view="none")
    assert planner.title == usual
