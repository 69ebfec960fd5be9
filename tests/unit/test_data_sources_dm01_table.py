"""The monthly return as text: the table by provider and the full extract, in every dress in which they come."""

import pandas as pd
import pytest

from data.activity import WAITING
from data.safe_reading import read_path_safely, read_safely
from data.sources import dm01_table
from data.sources.dm01 import SOURCE, read, read_path
from data.sources.national_tests import national_tests
from data.sources.reading import READING
from data.text_rows import MAX_LINES
from tests.networks.full_extract import (
    BANDS,
    EXTRACT,
    as_csv,
    as_gzip,
    as_zip,
    extract_rows,
    figures,
    tidy_rows,
    with_value,
)

FILE = "DM01-MARCH-2026-full-extract.csv"
DONE = ["done_waiting_list", "done_planned", "done_unscheduled"]
TOTAL_ROW = 6  # header, four tests, the total of the first commissioner


def table_of(rows, **how):
    """The frame of a file that must be read without a finding."""
    reading = read(as_csv(rows, **how), FILE)
    assert reading.findings == ()
    return reading.frame


def faults(rows, severity="refuse", **how):
    """(rule, row, column) of each finding of one severity."""
    reading = read(as_csv(rows, **how), FILE)
    assert reading.is_refused == (severity == "refuse")
    for finding in reading.findings:
        assert finding.file == FILE
        assert all((finding.found, finding.expected, finding.mend))
    return [(f.rule, f.row, f.column) for f in reading.findings if f.severity == severity]


def test_the_full_extract_is_summed_over_commissioners_without_its_totals():
    frame = table_of(extract_rows())
    assert len(frame) == 2 * 4
    for p, provider in enumerate(("AAA", "BBB")):
        for test in (1, 2, 7, 15):
            row = frame[(frame["organisation"] == provider) & (frame["national_code"] == national_tests()[test].national_code)].iloc[0]
            expected = [sum(parts) for parts in zip(*(figures(0, p, c, test) for c in range(3)), strict=True)]
            assert row[[*WAITING, *DONE]].tolist() == expected
            assert row["organisation_name"] == f"{provider} NHS TRUST"
            assert row["period"] == pd.Timestamp("2026-03-01")


def test_the_table_by_provider_is_read_row_by_row():
    frame = table_of(tidy_rows())
    assert len(frame) == 2 * 2 * 3
    row = frame[(frame["organisation"] == "BBB") & (frame["national_code"] == "ECHOCARDIOGRAPHY") & (frame["period"] == "2025-03-01")].iloc[0]
    assert row[[*WAITING, *DONE]].tolist() == figures(1, 1, 7)
    assert sorted(frame["period"].unique()) == [pd.Timestamp("2025-02-01"), pd.Timestamp("2025-03-01")]


def test_the_frame_has_the_declared_types_and_one_row_for_each_key():
    for rows in (tidy_rows(), extract_rows(("MARCH-2026", "APRIL-2026"))):
        frame = table_of(rows)
        assert frame.dtypes.astype(str).to_dict() == {f.name: f.dtype for f in READING.fields}
        assert not frame.duplicated(list(READING.key)).any()


PACKED = {
    "zip": lambda content: as_zip((FILE, content)),
    "gzip": as_gzip,
    "semicolons": lambda content: content,
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
}


@pytest.mark.parametrize("way", PACKED)
@pytest.mark.parametrize("rows", [extract_rows(), tidy_rows()], ids=["extract", "tidy"])
def test_the_dress_of_a_file_changes_nothing(way, rows, tmp_path):
    content = PACKED[way](as_csv(rows, delimiter=";" if way == "semicolons" else ","))
    pd.testing.assert_frame_equal(read(content, FILE).frame, table_of(rows))
    (tmp_path / "upload").write_bytes(content)
    from_path = read_path(tmp_path / "upload", FILE)
    pd.testing.assert_frame_equal(from_path.frame, table_of(rows))
    assert from_path.sha256 == read(content, FILE).sha256


def test_the_reading_says_what_form_the_file_was():
    facts = read(as_zip((FILE, as_csv(extract_rows(("MARCH-2026", "APRIL-2026"))))), FILE).facts
    assert facts == {"form": "full extract by provider and commissioner (CSV)", "packing": "zip", "period": "March 2026 to April 2026", "rows": "60"}
    reading = read(as_csv(tidy_rows(["2025-03-01"])), FILE)
    assert (reading.source, reading.facts["form"], reading.facts["period"]) == (SOURCE, "table by provider (CSV)", "March 2025")


def test_long_names_of_tests_are_the_same_as_short_codes():
    pd.testing.assert_frame_equal(table_of(extract_rows(long_names=True)), table_of(extract_rows()))


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title, lambda h: h.replace(" ", "  ")])
def test_the_case_of_headings_does_not_matter(change):
    pd.testing.assert_frame_equal(table_of(extract_rows(), headings={h: change(h) for h in EXTRACT}), table_of(extract_rows()))


def test_the_columns_may_stand_in_any_order_and_empty_ones_beside_them():
    rows = [dict(reversed(row.items())) | {"": ""} for row in extract_rows()]
    pd.testing.assert_frame_equal(table_of(rows), table_of(extract_rows()))


@pytest.mark.parametrize(
    "text", ["DM01-MARCH-2026", "dm01-march-2026", "DM01-March-2026", "March 2026", "2026-03-01", "01/03/2026", "2026-03-01 00:00:00"]
)
def test_the_month_is_read_in_any_case(text):
    rows = [{**row, "Period": text} for row in extract_rows()]
    assert table_of(rows)["period"].unique().tolist() == [pd.Timestamp("2026-03-01")]


@pytest.mark.parametrize("text", ["", "2026", "2026-03-15", "03/01/2026", "31/03/2026", "MARCH", "DM01-SMARCH-2026"])
def test_a_month_that_is_none_is_refused_at_its_row(text):
    assert faults(with_value(extract_rows(), 4, "Period", text)) == [("month", 4, "Period")]


def test_the_sort_order_of_the_extract_may_differ_with_a_warning_once():
    rows = [{**r, "Diagnostic Tests Sort Order": {"1": "2", "2": "1"}.get(o := r["Diagnostic Tests Sort Order"], o)} for r in extract_rows()]
    assert [rule for rule, *_ in faults(rows, "warn")] == ["test-name", "test-name"]
    pd.testing.assert_frame_equal(read(as_csv(rows), FILE).frame, table_of(extract_rows()))


BAD_CELLS = [
    ("Total WL", "9999", "bands"), ("Total Activity", "9999", "activity"), ("Planned Activity", "-3", "negative"),
    ("06 < 07 Weeks", "1.5", "fraction"),
    ("13+ Weeks", "", "not-a-number"), ("13+ Weeks", "many", "not-a-number"), ("13+ Weeks", "1,5", "not-a-number"),
    ("13+ Weeks", "#REF!", "not-a-number"), ("Provider Org Code", " ", "no-provider"), ("Diagnostic Tests", "X-ray", "unknown-test"),
    ("Diagnostic Tests", "", "unknown-test"), ("Diagnostic Tests Sort Order", "16", "test-name"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "rule"), BAD_CELLS)
def test_a_bad_cell_is_named(column, value, rule):
    place = "Diagnostic Tests" if rule == "test-name" else column
    assert (rule, 9, place) in faults(with_value(extract_rows(), 9, column, value))


TIDY_BAD_CELLS = [
    ("wl_6w_plus", "9999", "bands"), ("act_total", "1", "activity"), ("test_code", "CT", "test-name"), ("test_id", "5", "test-name"),
    ("wl_total", "x", "not-a-number"), ("period", "2025-03-02", "month"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value", "rule"), TIDY_BAD_CELLS)
def test_a_bad_cell_of_the_table_by_provider_is_named(column, value, rule):
    assert (rule, 5) in [(r, row) for r, row, _ in faults(with_value(tidy_rows(), 5, column, value))]


def test_the_row_of_a_fault_is_counted_as_a_spreadsheet_does_over_blank_rows_and_blocks(monkeypatch):
    monkeypatch.setattr("data.text_rows._AT_ONCE", 3)
    monkeypatch.setattr("data.plain_text.PIECE", 1_000)
    content = as_csv(with_value(extract_rows(), 20, "Total WL", "x")).split(b"\r\n")
    content[5:5] = [b"", b",,"]
    assert [(f.rule, f.row) for f in read(b"\r\n".join(content), FILE).findings] == [("not-a-number", 22)]


@pytest.mark.parametrize("marker", ["*", "<5", "-", "..", "[c]"])
def test_a_marker_makes_the_sum_of_its_provider_missing_and_is_listed(marker):
    rows = extract_rows(totals=False)
    reading = read(as_csv(with_value(rows, 3, "06 < 07 Weeks", marker)), FILE)
    assert [(f.rule, f.severity, f.row, f.column) for f in reading.findings] == [("missing-figure", "warn", 3, "06 < 07 Weeks")]
    gaps = reading.frame[["organisation", "national_code"]][reading.frame["waiting_6"].isna()]
    assert gaps.to_numpy().tolist() == [["AAA", "CT"]]
    whole = table_of(rows).drop(columns="waiting_6")
    pd.testing.assert_frame_equal(reading.frame.drop(columns="waiting_6"), whole)


def test_a_row_given_twice_is_refused_with_both_rows():
    rows = extract_rows()
    assert faults([*rows, rows[2]]) == [("duplicate-row", len(rows) + 2, "Provider Org Code")]
    assert "row 4" in read(as_csv([*rows, rows[2]]), FILE).findings[0].found
    assert faults([*tidy_rows(), tidy_rows()[0]])[0][0] == "duplicate-row"


def test_a_total_row_that_is_no_sum_is_reported():
    rows = extract_rows()
    assert ("total", TOTAL_ROW - 1, "Total WL") in faults([r for i, r in enumerate(rows) if i != 1], "warn")
    band, total = int(rows[4][BANDS[0]]) + 7, int(rows[4]["Total WL"]) + 7
    changed = with_value(with_value(rows, TOTAL_ROW, BANDS[0], str(band)), TOTAL_ROW, "Total WL", str(total))
    assert set(faults(changed, "warn")) == {("total", TOTAL_ROW, BANDS[0]), ("total", TOTAL_ROW, "Total WL")}


def test_totals_for_england_are_compared_where_they_are_given():
    rows = tidy_rows(["2025-03-01"])
    numbers = [c for c in rows[0] if c.startswith(("wl_", "act_"))]
    ct = [r for r in rows if r["test_code"] == "CT"]
    england = {**ct[0], "provider_code": "", "provider_name": "England", **{c: str(sum(int(r[c]) for r in ct)) for c in numbers}}
    every = {**england, "test_id": "", "test_code": "", "test_name": "", **{c: str(sum(int(r[c]) for r in rows)) for c in numbers}}
    pd.testing.assert_frame_equal(table_of([england, *rows, every]), table_of(rows))
    fewer = [england, *(r for r in rows if r is not ct[0]), every]
    assert {(rule, row) for rule, row, _ in faults(fewer, "warn")} == {("total", 2), ("total", len(fewer) + 1)}


@pytest.mark.parametrize("column", ["Total WL", "06 < 07 Weeks", "Planned Activity", "Provider Org Code", "Period"])
def test_a_missing_column_is_refused_with_the_headings_that_are_there(column):
    (found,) = read(as_csv(extract_rows(), headings={column: "Something else"}), FILE).findings
    assert (found.rule, found.row) == ("missing-column", 1)
    assert "Something else" in found.found


def test_columns_that_are_not_published_or_stand_twice_are_refused():
    rows = [row | {"Comment": ""} for row in extract_rows()]
    assert faults(rows) == [("unknown-column", 1, "Comment")]
    assert faults(extract_rows(), headings={"Period": "Total WL"})[0][0] == "repeated-column"


def test_cells_below_no_heading_are_refused():
    rows = [row | {"": "x" if i == 2 else ""} for i, row in enumerate(extract_rows())]
    assert faults(rows) == [("no-heading", 4, "")]


def test_a_file_of_headings_or_of_totals_alone_has_no_rows():
    assert faults([dict.fromkeys(EXTRACT, "")]) == [("no-rows", 1, "")]
    assert faults([r for r in extract_rows() if r["Diagnostic Tests"] == "TOTAL"])[0][0] == "no-rows"


def test_a_file_with_very_many_faults_is_refused_without_naming_all(monkeypatch):
    monkeypatch.setattr(dm01_table, "MOST_FINDINGS", 10)
    rows = [row | {"Total WL": "x"} for row in extract_rows()]
    findings = read(as_csv(rows), FILE).findings
    assert len(findings) == 11
    assert findings[-1].rule == "too-many-faults"


def test_a_text_that_is_not_the_return_is_refused():
    for content in (b"a,b\n1,2\n", b"Dear all\n", as_zip(("letter.txt", b"Dear all"))):
        (finding,) = read(content, FILE).findings
        assert (finding.rule, finding.row) == ("missing-column", 1)


def test_a_large_workbook_is_refused_and_a_small_one_read_from_its_path(tmp_path, monkeypatch):
    from tests.networks.broken import official_xls

    (tmp_path / "book.xls").write_bytes(official_xls())
    assert len(read_path(tmp_path / "book.xls", FILE).frame) == 6
    monkeypatch.setattr("data.sources.dm01.MAX_WORKBOOK", 1000)
    assert [f.rule for f in read_path(tmp_path / "book.xls", FILE).findings] == ["too-large"]


def test_a_full_extract_of_a_month_is_read_within_the_limits_of_an_upload(tmp_path):
    rows = extract_rows(providers=[f"R{i:03d}" for i in range(30)], commissioners=[f"{i:02d}A" for i in range(10)], tests=range(1, 16))
    packed = as_zip((FILE, as_csv(rows)))
    reading = read_safely(packed, FILE, "dm01")
    assert (reading.findings, len(reading.frame), reading.facts["rows"]) == ((), 450, "4,800")
    (tmp_path / "extract.zip").write_bytes(packed)
    from_path = read_path_safely(tmp_path / "extract.zip", "dm01")
    pd.testing.assert_frame_equal(from_path.frame, reading.frame)
    assert len(rows) < MAX_LINES


def test_the_published_table_is_read_without_a_finding(shared_data):
    path = shared_data / "dm01" / "dm01_provider.csv.gz"
    reading = read(path.read_bytes(), path.name)
    assert reading.findings == ()
    raw = pd.read_csv(path)
    assert len(reading.frame) == len(raw) == 63_962
    assert reading.frame[WAITING].sum().sum() == raw["wl_total"].sum()
    assert reading.frame[DONE].sum().sum() == raw["act_total"].sum()
