"""Opening the portal: with nothing loaded, with an example, by an address that no longer holds."""

import pytest
from streamlit.testing.v1 import AppTest

from data.scenario import do_nothing
from data.store import SINGLE_USER
from portal import services
from portal.parts import plan_views
from tests.conftest import REPOSITORY
from tests.journeys.conftest import Planner

PAGES = (
    "overview", "performance", "mutual_aid", "upload", "imaging", "network", "demand", "capacity", "plan", "workforce", "scenarios", "runs", "admin",
)  # fmt: skip


def test_every_page_opens_on_an_empty_store_and_says_what_to_do(planner):
    for name in PAGES:
        assert len(planner.open(name).title) == 1
        assert "no data loaded" in planner.text


def test_every_page_opens_with_data_and_without_a_plan(planner, tiny):
    for name in PAGES:
        assert len(planner.open(name).title) == 1
        assert "Four trusts, one week · data to 31 May 2026" in planner.text
        assert "Synthetic data: invented for demonstration" in planner.text


def test_every_page_opens_with_a_plan(planner, planned):
    for name in PAGES:
        app = planner.open(name)
        assert len(app.title) == 1
        assert app.expander[-1].label == "About this page"


def test_every_view_of_a_plan_opens(planner, planned):
    app = planner.open("plan")
    assert len(app.tabs) == len(plan_views.VIEWS)
    for name in plan_views.VIEWS:
        app.session_state["view"] = name
        app.run()
        planner.settled()
        shown = next(tab for tab in app.tabs if tab.label == name)
        assert any(len(getattr(shown, kind)) for kind in ("markdown", "caption", "subheader", "table"))


def test_an_example_is_loaded_from_the_empty_first_page(planner):
    assert planner.title == "Nothing is loaded yet."
    planner.do(planner.app.selectbox[0].select("four_trusts_one_week"))
    planner.press("Load the example")
    stored = services.store().newest_dataset(SINGLE_USER)
    assert planner.address["dataset"] == stored.id
    assert "patients" in planner.title
    assert planner.app.button[0].label == "Make the base plan"


@pytest.mark.parametrize(("part", "said"), [("dataset", "There is no dataset"), ("run", "There is no run"), ("other", "There is no run")])
def test_an_address_of_something_that_is_gone_says_so_and_shows_the_newest(tiny, part, said):
    planner = Planner(**{part: "0" * 64})
    assert [said in w.value for w in planner.app.warning] == [True]
    assert "Four trusts, one week" in planner.text
    assert planner.address == {"dataset": tiny}


def test_the_links_of_the_menu_carry_what_is_looked_at(planned):
    planner = Planner(run=planned.id)
    links = [link.proto for link in planner.app.sidebar.get("page_link")]
    assert len(links) == len(PAGES)
    assert all(f"dataset={planned.dataset_id}" in link.query_string and f"run={planned.id}" in link.query_string for link in links)


def test_a_page_reached_past_the_navigation_shows_nothing(tiny):
    for name in PAGES:
        app = AppTest.from_file(REPOSITORY / "portal" / "pages" / f"{name}.py").run()
        assert ["Open the portal from its first page." in e.message for e in app.exception] == [True]
        assert not app.title
        assert not app.markdown


def test_where_no_run_is_named_the_plan_that_changes_something_is_shown(planner, planned):
    newer = services.start_plan(SINGLE_USER, do_nothing(planned.dataset_id, weeks=1))
    planner.wait_for_plan()
    assert services.run(SINGLE_USER, newer.id).state == "done"
    planner.open("plan")
    assert "scenario: One week" in planner.text
    planner.open("overview")
    assert "**Without a change**: The six-week target is missed on" in planner.text
