"""The audit: everything that changes the store is in it, nothing in it can be altered unseen."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data.errors import NotAllowed, SixweeksError
from data.scenario import base
from data.store import WORKER, Scope
from tests.unit.plans import sample_plan
from tests.unit.store_fixtures import ADMIN, ONE, OTHER, VIEWER, sample_dataset

CELL = "value-of-a-cell"


def a_working_hour(store):
    """Everything that changes the store, once."""
    dataset = store.save_dataset(ONE, sample_dataset(canary=CELL), name="Tiny")
    scenario = store.save_scenario(ONE, base(dataset.id), reason="to begin")
    run = store.start_run(ONE, "allocation", dataset.id, scenario.id, {}, "1")
    store.start_run(ONE, "allocation", dataset.id, scenario.id, {}, "1")
    store.claim_run(WORKER, run.id, "w")
    store.request_cancel(ONE, run.id)
    store.finish_run(WORKER, run.id, sample_plan("cancelled"), "cancelled")
    failing = store.start_run(ONE, "allocation", dataset.id, scenario.id, {}, "1")
    store.fail_run(WORKER, failing.id, "No memory.", "AB12")
    return dataset, scenario, run, failing


def tampered(store, *statements):
    """Change rows as somebody with the rights of the database's owner could, past the triggers."""
    with store._database.write() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")).all()
            before, after = [f"DROP TRIGGER {t.name}" for t in triggers], [t.sql for t in triggers]
        else:
            before, after = ["ALTER TABLE audit DISABLE TRIGGER USER"], ["ALTER TABLE audit ENABLE TRIGGER USER"]
        for statement in (*before, *statements, *after):
            connection.execute(text(statement))


def test_every_change_is_recorded_with_who_what_when_and_how_it_ended(store):
    dataset, scenario, run, failing = a_working_hour(store)
    rows = store.audit(ADMIN)
    assert list(rows["seq"]) == list(range(len(rows), 0, -1)), "newest first"
    oldest_first = rows.iloc[::-1]
    told = list(zip(oldest_first["who"], oldest_first["action"], oldest_first["object_id"], strict=True))
    assert told == [
        ("Ann", "save dataset", dataset.id),
        ("Ann", "save scenario", scenario.id),
        ("Ann", "start run", run.id),
        ("Ann", "share run", run.id),
        ("Ann", "cancel run", run.id),
        ("worker", "finish run", run.id),
        ("Ann", "start run", failing.id),
        ("worker", "end run", failing.id),
    ]
    assert set(rows["organisation"]) == {"AAA"}, "what the engine does counts to the owner of the run"
    assert set(rows["outcome"]) == {"done"}
    assert rows["at"].is_monotonic_decreasing
    assert json.loads(rows["details"].iloc[0]) == {"reference": "AB12", "state": "failed"}
    assert store.verify_audit(ADMIN) == []


def test_the_audit_holds_no_value_of_a_cell(store):
    a_working_hour(store)
    with store._database.read() as connection:
        everything = connection.execute(text("SELECT * FROM audit")).all()
    assert CELL not in repr(everything)


def test_the_lawful_basis_of_a_dataset_is_recorded(store):
    store.save_dataset(ONE, sample_dataset(), name="Tiny", basis="Direct care, agreement 12")
    (details,) = store.audit(ADMIN)["details"]
    assert json.loads(details)["lawful_basis"] == "Direct care, agreement 12"


def test_what_was_not_allowed_is_recorded_too(store):
    with pytest.raises(NotAllowed):
        store.save_dataset(VIEWER, sample_dataset(), name="Tiny")
    (row,) = store.audit(ADMIN).to_dict("records")
    assert (row["who"], row["role"], row["action"], row["outcome"]) == ("Vic", "viewer", "save a dataset", "not allowed")


def test_an_admin_of_an_organisation_reads_its_own_part_and_checks_the_whole(store):
    a_working_hour(store)
    store.save_dataset(OTHER, sample_dataset(title="Other"), name="Other")
    assert set(store.audit(Scope("Abe", "BBB", "admin"))["who"]) == {"Bob"}
    assert set(store.audit(Scope("Abe", "AAA", "admin"))["who"]) == {"Ann", "worker"}
    assert len(store.audit(ADMIN, limit=3)) == 3
    assert store.audit_actions(Scope("Abe", "BBB", "admin")) == {"save dataset": 1}
    assert store.audit_actions(ADMIN)["save dataset"] == 2
    assert set(store.audit(ADMIN, None, action="start run")["action"]) == {"start run"}
    assert len(store.audit(ADMIN, None)) == sum(store.audit_actions(ADMIN).values())
    with pytest.raises(NotAllowed):
        store.audit_actions(ONE)
    with pytest.raises(NotAllowed):
        store.audit(ONE)
    tampered(store, "UPDATE audit SET who = 'nobody' WHERE seq = 2")
    assert store.verify_audit(Scope("Abe", "BBB", "admin")) == ["Row 2 of the audit was changed."]


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit", "TRUNCATE audit"])
def test_rows_of_the_audit_can_be_neither_changed_nor_deleted(store, statement):
    if statement.startswith("TRUNCATE") and store.url.startswith("sqlite"):
        statement = "DELETE FROM audit WHERE true"
    a_working_hour(store)
    before = store.audit(ADMIN)
    with pytest.raises((DBAPIError, SixweeksError)) as caught, store._database.write() as connection:
        connection.execute(text(statement))
    assert "is not allowed" in str(caught.value.__cause__ or caught.value)
    assert store.audit(ADMIN).equals(before)


@pytest.mark.parametrize("column", ["at", "who", "organisation", "role", "action", "object_kind", "object_id", "outcome", "details"])
def test_a_change_to_any_column_of_a_row_is_found_and_the_row_named(store, column):
    a_working_hour(store)
    value = "2020-01-01T00:00:00.000000Z" if column == "at" else "changed"
    tampered(store, f"UPDATE audit SET {column} = '{value}' WHERE seq = 4")  # noqa: S608 (a name from the list above)
    assert "Row 4 of the audit was changed." in store.verify_audit(ADMIN)


def test_a_changed_digest_breaks_the_link_to_the_next_row(store):
    a_working_hour(store)
    tampered(store, "UPDATE audit SET hash = 'not a digest' WHERE seq = 4")
    problems = store.verify_audit(ADMIN)
    assert problems == ["Row 4 of the audit was changed.", "Row 5 of the audit does not follow the row before it."]


def test_a_row_taken_out_of_the_middle_is_missed(store):
    a_working_hour(store)
    tampered(store, "DELETE FROM audit WHERE seq = 3")
    assert store.verify_audit(ADMIN)[0] == "Row 3 of the audit is missing."


def test_rows_cut_off_at_the_end_are_missed_by_what_they_made(store):
    _, scenario, run, failing = a_working_hour(store)
    tampered(store, "DELETE FROM audit WHERE seq >= 2")
    problems = store.verify_audit(ADMIN)
    assert f"The audit does not say who made scenario {scenario.id}." in problems
    assert {f"The audit does not say who made run {r.id}." for r in (run, failing)} < set(problems)
    assert len(problems) == 3


def test_the_chain_holds_when_many_write_at_once(store):
    dataset = store.save_dataset(ONE, sample_dataset(), name="Tiny")

    def save(i):
        store.save_scenario(ONE, base(dataset.id).changed(name=f"Scenario {i}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(18)))
    assert store.verify_audit(ADMIN) == []
    assert len(store.audit(ADMIN)) == 19
