"""Plans as files: written whole, read back equal, refused when changed; the workbook as a spreadsheet program sees it."""

import json
import os

import openpyxl
import pandas as pd
import pytest

from data.errors import NotFound, Refused
from data.plan import PLAN_TABLES, Plan
from data.run import PlanSettings
from data.scenario import base
from optimisation.explain import answer
from portal.exports.plan_files import WORKBOOK, plan_workbook, read_plan, write_plan
from portal.planning import make_plan
from tests.small_networks import two_trusts

FORMULA = '=HYPERLINK("http://example.org")'
ADDRESS = "http://example.org/site?a=1&b=<2>"


@pytest.fixture(scope="module")
def network():
    """Two trusts, one titled like a formula, one of their sites like an address."""
    made = two_trusts().assuming(target_week=2, session_cost=12.5).dataset()
    organisations = made.network["organisations"].assign(title=[FORMULA, "Trust Q"])
    sites = made.network["sites"].assign(title=[ADDRESS, " Site\x07Q"])
    return made.changed(network=made.network.changed(organisations=organisations, sites=sites))


@pytest.fixture(scope="module")
def plan(network):
    """A plan of five weeks: one month end."""
    return make_plan(network, base(network.content_id, 5), PlanSettings(threads=1))


@pytest.fixture(scope="module")
def book(plan, network, tmp_path_factory):
    """The workbook, opened by another library than the one that wrote it."""
    path = tmp_path_factory.mktemp("book") / WORKBOOK
    path.write_bytes(plan_workbook(plan, network.network))
    return openpyxl.load_workbook(path)


def test_a_plan_is_read_back_as_it_was_written(plan, network, tmp_path):
    written = write_plan(plan, tmp_path / "new" / "folder", network.network)
    again = read_plan(tmp_path / "new" / "folder")
    assert again.summary == json.loads(plan.summary_json())
    for table in PLAN_TABLES:
        pd.testing.assert_frame_equal(again[table.name], plan[table.name], check_exact=True)
    assert {path.name for path in written} == {f"{t.name}.csv" for t in PLAN_TABLES} | {"plan.json", "plan.xlsx"}
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {path.name for path in written}


def test_weeks_stand_in_the_files_as_iso_mondays(plan, network, tmp_path):
    write_plan(plan, tmp_path, network.network)
    weeks = pd.read_csv(tmp_path / "waiting_list.csv", dtype=str)["week"]
    assert weeks.str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert (pd.to_datetime(weeks).dt.day_of_week == 0).all()


def test_a_changed_table_is_not_read_as_part_of_the_plan(plan, network, tmp_path):
    write_plan(plan, tmp_path, network.network)
    path = tmp_path / "waiting_list.csv"
    path.write_text(path.read_text().replace("P,", "Q,", 1))
    with pytest.raises(Refused) as refused:
        read_plan(tmp_path)
    assert next((f.rule, f.file) for f in refused.value.findings) == ("changed", "waiting_list.csv")


def test_a_folder_without_a_plan_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        read_plan(tmp_path)


def test_a_missing_table_is_refused(plan, network, tmp_path):
    write_plan(plan, tmp_path, network.network)
    (tmp_path / "sessions.csv").unlink()
    with pytest.raises(Refused) as refused:
        read_plan(tmp_path)
    assert [f.file for f in refused.value.findings] == ["sessions.csv"]


def test_a_write_that_fails_leaves_the_earlier_file_whole(plan, network, tmp_path, monkeypatch):
    write_plan(plan, tmp_path, network.network)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_plan(plan, tmp_path, network.network)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_workbook_begins_with_the_answer(book, plan, network):
    assert book.sheetnames[:3] == ["Summary", "Met or not", "Sessions by week"]
    said = answer(plan, network.network)
    cells = [cell.value for row in book["Summary"].iter_rows() for cell in row if cell.value]
    assert said.headline in cells
    assert [s for _, sentences in said.sections() for s in sentences if s not in cells and "\x07" not in s] == []
    assert plan.summary["provenance"]["dataset_id"] in cells


def test_every_table_with_rows_has_a_sheet_with_all_of_them(book, plan):
    filled = {t.title: plan[t.name] for t in PLAN_TABLES if not plan[t.name].empty}
    assert set(book.sheetnames[3:]) == set(filled)
    assert {name: book[name].max_row - 1 for name in filled} == {name: len(frame) for name, frame in filled.items()}


def test_the_sheets_hold_the_figures_of_the_tables(book, plan):
    sheet = book["Waiting lists"]
    headings = [cell.value for cell in sheet[1]]
    assert "Seen (patients)" in headings
    assert not any("present order" in h for h in headings), "columns that hold nothing are left out"
    column = headings.index("Waiting (patients at week end)")
    figures = [row[column].value for row in sheet.iter_rows(min_row=2)]
    assert figures == pytest.approx(plan["waiting_list"]["waiting"].tolist(), abs=1e-6)
    week = headings.index("Week")
    assert [row[week].value for row in sheet.iter_rows(min_row=2)] == [w.to_pydatetime() for w in plan["waiting_list"]["week"]]


def test_the_calendar_of_sessions_adds_up_to_the_table(book, plan):
    rows = list(book["Sessions by week"].iter_rows(min_row=2, values_only=True))
    weeks = plan["sessions"]["week"].nunique()
    assert sum(sum(row[-weeks:]) for row in rows) == plan["sessions"]["sessions"].sum()


def test_text_is_never_a_formula_or_an_address(book):
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert FORMULA in {cell.value for cell in found}
    assert ADDRESS in {cell.value for cell in found}
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
    links = [cell.hyperlink for cell in found if cell.hyperlink]
    assert links
    assert all(link.target is None and link.location for link in links), "links lead to sheets of the workbook only"


def test_letters_that_a_workbook_cannot_hold_are_replaced(book):
    assert " Site�Q" in {cell.value for row in book["Sessions"].iter_rows() for cell in row}


def test_headings_stay_in_view_and_can_be_filtered(book):
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions


def test_money_shares_and_dates_look_like_what_they_are(book):
    formats = {cell.value: book["Sessions"].cell(2, cell.column).number_format for cell in book["Sessions"][1]}
    assert formats["Cost"] == '"£"#,##0'
    assert formats["Week"] == "d mmm yyyy"
    assert book["Met or not"]["D2"].number_format == "0.0%"


def test_whether_the_target_is_met_stands_in_words(book, plan):
    said = {row[2] for row in book["Met or not"].iter_rows(min_row=2, values_only=True)}
    assert said == {"yes" if entry["met"] else "no" for entry in plan.summary["met"]}
    assert said


def test_a_plan_without_rows_is_a_workbook_too(plan, network):
    bare = Plan({}, {**plan.summary, "met": []})
    assert plan_workbook(bare, network.network)[:2] == b"PK"
