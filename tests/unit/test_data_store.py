"""The store, in SQLite and in PostgreSQL alike."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from data.activity import Activity
from data.assumptions import ASSUMPTIONS
from data.dataset import Dataset
from data.decisions import Decisions
from data.errors import NotAllowed, NotFound, Refused, SixweeksError
from data.fields import Field, Kind, Table
from data.run import Progress
from data.scenario import base, do_nothing
from data.store import SINGLE_USER, WORKER, Scope, Store, home
from data.store.blobs import decode, encode
from data.store.migrations import FORM
from data.store.tables import BLOBS, DATASET_TABLES, METADATA, RUNS
from tests.unit.plans import same_plan, sample_plan
from tests.unit.store_fixtures import (
    ADMIN,
    NETWORK_PLANNER,
    ONE,
    OTHER,
    VIEWER,
    activity_rows,
    sample_dataset,
)

SETTINGS = {"gap": 0.01, "time_limit": 60.0}


def scalar(store, query):
    with store._database.read() as connection:
        return connection.execute(query).scalar_one()


def execute(store, statement, **values):
    with store._database.write() as connection:
        connection.execute(text(statement), values)


def without_guards(store, table, statement, **values):
    """Change what the store's own triggers protect, as damage or a hostile administrator would."""
    with store._database.write() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table})
            for name in names.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(statement), values)


def saved(store, scope=ONE, **parts):
    return store.save_dataset(scope, sample_dataset(**parts), name="Tiny")


def started(store, scope=ONE, **settings):
    dataset = saved(store, scope)
    scenario = store.save_scenario(scope, base(dataset.id))
    return store.start_run(scope, "allocation", dataset.id, scenario.id, SETTINGS | settings, "1")


def running(store, scope=ONE, **settings):
    run = started(store, scope, **settings)
    return store.claim_run(WORKER, run.id, "somebody")


# Datasets


def test_a_stored_dataset_comes_back_equal_in_every_part(store):
    dataset = sample_dataset()
    stored = store.save_dataset(ONE, dataset, name="January to February", note="first")
    loaded = store.dataset(ONE, stored.id)

    anew = Dataset(loaded.network, loaded.activity, loaded.assumptions, loaded.sources, loaded.accepted)
    assert anew.content_id == dataset.content_id == loaded.content_id == stored.id
    assert loaded.accepted == dataset.accepted
    assert loaded.network.organisations == ["BBB", "AAA"], "tables keep their order"
    assert (stored.name, stored.note, stored.created_by, stored.organisation) == ("January to February", "first", "Ann", "AAA")
    assert (stored.network, stored.network_title, stored.synthetic) == ("tiny", "Tiny network", True)
    assert stored.data_date == pd.Timestamp("2026-02-28")
    assert stored.created.utcoffset().total_seconds() == 0


def test_a_dataset_without_history_is_stored_and_comes_back_without(store):
    dataset = sample_dataset().changed(activity=Activity({}))
    stored = store.save_dataset(ONE, dataset, name="No month")
    assert stored.data_date is None
    assert not store.dataset(ONE, stored.id).has_history
    assert store.dataset(ONE, stored.id).content_id == dataset.content_id


def test_the_same_content_saved_again_is_the_first_one(store):
    first = saved(store)
    dataset = sample_dataset()
    shuffled = dataset.changed(activity=Activity({"activity": dataset.activity.rows.sample(frac=1, random_state=1)}))
    again = store.save_dataset(ONE, shuffled, name="Another name")
    assert (first.already, again.already) == (False, True)
    assert (again.id, again.name, again.created) == (first.id, "Tiny", first.created)
    assert len(store.datasets(ONE)) == 1


def test_one_more_month_stores_one_more_month(store):
    months = tuple(f"2024-{m:02d}-01" for m in range(1, 13))
    saved(store, months=months)
    before = scalar(store, select(func.count()).select_from(BLOBS))
    dataset = sample_dataset(months=months)
    newer = dataset.changed(activity=dataset.activity.with_months(activity_rows(["2025-01-01"])))
    store.save_dataset(ONE, newer, name="One more")
    assert scalar(store, select(func.count()).select_from(BLOBS)) == before + 1
    assert store.dataset(ONE, "One more").activity == newer.activity


def test_datasets_are_listed_newest_first_and_found_by_name_or_short_id(store):
    first = saved(store)
    second = store.save_dataset(ONE, sample_dataset(title="Other"), name="Second")
    assert [d.id for d in store.datasets(ONE)] == [second.id, first.id]
    assert store.newest_dataset(ONE).id == second.id
    assert store.newest_dataset(ONE, "tiny").id == second.id
    assert store.newest_dataset(ONE, "absent") is None
    assert store.stored_dataset(ONE, "Tiny").id == store.stored_dataset(ONE, first.id[:8]).id == first.id
    for absent in ("nothing", first.id[:7], "%%%%%%%%", "________"):
        with pytest.raises(NotFound, match="There is no dataset"):
            store.dataset(ONE, absent)


def test_a_dataset_needs_a_name(store):
    with pytest.raises(Refused, match="Give the dataset a name"):
        store.save_dataset(ONE, sample_dataset(), name="  ")
    assert store.datasets(ONE) == []


def test_a_stored_dataset_cannot_be_changed(store):
    saved(store)
    for statement in (
        "UPDATE datasets SET name = 'x'",
        "UPDATE dataset_contents SET manifest = 'x'",
        "UPDATE dataset_tables SET piece = 'x'",
        "UPDATE blobs SET size = 0",
    ):
        with pytest.raises((DBAPIError, SixweeksError)) as caught:
            execute(store, statement)
        assert "UPDATE is not allowed" in str(caught.value.__cause__ or caught.value)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("blobs", "UPDATE blobs SET content = (SELECT content FROM blobs AS b WHERE b.sha256 <> blobs.sha256 LIMIT 1)"),
        ("dataset_tables", "DELETE FROM dataset_tables WHERE piece = '2026-02'"),
        ("dataset_contents", "UPDATE dataset_contents SET accepted = '[]'"),
    ],
)
def test_damage_to_a_stored_dataset_is_noticed_when_it_is_loaded(store, table, statement):
    stored = saved(store)
    without_guards(store, table, statement)
    with pytest.raises(SixweeksError, match='The dataset "Tiny" is damaged in the store'):
        store.dataset(ONE, stored.id)


def test_a_table_stored_before_a_column_was_declared_is_read_with_the_columns_default():
    before = Table("t", "Things", "", (Field("a", "A", Kind.ID),))
    content = encode(before.typed({"a": ["x", "y"]}))
    added = (Field("b", "B", Kind.NUMBER, required=False), Field("c", "C", Kind.TEXT, default="z"))
    optional = replace(before, fields=(*before.fields, *added))
    read = decode(optional, [content])
    assert read["b"].isna().all()
    assert list(read["c"]) == ["z", "z"]
    required = replace(before, fields=(*before.fields, Field("b", "B", Kind.NUMBER)))
    with pytest.raises(SixweeksError, match='has no column "B" yet'):
        decode(required, [content])


@pytest.mark.alone
def test_a_dataset_of_thirty_thousand_rows_loads_well_under_half_a_second(store):
    dataset = sample_dataset(
        months=tuple(pd.date_range("2024-01-01", periods=24, freq="MS")),
        organisations=tuple(f"R{i:03d}" for i in range(160)),
        tests=tuple(f"T{i}" for i in range(8)),
    )
    assert len(dataset.activity.rows) == 30_720
    store.save_dataset(ONE, dataset, name="Large")
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        loaded = store.dataset(ONE, "Large")
        seconds.append(time.perf_counter() - begin)
    assert len(loaded.activity.rows) == 30_720
    assert min(seconds) < 0.5, seconds


# Scope


def test_an_organisation_sees_its_own_and_the_networks_never_anothers(store):
    canary, shared = "canary-of-AAA", "of-all"
    mine = store.save_dataset(ONE, sample_dataset(canary=canary), name=canary, note=canary)
    everyones = store.save_dataset(NETWORK_PLANNER, sample_dataset(canary=shared), name=shared)
    scenario = store.save_scenario(ONE, base(mine.id).changed(name=canary), reason=canary)
    run = store.start_run(ONE, "allocation", mine.id, scenario.id, SETTINGS, "1")
    store.claim_run(WORKER, run.id, "w")
    store.finish_run(WORKER, run.id, sample_plan())

    lists = (store.datasets(OTHER), store.scenarios(OTHER), store.runs(OTHER), store.audit(Scope("Bo", "BBB", "admin")).to_dict("records"))
    assert canary not in repr(lists)
    assert [d.id for d in store.datasets(OTHER)] == [everyones.id]
    assert store.newest_dataset(OTHER).id == everyones.id
    for call in (
        lambda: store.dataset(OTHER, mine.id),
        lambda: store.dataset(OTHER, canary),
        lambda: store.stored_dataset(OTHER, mine.id[:12]),
        lambda: store.scenario(OTHER, scenario.id),
        lambda: store.stored_scenario(OTHER, canary),
        lambda: store.save_scenario(OTHER, base(mine.id)),
        lambda: store.start_run(OTHER, "allocation", mine.id, scenario.id, SETTINGS, "1"),
        lambda: store.run(OTHER, run.id),
        lambda: store.plan(OTHER, run.id),
        lambda: store.request_cancel(OTHER, run.id),
    ):
        with pytest.raises(NotFound):
            call()
    assert {d.id for d in store.datasets(ONE)} == {d.id for d in store.datasets(NETWORK_PLANNER)} == {mine.id, everyones.id}
    assert same_plan(store.plan(NETWORK_PLANNER, run.id), sample_plan())


def test_two_organisations_can_hold_the_same_content_without_knowing_of_each_other(store):
    first, second = saved(store, ONE), saved(store, OTHER)
    assert first.id == second.id
    assert (first.already, second.already) == (False, False)
    assert store.stored_dataset(OTHER, first.id).created_by == "Bob"
    for_all = saved(store, NETWORK_PLANNER)
    assert for_all.already is False
    assert [d.organisation for d in store.datasets(NETWORK_PLANNER)] == [""], "the same content is listed once"
    assert scalar(store, select(func.count()).select_from(DATASET_TABLES)) == len(set(_places(store)))


def _places(store):
    with store._database.read() as connection:
        return connection.execute(select(DATASET_TABLES.c.part, DATASET_TABLES.c.name, DATASET_TABLES.c.piece)).all()


def test_a_viewer_reads_but_saves_and_starts_nothing(store):
    run = running(store)
    scenario = base(run.dataset_id)
    for call in (
        lambda: store.save_dataset(VIEWER, sample_dataset(title="New"), name="New"),
        lambda: store.save_scenario(VIEWER, scenario),
        lambda: store.start_run(VIEWER, "allocation", run.dataset_id, run.scenario_id, SETTINGS, "2"),
        lambda: store.request_cancel(VIEWER, run.id),
        lambda: store.audit(VIEWER),
        lambda: store.verify_audit(VIEWER),
    ):
        with pytest.raises(NotAllowed, match="the role viewer does not permit it"):
            call()
    assert store.dataset(VIEWER, run.dataset_id).content_id == run.dataset_id
    assert len(store.runs(VIEWER)) == len(store.scenarios(VIEWER)) == len(store.datasets(VIEWER)) == 1


def test_what_was_not_allowed_is_recorded_however_long_its_name(store):
    with pytest.raises(NotAllowed):
        store.request_cancel(VIEWER, "x" * 5000)
    assert store.audit(ADMIN)["object_id"].iloc[0] == "x" * 64


def test_only_the_engine_moves_a_run_along(store):
    run = started(store)
    for call in (
        lambda: store.claim_run(ADMIN, run.id, "w"),
        lambda: store.heartbeat(ADMIN, run.id),
        lambda: store.progress(ADMIN, run.id, Progress()),
        lambda: store.finish_run(ADMIN, run.id, sample_plan()),
        lambda: store.fail_run(ADMIN, run.id, "x"),
        lambda: store.mark_lost(ADMIN, 0),
        lambda: store.leases(ADMIN),
        lambda: store.cancel_requested(ADMIN, run.id),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert store.run(ONE, run.id).state == "queued"


def test_the_networks_run_is_shared_with_an_organisation_that_may_not_cancel_it(store):
    dataset = saved(store, NETWORK_PLANNER)
    scenario = store.save_scenario(NETWORK_PLANNER, base(dataset.id))
    run = store.start_run(NETWORK_PLANNER, "allocation", dataset.id, scenario.id, SETTINGS, "1")
    assert store.start_run(ONE, "allocation", dataset.id, scenario.id, SETTINGS, "1").id == run.id
    with pytest.raises(NotAllowed, match="Only those who own a run"):
        store.request_cancel(ONE, run.id)
    assert store.run(ONE, run.id).state == "queued"


def test_a_role_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="owner"):
        Scope("x", "", "owner")


# Scenarios


def test_a_scenario_comes_back_as_it_was_saved(store):
    dataset = saved(store)
    changes, _ = ASSUMPTIONS.read(pd.DataFrame([{"name": "utilisation", "value": 0.1 + 0.2, "reason": "measured"}], dtype=object))
    scenario = base(dataset.id).changed(changes=changes, levers={"mutual_aid": False}, weeks=26, description="Less travel.")
    stored = store.save_scenario(ONE, scenario, reason="Board asked")
    assert store.scenario(ONE, stored.id) == store.scenario(ONE, "Base plan", dataset.id) == scenario
    assert (stored.version, stored.weeks, stored.reason, stored.description) == (1, 26, "Board asked", "Less travel.")
    assert stored.content_id == scenario.content_id


def test_a_changed_scenario_is_a_new_version_and_an_unchanged_one_is_not(store):
    dataset = saved(store)
    first = store.save_scenario(ONE, base(dataset.id))
    same = store.save_scenario(ONE, base(dataset.id), reason="again")
    second = store.save_scenario(ONE, base(dataset.id, weeks=26), reason="shorter")
    back = store.save_scenario(ONE, base(dataset.id), reason="longer again")
    assert same == first
    assert (first.version, second.version, back.version) == (1, 2, 3)
    assert back.id == first.id != second.id
    assert store.scenario(ONE, "Base plan").weeks == 52
    assert store.scenario(ONE, second.id).weeks == 26
    assert [s.version for s in store.scenarios(ONE)] == [3]


def test_scenarios_are_listed_by_dataset_and_an_own_one_goes_before_the_networks(store):
    dataset = saved(store, NETWORK_PLANNER)
    another = store.save_dataset(NETWORK_PLANNER, sample_dataset(title="Other"), name="Other")
    own = store.save_scenario(ONE, base(dataset.id, weeks=20))
    everyones = store.save_scenario(NETWORK_PLANNER, base(dataset.id, weeks=30))
    store.save_scenario(NETWORK_PLANNER, do_nothing(another.id))
    assert {s.id for s in store.scenarios(ONE, dataset.id)} == {own.id, everyones.id}
    assert [s.name for s in store.scenarios(ONE, another.id)] == ["Do nothing"]
    assert store.stored_scenario(ONE, "Base plan").id == own.id
    assert store.stored_scenario(OTHER, "Base plan").id == everyones.id
    with pytest.raises(NotFound, match='no scenario "Base plan"'):
        store.scenario(ONE, "Base plan", another.id)


def test_a_scenario_needs_its_dataset(store):
    with pytest.raises(NotFound, match="There is no dataset"):
        store.save_scenario(ONE, base("0" * 64))


def test_damage_to_a_stored_scenario_is_noticed(store):
    dataset = saved(store)
    stored = store.save_scenario(ONE, base(dataset.id))
    without_guards(store, "scenarios", "UPDATE scenarios SET body = replace(body, '52', '51')")
    with pytest.raises(SixweeksError, match='The scenario "Base plan" is damaged'):
        store.scenario(ONE, stored.id)


# Runs


def test_a_run_goes_from_queued_to_done_with_its_plan(store):
    run = started(store)
    assert (run.state, run.created_by, run.organisation, run.settings) == ("queued", "Ann", "AAA", SETTINGS)
    assert store.claim_run(WORKER, run.id, "w").state == "running"
    assert store.progress(WORKER, run.id, Progress("Solving", 0.5, 10.0, float("-inf"), float("nan"), 3.0))
    seen = store.run(ONE, run.id)
    assert seen.progress == Progress("Solving", 0.5, 10.0, None, None, 3.0), "a figure that is not a number is not known yet"
    assert seen.started >= seen.created
    with pytest.raises(NotFound, match="This run has no plan: it is running"):
        store.plan(ONE, run.id)
    assert store.finish_run(WORKER, run.id, sample_plan())
    done = store.run(ONE, run.id)
    assert (done.state, done.ended) == ("done", True)
    assert done.finished >= done.started
    assert same_plan(store.plan(ONE, run.id), sample_plan())


def test_decisions_of_a_plan_come_back_to_those_who_see_its_run_alone(store):
    run, other = running(store), running(store, seed=2)
    decided = Decisions("Base plan", ("sessions\x1fS1\x1f1",), np.array([3.0]), ("need\x1f1",), np.array([-2.5]))
    assert store.decisions(ONE, run.id) is None
    store.finish_run(WORKER, run.id, replace(sample_plan(), decisions=decided))
    store.finish_run(WORKER, other.id, sample_plan())
    assert store.decisions(ONE, run.id).as_bytes() == decided.as_bytes()
    assert same_plan(store.plan(ONE, run.id), sample_plan())
    assert store.decisions(ONE, other.id) is None
    with pytest.raises(NotFound):
        store.decisions(OTHER, run.id)


def test_equal_inputs_share_one_run_until_it_ends_without_an_answer(store):
    run = started(store)
    assert started(store).id == run.id
    assert started(store, gap=0.05).id != run.id, "other settings are another run"
    store.claim_run(WORKER, run.id, "w")
    assert started(store).id == run.id
    store.fail_run(WORKER, run.id, "No memory.", "AB12")
    failed = store.run(ONE, run.id)
    assert (failed.state, failed.message, failed.reference) == ("failed", "No memory.", "AB12")
    second = started(store)
    assert second.id != run.id
    store.claim_run(WORKER, second.id, "w")
    store.finish_run(WORKER, second.id, sample_plan())
    assert started(store).id == second.id, "a finished run answers"


def test_many_who_ask_at_once_get_one_run(store):
    dataset = saved(store)
    scenario = store.save_scenario(ONE, base(dataset.id))
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: store.start_run(ONE, "allocation", dataset.id, scenario.id, SETTINGS, "1").id, range(16)))
    assert len(ids) == 1
    assert scalar(store, select(func.count()).select_from(RUNS)) == 1


def test_a_run_that_has_ended_stays_as_it_is(store):
    run = running(store)
    assert store.finish_run(WORKER, run.id, sample_plan())
    before = store.run(ONE, run.id)
    assert not store.fail_run(WORKER, run.id, "late")
    assert not store.finish_run(WORKER, run.id, sample_plan(waiting=99.0))
    assert not store.progress(WORKER, run.id, Progress("late"))
    assert not store.heartbeat(WORKER, run.id)
    assert store.claim_run(WORKER, run.id, "late") is None
    assert store.mark_lost(WORKER, -1) == []
    assert store.cancel_requested(WORKER, run.id), "whoever still works on it should stop"
    store.request_cancel(ONE, run.id)
    assert store.run(ONE, run.id) == before
    assert same_plan(store.plan(ONE, run.id), sample_plan())


def test_a_plan_that_does_not_belong_to_a_running_run_is_not_stored(store):
    run = started(store)
    assert not store.finish_run(WORKER, run.id, sample_plan())
    assert store.run(ONE, run.id).state == "queued"
    assert scalar(store, text("SELECT count(*) FROM plan_tables")) == 0


def test_cancelling_a_waiting_run_ends_it_and_a_working_one_is_asked(store):
    waiting = started(store)
    assert store.request_cancel(ONE, waiting.id).state == "cancelled"
    run = running(store)
    assert run.id != waiting.id
    assert not store.cancel_requested(WORKER, run.id)
    asked = store.request_cancel(ONE, run.id)
    assert (asked.state, asked.cancel_asked) == ("running", True)
    assert store.cancel_requested(WORKER, run.id)
    assert store.finish_run(WORKER, run.id, sample_plan("cancelled"), "cancelled")
    stopped = store.run(ONE, run.id)
    assert (stopped.state, stopped.message) == ("cancelled", "Stopped on request; this is the best plan found by then.")
    assert store.plan(ONE, run.id).summary["status"] == "cancelled"


def test_a_run_not_heard_from_is_lost_and_one_that_beats_is_not(store):
    silent, alive = running(store), running(store, gap=0.5)
    execute(store, "UPDATE runs SET heartbeat = '2020-01-01T00:00:00.000000Z' WHERE id = :id", id=silent.id)
    assert store.mark_lost(WORKER) == [silent.id]
    lost = store.run(ONE, silent.id)
    assert (lost.state, "Start the plan again" in lost.message) == ("lost", True)
    assert store.run(ONE, alive.id).state == "running"
    assert started(store).id != silent.id, "a lost run is not shared"


def test_no_more_runs_work_than_there_are_slots_and_a_silent_one_frees_its_slot(store):
    first = running(store)
    second = started(store, gap=0.5)
    assert store.claim_run(WORKER, None, "w", slots=1) is None
    assert store.claim_run(WORKER, None, "w", slots=2).id == second.id
    third = started(store, gap=0.6)
    execute(store, "UPDATE runs SET heartbeat = '2020-01-01T00:00:00.000000Z' WHERE id = :id", id=first.id)
    assert store.claim_run(WORKER, None, "w", slots=2).id == third.id


def test_owners_take_turns(store):
    crowd = [started(store, ONE, gap=g / 100) for g in range(1, 4)]
    assert store.claim_run(WORKER, None, "w").id == crowd[0].id
    other = started(store, OTHER)
    order = [store.claim_run(WORKER, None, "w").id for _ in range(3)]
    assert order == [other.id, crowd[1].id, crowd[2].id]
    assert store.claim_run(WORKER, None, "w") is None


def test_a_lease_says_who_holds_a_run_and_until_when(store):
    run = started(store)
    assert store.leases(WORKER) == []
    store.claim_run(WORKER, run.id, "server")
    assert store.leases(WORKER)[0].deadline is None
    assert store.hand_over(WORKER, run.id, "worker", seconds=60)
    (lease,) = store.leases(WORKER)
    assert (lease.run_id, lease.worker, lease.cancel_asked) == (run.id, "worker", None)
    assert 59 < (lease.deadline - lease.heartbeat).total_seconds() <= 60


def test_damage_to_a_stored_plan_is_noticed(store):
    run = running(store)
    store.finish_run(WORKER, run.id, sample_plan())
    execute(store, "UPDATE runs SET summary = '{}' WHERE id = :id", id=run.id)
    with pytest.raises(SixweeksError, match="The plan is damaged in the store"):
        store.plan(ONE, run.id)


CLAIM = """
import os, sys
from data.store import Store, WORKER
other = os.fork()
store = Store.open(sys.argv[1])
os.write(1, b"ready\\n")  # in one piece: both write to one pipe
os.read(0, 1)
got = [store.claim_run(WORKER, None, "one" if other else "two") for _ in range(12)]
os.write(1, b"%d\\n" % sum(run is not None for run in got))
if other:
    os.waitpid(other, 0)
"""


def test_two_processes_claim_each_run_exactly_once(store):
    runs = [started(store, gap=g / 100) for g in range(12)]
    with subprocess.Popen([sys.executable, "-c", CLAIM, store.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as both:
        assert [both.stdout.readline() for _ in range(2)] == ["ready\n"] * 2
        both.stdin.write("go")
        both.stdin.flush()
        claimed = [int(both.stdout.readline()) for _ in range(2)]
    assert sum(claimed) == len(runs)
    assert {store.run(ONE, run.id).state for run in runs} == {"running"}


# The database


def test_the_migration_builds_what_the_tables_declare(store):
    with store._database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == FORM


def test_a_store_made_by_a_newer_version_is_refused(store, store_url):
    execute(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SixweeksError, match="made by a newer version of Sixweeks"):
        Store.open(store_url)


def test_opening_again_changes_nothing(store, store_url):
    run = started(store)
    again = Store.open(store_url)
    assert again.run(ONE, run.id) == store.run(ONE, run.id)
    again.close()


def test_several_threads_that_open_a_new_store_at_once_all_succeed(store_url):
    barrier = threading.Barrier(4)

    def opened(_):
        barrier.wait()
        return Store.open(store_url)

    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(opened, range(4)))
    assert all(s.datasets(ONE) == [] for s in stores)
    for s in stores:
        s.close()


def test_threads_share_one_store(store):
    saved(store)

    def work(i):
        store.save_scenario(ONE, base(saved(store).id).changed(name=f"Scenario {i % 4}"), reason=str(i))
        return store.dataset(ONE, "Tiny").content_id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(work, range(12)))
    assert len(ids) == 1
    assert {s.name: s.version for s in store.scenarios(ONE)} == {f"Scenario {i}": 1 for i in range(4)}
    assert store.verify_audit(ADMIN) == []


def test_a_transaction_that_fails_leaves_nothing_behind(store, monkeypatch):
    monkeypatch.setattr("data.store.datasets.append", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        saved(store)
    assert scalar(store, select(func.count()).select_from(BLOBS)) == 0
    assert store.datasets(ONE) == []


def test_sqlite_is_set_for_durability(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'deep' / 'store.db'}")
    for pragma, expected in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)):
        assert scalar(store, text(f"PRAGMA {pragma}")) == expected
    store.close()


def test_the_default_store_stands_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("SIXWEEKS_DATABASE_URL", raising=False)
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    store = Store.open()
    store.save_dataset(SINGLE_USER, sample_dataset(), name="Tiny")
    store.close()
    assert (tmp_path / "home" / "sixweeks.db").is_file()
    monkeypatch.delenv("SIXWEEKS_HOME")
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / "var"


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite://", "sqlite:///:memory:", "not an address"])
def test_an_address_that_is_not_a_stores_is_refused_in_words(url):
    with pytest.raises(SixweeksError, match="sqlite:///path"):
        Store.open(url)


def test_a_file_that_is_not_a_store_is_refused_in_words(tmp_path):
    (tmp_path / "store.db").write_text("a letter, not a database " * 100)
    with pytest.raises(SixweeksError, match=r"The store store\.db cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_server_that_is_not_there_is_reported_in_words(tmp_path):
    pytest.importorskip("psycopg", reason="the PostgreSQL driver (psycopg) is not installed", exc_type=ImportError)
    with pytest.raises(SixweeksError, match="The store cannot be reached"):
        Store.open(f"postgresql://nobody@/nothing?host={tmp_path}")


def test_a_full_disk_is_reported_in_words_and_nothing_is_half_stored(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    with store._database.write() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(SixweeksError, match="The disk of the store is full"):
        saved(store)
    assert store.datasets(ONE) == []
    store.close()
