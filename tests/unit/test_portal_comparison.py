"""Two plans side by side: only what differs, with the value that really was in force."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from data.dataset import SOURCES, Dataset
from data.plan import BY_TABLE, IN_TURN, Plan
from data.run import Progress, Run
from data.scenario import base
from portal import comparison
from portal.changes import Change, with_change
from portal.charts import figures
from tests.networks.small import small_parts

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def held():
    parts = small_parts()
    return Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())


def plan(cost=1000.0, met=(True, False), share=(0.0, 0.2), status="optimal"):
    week = pd.Timestamp("2026-07-06")
    lists = BY_TABLE["waiting_list"]
    rows = [(o, "ct", "all", week, 1.0, 0.0, 1.0, 100.0, float("nan"), 100 * s, float("nan"), s) for o, s in zip(("AAA", "BBB"), share, strict=True)]
    entries = [
        {
            "organisation": o,
            "test": "ct",
            "met": m,
            "worst_share": s,
            "worst_week": "2026-07-06",
            "over_target": 0.0 if m else 15.0,
            "target_share": 0.05,
        }
        for o, m, s in zip(("AAA", "BBB"), met, share, strict=True)
    ]
    summary = {"status": status, "booking_order": IN_TURN, "met": entries, "cost_gbp": {"sessions": cost, "total": cost}}
    return Plan({"waiting_list": lists.typed(pd.DataFrame(rows, columns=lists.columns))}, summary)


def side(held, scenario, made, *, dataset_id="d" * 64, **settings):
    run = Run(
        "r", "allocation", "done", dataset_id, "s", {"gap": 0.01, **settings}, "1", "", NOW, "Ann", NOW, NOW, False, Progress(), "", "", "h"
    )  # fmt: skip
    return comparison.Side(run, held, scenario, made)


def test_only_inputs_that_differ_are_shown_with_the_values_in_force(held):
    start = base(held.content_id)
    change = Change("scans_per_hour", 3.0, "Timed again", {"test": "ct"})
    other = with_change(start, change, held, name="Faster", on=NOW.date()).changed(levers={**start.levers, "overtime": False}, weeks=26)
    found = comparison.compare(side(held, start, plan()), side(held, other, plan(), gap=0.05)).inputs
    assert found.values.tolist() == [
        ["Assumption", "Examinations an hour", "CT", "2.7", "3", "examinations per operational hour", "Timed again"],
        ["Length", "Weeks in the plan", "", "52", "26", "weeks", ""],
        ["Lever", "Overtime", "", "may be used", "not used", "", "Pay own staff for extra hours."],
        ["Search", "Gap", "", "0.01", "0.05", "", ""],
    ]


def test_a_row_that_only_one_side_has_is_compared_with_what_holds_there_otherwise(held):
    start = base(held.content_id)
    other = with_change(start, Change("scans_per_hour", 3.0, "Slower", {"test": "be"}), held, name="Stated", on=NOW.date())
    assert comparison.compare(side(held, start, plan()), side(held, other, plan())).inputs.empty, "3 is the built-in default"
    other = with_change(start, Change("aid_cost", 20.0, "Dearer", {"test": "ct"}), held, name="Dearer", on=NOW.date())
    found = comparison.compare(side(held, start, plan()), side(held, other, plan())).inputs
    assert found[["left", "right"]].values.tolist() == [["15", "20"]]


def test_the_headline_counts_lists_and_money(held):
    start = base(held.content_id)
    left, right = side(held, start, plan()), side(held, start.changed(name="B"), plan(cost=400.0, met=(True, True), share=(0.0, 0.05)))
    assert comparison.compare(left, right).headline == '"B" meets the target on 2 of 2 lists, 1 more than "Base plan", for £600 less.'
    assert comparison.compare(left, left).headline == '"Base plan" meets the target on 1 of 2 lists, as many as "Base plan", for the same cost.'


def test_differences_are_the_second_less_the_first(held):
    start = base(held.content_id)
    found = comparison.compare(side(held, start, plan()), side(held, start, plan(cost=1500.0, share=(0.1, 0.1))))
    assert found.lists[["organisation", "left", "right"]].values.tolist() == [["AAA", 0.0, 0.1], ["BBB", 0.2, 0.1]]
    assert found.lists["difference"].tolist() == pytest.approx([0.1, -0.1])
    assert found.costs[["kind", "difference"]].values.tolist() == [["sessions", 500.0], ["total", 500.0]]
    table = figures.costs_table(found, "A", "B")
    assert table.iloc[0].tolist() == ["Sessions", "£1,000", "£1,500", "+£500"]
    measures = figures.measures_table(found, "A", "B").set_index("Result")
    assert measures.loc["Over six weeks at the end"].tolist() == ["20", "20", "no difference", "patients, strictly in turn"]
    drawn = figures.sides(found, held.network, "A", "B")
    assert drawn.title == "Lists: 1 list better, 1 worse, 0 the same"


def test_what_spoils_a_comparison_is_said(held):
    start = base(held.content_id)
    left = side(held, start, plan(), dataset_id="e" * 64)
    right = side(held, start.changed(weeks=26), plan(status="time limit"))
    said = comparison.compare(left, right).caveats
    assert [s.split(":")[0] for s in said] == [
        "The two plans were made from different data", "The two plans are of different length",
        'The search for "Base plan" was stopped early (time limit)',
    ]  # fmt: skip
