"""Units of the whole model agree, and nothing that is declared is left unused."""

from dataclasses import fields, replace

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.base.units_container import UnitsError
from pyomo.util.check_units import assert_units_consistent, assert_units_equivalent

from data.scenario import base
from optimisation.allocation import model as model_module
from optimisation.allocation.model import build_model
from optimisation.allocation.objective import GOALS
from optimisation.allocation.parameters import BY_NAME, PARAMETERS
from optimisation.allocation.problem import Problem, build_problem
from optimisation.allocation.variables import VARIABLES
from optimisation.matrix import matrix_of
from optimisation.units import pyomo_unit
from portal.planning import prepare
from tests.equations.hand import hand_problem
from tests.small_networks import two_trusts

BOUNDS = {"overtime": "overtime_limit", "bank": "bank_limit", "waiting": "shortest_list", "removed": "most_removed", "aided": "additions_so_far",
          "lent": "report_lending_limit", "outsourced_reports": "outsourced_report_limit"}  # fmt: skip
"""Variables with a parameter for a bound, where Pyomo checks no unit."""


def hand_problems():
    """Together they hold every equation."""
    return {"seven weeks": hand_problem(weeks=7), "rota fixed": hand_problem(fixed=True)}


@pytest.mark.parametrize("which", hand_problems())
def test_the_units_of_the_whole_model_agree(which):
    m = build_model(hand_problems()[which], with_units=True)
    assert_units_consistent(m)
    for goal in GOALS:
        assert_units_equivalent(getattr(m, f"goal_{goal.name}").expr, pyomo_unit("gbp"))


def faults(problem):
    """True where the units of the model contradict each other, or a goal is not money."""
    m = build_model(problem, with_units=True)
    try:
        assert_units_consistent(m)
        for goal in GOALS:
            assert_units_equivalent(getattr(m, f"goal_{goal.name}").expr, pyomo_unit("gbp"))
    except UnitsError:
        return True
    return False


@pytest.mark.parametrize("name", [n for n in BY_NAME if n not in BOUNDS.values()])
def test_a_wrong_unit_of_any_parameter_is_found(name, monkeypatch):
    wrong = replace(BY_NAME[name], unit="hour * gbp" if "hour" not in BY_NAME[name].unit else "minute * gbp")
    monkeypatch.setitem(model_module.BY_NAME, name, wrong)
    assert any(faults(p) for p in (hand_problem(weeks=7), hand_problem(fixed=True)))


@pytest.mark.parametrize("name", [v.name for v in VARIABLES])
def test_a_wrong_unit_of_any_variable_is_found(name, monkeypatch):
    wrong = tuple(replace(v, unit="hour" if v.unit != "hour" else "minute") if v.name == name else v for v in VARIABLES)
    monkeypatch.setattr(model_module, "VARIABLES", wrong)
    assert faults(hand_problem(weeks=7))


@pytest.mark.parametrize(("variable", "parameter"), BOUNDS.items())
def test_a_bound_has_the_unit_of_what_it_bounds(variable, parameter):
    unit = next(v.unit for v in VARIABLES if v.name == variable)
    assert_units_equivalent(pyomo_unit(BY_NAME[parameter].unit), pyomo_unit(unit))


def test_a_unit_is_read_from_left_to_right():
    u = pyo.units
    assert_units_equivalent(pyomo_unit("gbp / patient * session / hour"), u.gbp / u.patient * u.session / u.hour)


def arrays(problem):
    """Everything the solver is given, by the names of equations and variables."""
    matrix = matrix_of(build_model(problem))
    columns = {name: k for k, name in enumerate(matrix.column_names)}
    rows = {name: k for k, name in enumerate(matrix.row_names)}
    order, lines = [columns[c] for c in sorted(columns, key=str)], [rows[r] for r in sorted(rows, key=str)]
    parts = (
        matrix.goals.toarray()[:, order], matrix.constants, matrix.rows.toarray()[lines][:, order], matrix.row_bounds[:, lines],
        matrix.column_bounds[:, order],
    )  # fmt: skip
    return np.concatenate([p.ravel() for p in parts])


@pytest.fixture(scope="module")
def untouched():
    return {which: arrays(problem) for which, problem in hand_problems().items()}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_parameter_changes_the_model(name, untouched):
    def changed(problem):
        return replace(problem, values=problem.values | {name: {i: 1.5 * v + 0.25 for i, v in problem.values[name].items()}})

    assert any(not np.array_equal(arrays(changed(problem)), untouched[which]) for which, problem in hand_problems().items())


def test_every_variable_is_used():
    matrix = matrix_of(build_model(hand_problem(weeks=7)))
    used = {name for name, _ in matrix.column_names}
    assert used == {v.name for v in VARIABLES}


def test_the_hand_problem_has_the_form_of_a_real_one():
    made = build_problem(prepare(two_trusts().dataset(), base("two trusts", 7)))
    hand = hand_problem(weeks=7)
    assert set(hand.sets) == set(made.sets)
    assert set(hand.neighbours) == set(made.neighbours)
    assert set(hand.values) == set(made.values) == {p.name for p in PARAMETERS}
    assert [f.name for f in fields(Problem)] == list(vars(hand))
    for name, values in hand.values.items():
        assert {len(i) for i in values} == {len(BY_NAME[name].index.split())}, name


def test_whole_numbers_are_declared_where_they_must_be():
    m = build_model(hand_problem())
    kinds = {v.name: next(iter(getattr(m, v.name).values())).domain for v in VARIABLES if len(getattr(m, v.name))}
    assert {n for n, domain in kinds.items() if domain is pyo.NonNegativeIntegers} == {"sessions"}
    assert {n for n, domain in kinds.items() if domain is pyo.Binary} == {"present", "receiving", "batch", "ordered"}


def test_bounds_of_decisions_are_those_of_the_problem():
    m = build_model(hand_problem())
    assert m.sessions["p1", "room", "core", 1].bounds == (1, 4)
    assert m.present["v", "q1", 1].bounds == (0, 1)
    assert m.overtime["P", "g", 1].bounds == (0, 2)
    assert m.bank["Q", "g", 2].bounds == (0, 6)
    assert m.waiting["P", "x", "slow", 2].bounds == (3, None)
    assert m.removed["P", "x", "slow", 1].bounds == (0, 2)
    assert m.examined["P", "x", "fast", "p1", "room", 1].bounds == (0, None)
