"""Units of the whole workforce model agree, and nothing that is declared is left unused."""

from dataclasses import replace

import numpy as np
import pytest
from pyomo.core.base.units_container import UnitsError
from pyomo.util.check_units import assert_units_consistent, assert_units_equivalent

import optimisation.workforce.model as model_module
from optimisation.matrix import matrix_of
from optimisation.units import pyomo_unit
from optimisation.workforce.model import build_model
from optimisation.workforce.parameters import BY_NAME
from optimisation.workforce.variables import VARIABLES
from tests.equations.workforce_hand import hand_problem

BOUNDS = {"starts": "most_starts", "kept": "kept_limit", "done_by": "skill_limit", "bought": "bought_limit", "in_post": "most_in_post"}
"""Variables with a parameter for a bound, where Pyomo checks no unit."""


@pytest.fixture(scope="module")
def problem():
    """With posts that may not grow, so that every parameter has values."""
    return hand_problem(grow=False)


def faults(problem):
    """True where the units of the model contradict each other, or the goal is not money."""
    m = build_model(problem, with_units=True)
    try:
        assert_units_consistent(m)
        assert_units_equivalent(m.goal_total.expr, pyomo_unit("gbp"))
    except UnitsError:
        return True
    return False


def test_the_units_of_the_whole_model_agree(problem):
    assert not faults(problem)


@pytest.mark.parametrize("name", [n for n in BY_NAME if n not in BOUNDS.values()])
def test_a_wrong_unit_of_any_parameter_is_found(problem, name, monkeypatch):
    wrong = replace(BY_NAME[name], unit="hour * gbp" if "hour" not in BY_NAME[name].unit else "minute * gbp")
    monkeypatch.setitem(model_module.BY_NAME, name, wrong)
    assert faults(problem)


@pytest.mark.parametrize("name", [v.name for v in VARIABLES])
def test_a_wrong_unit_of_any_variable_is_found(problem, name, monkeypatch):
    wrong = tuple(replace(v, unit="hour" if v.unit != "hour" else "minute") if v.name == name else v for v in VARIABLES)
    monkeypatch.setattr(model_module, "VARIABLES", wrong)
    assert faults(problem)


@pytest.mark.parametrize(("variable", "parameter"), BOUNDS.items())
def test_a_bound_has_the_unit_of_what_it_bounds(variable, parameter):
    unit = next(v.unit for v in VARIABLES if v.name == variable)
    assert_units_equivalent(pyomo_unit(BY_NAME[parameter].unit), pyomo_unit(unit))


def arrays(problem):
    """Everything the solver is given, by the names of equations and variables."""
    matrix = matrix_of(build_model(problem))
    order, lines = (np.argsort([str(name) for name in names]) for names in (matrix.column_names, matrix.row_names))
    parts = (matrix.goals.toarray()[:, order], matrix.constants, matrix.rows.toarray()[lines][:, order], matrix.row_bounds[:, lines],
             matrix.column_bounds[:, order])  # fmt: skip
    return np.concatenate([p.ravel() for p in parts])


@pytest.fixture(scope="module")
def untouched(problem):
    return arrays(problem)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_parameter_changes_the_model(problem, name, untouched):
    changed = replace(problem, values=dict(problem.values) | {name: {i: 1.5 * v + 0.25 for i, v in problem.values[name].items()}})
    assert not np.array_equal(arrays(changed), untouched)


def test_every_parameter_that_is_made_is_declared_and_every_variable_used(problem):
    assert set(problem.values) == set(BY_NAME)
    for name, values in problem.values.items():
        assert {len(i) for i in values} == {len(BY_NAME[name].index.split())}, name
    assert {name for name, _ in matrix_of(build_model(problem)).column_names} == {v.name for v in VARIABLES}


def test_people_who_start_are_whole_and_nothing_else(problem):
    matrix = matrix_of(build_model(problem))
    assert {name for (name, _), whole in zip(matrix.column_names, matrix.whole, strict=True) if whole} == {"starts"}
