"""The allocation model: parameters, decisions, equations and goals, in the order of the formulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pyomo.environ as pyo

from optimisation.allocation.equations import (
    believability,
    budget,
    capacity,
    fairness,
    frameworks,
    mobiles,
    must_do,
    mutual_aid,
    reporting,
    sharing,
    staff,
    target,
    waiting_list,
)
from optimisation.allocation.objective import GOALS
from optimisation.allocation.parameters import BY_NAME, PARAMETERS
from optimisation.allocation.problem import Index, Problem
from optimisation.allocation.variables import VARIABLES, Variable
from optimisation.units import pyomo_unit


@dataclass(frozen=True)
class Equation:
    """One equation: its tag, the index set it runs over, and the function that states it."""

    tag: str
    over: Callable[[Problem], list[Index]]
    rule: Callable[..., Any]


def _set(name: str) -> Callable[[Problem], list[Index]]:
    return lambda p: p.sets[name]


def _stations_at_work(p: Problem) -> list[Index]:
    busy = [k for k in p.neighbours["tests_at"] if p.near("lists_at", k) or p.near("must_do_at", k)]
    return _by_week(p, busy)


def _mixed_stations(p: Problem) -> list[Index]:
    return _by_week(p, [k for k in p.sets["fixed_stations"] if p.near("mobiles_at", k) and (p.near("lists_at", k) or p.near("must_do_at", k))])


def _lists_on_units(p: Problem) -> list[Index]:
    return _by_week(p, list(p.neighbours["unit_only_routes"]))


def _lists_with_aid(p: Problem) -> list[Index]:
    return _by_week(p, list(p.neighbours["aid_sites"]))


def _contested_pads(p: Problem) -> list[Index]:
    return _by_week(p, [k for k, units in p.neighbours["mobiles_at"].items() if len(units) > p.values["most_units"][k]])


def _insourcing_rooms(p: Problem) -> list[Index]:
    return list(p.neighbours["insourced_at"])


def _insourced_tests(p: Problem) -> list[Index]:
    return list(p.neighbours["insourced_test"])


def _outsourced_tests(p: Problem) -> list[Index]:
    return list(p.neighbours["outsourced_test"])


def _pooled_weeks(p: Problem) -> list[Index]:
    return list(p.neighbours["reporters_in"])


def _lenders(p: Problem) -> list[Index]:
    return list(p.neighbours["lends_to"])


def _budgets(p: Problem) -> list[Index]:
    return list(p.values["premium_budget"])


def _weighed_lists(p: Problem) -> list[Index]:
    return list(p.values["unchanged_list"])


def _capped_groups(p: Problem) -> list[Index]:
    return [i for i in p.neighbours["group_routes"] if (i[1],) in p.values["extra_minutes_cap"]]


def _frozen_lists(p: Problem) -> list[Index]:
    return p.sets["list_weeks"] if p.rota_is_fixed else []


def _by_week(p: Problem, members: list[Index]) -> list[Index]:
    return [(*i, w) for i in members for w in range(1, p.last_week + 1)]


EQUATIONS: tuple[Equation, ...] = (
    Equation("room_time", _stations_at_work, capacity.room_time),
    Equation("fixed_room_time", _mixed_stations, capacity.fixed_room_time),
    Equation("suitable_for_unit", _lists_on_units, capacity.suitable_for_unit),
    Equation("shared_openings", _insourcing_rooms, capacity.shared_openings),
    Equation("insourcing_limit", _insourced_tests, capacity.insourcing_limit),
    Equation("outsourcing_limit", _outsourced_tests, capacity.outsourcing_limit),
    Equation("order_not_too_small", _set("order_periods"), frameworks.order_not_too_small),
    Equation("nothing_without_order", _set("order_periods"), frameworks.nothing_without_order),
    Equation("must_be_done", _set("must_do_streams"), must_do.must_be_done),
    Equation("staff_time", _set("staff_weeks"), staff.staff_time),
    Equation("reports_arise", _set("reporting_weeks"), reporting.reports_arise),
    Equation("report_backlog", _set("reporting_weeks"), reporting.report_backlog),
    Equation("reporting_time", _set("reporting_weeks"), reporting.reporting_time),
    Equation("reporting_shared", _pooled_weeks, reporting.reporting_shared),
    Equation("outsourced_when_done", _set("outsourced_reporting"), reporting.outsourced_when_done),
    Equation("late_after_four_weeks", _set("reporting_weeks"), reporting.late_after_four_weeks),
    Equation("reports_owed", _set("reporters"), reporting.reports_owed),
    Equation("lending_limit_kept", _lenders, sharing.lending_limit_kept),
    Equation("premium_budget_kept", _budgets, budget.premium_budget_kept),
    Equation("one_place", lambda p: _by_week(p, list(p.neighbours["spots_of"])), mobiles.one_place),
    Equation("one_unit_a_pad", _contested_pads, mobiles.one_unit_a_pad),
    Equation("arrival", _set("mobile_places"), mobiles.arrival),
    Equation("minimum_stay", _set("mobile_places"), mobiles.minimum_stay),
    Equation("only_receivers_receive", _set("aid_pairs"), mutual_aid.only_receivers_receive),
    Equation("receivers_do_not_send", _set("aid_pairs"), mutual_aid.receivers_do_not_send),
    Equation("batch_not_too_small", _set("aid_pairs"), mutual_aid.batch_not_too_small),
    Equation("batch_not_too_large", _set("aid_pairs"), mutual_aid.batch_not_too_large),
    Equation("offers_to_those_waiting", _lists_with_aid, mutual_aid.offers_to_those_waiting),
    Equation("aided_so_far", _set("aid_places"), mutual_aid.aided_so_far),
    Equation("balance", _set("list_weeks"), waiting_list.balance),
    Equation("as_today", _frozen_lists, waiting_list.as_today),
    Equation("over_six_in_turn", _set("measured_lists"), waiting_list.over_six_in_turn),
    Equation("over_six_as_booked", _set("booked_weeks"), waiting_list.over_six_as_booked),
    Equation("target", _set("measured_tests"), target.target),
    Equation("over_thirteen_in_turn", _set("thirteen_lists"), waiting_list.over_thirteen_in_turn),
    Equation("thirteen_target", _set("thirteen_tests"), target.thirteen_target),
    Equation("largest_share_counted", _weighed_lists, fairness.largest_share_counted),
    Equation("extra_minutes_capped", _capped_groups, fairness.extra_minutes_capped),
    Equation("above_rota", _set("growing_sessions"), believability.above_rota),
    Equation("ramp", _set("station_sessions"), believability.ramp),
    Equation("not_longer", _set("judged_lists"), believability.not_longer),
    Equation("no_cliff", _set("ending_lists"), believability.no_cliff),
)

_DOMAINS = {"whole": pyo.NonNegativeIntegers, "yes or no": pyo.Binary, "amount": pyo.NonNegativeReals}


def build_model(problem: Problem, *, with_units: bool = False, equations: tuple[Equation, ...] = EQUATIONS) -> pyo.ConcreteModel:
    """The Pyomo model of one problem.

    Args:
        problem: sets and values.
        with_units: every parameter becomes a Pyomo parameter and every variable carries its unit, for `assert_units_consistent`; slower.
        equations: which equations; tests build one at a time.
    """
    m = pyo.ConcreteModel(name="allocation")
    m.problem = problem
    indices = _Indices(m)
    view = SimpleNamespace(problem=problem)
    for parameter in PARAMETERS:
        values = _parameter(problem, parameter.name, with_units)
        setattr(m, parameter.name, values)
        setattr(view, parameter.name, values)
    for variable in VARIABLES:
        members = _add_variable(m, variable, indices, with_units)
        setattr(view, variable.name, dict(members.items()))
    for equation in equations:
        over = equation.over(problem)
        if over:
            setattr(m, equation.tag, pyo.Constraint(indices.of(over), rule=_with(view, equation.rule)))
    for goal in GOALS:
        setattr(m, f"goal_{goal.name}", pyo.Objective(expr=goal.expression(view)))
    return m


def _with(view: SimpleNamespace, rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule on plain dictionaries of decisions and values: several times faster to look up than the model's own components."""
    return lambda _, *index: rule(view, *index)


def _parameter(problem: Problem, name: str, with_units: bool) -> Any:
    values = problem.values.get(name, {})
    if not with_units:
        return {(i[0] if len(i) == 1 else i): v for i, v in values.items()}
    unit = pyomo_unit(BY_NAME[name].unit)
    return pyo.Param(list(values), initialize=values, mutable=True, units=unit, within=pyo.Reals)


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
