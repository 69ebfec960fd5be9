"""The five-year workforce plan: hours needed, tidy result tables, solver outcome and provenance."""

from __future__ import annotations

from dataclasses import dataclass

from data.fields import Field, Kind, Table
from data.result import Result
from data.scenario import LEVERS, Lever
from data.workforce_tables import WORK_KINDS

_ORG = Field("organisation", "Organisation", Kind.ID)
_GROUP = Field("staff_group", "Staff group", Kind.ID)
_QUARTER = Field("quarter", "Quarter", Kind.DATE, help="Its first day")
_YEAR = Field("year", "Year", Kind.COUNT, help="1 = the first four quarters", minimum=1)
_TEST = Field("test", "Test", Kind.ID, required=False, help="Empty for other work")
_WORK = Field("kind", "Kind of work", Kind.CHOICE, choices=WORK_KINDS)


def _n(name: str, title: str, unit: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, title, Kind.NUMBER, unit=unit, help=help, required=required)


_HOURS, _COST = "hours in the quarter", _n("cost_gbp", "Cost", "£, at the prices of the first year")

NEED = Table(
    "need", "Hours needed", "Hours of each staff group that the work of a quarter needs, before any skill mix.",
    (
        _ORG, _GROUP, _WORK, _TEST, _QUARTER, _n("examinations", "Examinations", "examinations in the quarter", "0 for other work"),
        _n("minutes", "Minutes each", "minutes", "On the scanner with slot use and non-attendance, or for a report", required=False),
        _n("staff", "Staff at once", "people", "For each running scanner", required=False),
        _n("hours", "Hours", _HOURS, "Examinations × minutes each × staff at once ÷ 60"),
        _n("hours_of_one", "Hours at work of one WTE", _HOURS, required=False),
        _n("not_clinical", "Not clinical", "share of hours at work", required=False),
        _n("wte", "WTE", "whole-time equivalents", "Hours ÷ hours at work of one WTE ÷ (1 − not clinical)"),
    ),
    key=("organisation", "staff_group", "kind", "test", "quarter"),
)  # fmt: skip

OPTION_TITLES = {
    "minimum": "Keep today's posts", "recruit": "Recruit only", "train": "Train and upskill only", "plan": "This plan",
}  # fmt: skip
"""Options a board compares: posts as today; more, of people who are qualified already; more, of people who are trained here; everything."""

_LEDGER = (
    ("opening", "At the start"), ("joined", "Joined"), ("qualified", "Qualified"), ("returned", "Back from training"), ("kept", "Kept"),
    ("left", "Left"), ("retired", "Retired"), ("to_training", "Gone to training"), ("closing", "At the end"),
)  # fmt: skip
"""WTE of a quarter; the last is the first with what comes in between added (joined to kept) or taken off (left to to_training)."""

WORKFORCE_TABLES: tuple[Table, ...] = (
    NEED,
    Table("staff", "Staff in post", "WTE in post and in training, person by person: whoever is there at the end was there at the start or came.", (
        _ORG, _GROUP, _QUARTER, *(_n(name, title, "whole-time equivalents") for name, title in _LEDGER),
        _n("trainees", "In training", "people", "Training to come into this group; not yet in post in it"),
        _n("working", "Working as", "whole-time equivalents", "In post and in training, less what those who still learn do not do yet"),
        _n("needed", "Needed", "whole-time equivalents", "For the hours of the quarter, before any skill mix"),
        _n("vacant_over_limit", "Vacant over the limit", "whole-time equivalents"),
        _n("in_post", "In post", "whole-time equivalents", "On average over the quarter"),
    ), key=("organisation", "staff_group", "quarter")),
    Table("starts", "Starts", "People who start on each way into posts.", (
        _ORG, Field("route", "Route", Kind.ID), _GROUP, _QUARTER, _n("people", "People", "people", "Whole: asked for"),
        _n("expected", "Expected", "people", "Of these, those who are found"), _COST,
    ), key=("organisation", "route", "quarter")),
    Table("cover", "Cover", "Where the hours of each quarter come from.", (
        _ORG, _GROUP, _WORK, _TEST, _QUARTER, _n("needed", "Needed", _HOURS), _n("own", "Own staff group", _HOURS),
        _n("other_groups", "Other staff groups", _HOURS, "Skill mix, in hours of this group"),
        _n("bought", "Bought", _HOURS, "Examinations or reports by independent providers"),
        _n("uncovered", "Uncovered", _HOURS, "Nobody does it: examinations are lost, reports are late, other work is left"),
    ), key=("organisation", "staff_group", "kind", "test", "quarter")),
    Table("hours", "Hours at work", "Hours that each staff group has, and what becomes of them.", (
        _ORG, _GROUP, _QUARTER, _n("own", "Own clinical hours", _HOURS), _n("supervising", "Supervising", _HOURS, "Taken off the own hours"),
        _n("overtime", "Overtime", _HOURS), _n("bank_or_agency", "Bank and agency", _HOURS), _n("borrowed", "Borrowed", _HOURS),
        _n("lent", "Lent", _HOURS), _n("used", "Used", _HOURS), _n("spare", "Spare", _HOURS),
    ), key=("organisation", "staff_group", "quarter")),
    Table("examinations", "Examinations", "What can be done of what is needed.", (
        _ORG, Field("test", "Test", Kind.ID), _QUARTER, _n("needed", "Needed", "examinations"), _n("bought", "Bought", "examinations"),
        _n("lost", "Lost", "examinations", "For want of staff: the scanner stands still"),
    ), key=("organisation", "test", "quarter")),
    Table("costs", "Costs", "What the plan costs, at the prices of the first year.", (
        _ORG, Field("staff_group", "Staff group", Kind.ID, required=False, help="Empty for examinations that are bought"),
        Field("kind", "Kind", Kind.TEXT), Field("funding", "Funding stream", Kind.ID, required=False), _YEAR, _COST,
    ), key=("organisation", "staff_group", "kind", "funding", "year")),
    Table("minimum", "Today's posts", "WTE in post if those who go are replaced, like for like, as far as they can be, and posts do not grow.", (
        _ORG, _GROUP, _QUARTER, _n("closing", "In post at the end", "whole-time equivalents"), _n("working", "Working as", "whole-time equivalents"),
    ), key=("organisation", "staff_group", "quarter")),
    Table("options", "Options", "This plan beside plans that may use less, each the best of its kind.", (
        Field("option", "Option", Kind.CHOICE, choices=tuple(OPTION_TITLES)), _YEAR,
        _n("in_post", "In post at year end", "whole-time equivalents"), _n("needed", "Needed at year end", "whole-time equivalents"),
        _n("people", "Starts", "people"), _n("temporary_hours", "Overtime, bank and agency", "hours"),
        _n("bought_examinations", "Bought examinations", "examinations"), _n("lost_examinations", "Lost examinations", "examinations"),
        _n("uncovered_hours", "Reports and other work not done", "hours"), _COST,
    ), key=("option", "year")),
    Table("workforce_limits", "Limits", "What limits the plan: places, supervisors, money, temporary staff.", (
        Field("what", "What", Kind.TEXT), Field("where", "Where", Kind.TEXT), _YEAR, _n("used", "Used", "in the unit of the row"),
        _n("available", "Available", "in the unit of the row"), Field("binding", "Binding", Kind.FLAG),
        _n("value_of_one_more", "Value of one more", "£ of cost and prices, at most", required=False), Field("unit", "Unit", Kind.TEXT),
    ), key=("what", "where", "year")),
    Table("workforce_measures", "Measures", "Summary figures.", (
        Field("measure", "Measure", Kind.TEXT), Field("organisation", "Organisation", Kind.ID, required=False),
        Field("staff_group", "Staff group", Kind.ID, required=False), Field("year", "Year", Kind.COUNT, required=False),
        _n("value", "Value", "in the unit of the row"), Field("unit", "Unit", Kind.TEXT),
    ), key=("measure", "organisation", "staff_group", "year")),
)  # fmt: skip

_SHARED_LEVERS = {"insourcing", "outsourcing", "overtime", "bank_and_agency", "outsourced_reporting", "shared_staff"}
"""Levers that mean the same as in a scenario."""

WORKFORCE_LEVERS: tuple[Lever, ...] = (
    Lever("recruit", "Recruit", "Recruit people who can do the work, from this country or another, newly qualified or returning."),
    Lever("train", "Train", "Train apprentices and trainees, and people of one staff group for another."),
    Lever("grow", "More posts", "Have more people of a staff group in post than today; off = those who go are replaced like for like."),
    Lever("keep", "Keep leavers", "Spend money on keeping people who would leave."),
    Lever("skill_mix", "Skill mix", "Let staff groups do work of others, as the sheet Skill mix allows."),
    *(
        lever
        for lever in LEVERS
        if lever.name in {"insourcing", "outsourcing", "overtime", "bank_and_agency", "outsourced_reporting", "shared_staff"}
    ),
)
"""What the plan may use; the last six mean the same as in a scenario."""

BY_WORKFORCE_TABLE: dict[str, Table] = {t.name: t for t in WORKFORCE_TABLES}


@dataclass(frozen=True, eq=False)
class WorkforcePlan(Result):
    """One five-year workforce result. Its summary adds cost_gbp by kind, prices_gbp (what is weighed beside cost and never paid), and notes."""

    declared = WORKFORCE_TABLES
