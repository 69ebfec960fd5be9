"""The imaging dataset: empty, its views under filters, and measured figures accepted into a new version."""

import pytest

from data.small_numbers import RULE
from data.store import SINGLE_USER
from portal import services
from portal.parts.imaging_views import VIEWS
from tests.journeys.conftest import labelled
from tests.networks.imaging_demo import load_extract
from tests.served import tiny_parts

MEASURED = "Assumptions"


@pytest.fixture
def loaded(portal_store, tiny, tmp_path):
    """The id of a stored dataset whose trusts have sent two months."""
    load_extract(portal_store, tiny_parts(), tmp_path)
    return tiny


def test_without_an_extract_the_page_says_so_and_leads_to_the_upload(planner, tiny):
    planner.open("imaging")
    assert planner.title == "No imaging extract is loaded for Four trusts, one week."
    links = [link.proto.label for link in planner.app.main.get("page_link")]
    assert links == ["Upload an imaging extract"]


def test_every_view_opens_with_its_source_months_and_the_rule_on_small_numbers(planner, loaded):
    app = planner.open("imaging")
    assert planner.title.startswith("May to June 2026: ")
    assert [tab.label for tab in app.tabs] == list(VIEWS)
    for name in VIEWS:
        app.session_state["pattern"] = name
        app.run()
        planner.settled()
        shown = next(tab for tab in app.tabs if tab.label == name)
        source = [c.value.replace("\\", "") for c in shown.caption if "Source: imaging extract" in c.value]
        assert source, name
        assert all(RULE in said and "examinations done" in said for said in source) or name == "Sent", name


def test_filters_narrow_what_is_shown_and_a_link_that_names_them_shows_the_same(planner, loaded):
    app = planner.open("imaging")
    everything = planner.title
    planner.do(labelled(app.selectbox, "Trust").select("N"))
    planner.do(labelled(app.selectbox, "To").select("2026-05"))
    narrowed = planner.title
    assert narrowed != everything
    assert narrowed.startswith("May 2026: ")
    # Only its own site is offered, after the choice of all.
    assert len(labelled(app.selectbox, "Site").options) == 2
    planner.open("imaging", dataset=loaded, imaging_trust="North", imaging_to="May 2026")
    assert planner.title == narrowed


def test_accepting_measured_figures_makes_a_new_version_and_keeps_the_earlier_one(planner, loaded):
    app = planner.open("imaging")
    app.session_state["pattern"] = MEASURED
    app.run()
    planner.settled()
    before = services.dataset(SINGLE_USER, loaded).assumptions
    assert not [b for b in app.button if b.label == "Store as a new version"]
    grids = [table.proto.id.rsplit("-", 1)[-1] for table in app.dataframe]
    key = next(name for name in grids if name.startswith(f"measured_{loaded[:8]}"))
    app.session_state[key] = {"edited_rows": {0: {"Tick": True}}, "added_rows": [], "deleted_rows": []}
    app.run()
    planner.settled()
    assert "3 figures in force in a new version" in planner.text
    assert "are taken together" in planner.text
    planner.press("Store as a new version")
    assert "is stored and in use now: 3 measured figures in force." in planner.text
    new = planner.address["dataset"]
    rows = services.dataset(SINGLE_USER, new).assumptions.rows
    taken = rows[rows["source"].str.startswith("Imaging extract")]
    assert set(taken["name"]) == {"scans_per_hour", "utilisation", "dna_rate"}
    assert set(taken["owner"]) == {SINGLE_USER.user}
    assert services.dataset(SINGLE_USER, loaded).assumptions.rows.equals(before.rows)
    assert {d.id for d in services.store().datasets(SINGLE_USER)} == {loaded, new}


def test_a_dataset_of_other_trusts_sees_none_of_their_months(planner, loaded):
    other = services.load_example(SINGLE_USER, "two_trusts_endoscopy")
    planner.open("imaging", dataset=other.id)
    assert planner.title.startswith("No imaging extract is loaded")
