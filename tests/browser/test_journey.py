"""Upload, plan and download in a real browser; every page readable by assistive technology; nothing typed by people runs as markup."""

import io
from pathlib import Path

import openpyxl
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from data.folder import example_networks, read_folder
from data.workbook import write_workbook
from portal.parts.plan_views import VIEWS
from tests.browser.conftest import PATIENCE, settled
from tests.served import TINY, portal

SCREENSHOTS = Path(__file__).with_name("screenshots")
"""Kept out of git."""

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
ALLOWED: dict[str, str] = {}
"""Rules that Streamlit's own markup breaks, with the reason; there is none at present."""

TYPED = "<img src=x onerror=alert(1)> [a](javascript:alert(2)) $x^2$ :red[y] **b** <b>c</b>"
"""What somebody may type into any field."""

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
    expect(window).to_have_title(f"{title} · Sixweeks", timeout=PATIENCE)
    settled(window)


def choose(window, view):
    """Open a tab."""
    window.get_by_role("tab", name=view, exact=True).click()
    expect(window.get_by_role("tabpanel", name=view)).not_to_be_empty(timeout=PATIENCE)
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
        choose(window, "Downloads")
        with window.expect_download() as download:
            window.get_by_role("button", name="Download plan.xlsx").click()
        book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), read_only=True)
        said = [str(cell) for sheet in book.worksheets[:2] for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        book.close()
        assert answer in said
        window.reload()
        settled(window)
        assert window.locator("h1").inner_text() == answer


def test_no_page_breaks_a_rule_of_accessibility(window, served):
    host, run = served
    window.goto(f"http://{host}/?run={run.id}")
    settled(window)
    broken = {}

    def look(place):
        found = Axe().run(window, options=RULES).response["violations"]
        broken.update({(place, v["id"]): [n["html"][:200] for n in v["nodes"]] for v in found if v["id"] not in ALLOWED})

    for title in ("Overview", "Upload", "Scenarios", "Runs", "Network and assumptions", "Allocation plan"):
        go(window, title)
        look(title)
        for view in {"Network and assumptions": NETWORK_VIEWS, "Allocation plan": list(VIEWS)[1:]}.get(title, []):
            choose(window, view)
            look(view)
    assert broken == {}


def test_what_people_type_is_shown_as_it_is_and_never_runs(window, tmp_path):
    with portal(tmp_path) as host:
        store_network(window, host, network_file(title=TYPED), TYPED)
        assert TYPED in window.locator('[data-testid="stAlert"]').inner_text()
        make_plan(window)
        assert TYPED in window.locator("h1").inner_text()
        for view in VIEWS:
            choose(window, view)
        for title in ("Overview", "Network and assumptions", "Scenarios", "Runs"):
            go(window, title)
            assert window.locator('[data-testid="stMain"] img').count() == 0
