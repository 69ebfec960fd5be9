"""Where runs execute: worker processes on this computer, one for each run, watched by every server that shares the store.

The run's row is the truth. A server claims a queued run, starts a worker for it and hands the run over; the worker reports into the row and
looks there whether it should stop. Each server watches the rows of this computer's workers, whoever started them: a server that dies takes
nothing with it, and a worker that dies, hangs or runs over its time is ended with a message. With a Dask cluster (`SIXWEEKS_SCHEDULER`) all this
is the same: the worker asks the cluster for its plan and waits, see `portal.cluster`.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from data.run import ALLOCATION, CODE_VERSION, PlanSettings, Run
from data.store import FRESH_SECONDS, WORKER, Lease, Scope, Store
from portal.worker import HEARTBEAT_SECONDS, Process, end, start_waiting
from portal.worker_settings import NO_PLAN_YET, POLL_SECONDS, TOO_LONG, WORKERS, Workers

STOP_SECONDS = 5.0
"""A worker that has been asked to stop is killed after this."""

_log = logging.getLogger(__name__)
_lock = threading.RLock()


def submit(
    store: Store, scope: Scope, dataset_id: str, scenario_id: str, settings: PlanSettings, workers: Workers = WORKERS, kind: str = ALLOCATION
) -> Run:  # fmt: skip
    """Have a plan computed: queued, and started at once where a slot is free. Equal inputs share one run.

    Args:
        store: the store that holds dataset and scenario.
        scope: on whose behalf.
        dataset_id: id of the dataset.
        scenario_id: id of the stored scenario.
        settings: how to solve.
        workers: how to run it; for a store that this process watches already, what it was first told holds.
        kind: which problem is solved.

    Raises:
        NotAllowed: the role may not start runs.
        NotFound: the dataset or the scenario is not in the scope.
    """
    run = store.start_run(scope, kind, dataset_id, scenario_id, settings.as_values(), CODE_VERSION)
    _keeper(store, workers).start_waiting()
    return store.run(scope, run.id)


def sweep(
    store: Store, scope: Scope, dataset_id: str, scenario_ids: Iterable[str], settings: PlanSettings, workers: Workers = WORKERS
) -> Iterator[Run]:
    """Have several scenarios planned, as many at once as there are slots; their runs as they end, each once.

    Whoever stops listening stops no run.

    Args:
        store: the store that holds dataset and scenarios.
        scope: on whose behalf.
        dataset_id: id of the dataset.
        scenario_ids: ids of the stored scenarios.
        settings: how to solve each.
        workers: as for `submit`.

    Raises:
        NotAllowed: the role may not start runs.
        NotFound: the dataset or a scenario is not in the scope; those before it are queued already.
    """
    asked = {submit(store, scope, dataset_id, scenario_id, settings, workers).id: None for scenario_id in scenario_ids}
    return _as_they_end(store, scope, list(asked))


def _as_they_end(store: Store, scope: Scope, left: list[str]) -> Iterator[Run]:
    while left:
        ended = [run for run in (store.run(scope, run_id) for run_id in left) if run.ended]
        yield from ended
        left = [run_id for run_id in left if run_id not in {run.id for run in ended}]
        if not ended:
            time.sleep(POLL_SECONDS)


def cancel(store: Store, scope: Scope, run_id: str, workers: Workers = WORKERS) -> Run:
    """Stop a run: one that waits at once; one that works keeps its best plan, and is killed where it does not stop in five seconds.

    Raises:
        NotAllowed: the role may not stop runs, or the run belongs to somebody else.
        NotFound: no such run in the scope.
    """
    run = store.request_cancel(scope, run_id)
    _keeper(store, workers)
    return run


def start(store: Store, workers: Workers = WORKERS) -> None:
    """Begin to watch over runs, at server start: what nobody computes any more is lost, what waits goes on."""
    _keeper(store, workers).tick()


def stop(store: Store) -> None:
    """Cease to watch, at server stop. Workers go on and store their plans."""
    with _lock:
        keeper = _keepers.pop(store.url, None)
    if keeper:
        keeper.stop()


_children: list[subprocess.Popen[bytes]] = []
"""Workers this process started: the system forgets a process only when its parent has asked how it ended."""


class _Keeper:
    """Watches over the workers of this computer for one store, in a thread of a server process."""

    def __init__(self, store: Store, workers: Workers) -> None:
        self._store = store
        self._workers = workers
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch_all, name="watches over runs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def start_waiting(self) -> None:
        with _lock:
            _children.extend(start_waiting(self._store, self._workers))

    def tick(self) -> None:
        """Look once after everything: ended, hung and stopped workers, silent ones elsewhere, waiting runs."""
        with _lock:
            _children[:] = [child for child in _children if child.poll() is None]
            for lease in self._store.leases(WORKER):
                self._watch(lease)
            self._store.mark_lost(WORKER)
            self.start_waiting()

    def _watch_all(self) -> None:
        last = time.time()
        while not self._stopped.wait(POLL_SECONDS):
            if time.time() - last > FRESH_SECONDS / 2:
                # The computer slept: its workers did too, and may first say that they are alive.
                self._stopped.wait(2 * HEARTBEAT_SECONDS)
            last = time.time()
            try:
                self.tick()
            except Exception:
                _log.exception("watching over runs failed; it is tried again")

    def _watch(self, lease: Lease) -> None:
        process = Process.parse(lease.worker)
        now = datetime.now(UTC)
        if not process.here:
            return
        if not process.alive:
            message = "The process that computed this plan ended unexpectedly, perhaps for want of memory. Start the plan again"
            end(self._store, lease.run_id, message, f"worker {process} is gone")
        elif lease.deadline and now > lease.deadline:
            process.kill()
            end(self._store, lease.run_id, TOO_LONG, f"worker {process} was killed at its deadline {lease.deadline}")
        elif lease.cancel_asked and (now - lease.cancel_asked).total_seconds() > STOP_SECONDS:
            process.kill()
            self._store.fail_run(WORKER, lease.run_id, NO_PLAN_YET, state="cancelled")
        elif (now - lease.heartbeat).total_seconds() > FRESH_SECONDS:
            process.kill()


_keepers: dict[str, _Keeper] = {}


def _keeper(store: Store, workers: Workers) -> _Keeper:
    with _lock:
        if store.url not in _keepers:
            _keepers[store.url] = _Keeper(store, workers)
        return _keepers[store.url]
