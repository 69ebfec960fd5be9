"""Cancer waiting times as they are published: each patient once, what is withheld is missing, what does not add up is refused."""

import math

import pytest

from data.sources import published
from tests.networks.performance import CANCER_COLUMNS, cancer

FDS = "2024-04-01,28-day FDS,{},URGENT SUSPECTED CANCER,,{},{},{},{}"
TREATED = "2024-04-01,62-day Combined,AAA,{},{},{},{},{},{}"


def read(*rows):
    return published.read(cancer(*rows), "cancer.csv")


def kept(*rows):
    reading = read(*rows)
    assert not reading.is_refused, reading.findings.summary()
    return reading.frames["cancer_waits"]


def test_a_row_of_the_faster_diagnosis_standard_is_kept_as_it_is():
    (row,) = kept(FDS.format("AAA", "Suspected lung cancer", 10, 7, 3)).to_dict("records")
    assert (row["organisation"], row["standard"], row["route"]) == ("AAA", "28_day", "URGENT SUSPECTED CANCER")
    assert (row["cancer_type"], row["total"], row["within"], row["breaches"]) == ("Suspected lung cancer", 10, 7, 3)
    assert f"{row['period']:%Y-%m-%d}" == "2024-04-01"


def test_patients_treated_are_counted_once_though_the_file_counts_them_twice():
    rows = kept(
        TREATED.format("Screening", "ALL MODALITIES", "Breast", 6, 4, 2), TREATED.format("Screening", "ALL MODALITIES", "Lung", 4.5, 4, 0.5),
        TREATED.format("Screening", "Surgery", "ALL CANCERS", 7.5, 6, 1.5), TREATED.format("Screening", "Radiotherapy", "ALL CANCERS", 3, 2, 1),
        TREATED.format("Screening", "ALL MODALITIES", "ALL CANCERS", 10.5, 8, 2.5),
    )  # fmt: skip
    assert rows[["cancer_type", "total", "within"]].to_numpy().tolist() == [["Breast", 6, 4], ["Lung", 4.5, 4]]


def test_a_total_over_routes_is_not_counted_beside_the_routes():
    rows = kept(
        TREATED.format("Screening", "ALL MODALITIES", "Lung", 4, 4, 0), TREATED.format("Consultant Upgrade", "ALL MODALITIES", "Lung", 5, 3, 2),
        TREATED.format("ALL ROUTES", "ALL MODALITIES", "Lung", 9, 7, 2),
    )  # fmt: skip
    assert rows["total"].sum() == 9


def test_a_file_by_modality_alone_is_added_up():
    rows = kept(TREATED.format("Screening", "Surgery", "ALL CANCERS", 6, 4, 2), TREATED.format("Screening", "Other", "ALL CANCERS", 3, 3, 0))
    assert rows[["cancer_type", "total", "within", "breaches"]].to_numpy().tolist() == [["ALL CANCERS", 9, 7, 2]]


def test_two_views_that_disagree_are_told_with_both_figures():
    reading = read(TREATED.format("Screening", "ALL MODALITIES", "Lung", 6, 4, 2), TREATED.format("Screening", "Surgery", "ALL CANCERS", 5, 3, 2))
    (finding,) = reading.findings
    assert (finding.severity, finding.rule) == ("warn", "cancer-views")
    assert finding.found == "5.0 patients of AAA, 62-day, April 2024"
    assert finding.expected.startswith("6.0")
    assert reading.frames["cancer_waits"]["total"].tolist() == [6]


def test_within_and_later_must_add_up_to_the_total():
    (finding,) = read(FDS.format("AAA", "Lung", 10, 7, 3), FDS.format("BBB", "Lung", 10, 7, 4)).findings
    assert (finding.rule, finding.row, finding.column) == ("total", 3, "total_treated")
    assert (finding.found, finding.expected[:4]) == ("10.0", "11.0")


def test_half_patients_are_allowed_and_quarters_are_not():
    assert kept(FDS.format("AAA", "Lung", 10.5, 7.5, 3))["total"].tolist() == [10.5]
    found = read(FDS.format("AAA", "Lung", 10.25, 7.25, 3)).findings
    assert [(f.rule, f.row, f.column) for f in found] == [("half-patients", 2, "total_treated"), ("half-patients", 2, "within_standard")]


@pytest.mark.parametrize(("marker", "told"), [("*", '"*"'), ("<5", '"<5"'), ("-", '"-"'), ("[c]", '"[c]"'), ("", "an empty cell")])
def test_a_withheld_figure_is_missing_and_never_zero(marker, told):
    reading = read(FDS.format("AAA", "Lung", 10, marker, 3))
    (finding,) = reading.findings
    assert (finding.severity, finding.rule, finding.row, finding.column, finding.found) == ("warn", "withheld", 2, "within_standard", told)
    (row,) = reading.frames["cancer_waits"].to_dict("records")
    assert math.isnan(row["within"])
    assert (row["total"], row["breaches"]) == (10, 3)


@pytest.mark.parametrize("written", ["2024-04-01", "01/04/2024", "30/04/2024", "April 2024", "Apr-24", "04/2024", "APR 2024"])
def test_a_month_may_be_written_in_any_way_nobody_could_misread(written):
    rows = kept(FDS.replace("2024-04-01", written).format("AAA", "Lung", 10, 7, 3))
    assert f"{rows['period'].iloc[0]:%Y-%m-%d}" == "2024-04-01"


@pytest.mark.parametrize("written", ["04/13/2024", "13/2024", "Q1 2024", "2024", "0"])
def test_what_is_no_month_is_refused(written):
    (finding,) = read(FDS.replace("2024-04-01", written).format("AAA", "Lung", 10, 7, 3)).findings
    assert (finding.severity, finding.rule, finding.column) == ("refuse", "cell", "period")


@pytest.mark.parametrize(
    ("column", "cell"), [("standard", "14-day"), ("standard", "FDS"), ("total_treated", "ten"), ("total_treated", "-1"), ("provider_code", "")]
)
def test_a_wrong_cell_is_refused_with_its_place(column, cell):
    names = CANCER_COLUMNS.split(",")
    cells = dict(zip(names, FDS.format("AAA", "Lung", 10, 7, 3).split(","), strict=True)) | {column: cell}
    found = read(",".join(cells[n] for n in names)).findings.refusals
    assert [(f.row, f.column) for f in found] == [(2, column)]


def test_the_same_row_twice_is_refused():
    (finding,) = read(*[FDS.format("AAA", "Lung", 10, 7, 3)] * 2).findings
    assert (finding.rule, finding.row) == ("duplicate-row", 3)


def test_a_file_without_its_figures_is_refused_with_the_columns_it_lacks():
    text = "period,standard,provider_code,stage_route,cancer_type,seen\n2024-04-01,28-day FDS,AAA,R,Lung,10\n"
    reading = published.read(text.encode(), "x.csv")
    assert {f.rule for f in reading.findings} == {"missing-column"}
    assert reading.is_refused


def test_the_published_file_is_read_whole_and_its_double_rows_once(shared_data):
    path = shared_data / "cancer_waits" / "cancer_waits_lsc.csv.gz"
    reading = published.read(path.read_bytes(), path.name)
    assert reading.findings == ()
    rows = reading.frames["cancer_waits"]
    assert len(rows) == 4_353
    assert rows.groupby("standard")["total"].sum().to_dict() == {"28_day": 136_621.0, "31_day": 26_728.0, "62_day": 13_344.5}
    assert (rows["within"] + rows["breaches"] == rows["total"]).all()
    assert rows.groupby("organisation")["period"].nunique().unique().tolist() == [16]
