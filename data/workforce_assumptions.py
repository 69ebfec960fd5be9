"""Assumptions of working time and of the five-year workforce plan."""

from __future__ import annotations

from data.assumption import Assumption

_STAFF = ("organisation", "staff_group")
_TIME, _FLOWS, _PLAN = "Working time", "Joining and leaving", "Workforce plan"

WORKFORCE_ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption("contracted_hours", "Contracted hours", "hours a week", _TIME, 1, 60, 37.5, "Hours that one WTE is paid for.", _STAFF),
    Assumption("leave_days", "Annual leave", "days a year", _TIME, 0, 60, 30.5, "Days of leave a year beside bank holidays.", _STAFF),
    Assumption("bank_holiday_days", "Bank holidays", "days a year", _TIME, 0, 20, 8, "Bank holidays, or days given back for them.", _STAFF),
    Assumption("study_days", "Study leave", "days a year", _TIME, 0, 60, 5, "Days of study leave and mandatory training.", _STAFF),
    Assumption("sickness_share", "Sickness", "share of working days", _TIME, 0, 0.5, 0.05,
               "Days lost to sickness, of those left after leave, bank holidays and study.", _STAFF),
    Assumption("other_absence_share", "Other absence", "share of working days", _TIME, 0, 0.5, 0.025,
               "Parental leave and other absence, of the same days.", _STAFF),
    Assumption("non_clinical_share", "Time that is not clinical", "share of hours at work", _TIME, 0, 0.9, 0.1,
               "Meetings, management, audit, quality assurance. Supervision of trainees is counted apart.", _STAFF),
    Assumption("leaver_rate", "Leavers", "share of those in post a year", _FLOWS, 0, 0.9, 0.1,
               "Leave the trust other than to retire, after their first two years in post.", _STAFF, by_week=True),
    Assumption("early_leaver_rate", "Early leavers", "share of those in post a year", _FLOWS, 0, 0.9, 0.12,
               "Leave the trust in their first two years.", _STAFF, by_week=True),
    Assumption("retirement_rate", "Retirements where ages are not known", "share of those in post a year", _FLOWS, 0, 0.5, 0.022,
               "Used only where the sheet Staff by age has no rows.", _STAFF),
    Assumption("retire_from_55", "Retire at 55 to 59", "share of those of that age a year", _FLOWS, 0, 1, 0.06, "Of those aged 55 to 59.",
               ("staff_group",)),
    Assumption("retire_from_60", "Retire at 60 to 64", "share of those of that age a year", _FLOWS, 0, 1, 0.2, "Of those aged 60 to 64.",
               ("staff_group",)),
    Assumption("retire_from_65", "Retire at 65 and over", "share of those of that age a year", _FLOWS, 0, 1, 0.5, "Of those aged 65 and over.",
               ("staff_group",)),
    Assumption("recruitment_success", "Starts that are filled", "share of planned starts", _FLOWS, 0.05, 1, 0.9,
               "Of people the plan asks for on any way into posts, how many are found and start.", _STAFF),
    Assumption("kept_limit", "Leavers that can be kept", "share of leavers", _FLOWS, 0, 1, 0.15,
               "Most of those who would leave, other than to retire, that retention measures can keep.", _STAFF, by_week=True),
    Assumption("kept_cost", "Cost of keeping a leaver", "£ for one WTE", _FLOWS, 0, 200_000, 6_000,
               "Retention measures for each WTE who stays because of them.", _STAFF),
    Assumption("on_cost", "On-costs", "share of pay", _PLAN, 0, 1, 0.3, "Employer's pension and National Insurance.", ("staff_group",)),
    Assumption("pay_point", "Place on the pay scale", "share of the way up", _PLAN, 0, 1, 0.6, "0 = bottom of the scale, 1 = top.", _STAFF),
    Assumption("unsocial_share", "Unsocial-hours pay", "share of pay", _PLAN, 0, 1, 0.08, "Enhancements for evenings and weekends, over basic pay.",
               _STAFF),
    Assumption("vacancy_limit", "Vacancy limit", "share of the WTE needed", _PLAN, 0, 1, 1,
               "Most of the WTE needed that may be missing from posts; 1 = no limit. Rows with dates make steps.", _STAFF, by_week=True),
    Assumption("vacancy_price", "Price of vacancies over the limit", "£ for one WTE a quarter", _PLAN, 0, 1_000_000, 5_000,
               "Keeps the limit where it can be kept; never paid.", ("staff_group",)),
    Assumption("lost_examination_price", "Price of a lost examination", "£ an examination", _PLAN, 0, 1_000_000, 500,
               "An examination that is not done because nobody is there to do it. Weighed against cost; never paid.", ("test",)),
    Assumption("uncovered_hour_price", "Price of an uncovered hour", "£ an hour", _PLAN, 0, 100_000, 300,
               "An hour of reports or other work that nobody does. Weighed against cost; never paid.", ("staff_group",)),
    Assumption("unequal_cover_price", "Price of unequal cover", "£ a percentage point a year", _PLAN, 0, 10_000_000, 1_000,
               "For each point of the largest share of a staff group's hours that any trust leaves uncovered.", ("staff_group",)),
    Assumption("uneven_starts_price", "Price of uneven starts", "£ a person", _PLAN, 0, 1_000_000, 100,
               "For each person more or fewer who starts on a route than in the year before.", ("staff_group",)),
)  # fmt: skip
