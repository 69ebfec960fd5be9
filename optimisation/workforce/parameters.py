"""Parameters of the workforce model: name, index, unit and meaning, said once.

Indices: o organisation · g staff group · h staff group that does the work of another · k kind of work · m test (empty for other work) ·
r way into posts · q quarter (1, 2, …) · y year · p kind of provider (insourced, outsourced) · f funding stream ·
a all organisations together (empty), or one of them.
"""

from __future__ import annotations

from optimisation.formulation import Parameter

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("staying", "o g q", "wte", "in post on average of those in post or in training today, without any decision"),
    Parameter("staying_work", "o g q", "wte", "what they work, those still in training today included"),
    Parameter("staying_end", "o g q", "wte", "of them, in post at the end of the quarter"),
    Parameter("most_in_post", "o g q", "wte", "as many as today, or those who stay where they are more; only where posts may not grow"),
    Parameter("post_share", "o r q q", "wte / person", "in post on average in the second quarter of one person asked for in the first"),
    Parameter("post_end", "o r q q", "wte / person", "the same at the end of the quarter"),
    Parameter("work_share", "o r q q", "wte / person", "what that part works, and what trainees do meanwhile in the group they come into"),
    Parameter("away_share", "o r q q", "wte / person", "missing from the group they come out of, on average"),
    Parameter("away_end", "o r q q", "wte / person", "the same at the end of the quarter"),
    Parameter("away_work", "o r q q", "wte / person", "the same, less what trainees still do there"),
    Parameter("trainee_share", "o r q q", "dimensionless", "in training on average in the second quarter of one person asked for in the first"),
    Parameter("kept_share", "o g q q", "dimensionless", "in post on average in the second quarter of one leaver kept in the first"),
    Parameter("kept_end", "o g q q", "dimensionless", "the same at the end of the quarter"),
    Parameter("kept_limit", "o g q", "wte", "most leavers that can be kept"),
    Parameter("clinical_hours", "o g", "hour / wte", "hours of one WTE in a quarter for patients and trainees"),
    Parameter("supervision", "r", "hour / person", "supervisors' hours for one trainee in a quarter"),
    Parameter("supervisors_each", "r", "wte / person", "supervisors that one trainee takes up"),
    Parameter("supervising_today", "o g q", "hour", "supervisors' hours for those in training today, as far as there are any"),
    Parameter("supervisors_today", "o g q", "wte", "supervisors that those in training today take up, as far as there are any"),
    Parameter("need", "o g k m q", "hour", "hours of the group that the work needs, before any skill mix"),
    Parameter("examinations", "o m q", "patient", "examinations needed"),
    Parameter("hours_of_one", "o g k m q", "hour / patient", "hours of the group for one examination"),
    Parameter("report_hours", "o m", "hour / report", "hours of one report"),
    Parameter("skill_limit", "o g k m h q", "hour", "most hours of a group's work that another one does"),
    Parameter("hours_in_place", "g k m h", "dimensionless", "hours of the other group in place of one"),
    Parameter("overtime_limit", "o g q", "hour / wte", "most overtime for one WTE in post"),
    Parameter("bank_limit", "o g q", "hour / wte", "most bank and agency hours for one WTE in post"),
    Parameter("lending_limit", "o g q", "hour / wte", "most hours lent to other organisations for one WTE in post"),
    Parameter("bought_limit", "o p m q", "patient", "most examinations bought"),
    Parameter("report_limit", "o q", "report", "most reports bought"),
    Parameter("least_in_post", "o g q", "wte", "WTE needed, less the vacancies that are allowed; where there is a limit"),
    Parameter("places", "r a y", "person", "most people who can start, where there is a limit"),
    Parameter("most_starts", "o r", "person", "most people who could be of use: what is needed of everything they can do"),
    Parameter("funds", "f a y", "gbp", "most money of a funding stream, where there is a limit, less what those in training today cost"),
    Parameter("funded", "o r q y", "gbp / person", "cost of a start, and pay while training, of one person asked for that falls in a year"),
    Parameter("pay_above", "o r q", "gbp / person", "pay in post over the plan of one person asked for, beyond that of those in post in the group"),
    Parameter("staff_pay", "o g", "gbp / wte", "pay of one WTE in post in a quarter"),
    Parameter("training_today", "o", "gbp", "pay of those in training today over the plan"),
    Parameter("kept_cost", "o g", "gbp / wte", "cost of keeping a leaver"),
    Parameter("overtime_cost", "o g", "gbp / hour", "cost of an overtime hour"),
    Parameter("bank_cost", "o g", "gbp / hour", "cost of a bank or agency hour"),
    Parameter("lending_price", "o o g", "gbp / hour", "travel of an hour worked at another organisation: lender, borrower"),
    Parameter("bought_price", "o p m", "gbp / patient", "price of an examination bought"),
    Parameter("report_price", "o", "gbp / report", "price of a report bought"),
    Parameter("lost_price", "m", "gbp / patient", "price of a lost examination"),
    Parameter("uncovered_price", "g", "gbp / hour", "price of an uncovered hour"),
    Parameter("vacancy_price", "g", "gbp / wte", "price of a vacancy over the limit for a quarter"),
    Parameter("unequal_price", "g", "gbp", "price of all hours of a year uncovered at one organisation"),
    Parameter("uneven_price", "r", "gbp / person", "price of one start more or fewer than in the year before"),
    Parameter("other_hour_price", "unit", "gbp / hour", "what an hour done by another staff group counts: own staff come first"),
)

BY_NAME: dict[str, Parameter] = {p.name: p for p in PARAMETERS}
