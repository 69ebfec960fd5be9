"""The network: what it is called in sentences and charts."""

import pytest

from tests.networks.small import small_parts


@pytest.fixture(scope="module")
def net():
    return small_parts().network


def called(net, *short):
    return list(net.changed(organisations=net["organisations"].assign(short_title=list(short))).short_titles("organisations").values())


def test_a_short_title_stands_in_for_the_title_where_there_is_one(net):
    assert called(net, "A", "") == ["A", "Beta"]
    assert called(net, "", "") == ["Alpha", "Beta"]


def test_titles_stay_whole_where_two_short_ones_would_read_the_same(net):
    assert called(net, "A", "A") == ["Alpha", "Beta"]
    assert called(net, "Beta", "") == ["Alpha", "Beta"]


def test_a_table_without_short_titles_has_its_titles(net):
    assert net.short_titles("tests") == net.titles("tests")
