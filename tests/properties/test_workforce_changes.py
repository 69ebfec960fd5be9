"""What more money, places, people and help do to a workforce plan: it is never worse; and what every plan keeps."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.run import PlanSettings
from data.workforce_plan import WORKFORCE_LEVERS
from optimisation.workforce.plan import workforce_plan
from tests.small_networks import few
from tests.workforce_networks import Team, of_a_network, route

ONE = 40 * 365.25 / 28
"""Hours of one WTE in a quarter."""

EXACT = PlanSettings(gap=1e-6, threads=1)


def team(seed):
    """Two trusts short of people, in which every limit plays a part."""
    rng = np.random.default_rng(seed)
    return Team(
        wte={("P", "g"): 4, ("P", "h"): 2, ("Q", "g"): 3},
        need={("P", "g", "scanning", "x"): ONE * rng.uniform(4, 6, 8), ("Q", "g", "scanning", "x"): ONE * rng.uniform(2, 5, 8),
              ("P", "h", "reporting", "x"): ONE * rng.uniform(2, 3, 8), ("P", "g", "other", ""): [ONE * rng.uniform(0, 0.5)]},
        examinations={("P", "x"): 2000, ("Q", "x"): 1500}, quarters=8,
        routes=[route("hire", months=3, cost_gbp=3000.0),
                route("learn", "h", kind="upskill", from_group="g", months=6, drop_out=0.2, while_training=0.3, supervisors="h", trainees_each=0.4,
                      supervision_hours=5.0, training_band="b", funding="pot"),
                route("grow", kind="apprentice", months=9, drop_out=0.2, supervisors="g", trainees_each=0.3, training_band="b", funding="pot")],
        places=[{"route": "hire", "a_year": 1}, {"route": "grow", "a_year": 2}], funding=[{"funding": "pot", "a_year_gbp": 40_000.0}],
        mix=[{"work_of": "h", "done_by": "g", "kind": "reporting", "most": 0.2, "hours_each": 1.2}],
        assumed={"leaver_rate": 0.15, "early_leaver_rate": 0.2, "recruitment_success": 0.7, "kept_limit": 0.2, "kept_cost": 4000,
                 "overtime_limit": 0.03, "bank_limit": 0.03, "shared_staff_limit": 0.05, "outsourced_limit": 3, "outsourced_report_limit": 5,
                 "vacancy_limit": 0.05,
                 "unequal_cover_price": 20},
    )  # fmt: skip


def plan_of(case, **levers):
    inputs = case.inputs()
    return workforce_plan(replace(inputs, levers=levers), EXACT, lambda _: None, lambda: False)


@cache
def usual(seed):
    return plan_of(team(seed))


def total(plan):
    return plan.summary["stages"][0]["value"]


def undone(plan):
    return plan.summary["prices_gbp"]["work that nobody does"]


def more_places(case):
    return case.but(places=[{**row, "a_year": row["a_year"] + 1} for row in case.places])


def more_money(case):
    return case.but(funding=[{**row, "a_year_gbp": 80_000.0} for row in case.funding])


def more_supervisors(case):
    return case.but(routes=[row if row["route"] == "hire" else {**row, "trainees_each": row["trainees_each"] * 2} for row in case.routes])


BETTER = {
    "places": more_places, "money": more_money, "supervisors": more_supervisors,
    "overtime": lambda case: case.assuming(overtime_limit=0.08), "bank": lambda case: case.assuming(bank_limit=0.1),
    "examinations bought": lambda case: case.assuming(outsourced_limit=8), "reports bought": lambda case: case.assuming(outsourced_report_limit=20),
    "hours lent": lambda case: case.assuming(shared_staff_limit=0.15), "leavers kept": lambda case: case.assuming(kept_limit=0.4),
    "skill mix": lambda case: case.but(mix=[{**row, "most": 0.5} for row in case.mix]),
}  # fmt: skip


@pytest.mark.parametrize("what", BETTER)
@pytest.mark.parametrize("seed", range(2))
def test_more_is_never_worse(what, seed):
    assert total(plan_of(BETTER[what](team(seed)))) <= total(usual(seed)) * (1 + 2e-6)


@pytest.mark.parametrize("what", BETTER)
def test_more_leaves_no_more_undone_where_that_comes_before_cost(what):
    """Prices so high that no cost outweighs them."""
    first = team(0).assuming(lost_examination_price=200_000, uncovered_hour_price=100_000, vacancy_price=0, unequal_cover_price=0)
    before = undone(plan_of(first))
    assert undone(plan_of(BETTER[what](first))) <= before * (1 + 1e-5)
    assert before > 0


@pytest.mark.parametrize("lever", WORKFORCE_LEVERS, ids=lambda lever: lever.name)
def test_a_lever_that_is_off_never_helps(lever):
    without = plan_of(team(0), **{lever.name: False})
    assert total(without) >= total(usual(0)) * (1 - 2e-6)


USED = {
    "recruit": lambda plan: plan["starts"].query("route == 'hire'")["people"].sum(),
    "train": lambda plan: plan["starts"].query("route != 'hire'")["people"].sum(),
    "keep": lambda plan: plan["staff"]["kept"].sum(), "skill_mix": lambda plan: plan["cover"]["other_groups"].sum(),
    "outsourcing": lambda plan: plan["examinations"]["bought"].sum(), "overtime": lambda plan: plan["hours"]["overtime"].sum(),
    "bank_and_agency": lambda plan: plan["hours"]["bank_or_agency"].sum(), "shared_staff": lambda plan: plan["hours"]["lent"].sum(),
    "outsourced_reporting": lambda plan: plan["costs"].query("kind == 'Reports bought'")["cost_gbp"].sum(),
}  # fmt: skip
"""What shows that a lever is used; nobody insources here."""


@pytest.mark.parametrize("name", USED)
def test_a_lever_is_used_and_when_off_it_is_not(name):
    assert sum(USED[name](usual(seed)) for seed in range(2)) > 0
    assert USED[name](plan_of(team(0), **{name: False})) == pytest.approx(0, abs=1e-6)


def test_insourcing_is_bought_in_the_rooms_of_all_sites_that_can_do_the_test():
    limited = team(0).but(scoped=[{"name": "insourced_limit", "value": 4.0, "site": "p"}]).assuming(outsourced_limit=0, insourced_price=100)
    bought = plan_of(limited)["examinations"].groupby("organisation")["bought"].max()
    assert bought["P"] == pytest.approx(4 * 365.25 / 28, rel=1e-6)
    assert bought["Q"] == 0
    assert plan_of(limited, insourcing=False)["examinations"]["bought"].sum() == 0


@pytest.mark.parametrize("seed", range(2))
def test_finding_more_of_those_asked_for_is_never_worse(seed):
    values = [total(plan_of(team(seed).assuming(recruitment_success=share, kept_limit=0).but(funding=[]))) for share in (0.5, 1.0)]
    assert values[1] <= values[0] * (1 + 2e-6)


def test_a_higher_price_of_what_is_left_leaves_no_more():
    left = [
        plan_of(team(1).assuming(lost_examination_price=500 * k, uncovered_hour_price=300 * k, unequal_cover_price=0)).summary["prices_gbp"][
            "work that nobody does"
        ] / k for k in (0.2, 1, 10)
    ]  # fmt: skip
    assert left[0] >= left[1] * (1 - 1e-6) >= left[2] * (1 - 1e-6) ** 2


@few(12)
@given(st.integers(0, 10**6))
def test_people_are_conserved_and_nobody_is_early_or_without_a_supervisor(seed):
    case = team(seed)
    plan = plan_of(case)
    staff = plan["staff"]
    came = staff[["joined", "qualified", "returned", "kept"]].sum(axis=1) - staff[["left", "retired", "to_training"]].sum(axis=1)
    assert (staff["opening"] + came).to_numpy() == pytest.approx(staff["closing"].to_numpy(), abs=1e-6)
    after = staff.groupby(["organisation", "staff_group"])["closing"].shift()
    assert staff["opening"][after.notna()].to_numpy() == pytest.approx(after.dropna().to_numpy(), abs=1e-9)
    assert (staff[["joined", "qualified", "returned", "kept", "left", "retired", "to_training", "closing"]] >= -1e-6).all().all()
    first = plan["starts"].query("route == 'grow'")["quarter"].min()
    qualified = staff.query("qualified > 0 and staff_group == 'g'")["quarter"]
    assert qualified.empty or qualified.min() >= first + np.timedelta64(270, "D")
    supervisors = plan["workforce_limits"].query("what == 'Supervisors'")
    assert (supervisors["used"] <= supervisors["available"] + 1e-6).all()
    hours = plan["hours"]
    assert (hours["spare"] >= -1e-5).all()


@pytest.mark.parametrize("missing", ["pay", "routes", "places", "funding", "skill_mix", "staff_in_post", "posts"])
def test_a_plan_is_made_where_a_table_is_missing(missing):
    case = team(0)
    inputs = case.inputs()
    empty = inputs.network[missing].iloc[:0]
    routes = {"places": inputs.network["places"].iloc[:0]} if missing == "routes" else {}
    plan = workforce_plan(replace(inputs, network=inputs.network.changed(**{missing: empty, **routes})), EXACT, lambda _: None, lambda: False)
    if missing == "pay":
        assert plan.summary["cost_gbp"]["Pay in post"] == 0
        assert any("£0" in note for note in plan.summary["notes"])
    if missing == "routes":
        assert plan["starts"].empty
        assert plan.summary["cost_gbp"]["Pay in post"] > 0
    if missing == "staff_in_post":
        assert (plan["staff"].query("quarter == quarter.min()")["opening"] == 0).all()


def test_what_the_model_counts_as_cost_is_what_the_table_of_costs_adds_up_to():
    for plan in (usual(0), usual(1)):
        assert plan.summary["cost_gbp"]["total"] == pytest.approx(plan.summary["prices_gbp"]["cost"], rel=1e-9)
        weighed = sum(plan.summary["prices_gbp"].values())
        assert weighed == pytest.approx(total(plan), rel=1e-9)


def test_the_same_plan_comes_of_the_same_inputs():
    one, other = plan_of(team(0)), plan_of(team(0))
    for name, table in one.tables.items():
        assert table.equals(other[name]), name


def test_a_search_that_is_stopped_says_so():
    stopped = workforce_plan(team(0).inputs(), EXACT, lambda _: None, lambda: True)
    assert stopped.summary["status"] == "cancelled"
    assert stopped["staff"]["closing"].min() >= 0


@pytest.mark.timeout(300)
def test_a_plan_of_the_size_of_a_network_is_within_half_a_per_cent():
    plan = workforce_plan(of_a_network(), PlanSettings(gap=0.005), lambda _: None, lambda: False)
    assert plan.summary["status"] == "optimal"
    assert plan.summary["stages"][0]["gap"] <= 0.005
    assert plan.summary["size"]["integers"] > 500
