"""Quick answers on small random problems: never better than their bound, nearly as good as in full; no prices bound above the best plan."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.run import PlanSettings
from optimisation.matrix import INFINITY, Matrix
from optimisation.quick import Start
from optimisation.solving import QUICK_ANSWER, solve_in_order
from optimisation.weak_duality import bound_by_prices
from tests.properties.test_allocation_goals_in_order import NAMES, broken, problem

RAISED = np.array([20.0, 20.0, 1.0, 1.0])


def solved(matrix, start=None, **how):
    return solve_in_order(matrix, NAMES, PlanSettings(**{"gap": 0.01, "threads": 1} | how), lambda _: None, lambda: False, start=start)


def in_one(matrix, values):
    return float(RAISED @ (matrix.goals @ values))


def changed(matrix, seed):
    """The same problem with other prices, needs and coefficients."""
    rng = np.random.default_rng(seed)
    rows, goals = matrix.rows.copy(), matrix.goals.copy()
    rows.data = rows.data * rng.uniform(0.9, 1.1, len(rows.data))
    goals.data = goals.data * rng.uniform(0.8, 1.2, len(goals.data))
    bounds = np.where(np.abs(matrix.row_bounds) < INFINITY, matrix.row_bounds * rng.uniform(0.9, 1.1, matrix.row_bounds.shape[1]), matrix.row_bounds)
    return Matrix(goals, matrix.constants, rows, bounds, matrix.column_bounds, matrix.whole, matrix.counted, matrix.row_names, matrix.column_names)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=25)
def test_a_quick_answer_is_a_plan_no_better_than_its_bound_and_nearly_as_good_as_in_full(seed, other):
    before = problem(seed)
    first, after = solved(before), changed(before, other)
    outcome, full = solved(after, Start(first.values, first.relaxed_prices)), solved(after, gap=1e-4)
    worth, best = in_one(after, outcome.values), in_one(after, full.values)
    assert broken(after, outcome.values) <= 1e-5
    if outcome.quick is not None:
        assert worth * (1 - outcome.quick.gap) <= best * (1 + 1e-6) + 1e-3
        assert outcome.status == QUICK_ANSWER
        assert outcome.quick.gap <= 0.011
    else:
        assert worth <= best * 1.02 + 1e-3


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=30)
def test_prices_of_another_problem_never_bound_above_the_best_plan(seed, other):
    first, after = solved(problem(seed)), changed(problem(seed), other)
    best = in_one(after, solved(after, gap=0.0).values)
    rng = np.random.default_rng(other)
    for prices in (first.relaxed_prices, rng.normal(0, 20, len(first.relaxed_prices))):
        bound = bound_by_prices(RAISED @ after.goals.toarray(), after.rows, after.row_bounds, after.column_bounds, prices, best)
        assert bound <= best + 1e-6 * (1 + abs(best))
