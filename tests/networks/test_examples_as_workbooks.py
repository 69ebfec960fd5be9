"""Every network that comes with the product, from its folder to a workbook and back."""

import pytest

from data.folder import Parts, example_networks, read_folder, write_folder
from data.workbook import read, write_workbook

NETWORKS = example_networks()


@pytest.fixture(scope="module", params=NETWORKS)
def parts(request):
    return read_folder(NETWORKS[request.param])


def same(a: Parts, b: Parts) -> bool:
    return (a.network, a.assumptions, a.activity) == (b.network, b.assumptions, b.activity)


def test_there_are_examples():
    assert len(NETWORKS) >= 3


def test_an_example_survives_as_a_workbook(parts):
    again = read(write_workbook(parts.network, parts.assumptions, parts.activity), "example.xlsx").parts()
    assert same(again, parts)


def test_an_example_survives_as_a_folder(parts, tmp_path):
    write_folder(parts, tmp_path)
    assert same(read_folder(tmp_path), parts)


def test_an_example_has_nothing_to_refuse_and_nothing_to_decide(parts):
    assert parts.findings.refusals.plus(parts.findings.warnings) == ()
