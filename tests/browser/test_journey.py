"""Upload, plan and download in a real browser; every page readable by assistive technology; nothing typed by people runs as markup."""

import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from data.workbook import write_workbook
from portal.charts.icons import PICTURE
from portal.parts import capacity_views, mutual_aid_views, performance_views
from portal.parts.plan_views import VIEWS
from tests.browser.conftest import PATIENCE, settled, window_of
from tests.served import make_plan, portal, tiny_parts

pytestmark = pytest.mark.timeout(300)
"""Several minutes on a machine that does much else."""

SCREENSHOTS = Path(__file__).with_name("screenshots")
"""Kept out of git."""

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what keeps the rules is long, and is not looked at
}
ALLOWED: dict[str, str] = {}
"""Rules that Streamlit's own markup breaks, with the reason; there is none at present."""

TYPED = "<img src=x onerror=alert(1)> [a](javascript:alert(2)) $x^2$ :red[y] **b**"
"""What somebody may type into any field."""

PAGES = {
    "Overview": [], "Performance": [v for v in performance_views.VIEWS if v not in ("Examinations", "By priority")],
    "Upload": [], "Demand": [], "Scenarios": [], "Runs": [],
    "Network and assumptions": ["Assumptions", "Change an assumption", "Today's rota", "Network tables"], "Allocation plan": list(VIEWS),
    "Workforce": [], "Capacity": list(capacity_views.VIEWS), "Mutual aid": list(mutual_aid_views.VIEWS),
    "Admin": ["Extracts held", "How long they are kept", "Who did what", "Small numbers"],
}  # fmt: skip
"""Pages by title, with their tabs."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Seen:
    """One page or tab as it was seen."""

    text: str
    images: int
    broken: dict[str, list[str]]


@pytest.fixture(scope="module")
def served(tmp_path_factory, copies):
    """A portal in which everything people name has a dangerous name: its address, and the run of a plan in it."""
    folder = tmp_path_factory.mktemp("served")
    run = make_plan(folder, copies, TYPED)
    with portal(folder) as host:
        yield host, run


@pytest.fixture(scope="module")
def visited(browser, served):
    """Every page and tab, and what went wrong on the way."""
    host, run = served
    seen = {}
    with window_of(browser) as (window, wrong):
        window.goto(f"http://{host}/?run={run.id}")
        settled(window)
        for title, tabs in PAGES.items():
            go(window, title)
            for tab in tabs or [""]:
                if tab:
                    choose(window, tab)
                seen[title, tab] = look(window)
    return seen, wrong


def look(window):
    main = window.get_by_test_id("stMain")
    if window.evaluate("!window.axe"):
        window.evaluate(Axe().axe_script)
    violations = window.evaluate("rules => axe.run(document, rules).then(found => found.violations)", RULES)
    pictures = main.locator(f'img:not([src^="{PICTURE}"])')
    return Seen(main.inner_text(), pictures.count(), {v["id"]: [n["html"][:200] for n in v["nodes"]] for v in violations})


def go(window, title):
    """Follow a link of the menu."""
    window.get_by_test_id("stSidebar").get_by_text(title, exact=True).click()
    expect(window).to_have_title(f"{title} · Sixweeks", timeout=PATIENCE)
    settled(window)


def choose(window, tab):
    """Open a tab."""
    window.get_by_role("tab", name=tab, exact=True).click()
    expect(window.get_by_role("tabpanel", name=tab)).not_to_be_empty(timeout=PATIENCE)
    settled(window)


def test_a_planner_uploads_a_network_plans_it_and_takes_the_plan_away(browser, served):
    parts = tiny_parts()
    file = {"name": "network.xlsx", "mimeType": XLSX, "buffer": write_workbook(parts.network, parts.assumptions, parts.activity)}
    with window_of(browser) as (window, wrong):
        window.goto(f"http://{served[0]}/upload")
        settled(window)
        window.get_by_test_id("stRadio").get_by_text("Network workbook", exact=True).click()
        window.get_by_test_id("stFileUploader").filter(has_text="Network workbook").locator("input[type=file]").set_input_files(file)
        window.get_by_role("button", name="Store and use these data").click()
        window.get_by_text("is stored and is in use now").wait_for()
        go(window, "Allocation plan")
        window.get_by_label("Weeks", exact=True).fill("1")
        window.get_by_role("button", name="Make the plan").click()
        window.get_by_role("heading", name="The six-week target is missed on 1 of 4 lists").wait_for()
        settled(window)
        answer = window.locator("h1").inner_text()
        SCREENSHOTS.mkdir(exist_ok=True)
        window.screenshot(path=SCREENSHOTS / "plan.png")
        choose(window, "Downloads")
        with window.expect_download() as download:
            window.get_by_role("button", name="Download plan.xlsx").click()
        assert answer in said_in(Path(download.value.path()).read_bytes())
        window.reload()
        settled(window)
        assert window.locator("h1").inner_text() == answer
    assert wrong == []


def said_in(workbook):
    """Every cell of the first sheets, as text."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    said = {str(cell) for sheet in book.worksheets[:2] for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    book.close()
    return said


def test_no_page_breaks_a_rule_of_accessibility(visited):
    seen, _ = visited
    assert {(place, rule): nodes for place, page in seen.items() for rule, nodes in page.broken.items() if rule not in ALLOWED} == {}


def test_what_people_type_is_shown_as_it_is_and_never_runs(visited):
    seen, wrong = visited
    assert {place for place, page in seen.items() if page.images} == set()
    for place in (("Overview", ""), ("Allocation plan", "In words"), ("Allocation plan", "Waiting lists")):
        assert TYPED in " ".join(seen[place].text.split()), place
    assert wrong == []
