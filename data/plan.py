"""The allocation plan: tidy tables, measures, solver outcome and provenance."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.decisions import Decisions
from data.fields import Field, Kind, Table
from data.result import Result

_ORG = Field("organisation", "Organisation", Kind.ID, help="Whose list or staff")
_SITE = Field("site", "Site", Kind.ID)
_TEST = Field("test", "Test", Kind.ID)
_ASSET = Field("asset_type", "Asset type", Kind.ID)
_PRIORITY = Field("priority", "Priority class", Kind.ID)
_WEEK = Field("week", "Week", Kind.DATE, help="Monday of the week")


def _n(name: str, title: str, unit: str, help: str = "", *, required: bool = True) -> Field:
    return Field(name, title, Kind.NUMBER, unit=unit, help=help, required=required)


_COST = _n("cost_gbp", "Cost", "£")

PLAN_TABLES: tuple[Table, ...] = (
    Table("sessions", "Sessions", "Sessions to run, beside today's rota.", (
        _SITE, _ASSET, Field("session_type", "Session type", Kind.ID), _WEEK,
        _n("sessions", "Sessions", "sessions"), _n("sessions_today", "Sessions today", "sessions", "Today's rota in this week"),
        _n("minutes", "Minutes", "minutes", "Operational minutes of these sessions that end in an attended examination"), _COST,
    ), key=("site", "asset_type", "session_type", "week")),
    Table("activity", "Activity", "Examinations done, by the site that does them and the organisation whose list they come from.", (
        _SITE, _TEST, _ORG, Field("kind", "Kind", Kind.CHOICE, choices=("waiting_list", "planned", "unscheduled")), _PRIORITY, _WEEK,
        _n("patients", "Patients", "patients"), _n("undone", "Left undone", "patients", "Must-do work carried to the next week"),
    ), key=("site", "test", "organisation", "kind", "priority", "week")),
    Table("mobiles", "Mobile units", "Where each mobile unit stands.", (
        Field("mobile", "Mobile unit", Kind.ID), _SITE, _ASSET, _WEEK,
        Field("present", "Present", Kind.FLAG), Field("arriving", "Arriving", Kind.FLAG),
        _n("minutes", "Minutes", "minutes"), _COST,
    ), key=("mobile", "site", "week")),
    Table("transfers", "Mutual aid", "Patients examined at another organisation's site.", (
        Field("from_organisation", "From", Kind.ID), Field("to_organisation", "To", Kind.ID), Field("to_site", "To site", Kind.ID),
        _TEST, _PRIORITY, _WEEK, _n("patients", "Patients", "patients"),
        _n("minutes", "Travel", "minutes by road, mean of those who accept"), _COST,
    ), key=("from_organisation", "to_site", "test", "priority", "week")),
    Table("external", "In- and outsourcing", "Examinations by independent providers.", (
        _ORG, Field("site", "Site", Kind.ID, required=False, help="Where insourced; empty when outsourced"), _TEST, _PRIORITY,
        Field("kind", "Kind", Kind.CHOICE, choices=("insourced", "outsourced")), _WEEK, _n("patients", "Patients", "patients"), _COST,
    ), key=("organisation", "site", "test", "priority", "kind", "week")),
    Table("staffing", "Staffing", "Hours needed and where they come from.", (
        _ORG, Field("staff_group", "Staff group", Kind.ID), _WEEK,
        _n("hours_needed", "Hours needed", "hours"), _n("hours_available", "Hours available", "hours"),
        _n("overtime_hours", "Overtime", "hours"), _n("bank_or_agency_hours", "Bank and agency", "hours"),
        _n("shared_in_hours", "Shared in", "hours"), _n("shared_out_hours", "Shared out", "hours"), _COST,
    ), key=("organisation", "staff_group", "week")),
    Table("shared_staff", "Shared staff", "Staff hours that one organisation lends to another.", (
        Field("from_organisation", "From", Kind.ID), Field("to_organisation", "To", Kind.ID), Field("staff_group", "Staff group", Kind.ID), _WEEK,
        _n("hours", "Hours", "hours"), _n("minutes", "Travel", "minutes by road for a visit, there and back, mean of the borrower's sites"), _COST,
    ), key=("from_organisation", "to_organisation", "staff_group", "week")),
    Table("reporting", "Reporting", "Reporting minutes; empty where the network declares no reporting capacity.", (
        _ORG, _WEEK, _n("minutes_needed", "Needed", "minutes", "Reports of the week's examinations, but for those reported at once"),
        _n("minutes_available", "Own time", "minutes", "Reporting time of own staff"),
        _n("shared_minutes", "Shared", "minutes", "Had from other organisations; below zero = given to them"),
        _n("outsourced_reports", "Outsourced", "reports", "Of mean length"),
        _n("backlog", "Backlog", "minutes at week end", "Reports not yet written, each written as soon as there is time"),
        _n("late_over_4_weeks", "Late over 4 weeks", "minutes at week end", "Reports of examinations done four weeks ago or more"), _COST,
    ), key=("organisation", "week")),
    Table("waiting_list", "Waiting lists", "The lists week by week. Columns in present order are empty where too few months tell what it is.", (
        _ORG, _TEST, _PRIORITY, _WEEK,
        _n("additions", "Additions", "patients"), _n("removed", "Removed", "patients", "Left the list without a test"),
        _n("seen", "Seen", "patients"), _n("waiting", "Waiting", "patients at week end"),
        _n("over_six_present_order", "Over six weeks, present order", "patients",
           "Booked in the order of recent months, but for the share of slots the assumptions book strictly in turn", required=False),
        _n("over_six_in_turn", "Over six weeks, strictly in turn", "patients", "A lower bound for every booking order"),
        _n("over_thirteen_present_order", "Over 13 weeks, present order", "patients", required=False),
        _n("share_over_six", "Share over six weeks", "share of the list", "In present order where it is known, else in turn", required=False),
    ), key=("organisation", "test", "priority", "week")),
    Table("list_model", "List model", "The list on the first Monday by weeks waited, with the weights the list model uses.", (
        _ORG, _TEST, _PRIORITY, Field("weeks_waited", "Weeks waited", Kind.COUNT, help="0 to 13, the last open"),
        _n("opening", "Opening", "patients"), _n("weight", "Weight", "relative chance of being booked", "Empty where booked in turn", required=False),
    ), key=("organisation", "test", "priority", "weeks_waited")),
    Table("limits", "Limits", "What limits the plan, where and when, and what one more unit would buy.", (
        Field("what", "What", Kind.TEXT), Field("where", "Where", Kind.TEXT), _WEEK,
        _n("used", "Used", "in the unit of the row"), _n("available", "Available", "in the unit of the row"),
        Field("binding", "Binding", Kind.FLAG),
        _n("value_of_one_more", "Value of one more", "£ of the weighted goals, at most", required=False),
        Field("unit", "Unit", Kind.TEXT),
    ), key=("what", "where", "week")),
    Table("worth", "Worth of more", "What more of something would bring, solved again around this plan: choices stay, sessions need not be whole.", (
        Field("what", "What", Kind.TEXT), Field("where", "Where", Kind.TEXT), _n("units", "Units", "in the unit of the row"),
        Field("unit", "Unit", Kind.TEXT, help="One unit; in every week where it says a week"),
        _n("over_target_before", "Over the target before", "patients", "At the worst month end of each list it touches, summed"),
        _n("over_target_after", "Over the target after", "patients"),
        _n("cost_change_gbp", "Change in cost", "£ over the plan", "Of the plan, without the pay of staff that is added"),
    ), key=("what", "where", "units")),
    Table("placements", "Next best places", "Stays of mobile units that the plan chose, and what would come of the next best place, solved again.", (
        Field("mobile", "Mobile unit", Kind.ID), _SITE,
        Field("from_week", "From week", Kind.DATE, help="Monday"), Field("to_week", "To week", Kind.DATE, help="Monday of the last week"),
        Field("next_site", "Next best", Kind.ID, required=False, help="Where it would mostly stand; empty = nowhere"),
        _n("over_target_before", "Over the target now", "patients", "At the worst month end of each list it could help, summed"),
        _n("over_target_after", "Over the target there", "patients", "At least: the unit may be divided between places"),
        _n("cost_change_gbp", "Change in cost", "£ over the plan", "At least, unless patients over the target change too"),
    ), key=("mobile", "from_week", "site")),
    Table("goal_prices", "Price of goals", "What each goal costs, solved again around this plan with that goal weighed otherwise: choices stay, "
          "sessions need not be whole.", (
        Field("goal", "Goal", Kind.ID), Field("instead", "Weighed", Kind.CHOICE, choices=("at its price", "left out", "before cost"),
                                              help="How, in place of how this plan weighs it"),
        _n("over_target_before", "Over the target as planned", "patients", "At the worst month end of each list, summed"),
        _n("over_target_after", "Over the target otherwise", "patients"),
        _n("longer_before", "Lists longer as planned", "patients", "Than without a change, at the worst month end of each list, summed"),
        _n("longer_after", "Lists longer otherwise", "patients"),
        _n("changed_before", "Changed sessions as planned", "sessions over the plan", "More or fewer than today's rota"),
        _n("changed_after", "Changed sessions otherwise", "sessions over the plan"),
        _n("cost_change_gbp", "Change in cost", "£ over the plan", "Otherwise less as planned"),
    ), key=("goal", "instead")),
    Table("frontier", "Cost against lateness", "This plan (step 0) and plans from it to the cheapest, where asked for: each is the "
          "cheapest found for its weight of the target.", (
        Field("step", "Step", Kind.COUNT, help="0 = this plan"),
        _n("weight", "Weight of the target", "times its price", "Of a patient over the target; empty = put first", required=False),
        _n("share_over_six", "Share over six weeks", "share of the list", "Over the month ends that count"),
        _n("over_six", "Over six weeks", "patients", "Mean over the month ends that count"),
        _n("over_target", "Over the target", "patients", "At the worst month end of each list, summed"), _COST,
        _n("gap", "Gap", "share of the goal", "Distance from the best still possible for this weight"),
        Field("status", "Outcome of the search", Kind.TEXT),
    ), key=("step",)),
    Table("measures", "Measures", "Summary figures.", (
        Field("measure", "Measure", Kind.TEXT), Field("organisation", "Organisation", Kind.ID, required=False),
        Field("test", "Test", Kind.ID, required=False), _n("value", "Value", "in the unit of the row"), Field("unit", "Unit", Kind.TEXT),
    ), key=("measure", "organisation", "test")),
)  # fmt: skip

BY_TABLE: dict[str, Table] = {t.name: t for t in PLAN_TABLES}

ASKED_IN_FULL = ("worth", "placements", "goal_prices")
"""Tables of questions around a plan: a quick answer leaves them out."""

IN_TURN, PRESENT_ORDER = "strictly in turn", "in the order of recent months"
"""Booking orders in words."""


def over_six(lists: pd.DataFrame) -> pd.Series:
    """Patients over six weeks as reported: in present order where it is known, else strictly in turn; `lists` as the table `waiting_list`."""
    return lists["over_six_present_order"].fillna(lists["over_six_in_turn"])


DECISIONS = "decisions"
"""Name of the decisions among the contents of a plan; no table is named so."""


@dataclass(frozen=True, eq=False)
class Plan(Result):
    """One allocation result.

    Its summary is what `plan.json` holds: status, emphasis, objective stages, seconds, size, target, met, cost_gbp, booking_order, list_check,
    provenance.

    Attributes:
        decisions: what a plan that starts from this one needs; None where they are not kept, or not asked for.
    """

    decisions: Decisions | None = None
    declared = PLAN_TABLES

    def beside_tables(self) -> dict[str, bytes]:
        """The decisions, where they are kept."""
        return {DECISIONS: self.decisions.as_bytes()} if self.decisions is not None else {}

    def measure(self, name: str, organisation: str = "", test: str = "") -> float:
        """One value of the table of measures.

        Raises:
            KeyError: there is no such measure.
        """
        rows = self.tables["measures"]
        hit = rows[(rows["measure"] == name) & (rows["organisation"] == organisation) & (rows["test"] == test)]
        if hit.empty:
            raise KeyError((name, organisation, test))
        return float(hit["value"].iloc[0])
