"""The workforce model: parameters, decisions, equations and goals, in the order of the formulation."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from optimisation.formulation import Equation, Index, assemble
from optimisation.workforce.equations import cover, goals, limits, staff
from optimisation.workforce.objective import GOALS
from optimisation.workforce.parameters import BY_NAME
from optimisation.workforce.problem import Problem
from optimisation.workforce.variables import VARIABLES


def _set(name: str) -> Callable[[Problem], list[Index]]:
    return lambda p: p.sets[name]


def _valued(name: str) -> Callable[[Problem], list[Index]]:
    return lambda p: list(p.values[name])


def _near(name: str) -> Callable[[Problem], list[Index]]:
    return lambda p: list(p.neighbours[name])


def _left_for_another_group(p: Problem) -> list[Index]:
    away = p.values["away_end"]
    return [i for i in p.sets["staff"] if any((*start, i[2]) in away for start in p.near("starts_from", i[:2]))]


def _supervising(p: Problem) -> list[Index]:
    return [i for i in p.sets["staff"] if p.near("starts_supervised_by", i[:2])]


def _with_places(p: Problem) -> list[Index]:
    return [i for i in p.values["places"] if p.near("starts_at", i)]


def _with_funds(p: Problem) -> list[Index]:
    return [i for i in p.values["funds"] if p.near("starts_paid_from", i)]


def _compared_years(p: Problem) -> list[Index]:
    priced = set(p.sets["group_years"])
    return [i for i in p.neighbours["work_of_year"] if i[1:] in priced]


EQUATIONS: tuple[Equation, ...] = (
    Equation("in_post_followed", _set("staff"), staff.in_post_followed),
    Equation("working_followed", _set("staff"), staff.working_followed),
    Equation("only_who_is_there", _left_for_another_group, staff.only_who_is_there),
    Equation("supervisors_there", _supervising, staff.supervisors_there),
    Equation("work_covered", _set("work"), cover.work_covered),
    Equation("no_more_than_needed", _set("examined"), cover.no_more_than_needed),
    Equation("hours_there", _set("staff"), cover.hours_there),
    Equation("overtime_kept", _set("staff"), limits.overtime_kept),
    Equation("bank_kept", _set("staff"), limits.bank_kept),
    Equation("lending_kept", _near("lends_to"), limits.lending_kept),
    Equation("reports_kept", _near("reports_of"), limits.reports_kept),
    Equation("places_kept", _with_places, limits.places_kept),
    Equation("funding_kept", _with_funds, limits.funding_kept),
    Equation("vacancies_counted", _valued("least_in_post"), goals.vacancies_counted),
    Equation("unequal_cover_counted", _compared_years, goals.unequal_cover_counted),
    Equation("more_starts_counted", _set("route_years"), goals.more_starts_counted),
)


def build_model(problem: Problem, *, with_units: bool = False, equations: tuple[Equation, ...] = EQUATIONS) -> pyo.ConcreteModel:
    """The Pyomo model of one problem.

    Args:
        problem: sets and values.
        with_units: parameters and variables carry their units, see `assemble`.
        equations: which equations; tests build one at a time.
    """
    return assemble("workforce", problem, BY_NAME.values(), VARIABLES, equations, GOALS, with_units=with_units)
