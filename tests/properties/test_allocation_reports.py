"""Reports in whole plans: more time never hurts, a lever less never helps, and who waits how long is what a queue of reports shows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.assumptions import ASSUMPTIONS
from data.run import PlanSettings
from data.scenario import base, do_nothing
from optimisation.explain import answer
from portal.planning import make_plan
from tests.networks.small import frame
from tests.reference.tiny_cases import KINDS
from tests.small_networks import Stream, few, readers, solved, two_trusts

seeds = st.integers(100, 10**6)
SHARE = {"name": "reporting_share", "value": 0.5, "staff_group": "readers"}


def drawn(seed):
    """A tiny network with reports, and its scenario."""
    case = KINDS["reports"](np.random.default_rng(seed))
    dataset = case.tiny.dataset()
    return dataset, case.scenario(dataset.content_id)


def goals(dataset, scenario):
    return [s.value for s in solved(dataset, scenario).stages]


def no_worse(after, before):
    """In order, equal within a penny; the last goal only chooses among equals."""
    for a, b in zip(after[:-1], before[:-1], strict=True):
        if abs(a - b) > 0.01 + 1e-6 * abs(b):
            return a < b
    return True


@few(4)
@given(seeds, st.sampled_from("PQ"))
def test_more_reporting_time_never_makes_a_goal_worse_before_those_above_it_are_better(seed, organisation):
    dataset, scenario = drawn(seed)
    post = dataset.network["staff_in_post"]
    more = post["wte"] + 0.1 * ((post["organisation"] == organisation) & (post["staff_group"] == "readers"))
    richer = dataset.changed(network=dataset.network.changed(staff_in_post=post.assign(wte=more)))
    assert no_worse(goals(richer, scenario), goals(dataset, scenario))


@few(4)
@given(seeds, st.sampled_from(["cross_site_reporting", "outsourced_reporting"]))
def test_a_lever_less_never_makes_a_plan_better(seed, lever):
    dataset, scenario = drawn(seed)
    with_it, without = (goals(dataset, scenario.changed(levers={**scenario.levers, lever: on})) for on in (True, False))
    assert no_worse(with_it, without)


@few(4)
@given(seeds)
def test_where_nobody_has_time_for_reports_a_plan_is_as_if_there_were_none(seed):
    dataset, scenario = drawn(seed)
    silent = scenario.changed(changes=frame(ASSUMPTIONS, [{**SHARE, "value": 0.0}]))
    at_once = scenario.changed(changes=frame(ASSUMPTIONS, [{"name": "reported_at_once", "value": 1.0, "test": m} for m in "xy"]))
    assert goals(dataset, silent) == pytest.approx(goals(dataset, at_once), rel=1e-9, abs=1e-6)
    assert make_plan(dataset, silent)["reporting"].empty


def strained(**assumed):
    """P has a long list and few readers, Q some more; plans of nine weeks see reports grow old."""
    tiny = two_trusts(tables=readers(P=0.02, Q=0.2), scoped=[SHARE], streams={
        ("P", "x"): Stream([0.0] * 13 + [60.0], seen=43, joined=40), ("Q", "x"): Stream([2.0], seen=43, joined=20),
    })  # fmt: skip
    return tiny.assuming(report_minutes=15, aid_travel_limit=0, **assumed).dataset()


@pytest.mark.parametrize(("backlog", "price"), [(0, 50), (30, 200)])
def test_late_reports_are_those_a_queue_shows_when_each_is_written_in_turn(backlog, price):
    dataset = strained(report_backlog=backlog, late_report_price=price, outsourced_report_limit=1)
    plan = make_plan(dataset, base(dataset.content_id, 9), PlanSettings(gap=1e-6, threads=1))
    late_somewhere = 0.0
    for _, rows in plan["reporting"].groupby("organisation"):
        # Ordinary weeks of ten reports before the plan; what the backlog has beyond three of them is older still.
        opening, queue = 15.0 * backlog, []
        for weeks_ago in (1, 2, 3):
            queue.insert(0, [1 - weeks_ago, min(150.0, opening)])
            opening -= queue[0][1]
        queue.insert(0, [-9, opening])
        for w, row in enumerate(rows.sort_values("week").itertuples(), start=1):
            queue.append([w, row.minutes_needed])
            time = row.minutes_available + row.shared_minutes + 15 * row.outsourced_reports
            for report in queue:
                written = min(report[1], time)
                report[1] -= written
                time -= written
            assert row.backlog == pytest.approx(sum(minutes for _, minutes in queue), abs=1e-3)
            assert row.late_over_4_weeks == pytest.approx(sum(minutes for done, minutes in queue if w - done >= 4), abs=1e-3)
            late_somewhere = max(late_somewhere, row.late_over_4_weeks)
    assert late_somewhere > 30


def test_a_target_missed_for_want_of_reporting_time_says_so_and_help_mends_it():
    dataset = strained(late_report_price=1_000_000, target_week=9, target_share=0.05, shared_reporting_limit=0.5)
    alone = base(dataset.content_id, 9).changed(levers={"cross_site_reporting": False})
    missed = answer(make_plan(dataset, alone), dataset.network)
    (sentence,) = missed.missed
    assert sentence.startswith("x at Trust P")
    assert "reporting minutes (Trust P: x) full in 9 weeks, one more worth up to £" in sentence
    helped = make_plan(dataset, base(dataset.content_id, 9))
    over = [sum(e["over_target"] for e in p.summary["met"]) for p in (make_plan(dataset, alone), helped)]
    assert over[1] < over[0] - 5
    assert "hours for other trusts over the plan" in answer(helped, dataset.network).reports[1]


def test_without_a_decision_nobody_gives_or_buys_reporting_time():
    dataset = strained(outsourced_report_limit=5, report_backlog=20)
    rows = make_plan(dataset, do_nothing(dataset.content_id, 6))["reporting"]
    assert rows[["shared_minutes", "outsourced_reports", "cost_gbp"]].abs().to_numpy().max() == 0
    assert rows["backlog"].max() > 0


def test_reporting_time_that_is_derived_or_too_little_is_said():
    dataset = two_trusts(tables=readers(P=0.01), scoped=[SHARE]).assuming(report_minutes=15).dataset()
    notes = make_plan(dataset, do_nothing(dataset.content_id, 3)).summary["notes"]
    assert [n.split(":")[0] for n in notes if n.startswith("Reporting time")] == ["Reporting time is derived for Trust Q"]
    assert [n.split(";")[0] for n in notes if "reports become late" in n] == ["Trust P has 0 hours a week for reports in post"]
