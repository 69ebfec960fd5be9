"""A plan in sentences: what a planner reads first."""

import pandas as pd
import pytest

from data.plan import BY_TABLE, IN_TURN, Plan
from optimisation.explain import answer
from tests.networks.small import small_parts

WEEKS = pd.date_range("2026-07-06", periods=3, freq="7D")


def rows(name, *given):
    table = BY_TABLE[name]
    return table.typed(pd.DataFrame([dict(zip(table.columns, row, strict=True)) for row in given], columns=table.columns))


def plan(**tables):
    """A plan of three weeks that measures nothing."""
    nan = float("nan")
    waiting = [("AAA", "ct", "all", w, 10.0, 0.0, 10.0, 100.0, nan, 0.0, nan, 0.0) for w in WEEKS]
    summary = {
        "status": "optimal", "booking_order": IN_TURN,
        "met": [], "target": {"horizon_weeks": 3, "measured_weeks": []}, "notes": ["A note."], "findings": [],
        "stages": [{"name": "cost", "gap": 0.002}],
        "cost_gbp": {"sessions": 1_200_000.0, "examinations": 340_000.0, "outsourcing": 6.0, "total": 1_540_006.0},
    }  # fmt: skip
    return Plan({"waiting_list": rows("waiting_list", *waiting), **{name: rows(name, *given) for name, given in tables.items()}}, summary)


@pytest.fixture(scope="module")
def net():
    """The small network with short titles."""
    network = small_parts().network
    return network.changed(
        organisations=network["organisations"].assign(short_title=["A", "B"]), sites=network["sites"].assign(short_title=["Hall", "Barn"])
    )


def test_a_unit_that_leaves_early_is_said_to_be_idle_afterwards(net):
    stay = [("m1", "b1", "scanner", w, True, False, 600.0, 1000.0) for w in WEEKS]
    assert answer(plan(mobiles=stay), net).mobiles == ["Mobile: Barn (6 July 2026 to 26 July 2026)."]
    assert answer(plan(mobiles=stay[:2]), net).mobiles == ["Mobile: Barn (6 July 2026 to 19 July 2026); not used after that."]
    assert answer(plan(), net).mobiles == ["Mobile: not used."]


def test_who_helps_whom_is_said_with_short_names(net):
    sent = ("AAA", "BBB", "b1", "ct", "all", WEEKS[0], 4.0, 30.0, 60.0)
    bought = [("BBB", "b1", "ct", "all", kind, WEEKS[0], n, 100.0) for kind, n in (("insourced", 1.0), ("outsourced", 0.2))]
    assert answer(plan(transfers=[sent], external=bought), net).aid == [
        "B examines 4 patients of A for CT, 30 minutes by road on average.",
        "B has 1 CT examination insourced.",
    ]


def test_a_thirteen_week_target_that_is_missed_is_said_beside_six_weeks(net):
    made = plan()
    six = {"organisation": "AAA", "test": "ct", "met": True, "worst_share": 0.02, "worst_week": "2026-07-20", "over_target": 0.0,
           "target_share": 0.05}  # fmt: skip
    longest = six | {"met": False, "worst_share": 0.03, "over_target": 12.0, "target_share": 0.01}
    summary = dict(made.summary) | {"met": [six], "met_thirteen": [longest], "target": {"horizon_weeks": 3, "measured_weeks": ["2026-07-20"]}}
    said = answer(Plan(made.tables, summary), net)
    assert said.headline.endswith("if patients are seen strictly in turn. The thirteen-week target is missed on 1 list.")
    assert said.missed == [
        "CT at A: 3.0% over thirteen weeks in the week of 20 July 2026, 12 patients more than the target of 1.0% allows."
    ]  # fmt: skip


def test_a_spent_budget_is_said_with_what_a_thousand_pounds_more_would_bring(net):
    made = plan(limits=[("Premium budget", "A", WEEKS[0], 50_000.0, 50_000.0, True, 1.25, "£ over the plan")])
    missed = {"organisation": "AAA", "test": "ct", "met": False, "worst_share": 0.2, "worst_week": "2026-07-20", "over_target": 15.0,
              "target_share": 0.05}  # fmt: skip
    summary = dict(made.summary) | {"met": [missed], "target": {"horizon_weeks": 3, "measured_weeks": ["2026-07-20"]}}
    (sentence,) = answer(Plan(made.tables, summary), net).missed
    assert sentence.endswith("It is limited by the premium budget of £50,000 (all spent, £1,000 more worth up to £1,250).")


def test_a_cap_on_extra_minutes_is_said_where_it_holds_a_list_back(net):
    made = plan(limits=[("Extra minutes by road", "CT, rural patients", WEEKS[0], 20.0, 20.0, True, 90.0, "minutes, mean over the plan")])
    missed = {"organisation": "AAA", "test": "ct", "met": False, "worst_share": 0.2, "worst_week": "2026-07-20", "over_target": 15.0,
              "target_share": 0.05}  # fmt: skip
    summary = dict(made.summary) | {"met": [missed], "target": {"horizon_weeks": 3, "measured_weeks": ["2026-07-20"]}}
    (sentence,) = answer(Plan(made.tables, summary), net).missed
    assert sentence.endswith("It is limited by the cap of 20 extra minutes by road on average (CT, rural patients).")


def test_who_lends_staff_is_said_after_who_helps_patients(net):
    lent = [("BBB", "AAA", "radiographer", w, 2.0, minutes, 10.0) for w, minutes in zip(WEEKS, (40.0, 40.0, 70.0), strict=True)]
    assert answer(plan(shared_staff=lent), net).aid == [
        "Nobody is examined at another trust or by a provider.",
        "B lends A 6 hours of work by Radiographers, 50 minutes by road there and back on average.",
    ]


def test_what_costs_next_to_nothing_is_not_named(net):
    assert answer(plan(), net).cost == ["£1.54 million over 3 weeks: sessions £1.20 million and examinations £340,000."]


def test_limits_are_found_by_the_names_they_were_written_with(net):
    full = [("Openings", "Scanner, Hall, Core", w, 10.0, 10.0, True, 80.0, "sessions") for w in WEEKS]
    made = plan(limits=full)
    missed = {"organisation": "AAA", "test": "ct", "met": False, "worst_share": 0.2, "worst_week": "2026-07-20", "over_target": 15.0,
              "target_share": 0.05}  # fmt: skip
    summary = dict(made.summary) | {"met": [missed], "target": {"horizon_weeks": 3, "measured_weeks": ["2026-07-20"]}}
    (sentence,) = answer(Plan(made.tables, summary), net).missed
    assert sentence.startswith("CT at A: 20.0% over six weeks in the week of 20 July 2026, 15 patients more than")
    assert sentence.endswith("It is limited by openings (Scanner, Hall, Core) full in 3 weeks, one more worth up to £80.")


def test_reports_say_who_writes_them_and_what_is_late(net):
    first, second, _ = WEEKS
    made = plan(reporting=[
        ("AAA", first, 6000.0, 5400.0, 300.0, 20.0, 900.0, 0.0, 900.0), ("AAA", second, 6600.0, 5400.0, 0.0, 0.0, 2100.0, 120.0, 0.0),
        ("BBB", first, 600.0, 1200.0, -300.0, 0.0, 0.0, 0.0, 0.0), ("BBB", second, 600.0, 1200.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    ])  # fmt: skip
    assert answer(made, net).reports == [
        "A: 105 hours of reports a week on average, own time 90 hours; 5 hours from other trusts over the plan; 20 reports outsourced; "
        "2 hours late in the week of 13 July 2026, at worst. At the end 35 hours are not yet written.",
        "B: 10 hours of reports a week on average, own time 20 hours; 5 hours for other trusts over the plan; none later than four weeks. "
        "At the end 0 hours are not yet written.",
    ]
    assert answer(plan(), net).reports == []


@pytest.mark.parametrize(("where", "said"), [("A: CT, Scan", True), ("A: Scan", False), ("B: CT", False)])
def test_reporting_limits_the_tests_it_names_at_its_own_trust(net, where, said):
    made = plan(limits=[("Reporting minutes", where, w, 60.0, 60.0, True, 3.0, "minutes") for w in WEEKS])
    missed = {"organisation": "AAA", "test": "ct", "met": False, "worst_share": 0.2, "worst_week": "2026-07-20", "over_target": 15.0,
              "target_share": 0.05}  # fmt: skip
    summary = dict(made.summary) | {"met": [missed], "target": {"horizon_weeks": 3, "measured_weeks": ["2026-07-20"]}}
    (sentence,) = answer(Plan(made.tables, summary), net).missed
    assert (f"reporting minutes ({where}) full in 3 weeks" in sentence) == said


def test_staff_lent_in_many_small_ways_are_summed_up(net):
    groups = [f"group {k}" for k in range(9)]
    named = net.changed(staff_groups=pd.DataFrame({"staff_group": groups, "title": groups}), staffing=net["staffing"].iloc[:0],
                        staff_in_post=net["staff_in_post"].iloc[:0])  # fmt: skip
    lent = [("BBB", "AAA", g, WEEKS[0], 9.0 - k, 40.0, 10.0) for k, g in enumerate(groups)]
    said = answer(plan(shared_staff=lent), named).aid
    assert len(said) == 1 + 6 + 1
    assert said[-1] == "Staff are lent for 6 hours more, in 3 smaller ways."
