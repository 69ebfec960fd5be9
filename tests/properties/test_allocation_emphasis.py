"""What comes first in an emphasis is never worse than under another, and what a goal costs is what leaving it out saves."""

from functools import cache

import numpy as np
import pytest

from data.run import PlanSettings
from data.scenario import EMPHASES, EMPHASIS_BY_NAME, base
from portal.planning import make_plan
from tests.reference.tiny_cases import KINDS
from tests.small_networks import Stream, session_type, two_trusts

CASES = [(kind, seed) for kind in ("fairest", "least_cost", "mobile", "no_relay") for seed in (30, 31)]
SETTINGS = PlanSettings(gap=1e-6, threads=1)


@cache
def planned(kind, seed):
    """Plans of one case under each emphasis."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    return {e.name: make_plan(dataset, scenario.changed(emphasis=e.name), SETTINGS) for e in EMPHASES}


def stage(plan, name):
    return next(s["value"] for s in plan.summary["stages"] if s["name"] == name)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_nothing_comes_before_work_that_must_be_done_and_only_the_fairest_plan_leaves_more_over_the_target(kind, seed):
    plans = planned(kind, seed)
    for plan in plans.values():
        assert stage(plan, "undone") <= stage(plans["fewest_late"], "undone") + 0.01
    for name in ("least_cost", "least_change"):
        assert stage(plans[name], "shortfall") == pytest.approx(stage(plans["fewest_late"], "shortfall"), rel=1e-4, abs=0.01)
    assert stage(plans["fairest"], "shortfall") >= stage(plans["fewest_late"], "shortfall") - 0.01


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_of_plans_with_fewest_late_none_is_cheaper_than_the_one_of_least_cost(kind, seed):
    plans = planned(kind, seed)
    for name in ("fewest_late", "least_change"):
        assert stage(plans["least_cost"], "cost") <= stage(plans[name], "cost") + 0.01


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_of_plans_with_fewest_late_none_changes_less_than_the_one_of_least_change(kind, seed):
    plans = planned(kind, seed)
    changed = {name: plan.measure("sessions changed from today's rota") for name, plan in plans.items()}
    weeks_away = {name: unit_weeks_changed(kind, seed, plan) for name, plan in plans.items()}
    assert stage(plans["least_change"], "change") == pytest.approx(1000 * (changed["least_change"] + weeks_away["least_change"]), abs=0.01)
    for name in ("fewest_late", "least_cost"):
        assert changed["least_change"] + weeks_away["least_change"] <= changed[name] + weeks_away[name] + 1e-6


def unit_weeks_changed(kind, seed, plan):
    """Weeks in which the one unit there may be is not where it stands today."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    rows, weeks = plan["mobiles"], sorted(plan["waiting_list"]["week"].unique())
    stands = {(r.mobile, r.week): r.site for r in rows[rows["present"]].itertuples()}
    return sum(stands.get((unit, week), "") != row.get("starts_at", "") for unit, row in dict(case.tiny.mobiles).items() for week in weeks)


@pytest.mark.parametrize(("kind", "seed"), CASES)
def test_under_no_other_emphasis_is_the_worst_off_trust_nearer_to_the_target(kind, seed):
    plans = planned(kind, seed)
    worst = {name: furthest_over(kind, seed, plan) for name, plan in plans.items()}
    for name, share in worst.items():
        assert worst["fairest"] <= share + 1e-5, name


def furthest_over(kind, seed, plan):
    """Patients over the target as part of the list without a change, at the trust where that is most; weighed as the one test there is."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    unchanged = unchanged_lists(dataset, case.weeks)
    shares = [e["over_target"] / unchanged[e["organisation"], e["test"]] for e in plan.summary["met"] if unchanged[e["organisation"], e["test"]] >= 1]
    return max(shares, default=0.0)


def unchanged_lists(dataset, weeks):
    """The list at the end if today's rota goes on."""
    from data.working_days import first_monday_after, mondays
    from portal.unchanged import unchanged

    rows = unchanged(dataset, dataset.assumptions, mondays(first_monday_after(dataset.activity.snapshot_date), weeks)).response.rows
    last = rows[rows["week"] == rows["week"].max()]
    return {(r.organisation, r.test): float(r.waiting) for r in last.itertuples()}


def torn():
    """Both rooms are full. Q's could help P, whose patients are over the target; Q's own, who are not, then wait or are bought for dearly."""
    return two_trusts(
        streams={("P", "x"): Stream([0.0] * 13 + [24.0], seen=43, joined=20), ("Q", "x"): Stream([2.0], seen=43, joined=20)},
        rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 1}, session_types=[session_type(minutes=240, a_week=1)],
    ).assuming(longer_price=40, session_cost=100, outsourced_limit=5, outsourced_price=90, target_share=0.1, waiting_price=0)  # fmt: skip


def test_what_keeping_lists_no_longer_costs_is_what_leaving_it_out_saves():
    dataset = torn().dataset()
    plan = make_plan(dataset, base(dataset.content_id, 3), SETTINGS)
    cheaper = make_plan(dataset, base(dataset.content_id, 3).changed(emphasis="least_cost"), SETTINGS)
    row = plan["goal_prices"].set_index(["goal", "instead"]).loc[("longer", "left out")]
    saved = stage(plan, "cost") - stage(cheaper, "cost")
    assert saved > 1, "the case has something to save"
    assert -row["cost_change_gbp"] == pytest.approx(saved, rel=0.02, abs=1.0)
    assert row["longer_after"] >= row["longer_before"]


def test_every_plan_says_what_it_puts_first():
    dataset = two_trusts().dataset()
    plan = make_plan(dataset, base(dataset.content_id, 1).changed(emphasis="fairest"))
    assert plan.summary["emphasis"] == vars(EMPHASIS_BY_NAME["fairest"])
    assert [s["name"] for s in plan.summary["stages"]][:3] == ["undone", "worst", "shortfall"]
