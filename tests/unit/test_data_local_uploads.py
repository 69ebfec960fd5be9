"""Local sources read as uploads are: each file in a limited child process, with what was said about its names."""

import gzip

import pytest

from data.networks.make_waiting_lists import extract, extract_bytes
from data.safe_reading import read_many, read_safely
from data.sources import published
from data.sources.mapping import ColumnMapping
from tests.networks.extracts import csv_of, patient, read, small_dataset


def test_an_extract_is_read_in_the_child_as_it_is_here_and_patients_stay_there():
    rows = [patient(Pathway_ID="canary-one"), patient(Diagnostic_Clock_Start_Date="01/05/2026", Pathway_ID="canary-two")]
    reading = read_safely(gzip.compress(csv_of(*rows)), "x.csv.gz", "waiting_list")
    assert not reading.findings.refusals, reading.findings.summary()
    assert reading.frames["counted"].equals(read(*rows).frames["counted"])
    assert "canary" not in str(reading.pack())


def test_what_was_said_about_names_reaches_the_child():
    mapping = ColumnMapping("waiting_list").with_value("list_type", "XDG7", "waiting")
    content = csv_of(patient(Waiting_List_Type="XDG7"))
    assert read_safely(content, "x.csv", "waiting_list").is_refused
    (reading,) = read_many([("x.csv", content)], "waiting_list", {"mapping": mapping.body})
    assert reading.frames["counted"]["patients"].sum() == 1
    assert reading.mapping == mapping.content_id


def test_an_invented_extract_holds_nothing_that_looks_like_a_person():
    dataset = small_dataset()
    content = extract_bytes(extract(dataset.network, dataset.activity.snapshot_date, 7, dataset.activity))
    reading = read_safely(content, "invented.csv", "waiting_list")
    assert not reading.findings.refusals, reading.findings.summary()


@pytest.mark.parametrize("task", ["waiting_list", "provisional", "published", "registers"])
def test_what_is_no_table_is_refused_by_every_adapter(task):
    reading = read_safely(b"%PDF-1.7", "x.csv", task)
    assert reading.is_refused
    assert not reading.frames


@pytest.mark.parametrize(
    ("file", "table", "rows"),
    [
        ("workforce/trust_workforce_by_staff_group.csv", "workforce", 2_160),
        ("population/lsoa_lsc_population_imd.csv", "small_areas", 1_058),
        ("population/population_mid2020_local_authority_single_year.csv", "area_population", 1_820),
        ("population/trust_patient_origin_by_local_authority.csv", "patient_origin", 131),
    ],
)
def test_published_tables_are_told_by_their_headings(shared_data, file, table, rows):
    reading = published.read((shared_data / file).read_bytes(), file)
    assert not reading.findings.refusals, reading.findings.summary()
    assert reading.facts["table"] == table
    assert len(reading.frames[table]) == rows
    assert reading.unknown == ()


def test_the_published_small_areas_hold_everybody(shared_data):
    reading = published.read((shared_data / "population" / "lsoa_lsc_population_imd.csv").read_bytes(), "x.csv")
    areas = reading.frames["small_areas"]
    assert areas["population"].sum() == 1_701_655
    assert areas.filter(like="pop_").sum(axis=1).equals(areas["population"])
