"""Waiting list extracts: who is counted, where, and what is said of rows that are wrong."""

import gzip

import pytest

from data.sources import waiting_list
from data.sources.local_reading import LocalReading
from data.sources.mapping import ColumnMapping
from data.sources.waiting_list import COUNTED, MOST_CODES
from tests.networks.broken import xlsx
from tests.networks.extracts import PATIENT, csv_of, patient, read


def cells(reading):
    """The one row of counts of a reading."""
    assert not reading.findings.refusals, reading.findings.summary()
    (row,) = reading.frames["counted"].to_dict("records")
    return row


def only(reading, rule):
    """The one finding of a rule."""
    (finding,) = [f for f in reading.findings if f.rule == rule]
    return finding


def refused(reading, rule):
    """The one refusal of a file that must be refused, and of which nothing is kept."""
    assert reading.is_refused
    assert not reading.frames
    return only(reading, rule)


def test_a_patient_is_counted_in_the_week_waited_and_group():
    row = cells(read(patient(Booked_Date="01/07/2026", DNA_Count="2", Cancellation_Count="1")))
    assert (row["organisation"], row["site"], row["test"], row["priority"]) == ("AAA", "a1", "CT", "D2")
    assert f"{row['date']:%Y-%m-%d}" == "2026-06-28"
    assert (row["weeks_waited"], row["booked"], row["deprivation"], row["rurality"], row["age_band"]) == (1, "yes", "3 to 4", "urban", "45 to 64")
    assert (row["patients"], row["dna"], row["cancellations"]) == (1, 2, 1)


@pytest.mark.parametrize(
    ("start", "weeks"),
    [("28/06/2026", 0), ("22/06/2026", 0), ("21/06/2026", 1), ("17/05/2026", 6), ("18/05/2026", 5), ("29/06/2025", 52), ("01/01/2024", 52)],
)
def test_weeks_are_whole_ones_from_clock_start_to_snapshot(start, weeks):
    assert cells(read(patient(Diagnostic_Clock_Start_Date=start)))["weeks_waited"] == weeks


@pytest.mark.parametrize(
    "date", ["18/06/2026", "2026-06-18", "18-06-2026", "18.06.2026", "18 June 2026", "18-Jun-26", "2026-06-18T09:30:00", "18/06/2026 09:30"]
)
def test_dates_are_read_the_day_first(date):
    assert cells(read(patient(Diagnostic_Clock_Start_Date=date)))["weeks_waited"] == 1


@pytest.mark.parametrize("date", ["06/18/2026", "2026-13-01", "46191", "soon", "18/06/0026"])
def test_a_date_that_cannot_be_read_with_the_day_first_is_refused_with_its_cell(date):
    finding = refused(read(patient(), patient(Diagnostic_Clock_Start_Date=date)), "cell")
    assert (finding.row, finding.column, finding.found) == (3, "Diagnostic_Clock_Start_Date", f'"{date}"')


def test_a_patient_whose_clock_starts_after_the_snapshot_is_left_out_and_named():
    reading = read(patient(), patient(Diagnostic_Clock_Start_Date="29/06/2026"))
    finding = only(reading, "after-snapshot")
    assert (finding.severity, finding.row, finding.column) == ("warn", 3, "Diagnostic_Clock_Start_Date")
    assert reading.frames["counted"]["patients"].sum() == 1


def test_somebody_who_waits_without_a_clock_start_is_refused():
    finding = refused(read(patient(), patient(Diagnostic_Clock_Start_Date="")), "empty-cell")
    assert (finding.row, finding.column) == (3, "Diagnostic_Clock_Start_Date")


@pytest.mark.parametrize(("due", "waits"), [("29/06/2026", False), ("28/06/2026", True), ("07/06/2026", True)])
def test_a_planned_test_waits_from_its_due_date_on(due, waits):
    planned = patient(Waiting_List_Type="Planned", Diagnostic_Clock_Start_Date="01/01/2026", Planned_Diagnostic_Due_Date=due)
    reading = read(patient(Age="5"), planned)
    counted = reading.frames["counted"]
    assert counted["patients"].sum() == 1 + waits
    assert bool([f for f in reading.findings if f.rule == "planned-not-due"]) is not waits
    if due == "07/06/2026":
        assert counted.loc[counted["age_band"] == "45 to 64", "weeks_waited"].tolist() == [3]


def test_a_row_with_only_a_due_date_is_planned_where_the_file_names_no_kind_of_list():
    row = {k: v for k, v in patient(Diagnostic_Clock_Start_Date="", Planned_Diagnostic_Due_Date="30/06/2026").items() if k != "Waiting_List_Type"}
    reading = read(row)
    assert reading.frames["counted"].empty
    assert only(reading, "planned-not-due").severity == "note"


def test_a_planned_test_without_a_due_date_is_left_out_and_named():
    reading = read(patient(), patient(Waiting_List_Type="Planned", Planned_Diagnostic_Due_Date=""))
    assert only(reading, "planned-without-date").row == 3
    assert reading.frames["counted"]["patients"].sum() == 1


def test_a_kind_of_list_nobody_knows_is_refused_until_it_is_mapped():
    row = patient(Waiting_List_Type="XDG7")
    assert refused(read(row), "unknown-value").column == "Waiting_List_Type"
    mapped = ColumnMapping("waiting_list").with_value("list_type", "xdg7", "waiting")
    assert cells(read(row, mapping=mapped))["patients"] == 1


def test_a_pathway_and_test_given_twice_count_once_and_the_pathway_is_never_repeated():
    pathway = "ps-771-canary"
    reading = read(
        patient(Pathway_ID=pathway), patient(Pathway_ID="other"), patient(Pathway_ID=pathway), patient(Pathway_ID=pathway, Diagnostic_Modality="MRI")
    )
    finding = only(reading, "duplicate-row")
    assert (finding.row, finding.found) == (4, "the pathway and test of row 2")
    assert reading.frames["counted"]["patients"].sum() == 3
    assert pathway not in str(reading.pack())


@pytest.mark.parametrize(
    ("column", "value"),
    [("DNA_Count", "-1"), ("DNA_Count", "1.5"), ("DNA_Count", "*"), ("Cancellation_Count", "100"), ("IMD_Decile", "0"), ("IMD_Decile", "11"),
     ("Age", "121"), ("Age", "old")],
)  # fmt: skip
def test_an_impossible_count_is_refused_with_its_cell(column, value):
    finding = refused(read(patient(), patient(**{column: value})), "cell")
    assert (finding.row, finding.column, finding.found) == (3, column, f'"{value}"')


@pytest.mark.parametrize(
    ("age", "band"),
    [("0", "0 to 15"), ("15", "0 to 15"), ("16", "16 to 44"), ("120", "85 and over"), ("65-74", "65 to 74"), ("85+", "85 and over"),
     ("90 and over", "85 and over"), ("45 to 49", "45 to 64"), ("", ""), ("18-64", ""), ("65+", "")],
)  # fmt: skip
def test_an_age_or_a_band_within_ours_is_placed(age, band):
    reading = read(patient(Age=age))
    assert reading.frames["counted"]["age_band"].tolist() == [band]
    assert bool([f for f in reading.findings if f.rule == "age-band"]) is (age in ("18-64", "65+"))


@pytest.mark.parametrize(("booked", "said"), [("29/06/2026", "yes"), ("28/06/2026", "no"), ("", "no"), ("yes", "yes"), ("N", "no")])
def test_booked_means_a_date_after_the_snapshot(booked, said):
    assert cells(read(patient(Booked_Date=booked)))["booked"] == said


def test_what_the_file_has_no_column_for_is_not_stated_rather_than_none():
    needed = ("Week_Ending_Date", "Provider_Code", "Diagnostic_Modality", "Diagnostic_Clock_Start_Date")
    row = cells(read({k: v for k, v in PATIENT.items() if k in needed}))
    assert [row[k] for k in ("site", "priority", "booked", "deprivation", "rurality", "age_band")] == [""] * 6
    assert row["dna"] != row["dna"]
    assert row["cancellations"] != row["cancellations"]


def test_null_as_a_database_writes_it_is_an_empty_cell():
    row = cells(read(patient(Planned_Diagnostic_Due_Date="NULL", Booked_Date="NULL", IMD_Decile="null")))
    assert (row["booked"], row["deprivation"]) == ("no", "")


def test_a_missing_column_is_refused_with_a_proposal_and_read_once_it_is_mapped():
    renamed = {("Dgnstc_Clock_Start" if k == "Diagnostic_Clock_Start_Date" else k): v for k, v in PATIENT.items()}
    reading = read(renamed)
    finding = refused(reading, "missing-column")
    assert "Dgnstc_Clock_Start" in finding.mend
    assert reading.proposals["clock_start"] == "Dgnstc_Clock_Start"
    mapped = ColumnMapping("waiting_list").with_column("Dgnstc_Clock_Start", "clock_start")
    assert cells(read(renamed, mapping=mapped))["weeks_waited"] == 1


def test_a_snapshot_date_can_be_given_for_a_file_without_one():
    row = {k: v for k, v in PATIENT.items() if k != "Week_Ending_Date"}
    assert refused(read(row), "missing-column").column == "Snapshot date"
    assert cells(read(row, mapping=ColumnMapping("waiting_list").with_fixed("date", "2026-06-28")))["weeks_waited"] == 1


def test_a_column_that_holds_no_codes_is_refused_without_repeating_any():
    reading = read(*(patient(Diagnostic_Modality=f"canary{k}") for k in range(MOST_CODES + 1)))
    assert refused(reading, "not-codes").column == "Diagnostic_Modality"
    assert "canary" not in str(reading.pack())


def test_a_cell_below_no_heading_is_not_repeated():
    content = csv_of(patient()).replace(b"Age\n", b"Age,\n").replace(b"Urban,50\n", b"Urban,50,canary\n")
    reading = waiting_list.read(content, "x.csv")
    assert refused(reading, "no-heading").row == 2
    assert "canary" not in str(reading.pack())


def test_a_fault_in_every_row_is_written_out_a_hundred_times_and_counted():
    reading = read(*(patient(DNA_Count="x") for _ in range(150)))
    assert len(reading.findings) == 101
    assert reading.findings[-1].found == "the same in 50 more rows"


def test_every_code_is_listed_with_its_rows_and_the_first_of_them():
    values = read(patient(), patient(Provider_Code="BBB", Site_Code=""), patient(Provider_Code="BBB")).frames["values"]
    held = {(v.field, v.value): (v.heading, v.rows, v.row) for v in values.itertuples()}
    assert held["organisation", "BBB"] == ("Provider_Code", 2, 3)
    assert held["site", ""] == ("Site_Code", 1, 3)


def test_an_extract_reads_alike_from_text_packed_text_and_a_workbook():
    rows = [patient(), patient(Diagnostic_Clock_Start_Date="01/05/2026", Age="70")]
    plain = read(*rows)
    packed = waiting_list.read(gzip.compress(csv_of(*rows)), "x.csv.gz")
    book = waiting_list.read(xlsx({"List": [list(PATIENT), *(list(r.values()) for r in rows)]}), "x.xlsx")
    for other in (packed, book):
        assert not other.findings.refusals
        assert other.frames["counted"].equals(plain.frames["counted"])


def test_a_reading_survives_the_way_between_processes():
    reading = read(patient())
    back = LocalReading.unpack(*reading.pack())
    assert back.frames["counted"].equals(reading.frames["counted"])
    assert [str(t) for t in back.frames["counted"].dtypes] == [COUNTED.field(c).dtype for c in COUNTED.columns]
    assert back.pack()[0] == reading.pack()[0]


def test_an_extract_without_rows_is_refused():
    assert refused(waiting_list.read(",".join(PATIENT).encode() + b"\n", "x.csv"), "no-rows")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"%PDF-1.7", b"a,b\n1\n"])
def test_what_is_no_extract_is_refused(content):
    assert waiting_list.read(content, "x.csv").is_refused
