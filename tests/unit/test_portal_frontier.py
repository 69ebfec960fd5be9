"""Cost against lateness as a run works it out, and as it is shown."""

import pandas as pd
import pytest

from data.plan import BY_TABLE, Plan
from data.run import PlanSettings, Progress
from data.scenario import base
from portal.charts.frontier import cost_against_lateness
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.frontier import one_of, time_of_one
from portal.planning import make_plan
from tests.small_networks import Stream, two_trusts


@pytest.fixture(scope="module")
def dataset():
    """Full rooms, and examinations that can be bought at a price above that of being late, for some."""
    streams = {("P", "x"): Stream([0.0] * 13 + [40.0], seen=43, joined=40), ("Q", "x"): Stream([2.0], seen=43, joined=20)}
    return two_trusts(streams=streams).assuming(session_cost=2500, outsourced_limit=6, outsourced_price=900, target_share=0.05).dataset()


SETTINGS = PlanSettings(gap=1e-6, threads=1, frontier=4)


def test_a_run_with_a_frontier_tells_how_far_it_is_and_passes_the_check(dataset, tmp_path):
    told = []
    plan = make_plan(dataset, base(dataset.content_id, 3), SETTINGS, told.append)
    fractions = [p.fraction for p in told if p.stage.startswith("Plan ") and p.fraction is not None]
    assert fractions == sorted(fractions)
    assert told[-1].fraction == 1
    assert {p.stage[:11] for p in told if p.stage.startswith("Plan ")} >= {"Plan 1 of 4", "Plan 2 of 4"}
    assert len(plan["frontier"]) > 1
    write_plan(plan, tmp_path, dataset.network)
    assert check_plan(tmp_path, dataset, base(dataset.content_id, 3)) == ()
    rows = pd.read_csv(tmp_path / "frontier.csv")
    rows["cost_gbp"] = rows["cost_gbp"] + 5 * rows["step"]
    rows.assign(cost_gbp=rows["cost_gbp"].iloc[0] + rows["step"]).to_csv(tmp_path / "frontier.csv", index=False)
    assert {f.rule for f in check_plan(tmp_path, dataset, base(dataset.content_id, 3))} == {"frontier"}


def test_a_run_that_is_stopped_among_the_steps_keeps_the_plan_and_says_so(dataset):
    told = []
    stop = lambda: any(p.stage.startswith("Plan 2") for p in told)  # noqa: E731
    plan = make_plan(dataset, base(dataset.content_id, 3), SETTINGS, told.append, stop)
    assert plan.summary["status"] == "optimal"
    assert plan.summary["frontier"]["status"] == "cancelled"
    assert list(plan["frontier"]["step"]) == [0]


def test_the_time_is_shared_among_the_plans():
    assert time_of_one(PlanSettings(time_limit=600, frontier=6)).time_limit == 100
    assert time_of_one(PlanSettings(time_limit=600)).time_limit == 600


def test_the_progress_of_one_plan_is_a_part_of_the_whole():
    told = []
    one_of(told.append, 2, 4)(Progress("Solving", 0.5))
    assert (told[0].stage, told[0].fraction) == ("Plan 3 of 4: solving", 0.625)


def shown(*rows):
    table = BY_TABLE["frontier"]
    frame = pd.DataFrame([dict(zip(table.columns, row, strict=True)) for row in rows])
    return cost_against_lateness(Plan({"frontier": frame}, {"target": {"horizon_weeks": 26}}))


NAN = float("nan")


def test_the_chart_says_what_each_patient_costs_and_marks_what_is_not_proved():
    found = shown(
        (0, NAN, 0.05, 100.0, 0.0, 1_200_000.0, 0.001, "optimal"),
        (1, 0.5, 0.06, 120.0, 30.0, 1_180_000.0, 0.02, "time limit"),
        (2, 0.001, 0.10, 220.0, 130.0, 1_170_000.0, 0.001, "optimal"),
    )
    assert found.title == "From 10.0% down to 5.0% over six weeks costs £30,000: £100 a patient at first, £1,000 at the end"
    assert found.alt.endswith("5.0% for £1.20 million; 6.0% for £1.18 million; 10.0% for £1.17 million.")
    assert list(found.figure.data[0].marker.symbol) == ["star", "circle-open", "circle"]
    assert found.table["Outcome"].tolist() == [
        "proved within the gap", "not proved: stopped by the time limit", "proved within the gap",
    ]  # fmt: skip
    assert found.table["The target is"].tolist() == ["put first", "0.50 times its price", "weighed among equals"]
    assert found.table["£ for each patient fewer than in the next"].tolist()[:2] == [1000, 100]


def test_a_plan_with_nothing_to_trade_says_so():
    found = shown((0, NAN, 0.05, 100.0, 0.0, 1_200_000.0, 0.001, "optimal"))
    assert found.title == "No cheaper plan was found that leaves more patients over six weeks"
    assert found.figure is None
