"""What workers of a cluster compute in tests, in place of the portal's plan or around it.

A folder named by SIXWEEKS_TEST_NOTES is shared with the test: a file there says which process was at work.
"""

import importlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

from data.errors import Refused
from data.findings import refusal
from portal import planning
from portal.cluster import plan_there
from tests.unit import engine_targets
from tests.unit.plans import sample_plan

PATIENCE = 60.0


def notes():
    return Path(os.environ["SIXWEEKS_TEST_NOTES"])


def note(name):
    (notes() / f"{name} {os.getpid()}").touch()


def noted(name):
    """Processes that left a note of this name, the first first."""
    return [int(n.name.split()[-1]) for n in sorted(notes().glob(f"{name} *"), key=lambda n: n.stat().st_mtime_ns)]


def wait_if_first(name, cancelled=lambda: False):
    """The first process that comes here waits, to be killed; any other goes on."""
    first = True
    try:
        (notes() / f"first {name}").touch(exist_ok=False)
    except FileExistsError:
        first = False
    note(name)
    until = time.monotonic() + PATIENCE
    while first and not cancelled() and time.monotonic() < until:
        time.sleep(0.05)


def run_dask(folder, kind, arguments, *, greeted_badly=False):
    """A scheduler or a worker, as its command runs it, in this process."""
    with (folder / "dask.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ["SIXWEEKS_TEST_NOTES"] = str(folder)
    if greeted_badly:
        greet_badly_once(setattr)
    import dask

    dask.config.set({"distributed.comm.timeouts.connect": "5s"})  # how long a worker looks for a scheduler that is gone
    importlib.import_module(f"distributed.cli.dask_{kind}").main(arguments)


def greet_badly_once(set_attribute):
    """This process's next client takes the scheduler's greeting for a fault, as it does where another message comes with it."""
    from distributed import Client

    connect = Client._ensure_connected

    async def fail(client, timeout=None):
        set_attribute(Client, "_ensure_connected", connect)
        raise AssertionError

    set_attribute(Client, "_ensure_connected", fail)


# On the cluster


def slow_at_first(dataset, scenario, settings, report, cancelled):
    wait_if_first("plan", cancelled)
    return planning.make_plan(dataset, scenario, settings, report, cancelled)


def quick(dataset, scenario, settings, report, cancelled):
    return sample_plan()


def slow(dataset, scenario, settings, report, cancelled):
    note("slow")
    plan = engine_targets.slow(dataset, scenario, settings, report, cancelled)
    note("slow stopped")
    return plan


def refused(dataset, scenario, settings, report, cancelled):
    raise Refused([refusal("no-history", "no month", "two months", "Load the monthly return.")])


def in_parts(dataset, scenario, settings, report, cancelled):
    from portal.cluster_tasks import spread  # where Dask is installed

    note("plan")
    return planning.make_plan(dataset, scenario, settings, report, cancelled, lambda tasks, clock: spread([Noted(t) for t in tasks], clock))


@dataclass(frozen=True)
class Noted:
    """A part whose first solver waits, to be killed or stopped."""

    task: object

    def __call__(self, clock):
        wait_if_first("part", clock.must_stop)
        return self.task(clock)


# Beside the store


def asks_quick(*arguments, **more):
    return plan_there(f"{__name__}:quick", *arguments, **more)


def asks_slow(*arguments, **more):
    return plan_there(f"{__name__}:slow", *arguments, **more)


def asks_slow_at_first(*arguments, **more):
    return plan_there(f"{__name__}:slow_at_first", *arguments, **more)


def asks_refused(*arguments, **more):
    return plan_there(f"{__name__}:refused", *arguments, **more)


def asks_in_parts(*arguments, **more):
    return plan_there(f"{__name__}:in_parts", *arguments, **more)
