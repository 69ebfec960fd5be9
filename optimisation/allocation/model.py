"""The allocation model: parameters, decisions, equations and goals, in the order of the formulation."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from optimisation.allocation.equations import (
    believability,
    budget,
    capacity,
    fairness,
    frameworks,
    locks,
    mobiles,
    must_do,
    mutual_aid,
    reporting,
    sharing,
    staff,
    target,
    waiting_list,
)
from optimisation.allocation.objective import goals_of
from optimisation.allocation.parameters import BY_NAME
from optimisation.allocation.problem import Problem
from optimisation.allocation.variables import VARIABLES
from optimisation.formulation import Equation, Index, assemble


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


def _valued(name: str) -> Callable[[Problem], list[Index]]:
    return lambda p: list(p.values[name])


def _pooled_weeks(p: Problem) -> list[Index]:
    return list(p.neighbours["reporters_in"])


def _lenders(p: Problem) -> list[Index]:
    return list(p.neighbours["lends_to"])


def _weighed_lists(p: Problem) -> list[Index]:
    return _within(p, p.sets["fair_weeks"])


def _compared_lists(p: Problem) -> list[Index]:
    return _within(p, p.sets["worst_weeks"])


def _within(p: Problem, weeks: list[Index]) -> list[Index]:
    wanted = set(weeks)
    return [i for i in p.values["unchanged_list"] if i[1:] in wanted]


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
    Equation("bought_at_least", _valued("locked_bought_least"), locks.bought_at_least),
    Equation("bought_at_most", _valued("locked_bought_most"), locks.bought_at_most),
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
    Equation("premium_budget_kept", _valued("premium_budget"), budget.premium_budget_kept),
    Equation("one_place", lambda p: _by_week(p, list(p.neighbours["spots_of"])), mobiles.one_place),
    Equation("one_unit_a_pad", _contested_pads, mobiles.one_unit_a_pad),
    Equation("arrival", _set("mobile_places"), mobiles.arrival),
    Equation("minimum_stay", _set("mobile_places"), mobiles.minimum_stay),
    Equation("only_receivers_receive", _set("aid_pairs"), mutual_aid.only_receivers_receive),
    Equation("receivers_do_not_send", _set("aid_pairs"), mutual_aid.receivers_do_not_send),
    Equation("batch_not_too_small", _set("aid_pairs"), mutual_aid.batch_not_too_small),
    Equation("batch_not_too_large", _set("aid_pairs"), mutual_aid.batch_not_too_large),
    Equation("aid_at_least", _valued("locked_aid_least"), locks.aid_at_least),
    Equation("aid_at_most", _valued("locked_aid_most"), locks.aid_at_most),
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
    Equation("worst_off_counted", _compared_lists, fairness.worst_off_counted),
    Equation("extra_minutes_capped", _capped_groups, fairness.extra_minutes_capped),
    Equation("above_rota", _set("growing_sessions"), believability.above_rota),
    Equation("ramp", _set("station_sessions"), believability.ramp),
    Equation("not_longer", _set("judged_lists"), believability.not_longer),
    Equation("no_cliff", _set("ending_lists"), believability.no_cliff),
)


def build_model(problem: Problem, *, with_units: bool = False, equations: tuple[Equation, ...] = EQUATIONS) -> pyo.ConcreteModel:
    """The Pyomo model of one problem.

    Args:
        problem: sets and values.
        with_units: parameters and variables carry their units, see `assemble`.
        equations: which equations; tests build one at a time.
    """
    return assemble("allocation", problem, BY_NAME.values(), VARIABLES, equations, goals_of(problem.emphasis), with_units=with_units)
