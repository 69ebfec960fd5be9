"""Decisions of the workforce model: name, index set, kind, bounds, unit and meaning, said once."""

from __future__ import annotations

from typing import Any

from optimisation.formulation import Index, Variable, up_to


def _starts(p: Any, i: Index) -> tuple[float, float | None]:
    return 0.0, p.values["most_starts"][i[:2]]


def _in_post(p: Any, i: Index) -> tuple[float, float | None]:
    return 0.0, p.values["most_in_post"].get(i)


VARIABLES: tuple[Variable, ...] = (
    Variable("starts", "n", "starts", "whole", "person", "people asked for", _starts),
    Variable("kept", "keep", "leavers", "amount", "wte", "leavers kept", up_to("kept_limit")),
    Variable("in_post", "P", "staff", "amount", "wte", "in post on average", _in_post),
    Variable("working", "W", "staff", "amount", "wte", "what those in post and in training work", None),
    Variable("done_own", "x", "work", "amount", "hour", "hours of the work done by its own staff group", None),
    Variable(
        "done_by", "z", "skill_mix", "amount", "hour", "hours of the work done by another staff group, as its own would take", up_to("skill_limit")
    ),
    Variable("overtime", "ot", "staff", "amount", "hour", "overtime hours", None),
    Variable("bank", "bank", "staff", "amount", "hour", "bank and agency hours", None),
    Variable("lent", "sh", "lending", "amount", "hour", "hours lent by the first organisation to the second", None),
    Variable("bought", "b", "buying", "amount", "patient", "examinations bought, with their reports", up_to("bought_limit")),
    Variable("reports_bought", "rep", "report_buying", "amount", "report", "reports bought", None),
    Variable("lost", "lost", "examined", "amount", "patient", "examinations lost for want of staff", None),
    Variable("uncovered", "u", "uncoverable", "amount", "hour", "hours of reports and other work that nobody does", None),
    Variable("vacant", "v", "vacancy_limits", "amount", "wte", "vacancies over the limit", None),
    Variable("largest_share", "theta", "group_years", "amount", "dimensionless", "largest uncovered share of any organisation", None),
    Variable("more_starts", "more", "route_years", "amount", "person", "starts above the year before", None),
)
