"""The network workbook: written from the declarations, read back without loss, refused in words."""

import io

import openpyxl
import pandas as pd
import pytest

from data.activity import ACTIVITY, Activity
from data.assumptions import ASSUMPTIONS, DECLARED, Assumptions
from data.errors import Refused
from data.folder import TABLES, Parts
from data.network import NETWORK_TABLES
from data.workbook import DICTIONARY, read, read_workbook, write_workbook
from tests.networks.broken import edited, encrypted_workbook, official_xls, with_sheet_xml, xlsx, zip_bomb
from tests.networks.small import frame, small_parts

FILE = "network.xlsx"


@pytest.fixture(scope="module")
def parts():
    return small_parts()


@pytest.fixture(scope="module")
def workbook(parts):
    return write_workbook(parts.network, parts.assumptions, parts.activity)


def sheets(workbook):
    return openpyxl.load_workbook(io.BytesIO(workbook))


def findings_of(content):
    """The findings of a workbook that must be refused."""
    with pytest.raises(Refused) as refused:
        read(content, FILE).parts()
    for finding in refused.value.findings:
        assert finding.file == FILE
        assert all((finding.found, finding.expected, finding.mend))
    return refused.value.findings


@pytest.fixture
def typed(parts):
    """The same network as a planner types it: sheet → rows of cells, headings first."""
    frames = {t.name: parts.network[t.name] for t in NETWORK_TABLES}
    frames |= {"assumptions": parts.assumptions.rows, "activity": parts.activity.rows}
    typed = {t.title: [[f.title for f in t.fields]] for t in TABLES}
    for table in TABLES:
        typed[table.title] += [list(map(cell, row)) for row in frames[table.name].itertuples(index=False)]
    return typed


def cell(value):
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return None if pd.isna(value) or value == "" else value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def test_a_workbook_typed_by_hand_reads_the_same(parts, typed):
    again = read(xlsx(typed), FILE).parts()
    assert (again.network, again.assumptions, again.activity) == (parts.network, parts.assumptions, parts.activity)


def column_letter(table, name):
    return openpyxl.utils.get_column_letter(table.columns.index(name) + 1)


def declared(name):
    return next(t for t in TABLES if t.name == name)


def test_it_reads_back_without_loss(parts, workbook):
    again = read_workbook(workbook, FILE)
    assert isinstance(again, Parts)
    assert (again.network, again.assumptions, again.activity) == (parts.network, parts.assumptions, parts.activity)
    assert again.findings.refusals == ()


def test_it_reads_back_without_loss_after_another_program_saved_it(parts, workbook):
    again = read(edited(workbook, lambda book: None), FILE).parts()
    assert (again.network, again.assumptions, again.activity) == (parts.network, parts.assumptions, parts.activity)


@pytest.mark.parametrize("wte", [0.1 + 0.2, 1 / 3, 5e-324, 99_999.999999999985])
def test_numbers_read_back_to_the_last_digit(parts, wte):
    network = parts.network.changed(staff_in_post=parts.network["staff_in_post"].assign(wte=wte))
    again = read(write_workbook(network, parts.assumptions, None), FILE).parts()
    assert list(again.network["staff_in_post"]["wte"]) == [wte]


def test_a_workbook_without_history_reads_back_without_history(parts):
    again = read(write_workbook(parts.network, parts.assumptions, None), FILE).parts()
    assert again.activity is None
    assert again.network == parts.network


def test_it_has_one_sheet_for_each_declared_table_after_the_dictionary(workbook):
    book = sheets(workbook)
    assert book.sheetnames == [DICTIONARY, *(t.title for t in TABLES)]
    for table in TABLES:
        assert [cell.value for cell in book[table.title][1]] == [f.title for f in table.fields]


def test_cells_hold_dates_numbers_and_words_not_text_of_them(workbook):
    book = sheets(workbook)
    installed = book["Assets"][f"{column_letter(declared('assets'), 'installed')}2"]
    assert installed.is_date
    assert installed.number_format == "yyyy-mm-dd"
    assert book["Session types"][f"{column_letter(declared('session_types'), 'minutes')}2"].value == 240
    assert book["Network"][f"{column_letter(declared('network'), 'synthetic')}2"].value == "yes"
    assert book["Assets"]["A2"].value == "007"


def test_no_text_becomes_a_formula_or_a_link(workbook):
    book = sheets(workbook)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert not any(sheet._hyperlinks for sheet in book)
    assert '=HYPERLINK("x")' in {cell.value for row in book["Sites"].iter_rows() for cell in row}


def test_the_dictionary_holds_every_field_and_every_assumption_with_its_bounds(workbook):
    rows = [[cell.value for cell in row] for row in sheets(workbook)[DICTIONARY].iter_rows()]
    fields = {(row[0], row[1]) for row in rows}
    assert {(t.title, f.title) for t in TABLES for f in t.fields} <= fields
    by_name = {row[0]: row for row in rows}
    for assumption in DECLARED:
        row = by_name[assumption.name]
        assert row[1:7] == [assumption.title, assumption.group, assumption.unit, assumption.minimum, assumption.maximum, assumption.default]
        assert row[9] == assumption.help


def test_the_list_of_assumption_names_points_at_exactly_the_declared_ones(workbook):
    book = sheets(workbook)
    rule = next(v for v in book[ASSUMPTIONS.title].data_validations.dataValidation if str(v.sqref).startswith("A2"))
    cells = book[DICTIONARY][rule.formula1.split("!")[1].replace("$", "")]
    assert [row[0].value for row in cells] == [a.name for a in DECLARED]


def test_an_empty_workbook_has_headings_and_no_rows(parts):
    book = sheets(write_workbook(parts.network, parts.assumptions, parts.activity, empty=True))
    assert {t.title: book[t.title].max_row for t in TABLES} == {t.title: 1 for t in TABLES}


def test_an_empty_workbook_is_refused_only_for_the_sheets_that_must_have_rows(parts):
    findings = findings_of(write_workbook(parts.network, parts.assumptions, None, empty=True))
    assert {(f.rule, f.sheet) for f in findings.refusals} == {("empty-table", t.title) for t in NETWORK_TABLES if t.required}


def test_history_of_organisations_outside_the_network_is_left_out(parts):
    stranger = frame(ACTIVITY, [{"organisation": "ZZZ", "test": "ct", "period": "2026-06-01", **dict.fromkeys(ACTIVITY.columns[3:], 1.0)}])
    both = Activity({"activity": pd.concat([parts.activity.rows, stranger])})
    assert read(write_workbook(parts.network, parts.assumptions, both), FILE).parts().activity == parts.activity


BAD_CELLS = [
    ("Sites", "sites", "latitude", 2, "north", "cell", '"north"'),
    ("Sites", "sites", "latitude", 2, 99, "cell", '"99"'),
    ("Sites", "sites", "organisation", 3, "ZZZ", "unknown-reference", '"ZZZ"'),
    ("Assets", "assets", "installed", 2, "31/02/2020", "cell", '"31/02/2020"'),
    ("Assets", "assets", "site", 2, None, "cell", "an empty cell"),
    ("Rota", "rota", "sessions", 2, -1, "cell", '"-1"'),
    ("Session types", "session_types", "monday", 2, 1.5, "cell", '"1.5"'),
    ("Tests", "tests", "allocated", 2, "perhaps", "cell", '"perhaps"'),
    ("Organisations", "organisations", "organisation", 3, "AAA", "duplicate-row", '"AAA"'),
    ("Home areas", "home_areas", "share", 2, 0.5, "shares-add-up", "0.500 in total for AAA"),
    ("Activity", "activity", "organisation", 2, "ZZZ", "unknown-reference", '"ZZZ"'),
    ("Activity", "activity", "test", 3, "xray", "unknown-reference", '"xray"'),
    ("Activity", "activity", "waiting_3", 4, -5, "cell", '"-5"'),
    ("Activity", "activity", "waiting_3", 4, "many", "cell", '"many"'),
    ("Activity", "activity", "period", 4, "2026-06-30", "month", "2026-06-30"),
    ("Assumptions", "assumptions", "name", 2, "speed", "cell", '"speed"'),
    ("Assumptions", "assumptions", "value", 2, 1000, "bounds", "1000 for Examinations an hour"),
    ("Assumptions", "assumptions", "test", 2, "xray", "unknown-reference", '"xray"'),
    ("Assumptions", "assumptions", "organisation", 2, "AAA", "place", '"AAA" for Examinations an hour'),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "table", "name", "row", "value", "rule", "found"), BAD_CELLS)
def test_a_bad_cell_is_named(typed, sheet, table, name, row, value, rule, found):
    typed[sheet][row - 1][declared(table).columns.index(name)] = value
    findings = findings_of(xlsx(typed)).refusals
    finding = next(f for f in findings if f.rule == rule)
    assert (finding.sheet, finding.column, finding.found) == (sheet, declared(table).field(name).title, found)
    assert finding.row == (None if rule == "shares-add-up" else row)


def test_findings_of_all_sheets_come_together(typed):
    typed["Sites"][1][declared("sites").columns.index("latitude")] = "north"
    typed["Rota"][1][3] = "x"
    assert {f.sheet for f in findings_of(xlsx(typed)).refusals} == {"Sites", "Rota"}


def test_a_stranger_in_the_history_is_found_once_with_its_first_row(typed):
    for row in (5, 6, 7):
        typed["Activity"][row - 1][0] = "ZZZ"
    finding = findings_of(xlsx(typed)).refusals[0]
    assert (finding.sheet, finding.row, finding.found) == ("Activity", 5, '"ZZZ" (in 3 rows)')


def test_blank_rows_are_skipped_and_findings_name_the_true_row(typed):
    typed["Sites"][1:1] = [[], [" "], [], [], []]
    typed["Sites"][7][declared("sites").columns.index("organisation")] = "ZZZ"
    finding = findings_of(xlsx(typed)).refusals[0]
    assert (finding.sheet, finding.row, finding.column) == ("Sites", 8, "Organisation")


def test_every_missing_sheet_is_refused(typed):
    for table in TABLES[1:]:
        del typed[table.title]
    missing = [f.sheet for f in findings_of(xlsx(typed)).refusals if f.rule == "missing-sheet"]
    assert missing == [t.title for t in TABLES[1:] if t is not ACTIVITY]


def test_the_sheet_of_history_may_be_missing(parts, typed):
    del typed["Activity"]
    again = read(xlsx(typed), FILE).parts()
    assert again.activity is None
    assert again.network == parts.network


def test_a_sheet_of_another_name_is_a_warning(typed):
    again = read(xlsx(typed | {"My notes": [["nothing"]]}), FILE).parts()
    assert [(f.severity, f.rule, f.sheet) for f in again.findings if f.rule == "unknown-sheet"] == [("warn", "unknown-sheet", "My notes")]


def test_a_hidden_sheet_is_read_and_noted(workbook):
    def hide(book):
        book["Rota"].sheet_state = "veryHidden"

    again = read(edited(workbook, hide), FILE).parts()
    assert len(again.network["rota"]) == 1
    assert [(f.severity, f.sheet) for f in again.findings if f.rule == "hidden-sheet"] == [("note", "Rota")]


def test_a_missing_an_unknown_and_a_repeated_column_are_refused(typed):
    typed["Rota"][0][3] = "Number of sessions"
    typed["Travel"][0].append("Minutes")
    found = {(f.rule, f.sheet) for f in findings_of(xlsx(typed)).refusals}
    assert {("missing-column", "Rota"), ("unknown-column", "Rota"), ("repeated-column", "Travel")} <= found


def test_cells_under_no_heading_are_refused(typed):
    typed["Rota"][1] += [None] * 15 + ["a remark"]
    finding = findings_of(xlsx(typed)).refusals[0]
    assert (finding.rule, finding.sheet, finding.row, finding.column) == ("no-heading", "Rota", 2, "Z")


def test_an_error_cell_is_refused_once_by_its_address(workbook):
    content = with_sheet_xml(workbook, rb'<c r="B2"[^>]*>.*?</c>', b'<c r="B2" t="e"><v>#DIV/0!</v></c>')
    findings = findings_of(content).refusals
    assert [(f.rule, f.sheet, f.row, f.column, f.found) for f in findings] == [("cell-error", "Network", 2, "Title", "#DIV/0!")]


def test_a_formula_that_was_never_computed_is_refused(workbook):
    def put_formula(book):
        book["Rota"]["D2"] = "=4+5"

    finding = findings_of(edited(workbook, put_formula)).refusals[0]
    assert (finding.rule, finding.sheet, finding.row, finding.column) == ("cell-error", "Rota", 2, "Sessions")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"network,title\nx,y\n", "wrong-type"),
        (b"%PDF-1.7", "wrong-type"),
        (b"", "wrong-type"),
        (encrypted_workbook(), "encrypted"),
        (official_xls(), "missing-sheet"),
        (xlsx({"Sheet1": [["nothing"]]}), "missing-sheet"),
        (zip_bomb(xlsx({"Sheet1": [["nothing"]]})), "too-large"),
    ],
)
def test_a_file_that_is_not_a_network_workbook_is_refused(content, rule):
    assert rule in {f.rule for f in findings_of(content).refusals}


def test_a_refusal_comes_through_the_child_process():
    with pytest.raises(Refused) as refused:
        read_workbook(encrypted_workbook(), FILE)
    assert [f.rule for f in refused.value.findings] == ["encrypted"]


def test_a_text_longer_than_a_cell_can_hold_is_refused_before_anything_is_written(parts):
    organisations = parts.network["organisations"].assign(title=["x" * 40_000, "Beta"])
    with pytest.raises(Refused) as refused:
        write_workbook(parts.network.changed(organisations=organisations), parts.assumptions, None)
    assert [(f.sheet, f.row, f.column) for f in refused.value.findings] == [("Organisations", 2, "Title")]


def test_a_date_before_the_calendar_of_workbooks_reads_back(parts):
    assumptions = Assumptions({"assumptions": parts.assumptions.rows.assign(dated=pd.Timestamp("1850-05-17"))})
    assert read(write_workbook(parts.network, assumptions, None), FILE).parts().assumptions == assumptions
