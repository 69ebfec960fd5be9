"""Upload, plan and download in a real browser; every page readable by assistive technology; nothing typed by people runs as markup."""

import io
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from data.folder import example_networks, read_folder
from data.workbook import write_workbook
from portal.parts.plan_views import VIEWS
from tests.browser.conftest import settled
from tests.served import TINY, portal

SCREENSHOTS = Path(__file__).with_name("screenshots")
"""Kept out of git."""

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
ALLOWED: dict[str, str] = {}
"""Rules that Streamlit's own markup breaks, with the reason; there is none at present."""

TYPED = "<img src=x onerror=alert(1)> [a](javascript:alert(2)) $x^2$ :red[y] **b** <b>c</b>"
"""What somebody may type into any field."""

PAGES = ["", "upload", "network", "plan", "scenarios", "runs"]
NETWORK_VIEWS = ["Change an assumption", "Today's rota", "Network tables"]


def network_file(title=None):
    parts = read_folder(example_networks()[TINY])
    network = parts.network
    if title:
        network = network.changed(
            **{
                t: network[t].assign(title=network[t]["title"].map(lambda name: f"{title} {name}"))
                for t in ("organisations", "sites", "tests", "asset_types")
            }
        )
    content = write_workbook(network, parts.assumptions, parts.activity)
    return {"name": "network.xlsx", "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "buffer": content}


def go(window, title):
    """Follow a link of the menu."""
    window.get_by_test_id("stSidebar").get_by_text(title, exact=True).click()
    window.wait_for_function("title => document.title.startsWith(title)", arg=title)
    settled(window)


def store_network(window, host, content, name):
    window.goto(f"http://{host}/upload")
    settled(window)
    window.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(content)
    window.get_by_label("Name of the new dataset").fill(name)
    window.get_by_role("button", name="Store and use these data").click()
    window.get_by_text("is stored and is in use now").wait_for()
    settled(window)


def make_plan(window):
    go(window, "Allocation plan")
    window.get_by_label("Weeks", exact=True).fill("1")
    window.get_by_role("button", name="Make the plan").click()
    window.get_by_role("heading", name="The six-week target").wait_for()
    settled(window)


def test_a_planner_uploads_a_network_plans_it_and_takes_the_plan_away(window, tmp_path):
    with portal(tmp_path) as host:
        store_network(window, host, network_file(), "Four trusts")
        make_plan(window)
        answer = window.locator("h1").inner_text()
        assert answer.startswith("The six-week target is missed on 1 of 4 lists")
        SCREENSHOTS.mkdir(exist_ok=True)
        window.screenshot(path=SCREENSHOTS / "plan.png")
        window.get_by_role("tab", name="Downloads").click()
        with window.expect_download() as download:
            window.get_by_role("button", name="Download plan.xlsx").click()
        book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), read_only=True)
        said = [str(cell) for sheet in book.worksheets[:2] for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        book.close()
        assert answer in said
        window.reload()
        settled(window)
        assert window.locator("h1").inner_text() == answer


@pytest.mark.parametrize("path", [*PAGES, *(f"network?view={view}" for view in NETWORK_VIEWS), *(f"plan?view={view}" for view in VIEWS)])
def test_a_page_breaks_no_rule_of_accessibility(window, served, path):
    host, run = served
    window.goto(f"http://{host}/{path}{'&' if '?' in path else '?'}run={run.id}")
    settled(window)
    found = Axe().run(window, options=RULES).response["violations"]
    assert {v["id"]: [n["html"][:200] for n in v["nodes"]] for v in found if v["id"] not in ALLOWED} == {}


def test_what_people_type_is_shown_as_it_is_and_never_runs(window, tmp_path):
    with portal(tmp_path) as host:
        store_network(window, host, network_file(title=TYPED), TYPED)
        assert TYPED in window.locator('[data-testid="stAlert"]').inner_text()
        make_plan(window)
        assert TYPED in window.locator("h1").inner_text()
        for view in VIEWS:
            window.get_by_role("tab", name=view).click()
            settled(window)
        for title in ("Overview", "Network and assumptions", "Scenarios", "Runs"):
            go(window, title)
            assert window.locator('[data-testid="stMain"] img').count() == 0
