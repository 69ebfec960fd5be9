"""The model against a planner that tries every plan: each goal, in order, reaches the same value."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.assumptions import ASSUMPTIONS
from data.dataset import SOURCES, Dataset
from data.folder import example_networks, read_folder
from data.scenario import Scenario
from tests.networks.small import frame
from tests.reference.brute_force import best_plan
from tests.reference.tableau import in_order
from tests.reference.tiny_cases import KINDS
from tests.small_networks import few, solved

SEEDS = range(3)
CASES = [(kind, seed) for kind in KINDS for seed in SEEDS]


@cache
def both(kind, seed):
    """The best of all plans and what the model's reached, for one case."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    return best_plan(dataset, scenario), solved(dataset, scenario)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_the_model_finds_the_best_of_all_plans(kind, seed):
    best, outcome = both(kind, seed)
    assert [s.value for s in outcome.stages] == pytest.approx(best.goals, rel=1e-5, abs=0.01)
    assert outcome.status == "optimal"
    assert all(s.bound <= goal + 0.01 for s, goal in zip(outcome.stages, best.goals, strict=True))


def away(best):
    """Patients of the best plan who are examined at another trust: sites are called after their owner."""
    return sum(v for name, v in best.flows.items() if name[0] == "examined" and name[3][0].upper() != name[1])


FEATURES = {
    "aid_in_batches": away,
    "no_relay": away,
    "aid_over_weeks": away,
    "mobile": lambda best: sum(len(set(way)) > 1 for way in best.places.values()),
    "providers": lambda best: min(best.total("insourced"), best.total("outsourced")),
    "left_undone": lambda best: best.goals[0],
    "shrinking": lambda best: best.total("removed"),
    "shared_room": lambda best: min(best.total("must_done"), best.total("examined")),
    "as_today": lambda best: best.total("outsourced"),
    "sessions": lambda best: best.goals[1],
    "short_of_staff": lambda best: best.goals[1],
    "reports": lambda best: min(best.total("lent"), best.total("bought"), best.total("late")),
    "weekend_demand": lambda best: best.goals[1],
    "premium_budget": lambda best: best.total("outsourced"),
    "smallest_orders": lambda best: best.total("outsourced"),
    "longest_waiters": lambda best: best.total("short of thirteen_share"),
    "unequal_waits": lambda best: best.flows.get(("largest share", "x"), 0.0),
    "shared_staff": lambda best: best.sessions["p1", "room", "core", 0] - 1,
}
"""What at least one case of each kind must show in its best plan, so that the comparison says something."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_cases_show_what_they_are_for(kind):
    assert any(FEATURES[kind](both(kind, seed)[0]) > 0.01 for seed in SEEDS)


@few(4)
@given(st.sampled_from(sorted(KINDS)), st.integers(100, 10**6))
def test_the_model_finds_the_best_of_all_plans_in_cases_never_seen(kind, seed):
    best, outcome = both(kind, seed)
    assert [s.value for s in outcome.stages] == pytest.approx(best.goals, rel=1e-5, abs=0.01)


@pytest.mark.parametrize(("limit", "unmet"), [(40, 20), (55, 0)])
def test_four_trusts_are_left_with_what_trying_every_plan_leaves(limit, unmet):
    parts = read_folder(example_networks()["four_trusts_one_week"])
    dataset = Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())
    changes = frame(ASSUMPTIONS, [{"name": "aid_travel_limit", "value": float(limit)}])
    scenario = Scenario("travel", dataset.content_id, changes=changes, weeks=1)
    best = best_plan(dataset, scenario)
    assert best.total("short of target_share") == pytest.approx(unmet, abs=1e-6)
    assert [s.value for s in solved(dataset, scenario).stages] == pytest.approx(best.goals, rel=1e-6, abs=0.01)


def test_the_simplex_keeps_a_goal_while_the_next_is_improved():
    # x + y ≤ 4 and x ≤ 3; first the most x + y (4), then the most x among those (3).
    rows, goals = np.array([[1.0, 1.0], [1.0, 0.0]]), np.array([[-1.0, -1.0], [-1.0, 0.0]])
    values, z = in_order(rows, np.array([4.0, 3.0]), 0, goals)
    assert values == pytest.approx([-4, -3])
    assert z == pytest.approx([3, 1])


def test_the_simplex_meets_a_need_before_any_goal_and_says_when_it_cannot():
    rows, goals = np.array([[1.0], [1.0]]), np.array([[1.0]])
    values, z = in_order(rows, np.array([5.0, 2.0]), 1, goals)  # z ≤ 5, z ≥ 2, least z
    assert (values[0], z[0]) == pytest.approx((2, 2))
    assert in_order(rows, np.array([1.0, 2.0]), 1, goals) is None
