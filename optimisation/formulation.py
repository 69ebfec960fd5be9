"""What a model is written in: parameters, decisions, equations and goals, each declared once; and the Pyomo model built from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal, Protocol

import pyomo.environ as pyo

from optimisation.units import pyomo_unit

Index = tuple[Any, ...]
Kind = Literal["whole", "yes or no", "amount"]
Bounds = Callable[[Any, Index], tuple[float, float | None]]

_DOMAINS = {"whole": pyo.NonNegativeIntegers, "yes or no": pyo.Binary, "amount": pyo.NonNegativeReals}


class Instance(Protocol):
    """One instance of a model: members of index sets, and parameter name → index → value."""

    @property
    def sets(self) -> Mapping[str, list[Index]]:
        """Members of each index set, in a fixed order."""
        ...

    @property
    def values(self) -> Mapping[str, Mapping[Index, float]]:
        """Values of each parameter."""
        ...


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model."""

    name: str
    index: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Variable:
    """One family of decisions.

    Attributes:
        index: name of the index set of the problem.
        bounds: lower and upper bound of one member (None = no upper bound); None = zero or more.
        start: parameter whose values make a plan that needs no search; empty = zero.
    """

    name: str
    symbol: str
    index: str
    kind: Kind
    unit: str
    meaning: str
    bounds: Bounds | None
    start: str = ""


@dataclass(frozen=True)
class Equation:
    """One equation: its tag, the index set it runs over, and the function that states it."""

    tag: str
    over: Callable[[Any], list[Index]]
    rule: Callable[..., Any]


@dataclass(frozen=True)
class Goal:
    """One goal: its name, the words a planner reads, and its expression."""

    name: str
    title: str
    expression: Callable[[Any], Any]


def up_to(parameter: str) -> Bounds:
    """From nothing to the value of a parameter."""

    def bounds(p: Any, i: Index) -> tuple[float, float | None]:
        return 0.0, p.values[parameter][i]

    return bounds


def assemble(
    name: str, problem: Instance, parameters: Iterable[Parameter], variables: Iterable[Variable], equations: Sequence[Equation],
    goals: Iterable[Goal], *, with_units: bool = False,
) -> pyo.ConcreteModel:  # fmt: skip
    """The Pyomo model of one problem.

    Args:
        name: of the model.
        problem: sets and values.
        parameters: what is given.
        variables: what is decided.
        equations: what must hold, in the order of the formulation.
        goals: what is improved, in order.
        with_units: every parameter becomes a Pyomo parameter and every variable carries its unit, for `assert_units_consistent`; slower.
    """
    m = pyo.ConcreteModel(name=name)
    m.problem = problem
    indices = _Indices(m)
    view = SimpleNamespace(problem=problem)
    for parameter in parameters:
        values = _values(problem, parameter, with_units)
        setattr(m, parameter.name, values)
        setattr(view, parameter.name, values)
    for variable in variables:
        members = _add_variable(m, variable, indices, with_units)
        setattr(view, variable.name, dict(members.items()))
    for equation in equations:
        over = equation.over(problem)
        if over:
            setattr(m, equation.tag, pyo.Constraint(indices.of(over), rule=_with(view, equation.rule)))
    for goal in goals:
        setattr(m, f"goal_{goal.name}", pyo.Objective(expr=goal.expression(view)))
    return m


def _with(view: SimpleNamespace, rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule on plain dictionaries of decisions and values: several times faster to look up than the model's own components."""
    return lambda _, *index: rule(view, *index)


def _values(problem: Instance, parameter: Parameter, with_units: bool) -> Any:
    values = problem.values.get(parameter.name, {})
    if not with_units:
        return {(i[0] if len(i) == 1 else i): v for i, v in values.items()}
    return pyo.Param(list(values), initialize=values, mutable=True, units=pyomo_unit(parameter.unit), within=pyo.Reals)


def _add_variable(m: pyo.ConcreteModel, variable: Variable, indices: _Indices, with_units: bool) -> Any:
    members = m.problem.sets[variable.index]
    unit = pyomo_unit(variable.unit) if with_units else None
    var = pyo.Var(indices.of(members), domain=_DOMAINS[variable.kind], units=unit)
    setattr(m, variable.name, var)
    if variable.bounds is not None:
        for index, member in var.items():
            low, high = variable.bounds(m.problem, index)
            member.setlb(low)
            member.setub(high)
    for index, member in var.items() if variable.start else ():
        today = m.problem.values[variable.start]
        member.set_value(today[index] if index in today else today[index[:-1]], skip_validation=True)
    return var


class _Indices:
    """Pyomo sets, one for each list of members: families that run over the same list share it."""

    def __init__(self, model: pyo.ConcreteModel) -> None:
        self._model = model
        self._made: dict[int, Any] = {}
        self._lists: list[Any] = []

    def of(self, members: list[Index]) -> Any:
        """The set of these members."""
        if id(members) not in self._made:
            made = pyo.Set(initialize=members, dimen=len(members[0]) if members else 1, ordered=True)
            setattr(self._model, f"indices_{len(self._made)}", made)
            self._made[id(members)] = made
            self._lists.append(members)
        return self._made[id(members)]
