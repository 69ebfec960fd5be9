"""What worker processes compute in tests of the engine, in place of a plan."""

import ctypes
import os
import signal
import sys
import time

from data.errors import NoPlan, Refused
from data.findings import refusal
from data.run import Progress
from tests.unit.plans import sample_plan


def quick(dataset, scenario, settings, report, cancelled):
    plan = sample_plan()
    told = {"pid": os.getpid(), "dataset": dataset.content_id, "weeks": scenario.weeks, "seed": settings.seed, "command": sys.orig_argv}
    report(Progress("Done", 1.0))
    return type(plan)(plan.tables, {**plan.summary, **told})


def brief(dataset, scenario, settings, report, cancelled):
    time.sleep(0.5)
    return sample_plan()


def slow(dataset, scenario, settings, report, cancelled):
    begin = time.monotonic()
    while not cancelled():
        report(Progress("Looking", 0.25, best=7.0, seconds=time.monotonic() - begin))
        time.sleep(0.05)
    return sample_plan("cancelled")


def fruitless(dataset, scenario, settings, report, cancelled):
    while not cancelled():
        time.sleep(0.05)
    raise NoPlan("No plan was found.")


def deaf_and_mute(dataset, scenario, settings, report, cancelled):
    sys.stderr.write("deaf from now on\n")
    ctypes.PyDLL(None).sleep(3600)  # lets no other thread of the process run: a call by way of PyDLL keeps the interpreter's lock


def impossible(dataset, scenario, settings, report, cancelled):
    raise NoPlan("The locked decisions contradict each other.")


def refused(dataset, scenario, settings, report, cancelled):
    raise Refused([refusal("no-history", "no month", "two months", "Load the monthly return.")])


def faulty(dataset, scenario, settings, report, cancelled):
    return {}["secret-key"]


def greedy(dataset, scenario, settings, report, cancelled):
    return bytearray(4 * 2**30)


def crashing(dataset, scenario, settings, report, cancelled):
    os.kill(os.getpid(), signal.SIGSEGV)


def told_to_fail_at_four_weeks(dataset, scenario, settings, report, cancelled):
    if scenario.weeks == 4:
        raise NoPlan("No plan was found.")
    return sample_plan()
