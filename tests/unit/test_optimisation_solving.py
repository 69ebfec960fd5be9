"""From a Pyomo model to arrays and through the solver: by hand, and stopped half-way."""

import time

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csr_array

from data.errors import NoPlan
from data.run import PlanSettings
from optimisation.allocation.model import build_model
from optimisation.clock import Clock
from optimisation.highs import relative_gap
from optimisation.linear import LinearSolver
from optimisation.matrix import INFINITY, Matrix, matrix_of
from optimisation.solving import solve_in_order
from tests.equations.hand import hand_problem


def ignore(_):
    """Progress nobody asked for."""


def never():
    return False


def two_goals():
    """Least 3 n + y + 10, then least x; n + x ≥ 2.5, n + x + y ≤ 9, x - y = 0."""
    m = pyo.ConcreteModel()
    m.n = pyo.Var([1], domain=pyo.NonNegativeIntegers, bounds=(0, 4))
    m.x = pyo.Var(domain=pyo.NonNegativeReals)
    m.y = pyo.Var(["a"], domain=pyo.NonNegativeReals, bounds=(None, 7))
    m.b = pyo.Var(domain=pyo.Binary)
    m.need = pyo.Constraint(expr=m.n[1] + m.x >= 2.5)
    m.room = pyo.Constraint(["w"], rule=lambda m, _: m.n[1] + m.x + m.y["a"] + m.b <= 9)
    m.same = pyo.Constraint(expr=m.x == m.y["a"])
    m.first = pyo.Objective(expr=3 * m.n[1] + m.y["a"] + 10)
    m.second = pyo.Objective(expr=m.x - 2 * m.b)
    return m


def test_the_arrays_say_what_the_model_says():
    matrix = matrix_of(two_goals())
    at = {name: k for k, name in enumerate(matrix.column_names)}
    n, x, y, b = at["n", 1], at["x", None], at["y", "a"], at["b", None]
    row = {name: k for k, (name, _) in enumerate(matrix.row_names)}
    rows, goals = matrix.rows.toarray(), matrix.goals.toarray()
    assert list(rows[row["need"], [n, x, y, b]]) == [1, 1, 0, 0]
    assert list(matrix.row_bounds[:, row["need"]]) == [2.5, INFINITY]
    assert list(rows[row["room"], [n, x, y, b]]) == [1, 1, 1, 1]
    assert list(matrix.row_bounds[:, row["room"]]) == [-INFINITY, 9]
    assert list(np.abs(rows[row["same"], [n, x, y, b]])) == [0, 1, 1, 0]
    assert list(matrix.row_bounds[:, row["same"]]) == [0, 0]
    assert list(goals[0, [n, x, y, b]]) == [3, 0, 1, 0]
    assert list(goals[1, [n, x, y, b]]) == [0, 1, 0, -2]
    assert list(matrix.constants) == [10, 0]
    assert [list(matrix.column_bounds[:, k]) for k in (n, x, y, b)] == [[0, 4], [0, INFINITY], [0, 7], [0, 1]]
    assert list(matrix.whole[[n, x, y, b]]) == [True, False, False, True]
    assert list(matrix.counted[[n, x, y, b]]) == [True, False, False, False]
    assert matrix.row_names[row["room"]] == ("room", "w")


def test_the_arrays_are_those_of_pyomos_own_compiler():
    model = build_model(hand_problem(weeks=7))
    ours, form = matrix_of(model), LinearStandardFormCompiler().write(model, mixed_form=True)
    names = {id(v): (family.local_name, i) for family in model.component_objects(pyo.Var) for i, v in family.items()}
    tags = {id(c): (family.local_name, i) for family in model.component_objects(pyo.Constraint) for i, c in family.items()}
    columns = [ours.column_names.index(names[id(v)]) for v in form.columns]
    rows = [ours.row_names.index(tags[id(c)]) for c, _ in form.rows]
    assert sorted(columns) == list(range(len(ours.column_names)))
    assert sorted(rows) == list(range(len(ours.row_names)))
    mine, theirs = ours.rows.toarray()[rows][:, columns], form.A.toarray()
    signs = np.where(np.isclose(mine, theirs).all(axis=1), 1, -1)
    assert np.allclose(mine, theirs * signs[:, None])
    assert np.allclose(ours.goals.toarray()[:, columns], form.c.toarray())
    assert np.allclose(ours.constants, form.c_offset)
    for (_, sense), sign, right, low, high in zip(form.rows, signs, form.rhs, *ours.row_bounds[:, rows], strict=True):
        ends = (-INFINITY if sense == 1 else right, INFINITY if sense == -1 else right)
        assert (low, high) == pytest.approx(ends if sign == 1 else (-ends[1], -ends[0]))


def test_goals_are_met_in_order_and_their_constants_count():
    matrix = matrix_of(two_goals())
    outcome = solve_in_order(matrix, ["first", "second"], PlanSettings(gap=1e-6), ignore, never)
    value = dict(zip(matrix.column_names, outcome.values, strict=True))
    # x = y = 2.5 and n = 0 cost 12.5; a whole n would cost 3 and save 1.
    assert (value["n", 1], value["x", None], value["y", "a"]) == pytest.approx((0, 2.5, 2.5))
    assert outcome.stages[0].value == pytest.approx(12.5)
    assert outcome.stages[0].bound == pytest.approx(12.5)
    assert outcome.stages[1].value == pytest.approx(2.5 - 2)  # the free choice is taken for the last goal
    assert outcome.status == "optimal"


def test_prices_are_what_one_more_unit_would_buy():
    matrix = matrix_of(two_goals())
    outcome = solve_in_order(matrix, ["first", "second"], PlanSettings(gap=1e-6), ignore, never)
    row = {name: k for k, (name, _) in enumerate(matrix.row_names)}
    assert outcome.row_prices[row["need"]] == pytest.approx(2)  # one more needed: x and y rise by one
    assert outcome.row_prices[row["room"]] == pytest.approx(0)  # room is left


def test_contradicting_limits_are_said_to_contradict():
    m = two_goals()
    m.lock = pyo.Constraint(expr=m.n[1] + m.x + m.y["a"] >= 10)
    with pytest.raises(NoPlan, match="contradict"):
        solve_in_order(matrix_of(m), ["first", "second"], PlanSettings(), ignore, never)


def test_what_is_kept_near_a_plan_is_let_go_where_no_whole_number_is_so_near():
    matrix = matrix_of(two_goals())
    choice = matrix.column_names.index(("b", None))
    solver = LinearSolver(matrix, PlanSettings(gap=1e-6), Clock(60.0, ignore, never))
    solver.keep(np.array([choice]), np.array([0.4]), np.array([0.6]))
    values, bound = solver.minimise(matrix.goals.toarray()[1])
    assert values[choice] == 1
    assert float(matrix.goals.toarray()[1] @ values) == pytest.approx(-2)
    assert bound <= -2 + 1e-6


def test_the_relative_gap_of_small_amounts_is_in_pounds():
    assert relative_gap(200, 150) == pytest.approx(0.25)
    assert relative_gap(0.5, 0.25) == pytest.approx(0.25)
    assert relative_gap(5, 6) == 0


def hard(n=60, rows=8, seed=3):
    """Counts that must add up to a target in several ways at once, misses priced: a plan is easy, the best one out of reach for minutes."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 200, (rows, n)).astype(float)
    target = np.floor(weights.sum(axis=1) / 2)
    body = np.hstack([weights, np.eye(rows), -np.eye(rows)])
    columns = n + 2 * rows
    goals = np.zeros((4, columns))
    goals[1, n:] = 1.0
    goals[2, :n] = rng.integers(1, 5, n) / 100
    most = np.concatenate([np.ones(n), np.full(2 * rows, INFINITY)])
    whole = np.arange(columns) < n
    names = [("row", k) for k in range(rows)], [("column", k) for k in range(columns)]
    return Matrix(csr_array(goals), np.zeros(4), csr_array(body), np.array([target, target]), np.array([np.zeros(columns), most]), whole,
                  whole & False, *names)  # fmt: skip


def is_a_plan(matrix, outcome):
    rows = matrix.rows @ outcome.values
    near = np.allclose(rows, matrix.row_bounds[0], atol=1e-4)
    return near and np.allclose(outcome.values[matrix.whole], np.round(outcome.values[matrix.whole]))


@pytest.mark.parametrize("after", [0.5, 1.5])
def test_a_cancelled_solve_stops_soon_and_keeps_a_plan(after):
    matrix, started = hard(), time.monotonic()
    outcome = solve_in_order(matrix, list("abcd"), PlanSettings(gap=1e-6), ignore, lambda: time.monotonic() - started > after)
    assert time.monotonic() - started < after + 3
    assert outcome.status == "cancelled"
    assert is_a_plan(matrix, outcome)


def test_a_solve_cancelled_before_it_began_still_has_a_plan():
    matrix, started = hard(), time.monotonic()
    outcome = solve_in_order(matrix, list("abcd"), PlanSettings(), ignore, lambda: True)
    assert time.monotonic() - started < 3
    assert outcome.status == "cancelled"
    assert is_a_plan(matrix, outcome)


def test_the_time_limit_is_kept_and_a_plan_is_there():
    matrix, started = hard(), time.monotonic()
    outcome = solve_in_order(matrix, list("abcd"), PlanSettings(gap=1e-6, time_limit=1.0), ignore, never)
    assert time.monotonic() - started < 4
    assert outcome.status == "time limit"
    assert is_a_plan(matrix, outcome)


def test_the_bound_of_a_stopped_solve_is_not_above_what_a_longer_one_finds():
    matrix = hard(n=30, rows=3)
    short = solve_in_order(matrix, list("abcd"), PlanSettings(gap=1e-6, time_limit=0.3), ignore, never)
    longer = solve_in_order(matrix, list("abcd"), PlanSettings(gap=1e-6, time_limit=1.5), ignore, never)
    assert short.stages[1].bound <= longer.stages[1].value + 1e-6
    assert longer.stages[1].value <= short.stages[1].value + 1e-6


def test_progress_says_that_the_solver_is_at_work_before_it_has_found_anything():
    told = []
    solve_in_order(matrix_of(two_goals()), ["first", "second"], PlanSettings(), told.append, never)
    assert (told[0].stage, told[0].best) == ("Solving", None)
    assert told[1].best is not None


def test_progress_goes_from_nothing_to_all_and_its_bound_is_below_its_best():
    told = []
    solve_in_order(matrix_of(two_goals()), ["first", "second"], PlanSettings(), told.append, never)
    assert told[-1].fraction == pytest.approx(1.0)
    assert all(p.bound <= p.best + 1e-6 for p in told if p.best is not None)
