"""The search for people's data: which columns are refused, which are not, and what is never said."""

import random
import time
from datetime import date

import pyarrow as pa
import pytest

from data.errors import Refused
from data.folder import example_networks, read_folder
from data.people import people_findings
from data.people_columns import BIRTH_DATES, NAMES, NHS_NUMBERS, POSTCODES, ColumnScan
from data.people_rules import kind_of_header, nhs_number_verdict
from data.sources.waiting_list import read as read_waiting_list
from data.workbook import write_workbook
from tests.hostile.people import FORMS, nhs_number, pseudonym
from tests.networks.broken import xlsx
from tests.networks.extracts import csv_of, patient

TODAY = date(2026, 11, 22)
COLUMNS = 1_000
SIZES = (5, 6, 7, 8, 10, 12, 16, 20, 50, 200)


def suspected(values, heading=""):
    """Kind → whether it is certain, of all that a column seems to hold."""
    scan = ColumnScan(heading)
    scan.feed(pa.array(values, pa.string()))
    return {s.kind: s.certain for s in scan.suspicions(TODAY)}


def generated(make, seed):
    """A thousand columns of numbers in every form and of many lengths."""
    rng = random.Random(seed)  # noqa: S311 - the same columns every time
    for i in range(COLUMNS):
        name, form = FORMS[i % len(FORMS)]
        yield name, [form(make(rng)) for _ in range(SIZES[i % len(SIZES)])]


def test_no_column_of_random_pseudonyms_is_refused():
    assert [name for name, values in generated(pseudonym, 1) if suspected(values).get(NHS_NUMBERS)] == []


def test_every_column_of_nhs_numbers_is_refused_in_whatever_form():
    assert [name for name, values in generated(nhs_number, 2) if not suspected(values).get(NHS_NUMBERS)] == []


@pytest.mark.parametrize(
    ("candidates", "valid", "verdict"),
    [(1, 1, "refuse"), (4, 4, "refuse"), (4, 3, "ask"), (5, 5, "refuse"), (5, 3, "ask"), (20, 10, "refuse"), (20, 5, "ask"), (100, 9, "accept"),
     (100, 30, "ask"), (1000, 499, "ask"), (1000, 500, "refuse"), (1000, 91, "accept"), (1000, 180, "ask"), (1000, 0, "accept")],
)  # fmt: skip
def test_a_column_is_judged_by_the_share_that_passes_where_luck_cannot_explain_it(candidates, valid, verdict):
    assert nhs_number_verdict(candidates, valid) == verdict


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rang 999 123 4578 again", NHS_NUMBERS), ("NHS:9991234578", NHS_NUMBERS), ("9991234578", NHS_NUMBERS), ("Surname: Quibble", NAMES),
        ("born on 3 February 1950", BIRTH_DATES), ("DOB 03/02/50", BIRTH_DATES), ("now at PR2 9HT", POSTCODES), ("pr2 9ht", POSTCODES),
    ],
)  # fmt: skip
def test_one_text_is_enough(text, kind):
    assert suspected([text, "something", "else"]) == {kind: True}


@pytest.mark.parametrize(
    "text",
    ["999 123 4579", "ref 1234567890-12", "12.3456789012", "0000000000", "9999999999", "in H1 1st", "Dept name", "NHS North West", "Site full name",
     "2026-03-01 10:20:30", "202603011020", "07700 900123", "E01012571", "nhs_number_hash", "PR2", "U05.1", "born in the county"],
)  # fmt: skip
def test_what_only_looks_like_a_person_is_left_alone(text):
    assert suspected([text, "something", "else"]) == {}


@pytest.mark.parametrize(("youngest", "found"), [(1930, True), (1990, True), (2012, False), (2020, False)])
def test_a_column_of_dates_is_judged_by_the_middle_age(youngest, found):
    dates = [f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/{youngest + i % 10}" for i in range(30)]
    assert suspected(dates) == ({BIRTH_DATES: True} if found else {})


def test_dates_after_today_or_long_ago_are_no_births():
    assert suspected([f"0{i}/02/1850" for i in range(1, 9)]) == suspected([f"0{i}/02/2050" for i in range(1, 9)]) == {}


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("NHS Number", NHS_NUMBERS), ("nhs_no", NHS_NUMBERS), ("Patient NHS No", NHS_NUMBERS), ("Patient's surname", NAMES), ("FORENAME1", NAMES),
     ("D.O.B.", BIRTH_DATES), ("Postcode of home", None), ("home postcode", POSTCODES), ("NHS number status", None), ("Pseudo NHS Number", None),
     ("Site name", None), ("Provider full name", None), ("Department name", None)],
)  # fmt: skip
def test_a_heading_says_what_stands_below_it(heading, kind):
    assert kind_of_header(heading) == kind


def places(rows):
    return people_findings("\n".join([*rows, ""]).encode(), "a.csv", TODAY)


def test_a_postcode_is_a_places_own_where_each_place_has_one():
    assert places(["site,postcode", "s1,PR2 9HT", "s2,LA1 4RP", "s1,PR2 9HT"]) == ()
    assert [f.row for f in places(["site,postcode", "s1,PR2 9HT", "s2,LA1 4RP", "s1,FY3 8NR"])] == [2]
    assert places(["site,referral,postcode", "s1,1,PR2 9HT", "s2,2,LA1 4RP"]).refusals
    assert places(["thing,postcode", "s1,PR2 9HT"]).refusals


def test_every_kind_in_a_file_is_named_with_its_place():
    rows = [["pathway", "Surname", "DOB", "ref"], *([f"p{i}", "Quibble", f"0{i}/02/1950", "9991234578"] for i in range(1, 6))]
    found = people_findings(xlsx({"List": rows}), "a.xlsx", TODAY)
    assert {(f.found, f.sheet, f.row, f.column) for f in found} == {
        (NAMES, "List", 2, "Surname"), (BIRTH_DATES, "List", 2, "DOB"), (NHS_NUMBERS, "List", 2, "D")
    }  # fmt: skip
    assert not any(value in found.summary() for value in ("Quibble", "1950", "9991234578"))


def test_a_file_that_cannot_be_searched_to_its_end_is_refused():
    with pytest.raises(Refused):
        people_findings(b"id,test\np1,a\np2,a,9991234578\n", "a.csv", TODAY)


def test_a_heading_without_anything_below_is_nobodys():
    assert people_findings(xlsx({"List": [["id", "Surname", "DOB"], ["1", None, None]]}), "a.xlsx", TODAY) == ()


def test_no_published_file_is_refused(shared_data):
    paths = [p for p in sorted(shared_data.rglob("*")) if p.name.endswith((".csv", ".csv.gz"))]
    paths.append(max(shared_data.rglob("*.xls")))  # the others are read by the tests of their adapter, which search them too
    assert len(paths) > 10
    assert {p.name: f.summary() for p in paths if (f := people_findings(p.read_bytes(), p.name, TODAY))} == {}


def test_no_example_network_is_refused():
    for folder in example_networks().values():
        assert [f for p in folder.glob("*.csv*") for f in people_findings(p.read_bytes(), p.name, TODAY)] == []
    largest = max(map(read_folder, example_networks().values()), key=lambda parts: len(parts.network["sites"]))
    assert people_findings(write_workbook(largest.network, largest.assumptions, None), "a.xlsx", TODAY) == ()


def test_the_search_takes_less_than_a_third_of_the_reading():
    content = csv_of(*(patient() for _ in range(15_000)))
    read_waiting_list(csv_of(patient()), "a.csv")  # what is loaded at the first use belongs to neither
    people_findings(csv_of(patient()), "a.csv")
    started = time.process_time()
    assert people_findings(content, "a.csv", TODAY) == ()
    searched = time.process_time()
    read_waiting_list(content, "a.csv")
    assert searched - started < 0.3 * (time.process_time() - searched)
