"""Local sources taken into a dataset: what is new, what is replaced, what is refused, and what stays as it was."""

import pandas as pd
import pytest

from data.errors import Refused
from data.intake_local import take_in_lists, take_in_provisional, take_in_reference, take_in_register
from data.local_names import Names
from data.sources import provisional, published, registers
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.waiting_lists import NOT_STATED
from tests.networks.extracts import patient, read, small_dataset

NOTHING = ColumnMapping("waiting_list")
MONTH_END = "30/06/2026"


def take(dataset, *rows, mapping=NOTHING, file="x.csv", **more):
    return take_in_lists(dataset, [read(*rows, mapping=mapping, file=file)], mapping, **more)


def refusals(act, *arguments, **more):
    """The refusals of something that must be refused."""
    with pytest.raises(Refused) as caught:
        act(*arguments, **more)
    return caught.value.findings.refusals


def classes(dataset):
    rows = dataset.own_lists
    return dict(rows.groupby("priority")["patients"].sum())


def csv_file(adapter, text, mapping=None, file="r.csv"):
    return adapter.read(text.encode(), file, {"mapping": mapping.body} if mapping else None)


@pytest.fixture
def dataset():
    return small_dataset()


def test_an_extract_becomes_counts_under_the_networks_own_names(dataset):
    made, intake = take(dataset, patient(), patient(Provider_Code="Beta", Site_Code="b1", Diagnostic_Modality="Computed Tomography"))
    rows = made.own_lists[["organisation", "site", "test", "priority", "patients"]].to_numpy().tolist()
    assert rows == [["AAA", "a1", "ct", "four_weeks", 1], ["BBB", "b1", "ct", "four_weeks", 1]]
    assert intake.sentences(stored=True) == [
        "Loaded: waiting list of AAA at 28 June 2026, 1 patients.",
        "Loaded: waiting list of BBB at 28 June 2026, 1 patients.",
    ]
    assert made.local["local_sources"][["table", "organisation", "rows"]].to_numpy().tolist() == [["lists", "AAA", 1], ["lists", "BBB", 1]]


def test_nothing_but_the_local_tables_changes(dataset):
    made, _ = take(dataset, patient())
    assert made.network == dataset.network
    assert made.activity == dataset.activity
    assert made.sources.equals(dataset.sources)
    assert made.waiting_list.rows.equals(dataset.waiting_list.rows)
    assert made.content_id != dataset.content_id


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ({"Diagnostic_Priority_Code": "D1"}, "two_weeks"),
        ({"Diagnostic_Priority_Code": "d4 "}, "routine"),
        ({"Diagnostic_Priority_Code": "", "PRIORITY_TYPE_CODE": "1"}, "routine"),
        ({"Diagnostic_Priority_Code": "", "PRIORITY_TYPE_CODE": "3"}, "two_weeks"),
        ({"Diagnostic_Priority_Code": "D4", "PRIORITY_TYPE_CODE": "3"}, "routine"),
        ({"Diagnostic_Priority_Code": "", "Inclusion_On_Cancer_Ptl": "Y"}, "two_weeks"),
        ({"Diagnostic_Priority_Code": "", "PRIORITY_TYPE_CODE": "1", "Inclusion_On_Cancer_Ptl": "Y"}, "routine"),
        ({"Diagnostic_Priority_Code": "", "Inclusion_On_Cancer_Ptl": "N"}, NOT_STATED),
    ],
)
def test_type_1_is_the_least_urgent_and_d1_the_most_and_none_is_invented(dataset, codes, expected):
    made, _ = take(dataset, patient(**codes))
    assert classes(made) == {expected: 1}


def test_patients_without_a_priority_are_reported(dataset):
    _, intake = take(dataset, patient(Diagnostic_Priority_Code=""), patient())
    assert [(f.rule, f.found) for f in intake.findings] == [("priority-not-stated", "1 patients without a priority")]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("Provider_Code", "ZZZ", "unknown-organisation"), ("Diagnostic_Modality", "Blood", "unknown-test"),
     ("Diagnostic_Priority_Code", "1", "unknown-priority"), ("PRIORITY_TYPE_CODE", "7", "unknown-priority-type")],
)  # fmt: skip
def test_a_code_nobody_knows_is_refused_at_its_first_row(dataset, column, value, rule):
    (finding,) = refusals(take, dataset, patient(), patient(**{column: value}), patient(**{column: value}))
    assert (finding.rule, finding.file, finding.row, finding.column, finding.found) == (rule, "x.csv", 3, column, f'"{value}" (in 2 rows)')


def test_a_bare_1_is_never_taken_for_the_most_urgent_code(dataset):
    (finding,) = refusals(take, dataset, patient(Diagnostic_Priority_Code="1"))
    assert finding.rule == "unknown-priority"
    mapped = NOTHING.with_value("priority", "1", "routine")
    made, _ = take(dataset, patient(Diagnostic_Priority_Code="1"), mapping=mapped)
    assert classes(made) == {"routine": 1}


def test_values_said_once_are_understood_and_unwanted_ones_left_out(dataset):
    mapping = NOTHING.with_value("test", "Body scanner", "ct").with_value("test", "Blood", LEFT_OUT).with_value("organisation", "Old Beta", "BBB")
    rows = [patient(Diagnostic_Modality="Body scanner", Provider_Code="Old Beta"), patient(Diagnostic_Modality="Blood")]
    made, intake = take(dataset, *rows, mapping=mapping)
    assert made.own_lists[["organisation", "test", "patients"]].to_numpy().tolist() == [["BBB", "ct", 1]]
    assert [f.found for f in intake.findings if f.rule == "tests-outside"] == ["1 patients who wait for tests this network does not have"]


def test_a_national_test_the_network_does_not_have_is_left_out_and_counted(dataset):
    made, intake = take(dataset, patient(), patient(Diagnostic_Modality="COLONOSCOPY"))
    assert len(made.own_lists) == 1
    assert [f.rule for f in intake.findings] == ["tests-outside"]


def test_an_unknown_site_counts_as_not_stated_and_is_reported_with_a_proposal(dataset):
    made, intake = take(dataset, patient(Site_Code="Alpha General Hosp"))
    assert made.own_lists["site"].tolist() == [""]
    (finding,) = intake.findings
    assert (finding.severity, finding.rule) == ("warn", "unknown-site")
    assert "Is it a1?" in finding.mend
    assert Names(dataset, NOTHING).proposal("site", "Alpha General Hosp") == "a1"


def test_an_organisation_written_as_a_site_is_known(dataset):
    made, _ = take(dataset, patient(Provider_Code="AAA00"))
    assert made.own_lists["organisation"].tolist() == ["AAA"]


def test_the_same_extract_again_changes_nothing(dataset):
    made, _ = take(dataset, patient())
    again, intake = take(made, patient(), file="copy.csv")
    assert again is made
    assert intake.sentences(stored=True) == ["Already loaded, nothing changes: waiting list of AAA at 28 June 2026, 1 patients (copy.csv)."]


def test_a_corrected_extract_replaces_that_organisation_and_date_whole(dataset):
    made, _ = take(dataset, patient(), patient(Age="20"), patient(Provider_Code="BBB"))
    older, _ = take(made, patient(Week_Ending_Date="21/06/2026"))
    newer, intake = take(older, patient(Age="80"), file="corrected.csv")
    counts = newer.own_lists.groupby(["organisation", "date"])["patients"].sum()
    assert counts.to_dict() == {
        ("AAA", pd.Timestamp("2026-06-21")): 1,
        ("AAA", pd.Timestamp("2026-06-28")): 1,
        ("BBB", pd.Timestamp("2026-06-28")): 1,
    }
    assert [p.organisation for p in intake.replaced] == ["AAA"]
    sources = newer.local["local_sources"].set_index(["organisation", "date"])["file"]
    assert sources["AAA", pd.Timestamp("2026-06-28")] == "corrected.csv"
    assert sources["BBB", pd.Timestamp("2026-06-28")] == "x.csv"
    assert len(sources) == 3


def test_the_same_file_understood_anew_replaces_what_it_brought(dataset):
    made, _ = take(dataset, patient(Site_Code="Main"))
    newer, intake = take(made, patient(Site_Code="Main"), mapping=NOTHING.with_value("site", "Main", "a1"))
    assert newer.own_lists["site"].tolist() == ["a1"]
    assert len(intake.replaced) == 1


def test_one_list_in_two_files_is_refused(dataset):
    readings = [read(patient()), read(patient(Age="20"), file="y.csv")]
    (finding,) = refusals(take_in_lists, dataset, readings, NOTHING)
    assert (finding.rule, finding.file) == ("twice", "y.csv")


def test_one_refused_file_keeps_every_file_out(dataset):
    readings = [read(patient()), read(patient(Week_Ending_Date="21/06/2026", DNA_Count="x"))]
    assert [f.rule for f in refusals(take_in_lists, dataset, readings, NOTHING)] == ["cell"]


def test_an_organisation_may_load_its_own_lists_only(dataset):
    (finding,) = refusals(take, dataset, patient(), patient(Provider_Code="BBB"), organisations=["AAA"])
    assert (finding.rule, finding.found) == ("not-your-organisation", "rows of BBB")
    made, _ = take(dataset, patient(), organisations=["AAA"])
    assert len(made.own_lists) == 1


def test_warnings_of_what_was_taken_in_are_part_of_the_dataset(dataset):
    made, intake = take(dataset, patient(), patient(Diagnostic_Clock_Start_Date="29/06/2026"))
    assert [f.rule for f in intake.findings] == ["after-snapshot"]
    assert made.accepted[-1].rule == "after-snapshot"


def test_a_list_of_the_very_month_end_is_shown_by_priority_and_others_stay_as_published(dataset):
    rows = [patient(Week_Ending_Date=MONTH_END, Diagnostic_Clock_Start_Date=start, Diagnostic_Priority_Code=code)
            for start, code in (("29/06/2026", "D1"), ("29/06/2026", "D1"), ("01/01/2026", "D4"))]  # fmt: skip
    made, _ = take(dataset, *rows)
    split = made.waiting_list_by_priority.rows
    own = split[(split["organisation"] == "AAA") & (split["test"] == "ct") & (split["patients"] > 0)]
    assert own[["priority", "weeks_waited", "patients"]].to_numpy().tolist() == [["routine", 13, 1.0], ["two_weeks", 0, 2.0]]
    published = made.waiting_list.rows
    assert split[split["organisation"] == "BBB"].reset_index(drop=True).equals(published[published["organisation"] == "BBB"].reset_index(drop=True))


def test_a_list_of_another_day_is_never_used_unasked(dataset):
    made, _ = take(dataset, patient())
    assert made.waiting_list_by_priority.rows.equals(dataset.waiting_list.rows)


def test_the_published_list_is_split_only_when_asked_with_its_bands_kept_and_a_note(dataset):
    rows = [patient(Diagnostic_Priority_Code=c, Diagnostic_Clock_Start_Date=s)
            for c, s in (("D1", "25/06/2026"), ("D4", "25/06/2026"), ("D4", "25/06/2026"), ("D4", "25/06/2026"), ("D4", "01/05/2026"))]  # fmt: skip
    made, _ = take(dataset, *rows)
    split, notes = made.waiting_list_split(within_days=7)
    wide = split.rows[split.rows["organisation"] == "AAA"].pivot(index="weeks_waited", columns="priority", values="patients")
    published = made.waiting_list.rows
    bands = published[(published["organisation"] == "AAA") & (published["test"] == "ct")].set_index("weeks_waited")["patients"]
    assert wide.sum(axis=1).to_numpy() == pytest.approx(bands.to_numpy())
    assert wide.loc[0].to_dict() == pytest.approx({"routine": 13 * 3 / 4, "two_weeks": 13 / 4})
    assert wide.loc[5].to_dict() == pytest.approx({"routine": 8 * 4 / 5, "two_weeks": 8 / 5})
    assert [f.severity for f in notes] == ["note"]
    assert "2 days away" in notes[0].found
    far, none = made.waiting_list_split(within_days=1)
    assert far.rows.equals(published)
    assert not none


PROVISIONAL = "Trust,Test,Date,Total WL,00 <01 weeks,13+ weeks,Waiting List Activity\nAAA,CT,{date},{total},{first},4,{done}\n"


def provisional_text(date="21/07/2026", total="", first="6", done="50"):
    return PROVISIONAL.format(date=date, total=total, first=first, done=done)


def take_provisional(dataset, text):
    return take_in_provisional(dataset, [csv_file(provisional, text)], ColumnMapping("provisional"))


def test_a_provisional_return_stands_beside_the_published_months(dataset):
    made, intake = take_provisional(dataset, provisional_text())
    (row,) = made.local["provisional"].to_dict("records")
    assert (row["organisation"], row["test"], row["waiting_0"], row["waiting_13"], row["done_waiting_list"]) == ("AAA", "ct", 6, 4, 50)
    assert [f"{row[k]:%Y-%m-%d}" for k in ("period", "date", "counted_from")] == ["2026-07-01", "2026-07-21", "2026-07-01"]
    assert row["waiting_5"] != row["waiting_5"]
    assert made.activity == dataset.activity
    assert made.data_date == dataset.data_date
    assert intake.sentences(stored=True) == ["Loaded: provisional returns of AAA at 21 July 2026, 1 rows."]


def test_a_withheld_figure_is_missing_and_listed_never_zero(dataset):
    made, intake = take_provisional(dataset, provisional_text(first="<5", done="*"))
    (row,) = made.local["provisional"].to_dict("records")
    assert row["waiting_0"] != row["waiting_0"]
    assert row["done_waiting_list"] != row["done_waiting_list"]
    assert [(f.severity, f.row, f.column, f.found) for f in intake.findings] == [
        ("warn", 2, "Waiting List Activity", '"*"'), ("warn", 2, "00 <01 weeks", '"<5"'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [({"date": "07/21/2026"}, "cell", "Date"), ({"first": "-3"}, "cell", "00 <01 weeks"), ({"done": "a lot"}, "cell", "Waiting List Activity"),
     ({"date": ""}, "empty-cell", "Date")],
)  # fmt: skip
def test_a_wrong_cell_of_a_provisional_return_is_refused(dataset, change, rule, column):
    (finding,) = refusals(take_provisional, dataset, provisional_text(**change))
    assert (finding.rule, finding.row, finding.column) == (rule, 2, column)


def test_bands_that_do_not_add_up_to_the_total_are_refused():
    bands = ",".join(f"{k:02d} <{k + 1:02d} weeks" for k in range(13)) + ",13+ weeks"
    text = f"Trust,Test,Date,Total WL,{bands}\nAAA,CT,21/07/2026,{{}}," + ",".join(["1"] * 14) + "\n"
    assert not csv_file(provisional, text.format(14)).is_refused
    (finding,) = csv_file(provisional, text.format(15)).findings
    assert (finding.rule, finding.row, finding.column) == ("bands", 2, "Total WL")


def test_one_test_twice_at_a_date_is_refused(dataset):
    text = provisional_text()
    (finding,) = refusals(take_provisional, dataset, text + text.splitlines()[1] + "\n")
    assert (finding.rule, finding.row) == ("duplicate-row", 3)


WORKFORCE = "period,provider_code,staff_group,measure,value\n2025-05-01,AAA,Total,fte,{}\n"


def test_a_published_table_is_kept_with_its_source_and_date_and_replaced_whole(dataset):
    made, _ = take_in_reference(dataset, [csv_file(published, WORKFORCE.format(10.5))], ColumnMapping("published"))
    (source,) = made.local["local_sources"].to_dict("records")
    assert (source["table"], f"{source['date']:%Y-%m-%d}") == ("workforce", "2025-05-01")
    assert "NHS Workforce Statistics" in source["source"]
    newer, intake = take_in_reference(made, [csv_file(published, WORKFORCE.format(11), file="new.csv")], ColumnMapping("published"))
    assert newer.local["workforce"]["value"].tolist() == [11]
    assert len(intake.replaced) == 1
    assert len(newer.local["local_sources"]) == 1


def test_a_wrong_cell_of_a_published_table_names_the_heading_of_the_file():
    (finding,) = csv_file(published, WORKFORCE.format("many")).findings
    assert (finding.row, finding.column, finding.found) == (2, "value", '"many"')


def test_a_file_that_is_no_known_table_is_refused():
    reading = csv_file(published, "a,b\n1,2\n")
    assert reading.is_refused
    assert {f.rule for f in reading.findings} == {"missing-column"}


STAFF = "Trust,Role,FTE\n{},Radiographers,{}\n"


def take_register(dataset, text, mapping=None, **more):
    mapping = mapping or ColumnMapping("register")
    return take_in_register(dataset, [csv_file(registers, text, mapping)], mapping, **more)


def test_staff_of_the_organisations_in_a_file_are_replaced_and_others_kept(dataset):
    made, _ = take_register(dataset, STAFF.format("Beta", 7))
    newer, intake = take_register(made, STAFF.format("AAA", 3.5))
    held = newer.network["staff_in_post"].set_index("organisation")["wte"].to_dict()
    assert held == {"AAA": 3.5, "BBB": 7}
    assert [p.organisation for p in intake.replaced] == ["AAA"]
    again, intake = take_register(newer, STAFF.format("AAA", 3.5))
    assert again is newer
    assert [p.organisation for p in intake.already] == ["AAA"]


def test_a_scanner_register_replaces_the_scanners_at_its_owners_sites(dataset):
    text = "Asset number,Site name,Equipment type,Installation date\nn1,Alpha General,Scanner,01/04/2024\nn2,a1,scanner,\n"
    made, _ = take_register(dataset, text)
    assets = made.network["assets"].set_index("asset")
    assert assets["site"].to_dict() == {"x2": "b1", "n1": "a1", "n2": "a1"}
    assert f"{assets.loc['n1', 'installed']:%Y-%m-%d}" == "2024-04-01"


@pytest.mark.parametrize(
    ("text", "rule", "row", "column"),
    [
        (STAFF.format("ZZZ", 1), "unknown-reference", 2, "Trust"),
        (STAFF.format("AAA", "x"), "cell", 2, "FTE"),
        (
            "Asset,Site,Asset type,Available from,Available until\nok,a1,scanner,,\nn1,a1,scanner,02/01/2026,01/01/2026\n",
            "dates-in-order",
            3,
            "Available until",
        ),
        ("Asset,Site,Asset type\nx2,a1,scanner\n", "duplicate-row", 2, "Asset"),
    ],
)
def test_a_register_that_contradicts_the_network_is_refused_at_its_row(dataset, text, rule, row, column):
    (finding,) = refusals(take_register, dataset, text)
    assert (finding.rule, finding.file, finding.row, finding.column) == (rule, "r.csv", row, column)


def test_a_networks_own_priority_classes_replace_the_national_ones(dataset):
    classes_text = "priority,title,rank\nfast,Fast,1\nslow,Slow,2\n"
    codes_text = "field,code,priority\npriority,D2,slow\n"
    both = [csv_file(registers, classes_text), csv_file(registers, codes_text, file="codes.csv")]
    made, _ = take_in_register(dataset, both, ColumnMapping("register"))
    listed, _ = take(made, patient())
    assert classes(listed) == {"slow": 1}
    (finding,) = refusals(take_register, dataset, classes_text)
    assert finding.rule == "unknown-priority"
