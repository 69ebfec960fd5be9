"""A workforce lead plans five years of staff, reads every view, and takes the business case and the tables away."""

import io

import docx
import openpyxl
import pytest

from data.store import SINGLE_USER
from data.words import pounds
from data.workforce_plan import OPTION_TITLES, WORKFORCE_TABLES
from portal import files, services, workforce_reading
from portal.parts import workforce_views
from tests.journeys.conftest import labelled


@pytest.fixture
def staffed(planner):
    """A network of two trusts with staff, pay and ways into posts, but no ages, posts or other work."""
    services.load_example(SINGLE_USER, "two_trusts_endoscopy")
    return planner


@pytest.fixture
def planned(staffed):
    staffed.open("workforce")
    labelled(staffed.app.number_input, "Gap (%)").set_value(3.0)
    staffed.press("Plan five years")
    staffed.wait_for_plan()
    return workforce_reading.newest_run(SINGLE_USER, services.store().newest_dataset(SINGLE_USER).id)


def test_before_a_plan_the_page_says_what_is_missing_and_what_that_leaves_out(staffed):
    app = staffed.open("workforce")
    assert "No workforce plan yet" in staffed.title
    assert "No ages: retirements follow one assumed share." in staffed.text
    assert "No ways into posts" not in staffed.text
    assert not app.tabs


def test_five_years_are_planned_and_every_view_tells_its_part(staffed, planned):
    plan = services.workforce_plan(SINGLE_USER, planned.id)
    assert plan.summary["status"] == "optimal"
    assert "WTE too few if posts stay as they are" in staffed.title or "enough staff" in staffed.title
    assert staffed.address["workforce"] == planned.id
    for name in workforce_views.VIEWS:
        staffed.app.session_state["workforce_view"] = name
        staffed.do(staffed.app)
        assert staffed.text
    need = plan["need"]
    assert need["hours"].tolist() == pytest.approx((need["examinations"] * need["minutes"] * need["staff"] / 60).tolist())
    assert need["wte"].tolist() == pytest.approx((need["hours"] / need["hours_of_one"] / (1 - need["not_clinical"])).tolist())


def test_an_option_that_may_use_less_never_costs_the_plan_less_with_its_prices(planned):
    options = services.workforce_plan(SINGLE_USER, planned.id)["options"].groupby("option").sum()
    price = 500 * options["lost_examinations"] + 300 * options["uncovered_hours"] + options["cost_gbp"]
    assert set(options.index) == set(OPTION_TITLES)
    assert price["plan"] <= 1.03 * price.min()


def test_the_business_case_the_workbook_and_the_page_say_the_same(staffed, planned):
    plan = services.workforce_plan(SINGLE_USER, planned.id)
    case = docx.Document(io.BytesIO(files.workforce_case(SINGLE_USER, planned.id)))
    said = [p.text for p in case.paragraphs]
    headings = [p.text for p in case.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "Summary", "The need", "Options", "The preferred option", "Cost by year and funding", "Benefits against keeping today's posts", "Risks",
        "Assumptions", "How this was worked out", "Sign-off",
    ]  # fmt: skip
    assert any(staffed.title in line for line in said)
    assert any("synthetic" in line for line in said)
    cells = {cell.text for table in case.tables for row in table.rows for cell in row.cells}
    assert pounds(plan["options"].query("option == 'plan'")["cost_gbp"].sum()) in cells
    assert {"Riverside Hospitals", "Moorland Hospitals", "Programme board", "System finance", "Integrated care board"} <= cells
    book = openpyxl.load_workbook(io.BytesIO(files.workforce_workbook(SINGLE_USER, planned.id)))
    assert set(book.sheetnames) - {"Summary"} == {t.title for t in WORKFORCE_TABLES if not plan[t.name].empty}
    sheet = book["Options"]
    column = [c.value for c in sheet[1]].index("Cost (£, at the prices of the first year)")
    total = sum(row[column] for row in sheet.iter_rows(min_row=2, values_only=True))
    assert total == pytest.approx(plan["options"]["cost_gbp"].sum(), abs=1)
