"""Cost against lateness: no point is dominated, each is the cheapest for its weight, and the end is the plan itself."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.run import PlanSettings
from optimisation.allocation.frontier import Step, frontier, undominated
from portal.planning import make_plan
from tests.reference.tiny_cases import KINDS

CASES = [(kind, seed) for kind in ("least_cost", "no_relay", "providers") for seed in (40, 41)]


@cache
def planned(kind, seed):
    """The plan of one case alone, and the same with its frontier."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    tiny = case.tiny.assuming(session_cost=300, outsourced_limit=4, outsourced_price=400)
    dataset = tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    how = {"gap": 1e-6, "threads": 1}
    return make_plan(dataset, scenario, PlanSettings(**how)), make_plan(dataset, scenario, PlanSettings(**how, frontier=6))


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_the_end_of_the_frontier_is_the_plan_itself(kind, seed):
    alone, with_frontier = planned(kind, seed)
    for name, frame in alone.tables.items():
        if name != "frontier":
            assert frame.equals(with_frontier.tables[name]), name
    first = with_frontier["frontier"].iloc[0]
    assert first["step"] == 0
    assert np.isnan(first["weight"])
    assert first["cost_gbp"] == pytest.approx(alone.summary["cost_gbp"]["total"])
    assert first["over_target"] == pytest.approx(sum(e["over_target"] for e in alone.summary["met"]))
    assert alone["frontier"].empty


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_no_point_is_dominated_by_another(kind, seed):
    rows = planned(kind, seed)[1]["frontier"]
    for a, b in pairwise(rows.itertuples()):
        assert b.cost_gbp < a.cost_gbp
        assert b.over_six > a.over_six
    assert (rows["status"] == "optimal").all()
    assert len(rows) <= 6


def test_some_cases_have_something_to_trade():
    assert max(len(planned(*case)[1]["frontier"]) for case in CASES) >= 3


steps = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8)


def step(over, cost, weight=1.0):
    return Step(weight, 500.0 * over, float(cost), float(over), over / 100, float(over), 0.0, "optimal")


@given(steps)
def test_of_any_plans_those_kept_do_not_dominate_each_other_and_the_plan_itself_is_kept(points):
    made = [step(*p) for p in points]
    kept = undominated(made)
    assert kept[0] is made[0]
    for a in kept:
        for b in kept:
            assert a is b or not (a.over_six <= b.over_six and a.cost <= b.cost)
    for left in made:
        if left not in kept:
            within = left.over_six > made[0].over_six and left.cost < made[0].cost
            assert not within or any(k.over_six <= left.over_six and k.cost <= left.cost for k in kept)


CURVE = [(0, 100), (1, 60), (2, 40), (4, 20), (8, 8), (12, 4), (20, 0)]
"""Patients over the target, and cost in thousands of pounds: a convex curve."""


@pytest.mark.parametrize("most", [2, 4, 7])
def test_steps_are_found_between_the_plan_and_the_cheapest_wherever_there_are_any(most):
    asked = []

    def solve(weight):
        asked.append(weight)
        over, cost = min(CURVE, key=lambda p: 1000 * p[1] + weight * 500 * p[0])
        return step(over, 1000 * cost, weight)

    found = frontier(step(*(0, 100_000), float("inf")), solve, most)
    assert found[0].cost == 100_000
    assert found[-1].over_six == 20
    assert len(asked) <= most - 1
    assert len(found) == most, "each solve finds a step that was not known"
    for a in found[1:]:
        for b in found:
            assert a.cost + a.weight * a.target <= b.cost + a.weight * b.target + 1e-6, "the cheapest for its weight"


def test_a_search_that_is_stopped_keeps_what_it_has():
    left = iter([step(20, 0, 0.001), None])
    assert [s.over_six for s in frontier(step(0, 100), lambda _: next(left), 6)] == [0, 20]
    assert [s.over_six for s in frontier(step(0, 100), lambda _: None, 6)] == [0]
