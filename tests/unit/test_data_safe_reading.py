"""Uploads are opened in a child process: what happens when it is slow, hungry or dies."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from data.safe_reading import LIMITS, MAX_UPLOAD, TASKS, Limits, read_many, read_safely, shown_name
from data.sources.dm01 import read
from data.sources.reading import Reading
from data.workbook import write_workbook
from tests.networks.broken import official_rows, official_xls, official_xlsx, with_sheet_xml, zip_bomb
from tests.networks.compound_file import looping_compound_file
from tests.networks.small import small_parts

FILE = "March.xls"


@pytest.fixture(scope="module")
def slow_file():
    """A workbook that takes its reader several seconds, and is refused in the end."""
    rows = "".join(f"<row>{f'<c><v>{i}</v></c>' * 30}</row>" for i in range(30_000))
    return with_sheet_xml(official_xlsx(), b"<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode())


@pytest.fixture(scope="module")
def hungry_file():
    """A workbook with one row so long that its reader needs several hundred megabytes for it."""
    cells = "".join(f"<c><v>{i * i}</v></c>" for i in range(800_000))
    return with_sheet_xml(official_xlsx(), b"<sheetData>.*</sheetData>", f"<sheetData><row>{cells}</row></sheetData>".encode())


def children():
    """Process ids of our own children."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def only_finding(result):
    assert len(result.findings) == 1
    finding = result.findings[0]
    assert finding.severity == "refuse"
    assert finding.file == FILE
    assert finding.expected
    assert finding.mend
    return finding


def test_a_workbook_reads_the_same_in_the_child_as_here():
    there, here = read_safely(official_xls(), FILE, "dm01"), read(official_xls(), FILE)
    assert there.frame.equals(here.frame)
    assert (there.sha256, there.facts, there.findings) == (here.sha256, here.facts, here.findings)


def test_findings_come_back_from_the_child():
    there, here = read_safely(b"%PDF-1.4", FILE, "dm01"), read(b"%PDF-1.4", FILE)
    assert there.findings == here.findings
    assert there.is_refused


def test_a_network_workbook_comes_back_from_the_child():
    parts = small_parts()
    content = write_workbook(parts.network, parts.assumptions, parts.activity)
    assert read_safely(content, FILE, "workbook").parts().network == parts.network


def test_a_file_over_the_clock_is_refused(slow_file):
    started = time.monotonic()
    finding = only_finding(read_safely(slow_file, FILE, "dm01", Limits(wall=1.0)))
    assert finding.rule == "too-slow"
    assert "1 seconds" in finding.expected
    assert time.monotonic() - started < 10


def test_a_file_over_the_processor_time_is_refused(slow_file):
    assert only_finding(read_safely(slow_file, FILE, "dm01", Limits(cpu=1))).rule == "too-slow"


def test_a_file_over_the_memory_is_refused(hungry_file):
    assert only_finding(read_safely(hungry_file, FILE, "dm01", Limits(memory=400_000_000))).rule == "too-large"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="this system does not list child processes")
def test_a_child_that_is_killed_costs_its_own_file_only(slow_file):
    before = children()
    results = []
    reading = threading.Thread(target=lambda: results.extend(read_many([(FILE, slow_file), (FILE, official_xls())], "dm01")))
    reading.start()
    most = 0
    # The one that is left when the other has read its file is busy with the slow one.
    while most < 2 or len(left := children() - before) > 1:
        most = max(most, len(children() - before))
        time.sleep(0.01)
    os.kill(left.pop(), signal.SIGKILL)
    reading.join()
    stopped, read_whole = results
    assert only_finding(stopped).rule == "reader-stopped"
    assert only_finding(stopped).file == FILE
    assert not read_whole.is_refused


def test_a_hostile_file_among_others_leaves_the_others_as_they_are():
    good, bomb = official_xlsx(), zip_bomb(official_xlsx())
    files = [("a.xls", official_xls()), ("b.xls", looping_compound_file()), ("c.xlsx", bomb), ("d.xlsx", good)]
    results = list(read_many(files, "dm01"))
    assert [r.file for r in results] == ["a.xls", "b.xls", "c.xlsx", "d.xlsx"]
    assert [r.is_refused for r in results] == [False, True, True, False]


def test_no_more_than_two_children_run_at_once(slow_file):
    before, seen = children(), []
    done = threading.Event()

    def count():
        while not done.wait(0.02):
            seen.append(len(children() - before))

    watch = threading.Thread(target=count)
    watch.start()
    readers = [threading.Thread(target=read_safely, args=(slow_file, FILE, "dm01", Limits(wall=0.7))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    done.set()
    watch.join()
    assert max(seen) == 2


def test_an_upload_over_the_size_is_refused_without_reading_it(monkeypatch):
    monkeypatch.setattr("data.safe_reading.subprocess.Popen", None)
    assert only_finding(read_safely(b"x" * (MAX_UPLOAD + 1), FILE, "dm01")).rule == "too-large"


def test_a_fault_of_ours_is_a_refusal_and_a_line_in_the_log_without_the_content(caplog, monkeypatch):
    monkeypatch.setitem(TASKS, "dm01", ("tests.networks.faulty_adapter", Reading))
    result = read_safely(b"confidential words", FILE, "dm01")
    assert only_finding(result).rule == "reader-stopped"
    assert "KeyError" in caplog.text
    assert "confidential" not in caplog.text


def test_what_a_library_prints_does_not_get_into_the_answer(monkeypatch):
    monkeypatch.setitem(TASKS, "dm01", ("tests.networks.talking_adapter", Reading))
    assert read_safely(official_xls(), FILE, "dm01").frame.equals(read(official_xls(), FILE).frame)


def test_people_are_found_before_the_adapter_sees_the_file(monkeypatch):
    monkeypatch.setitem(TASKS, "dm01", ("tests.networks.faulty_adapter", Reading))
    finding = only_finding(read_safely(b"NHS number,test\n9434765919,ct\n", FILE, "dm01"))
    assert (finding.rule, finding.row, finding.column) == ("people", 2, "NHS number")


def test_what_could_not_be_searched_is_not_read_either(monkeypatch):
    monkeypatch.setitem(TASKS, "dm01", ("tests.networks.blind_adapter", Reading))
    assert only_finding(read_safely(b"a,b\n1,2,3\n", FILE, "dm01")).rule == "ragged-row"


def test_what_may_be_people_is_a_warning_beside_what_was_read():
    rows = [*official_rows(), *([None, None, str(n)] for n in (9434765919, 9434765918, 9434765917))]
    reading = read_safely(official_xls(rows), FILE, "dm01")
    assert [f.severity for f in reading.findings if f.rule == "people"] == ["warn"]


def test_every_task_reads_and_refuses(monkeypatch):
    for task, (_, kind) in TASKS.items():
        result = read_safely(b"%PDF-1.4", FILE, task)
        assert isinstance(result, kind)
        assert [f.severity for f in result.findings] == ["refuse"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.xls", "passwd.xls"),
        ("C:\\Users\\me\\March.xls", "March.xls"),
        ("a\x00b\n\u202ec.xls", "abc.xls"),
        ("x" * 500, "x" * 100),
        ("list of 999 123 4578.csv", "list of (number left out).csv"),
        ("p_9991234578_may.csv", "p_(number left out)_may.csv"),
        ("x" * 90 + " 9991234578.csv", "x" * 90 + " (number l"),
        ("9991234579 2026-05-31.csv", "9991234579 2026-05-31.csv"),
        ("", "unnamed file"),
        ("///", "unnamed file"),
    ],
)
def test_a_file_name_is_shown_without_folders_or_control_characters(given, shown, monkeypatch):
    assert shown_name(given) == shown
    monkeypatch.setattr("data.safe_reading.MAX_UPLOAD", 0)  # refused before a child is started
    assert read_safely(b"x", given, "dm01").file == shown


def test_the_limits_are_the_stated_ones():
    assert (LIMITS.memory, LIMITS.cpu, LIMITS.wall) == (1_500_000_000, 25, 30.0)
