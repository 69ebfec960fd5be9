"""While a hostile file is read, and after its process was killed, the others notice nothing."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from data.safe_reading import read_safely
from tests.hostile.containers import ENDLESS
from tests.networks.broken import official_xls

ENOUGH = 2.0
"""Seconds in which a small file must be read beside a hostile one; more only where it takes a third of that alone."""


@pytest.fixture(scope="module")
def hostile_file():
    return next(case for case in ENDLESS if case.name == "a row of 100,000 cells").make()


def read_small():
    started = time.monotonic()
    assert not read_safely(official_xls(), "small.xls", "dm01").is_refused
    return time.monotonic() - started


def children():
    """Process ids of our own children."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def reading(content, results):
    thread = threading.Thread(target=lambda: results.append(read_safely(content, "hostile.xlsx", "dm01")))
    thread.start()
    return thread


def test_a_small_file_is_read_at_once_beside_a_hostile_one(hostile_file):
    alone, results = read_small(), []
    thread = reading(hostile_file, results)
    beside = read_small()
    still_reading = thread.is_alive()
    thread.join()
    assert still_reading or results
    assert beside < max(ENOUGH, 3 * alone)
    assert [f.rule for f in results[0].findings] == ["too-large"]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="this system does not list child processes")
def test_a_reading_process_killed_by_hand_is_a_refusal_in_words(hostile_file):
    before, results = children(), []
    thread = reading(hostile_file, results)
    while not (started := children() - before):
        time.sleep(0.01)
    time.sleep(0.3)
    os.kill(started.pop(), signal.SIGKILL)
    thread.join()
    (finding,) = results[0].findings
    assert (finding.rule, finding.severity, finding.file) == ("reader-stopped", "refuse", "hostile.xlsx")
    assert read_small() > 0
