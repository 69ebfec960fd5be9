"""Hostile uploads: each is refused in words or read right, and none of them slows, swells or ends the process that took it."""

import contextlib
import logging
import resource
import time
from pathlib import Path

import hypothesis
import pytest

from data.findings import Findings
from data.safe_reading import LIMITS, TASKS, _result, read_safely, shown_name
from tests.hostile.cases import STORED, Case
from tests.hostile.containers import CONTAINERS, HEAVY
from tests.hostile.contents import CONTENTS
from tests.hostile.one_child import OneChild
from tests.hostile.people import PEOPLE

SOAK = hypothesis.settings.get_current_profile_name() == "soak"
CASES = [*CONTAINERS, *CONTENTS, *PEOPLE, *(HEAVY if SOAK else ())]
ROWS = {"U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U10", "P1", "W6"}
"""Rows of the table of threats that are about one file; what comes of the same file twice (U9) is tried with the store."""

GROWTH = 300_000_000
LONGEST_NAME = 100


@pytest.fixture(scope="module")
def one_child():
    child = OneChild()
    yield child
    child.close()


def result_of(case: Case, one_child: OneChild):
    """What the upload of a case comes to: in a child of its own where it may end it, else in the one that reads all others."""
    content = case.make()
    forget_the_peak()
    before = peak()
    started = time.monotonic()
    if case.alone:
        result, seconds = read_safely(content, case.file, case.task), time.monotonic() - started
        return result, seconds, peak() - before
    file = shown_name(case.file)
    told = one_child.read(content, file, case.task)
    assert told.fault == ""
    return _result((told.plain, told.frames), content, file, case.task), told.seconds, peak() - before


def every_finding(result) -> Findings:
    return result.findings.plus(*(t.findings for t in getattr(result, "tables", ())))


def forget_the_peak() -> None:
    """Let the peak of our memory be counted from now on; where the system cannot, it is counted from the start."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """Most memory that we had, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def stands_at(finding, place) -> bool:
    sheet, row, column = place
    return (finding.sheet, finding.row) == (sheet, row) and column in (finding.column, "*")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_hostile_upload_comes_to_what_it_should(case, one_child, caplog):
    with caplog.at_level(logging.DEBUG):
        result, seconds, growth = result_of(case, one_child)
    findings = every_finding(result)
    assert growth < GROWTH
    assert seconds < min(case.seconds, LIMITS.wall)
    for finding in findings:
        assert all((finding.rule, finding.found, finding.expected, finding.mend))
        assert finding.file == shown_name(case.file)
        assert "\n" not in finding.sentence()
    if case.planted:
        assert case.planted not in findings.summary() + caplog.text + findings.table().to_csv()
    rules = {f.rule for f in findings.refusals}
    assert rules & set(case.rules) if rules else STORED in case.rules, findings.summary() or "read without a finding"
    assert set(case.notes) <= {f.rule for f in findings}, findings.summary()
    about = [f for f in findings if f.rule in (case.rules if case.rule != STORED else case.notes)]
    if case.place:
        assert any(stands_at(f, case.place) for f in about), findings.summary()
    assert not case.says or any(case.says in f.sentence() for f in about), findings.summary()
    assert case.check is None or case.check(result)


def test_the_corpus_covers_every_row_and_has_enough_cases():
    assert {c.row for c in CASES} == ROWS
    assert len(CASES) >= 80
    assert len({c.name for c in CASES}) == len(CASES)
    assert {c.task for c in CASES} <= set(TASKS)


def test_no_file_name_is_shown_with_folders_or_control_characters():
    for case in CASES:
        name = shown_name(case.file)
        assert 0 < len(name) <= LONGEST_NAME
        assert name.isprintable()
        assert not set(name) & set("/\\")
