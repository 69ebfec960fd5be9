"""Plans on a Dask cluster: a real scheduler and real workers, each a process of its own, killed, stopped and left alone."""

import importlib.util
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
import types
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from data.errors import SixweeksError
from data.plan import BY_TABLE, PRESENT_ORDER
from data.run import PlanSettings
from data.scenario import base
from data.store import WORKER, Store
from portal import cluster, engine, planning
from portal.worker import Process
from portal.worker_settings import CLUSTER, SCHEDULER
from tests.served import leave
from tests.small_networks import Stream, session_type, two_trusts, with_history
from tests.unit import cluster_targets
from tests.unit.cluster_targets import greet_badly_once, noted
from tests.unit.store_fixtures import ONE

pytestmark = [pytest.mark.usefixtures("warm"), pytest.mark.timeout(300)]

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 100.0
VARYING = ("seconds",)
"""Parts of a plan's summary that say how fast it came."""

needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed: requirements/cluster.txt")


class Dask:
    """A scheduler and its workers, one thread each, without nannies: what is killed stays dead.

    They are copies of a process that has loaded what they need, so that they start at once.
    """

    _copies = multiprocessing.get_context("forkserver")
    _copies.set_forkserver_preload(["tests.unit.cluster_ready"])

    def __init__(self, folder, workers=2):
        self.folder = folder
        self._port = free_port()
        self.address = f"tcp://127.0.0.1:{self._port}"
        self.workers = []
        self.start_scheduler()
        for _ in range(workers):
            self.start_worker()

    def start_scheduler(self):
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--dashboard-address", ":0", "--no-dashboard")
        until(lambda: self._listens() or None)

    def start_worker(self, **how):
        self.workers.append(self._start("worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                                        "--memory-limit", "0", "--local-directory", str(self.folder), **how))  # fmt: skip

    def kill(self, pid):
        """End a worker at once and start another in its place."""
        worker = next(w for w in self.workers if w.pid == pid)
        worker.kill()
        worker.join()
        self.start_worker()

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.join()

    def _start(self, kind, *arguments, **how):
        process = self._copies.Process(target=cluster_targets.run_dask, args=(self.folder, kind, arguments), kwargs=how, daemon=True)
        # The tests of pages leave a page behind as the main module, and a copy would run that first.
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
            process.start()
        return process

    def _listens(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
            return True
        return False


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def until(get, seconds=PATIENCE):
    """What `get` returns once it is not None."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        found = get()
        if found is not None:
            return found
        time.sleep(0.02)
    pytest.fail(f"nothing after {seconds} s")


@pytest.fixture(scope="module")
def shared_dask(tmp_path_factory):
    started = Dask(tmp_path_factory.mktemp("dask"))
    yield started
    started.close()


@pytest.fixture
def dask(shared_dask, monkeypatch):
    """The cluster of this module, its address set and its notes wiped."""
    for left in shared_dask.folder.glob("* *"):
        left.unlink()
    return _set(shared_dask, monkeypatch)


@pytest.fixture
def own_dask(tmp_path, monkeypatch):
    """A cluster that a test may destroy, without workers at first."""
    started = Dask(tmp_path, workers=0)
    yield _set(started, monkeypatch)
    started.close()


def _set(started, monkeypatch):
    monkeypatch.setenv(SCHEDULER, started.address)
    monkeypatch.setenv("SIXWEEKS_TEST_NOTES", str(started.folder))
    return started


@pytest.fixture
def served(tmp_path, monkeypatch):
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    leave(store)


@cache
def two_alone():
    """Two trusts that cannot help each other, so that the model has two independent parts; each books as in recent months.

    P misses its target even with a mobile unit at one of its sites: there is something to ask about its plan.
    """
    bands = [30.0, 26.0, 22.0, 20.0, 16.0, 12.0, 10.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 28.0]
    streams = {("P", "x"): Stream(bands, seen=120, joined=130), ("Q", "x"): Stream([20.0, 15.0, 5.0], seen=86, joined=86)}
    tiny = two_trusts(
        sites={"p1": "P", "p2": "P", "q1": "Q"}, streams=streams, assets={("p1", "room"): 1, ("q1", "room"): 1}, travel={},
        session_types=[session_type(minutes=240, a_week=8)], mobiles={"v": {"asset_type": "room", "starts_at": "", "staffed": True}},
        pads={("p1", "room"): {}, ("p2", "room"): {}},
    )  # fmt: skip
    tiny = tiny.assuming(booked_in_turn=0, target_share=0.1, target_week=3, list_floor=1, mobile_week_cost=100)
    rows = [row for (o, m), stream in streams.items() for row in stream.rows(o, m)[1:]]
    return with_history(tiny.dataset(), *[row | {"period": f"2025-{n:02d}-01"} for n in range(6, 12) for row in rows])


def submit(store, target=CLUSTER.target, *, weeks=5):
    dataset = store.save_dataset(ONE, two_alone(), name="Tiny")
    scenario = store.save_scenario(ONE, base(dataset.id, weeks))
    target = target if ":" in target else f"tests.unit.cluster_targets:{target}"
    return engine.submit(store, ONE, dataset.id, scenario.id, PlanSettings(time_limit=60.0), replace(CLUSTER, target=target))


def asked_here(asker):
    """A plan asked of the cluster by this process, without a store."""
    return asker(two_alone(), base(two_alone().content_id, 5), PlanSettings(time_limit=60.0), lambda _: None, lambda: False)


def ended(store, run_id, seconds=PATIENCE):
    return until(lambda: r if (r := store.run(ONE, run_id)).ended else None, seconds)


def plan_of(store, run_id):
    run = ended(store, run_id)
    assert (run.state, run.message) == ("done", "")
    return store.plan(ONE, run_id)


@cache
def planned_here(weeks=5):
    dataset = two_alone()
    return planning.make_plan(dataset, base(dataset.content_id, weeks), PlanSettings(time_limit=60.0))


def assert_equal(plan, other):
    for name in BY_TABLE:
        pd.testing.assert_frame_equal(plan.tables[name], other.tables[name], obj=name)
    assert _lasting(plan) == _lasting(other)


def _lasting(plan):
    told = {name: value for name, value in json.loads(plan.summary_json()).items() if name not in VARYING}
    return told | {"provenance": {name: value for name, value in told["provenance"].items() if name != "created"}}


def wait_for(name, count=1):
    """The processes that left notes of this name, once there are so many."""
    return until(lambda: found if len(found := noted(name)) >= count else None)


# With and without the setting


@pytest.mark.parametrize(("address", "target"), [("", "portal.kept_parts:make_plan"), ("tcp://127.0.0.1:1", "portal.cluster:make_plan")])
def test_the_setting_alone_decides_where_plans_are_computed_and_servers_load_nothing_of_dask(address, target):
    code = (
        "import sys, portal.engine, portal.worker_settings as w; "
        "print(w.WORKERS.target, *sorted({m.partition('.')[0] for m in sys.modules} & {'dask', 'distributed', 'tornado'} - {'tornado'}))"
    )
    environment = os.environ | {SCHEDULER: address, "PYTHONPATH": str(REPOSITORY)}
    told = subprocess.run([sys.executable, "-c", code], env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [target]


# Runs that go well


@needs_dask
@pytest.mark.cold
def test_a_plan_of_the_cluster_equals_the_plan_computed_here_table_by_table(dask, served):
    run = submit(served)
    plan = plan_of(served, run.id)
    assert (plan.summary["size"]["parts"], plan.summary["booking_order"]) == (2, PRESENT_ORDER)
    assert len(plan["worth"]), "nothing was asked of its parts"
    assert len(plan["placements"]), "nothing was asked of its mobile unit"
    assert_equal(plan, planned_here())
    done = served.run(ONE, run.id)
    assert (done.progress.stage, done.progress.fraction) == ("Done", 1.0)


@needs_dask
def test_independent_parts_are_solved_by_workers_side_by_side_and_give_the_same_plan(dask, served):
    run = submit(served, "asks_in_parts")
    wait_for("plan")
    first, second = wait_for("part", 2)
    assert first != second
    dask.kill(first)
    assert_equal(plan_of(served, run.id), planned_here())


@needs_dask
def test_several_scenarios_are_planned_side_by_side_and_come_as_they_are_ready(dask, served):
    dataset = served.save_dataset(ONE, two_alone(), name="Tiny")
    weeks = {served.save_scenario(ONE, base(dataset.id, n)).id: n for n in (5, 6)}
    runs = list(engine.sweep(served, ONE, dataset.id, weeks, PlanSettings(time_limit=60.0), CLUSTER))
    assert {run.scenario_id for run in runs} == set(weeks)
    assert max(run.started for run in runs) < min(run.finished for run in runs), "one waited for another"
    for run in runs:
        assert_equal(plan_of(served, run.id), planned_here(weeks[run.scenario_id]))


# Workers that die


@needs_dask
def test_a_plan_whose_worker_is_killed_is_computed_by_another_and_is_the_same(dask, served):
    run = submit(served, "asks_slow_at_first")
    (first,) = wait_for("plan")
    dask.kill(first)
    plan = plan_of(served, run.id)
    assert len(set(noted("plan"))) == 2
    assert_equal(plan, planned_here())


@needs_dask
def test_a_task_whose_asker_was_killed_stops_by_itself(dask, served):
    run = submit(served, "asks_slow")
    wait_for("slow")
    until(lambda: served.run(ONE, run.id).progress.stage == "Looking" or None)
    os.kill(Process.parse(served.leases(WORKER)[0].worker).pid, signal.SIGKILL)
    assert "ended unexpectedly" in ended(served, run.id, seconds=5).message
    wait_for("slow stopped")


# Stopping


@needs_dask
@pytest.mark.alone
def test_a_cancelled_run_of_the_cluster_stops_within_two_seconds_and_keeps_its_best_plan(dask, served):
    run = submit(served, "asks_slow")
    until(lambda: served.run(ONE, run.id).progress.stage == "Looking" or None)
    begin = time.monotonic()
    engine.cancel(served, ONE, run.id)
    stopped = ended(served, run.id)
    assert time.monotonic() - begin < 2
    assert (stopped.state, stopped.message) == ("cancelled", "Stopped on request; this is the best plan found by then.")
    assert served.plan(ONE, run.id).summary["status"] == "cancelled"


@needs_dask
def test_a_run_waits_for_a_worker_and_can_be_cancelled_before_one_began(own_dask, served):
    waiting = submit(served)
    other = submit(served, weeks=6)
    for run in (waiting, other):
        until(lambda r=run: served.run(ONE, r.id).progress.stage == cluster.WAITING or None)
    engine.cancel(served, ONE, waiting.id)
    stopped = ended(served, waiting.id, seconds=5)
    assert (stopped.state, stopped.message) == ("cancelled", "Stopped on request; no plan had been found by then.")
    own_dask.start_worker()
    assert_equal(plan_of(served, other.id), planned_here(weeks=6))


@needs_dask
@pytest.mark.alone
def test_a_plan_in_parts_that_is_cancelled_is_kept_also_where_a_part_was_not_begun(own_dask, served):
    own_dask.start_worker()
    run = submit(served, "asks_in_parts")
    wait_for("part")
    submit(served, "asks_slow", weeks=6)  # takes the only worker as soon as it is free
    begin = time.monotonic()
    engine.cancel(served, ONE, run.id)
    stopped = ended(served, run.id)
    assert time.monotonic() - begin < 3
    assert (stopped.state, stopped.message) == ("cancelled", "Stopped on request; this is the best plan found by then.")
    assert served.plan(ONE, run.id).summary["size"]["parts"] == 2


# Going wrong


@needs_dask
def test_a_run_whose_scheduler_goes_fails_with_a_sentence_and_can_be_started_again(own_dask, served):
    own_dask.start_worker()
    run = submit(served, "asks_slow")
    wait_for("slow")
    own_dask.scheduler.kill()
    own_dask.scheduler.join()
    failed = ended(served, run.id, seconds=15)
    assert (failed.state, failed.message) == ("failed", "The cluster that computed this plan cannot be reached any more. Start the plan again.")
    own_dask.workers[0].join(PATIENCE)
    assert own_dask.workers[0].exitcode is not None, "something is computed for nobody"

    own_dask.start_scheduler()
    own_dask.start_worker()
    engine.stop(served)  # who watches a store goes on with the target it was first told
    again = submit(served)
    assert again.id != run.id
    assert_equal(plan_of(served, again.id), planned_here())


@needs_dask
def test_an_address_without_a_scheduler_is_said_in_a_sentence(monkeypatch):
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv(SCHEDULER, address)
    monkeypatch.setattr("portal.cluster.CONNECT_SECONDS", 1.0)
    with pytest.raises(SixweeksError, match=f"The cluster at {address} cannot be reached. See that its scheduler runs"):
        asked_here(cluster_targets.asks_quick)


@needs_dask
def test_what_the_planner_can_mend_comes_back_from_the_cluster_as_it_is(dask, served):
    failed = ended(served, submit(served, "asks_refused").id)
    assert (failed.state, failed.message) == ("failed", "found no month; allowed: two months. Load the monthly return.")


@needs_dask
def test_workers_with_other_versions_are_told_from_ours():
    from portal import cluster_calls

    asked = cluster_calls.versions() | {"highspy": "0.0"}
    with pytest.raises(SixweeksError, match=r"have other versions than the portal: highspy .* \(the portal's: 0\.0\)\. Install"):
        cluster_calls.run_task("call", asked, b"")


@needs_dask
def test_a_greeting_that_comes_with_another_message_is_no_fault_to_askers_and_workers(own_dask, monkeypatch):
    own_dask.start_worker(greeted_badly=True)
    greet_badly_once(monkeypatch.setattr)
    assert_equal(asked_here(cluster.make_plan), planned_here())


@needs_dask
def test_a_scheduler_that_never_greets_is_one_that_cannot_be_reached(dask, monkeypatch):
    monkeypatch.setattr("portal.cluster_calls.CONNECT_ATTEMPTS", 1)
    greet_badly_once(monkeypatch.setattr)
    with pytest.raises(SixweeksError, match="cannot be reached"):
        asked_here(cluster_targets.asks_quick)
