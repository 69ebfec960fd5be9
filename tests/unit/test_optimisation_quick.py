"""Quick answers of small problems: near another plan, never better than their bound, and solved in full where that does not hold."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from data.decisions import Decisions, decisions_of
from optimisation.matrix import INFINITY, Matrix
from optimisation.quick import BY_PRICES, CARRIED, IN_FULL, Start
from optimisation.solving import QUICK_ANSWER
from optimisation.weak_duality import bound_by_prices
from tests.properties.test_allocation_goals_in_order import problem
from tests.properties.test_quick_answers import RAISED, in_one, solved


def by_hand():
    """Least 5 y + 2 n + 3 x with 4 y + n + x ≥ 7.5, n ≤ 3: one choice, one count, one amount."""
    goals = np.zeros((4, 3))
    goals[2] = [5.0, 2.0, 3.0]
    return Matrix(
        csr_array(goals), np.zeros(4), csr_array(np.array([[4.0, 1.0, 1.0]])), np.array([[7.5], [INFINITY]]),
        np.array([[0.0, 0.0, 0.0], [1.0, 3.0, INFINITY]]), np.array([True, True, False]), np.array([False, True, False]),
        [("need", 1)], [("y", 1), ("n", 1), ("x", 1)],
    )  # fmt: skip


def test_a_price_of_the_need_gives_the_bound_by_hand():
    matrix = by_hand()
    aim = np.array([5.0, 2.0, 3.0])
    # At £3 a unit of need: 3·7.5 + (5 - 12)·1 + (2 - 3)·3 + (3 - 3)·x = 22.5 - 7 - 3 = 12.5, which is the best plan: y 1, n 3, x 0.5.
    assert bound_by_prices(aim, matrix.rows, matrix.row_bounds, matrix.column_bounds, np.array([3.0]), 20.0) == pytest.approx(12.5)
    # At £4 x costs less than nothing, and more of it than 7.5 is worth nothing to a plan better than 20: 30 - 11 - 6 - 1·20/3.
    assert bound_by_prices(aim, matrix.rows, matrix.row_bounds, matrix.column_bounds, np.array([4.0]), 20.0) == pytest.approx(19 - 6 - 20 / 3)
    # A need has no upper side: a price below nought counts as nought.
    assert bound_by_prices(aim, matrix.rows, matrix.row_bounds, matrix.column_bounds, np.array([-4.0]), 20.0) == 0


def test_the_best_plan_with_the_choice_of_the_earlier_one_by_hand():
    outcome = solved(by_hand(), Start(np.array([1.0, 0.0, 3.5]), np.array([3.0])))
    assert outcome.values == pytest.approx([1, 3, 0.5])
    assert outcome.status == QUICK_ANSWER
    assert outcome.quick.steps == ((CARRIED, BY_PRICES),)
    assert outcome.quick.gap == pytest.approx(0, abs=1e-9)


def test_a_choice_that_is_far_from_the_best_is_made_again():
    outcome = solved(by_hand(), Start(np.zeros(3), np.zeros(1)))  # without the choice it costs 6 + 13.5
    assert outcome.values == pytest.approx([1, 3, 0.5])


def test_a_choice_that_is_locked_otherwise_takes_the_nearest_allowed():
    matrix = by_hand()
    matrix.column_bounds[1, 0] = 0.0
    outcome = solved(matrix, Start(np.array([1.0, 0.0, 3.5]), np.array([3.0])))
    assert outcome.values == pytest.approx([0, 3, 4.5])


def test_choices_that_no_plan_can_keep_are_made_again():
    matrix = by_hand()
    rows, bounds = np.vstack([matrix.rows.toarray(), [1.0, 0.0, 0.0]]), np.array([[7.5, 1.0], [INFINITY, INFINITY]])
    needed = Matrix(matrix.goals, matrix.constants, csr_array(rows), bounds, matrix.column_bounds, matrix.whole, matrix.counted,
                    [*matrix.row_names, ("lock", 1)], matrix.column_names)  # fmt: skip
    outcome = solved(needed, Start(np.zeros(3), np.zeros(2)))
    assert outcome.values == pytest.approx([1, 3, 0.5])


def test_prices_of_the_same_problem_give_the_relaxed_value():
    matrix = problem(3)
    outcome = solved(matrix)
    best = in_one(matrix, outcome.values)
    aim = RAISED @ matrix.goals.toarray()
    bound = bound_by_prices(aim, matrix.rows, matrix.row_bounds, matrix.column_bounds, outcome.relaxed_prices, best)
    assert bound >= 0.8 * best  # whole numbers are worth a little in a problem of three


def test_a_problem_without_whole_numbers_left_open_is_the_same_again():
    matrix = problem(11, 3)
    first = solved(matrix)
    again = solved(matrix, Start(first.values, first.relaxed_prices))
    assert in_one(matrix, again.values) <= in_one(matrix, first.values) * 1.003 + 1e-6
    assert again.quick is None or all(steps[0] in (CARRIED, IN_FULL) for steps in again.quick.steps)


def test_decisions_come_back_as_they_were_stored_and_equal_ones_are_equal_bytes():
    columns, rows = [("sessions", ("S1", "MR", 3)), ("flow", "a"), ("none", (1, 2))], [("need", ("x", 1)), ("room", 2)]
    kept = decisions_of('A "plan"', columns, np.array([0.0, 2.5, 0.0]), np.array([True, False, False]), rows, np.array([0.0, -3.0]))
    back = Decisions.from_bytes(kept.as_bytes())
    assert (back.scenario, len(back.columns), len(back.rows)) == ('A "plan"', 2, 1)
    unknown = ("sessions", ("S2", "MR", 3))
    assert back.values_of([*columns, unknown], np.array([9.0, 9, 0, 7])).tolist() == [0, 2.5, 0, 7]
    assert back.prices_of([*rows, ("new", 1)]).tolist() == [0, -3, 0]
    assert back.as_bytes() == kept.as_bytes()
    with pytest.raises(ValueError, match="pickled"):
        Decisions.from_bytes(b"something else")
