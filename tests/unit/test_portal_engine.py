"""The engine: real worker processes, killed, stopped, crashed and left alone."""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from data.errors import NotFound
from data.run import PlanSettings
from data.scenario import base
from data.store import WORKER, Store, home
from portal import engine
from portal.worker import Process
from portal.worker_settings import Workers
from tests.served import leave
from tests.unit.store_fixtures import ONE, OTHER, sample_dataset

pytestmark = pytest.mark.usefixtures("warm")

PATIENCE = 60.0


def workers(target, **parts):
    return Workers(target=f"tests.unit.engine_targets:{target}", **({"slots": 1} | parts))


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIXWEEKS_HOME", str(tmp_path / "home"))


@pytest.fixture
def served(store):
    """A store whose runs are watched, and left by no worker when the test ends."""
    yield store
    engine.stop(store)
    for lease in store.leases(WORKER):
        Process.parse(lease.worker).kill()


@pytest.fixture
def file_store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    leave(store)


def prepared(store):
    dataset = store.save_dataset(ONE, sample_dataset(), name="Tiny")
    return dataset.id, store.save_scenario(ONE, base(dataset.id)).id


def submit(store, target, *, seed=1, time_limit=60.0, **parts):
    return engine.submit(store, ONE, *prepared(store), PlanSettings(time_limit=time_limit, seed=seed), workers(target, **parts))


def until(store, run_id, condition, seconds=PATIENCE):
    """The run once the condition holds; a state is a condition."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        run = store.run(ONE, run_id)
        if condition(run) if callable(condition) else run.state == condition:
            return run
        time.sleep(0.02)
    pytest.fail(f"after {seconds} s the run is {run}")


def busy(run):
    """True once the target itself is at work."""
    return run.progress.stage == "Looking"


def worker_of(store, run_id):
    """The worker process, once it has taken over."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        for lease in store.leases(WORKER):
            process = Process.parse(lease.worker)
            if lease.run_id == run_id and not process.starting:
                return process
        time.sleep(0.02)
    pytest.fail("no worker took the run")


def gone(process):
    give_up = time.monotonic() + 5
    while process.alive and time.monotonic() < give_up:
        time.sleep(0.02)
    return not process.alive


def log_of(run_id):
    path = home() / "log" / f"run-{run_id}.log"
    return path.read_text() if path.exists() else ""


# A run that goes well


@pytest.mark.cold
def test_a_plan_is_computed_in_another_process_and_stored(served):
    run = submit(served, "quick", seed=7)
    assert run.state in ("queued", "running")
    done = until(served, run.id, "done")
    told = served.plan(ONE, run.id).summary
    assert told["pid"] != os.getpid()
    assert (told["dataset"], told["weeks"], told["seed"]) == (run.dataset_id, 52, 7)
    assert (done.progress.stage, done.progress.fraction) == ("Done", 1.0)
    assert served.url not in " ".join(told["command"]), "a command line is everybody's to read"
    with pytest.raises(NotFound):
        served.plan(OTHER, run.id)


def test_progress_is_seen_while_the_worker_works(file_store):
    run = submit(file_store, "slow")
    seen = until(file_store, run.id, busy)
    assert (seen.state, seen.progress.fraction, seen.progress.best) == ("running", 0.25, 7.0)
    later = until(file_store, run.id, lambda r: r.progress.seconds > seen.progress.seconds, seconds=5)
    assert later.progress.seconds >= seen.progress.seconds + 0.9, "told at most once a second"


def test_equal_submissions_share_one_run_and_one_worker(served):
    ids = prepared(served)
    with ThreadPoolExecutor(6) as pool:
        submissions = [pool.submit(engine.submit, served, ONE, *ids, PlanSettings(), workers("slow", slots=4)) for _ in range(6)]
        runs = {s.result().id for s in submissions}
    assert len(runs) == len(served.runs(ONE)) == len(served.leases(WORKER)) == 1


def test_several_scenarios_come_as_they_end_each_once_done_or_not(file_store):
    dataset_id, first = prepared(file_store)
    second = file_store.save_scenario(ONE, base(dataset_id, 4)).id
    runs = engine.sweep(file_store, ONE, dataset_id, [first, second, first], PlanSettings(), workers("told_to_fail_at_four_weeks"))
    assert [(run.scenario_id, run.state) for run in runs] == [(first, "done"), (second, "failed")]


# Stopping


@pytest.mark.alone
def test_a_cancelled_run_stops_within_two_seconds_and_keeps_its_best_plan(served):
    run = submit(served, "slow")
    until(served, run.id, busy)
    begin = time.monotonic()
    engine.cancel(served, ONE, run.id)
    ended = until(served, run.id, "cancelled")
    assert time.monotonic() - begin < 2
    assert "best plan found by then" in ended.message
    assert served.plan(ONE, run.id).summary["status"] == "cancelled"


def test_a_run_cancelled_before_it_found_a_plan_is_cancelled_not_failed(file_store):
    run = submit(file_store, "fruitless")
    worker_of(file_store, run.id)
    engine.cancel(file_store, ONE, run.id)
    assert until(file_store, run.id, "cancelled").message == "Stopped on request; no plan had been found by then."


@pytest.mark.alone
def test_a_worker_that_does_not_stop_is_killed_after_five_seconds(file_store):
    run = submit(file_store, "deaf_and_mute")
    worker = worker_of(file_store, run.id)
    until(file_store, run.id, lambda r: "deaf" in log_of(run.id))
    begin = time.monotonic()
    engine.cancel(file_store, ONE, run.id)
    ended = until(file_store, run.id, "cancelled")
    assert 4.5 < time.monotonic() - begin < 8
    assert ended.message == "Stopped on request; no plan had been found by then."
    assert gone(worker)


def test_a_waiting_run_is_cancelled_at_once_and_never_starts(file_store):
    first = submit(file_store, "slow")
    second = submit(file_store, "slow", seed=2)
    assert second.state == "queued"
    assert engine.cancel(file_store, ONE, second.id).state == "cancelled"
    engine.cancel(file_store, ONE, first.id)
    until(file_store, first.id, "cancelled")
    assert file_store.run(ONE, second.id).started is None


@pytest.mark.alone
def test_a_run_that_ignores_its_time_limit_is_killed(file_store, monkeypatch):
    monkeypatch.setattr("portal.worker_settings.START_SECONDS", 3.0)
    run = submit(file_store, "deaf_and_mute", time_limit=1.0)
    worker = worker_of(file_store, run.id)
    ended = until(file_store, run.id, "failed", seconds=15)
    assert 4 < (ended.finished - ended.started).total_seconds() < 8
    assert ended.message.startswith("This plan took longer than its time limit and was stopped.")
    assert gone(worker)


def test_a_worker_that_falls_silent_is_killed_and_its_run_lost(file_store):
    run = submit(file_store, "deaf_and_mute")
    worker = worker_of(file_store, run.id)
    until(file_store, run.id, lambda r: "deaf" in log_of(run.id))
    with file_store._database.write() as connection:
        connection.execute(text("UPDATE runs SET heartbeat = '2020-01-01T00:00:00.000000Z'"))
    assert until(file_store, run.id, "lost", seconds=5).message.endswith("Start the plan again.")
    give_up = time.monotonic() + 5  # a busy machine takes a moment to end what was killed
    while not gone(worker) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert gone(worker)


# Going wrong


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("impossible", "The locked decisions contradict each other."),
        ("refused", "found no month; allowed: two months. Load the monthly return."),
    ],
)
def test_what_the_planner_can_mend_is_told_as_it_is(file_store, target, sentence):
    run = submit(file_store, target)
    failed = until(file_store, run.id, "failed")
    assert (failed.message, failed.reference) == (sentence, "")


@pytest.mark.parametrize(
    ("target", "sentence", "logged"),
    [
        ("faulty", "Something went wrong on our side and no plan was made.", "KeyError"),
        ("greedy", "This plan needed more memory than it is given.", "MemoryError"),
        ("crashing", "The process that computed this plan ended unexpectedly", "Segmentation fault"),
    ],
)
def test_a_fault_of_ours_is_told_plainly_and_found_in_the_log_by_its_reference(file_store, target, sentence, logged):
    run = submit(file_store, target, memory_gb=3)
    failed = until(file_store, run.id, "failed")
    assert failed.message.startswith(sentence)
    assert "secret-key" not in failed.message
    assert re.fullmatch(r"[0-9A-F]{8}", failed.reference)
    assert failed.message.endswith(f"quote the reference {failed.reference}.")
    time.sleep(0.1)
    log = log_of(run.id)
    assert f"reference {failed.reference}" in log
    assert logged in log


def test_a_killed_worker_fails_its_run_and_the_next_run_starts(file_store):
    first = submit(file_store, "slow")
    second = submit(file_store, "slow", seed=2)
    until(file_store, first.id, busy)
    os.kill(worker_of(file_store, first.id).pid, signal.SIGKILL)
    failed = until(file_store, first.id, "failed", seconds=5)
    assert "ended unexpectedly" in failed.message
    until(file_store, second.id, busy)
    assert submit(file_store, "slow").id != first.id, "a failed run is tried anew"


@pytest.mark.cold
def test_a_worker_that_cannot_be_started_fails_its_run(file_store, monkeypatch):
    def no_more_processes(*_, **__):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", no_more_processes)
    run = submit(file_store, "quick")
    assert run.state == "failed"
    assert "could not start another process" in run.message


# Several servers, and servers that die

SERVER = """
import sys, time
from data.run import PlanSettings
from data.store import Store
from portal import engine
from tests.unit.store_fixtures import ONE
from tests.unit.test_portal_engine import prepared, workers
store = Store.open(sys.argv[1])
how = workers(sys.argv[2])
engine.start(store, how)
for seed in map(int, sys.argv[3:]):
    print(engine.submit(store, ONE, *prepared(store), PlanSettings(time_limit=60.0, seed=seed), how).id, flush=True)
time.sleep(300)
"""


class Server:
    """Another server process on the same store."""

    def __init__(self, store, target, *seeds):
        command = [sys.executable, "-c", SERVER, store.url, target, *map(str, seeds)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.runs = [self.process.stdout.readline().strip() for _ in seeds]

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def test_two_servers_share_one_slot_and_lose_no_run(served):
    prepared(served)
    other = Server(served, "brief", 1, 2)
    try:
        mine = [submit(served, "brief", seed=3).id]
        most, give_up = 0, time.monotonic() + PATIENCE
        while any(not served.run(ONE, r).ended for r in (*mine, *other.runs)) and time.monotonic() < give_up:
            most = max(most, len(served.leases(WORKER)))
            time.sleep(0.02)
    finally:
        other.kill()
    assert [served.run(ONE, r).state for r in (*mine, *other.runs)] == ["done"] * 3
    assert most == 1


def test_runs_go_on_when_their_server_is_killed_and_the_last_worker_starts_the_next(served):
    server = Server(served, "brief", 1, 2)
    server.kill()
    for run_id in server.runs:
        assert until(served, run_id, "done").finished


@pytest.mark.alone
def test_after_server_and_worker_are_killed_a_new_server_leaves_nothing_stuck(file_store):
    server = Server(file_store, "slow", 1, 2)
    until(file_store, server.runs[0], busy)
    server.kill()
    os.kill(worker_of(file_store, server.runs[0]).pid, signal.SIGKILL)
    time.sleep(0.2)
    assert [file_store.run(ONE, r).state for r in server.runs] == ["running", "queued"], "nobody is there to notice"

    engine.start(file_store, workers("slow"))
    assert "ended unexpectedly" in until(file_store, server.runs[0], "failed", seconds=2).message
    until(file_store, server.runs[1], busy)


def test_a_run_of_a_computer_that_fell_silent_is_lost_at_server_start(served):
    run = served.start_run(ONE, "allocation", *prepared(served), {"time_limit": 60.0}, "test")
    served.claim_run(WORKER, run.id, "elsewhere 1 1 working")
    engine.start(served, workers("quick"))
    assert served.run(ONE, run.id).state == "running", "it may well be alive"
    with served._database.write() as connection:
        connection.execute(text("UPDATE runs SET heartbeat = '2020-01-01T00:00:00.000000Z'"))
    lost = until(served, run.id, "lost", seconds=5)
    assert lost.message.endswith("Start the plan again.")


# Processes


def test_a_process_is_told_from_a_later_one_of_the_same_number():
    me = Process.of(os.getpid())
    assert me.here
    assert me.alive
    assert Process.parse(str(me)) == me
    assert not replace(me, born="1").alive
    assert not replace(me, host="elsewhere").here


def test_a_process_that_has_ended_is_not_alive_even_before_it_is_waited_for():
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = Process.of(child.pid)
    assert gone(process)
    assert child.wait() == 0
    process.kill()


def test_a_process_that_stands_in_for_a_worker_is_never_killed():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as child:
        Process.of(child.pid, starting=True).kill()
        time.sleep(0.2)
        assert child.poll() is None
        Process.of(child.pid).kill()
        assert child.wait(10) == -signal.SIGKILL
