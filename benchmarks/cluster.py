"""`python -m benchmarks.cluster`: what a Dask cluster brings to a sweep of scenarios of the demonstration, and what it costs.

Every sweep is asked by this process, of workers with one thread each on this computer; the same plans are computed without a cluster first. Where
fewer processors are free than there are workers, seconds of the wall clock say little: what the scheduler and the workers' errands cost is measured
in seconds of a processor. Nothing is written into the repository.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

from benchmarks.measure import timed
from data.dataset import Dataset
from data.folder import demonstration, example_networks
from data.plan import BY_TABLE, Plan
from data.run import PlanSettings
from data.scenario import LEVER_NAMES, Scenario, all_levers, base
from portal import cluster
from portal.commands.networks import example
from portal.planning import make_plan
from portal.worker_settings import SCHEDULER

_ROOT = Path(__file__).parents[1]
SPEED_UP = 0.8
"""Least speed-up per worker at two workers."""

OVERHEAD = 0.05
"""Most the scheduler may take of what tasks take, at eight workers."""

_IDLE_SECONDS = 10
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sweep:
    """One sweep over the scenarios.

    Attributes:
        plans: in the order of the scenarios.
        seconds: wall clock.
        workers: seconds of a processor that each worker used.
        scheduler, asker: the same of the two.
        idle: what the scheduler uses in as many seconds of the clock with nothing to do but to keep in touch with its workers.
    """

    plans: list[Plan]
    seconds: float
    workers: list[float]
    scheduler: float = 0.0
    asker: float = 0.0
    idle: float = 0.0


class Cluster:
    """A scheduler and workers with one thread each, ready to plan."""

    def __init__(self, folder: Path, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        self.scheduler = self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-dashboard",
            "--dashboard-address",
            ":0",
            "--preload",
            "portal.cluster_calls",
        )
        worker = (
            "worker",
            self.address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--memory-limit",
            "0",
            "--preload",
            "portal.cluster_tasks",
        )
        self.workers = [self._start(*worker, "--local-directory", str(folder)) for _ in range(workers)]
        with Client(self.address, timeout=120) as client:
            client.wait_for_workers(workers, timeout=300)
            client.run(_warm)  # what libraries load late is loaded

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(_ROOT), *sys.path])
        with (self._folder / "dask.log").open("ab") as log:
            command = [sys.executable, "-m", "dask", *arguments]
            return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}, cwd=_ROOT, stdout=log, stderr=log)

    def used(self) -> list[float]:
        """Seconds of a processor so far: this process's, the scheduler's, each worker's."""
        return [time.process_time(), *(_used(process.pid) for process in (self.scheduler, *self.workers))]

    def idle(self) -> float:
        """Seconds of a processor that the scheduler uses in one of the clock when nothing is asked."""
        before = self.used()[1]
        time.sleep(_IDLE_SECONDS)
        return (self.used()[1] - before) / _IDLE_SECONDS

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def _warm() -> None:
    dataset = min((example(name) for name in example_networks()), key=lambda d: len(d.network["sites"]))
    make_plan(dataset, base(dataset.content_id, 1))


@contextmanager
def _cluster(workers: int) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory() as folder:
        started = Cluster(Path(folder), workers)
        try:
            yield started
        finally:
            started.close()


def here(dataset: Dataset, scenarios: list[Scenario], settings: PlanSettings) -> Sweep:
    """Without a cluster, one plan after another; `workers` is this process."""
    _warm()
    began = time.process_time()
    plans, seconds = timed(lambda: [make_plan(dataset, scenario, settings) for scenario in scenarios])
    return Sweep(plans, seconds, [time.process_time() - began])


def there(dataset: Dataset, scenarios: list[Scenario], settings: PlanSettings, workers: int) -> Sweep:
    """By a cluster, all asked at once."""
    with _cluster(workers) as asked, ThreadPoolExecutor(len(scenarios)) as askers:
        os.environ[SCHEDULER] = asked.address
        idle = asked.idle()
        before = asked.used()
        plans, seconds = timed(lambda: list(askers.map(lambda s: cluster.make_plan(dataset, s, settings, lambda _: None, lambda: False), scenarios)))
        asker, scheduler, *each = (after - b for after, b in zip(asked.used(), before, strict=True))
        return Sweep(plans, seconds, each, scheduler, asker, idle * seconds)


def _used(pid: int) -> float:
    """Seconds of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _differing(sweep: Sweep, other: Sweep) -> list[str]:
    """Tables that are not the same, by scenario and name."""
    pairs = enumerate(zip(sweep.plans, other.plans, strict=True), start=1)
    return [f"scenario {n}: {name}" for n, (a, b) in pairs for name in BY_TABLE if not a.tables[name].equals(b.tables[name])]


def _told(what: str, sweep: Sweep, alone: Sweep) -> Sweep:
    figures = f"{sweep.seconds:>9.1f}{sum(sweep.workers):>9.1f}{sweep.scheduler:>11.2f}{sweep.idle:>9.2f}{sweep.asker:>9.2f}"
    print(f"{what:<24}{figures}{len(_differing(sweep, alone)):>20}", flush=True)
    return sweep


def measured(weeks: int = 6, plans: int = 8, most: int = 8) -> tuple[float, float, bool]:
    """Speed-up per worker at two workers, what the scheduler takes of task time at `most`, and whether all tables are equal; a table is printed."""
    dataset = example(demonstration())
    plain = base(dataset.content_id, weeks)
    off = [{}, *({lever: False} for lever in LEVER_NAMES)][:plans]
    scenarios = [plain.changed(levers=all_levers() | levers) for levers in off]
    settings = PlanSettings(gap=0.01, threads=1)
    print(f"{dataset.network.title}: {len(scenarios)} scenarios of {weeks} weeks; {os.cpu_count()} processors, {os.getloadavg()[0]:.1f} busy")

    print(f"\n{'Sweep':<24}{'Wall':>9}{'Tasks':>9}{'Scheduler':>11}{'Idle':>9}{'Asker':>9}{'Tables that differ':>20}")
    print("-" * 91)
    alone = _told("without a cluster", sweep := here(dataset, scenarios, settings), sweep)
    sweeps = {n: _told(f"{n} worker{'s' if n > 1 else ''}", there(dataset, scenarios, settings, n), alone) for n in (1, 2, most)}
    print("Wall: seconds of the clock. The others: seconds of a processor; workers' errands are among those of their tasks.")
    print("Idle: what the scheduler would have used in that time with nothing to do.")

    speed_up, busiest, many = sweeps[1].seconds / sweeps[2].seconds / 2, max(sweeps[2].workers), sweeps[most]
    overhead, whole = (used / sum(many.workers) for used in (max(many.scheduler - many.idle, 0.0), many.scheduler))
    print(f"\nSpeed-up per worker at 2 workers: {speed_up:.2f}. Goal {SPEED_UP:.2f}: {'kept' if speed_up >= SPEED_UP else 'MISSED'}.")
    print(
        f"The same by seconds of a processor, of the busier worker: {sum(sweeps[1].workers) / busiest / 2:.2f}; tells where others use this computer."
    )
    verdict = "kept" if overhead <= OVERHEAD else "MISSED"
    print(f"Scheduler at {most} workers: {overhead:.1%} of task time, {whole:.1%} with what it uses idle. Goal {OVERHEAD:.0%}: {verdict}.")
    wrong = [f"{n} workers, {table}" for n, sweep in sweeps.items() for table in _differing(sweep, alone)]
    print(f"Tables of every plan: {'DIFFER: ' + '; '.join(wrong) if wrong else 'equal to those computed without a cluster'}.")
    return speed_up, overhead, not wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--weeks", type=int, default=6, help="length of the plans (default 6)")
    parser.add_argument("--scenarios", type=int, default=8, help="how many plans a sweep makes: all levers on, then one off in each (default 8)")
    parser.add_argument("--many", type=int, default=8, help="workers of the last sweep (default 8)")
    options = parser.parse_args()
    measured(options.weeks, options.scenarios, options.many)


if __name__ == "__main__":
    main()
