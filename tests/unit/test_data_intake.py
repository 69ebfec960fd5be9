"""Files taken into a dataset: newer versions, what they change, what is refused, what stays readable."""

import re
import time
from dataclasses import replace

import pandas as pd
import pytest

from data.activity import ACTIVITY
from data.dataset import Dataset
from data.errors import Refused
from data.findings import Findings
from data.intake import Intake, from_parts, take_in
from data.revisions import CHANGES, changes
from data.safe_reading import read_safely
from data.sources.dm01 import read
from data.store import SINGLE_USER
from tests.networks.broken import official_rows, official_xls
from tests.networks.full_extract import as_csv, as_gzip, extract_rows, tidy_rows, with_value
from tests.networks.small import small_parts

MONTHS = (pd.Timestamp("2025-02-01"), pd.Timestamp("2025-03-01"))
CT_OF_AAA_IN_FEBRUARY = 3  # row of the tidy table, the header being row 1


@pytest.fixture
def empty() -> Dataset:
    """A network of two organisations and two tests, without history."""
    parts = small_parts()
    return from_parts(replace(parts, activity=None), file="small.xlsx", synthetic=False)


def tidy(rows=None, name="tidy.csv"):
    return read(as_csv(rows or tidy_rows()), name)


def corrected(by=5):
    """The tidy table with five more planned scans of one organisation in February."""
    rows = tidy_rows()
    for column in ("act_planned", "act_total"):
        value = int(rows[CT_OF_AAA_IN_FEBRUARY - 2][column]) + by
        rows = with_value(rows, CT_OF_AAA_IN_FEBRUARY, column, str(value))
    return rows


def test_every_form_of_the_return_is_taken_in_the_same_way(empty):
    from_table, _ = take_in(empty, [tidy(tidy_rows(["2026-03-01"]))])
    from_extract, _ = take_in(empty, [read(as_csv(extract_rows(commissioners=["01A"], tests=(1, 2, 7))), "extract.csv")])
    from_book, _ = take_in(empty, [read(official_xls(official_rows("March 2026")), "book.xls")])
    for made in (from_table, from_extract, from_book):
        assert made.activity.periods == [pd.Timestamp("2026-03-01")]
        assert set(made.activity.rows["test"]) <= {"ct", "be"}
        assert set(made.activity.rows["organisation"]) == {"AAA", "BBB"}


def test_the_same_content_again_changes_nothing(empty):
    once, _ = take_in(empty, [tidy()])
    again, intake = take_in(once, [tidy(name="other name.csv")])
    assert again is once
    assert intake.already == ("other name.csv",)
    assert intake.sentences(stored=True) == ["Already loaded, nothing changed: other name.csv."]


def test_a_corrected_month_replaces_the_whole_month_and_says_which_figures_change(empty):
    once, _ = take_in(empty, [tidy()])
    made, intake = take_in(once, [tidy(corrected(), "corrected.csv")])
    changed = intake.changes.drop(columns=["before", "after"]).to_numpy().tolist()
    assert changed == [["AAA", "ct", pd.Timestamp("2025-02-01"), "done_planned"]]
    assert (intake.changes["after"] - intake.changes["before"]).tolist() == [5.0]
    assert intake.changes.dtypes.astype(str).to_dict() == {f.name: f.dtype for f in CHANGES.fields}
    assert "Loaded before, and replaced: February 2025 and March 2025." in intake.sentences(stored=True)
    said = next(s for s in intake.sentences(stored=True) if "Alpha" in s)
    assert re.fullmatch(r'Alpha: 1 figure changed, most of all CT, February 2025, "Done: planned", from \d+ to \d+\.', said)
    assert set(made.sources["file"]) == {"corrected.csv"}
    assert set(once.sources["file"]) == {"tidy.csv"}


def test_a_newer_issue_of_one_month_leaves_the_others_from_their_own_file(empty):
    once, _ = take_in(empty, [tidy()])
    march = tidy(tidy_rows(["2025-03-01"]), "march.csv")
    made, intake = take_in(once, [march])
    assert intake.replaced == (pd.Timestamp("2025-03-01"),)
    assert {(s.file, f"{s.period:%Y-%m}") for s in made.sources.itertuples()} == {("tidy.csv", "2025-02"), ("march.csv", "2025-03")}
    back, again = take_in(made, [tidy()])
    assert again.already == ()  # March is not in force from this file any more: it can be put back
    assert set(back.sources["file"]) == {"tidy.csv"}


def test_an_unchanged_newer_issue_says_so(empty):
    once, _ = take_in(empty, [tidy()])
    _, intake = take_in(once, [tidy(list(reversed(tidy_rows())))])
    assert intake.changes.empty
    assert "No figure of this network changes in the months that are replaced." in intake.sentences(stored=True)


def test_rows_that_appear_or_vanish_are_changes_from_and_to_no_row(empty):
    rows = tidy_rows()
    once, _ = take_in(empty, [tidy()])
    fewer = [r for i, r in enumerate(rows, start=2) if i != CT_OF_AAA_IN_FEBRUARY]
    _, lost = take_in(once, [tidy(fewer)])
    assert set(lost.changes["organisation"]) == {"AAA"}
    assert lost.changes["after"].isna().all()
    assert "to no row." in " ".join(lost.sentences(stored=True))
    back, _ = take_in(take_in(empty, [tidy(fewer)])[0], [tidy()])
    assert changes(once.activity, back.activity, ["AAA", "BBB"], once.activity.periods).empty


def test_changes_of_organisations_outside_the_network_are_not_listed(empty):
    rows = tidy_rows(providers=("AAA", "ZZZ"))
    other = [{**r, "act_planned": "7", "act_total": str(int(r["act_total"]) - int(r["act_planned"]) + 7)} if r["provider_code"] == "ZZZ" else r
             for r in rows]  # fmt: skip
    once, _ = take_in(empty, [tidy(rows)])
    made, intake = take_in(once, [tidy(other)])
    assert intake.changes.empty
    assert made.content_id != once.content_id


def test_a_month_in_a_table_and_in_a_workbook_at_once_is_refused_in_one_sentence_for_both(empty):
    book = read(official_xls(official_rows("March 2025")), "book.xls")
    with pytest.raises(Refused) as refused:
        take_in(empty, [tidy(), book])
    (finding,) = refused.value.findings
    assert finding.sentence() == (
        "book.xls: found March 2025, which is in tidy.csv too; allowed: each month in one file. "
        "Load the newer issue alone: it replaces what is loaded."
    )
    months = [f"2025-{m:02d}-01" for m in range(1, 7)]
    with pytest.raises(Refused, match=r"6 months, January 2025 to June 2025, which are in tidy\.csv too"):
        take_in(empty, [tidy(tidy_rows(months)), tidy(list(reversed(tidy_rows(months))), "other.csv")])


def test_a_missing_figure_of_the_network_is_refused_and_of_another_organisation_left_out(empty):
    rows = tidy_rows(providers=("AAA", "ZZZ"))
    own = with_value(rows, CT_OF_AAA_IN_FEBRUARY, "wl_05_06w", "*")
    with pytest.raises(Refused) as refused:
        take_in(empty, [tidy(own)])
    (finding,) = refused.value.findings
    assert (finding.rule, finding.column) == ("missing-figure", ACTIVITY.field("waiting_5").title)
    assert finding.found == "no figure for Alpha, CT, February 2025"
    other = with_value(rows, CT_OF_AAA_IN_FEBRUARY + 3, "wl_05_06w", "*")
    made, intake = take_in(empty, [tidy(other)])
    outside = made.activity.rows[(made.activity.rows["organisation"] == "ZZZ") & (made.activity.rows["test"] == "ct")]
    assert [f"{p:%Y-%m}" for p in outside["period"]] == ["2025-03"]
    assert {"missing-figure", "left-out"} <= {f.rule for f in intake.findings}


def test_a_file_without_any_test_of_the_network_is_refused_and_takes_nothing_away():
    held = from_parts(small_parts(), file="small.xlsx")
    with pytest.raises(Refused, match="no row of a test that this network has"):
        take_in(held, [tidy(tidy_rows(tests=(7, 15)))])


def test_the_older_version_stays_readable_in_the_store(empty, store):
    once, _ = take_in(empty, [tidy()])
    newer, _ = take_in(once, [tidy(corrected(), "corrected.csv")])
    ids = [store.save_dataset(SINGLE_USER, made, name="History").id for made in (once, newer)]
    assert ids[0] != ids[1]
    older, newest = (store.dataset(SINGLE_USER, i) for i in ids)
    assert (set(older.sources["file"]), set(newest.sources["file"])) == ({"tidy.csv"}, {"corrected.csv"})
    assert changes(older.activity, newest.activity, ["AAA"], older.activity.periods)["column"].tolist() == ["done_planned"]
    assert store.save_dataset(SINGLE_USER, take_in(empty, [tidy()])[0], name="Again").already


def test_two_years_of_every_provider_are_loaded_within_ten_seconds_of_processor_time(empty, shared_data):
    path = shared_data / "dm01" / "dm01_provider.csv.gz"
    started = time.process_time()
    made, intake = take_in(empty, [read(path.read_bytes(), path.name)])
    assert made.content_id
    assert time.process_time() - started < 10
    assert len(intake.months) == 24
    assert intake.organisations_outside > 250
    assert any(f.rule == "organisation-missing" for f in intake.findings)


def test_a_reading_from_the_child_is_known_again_here(empty):
    once, _ = take_in(empty, [read_safely(as_gzip(as_csv(tidy_rows())), "tidy.csv.gz", "dm01")])
    again, intake = take_in(once, [read(as_gzip(as_csv(tidy_rows())), "tidy.csv.gz")])
    assert again is once
    assert intake.already == ("tidy.csv.gz",)


def test_what_storing_does_is_told_in_the_future_until_it_is_done():
    intake = Intake(MONTHS, MONTHS[:1], ("old.xls",), 4, 120, 1, True, Findings())
    assert intake.sentences(stored=False) == [
        "2 months will be loaded (February 2025 to March 2025).",
        "4 organisations of this network found.",
        "Will be kept for comparison: 120 other organisations.",
        "Will be left out: 1 national test that this network does not have.",
        "Loaded before, and will be replaced: February 2025.",
        "The synthetic history will be removed: real and invented months are never mixed.",
    ]
    assert intake.sentences(stored=True) == [
        "2 months loaded (February 2025 to March 2025).",
        "4 organisations of this network found.",
        "Kept for comparison: 120 other organisations.",
        "Left out: 1 national test that this network does not have.",
        "Loaded before, and replaced: February 2025.",
        "The synthetic history was removed: real and invented months are never mixed.",
        "Already loaded, nothing changed: old.xls.",
    ]
