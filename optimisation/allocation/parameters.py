"""Parameters of the allocation model: name, index, unit and meaning, said once.

Indices: o organisation · m test · u priority class · s site · a asset type · t session type · g staff group · v mobile unit · w week (1, 2, …;
0 is today) · q aid or order period · k kind of provider (insourced, outsourced) · e group of home areas
(deprived, rural).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """One parameter of the model."""

    name: str
    index: str
    unit: str
    meaning: str


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("examination_minutes", "s a m", "minute / patient", "operational minutes of one examination"),
    Parameter("session_minutes", "s a t", "minute / session", "minutes of a session that end in an attended examination"),
    Parameter("room_minutes", "t", "minute / session", "operational minutes of one session"),
    Parameter("most_sessions", "s a t w", "session", "openings of the assets in use"),
    Parameter("sessions_today", "s a t w", "session", "today's rota"),
    Parameter("mobile_minutes", "v s", "minute / mobile_unit", "attended minutes of a full week on a pad"),
    Parameter("mobile_setup_loss", "v s", "dimensionless", "share of the arrival week that is lost"),
    Parameter("present_today", "v s", "mobile_unit", "1 where the unit stands today"),
    Parameter("one_unit", "unit", "mobile_unit", "one mobile unit"),
    Parameter("suitable_for_mobile", "m", "dimensionless", "share of patients who can be examined on a mobile unit"),
    Parameter("must_do", "o m w", "patient", "planned work, and unscheduled work inside sessions"),
    Parameter("session_hours", "s a t g", "hour / session", "staff hours of one session"),
    Parameter("most_units", "s a", "mobile_unit", "mobile units a pad takes"),
    Parameter("mobile_staff_hours", "v s g", "hour / mobile_unit", "own staff hours of a week of an unstaffed unit"),
    Parameter("staff_hours", "o g w", "hour", "own staff hours in planned sessions"),
    Parameter("overtime_limit", "o g w", "hour", "most overtime"),
    Parameter("bank_limit", "o g w", "hour", "most bank and agency hours"),
    Parameter("report_minutes", "o m", "minute / report", "reporting minutes of a report that is not written during the examination"),
    Parameter("reports_later", "o m", "report / patient", "share of examinations that are not reported at once"),
    Parameter("minutes_outside", "o w", "minute", "reporting minutes of unscheduled work outside planned sessions"),
    Parameter("ordinary_reports", "o", "minute", "reporting minutes of an ordinary week of the recent months"),
    Parameter("mean_report", "o", "minute / report", "reporting minutes of a mean report of the recent months"),
    Parameter("opening_backlog", "o", "minute", "reporting minutes of reports not yet written at the start"),
    Parameter("reporting_minutes", "o w", "minute", "own reporting minutes"),
    Parameter("report_lending_limit", "o w", "minute", "most reporting minutes for other organisations"),
    Parameter("outsourced_report_limit", "o w", "report", "most outsourced reports"),
    Parameter("lending_limit", "o g w", "hour", "most hours lent to other organisations"),
    Parameter("opening_list", "o m u", "patient", "list on the first Monday"),
    Parameter("additions", "o m u w", "patient", "join the list in the week"),
    Parameter("additions_so_far", "o m u w", "patient", "opening list and additions up to the week"),
    Parameter("most_removed", "o m u w", "patient", "leave without a test if nothing changes: most that may be counted on"),
    Parameter("shortest_list", "o m u w", "patient", "what booking lead time keeps on the list"),
    Parameter("longest_list", "o m u w", "patient", "list without a change, or what booking lead time keeps where that is more"),
    Parameter("under_six", "o m u w", "patient", "could be younger than six weeks"),
    Parameter("over_about", "o m u w", "patient", "over six weeks in the booking order in use, about one plan"),
    Parameter("gone_about", "o m u w", "patient", "gone from the list in the week, in that plan"),
    Parameter(
        "over_answer", "o m u w w", "dimensionless", "how many more wait over six weeks at the end of a week for each one more gone in an earlier one"
    ),
    Parameter("seen_today", "o m u w", "patient", "seen from the list under today's rota"),
    Parameter("target_share", "o m w", "dimensionless", "largest share of the list over six weeks"),
    Parameter("under_thirteen", "o m u w", "patient", "could be younger than thirteen weeks"),
    Parameter("thirteen_share", "o m w", "dimensionless", "largest share of the list over thirteen weeks, where one is asked for"),
    Parameter("accepted", "o m s", "dimensionless", "share of offers at the site that are accepted"),
    Parameter("suitable_for_aid", "m", "dimensionless", "share of waiting patients who can go elsewhere"),
    Parameter("group_part", "e o m s", "dimensionless", "part of those who accept the site who are of the group"),
    Parameter("group_minutes", "e o m s", "minute", "extra minutes on the road of that part, for each patient who accepts"),
    Parameter("extra_minutes_cap", "m", "minute", "most extra minutes a group may have on average, where there is a cap"),
    Parameter("smallest_batch", "m", "patient", "fewest patients sent in a week in which any are sent"),
    Parameter("largest_batch", "m", "patient", "most patients sent in a week"),
    Parameter("insourced_limit", "s m w", "patient", "most insourced examinations"),
    Parameter("outsourced_limit", "o m w", "patient", "most outsourced examinations"),
    Parameter("smallest_order", "k o m q", "patient", "fewest examinations bought in an order period in which any are bought"),
    Parameter("largest_order", "k o m q", "patient", "most examinations that the weekly limits of an order period allow"),
    Parameter("session_cost", "s a t", "gbp / session", "pay and running cost of a session"),
    Parameter("examination_cost", "s m", "gbp / patient", "consumables of an examination"),
    Parameter("owed_cost", "o m", "gbp / patient", "examination that a patient still waiting at the end is owed, in an ordinary session"),
    Parameter("mobile_week_cost", "v", "gbp / mobile_unit", "cost of a week on a pad"),
    Parameter("mobile_move_cost", "v", "gbp / mobile_unit", "cost of a move"),
    Parameter("aid_cost", "m", "gbp / patient", "cost of a patient examined elsewhere"),
    Parameter("insourced_price", "o m", "gbp / patient", "price of an insourced examination"),
    Parameter("outsourced_price", "o m", "gbp / patient", "price of an outsourced examination"),
    Parameter("overtime_cost", "o g", "gbp / hour", "cost of an overtime hour"),
    Parameter("bank_cost", "o g", "gbp / hour", "cost of a bank or agency hour"),
    Parameter("outsourced_report_price", "o", "gbp / report", "price of an outsourced report"),
    Parameter("undone_price", "m", "gbp / patient", "price of must-do work left undone for a week"),
    Parameter("shortfall_price", "o m w", "gbp / patient", "price of a patient over the target at the month end"),
    Parameter("late_report_price", "o", "gbp / minute", "price of a minute of late reports at a week end"),
    Parameter("sharing_price", "o o g", "gbp / hour", "travel of an hour worked at another organisation: lender, borrower"),
    Parameter("premium_budget", "o", "gbp", "most premium spend over the plan, where there is a limit"),
    Parameter("undone_price", "m", "gbp / patient", "price of must-do work left undone for a week"),
    Parameter("shortfall_price", "o m w", "gbp / patient", "price of a patient over the target at the month end"),
    Parameter("thirteen_price", "o m w", "gbp / patient", "price of a patient over the thirteen-week target at the month end"),
    Parameter("ramp_price", "a", "gbp / session", "price of a change from week to week"),
    Parameter("rota_change_price", "a", "gbp / session", "price of a change from today's rota"),
    Parameter("unchanged_list", "o m w", "patient", "list without a change at a month end, where fairness is weighed"),
    Parameter("fairness_price", "m w", "gbp", "price of a largest share of one whole list"),
    Parameter("travel_price", "m s o", "gbp / patient", "price of a patient's journey to another organisation's site"),
    Parameter("shared_reporting_price", "o", "gbp / minute", "price of a reporting minute given to another organisation"),
    Parameter("waiting_price", "m", "gbp / patient", "price of a patient waiting at a week end"),
    Parameter("longer_price", "m", "gbp / patient", "price of a patient by which a list is longer than without a change"),
    Parameter("cliff_price", "m", "gbp / patient", "price of a patient by which a list grows at the end"),
)

BY_NAME: dict[str, Parameter] = {p.name: p for p in PARAMETERS}
