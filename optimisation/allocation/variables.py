"""Decisions of the allocation model: name, index set, kind, bounds, unit and meaning, said once."""

from __future__ import annotations

from typing import Any

from optimisation.allocation.problem import Problem
from optimisation.formulation import Variable, up_to


def _share(_: Problem, __: tuple[Any, ...]) -> tuple[float, float | None]:
    return 0.0, 1.0


def _sessions(p: Problem, i: tuple[Any, ...]) -> tuple[float, float | None]:
    return p.session_bounds[i]


def _present(p: Problem, i: tuple[Any, ...]) -> tuple[float, float | None]:
    return p.present_bounds[i]


def _waiting(p: Problem, i: tuple[Any, ...]) -> tuple[float, float | None]:
    return p.values["shortest_list"][i], None


def _aided(p: Problem, i: tuple[Any, ...]) -> tuple[float, float | None]:
    o, m, u, s, w = i
    share = p.values["accepted"][o, m, s] * p.values["suitable_for_aid"][(m,)]
    return 0.0, share * p.values["additions_so_far"][o, m, u, w]


VARIABLES: tuple[Variable, ...] = (
    Variable("sessions", "n", "station_sessions", "whole", "session", "sessions run", _sessions, "sessions_today"),
    Variable("examined", "x", "routes", "amount", "patient", "patients of the list examined at the site, attended", None),
    Variable("must_done", "p", "must_do_places", "amount", "patient", "planned and unscheduled work done", None),
    Variable("undone", "undone", "must_do_streams", "amount", "patient", "must-do work left undone at week end", None),
    Variable("present", "y", "mobile_places", "yes or no", "mobile_unit", "the unit stands there", _present, "present_today"),
    Variable("arriving", "z", "mobile_places", "amount", "mobile_unit", "the unit arrives there this week", _share),
    Variable("receiving", "r", "aid_roles", "yes or no", "dimensionless", "1 = may receive in this period, 0 = may send", _share),
    Variable("batch", "b", "aid_pairs", "yes or no", "dimensionless", "an aid batch runs in the week", _share),
    Variable("aided", "X", "aid_places", "amount", "patient", "examined at the site of another organisation so far", _aided),
    Variable("insourced", "ins", "insourcing_places", "amount", "patient", "insourced examinations", None),
    Variable("outsourced", "out", "outsourcing_places", "amount", "patient", "outsourced examinations", None),
    Variable("ordered", "e", "order_periods", "yes or no", "dimensionless", "any examination is bought in the order period", _share),
    Variable("overtime", "ot", "staff_weeks", "amount", "hour", "overtime hours", up_to("overtime_limit")),
    Variable("bank", "bank", "staff_weeks", "amount", "hour", "bank and agency hours", up_to("bank_limit")),
    Variable("scanned", "scanned", "reporting_weeks", "amount", "minute", "reporting minutes of what is examined in the week", None),
    Variable("reported", "reported", "reporting_weeks", "amount", "minute", "reporting minutes of reports written", None),
    Variable("backlog", "B", "reporting_weeks", "amount", "minute", "reporting minutes of reports not yet written at week end", None),
    Variable("late_reports", "late", "reporting_weeks", "amount", "minute", "the part of the backlog older than four weeks", None),
    Variable("lent", "lent", "reporting_pool", "amount", "minute", "reporting minutes given to others", up_to("report_lending_limit")),
    Variable("borrowed", "borrowed", "reporting_pool", "amount", "minute", "reporting minutes had from others", None),
    Variable("outsourced_reports", "outr", "outsourced_reporting", "amount", "report", "outsourced reports", up_to("outsourced_report_limit")),
    Variable("owed_reports", "owed", "reporters", "amount", "minute", "growth of the backlog over the plan", None),
    Variable("shared", "sh", "sharing_places", "amount", "hour", "staff hours lent by the first organisation to the second", None),
    Variable("waiting", "L", "list_weeks", "amount", "patient", "list at week end", _waiting),
    Variable("removed", "removed", "list_weeks", "amount", "patient", "leave without a test", up_to("most_removed")),
    Variable("over_six", "over", "measured_lists", "amount", "patient", "over six weeks at week end", None),
    Variable("shortfall", "short", "measured_tests", "amount", "patient", "over the target share at the month end", None),
    Variable("over_thirteen", "over13", "thirteen_lists", "amount", "patient", "over thirteen weeks at week end", None),
    Variable("thirteen_shortfall", "short13", "thirteen_tests", "amount", "patient", "over the thirteen-week target share at the month end", None),
    Variable("largest_share", "theta", "fair_weeks", "amount", "dimensionless", "largest share over six weeks of any organisation", None),
    Variable("worst_off", "worst", "worst_weeks", "amount", "dimensionless", "largest part of a list that is over the target", None),
    Variable("more", "more", "growing_sessions", "amount", "session", "sessions above today's rota", None),
    Variable("rise", "rise", "station_sessions", "amount", "session", "rise of the change from today's rota", None),
    Variable("longer", "longer", "judged_lists", "amount", "patient", "list beyond the one without a change", None),
    Variable("cliff", "cliff", "ending_lists", "amount", "patient", "growth of the list over the last six weeks", None),
)
