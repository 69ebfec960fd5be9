"""The worker process: computes one run of a store, says how far it is, hears whether it should stop, then starts the next that waits.

Linux only: processes are told apart by what the kernel says about them.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from data.errors import NoPlan, SixweeksError
from data.run import WORKFORCE, PlanSettings, Progress, Run
from data.store import WORKER, Scope, Store, home
from portal.worker_settings import NO_PLAN_YET, POLL_SECONDS, WORKERS, Workers, imported, most_seconds

PROGRESS_SECONDS = 1.0
HEARTBEAT_SECONDS = 2.0

_ROOT = Path(__file__).parents[1]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Process:
    """A process, named so that neither another computer's nor a later one of the same number is taken for it.

    `starting` is set while a server, or a worker that has finished, is about to start the worker and stands in for it.
    """

    host: str
    pid: int
    born: str
    starting: bool = False

    @classmethod
    def of(cls, pid: int, *, starting: bool = False) -> Process:
        """The process with this number on this computer."""
        return cls(_host(), pid, _stat(pid)[1], starting)

    @classmethod
    def parse(cls, text: str) -> Process:
        """What `str` wrote."""
        host, pid, born, starting = text.split(" ")
        return cls(host, int(pid), born, starting == "starting")

    def __str__(self) -> str:
        return f"{self.host} {self.pid} {self.born} {'starting' if self.starting else 'working'}"

    @property
    def here(self) -> bool:
        """True for a process of this computer, since it was last started."""
        return self.host == _host()

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        state, born = _stat(self.pid)
        return state not in ("", "Z", "X") and born == self.born

    def kill(self) -> None:
        """End the worker and whatever it started; nothing while another process stands in for it."""
        if self.alive and not self.starting:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                _log.info("worker %s ended before it was killed", self.pid)


@cache
def _host() -> str:
    """This computer since it was last started, and this container on it: process numbers mean something only there."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    container = Path("/proc/self/ns/pid").readlink()
    return f"{socket.gethostname()}/{boot[:8]}/{container}".replace(" ", "-")


def _stat(pid: int) -> tuple[str, str]:
    """State letter and time of start of a process; empty where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "", ""
    return fields[0], fields[19]


def start_waiting(store: Store, workers: Workers) -> list[subprocess.Popen[bytes]]:
    """Start a worker for each waiting run while slots are free; returns the new processes."""
    started = []
    me = str(Process.of(os.getpid(), starting=True))
    while run := store.claim_run(WORKER, None, me, slots=workers.slots):
        try:
            process = _spawn(store, run.id, workers)
        except OSError as error:
            end(store, run.id, "The computer of the portal could not start another process. Start the plan again", str(error))
            break
        seconds = workers.waiting + workers.attempts * most_seconds(float(run.settings["time_limit"]))
        store.hand_over(WORKER, run.id, str(Process.of(process.pid)), seconds=seconds)
        started.append(process)
    return started


def _spawn(store: Store, run_id: str, workers: Workers) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "portal.worker", run_id, *(f"--{name}={value}" for name, value in asdict(workers).items())]
    # The address may hold a password: the environment is the owner's to read, a command line is everybody's.
    environment = {**os.environ, "SIXWEEKS_DATABASE_URL": store.url, "SIXWEEKS_HOME": str(home()), "PYTHONPATH": path}
    with _log_file(run_id).open("ab") as log:
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )  # fmt: skip


def _log_file(run_id: str) -> Path:
    folder = home() / "log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"run-{run_id}.log"


def end(store: Store, run_id: str, message: str, why: str) -> None:
    """End a run with a message for the planner, and the reason in its log under a reference number."""
    reference = secrets.token_hex(4).upper()
    if store.fail_run(WORKER, run_id, f"{message}; if it happens again, quote the reference {reference}.", reference):
        with _log_file(run_id).open("a") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} reference {reference}: {why}\n")


class _Pulse:
    """The worker's line to its row, in a thread: passes on progress, says that it is alive, hears whether it should stop."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._newest: Progress | None = None
        self._told: Progress | None = None
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat_until_over, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def report(self, progress: Progress) -> None:
        """Keep the newest progress for the next beat; never waits for the store."""
        self._newest = progress

    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def _beat_until_over(self) -> None:
        last = time.monotonic()
        over = False
        while not over:
            over = self._over.wait(POLL_SECONDS)
            try:
                if self._store.cancel_requested(WORKER, self._run_id):
                    self._cancelled.set()
                since = time.monotonic() - last
                if over or since >= HEARTBEAT_SECONDS or (since >= PROGRESS_SECONDS and self._newest is not self._told):
                    self._tell()
                    last = time.monotonic()
            except Exception:
                _log.exception("the store could not be told; it is tried again")

    def _tell(self) -> None:
        newest = self._newest
        if newest is None or newest is self._told:
            self._store.heartbeat(WORKER, self._run_id)
        else:
            self._store.progress(WORKER, self._run_id, newest)
            self._told = newest


def _make_plan(store: Store, run: Run, workers: Workers, pulse: _Pulse) -> Any:
    # The worker sees what the owner of the run sees, and no more.
    scope = Scope(run.created_by, run.organisation, "viewer")
    dataset = store.dataset(scope, run.dataset_id)
    scenario = store.scenario(scope, run.scenario_id, run.dataset_id)
    settings = PlanSettings(**run.settings)
    if run.kind == WORKFORCE:
        return imported(workers.workforce)(dataset, scenario, settings, report=pulse.report, cancelled=pulse.cancelled)
    start = store.decisions(scope, settings.start_from) if settings.start_from else None
    named = {} if start is None else {"start": start}
    return imported(workers.target)(dataset, scenario, settings, report=pulse.report, cancelled=pulse.cancelled, **named)


def _work(store: Store, run: Run, workers: Workers) -> None:
    """Compute a run and store how it ended."""
    pulse = _Pulse(store, run.id)
    try:
        with pulse:
            plan = _make_plan(store, run, workers, pulse)
        stopped = "cancelled" in (plan.summary["status"], plan.summary.get("frontier", {}).get("status"))
        ended: Literal["done", "cancelled"] = "cancelled" if stopped else "done"
        if not store.finish_run(WORKER, run.id, plan, ended):
            _log.warning("the run was ended by somebody else before its plan could be stored")
    except NoPlan as error:
        if pulse.cancelled():
            store.fail_run(WORKER, run.id, NO_PLAN_YET, state="cancelled")
        else:
            store.fail_run(WORKER, run.id, str(error))
    except SixweeksError as error:
        store.fail_run(WORKER, run.id, str(error))
    except MemoryError:
        _log.exception("out of memory")
        end(store, run.id, "This plan needed more memory than it is given. Plan fewer weeks or a smaller network", "out of memory, above")
    except Exception:
        _log.exception("a fault of ours")
        end(store, run.id, "Something went wrong on our side and no plan was made. Start the plan again", "the fault above")


def _set_limits(memory_gb: float) -> None:
    most = int(memory_gb * 2**30)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the data
    # Pages come before plans. Not `nice`: a worker that starts the next would pass its own on, and that one add to it.
    os.setpriority(os.PRIO_PROCESS, 0, max(5, os.getpriority(os.PRIO_PROCESS, 0)))


def main(arguments: list[str] | None = None) -> int:
    """Entry of a worker process: compute one run, then start the next that waits."""
    parser = argparse.ArgumentParser(prog="python -m portal.worker", description="Computes one run of a store. Started by the portal.")
    parser.add_argument("run_id")
    for name, value in asdict(WORKERS).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    given = vars(parser.parse_args(arguments))
    run_id, workers = given.pop("run_id"), Workers(**given)

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    faulthandler.enable()
    _set_limits(workers.memory_gb)
    store = Store.open()
    run = store.run(WORKER, run_id)
    if run.state == "running":
        _work(store, run, workers)
        start_waiting(store, workers)
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
