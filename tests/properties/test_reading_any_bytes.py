"""Any bytes at all give a table or a refusal in words, never an exception."""

import gzip

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.csv_cells import csv_sheet
from data.errors import Refused
from data.folder import read_folder
from data.sources.dm01 import read as read_dm01
from data.workbook import read as read_workbook
from data.workbook import write_workbook
from tests.networks.broken import official_xls, official_xlsx
from tests.networks.small import small_parts

STARTS = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml ", b"\x09\x08\x10\x00"]
ANYTHING = st.builds(bytes.__add__, st.sampled_from(STARTS), st.binary(max_size=2000))


@pytest.fixture(scope="module")
def network_workbook():
    parts = small_parts()
    return write_workbook(parts.network, parts.assumptions, parts.activity)


@st.composite
def damage(draw):
    """What happens to a file on its way: some bytes changed, a piece cut out, the end lost."""
    changes = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8))
    cut = draw(st.none() | st.tuples(st.floats(0, 1), st.integers(1, 3000)))
    end = draw(st.just(1.0) | st.floats(0, 1))
    return changes, cut, end


def damaged(content, harm):
    changes, cut, end = harm
    bytes_ = bytearray(content)
    for where, value in changes:
        bytes_[int(where * (len(bytes_) - 1))] = value
    if cut:
        start = int(cut[0] * len(bytes_))
        del bytes_[start : start + cut[1]]
    return bytes(bytes_[: int(len(bytes_) * end)])


def assert_in_words(findings, file):
    for finding in findings:
        assert finding.file == file
        assert all((finding.rule, finding.found, finding.expected, finding.mend))
        assert "\n" not in finding.sentence()


def check_dm01(content):
    reading = read_dm01(content, "any.xls")
    assert_in_words(reading.findings, "any.xls")
    assert reading.is_refused == reading.frame.empty


def check_workbook(content):
    try:
        findings = read_workbook(content, "any.xlsx").parts().findings
    except Refused as error:
        findings = error.findings
    assert_in_words(findings, "any.xlsx")


@given(ANYTHING)
@example(b"")
@example(b"\0")
def test_any_bytes_are_refused_as_an_official_workbook(content):
    check_dm01(content)
    assert read_dm01(content, "any.xls").is_refused


@given(ANYTHING)
def test_any_bytes_are_refused_as_a_network_workbook(content):
    with pytest.raises(Refused):
        read_workbook(content, "any.xlsx").parts()


@given(st.sampled_from([official_xls(), official_xlsx()]), damage())
def test_a_damaged_official_workbook_is_read_or_refused(content, harm):
    check_dm01(damaged(content, harm))


@given(harm=damage())
def test_a_damaged_network_workbook_is_read_or_refused(network_workbook, harm):
    check_workbook(damaged(network_workbook, harm))


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
