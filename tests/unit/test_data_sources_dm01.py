"""The official provider workbooks: the published ones as they are, and ones broken on purpose."""

import pandas as pd
import pytest

from data.activity import WAITING
from data.fields import Kind
from data.safe_reading import read_many
from data.sources.dm01 import PARSER_VERSION, SOURCE, read
from data.sources.dm01_sheet import month_of
from data.sources.national_tests import TOTAL_ID, national_tests, plain
from data.sources.reading import READING
from tests.networks.broken import (
    FIRST_ROW,
    HEADER_ROW,
    NOTES,
    column,
    edited,
    encrypted_workbook,
    official_rows,
    official_xls,
    official_xlsx,
    with_cell,
    with_entities,
    with_locked_part,
    with_lying_directory,
    with_more_parts,
    with_sheet_xml,
    xlsx,
    zip_bomb,
    zipped,
)
from tests.networks.compound_file import compound_file, looping_compound_file

FILE = "Monthly-Diagnostics-Web-File-Provider-May-1999_X1Y2Z.xls"
ENGLAND_ROW = 15
FOUR_TRUSTS = ["RXL", "RXR", "RXN", "RTX"]
BANDS = ["wl_00_01w", *(f"wl_{k:02d}_{k + 1:02d}w" for k in range(1, 13)), "wl_13w_plus"]
FIGURES = {
    "act_waiting_list": "done_waiting_list", "act_planned": "done_planned", "act_unscheduled": "done_unscheduled",
    **dict(zip(BANDS, WAITING, strict=True)),
}  # fmt: skip


def refused(content, file=FILE):
    """The refusals of a file that must be refused."""
    reading = read(content, file)
    assert reading.is_refused
    assert reading.frame.empty
    assert list(reading.frame.columns) == READING.columns
    for finding in reading.findings:
        assert finding.file == file
        assert all((finding.found, finding.expected, finding.mend))
    return reading.findings.refusals


@pytest.fixture(scope="module")
def published(shared_data):
    """The eight published workbooks, read two at a time in limited child processes."""
    paths = sorted((shared_data / "dm01" / "raw").glob("*.xls"))
    assert len(paths) == 8
    return list(read_many([(p.name, p.read_bytes()) for p in paths], "dm01"))


@pytest.fixture(scope="module")
def tidy(shared_data):
    """The same months of the tidy table, in our columns."""
    table = pd.read_csv(shared_data / "dm01" / "dm01_provider.csv.gz", parse_dates=["period"], dtype={"test_id": int})
    return table.rename(columns={"provider_code": "organisation", "test_code": "national_code", **FIGURES})


def indexed(frame):
    keyed = frame.assign(month=frame["period"].dt.strftime("%Y-%m")).set_index(["organisation", "national_code", "month"])
    return keyed[list(FIGURES.values())].astype(float).sort_index()


def test_the_published_workbooks_are_read_without_a_finding(published):
    assert [r.findings for r in published] == [()] * 8
    assert {r.source for r in published} == {SOURCE}
    assert {r.parser_version for r in published} == {PARSER_VERSION}
    months = sorted(r.frame["period"].iloc[0] for r in published)
    assert [f"{m:%Y-%m}" for m in months] == ["2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02", "2025-03"]
    assert all(r.frame["period"].nunique() == 1 for r in published)


def test_every_cell_of_the_four_trusts_equals_the_tidy_table(published, tidy):
    ours = pd.concat([r.frame for r in published])
    ours = indexed(ours[ours["organisation"].isin(FOUR_TRUSTS)])
    theirs = indexed(tidy[tidy["organisation"].isin(FOUR_TRUSTS) & (tidy["period"] >= "2024-08-01")])
    assert set(theirs.index) <= set(ours.index)
    theirs = theirs.reindex(ours.index, fill_value=0.0)  # the tidy table leaves out a row without any figure
    assert len(ours) > 400
    pd.testing.assert_frame_equal(ours, theirs)


@pytest.fixture(scope="module")
def both(published, shared_data):
    """Every cell of the eight months, once from the workbooks and once from the tidy table, both as our adapter reads them."""
    table = shared_data / "dm01" / "dm01_provider.csv.gz"
    tidy = read(table.read_bytes(), table.name).frame
    books = indexed(pd.concat([r.frame for r in published]))
    tidy = indexed(tidy[tidy["period"] >= "2024-08-01"])
    cells = books.index.union(tidy.index)
    assert len(cells) > 20_000
    return books.reindex(cells, fill_value=0.0), tidy.reindex(cells, fill_value=0.0)  # an absent row holds no figure


def test_every_cell_of_every_provider_from_august_to_december_2024_equals_the_tidy_table(both):
    books, tidy = (frame[frame.index.get_level_values("month") <= "2024-12"] for frame in both)
    assert len(books) > 13_000
    pd.testing.assert_frame_equal(books, tidy)


def test_from_january_2025_on_the_workbooks_differ_from_the_tidy_table_exactly_where_the_published_revisions_say(both, shared_data):
    books, tidy = both
    differs = (books != tidy).stack()
    ours = differs[differs].index
    revised = pd.read_csv(shared_data / "dm01" / "dm01_revisions.csv", dtype=str)
    revised = revised[revised["measure"].isin(FIGURES)]  # the totals follow from the cells
    values = revised[["as_first_published", "as_revised"]].astype(float).fillna(0.0)
    revised = revised[values["as_first_published"] != values["as_revised"]].assign(
        month=revised["period"].str[:7], column=revised["measure"].map(FIGURES), **values
    )
    theirs = revised.set_index(["provider_code", "test_code", "month", "column"])
    assert len(theirs) > 800
    assert set(ours) == set(theirs.index)
    assert (books.stack()[theirs.index].to_numpy() == theirs["as_first_published"].to_numpy()).all()
    assert (tidy.stack()[theirs.index].to_numpy() == theirs["as_revised"].to_numpy()).all()


def test_facts_are_what_the_title_block_says(published):
    facts = {r.facts["period"]: r.facts for r in published}
    assert facts["March 2025"]["published"] == "15th May 2025"
    assert facts["March 2025"]["revised"] == ""
    assert facts["August 2024"]["revised"] == "10th July 2025"
    assert all(f["title"] == "Monthly Diagnostics" and f["status"] == "Published" for f in facts.values())


@pytest.mark.parametrize("make", [official_xls, official_xlsx])
def test_the_official_layout_is_read_from_both_kinds_of_workbook(make):
    reading = read(make(), FILE)
    assert reading.findings == ()
    assert len(reading.frame) == 6
    first = reading.frame.iloc[0]
    assert (first["organisation"], first["organisation_name"], first["national_code"]) == ("AAA", "AAA NHS Trust", "MRI")
    assert first["period"] == pd.Timestamp("2025-03-01")
    assert (first["done_planned"], first["done_unscheduled"], first["done_waiting_list"]) == (8, 51, 401)
    assert [first[w] for w in WAITING] == [123 - k for k in range(14)]


def test_the_frame_has_the_declared_types():
    frame = read(official_xls(), FILE).frame
    assert frame.dtypes.astype(str).to_dict() == {f.name: f.dtype for f in READING.fields}
    assert {f.kind for f in READING.fields} == {Kind.ID, Kind.TEXT, Kind.DATE, Kind.NUMBER}


def test_a_row_of_zeros_is_kept():
    frame = read(official_xls(), FILE).frame
    zeros = frame[(frame["organisation"] == "BBB") & (frame["national_code"] == "BARIUM_ENEMA")]
    assert len(zeros) == 1
    assert zeros[WAITING].to_numpy().sum() == 0


def test_the_month_comes_from_the_workbook_and_never_from_the_name():
    assert read(official_xls(official_rows("November 2024")), FILE).frame["period"].unique() == [pd.Timestamp("2024-11-01")]


def test_rows_above_the_header_and_columns_beside_it_may_move():
    rows = [[], [], *([None, None, *row] for row in official_rows())]
    reading = read(official_xls(rows), FILE)
    assert reading.findings == ()
    pd.testing.assert_frame_equal(reading.frame, read(official_xls(), FILE).frame)


def test_columns_are_found_by_heading_in_any_order():
    rows = official_rows()
    swapped = [list(reversed(row)) if i >= HEADER_ROW - 1 else row for i, row in enumerate(rows)]
    pd.testing.assert_frame_equal(read(official_xls(swapped), FILE).frame, read(official_xls(), FILE).frame)


@pytest.mark.parametrize(
    ("heading", "other"),
    [("Provider Code", "Provider Org Code"), ("0 <01 weeks", "00 < 01 Week"), ("13+ weeks", "13 + Weeks"),
     ("Diagnostic ID", "Diagnostic Tests Sort Order"), ("Total Waiting List", "total  waiting\nlist")],
)  # fmt: skip
def test_other_headings_in_use_are_understood(heading, other):
    assert read(official_xls(with_cell(official_rows(), HEADER_ROW, heading, other)), FILE).findings == ()


def test_long_test_names_of_older_files_are_understood():
    rows = with_cell(official_rows(), FIRST_ROW, "Diagnostic Test Name", "MAGNETIC RESONANCE IMAGING")
    assert read(official_xls(rows), FILE).findings == ()


def test_organisations_that_did_not_submit_are_noted():
    notes = [*NOTES, [None, "ZZZ", "Zeta NHS Trust"], [None, "YYY", "Ypsilon"]]
    reading = read(official_xls(notes=notes), FILE)
    assert [(f.severity, f.sheet) for f in reading.findings] == [("note", "Notes")]
    assert reading.facts["not_submitted"] == "ZZZ, YYY"
    assert len(reading.frame) == 6


BAD_CELLS = [
    ("Total Waiting List", "about 1,600", "not-a-number", '"about 1,600"'),
    ("Total Waiting List", "1,5", "not-a-number", '"1,5"'),
    ("05 <06 weeks", None, "not-a-number", "an empty cell"),
    ("13+ weeks", True, "not-a-number", '"True"'),
    ("Planned tests / procedures", "#REF!", "not-a-number", "#REF!"),
    ("Unscheduled tests / procedures", -3.0, "negative", "-3"),
    ("Waiting list tests / procedures (excluding planned)", 401.5, "fraction", "401.5"),
    ("Diagnostic ID", 17.0, "unknown-test", "17"),
    ("Diagnostic ID", 1.5, "unknown-test", "1.5"),
    ("Diagnostic ID", "x", "unknown-test", '"x"'),
    ("Diagnostic Test Name", "Computed Tomography", "test-name", '"Computed Tomography"'),
    ("Provider Code", None, "no-provider", "an empty cell"),
    ("Total Waiting List", 9999.0, "bands", "9,999"),
    ("Number waiting 6+ Weeks", 9999.0, "bands", "9,999"),
    ("Number waiting 13+ Weeks", 9999.0, "bands", "9,999"),
]


@pytest.mark.parametrize(("heading", "value", "rule", "found"), BAD_CELLS)
@pytest.mark.parametrize("make", [official_xls, official_xlsx])
def test_a_bad_cell_is_named(make, heading, value, rule, found):
    rows = with_cell(official_rows(), FIRST_ROW, heading, value)
    if make is official_xlsx and value == "#REF!":
        pattern = rb'(<c r="AA%d")[^>]*>.*?</c>' % FIRST_ROW
        content = with_sheet_xml(official_xlsx(), pattern, rb'\1 t="e"><v>#REF!</v></c>')
    else:
        content = make(rows)
    finding = next(f for f in refused(content) if f.rule == rule)
    assert (finding.sheet, finding.row, finding.column, finding.found) == ("Provider by Test", FIRST_ROW, heading, found)


@pytest.mark.parametrize("marker", ["*", "<5", "-", "..", "[c]", " * "])
def test_a_marker_is_a_missing_figure_that_is_listed_and_never_zero(marker):
    reading = read(official_xls(with_cell(official_rows(), FIRST_ROW, "05 <06 weeks", marker)), FILE)
    (finding,) = (f for f in reading.findings if f.rule == "missing-figure")
    assert (finding.severity, finding.row, finding.column) == ("warn", FIRST_ROW, "05 <06 weeks")
    assert not reading.is_refused
    assert reading.frame["waiting_5"].isna().tolist() == [True] + [False] * 5
    assert reading.frame["waiting_4"].notna().all()


def test_a_band_that_does_not_add_up_says_what_the_bands_make():
    finding = refused(official_xls(with_cell(official_rows(), FIRST_ROW, "Total Waiting List", 9999.0)))[0]
    assert finding.expected.startswith("1,631,")  # 123 + 122 + … + 110


def test_all_bad_cells_of_a_file_are_found_at_once():
    rows = with_cell(official_rows(), FIRST_ROW, "Total Waiting List", "x")
    rows = with_cell(rows, FIRST_ROW + 1, "13+ weeks", -1.0)
    rows = with_cell(rows, FIRST_ROW + 4, "Diagnostic ID", 99.0)
    assert {(f.row, f.rule) for f in refused(official_xls(rows))} >= {
        (FIRST_ROW, "not-a-number"), (FIRST_ROW + 1, "negative"), (FIRST_ROW + 4, "unknown-test")
    }  # fmt: skip


def test_a_number_written_as_text_is_read_where_it_can_mean_one_thing_only():
    rows = with_cell(official_rows(), FIRST_ROW, "Total Waiting List", "1,631")
    assert read(official_xls(rows), FILE).findings == ()


def test_a_provider_and_test_given_twice_is_refused_with_both_rows():
    rows = official_rows()
    rows.append(rows[FIRST_ROW - 1])
    finding = next(f for f in refused(official_xls(rows)) if f.rule == "duplicate-row")
    assert (finding.row, finding.column) == (len(rows), "Provider Code")
    assert f"row {FIRST_ROW}" in finding.found


def test_a_missing_row_is_reported_at_the_total_of_its_provider_and_of_england():
    rows = official_rows()
    del rows[FIRST_ROW - 1]
    reading = read(official_xls(rows), FILE)
    assert not reading.is_refused
    assert {f.rule for f in reading.findings} == {"total"}
    assert {f.severity for f in reading.findings} == {"warn"}
    places = {(f.row, f.column) for f in reading.findings}
    assert (ENGLAND_ROW, "Total Waiting List") in places
    assert (FIRST_ROW + 2, "Total Waiting List") in places  # the total of the first provider has moved up by one


def test_a_file_without_the_total_for_england_is_read_with_a_warning():
    rows = official_rows()
    rows[ENGLAND_ROW - 1] = []
    reading = read(official_xls(rows), FILE)
    assert [(f.severity, f.rule) for f in reading.findings] == [("warn", "england-total")]
    assert len(reading.frame) == 6


def test_a_test_name_nobody_knows_is_a_warning_once():
    rows = official_rows()
    for row in (FIRST_ROW, FIRST_ROW + 4):
        rows = with_cell(rows, row, "Diagnostic Test Name", "Magnetic imaging of all kinds")
    reading = read(official_xls(rows), FILE)
    assert [(f.severity, f.rule, f.row) for f in reading.findings] == [("warn", "test-name", FIRST_ROW)]


@pytest.mark.parametrize("text", ["", "Provisional", "2025", "March", "March 1925", "13/2025", "March or April 2025"])
def test_a_month_that_cannot_be_read_is_refused(text):
    finding = refused(official_xls(official_rows(text)))[0]
    assert (finding.rule, finding.sheet, finding.row, finding.column) == ("month", "Provider by Test", 5, "Period:")


def test_a_workbook_without_a_period_is_refused():
    rows = official_rows()
    rows[4] = []
    assert [f.rule for f in refused(official_xls(rows))] == ["month"]


@pytest.mark.parametrize(
    ("text", "month"),
    [("March 2025", "2025-03"), ("  MARCH  2025 ", "2025-03"), ("Mar-2025", "2025-03"), ("DM01-MARCH-2026", "2026-03"),
     ("2024-11-01", "2024-11"), ("September 2024 (revised)", "2024-09")],
)  # fmt: skip
def test_a_month_is_read_from_text(text, month):
    assert f"{month_of(text):%Y-%m}" == month


@pytest.mark.parametrize("heading", ["Total Waiting List", "06 <07 weeks", "Planned tests / procedures", "Provider Code"])
def test_a_renamed_column_is_refused_with_the_heading_that_stands_there(heading):
    findings = refused(official_xls(with_cell(official_rows(), HEADER_ROW, heading, "Something else")))
    assert [(f.rule, f.row, f.column) for f in findings] == [("missing-column", HEADER_ROW, heading)]
    assert '"Something else"' in findings[0].found


def test_a_column_given_twice_is_refused():
    rows = official_rows()
    rows[HEADER_ROW - 1] = [*rows[HEADER_ROW - 1][:-1], "Total WL"]
    assert [f.rule for f in refused(official_xls(rows))] == ["repeated-column"]


def test_a_missing_sheet_is_refused_with_the_sheets_that_are_there():
    finding = refused(official_xls(sheet="Sheet1"))[0]
    assert (finding.rule, finding.sheet) == ("missing-sheet", "Provider by Test")
    assert '"Sheet1"' in finding.found


def test_a_sheet_without_a_header_is_refused():
    assert [f.rule for f in refused(xlsx({"Provider by Test": [["nothing", "here"]]}))] == ["missing-header", "month"]


def test_a_sheet_without_rows_is_refused():
    assert "no-rows" in {f.rule for f in refused(official_xls(official_rows()[: HEADER_ROW + 2]))}


WRONG_FILES = {
    "empty": (b"", "wrong-type"),
    "NUL bytes": (b"\0" * 5000, "control-character"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "wrong-type"),
    "web page": (b"\xef\xbb\xbf <html><table><tr><td>1</td></tr></table>", "wrong-type"),
    "spreadsheet XML": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "wrong-type"),
    "Word document": (compound_file({"WordDocument": b"x" * 5000}), "wrong-type"),
    "two files in a zip": (zipped({"a.csv": b"a,b", "b.csv": b"a,b"}), "several-members"),
    "binary workbook": (zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}), "wrong-type"),
    "a part given twice": (with_more_parts(official_xlsx(), {"xl/worksheets/sheet2.xml": b"<worksheet/>"}), "repeated-part"),
    "too many parts": (with_more_parts(official_xlsx(), {f"xl/media/{i}.png": b"" for i in range(1000)}), "too-large"),
    "a size that is not true": (with_lying_directory(official_xlsx()), "too-large"),
    "a part with a password": (with_locked_part(official_xlsx()), "encrypted"),
    "with a password": (encrypted_workbook(), "encrypted"),
    "looping sectors": (looping_compound_file(), "damaged"),
    "half an xls": (official_xls()[:4000], "damaged"),
    "half an xlsx": (official_xlsx()[:4000], "damaged"),
    "xls without its end": (official_xls()[:-1024], "damaged"),
    "entities": (with_entities(official_xlsx()), "xml-entities"),
    "entities in UTF-16": (with_entities(official_xlsx(), "utf-16"), "xml-entities"),
    "another encoding": (with_entities(official_xlsx(), "cp037"), "xml-encoding"),
    "zip bomb": (zip_bomb(official_xlsx()), "too-large"),
    "a stray cell in the last row": (with_sheet_xml(official_xlsx(), b"</sheetData>",
                                     b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "too-large"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_file_that_is_not_a_whole_workbook_is_refused_in_words(case):
    content, rule = WRONG_FILES[case]
    findings = refused(content)
    assert [f.rule for f in findings] == [rule]


def test_a_password_is_named_as_the_reason():
    assert "password" in refused(encrypted_workbook())[0].sentence()


def test_macros_are_left_out_with_a_note():
    reading = read(with_more_parts(official_xlsx(), {"xl/vbaProject.bin": b"macro"}), FILE)
    assert [(f.severity, f.rule) for f in reading.findings] == [("note", "macros")]
    assert len(reading.frame) == 6


def test_a_dimension_that_lies_changes_nothing():
    lying = with_sheet_xml(official_xlsx(), rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')
    assert lying != official_xlsx()
    pd.testing.assert_frame_equal(read(lying, FILE).frame, read(official_xlsx(), FILE).frame)


def test_a_formula_that_was_never_computed_is_refused():
    def put_formula(book):
        book["Provider by Test"].cell(FIRST_ROW, column("Total Waiting List") + 1).value = "=SUM(L17:Y17)"

    finding = refused(edited(official_xlsx(), put_formula))[0]
    assert (finding.row, finding.column, finding.found) == (FIRST_ROW, "Total Waiting List", "a formula without a saved value")


def test_a_reading_survives_being_packed():
    reading = read(official_xls(), FILE)
    again = type(reading).unpack(*reading.pack())
    pd.testing.assert_frame_equal(again.frame, reading.frame)
    assert (again.sha256, again.facts, again.findings) == (reading.sha256, reading.facts, reading.findings)


def test_the_national_tests_are_numbered_one_to_fifteen_and_no_name_belongs_to_two():
    tests = national_tests()
    assert list(tests) == list(range(1, TOTAL_ID))
    names = [name for test in tests.values() for name in test.names]
    assert len(names) == len(set(names))
    assert plain("Total") not in names


def test_the_national_tests_agree_with_the_published_table(tidy):
    published = tidy[["test_id", "national_code", "test_name"]].drop_duplicates().sort_values("test_id")
    ours = [(t.test_id, t.national_code, t.name) for t in national_tests().values()]
    assert ours == list(published.itertuples(index=False, name=None))
