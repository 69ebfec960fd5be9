"""How plans answer to changes: more never hurts, other names and another order of rows change nothing, extremes are taken in their stride."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.activity import Activity
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.dataset import Dataset
from data.errors import NoPlan
from data.network import Network
from data.scenario import LEVER_NAMES, LOCKS, base
from portal.planning import make_plan
from tests.networks.small import frame
from tests.reference.tiny_cases import KINDS
from tests.small_networks import Stream, few, solved, two_trusts

kinds = st.sampled_from(sorted(KINDS))
seeds = st.integers(100, 10**6)


def case_of(kind, seed):
    return KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind)]))


def goals(dataset, scenario):
    """What each goal reached."""
    outcome = solved(dataset, scenario)
    assert outcome.status == "optimal"
    return [s.value for s in outcome.stages]


def no_worse(after, before):
    """Undone work first, then the shortfall: no worse in order."""
    if after[0] < before[0] - 0.01:
        return True
    return after[0] <= before[0] + 0.01 and after[1] <= before[1] + 0.01


@few(4)
@given(kinds, seeds, st.booleans())
def test_one_more_asset_never_raises_undone_work_or_the_shortfall(kind, seed, first):
    case = case_of(kind, seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    assets = dataset.network["assets"]
    extra = assets.iloc[[0 if first else -1]].assign(asset="one more")
    richer = dataset.changed(network=dataset.network.changed(assets=pd.concat([assets, extra], ignore_index=True)))
    assert no_worse(goals(richer, scenario), goals(dataset, scenario))


USED_IN = {
    "change_sessions": "sessions", "move_mobiles": "mobile", "mutual_aid": "aid_in_batches", "insourcing": "providers", "outsourcing": "providers",
    "overtime": "short_of_staff", "bank_and_agency": "short_of_staff", "cross_site_reporting": "reports", "outsourced_reporting": "reports",
    "shared_staff": "shared_staff",
}  # fmt: skip
"""Of each lever a kind of case in which it is worth something."""


def with_and_without(kind, seed, lever):
    """What each goal reaches with a lever and without it."""
    case = case_of(kind, seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    return [goals(dataset, scenario.changed(levers={**scenario.levers, lever: on})) for on in (True, False)]


@few(4)
@given(kinds, seeds, st.sampled_from(LEVER_NAMES))
def test_one_more_lever_never_raises_undone_work_or_the_shortfall(kind, seed, lever):
    assert no_worse(*with_and_without(kind, seed, lever))


@pytest.mark.parametrize("lever", LEVER_NAMES)
def test_no_lever_raises_undone_work_or_the_shortfall_where_it_is_used(lever):
    found = [with_and_without(USED_IN[lever], seed, lever) for seed in range(3)]
    assert all(no_worse(*both) for both in found)
    assert any(on != pytest.approx(off, abs=0.01) for on, off in found), "it is worth something in one of them"


MORE = [
    ("short_of_staff", "overtime_limit"), ("short_of_staff", "bank_limit"), ("providers", "insourced_limit"),
    ("providers", "outsourced_limit"), ("reports", "shared_reporting_limit"), ("reports", "outsourced_report_limit"),
    ("shared_staff", "shared_staff_limit"), ("aid_in_batches", "aid_maximum_batch"), ("aid_in_batches", "aid_suitable"),
]  # fmt: skip
"""What may be raised, and a kind of case that states it."""


@pytest.mark.parametrize(("kind", "name"), MORE)
@few(1)
@given(seeds)
def test_more_capacity_or_pooling_never_raises_undone_work_or_the_shortfall(kind, name, seed):
    case = case_of(kind, seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    rows = dataset.assumptions.rows.query("name == @name")
    assert len(rows), "the case states it"
    more = scenario.changed(changes=rows.assign(value=np.minimum(1.5 * rows["value"], BY_NAME[name].maximum)))
    assert no_worse(goals(dataset, more), goals(dataset, scenario))


@few(2)
@given(seeds, st.sampled_from("PQ"))
def test_more_staff_never_raises_undone_work_or_the_shortfall(seed, organisation):
    case = case_of("short_of_staff", seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    post = dataset.network["staff_in_post"]
    richer = dataset.changed(network=dataset.network.changed(staff_in_post=post.assign(wte=post["wte"] + (post["organisation"] == organisation))))
    assert no_worse(goals(richer, scenario), goals(dataset, scenario))


def beside(seen_at_q, waiting_at_q):
    """P has sixty long waiters and its room is full; so is Q's, but for what its own list leaves. A provider examines for six times as much."""
    return two_trusts(
        streams={("P", "x"): Stream([0.0] * 13 + [60.0], seen=43, joined=43), ("Q", "x"): Stream(waiting_at_q, seen=seen_at_q, joined=seen_at_q)},
        rota={("p1", "room", "core"): 3, ("q1", "room", "core"): 3},
    ).assuming(aid_cost=20, outsourced_price=120, outsourced_limit=10, aid_travel_limit=30, target_share=0.05, target_week=3)  # fmt: skip


def test_where_one_trust_has_room_a_plan_sends_patients_there_before_it_buys():
    dataset = beside(8.6, [2.0]).dataset()
    plan = make_plan(dataset, base(dataset.content_id, 3))
    assert plan["transfers"]["patients"].sum() > 20
    assert plan["external"]["patients"].sum() == pytest.approx(0, abs=0.01)
    alone = make_plan(dataset, base(dataset.content_id, 3).changed(levers={**base("x", 3).levers, "mutual_aid": False}))
    assert alone["external"]["patients"].sum() > 20, "without aid they are bought"


def test_where_every_room_is_full_aid_lowers_no_shortfall():
    dataset = beside(51.6, [0.0] * 13 + [60.0]).assuming(outsourced_limit=0).dataset()
    with_aid, without = (
        goals(dataset, base(dataset.content_id, 3).changed(levers={**base("x", 3).levers, "mutual_aid": on})) for on in (True, False)
    )
    assert without[1] > 0, "something is missing"
    assert with_aid[1] == pytest.approx(without[1], rel=0.01)


@few(4)
@given(seeds, st.integers(1, 500))
def test_more_premium_budget_never_raises_undone_work_or_the_shortfall(seed, more):
    case = case_of("premium_budget", seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    rows = dataset.assumptions.rows.query("name == 'premium_budget'")
    richer = scenario.changed(changes=rows.assign(value=rows["value"] + more))
    without = scenario.changed(changes=rows.assign(value=1e9))
    assert no_worse(goals(dataset, richer), goals(dataset, scenario))
    assert no_worse(goals(dataset, without), goals(dataset, richer))


def hilly(minutes_to_q):
    """P's patients live in a town, nearer to Q's first site, and in the hills, nearer to its second; P has a long list and Q room."""
    shares = ("home_area", "title", "organisation", "share", "nearest_site", "deprived_share", "rural_share")
    areas = [
        dict(zip(shares, row, strict=True)) for row in (("town", "Town", "P", 0.6, "p1", 0.3, 0.0), ("hills", "Hills", "P", 0.4, "p1", 0.1, 1.0))
    ]
    roads = [{"from_place": "p1", "to_site": "q1", "minutes": 20.0}, {"from_place": "hills", "to_site": "q1", "minutes": minutes_to_q},
             {"from_place": "hills", "to_site": "p1", "minutes": 20.0}, {"from_place": "p1", "to_site": "q2", "minutes": 45.0},
             {"from_place": "hills", "to_site": "q2", "minutes": 25.0}]  # fmt: skip
    tables = {"home_areas": areas, "travel": roads}
    streams = {("P", "x"): Stream([0.0] * 13 + [60.0], seen=43, joined=40), ("Q", "x"): Stream([2.0], seen=43, joined=20)}
    rota = {("p1", "room", "core"): 3, ("q1", "room", "core"): 1, ("q2", "room", "core"): 0}
    sites = {"p1": "P", "q1": "Q", "q2": "Q"}
    return two_trusts(tables=tables, travel={}, rota=rota, streams=streams, sites=sites).assuming(aid_accept_to_60=0.5)


@pytest.mark.parametrize(("minutes", "cap"), [(25, 3), (40, 22), (55, 24), (30, 60)])
def test_no_group_travels_further_than_the_cap_and_a_tighter_cap_never_lowers_the_shortfall(minutes, cap):
    dataset = hilly(float(minutes)).assuming(target_week=1).dataset()
    plans = {
        most: make_plan(dataset, base(dataset.content_id, 2).changed(changes=frame(ASSUMPTIONS, [{"name": "extra_minutes_cap", "value": most}])))
        for most in (float(cap), 600.0)
    }  # fmt: skip
    mean = plans[cap]["measures"].query("measure.str.startswith('extra minutes')")["value"]
    assert (mean <= cap + 0.01).all()
    assert plans[600.0].summary["stages"][1]["value"] <= plans[cap].summary["stages"][1]["value"] + 0.01
    assert len(plans[600.0]["transfers"]), "somebody goes where there is no cap"


def test_a_price_on_unequal_waits_makes_them_equal_where_that_costs_nothing():
    # Both lists hold forty long waiters, and P's room examines four patients a session, half of whom may come from Q at no cost.
    tiny = two_trusts(
        streams={("P", "x"): Stream([0.0] * 13 + [40.0], seen=43, joined=0), ("Q", "x"): Stream([0.0] * 13 + [40.0], seen=43, joined=0)},
        assets={("p1", "room"): 3, ("q1", "room"): 1}, rota={("p1", "room", "core"): 8, ("q1", "room", "core"): 2},
    ).assuming(aid_cost=0, travel_price=0, target_share=0.1)  # fmt: skip
    largest = {}
    for price in (0.0, 1000.0):
        dataset = tiny.assuming(fairness_price=price).dataset()
        plan = make_plan(dataset, base(dataset.content_id, 1))
        largest[price] = plan["waiting_list"]["over_six_in_turn"].max()
    assert largest[1000.0] < largest[0.0] - 0.5


def renamed(dataset, names):
    """The dataset with other identifiers."""

    def changed(frame):
        texts = [c for c in frame if pd.api.types.is_string_dtype(frame[c].dtype) and c != "name"]
        return frame.assign(**{c: frame[c].map(lambda v: names.get(v, v)) for c in texts})

    return Dataset(
        Network({name: changed(frame) for name, frame in dataset.network.tables.items()}),
        Activity({"activity": changed(dataset.activity.rows)}), Assumptions({"assumptions": changed(dataset.assumptions.rows)}), dataset.sources,
    ), changed  # fmt: skip


NAMES = {"P": "Zeta", "Q": "Alpha", "R": "Mu", "S": "Beta", "p1": "zz", "q1": "aa", "q2": "mm", "r1": "bb", "s1": "yy", "x": "Y", "y": "X", "v": "A1",
         "room": "hall", "core": "z", "late": "a", "staff": "crew"}  # fmt: skip


@few(4)
@given(kinds, seeds)
def test_other_names_change_nothing(kind, seed):
    case = case_of(kind, seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)
    other, changed = renamed(dataset, NAMES)
    assert set(other.network["sites"]["site"]) == {NAMES[s] for s in case.tiny.sites}
    assert goals(other, scenario.changed(changes=changed(scenario.changes))) == pytest.approx(goals(dataset, scenario), rel=1e-6, abs=0.01)


@few(4)
@given(kinds, seeds)
def test_the_order_of_rows_changes_nothing(kind, seed):
    case = case_of(kind, seed)
    dataset = case.tiny.dataset()
    scenario = case.scenario(dataset.content_id)

    def shuffled(frame):
        return frame.sample(frac=1, random_state=seed % 2**31).reset_index(drop=True)

    other = Dataset(
        Network({name: shuffled(frame) for name, frame in dataset.network.tables.items()}),
        Activity({"activity": shuffled(dataset.activity.rows)}), Assumptions({"assumptions": shuffled(dataset.assumptions.rows)}), dataset.sources,
    )  # fmt: skip
    assert other.content_id == dataset.content_id
    assert goals(other, scenario) == pytest.approx(goals(dataset, scenario), rel=1e-6, abs=0.01)


def test_without_demand_nothing_is_run_for_a_whole_year():
    tiny = two_trusts(streams={("P", "x"): Stream(), ("Q", "x"): Stream()})
    dataset = tiny.dataset()
    plan = make_plan(dataset, base(dataset.content_id, 52))
    assert plan.summary["status"] == "optimal"
    assert [s["value"] for s in plan.summary["stages"]] == pytest.approx([0] * 5, abs=1e-6)
    assert plan["sessions"].empty
    assert plan["activity"].empty


def test_demand_a_thousand_times_the_room_is_a_shortfall_and_undone_work_not_an_error():
    tiny = two_trusts(streams={("P", "x"): Stream([0.0] * 13 + [5000.0], planned=43_000, joined=40_000, seen=43), ("Q", "x"): Stream()},
                      rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 1}).assuming(session_cost=100)  # fmt: skip
    dataset = tiny.dataset()
    plan = make_plan(dataset, base(dataset.content_id, 2))
    # 10,000 planned a week, of which a full room takes twelve; nobody on the list can be seen at home, twelve a week at Q.
    left = plan["activity"].groupby("week")["undone"].sum()
    assert left.tolist() == pytest.approx([10_000 - 12, 20_000 - 24])
    assert plan["waiting_list"].query("organisation == 'P'")["waiting"].iloc[-1] == pytest.approx(5000 + 2 * 10_000 - 24)
    assert not plan.summary["met"][0]["met"]


@pytest.mark.parametrize("weeks", [1, 5, 12])
def test_a_plan_of_any_length_meets_a_target_there_is_room_for(weeks):
    dataset = two_trusts().assuming(target_share=0.05).dataset()
    plan = make_plan(dataset, base(dataset.content_id, weeks))
    assert plan.summary["status"] == "optimal"
    assert all(entry["met"] for entry in plan.summary["met"])
    assert len(plan["waiting_list"]) == 2 * weeks


def test_a_target_beyond_the_end_of_the_plan_is_not_asked_for():
    dataset = two_trusts().assuming(target_week=10).dataset()
    plan = make_plan(dataset, base(dataset.content_id, 3))
    assert plan.summary["met"] == []
    assert plan.summary["stages"][1]["value"] == 0


def locked(dataset, *rows):
    return make_plan(dataset, base(dataset.content_id, 3).changed(locks=frame(LOCKS, list(rows))))


def test_a_locked_number_of_sessions_is_run_in_its_weeks_only():
    dataset = two_trusts().dataset()
    lock = {"decision": "sessions", "site": "q1", "asset_type": "room", "session_type": "core", "value": 2.0,
            "from_week": "2025-12-08", "to_week": "2025-12-14"}  # fmt: skip
    free, held = (plan["sessions"].query("site == 'q1'").set_index("week")["sessions"] for plan in (locked(dataset), locked(dataset, lock)))
    assert free.tolist() == [1, 1, 2]
    assert held.tolist() == [1, 2, 1]


def test_a_locked_unit_stands_where_it_is_told():
    tiny = two_trusts(mobiles={"v": {"asset_type": "room", "starts_at": "q1"}}, pads={("p1", "room"): {}, ("q1", "room"): {}})
    lock = {"decision": "mobile", "site": "p1", "mobile": "v", "value": 1.0, "from_week": "2025-12-08", "to_week": "2025-12-15"}
    rows = locked(tiny.assuming(mobile_notice=1).dataset(), lock)["mobiles"].set_index("week")["site"]
    assert rows.to_dict() == dict(zip(pd.date_range("2025-12-01", periods=3, freq="7D"), ["q1", "p1", "p1"], strict=True))


def test_locks_that_contradict_each_other_are_said_to():
    tiny = two_trusts(mobiles={"v": {"asset_type": "room"}}, pads={("p1", "room"): {}, ("q1", "room"): {}})
    rows = [{"decision": "mobile", "site": s, "mobile": "v", "value": 1.0, "from_week": "2025-12-08", "to_week": "2025-12-08"} for s in ("p1", "q1")]
    with pytest.raises(NoPlan, match="contradict"):
        locked(tiny.dataset(), *rows)
