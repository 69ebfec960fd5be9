"""Claims about small numbers that hold for any table."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.small_numbers import guarded, guarded_totals
from tests.small_networks import few

TABLES = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 60)), min_size=1, max_size=12).map(
    lambda rows: pd.DataFrame(rows, columns=["trust", "test", "patients"])
)


@few(50)
@given(TABLES)
def test_no_count_that_leaves_is_small_but_for_five(table):
    for shown in (guarded(table, ["patients"]), *(guarded_totals(table, by, ["patients"]) for by in ([], ["trust"], ["trust", "test"]))):
        small = [n for n in shown["patients"] if 1 <= n <= 7]
        assert all(n == 5 for n in small)
        assert all(n % 5 == 0 for n in shown["patients"])


@given(TABLES)
def test_nobody_stays_nobody_and_somebody_stays_somebody(table):
    assert ((guarded(table, ["patients"])["patients"] == 0) == (table["patients"] == 0)).all()


@given(TABLES)
def test_a_count_is_moved_by_four_at_most(table):
    assert (guarded(table, ["patients"])["patients"] - table["patients"]).abs().max() <= 4


@few(30)
@given(TABLES, st.integers(0, 11))
def test_two_tables_that_differ_by_one_patient_show_no_difference_of_one(table, at):
    more = table.copy()
    more.loc[at % len(table), "patients"] += 1
    for by in ([], ["trust"], ["trust", "test"]):
        difference = guarded_totals(more, by, ["patients"])["patients"] - guarded_totals(table, by, ["patients"])["patients"]
        assert (difference % 5 == 0).all()
