"""Two trusts whose people are worked out by hand, and single equations of the workforce model on them.

Trust P has groups g, which scans, and h, which reports; Q has g only. A WTE gives 40 hours a week, all of them clinical. A tenth leaves in each
quarter, nobody retires, and of ten people asked for eight are found.
"""

from __future__ import annotations

import pyomo.environ as pyo

from data.working_time import QUARTER_WEEKS
from optimisation.workforce.model import EQUATIONS, build_model
from optimisation.workforce.problem import Problem, build_problem
from tests.workforce_networks import Team, route

HOURS = 40 * QUARTER_WEEKS
"""Of one WTE in a quarter."""

A_TENTH = 1 - 0.9**4
"""Share a year of which a tenth goes in each quarter."""

TEAM = Team(
    wte={("P", "g"): 10, ("P", "h"): 4, ("Q", "g"): 6},
    need={("P", "g", "scanning", "x"): [5000, 5100], ("P", "h", "reporting", "x"): [600], ("P", "g", "other", ""): [300],
          ("Q", "g", "scanning", "x"): [2400]},
    examinations={("P", "x"): 2000, ("Q", "x"): 800}, quarters=8,
    routes=[route("hire", cost_gbp=1000.0),
            route("learn", "h", kind="upskill", from_group="g", months=6, drop_out=0.5, while_training=0.25, supervisors="h", trainees_each=2.0,
                  supervision_hours=4.0, training_band="b", band="c", funding="pot", cost_gbp=500.0)],
    places=[{"route": "hire", "a_year": 5}, {"route": "learn", "organisation": "P", "a_year": 2}],
    funding=[{"funding": "pot", "a_year_gbp": 90_000.0}],
    mix=[{"work_of": "h", "done_by": "g", "kind": "reporting", "most": 0.4, "hours_each": 1.5}],
    tables={"in_training": [{"organisation": "P", "route": "learn", "finishes": "2027-04-01", "people": 2}],
            "pay": [{"band": b, "from_date": "2026-04-01", "minimum_gbp": n, "maximum_gbp": n + 5000} for b, n in (("b", 40_000.0), ("c", 52_000.0))],
            "posts": [{"organisation": o, "staff_group": g, "band": "b", "wte": 9.0} for o, g in (("P", "g"), ("P", "h"), ("Q", "g"))]},
    assumed={"leaver_rate": A_TENTH, "early_leaver_rate": A_TENTH, "recruitment_success": 0.8, "kept_limit": 0.5, "kept_cost": 6000,
             "overtime_limit": 0.1, "bank_limit": 0.2, "shared_staff_limit": 0.05, "outsourced_limit": 10, "outsourced_report_limit": 20,
             "report_minutes": 15, "vacancy_limit": 0.2, "unequal_cover_price": 10, "uneven_starts_price": 100, "outsourced_price": 200},
)  # fmt: skip


def busy_team() -> Team:
    """The same with ages, another way into posts, too few people and every kind of help."""
    ages = [{"organisation": "P", "staff_group": "g", "age_from": age, "years_from": years, "headcount": 1, "wte": wte}
            for age, years, wte in ((25, 0, 2.0), (40, 9, 3.0), (55, 9, 3.0), (60, 9, 1.5), (65, 9, 0.5))]  # fmt: skip
    short = {key: [(6 if key[2] == "reporting" else 1.3) * n for n in hours] for key, hours in TEAM.need.items()}
    grow = route("grow", kind="apprentice", months=6, drop_out=0.2, while_training=0.2, supervisors="g", trainees_each=0.5, start_month=9,
                 supervision_hours=3.0, training_band="b", competence_months=6, at_first=0.5, funding="levy")  # fmt: skip
    return TEAM.but(
        need=short, places=[{"route": "hire", "a_year": 2}, *TEAM.places[1:]], tables={**TEAM.tables, "staff_ages": ages},
        routes=[*TEAM.routes, grow],
        funding=[*TEAM.funding, {"funding": "levy", "a_year_gbp": 60_000.0}], scoped=[{"name": "leaver_rate", "value": 0.2, "staff_group": "h"}],
    ).assuming(retire_from_55=0.1, retire_from_60=0.3, uncovered_hour_price=3000)  # fmt: skip


def hand_problem(**levers: bool) -> Problem:
    """The problem of the two trusts over eight quarters, some levers off."""
    return build_problem(TEAM.but(levers=levers).inputs())


def one_equation(tag: str) -> pyo.ConcreteModel:
    """The model with a single equation."""
    wanted = tuple(e for e in EQUATIONS if e.tag == tag)
    assert wanted, f"there is no equation {tag}"
    return build_model(hand_problem(), equations=wanted)
