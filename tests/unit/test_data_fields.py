"""Declared columns: what a cell may hold."""

import pytest

from data.fields import Field, Kind

COUNT = Field("n", "Number", Kind.COUNT)
NUMBER = Field("x", "Value", Kind.NUMBER)


@pytest.mark.parametrize("cell", [2**53 + 2, 1e16, -(10**30), "1e30"])
def test_a_count_too_large_to_be_told_from_the_next_is_refused(cell):
    with pytest.raises(ValueError):  # noqa: PT011 - its text is what stands in the cell
        COUNT.parse(cell)


def test_the_largest_count_is_read():
    assert COUNT.parse(2**53) == COUNT.parse(str(2**53)) == 2**53


@pytest.mark.parametrize("field", [COUNT, NUMBER])
@pytest.mark.parametrize("cell", [10**400, "9" * 400, float("inf")])
def test_a_number_larger_than_any_is_refused(field, cell):
    with pytest.raises(ValueError):  # noqa: PT011 - its text is what stands in the cell
        field.parse(cell)
