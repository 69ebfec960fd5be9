"""The model against a planner that tries every plan: each goal, in order, reaches the same value."""

from functools import cache

import numpy as np
import pytest

from portal.planning import PlanSettings, make_plan
from tests.reference.brute_force import best_plan, in_order
from tests.reference.tiny_cases import KINDS

SEEDS = range(3)
CASES = [(kind, seed) for kind in KINDS for seed in SEEDS]


@cache
def both(kind, seed):
    """The best of all plans and the model's, for one case."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    return best_plan(dataset, scenario), make_plan(dataset, scenario, PlanSettings(gap=1e-7, threads=1))


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_the_model_finds_the_best_of_all_plans(kind, seed):
    best, plan = both(kind, seed)
    found = [s["value"] for s in plan.summary["stages"]]
    assert found == pytest.approx(best.goals, rel=1e-5, abs=0.01)
    assert plan.summary["status"] == "optimal"
