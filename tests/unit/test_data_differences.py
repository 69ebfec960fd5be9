"""What one version has that another has not."""

import pandas as pd

from data.assumptions import ASSUMPTIONS
from data.differences import ADDED, CHANGED, REMOVED, dataset_differences, in_words, table_differences
from data.fields import Field, Kind, Table
from tests.networks.extracts import small_dataset

TABLE = Table(
    "things", "Things", "Some things.",
    (
        Field("a", "A", Kind.ID), Field("b", "B", Kind.ID, required=False), Field("n", "N", Kind.NUMBER, required=False),
        Field("day", "Day", Kind.DATE),
    ),
    key=("a", "b"),
)  # fmt: skip


def things(*rows):
    return TABLE.typed(pd.DataFrame([(a, b, n, pd.Timestamp(day)) for a, b, n, day in rows], columns=TABLE.columns))


def told(before, after):
    return table_differences(TABLE, before, after)[["change", "row", "column", "before", "after"]].to_numpy().tolist()


def test_equal_tables_differ_in_nothing_whatever_the_order_of_rows():
    one, two = ("x", "", 1, "2026-01-01"), ("y", "z", float("nan"), "2026-01-02")
    assert told(things(one, two), things(two, one)) == []
    assert told(things(), things()) == []


def test_a_changed_cell_names_its_row_and_column():
    assert told(things(("x", "y", 1, "2026-01-01")), things(("x", "y", 2.5, "2026-01-01"))) == [[CHANGED, "x, y", "N", "1", "2.5"]]


def test_a_value_that_appears_in_an_empty_cell_is_a_change():
    assert told(things(("x", "", float("nan"), "2026-01-01")), things(("x", "", 0, "2026-01-01"))) == [[CHANGED, "x", "N", "", "0"]]


def test_rows_that_only_one_version_has_are_told_with_what_stands_in_them():
    before, after = things(("x", "", 1, "2026-01-01")), things(("", "x", 1, "2026-01-01"))
    assert sorted(told(before, after)) == [[ADDED, "x", "", "", "N 1; Day 2026-01-01"], [REMOVED, "x", "", "N 1; Day 2026-01-01", ""]]


def test_a_changed_assumption_is_told_by_its_title_and_counted_in_words():
    held = small_dataset()
    rows = held.assumptions.rows
    other = rows.assign(value=rows["value"].where(rows.index > 0, rows["value"] / 2), reason="Because")
    made = held.changed(assumptions=held.assumptions.changed(assumptions=other))
    found = dataset_differences(held, made)
    assert set(found["table"]) == {ASSUMPTIONS.title}
    assert (found["column"] == "Value").sum() == 1
    assert in_words(found).startswith("Assumptions: ")
    assert in_words(dataset_differences(held, held)) == ""
