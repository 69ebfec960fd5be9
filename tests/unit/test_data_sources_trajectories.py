"""Improvement-plan trajectories as planners send them: forms of months, measures and shares; what is no plan is refused."""

import pytest

from data.local_names import Names
from data.sources import registers
from data.sources.mapping import ColumnMapping
from portal.questions import questions
from tests.networks.performance import PLAN_COLUMNS, dataset, plan


def read(*rows):
    return registers.read(plan(*rows), "plan.csv")


def test_a_plan_is_known_by_its_headings_and_read_under_the_planners_own_words():
    reading = read("AAA,CT,Apr-26,% over six weeks,12.5%,Recovery,Lead", 'AAA,CT,30/04/2026,Total waiting list,"1,200",,')
    assert not reading.findings, reading.findings.summary()
    assert reading.facts["table"] == "trajectories"
    rows = reading.frames["trajectories"]
    assert rows[["organisation", "test", "measure", "planned", "plan", "owner"]].to_numpy().tolist() == [
        ["AAA", "CT", "share_over_six", 0.125, "Recovery", "Lead"], ["AAA", "CT", "waiting", 1200, "", ""],
    ]  # fmt: skip
    assert rows["period"].dt.strftime("%Y-%m-%d").tolist() == ["2026-04-01"] * 2


def test_a_share_above_one_is_refused_and_told_how_to_write_it():
    (finding,) = read("AAA,CT,2026-04,% over six weeks,0.3,,", "AAA,CT,2026-05,% over six weeks,12.5,,").findings
    assert (finding.rule, finding.row, finding.column, finding.found) == ("share", 3, "Planned", "12.5")
    assert "12.5%" in finding.mend


@pytest.mark.parametrize("cell", ["*", "<5", "-", "n/a", "-3", "120%x", "1,5"])
def test_what_is_no_planned_value_is_refused_and_never_zero(cell):
    (finding,) = read(f'AAA,CT,2026-04,Activity,"{cell}",,').findings
    assert (finding.severity, finding.row, finding.column) == ("refuse", 2, "Planned")


def test_rows_without_a_planned_value_are_left_out_and_counted():
    reading = read("AAA,CT,2026-04,Activity,900,,", "AAA,CT,2026-05,Activity,,,", "AAA,CT,2026-06,Activity,,,")
    (finding,) = reading.findings
    assert (finding.severity, finding.found) == ("note", "2 rows without a planned value")
    assert reading.frames["trajectories"]["planned"].tolist() == [900]
    assert reading.frames["rows"]["row"].tolist() == [2]


def test_a_plan_that_states_nothing_is_refused():
    assert [f.rule for f in read("AAA,CT,2026-04,Activity,,,").findings] == ["no-rows"]


@pytest.mark.parametrize(
    ("row", "column"), [("AAA,CT,2026-04,Happiness,1,,", "Measure"), ("AAA,CT,Spring,Activity,1,,", "Month"), ("AAA,,2026-04,Activity,1,,", "Test")]
)
def test_an_unknown_measure_month_or_blank_name_is_refused_at_its_cell(row, column):
    (finding,) = read(row).findings
    assert (finding.row, finding.column) == (2, column)


def test_a_month_of_a_list_planned_twice_is_refused():
    (finding,) = read("AAA,CT,2026-04,Activity,1,,", "AAA,CT,30/04/2026,Total activity,2,,").findings
    assert (finding.rule, finding.row) == ("duplicate-row", 3)


def test_names_nobody_knows_are_asked_for_and_national_tests_outside_the_network_are_not():
    reading = read("The first,Scan,2026-04,Activity,1,,", "AAA,Colonoscopy,2026-04,Activity,1,,")
    asked = questions([reading], Names(dataset(), ColumnMapping("register")))
    assert [(q.name, q.theirs) for q in asked] == [("organisation", "The first"), ("test", "Scan")]
    assert set(asked[1].choices) >= {"ct", "be"}


def test_a_template_without_values_has_every_heading():
    reading = registers.read((PLAN_COLUMNS + "\n").encode(), "empty.csv")
    assert reading.unknown == ()
    assert [f.rule for f in reading.findings] == ["no-rows"]


def test_a_missing_measure_is_refused_by_its_column():
    reading = registers.read(b"Trust,Test,Month,Planned\nAAA,CT,2026-04,3\n", "plan.csv")
    assert any(f.column == "Measure" for f in reading.findings.refusals)
    assert not reading.frames


def test_a_table_without_planned_values_is_no_plan():
    reading = registers.read(b"Trust,Test,Month,Measure\nAAA,CT,2026-04,Activity\n", "plan.csv")
    assert any(f.rule == "missing-column" and f.column == "Planned" for f in reading.findings.refusals)
