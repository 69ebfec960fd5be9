"""Local tables and remembered mappings in the store, in SQLite and in PostgreSQL alike."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from data.errors import NotAllowed
from data.intake_local import take_in_lists, take_in_provisional
from data.sources import provisional
from data.sources.mapping import ColumnMapping
from data.store import Scope
from data.store.tables import DATASET_TABLES
from tests.networks.extracts import patient, read, small_dataset
from tests.unit.store_fixtures import ADMIN, NETWORK_PLANNER, ONE, OTHER, VIEWER

SOURCE = "waiting_list"
TEACHING = ColumnMapping(SOURCE).with_column("Exam", "test").with_value("test", "Body scanner", "ct")


def with_lists(dataset, *weeks):
    """The dataset with lists of two organisations in each week."""
    rows = [patient(Week_Ending_Date=week, Provider_Code=o, Diagnostic_Clock_Start_Date="01/06/2026") for week in weeks for o in ("AAA", "BBB")]
    return take_in_lists(dataset, [read(*rows, file="-".join(weeks).replace("/", ""))], ColumnMapping(SOURCE))[0]


def with_provisional(dataset):
    text = "Trust,Test,Date,00 <01 weeks\nAAA,CT,21/07/2026,6\nBBB,CT,21/07/2026,7\n"
    return take_in_provisional(dataset, [provisional.read(text.encode(), "p.csv")], ColumnMapping("provisional"))[0]


def test_local_tables_come_back_as_they_were_saved(store):
    dataset = with_provisional(with_lists(small_dataset(), "21/06/2026", "28/06/2026"))
    stored = store.save_dataset(NETWORK_PLANNER, dataset, name="Local")
    back = store.dataset(NETWORK_PLANNER, stored.id)
    assert back.local == dataset.local
    assert back.changed().content_id == dataset.content_id == stored.id


def test_a_dataset_without_local_tables_stores_none(store):
    stored = store.save_dataset(NETWORK_PLANNER, small_dataset(), name="Plain")
    with store._database.read() as connection:
        parts = connection.execute(select(DATASET_TABLES.c.part).where(DATASET_TABLES.c.dataset_id == stored.id)).scalars()
        assert "local" not in set(parts)
    assert store.dataset(NETWORK_PLANNER, stored.id).local.is_empty


def test_another_week_stores_that_week_only(store):
    first = with_lists(small_dataset(), "21/06/2026")
    both = with_lists(first, "28/06/2026")
    ids = [store.save_dataset(NETWORK_PLANNER, d, name=n).id for d, n in ((first, "first"), (both, "both"))]
    pieces = []
    for dataset_id in ids:
        with store._database.read() as connection:
            rows = connection.execute(select(DATASET_TABLES).where(DATASET_TABLES.c.dataset_id == dataset_id, DATASET_TABLES.c.name == "lists"))
            pieces.append({r.piece: r.sha256 for r in rows})
    assert list(pieces[0]) == ["2026-06-21"]
    assert sorted(pieces[1]) == ["2026-06-21", "2026-06-28"]
    assert pieces[1]["2026-06-21"] == pieces[0]["2026-06-21"]


def test_an_organisation_never_reads_anothers_lists_or_provisional_returns(store):
    dataset = with_provisional(with_lists(small_dataset(), "28/06/2026"))
    stored = store.save_dataset(NETWORK_PLANNER, dataset, name="Network")
    for scope in (ONE, OTHER, VIEWER):
        seen = store.dataset(scope, stored.id).local
        for name in ("lists", "provisional", "local_sources"):
            assert set(seen[name]["organisation"]) == {scope.organisation}
    assert set(store.dataset(ADMIN, stored.id).own_lists["organisation"]) == {"AAA", "BBB"}


def test_an_organisation_never_reads_what_was_said_about_anothers_file(store):
    other = read(patient(Provider_Code="BBB", Site_Code="canary"), file="theirs.csv")
    own = read(patient(Site_Code="our own"), file="ours.csv")
    dataset, _ = take_in_lists(small_dataset(), [own, other], ColumnMapping(SOURCE))
    stored = store.save_dataset(NETWORK_PLANNER, dataset, name="Network")
    assert {f.file for f in store.dataset(ADMIN, stored.id).accepted} >= {"theirs.csv", "ours.csv"}
    seen = store.dataset(ONE, stored.id)
    assert "canary" not in seen.accepted.summary()
    assert "our own" in seen.accepted.summary()


def test_of_files_of_one_name_an_organisation_never_reads_what_was_said_about_anothers(store):
    readings = [read(patient(Provider_Code=o, Site_Code=f"{word} ward"), file="same.csv") for o, word in (("AAA", "own"), ("BBB", "canary"))]
    stored = store.save_dataset(NETWORK_PLANNER, take_in_lists(small_dataset(), readings, ColumnMapping(SOURCE))[0], name="Network")
    assert "canary" in store.dataset(ADMIN, stored.id).accepted.summary()
    assert "canary" not in store.dataset(ONE, stored.id).accepted.summary()


def test_an_organisation_never_reads_what_was_said_about_a_file_of_anothers_that_was_replaced(store):
    dataset = small_dataset()
    for site, file in (("canary", "old.csv"), ("b1", "new.csv")):
        dataset, _ = take_in_lists(dataset, [read(patient(Provider_Code="BBB", Site_Code=site), file=file)], ColumnMapping(SOURCE))
    stored = store.save_dataset(NETWORK_PLANNER, dataset, name="Network")
    assert "canary" in store.dataset(ADMIN, stored.id).accepted.summary()
    assert "canary" not in store.dataset(ONE, stored.id).accepted.summary()


def test_a_mapping_is_remembered_for_its_organisation_alone(store):
    saved = store.save_mapping(ONE, TEACHING)
    assert (saved.version, saved.organisation, saved.created_by) == (1, "AAA", "Ann")
    assert store.mapping(ONE, SOURCE) == TEACHING
    assert store.mapping(VIEWER, SOURCE) == TEACHING
    assert store.mapping(OTHER, SOURCE).is_empty
    assert store.mapping(NETWORK_PLANNER, SOURCE).is_empty
    assert store.mapping(ONE, "provisional").is_empty
    assert store.mapping_versions(OTHER, SOURCE) == []


def test_the_whole_networks_mapping_holds_until_an_organisation_says_otherwise(store):
    store.save_mapping(NETWORK_PLANNER, TEACHING)
    assert store.mapping(OTHER, SOURCE) == TEACHING
    own = ColumnMapping(SOURCE).with_column("Scan", "test")
    store.save_mapping(OTHER, own)
    assert store.mapping(OTHER, SOURCE) == own
    assert store.mapping(ONE, SOURCE) == TEACHING


def test_a_changed_mapping_is_a_new_version_and_the_same_one_is_not(store):
    store.save_mapping(ONE, TEACHING)
    store.save_mapping(ONE, TEACHING)
    assert store.save_mapping(ONE, TEACHING.with_column("Where", "site")).version == 2
    assert [m.version for m in store.mapping_versions(ONE, SOURCE)] == [2, 1]
    assert store.mapping_versions(ONE, SOURCE)[1].mapping == TEACHING


def test_a_value_fixed_for_one_file_is_forgotten(store):
    store.save_mapping(ONE, TEACHING.with_fixed("date", "2026-06-28"))
    assert store.mapping(ONE, SOURCE) == TEACHING


def test_a_viewer_saves_no_mapping(store):
    with pytest.raises(NotAllowed):
        store.save_mapping(VIEWER, TEACHING)
    assert store.mapping(ONE, SOURCE).is_empty


def test_saving_a_mapping_is_recorded_without_its_words(store):
    store.save_mapping(ONE, TEACHING)
    audit = store.audit(ADMIN)
    assert audit["action"].tolist() == ["save mapping"]
    assert "Body scanner" not in audit.to_csv()
    assert store.verify_audit(ADMIN) == []


def test_a_remembered_mapping_cannot_be_changed(store):
    store.save_mapping(ONE, TEACHING)
    with pytest.raises(DBAPIError), store._database.write() as connection:
        connection.execute(text("UPDATE column_mappings SET body = '{}'"))


def test_a_mapping_taught_once_reads_the_next_file(store):
    renamed = {("Exam" if k == "Diagnostic_Modality" else k): v for k, v in patient(Diagnostic_Modality="Body scanner").items()}
    assert read(renamed).is_refused
    store.save_mapping(Scope("Ann", "AAA", "planner"), TEACHING)
    mapping = store.mapping(VIEWER, SOURCE)
    made, _ = take_in_lists(small_dataset(), [read(renamed, mapping=mapping)], mapping)
    assert made.own_lists["test"].tolist() == ["ct"]
    assert made.local["local_sources"]["mapping"].tolist() == [TEACHING.content_id]
