"""Any bytes at all give a table or a refusal in words, never an exception."""

import gzip
import random

import hypothesis
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.csv_cells import csv_sheet
from data.errors import Refused
from data.findings import Finding
from data.folder import read_folder
from data.safe_reading import LIMITS, _result
from data.sources.dm01 import read as read_dm01
from data.workbook import read as read_workbook
from tests.hostile.one_child import OneChild
from tests.properties.mutants import MAKERS, READERS

STARTS = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml ", b"\x09\x08\x10\x00"]
ANYTHING = st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=2000))
FILES = 100_000 if hypothesis.settings.get_current_profile_name() == "soak" else 500
"""Generated files for each parser; for each adapter a tenth of them."""

FILE = "any file"


def assert_in_words(findings, file):
    for finding in findings:
        assert finding.file == file
        assert all((finding.rule, finding.found, finding.expected, finding.mend))
        assert "\n" not in finding.sentence()


@pytest.fixture
def one_child():
    child = OneChild()
    yield child
    child.close()


@pytest.mark.parametrize("parser", MAKERS)
@pytest.mark.timeout(0)
def test_a_changed_file_is_parsed_or_refused(parser, one_child):
    ends = set()
    for seed in range(FILES):
        told = told_of(one_child, MAKERS[parser], f"{parser} {seed}", "dm01", "tests.hostile.cells_adapter")
        result = told.plain.get("result", {"cells": 0, "findings": []})
        findings = [Finding(**f) for f in (*told.plain["people"], *result["findings"])]
        assert_in_words(findings, FILE)
        ends.add("cells" if result["cells"] else "refused")
    assert ends == {"cells", "refused"}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(0)
def test_a_changed_file_is_read_or_refused_by_its_adapter(reader, one_child):
    task, make = READERS[reader]
    for seed in range(FILES // 10):
        told = told_of(one_child, make, f"{reader} {seed}", task)
        result = _result((told.plain, told.frames), b"", FILE, task)
        assert_in_words(result.findings, FILE)
        assert task != "dm01" or result.is_refused == result.frame.empty


def told_of(one_child, make, seed, task, module=""):
    """What the child says of one generated file; the same seed makes the same file."""
    told = one_child.read(make(random.Random(seed)), FILE, task, module=module)  # noqa: S311 - no secret is made of it
    assert told.fault == "", f"{seed}: {told.fault}"
    assert told.seconds < LIMITS.wall
    return told


@given(ANYTHING)
@example(b"")
@example(b"\0")
def test_any_bytes_are_refused_as_an_official_workbook(content):
    reading = read_dm01(content, "any.xls")
    assert_in_words(reading.findings, "any.xls")
    assert reading.is_refused
    assert reading.frame.empty


@given(ANYTHING)
def test_any_bytes_are_refused_as_a_network_workbook(content):
    with pytest.raises(Refused):
        read_workbook(content, "any.xlsx").parts()


@given(ANYTHING | st.text(max_size=300).map(str.encode))
def test_any_bytes_as_text_are_rows_of_one_length_or_a_refusal(content):
    try:
        sheet = csv_sheet(content, "any.csv", [])
    except Refused as error:
        assert_in_words(error.findings, "any.csv")
    else:
        assert len({len(cells) for cells in sheet.rows.values()}) <= 1


@given(ANYTHING, st.sampled_from(["network.csv", "sites.csv", "activity.csv.gz"]), st.booleans())
def test_any_bytes_in_a_folder_are_read_or_refused(tmp_path_factory, content, name, packed):
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(Refused) as refused:
        read_folder(folder)
    assert all((f.found, f.expected, f.mend) for f in refused.value.findings)
