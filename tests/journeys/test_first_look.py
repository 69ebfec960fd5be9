"""Opening the portal: with nothing loaded, with an example, by an address that no longer holds."""

import pytest
from streamlit.testing.v1 import AppTest

from data.store import SINGLE_USER
from portal import services
from tests.conftest import REPOSITORY
from tests.journeys.conftest import window

PAGES = ("overview", "upload", "network", "plan", "scenarios", "runs")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_on_an_empty_store_and_says_what_to_do(planner, name):
    assert len(planner.open(name).title) == 1
    assert "no data loaded" in planner.text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_data_and_without_a_plan(planner, tiny, name):
    app = planner.open(name)
    assert len(app.title) == 1
    assert "Four trusts, one week" in planner.text
    assert "data to 31 May 2026" in planner.text
    assert "Synthetic data: invented for demonstration" in planner.text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_a_plan(planner, planned, name):
    app = planner.open(name)
    assert len(app.title) == 1
    assert app.expander[-1].label == "About this page"


def test_an_example_is_loaded_from_the_empty_first_page(planner):
    assert planner.title == "Nothing is loaded yet."
    planner.do(planner.app.selectbox[0].select("two_trusts_endoscopy"))
    planner.press("Load the example")
    stored = services.store().newest_dataset(SINGLE_USER)
    assert dict(planner.app.query_params)["dataset"] in (stored.id, [stored.id])
    assert "patients" in planner.title
    assert planner.app.button[0].label == "Make the base plan"


def test_an_address_of_something_that_is_gone_says_so_and_shows_the_newest(planner, tiny):
    planner = type(planner)(window({"dataset": "0" * 64, "run": "f" * 32}))
    assert any("There is no dataset" in w.value for w in planner.app.warning)
    assert any("There is no run" in w.value for w in planner.app.warning)
    assert "Four trusts, one week" in planner.text


def test_the_links_of_the_menu_carry_what_is_looked_at(planner, planned):
    planner.open("plan", run=planned.id)
    links = [link.proto for link in planner.app.sidebar.get("page_link")]
    assert len(links) == len(PAGES)
    assert all(f"dataset={planned.dataset_id}" in link.query_string and f"run={planned.id}" in link.query_string for link in links)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reached_past_the_navigation_shows_nothing(name, tiny):
    app = AppTest.from_file(REPOSITORY / "portal" / "pages" / f"{name}.py").run()
    assert ["Open the portal from its first page." in e.message for e in app.exception] == [True]
    assert not app.title
    assert not app.markdown
