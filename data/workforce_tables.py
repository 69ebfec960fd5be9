"""Tables of a network that the five-year workforce plan needs: pay, posts, people by age, ways into posts, places, other work, skill mix, money."""

from __future__ import annotations

from data.evidence import EVIDENCE, key_id, refers
from data.fields import Field, Kind, Table

ROUTE_KINDS = ("recruit", "international", "graduate", "apprentice", "trainee", "upskill", "return")
"""How people come into a staff group; only `upskill` takes them out of another one."""

WORK_KINDS = ("scanning", "reporting", "other")
"""Kinds of work that hours are needed for."""

PAY = Table(
    "pay", "Pay", "Pay scales, from the day each came into force.",
    (
        key_id("band", "Band", "Short identifier of the pay band or grade"),
        Field("from_date", "From", Kind.DATE, help="Day from which this scale holds"),
        Field("minimum_gbp", "Bottom of the scale", Kind.NUMBER, unit="£ a year for one WTE", minimum=0, maximum=1_000_000),
        Field("maximum_gbp", "Top of the scale", Kind.NUMBER, unit="£ a year for one WTE", minimum=0, maximum=1_000_000),
        *EVIDENCE,
    ),
    key=("band", "from_date"),
)  # fmt: skip

POSTS = Table(
    "posts", "Posts", "Funded posts (the establishment). What is funded and not in post is vacant.",
    (
        refers("organisation", "Organisation", "organisations"),
        refers("staff_group", "Staff group", "staff_groups"),
        Field("band", "Band", Kind.ID, help="As in the sheet Pay"),
        Field("wte", "Posts", Kind.NUMBER, unit="whole-time equivalents", minimum=0, maximum=100_000),
        *EVIDENCE,
    ),
    key=("organisation", "staff_group", "band"),
)  # fmt: skip

STAFF_AGES = Table(
    "staff_ages", "Staff by age", "People in post by age and experience: who will retire, and who is still learning. Where an organisation has no "
    "rows for a staff group, the assumed shares of leavers and retirements hold alone.",
    (
        refers("organisation", "Organisation", "organisations"),
        refers("staff_group", "Staff group", "staff_groups"),
        Field("band", "Band", Kind.ID, required=False, help="As in the sheet Pay; empty = not known"),
        Field("age_from", "Age from", Kind.COUNT, unit="years", minimum=16, maximum=80, help="Youngest age of a group of five years: 25 = 25 to 29"),
        Field("years_from", "Years qualified from", Kind.COUNT, unit="years", minimum=0, maximum=60, default=5,
              help="Fewest full years since qualifying in this group: 0 = newly qualified"),
        Field("headcount", "Headcount", Kind.COUNT, unit="people", minimum=0, maximum=100_000),
        Field("wte", "WTE", Kind.NUMBER, unit="whole-time equivalents", minimum=0, maximum=100_000),
        *EVIDENCE,
    ),
    key=("organisation", "staff_group", "band", "age_from", "years_from"),
)  # fmt: skip

ROUTES = Table(
    "routes", "Ways into posts", "How people come into a staff group: recruited, trained or upskilled, how long it takes and what it costs.",
    (
        key_id("route", "Route", "Short identifier"),
        Field("title", "Title", Kind.TEXT, help="The words shown to planners"),
        Field("kind", "Kind", Kind.CHOICE, choices=ROUTE_KINDS, default="recruit", help="upskill = out of another staff group of the same trust"),
        refers("staff_group", "Into", "staff_groups", help="Staff group they come into"),
        refers("from_group", "Out of", "staff_groups", required=False, help="For upskilling: the staff group they leave; else empty"),
        Field("band", "Band", Kind.ID, help="Band of the post, as in the sheet Pay"),
        Field("training_band", "Band while training", Kind.ID, required=False, help="As in the sheet Pay; empty = not paid by the trust meanwhile"),
        Field("months", "Months", Kind.COUNT, unit="months", minimum=0, maximum=120, help="From the decision until they start in post, or qualify"),
        Field("competence_months", "Months to competence", Kind.COUNT, unit="months", minimum=0, maximum=60,
              help="From then until they work like everybody else"),
        Field("at_first", "Work at first", Kind.NUMBER, unit="share of a full WTE", minimum=0, maximum=1,
              help="What they do in their first month in post; it grows evenly to 1 over the months to competence"),
        Field("while_training", "Work while training", Kind.NUMBER, unit="share of a full WTE", minimum=0, maximum=1, default=0.0,
              help="What they do before they qualify: in the group they come out of where there is one, else in the one they come into"),
        Field("drop_out", "Do not finish", Kind.NUMBER, unit="share of those who start", minimum=0, maximum=1, default=0.0,
              help="Lost evenly over the months before qualifying; those who were upskilled go back to their work"),
        Field("supervision_hours", "Supervision", Kind.NUMBER, unit="hours a week for each trainee", minimum=0, maximum=40, default=0.0),
        refers("supervisors", "Supervised by", "staff_groups", required=False, help="Empty = needs no supervisor"),
        Field("trainees_each", "Trainees to a supervisor", Kind.NUMBER, unit="trainees to one WTE", minimum=0, maximum=20, default=1.0),
        Field("start_month", "Starts in", Kind.COUNT, unit="month of the year", minimum=0, maximum=12, default=0, help="0 = at any time"),
        Field("cost_gbp", "Cost of a start", Kind.NUMBER, unit="£ a person", minimum=0, maximum=1_000_000, default=0.0,
              help="Advertising, relocation, fees: everything but pay"),
        Field("funding", "Paid from", Kind.ID, help="Funding stream of that cost, and of pay while training"),
        *EVIDENCE,
    ),
    key=("route",),
)  # fmt: skip

IN_TRAINING = Table(
    "in_training", "In training", "People who are in training today, and when they will qualify.",
    (
        refers("organisation", "Organisation", "organisations"),
        refers("route", "Route", "routes"),
        Field("finishes", "Qualify on", Kind.DATE, help="Day they are expected in post"),
        Field("people", "People", Kind.COUNT, unit="people", minimum=0, maximum=100_000),
        *EVIDENCE,
    ),
    key=("organisation", "route", "finishes"),
)  # fmt: skip

PLACES = Table(
    "places", "Places", "Most people who can start on a route in a year: what the market, universities and academies have.",
    (
        refers("route", "Route", "routes"),
        refers("organisation", "Organisation", "organisations", required=False, help="Empty = all organisations together"),
        Field("from_date", "From", Kind.DATE, required=False, help="First day this number holds; empty = from the start"),
        Field("a_year", "Places", Kind.COUNT, unit="people a year", minimum=0, maximum=100_000),
        *EVIDENCE,
    ),
    key=("route", "organisation", "from_date"),
)  # fmt: skip

OTHER_WORK = Table(
    "other_work", "Other work", "Hours that staff groups give to work outside the planned tests, such as other kinds of examination.",
    (
        refers("organisation", "Organisation", "organisations"),
        refers("staff_group", "Staff group", "staff_groups"),
        Field("work", "Work", Kind.TEXT, help="What is done"),
        Field("hours", "Hours", Kind.NUMBER, unit="hours a week", minimum=0, maximum=100_000),
        Field("growth", "Growth", Kind.NUMBER, unit="share a year", minimum=-0.5, maximum=0.5, default=0.0),
        *EVIDENCE,
    ),
    key=("organisation", "staff_group", "work"),
)  # fmt: skip

SKILL_MIX = Table(
    "skill_mix", "Skill mix", "Which staff group may do work of another one, and how much of it.",
    (
        refers("work_of", "Work of", "staff_groups"),
        refers("done_by", "Done by", "staff_groups"),
        Field("kind", "Kind of work", Kind.CHOICE, choices=WORK_KINDS, default="scanning"),
        refers("test", "Test", "tests", required=False, help="Empty = every test"),
        Field("most", "Most", Kind.NUMBER, unit="share of the hours", minimum=0, maximum=1),
        Field("hours_each", "Hours for an hour", Kind.NUMBER, unit="hours in place of one", minimum=0.1, maximum=10, default=1.0),
        *EVIDENCE,
    ),
    key=("work_of", "done_by", "kind", "test"),
)  # fmt: skip

FUNDING = Table(
    "funding", "Funding", "Most money a year from each funding stream. A stream without a row has no limit.",
    (
        key_id("funding", "Funding stream", "Short identifier, as in the sheet for ways into posts"),
        refers("organisation", "Organisation", "organisations", required=False, help="Empty = all organisations together"),
        Field("from_date", "From", Kind.DATE, required=False, help="First day this sum holds; empty = from the start"),
        Field("a_year_gbp", "Sum", Kind.NUMBER, unit="£ a year", minimum=0, maximum=10_000_000_000),
        *EVIDENCE,
    ),
    key=("funding", "organisation", "from_date"),
)  # fmt: skip

WORKFORCE_TABLES: tuple[Table, ...] = (PAY, POSTS, STAFF_AGES, ROUTES, IN_TRAINING, PLACES, OTHER_WORK, SKILL_MIX, FUNDING)

REGISTERS: tuple[Table, ...] = (STAFF_AGES, POSTS, OTHER_WORK, IN_TRAINING)
"""Those a trust keeps itself and uploads as files of their own."""
