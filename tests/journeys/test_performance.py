"""Performance: who stands out, one list looked at closely, doubtful months named, and limits computed anew with who decided so and why."""

import pytest

from data.activity import Activity
from data.dataset import Dataset
from data.intake import from_parts
from data.store import SINGLE_USER
from portal import services
from portal.parts.performance_views import VIEWS
from tests.journeys.conftest import labelled, unescaped
from tests.served import tiny_parts

UNPUBLISHED = {"By priority"}
"""Views of what the tiny network has not sent."""


@pytest.fixture
def swapped(portal_store):
    """The id of a dataset in which one trust has sent a month with its columns exchanged, and left another out."""
    held: Dataset = from_parts(tiny_parts(), file="tiny")
    rows, months = held.activity.rows.copy(), held.activity.periods
    position = rows["period"].map({month: k for k, month in enumerate(months)})
    rows["done_waiting_list"], rows["done_planned"] = 255.0 + 7 * position, 20.0 + position
    wrong = (rows["organisation"] == "N") & (position == len(months) - 3)
    rows.loc[wrong, ["done_waiting_list", "done_planned"]] = rows.loc[wrong, ["done_planned", "done_waiting_list"]].to_numpy()
    rows = rows[~((rows["organisation"] == "E") & (rows["period"] == months[-2]))].reset_index(drop=True)
    return portal_store.save_dataset(SINGLE_USER, held.changed(activity=Activity({"activity": rows})), name="Swapped").id


def test_without_a_return_the_page_leads_to_the_upload(planner):
    planner.open("performance")
    assert planner.title == "No network is loaded yet."
    assert [link.proto.label for link in planner.app.main.get("page_link")] == ["Upload a network"]


def test_the_page_says_who_meets_the_target_and_shows_exceptions_first(planner, tiny):
    app = planner.open("performance")
    assert "lists are within the target" in planner.title or "list is within the target" in planner.title or "Every list" in planner.title
    assert "Within the target: " in planner.text
    assert "Since April 2026 the share over six weeks" in planner.text
    (table,) = [e.proto.body for e in app.main.get("html")]
    assert 'alt="Variation: ' in table
    assert 'alt="Assurance: ' in table


def test_every_view_opens_with_its_source(planner, tiny):
    app = planner.open("performance")
    assert [tab.label for tab in app.tabs] == list(VIEWS)
    for name in VIEWS:
        app.session_state["performance_view"] = name
        app.run()
        planner.settled()
        shown = next(tab for tab in app.tabs if tab.label == name)
        said = [c.value for c in shown.caption] + [m.value for m in shown.markdown]
        assert any("Source: " in line for line in said) or (said and name not in ("Control chart", "Weeks waited", "Early warning")), name


def test_a_chosen_list_stands_in_the_address_and_a_link_shows_the_same(planner, tiny):
    planner.open("performance")
    planner.do(labelled(planner.app.selectbox, "Trust").select("E"))
    heading = planner.app.subheader[0].value
    assert " at East" in heading
    planner.open("performance", dataset=tiny, performance_trust="East")
    assert planner.app.subheader[0].value == heading


def test_a_month_with_swapped_columns_is_named_and_a_missing_return_is_counted(planner, swapped):
    app = planner.open("performance", dataset=swapped, performance_trust="North")
    assert "finding about these figures" in planner.text
    assert "March 2026 (done: planned): " in planner.text
    app.session_state["performance_view"] = "Sent"
    app.run()
    planner.settled()
    sent = next(t.value for t in app.table if "Published monthly return" in t.value.columns)
    assert sent.set_index("Trust").loc["East", "Published monthly return"] == "May 2026, 1 month missing before"


def test_limits_are_computed_anew_with_a_reason_shown_and_taken_back(planner, tiny):
    app = planner.open("performance")
    network = services.dataset(SINGLE_USER, tiny).network.name
    planner.press("Store the new limits")
    assert "no reason" in planner.text
    labelled(app.selectbox, "First month of the new limits").select("2026-01")
    app.text_area[0].input("A second <b>scanner</b>")
    planner.press("Store the new limits")
    (stored,) = services.store().rebases(SINGLE_USER, network)
    assert (stored.month, stored.reason, stored.created_by) == ("2026-01", "A second <b>scanner</b>", SINGLE_USER.user)
    source = next(unescaped(c.value) for c in app.caption if "Limits: mean" in c.value)
    assert "Limits are computed anew from January 2026 (by single user on " in source
    assert "A second <b>scanner</b>" in source
    app.text_area[1].input("Not running yet")
    planner.press("Take them back")
    assert services.store().rebases(SINGLE_USER, network) == []
    assert len(services.store().rebase_versions(SINGLE_USER, network)) == 2
    assert "computed anew from" not in next(c.value for c in app.caption if "Limits: mean" in c.value)


def test_how_limits_are_made_is_a_setting_that_the_source_names(planner, tiny):
    app = planner.open("performance")
    assert "Large moving ranges are left out" not in planner.text
    planner.do(app.toggle[0].set_value(True))
    assert "Large moving ranges are left out of the limits." in planner.text
