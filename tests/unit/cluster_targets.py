"""What workers of a cluster compute in tests, in place of the portal's plan or around it.

A folder named by SIXWEEKS_TEST_NOTES is shared with the test: a file there says which process was at work.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from data.errors import Refused
from data.findings import refusal
from portal import planning
from portal.cluster import plan_there
from portal.cluster_tasks import spread
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
    first = not noted(name)
    note(name)
    until = time.monotonic() + PATIENCE
    while first and not cancelled() and time.monotonic() < until:
        time.sleep(0.05)


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
    return plan_there(quick, *arguments, **more)


def asks_slow(*arguments, **more):
    return plan_there(slow, *arguments, **more)


def asks_slow_at_first(*arguments, **more):
    return plan_there(slow_at_first, *arguments, **more)


def asks_refused(*arguments, **more):
    return plan_there(refused, *arguments, **more)


def asks_in_parts(*arguments, **more):
    return plan_there(in_parts, *arguments, **more)
