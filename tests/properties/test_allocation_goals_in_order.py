"""Goals met in order, on small random problems that can be solved by trying every whole number."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from data.run import PlanSettings
from optimisation.matrix import INFINITY, Matrix, independent_parts
from optimisation.solving import solve_in_order
from tests.reference.tableau import in_order

NAMES = ("first", "second", "third", "last")


def problem(seed, parts=1):
    """`parts` unconnected blocks, each with counts, choices and amounts, rows that need something and rows that limit it, and four goals."""
    rng = np.random.default_rng(seed)
    blocks = [_block(rng) for _ in range(parts)]
    rows = np.zeros((sum(len(b[0]) for b in blocks), sum(b[0].shape[1] for b in blocks)))
    at = [0, 0]
    for block in blocks:
        r, c = block[0].shape
        rows[at[0] : at[0] + r, at[1] : at[1] + c] = block[0]
        at = [at[0] + r, at[1] + c]
    lower, upper = (np.concatenate([b[k] for b in blocks]) for k in (1, 2))
    most, whole, counted = (np.concatenate([b[k] for b in blocks]) for k in (3, 4, 5))
    goals = np.concatenate([b[6] for b in blocks], axis=1)
    names = [("row", k) for k in range(len(rows))], [("column", k) for k in range(rows.shape[1])]
    return Matrix(csr_array(goals), np.zeros(4), csr_array(rows), np.array([lower, upper]), np.array([np.zeros(len(most)), most]), whole, counted,
                  *names)  # fmt: skip


def _block(rng):
    """Two counts, a choice, three amounts; each row needs a mix of them or limits it, and can be met at least by the amounts."""
    counts, choices, amounts = 2, 1, 3
    n = counts + choices + amounts
    kinds = np.array([0] * counts + [1] * choices + [2] * amounts)
    most = np.where(kinds == 0, rng.integers(1, 4, n), np.where(kinds == 1, 1, 30)).astype(float)
    needs = rng.integers(0, 4, (2, n)).astype(float)
    needs[:, counts + choices :] = rng.integers(1, 3, (2, amounts))
    limit = rng.integers(0, 3, (1, n)).astype(float)
    lower = np.array([*rng.integers(2, 12, 2), -INFINITY])
    upper = np.array([INFINITY, INFINITY, float(rng.integers(30, 60))])
    goals = rng.integers(0, 40, (4, n)) * (rng.random((4, n)) < 0.6)
    return np.vstack([needs, limit]), lower, upper, most, kinds < 2, kinds == 0, goals.astype(float)


def least(matrix, goal, before, kept):
    """The least value of one goal over every plan in which each goal of `before` is at most what it reached; by trying every whole number."""
    rows, goals = matrix.rows.toarray(), matrix.goals.toarray()
    whole = np.flatnonzero(matrix.whole)
    amounts = np.flatnonzero(~matrix.whole)
    best = np.inf
    for n in itertools.product(*(range(int(matrix.column_bounds[1, k]) + 1) for k in whole)):
        fixed = rows[:, whole] @ np.array(n, dtype=float)
        low, high = matrix.row_bounds[0] - fixed, matrix.row_bounds[1] - fixed
        limits = [(rows[k, amounts], high[k]) for k in np.flatnonzero(high < INFINITY)]
        limits += [(np.eye(len(amounts))[k], matrix.column_bounds[1, a]) for k, a in enumerate(amounts)]
        limits += [(goals[h, amounts], kept[h] + 1e-7 * (1 + abs(kept[h])) - goals[h, whole] @ np.array(n)) for h in before]
        if any(right < 0 for _, right in limits):
            continue
        needs = [(rows[k, amounts], low[k]) for k in np.flatnonzero(low > -INFINITY) if low[k] > 0]
        body = np.array([r for r, _ in [*limits, *needs]])
        right = np.array([r for _, r in [*limits, *needs]])
        found = in_order(body, right, len(needs), goals[[goal]][:, amounts])
        if found is not None:
            best = min(best, float(found[0][0]) + goals[goal, whole] @ np.array(n))
    return best


def solved(matrix, **how):
    return solve_in_order(matrix, NAMES, PlanSettings(**{"gap": 1e-4, "threads": 1} | how), lambda _: None, lambda: False)


def broken(matrix, values):
    """The most by which values break a row, a bound or the wholeness of a column."""
    rows = matrix.rows @ values
    beyond = [matrix.row_bounds[0] - rows, rows - matrix.row_bounds[1], matrix.column_bounds[0] - values, values - matrix.column_bounds[1]]
    return max(*(b.max() for b in beyond), np.abs(values - np.round(values))[matrix.whole].max())


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_each_goal_is_the_least_possible_while_those_before_it_are_kept(seed):
    matrix = problem(seed)
    outcome = solved(matrix)
    assert broken(matrix, outcome.values) <= 1e-6
    reached = matrix.goals @ outcome.values
    assert [s.value for s in outcome.stages] == pytest.approx(list(reached))
    assert outcome.status == "optimal"
    allowed = np.maximum(1e-4 * reached, 1e-6 * reached.sum()) + 1e-3
    for goal in range(3):
        best = least(matrix, goal, range(goal), reached)
        assert reached[goal] <= best + allowed[goal], f"goal {goal} could be {best}"
        assert outcome.stages[goal].bound <= best + 1e-3, f"goal {goal} is said to be {outcome.stages[goal].bound} at least"


@given(st.integers(0, 10**6), st.integers(2, 4))
@settings(max_examples=15)
def test_parts_that_share_nothing_give_the_same_as_one_piece(seed, parts):
    matrix = problem(seed, parts)
    assert len(independent_parts(matrix)) >= parts
    together = tied(matrix)
    assert len(independent_parts(together)) == 1
    apart, whole = solved(matrix), solved(together)
    assert apart.details["parts"] >= parts
    assert [s.value for s in apart.stages[:3]] == pytest.approx([s.value for s in whole.stages[:3]], rel=3e-4, abs=0.1)
    assert broken(matrix, apart.values) <= 1e-6


def tied(matrix):
    """The same problem with a row that joins every column and limits nothing."""
    joined = np.vstack([matrix.rows.toarray(), np.ones(matrix.rows.shape[1])])
    bounds = np.hstack([matrix.row_bounds, [[-INFINITY], [1e6]]])
    return Matrix(matrix.goals, matrix.constants, csr_array(joined), bounds, matrix.column_bounds, matrix.whole, matrix.counted,
                  [*matrix.row_names, ("tie", 0)], matrix.column_names)  # fmt: skip


@given(st.integers(0, 10**6), st.integers(1, 4))
@settings(max_examples=15)
def test_every_row_and_column_stands_in_exactly_one_part_with_all_it_touches(seed, blocks):
    matrix = problem(seed, blocks)
    parts = independent_parts(matrix)
    columns = np.concatenate([p.columns for p in parts])
    rows = np.concatenate([p.rows for p in parts])
    assert sorted(columns) == list(range(matrix.rows.shape[1]))
    touched = np.flatnonzero(np.abs(matrix.rows).sum(axis=1))
    assert set(touched) <= set(rows)
    assert len(set(rows)) == len(rows)
    for part in parts:
        outside = np.setdiff1d(columns, part.columns)
        assert np.abs(matrix.rows[part.rows, :][:, outside]).sum() == 0
    sizes = [len(p.columns) for p in parts]
    assert sizes == sorted(sizes, reverse=True)


def test_the_number_of_threads_changes_nothing():
    matrix = problem(7, 4)
    one, two = solved(matrix, threads=1), solved(matrix, threads=2)
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.row_prices, two.row_prices)
