"""The imaging dataset in a real browser: every view readable by assistive technology, filters in the address, a figure ticked and stored."""

import pytest
from playwright.sync_api import expect

from portal import services
from portal.parts.imaging_views import VIEWS
from tests.browser.conftest import PATIENCE, settled, window_of
from tests.browser.test_journey import ALLOWED, SCREENSHOTS, TYPED, choose, look
from tests.networks.imaging_demo import load_extract
from tests.served import leave, portal, save_tiny, tiny_parts

pytestmark = pytest.mark.timeout(300)
"""Several minutes on a machine that does much else."""

DIFFERENT = ("Day and hour", "Sessions", "Assumptions", "Sent")
"""Views put together differently; the others are put together as the first is."""

BOX = (36, 60)
"""The first box to tick, from the corner of its grid."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a portal with two months of examinations, in which everything people name has a dangerous name."""
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIXWEEKS_HOME", str(folder))
        patch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
        store = services.store()
        save_tiny(store, TYPED)
        load_extract(store, tiny_parts(TYPED), tmp_path_factory.mktemp("extract"))
        leave(store)
    with portal(folder) as host:
        yield host


def test_every_kind_of_view_is_readable_and_shows_names_as_they_are(browser, served):
    with window_of(browser) as (window, wrong):
        window.goto(f"http://{served}/imaging")
        settled(window)
        assert set(DIFFERENT) <= set(VIEWS)
        broken, pictures = {}, set()
        SCREENSHOTS.mkdir(exist_ok=True)
        for name in DIFFERENT:
            choose(window, name)
            seen = look(window)
            broken.update({(name, rule): nodes for rule, nodes in seen.broken.items() if rule not in ALLOWED})
            pictures |= {name} if seen.images else set()
            window.screenshot(path=SCREENSHOTS / f"imaging_{name.lower().replace(' ', '_')}.png")
        assert broken == {}
        assert pictures == set()
    assert wrong == []


def test_filters_go_into_the_address_and_back(browser, served):
    with window_of(browser) as (window, wrong):
        window.goto(f"http://{served}/imaging")
        settled(window)
        window.get_by_label("To", exact=True).click()
        window.get_by_role("option", name="May 2026").click()
        expect(window.locator("h1")).to_contain_text("May 2026: ", timeout=PATIENCE)
        settled(window)
        window.reload()
        settled(window)
        expect(window.locator("h1")).to_contain_text("May 2026: ", timeout=PATIENCE)
    assert wrong == []


def test_a_ticked_figure_is_stored_with_those_it_goes_with(browser, served):
    with window_of(browser) as (window, wrong):
        window.goto(f"http://{served}/imaging?pattern=Assumptions")
        settled(window)
        grid = window.get_by_test_id("stDataFrame").first
        grid.scroll_into_view_if_needed()
        grid.click(position={"x": BOX[0], "y": BOX[1]})
        window.get_by_role("heading", name="What storing changes").wait_for()
        settled(window)
        assert look(window).broken.keys() <= ALLOWED.keys()
        window.screenshot(path=SCREENSHOTS / "imaging_ticked.png")
        window.get_by_role("button", name="Store as a new version").click()
        window.get_by_text("3 measured figures in force").wait_for()
    assert wrong == []
