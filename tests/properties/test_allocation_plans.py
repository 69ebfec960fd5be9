"""What holds for every plan, whatever the network: nobody is lost or counted twice, and every table agrees with every other."""

from functools import cache

import numpy as np
import pytest

from data.run import PlanSettings
from data.scenario import base
from portal.planning import make_plan
from tests.reference.dataset_facts import Facts
from tests.reference.tiny_cases import KINDS
from tests.small_networks import Stream, two_trusts

CLOSE = 1e-4
CASES = [(kind, seed) for kind in KINDS for seed in (20,)]


@cache
def planned(kind, seed):
    """What the dataset says, read row by row, and the plan."""
    case = KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    return Facts(dataset, scenario), make_plan(dataset, scenario, PlanSettings(gap=1e-4, threads=1))


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def both(request):
    return planned(*request.param)


def totals(frame, keys, column="patients"):
    """Sums of one column by some others."""
    return frame.groupby(keys)[column].sum().to_dict() if len(frame) else {}


def test_every_list_is_what_it_was_and_what_joined_less_those_who_left(both):
    facts, plan = both
    for (o, m), rows in plan["waiting_list"].groupby(["organisation", "test"]):
        before = facts.opening(o, m)
        for w, row in enumerate(rows.sort_values("week").itertuples()):
            assert row.additions == pytest.approx(facts.joins(o, m, w))
            assert row.removed <= facts.most_removed(o, m, w) + CLOSE
            assert row.waiting == pytest.approx(before + row.additions - row.removed - row.seen, abs=CLOSE)
            assert row.waiting >= -CLOSE
            assert row.over_six_in_turn == pytest.approx(max(row.waiting - facts.could_be_young(o, m, w), 0), abs=CLOSE)
            before = row.waiting


def test_whoever_is_seen_is_examined_or_bought_exactly_once(both):
    _, plan = both
    keys = ["organisation", "test", "week"]
    seen = totals(plan["waiting_list"], keys, "seen")
    examined = totals(plan["activity"].query("kind == 'waiting_list'"), keys)
    bought = totals(plan["external"].query("kind == 'outsourced'"), keys)
    for key, patients in seen.items():
        assert patients == pytest.approx(examined.get(key, 0) + bought.get(key, 0), abs=CLOSE)
    assert set(examined) | set(bought) <= set(seen)


def test_must_do_work_is_done_carried_or_outside_sessions(both):
    facts, plan = both
    must = plan["activity"].query("kind != 'waiting_list'")
    inside = must.query("priority != 'outside_sessions'")
    weeks = sorted(plan["waiting_list"]["week"].unique())
    for o in facts.organisations:
        for m in facts.tests:
            rows = inside[(inside["organisation"] == o) & (inside["test"] == m)]
            carried = 0.0
            for w, monday in enumerate(weeks):
                here = rows[rows["week"] == monday]
                assert here["patients"].sum() + here["undone"].sum() == pytest.approx(facts.must(o, m, w) + carried, abs=CLOSE)
                carried = here["undone"].sum()
                every = must[(must["organisation"] == o) & (must["test"] == m) & (must["week"] == monday)]
                outside = every.query("priority == 'outside_sessions'")["patients"].sum()
                unscheduled = facts.a_week("unscheduled", o, m, w) * facts.value("unscheduled_outside", organisation=o, test=m)
                assert outside == pytest.approx(unscheduled, abs=CLOSE)


def test_patients_examined_elsewhere_are_those_of_the_table_of_mutual_aid(both):
    facts, plan = both
    activity = plan["activity"].query("kind == 'waiting_list'")
    away = activity[activity["site"].map(facts.owner) != activity["organisation"]]
    moved = plan["transfers"].rename(columns={"from_organisation": "organisation", "to_site": "site"})
    assert totals(away, ["organisation", "site", "test", "week"]) == pytest.approx(totals(moved, ["organisation", "site", "test", "week"]))
    assert (moved["to_organisation"] == moved["site"].map(facts.owner)).all()


def test_nobody_is_sent_from_where_others_are_received_or_further_than_the_limit(both):
    facts, plan = both
    moved = plan["transfers"]
    sends, receives = (set(zip(moved[f"{way}_organisation"], moved["test"], moved["week"], strict=True)) for way in ("from", "to"))
    assert sends & receives == set()
    for row in moved.itertuples():
        assert row.minutes == pytest.approx(facts.journey(row.from_organisation, row.to_site))
        assert row.minutes <= facts.value("aid_travel_limit", organisation=row.from_organisation, test=row.test)


def test_no_site_does_more_than_its_sessions_and_units_hold(both):
    facts, plan = both
    given = totals(plan["sessions"], ["site", "week"], "minutes")
    for key, minutes in totals(plan["mobiles"], ["site", "week"], "minutes").items():
        given[key] = given.get(key, 0) + minutes
    done = plan["activity"].query("priority != 'outside_sessions'")
    used = {}
    for sign, table in ((1, done), (-1, plan["external"].query("kind == 'insourced'"))):
        for row in table.itertuples():
            minutes = sign * row.patients * facts.minutes_each(row.site, "room", row.test)
            used[row.site, row.week] = used.get((row.site, row.week), 0) + minutes
    assert {key: n for key, n in used.items() if n > given.get(key, 0) + 60 * CLOSE} == {}


def test_sessions_are_whole_and_within_what_can_be_opened(both):
    facts, plan = both
    week = {monday: w for w, monday in enumerate(sorted(plan["waiting_list"]["week"].unique()))}
    for row in plan["sessions"].itertuples():
        assert row.sessions == round(row.sessions)
        k = (row.site, row.asset_type, row.session_type)
        assert 0 <= row.sessions <= max(facts.most(*k, week[row.week]), facts.today(*k))
        assert row.sessions_today == facts.today(*k)


def test_staff_hours_are_found(both):
    _, plan = both
    rows = plan["staffing"]
    borrowed = rows["shared_in_hours"] - rows["shared_out_hours"]
    assert (rows["hours_needed"] <= rows["hours_available"] + rows["overtime_hours"] + rows["bank_or_agency_hours"] + borrowed + CLOSE).all()


def test_the_cost_of_the_tables_is_the_cost_that_was_minimised(both):
    _, plan = both
    stage = next(s for s in plan.summary["stages"] if s["name"] == "cost")
    assert plan.summary["cost_gbp"]["total"] == pytest.approx(stage["value"], rel=1e-6, abs=0.01)
    paid = sum(plan[t]["cost_gbp"].sum() for t in ("sessions", "mobiles", "transfers", "external", "staffing", "reporting", "shared_staff"))
    beside = ("total", "examinations", "examinations owed at the end", "reports owed at the end")
    without = sum(v for k, v in plan.summary["cost_gbp"].items() if k not in beside)
    assert paid == pytest.approx(without, rel=1e-6, abs=0.01)


def test_work_outside_sessions_is_shown_where_no_must_do_work_is_inside():
    tiny = two_trusts(streams={("P", "x"): Stream([4.0], unscheduled=43), ("Q", "x"): Stream([1.0])}).assuming(unscheduled_outside=1)
    dataset = tiny.dataset()
    plan = make_plan(dataset, base(dataset.content_id, 2))
    outside = plan["activity"].query("priority == 'outside_sessions'")
    assert outside[["organisation", "kind", "patients"]].to_numpy().tolist() == [["P", "unscheduled", pytest.approx(10)]] * 2
