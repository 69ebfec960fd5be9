"""The workforce model against a planner that tries every number of starts."""

from functools import cache

import numpy as np
import pytest

from data.run import PlanSettings
from optimisation.workforce.plan import workforce_plan
from tests.reference.workforce_brute_force import Reading, best_total
from tests.workforce_networks import Team, route

SCANS, OTHER = ("P", "g", "scanning", "x"), ("P", "g", "other", "")
ONE = 40 * 365.25 / 28
"""Hours of one WTE in a quarter."""


def recruiting(rng):
    """Two places a year between two trusts; overtime and providers do the rest."""
    return Team(
        wte={("P", "g"): 2, ("Q", "g"): 2}, need={SCANS: ONE * rng.uniform(2.2, 3.5, 4), ("Q", "g", "other", ""): ONE * rng.uniform(2, 3.2, 4)},
        examinations={("P", "x"): 900}, routes=[route("hire", months=3, competence_months=6, at_first=0.5, cost_gbp=3000.0, start_month=int(m))
                                                for m in rng.choice([2, 5], 1)],
        places=[{"route": "hire", "a_year": 2}],
        assumed={"overtime_limit": 0.1, "bank_limit": 0.05, "leaver_rate": 0.2, "early_leaver_rate": 0.4, "retirement_rate": 0.03,
                 "recruitment_success": 0.8, "outsourced_limit": 3, "kept_limit": 0.3, "kept_cost": 2000, "unequal_cover_price": 50, "on_cost": 0.3},
    )  # fmt: skip


def upskilling(rng):
    """People of one group learn the work of another, under its eyes, and some come back."""
    return Team(
        wte={("P", "g"): 4, ("P", "h"): 1.5},
        need={("P", "g", "scanning", "x"): ONE * rng.uniform(2.5, 3.5, 6), ("P", "h", "reporting", "x"): ONE * rng.uniform(1.5, 2.6, 6)},
        examinations={("P", "x"): 1500}, quarters=6,
        routes=[route("learn", "h", kind="upskill", from_group="g", months=int(rng.choice([4, 6])), drop_out=0.25, while_training=0.5,
                      supervisors="h", trainees_each=1.0, supervision_hours=4.0, training_band="b", competence_months=3, at_first=0.6,
                      start_month=3, cost_gbp=2000.0, funding="pot")],
        funding=[{"funding": "pot", "a_year_gbp": float(rng.uniform(25_000, 60_000))}],
        assumed={"leaver_rate": 0.15, "early_leaver_rate": 0.15, "outsourced_report_limit": 10, "overtime_limit": 0.05, "vacancy_limit": 0.1},
    )  # fmt: skip


def helping(rng):
    """One group does a part of another's work, and trainees work a little before they qualify."""
    return Team(
        wte={("P", "g"): 2, ("P", "h"): 1},
        need={("P", "g", "scanning", "x"): ONE * rng.uniform(2, 3, 5), ("P", "g", "other", ""): [ONE * 0.4], ("P", "h", "other", ""): [ONE * 0.3]},
        examinations={("P", "x"): 700}, quarters=5,
        routes=[route("train", kind="apprentice", months=6, drop_out=0.2, while_training=0.3, supervisors="h", trainees_each=2.0,
                      supervision_hours=3.0, training_band="b", start_month=1), route("assist", "h", months=0, start_month=7)],
        places=[{"route": "train", "organisation": "P", "a_year": 2}, {"route": "assist", "organisation": "P", "a_year": 1}],
        mix=[{"work_of": "g", "done_by": "h", "kind": "scanning", "most": 0.3, "hours_each": 1.2}],
        assumed={"bank_limit": 0.1, "uneven_starts_price": 5000, "recruitment_success": 0.9, "leaver_rate": 0.1, "early_leaver_rate": 0.3},
    )  # fmt: skip


KINDS = {"recruiting": recruiting, "upskilling": upskilling, "helping": helping}
SEEDS = range(3)


@cache
def both(kind, seed):
    inputs = KINDS[kind](np.random.default_rng(seed)).inputs()
    return inputs, best_total(inputs), workforce_plan(inputs, PlanSettings(gap=1e-7, threads=1), lambda _: None, lambda: False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_model_finds_the_best_of_all_numbers_of_starts(kind, seed):
    _, (least, _), plan = both(kind, seed)
    assert plan.summary["stages"][0]["value"] == pytest.approx(least, rel=1e-6)
    assert plan.summary["status"] == "optimal"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_people_are_those_of_loops_over_months(kind, seed):
    inputs, _, plan = both(kind, seed)
    days = {day: q for q, day in enumerate(inputs.quarters)}
    starts = {(r.organisation, r.route, days[r.quarter]): r.people for r in plan["starts"].itertuples()}
    kept = {(r.organisation, r.staff_group, days[r.quarter]): r.kept for r in plan["staff"].itertuples() if r.kept > 0}
    people = Reading(inputs).people(starts, kept)
    for row in plan["staff"].itertuples():
        cell = row.organisation, row.staff_group, days[row.quarter]
        assert (row.in_post, row.working, row.closing) == pytest.approx((people.post[cell], people.work[cell], people.ends[cell]), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cases_show_what_they_are_for(kind):
    assert any(both(kind, seed)[1][1] for seed in SEEDS), "somebody starts in at least one best plan"
