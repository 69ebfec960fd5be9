"""The values of a problem, by hand: what the model is given for a tiny network."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.scenario import LOCKS, Scenario, all_levers
from optimisation.allocation.problem import build_problem
from portal.planning import prepare
from tests.networks.small import frame
from tests.small_networks import Stream, Tiny, session_type, two_trusts


def problem(tiny, weeks=3, changes=(), **levers):
    dataset = tiny.dataset()
    scenario = Scenario("by hand", dataset.content_id, changes=frame(ASSUMPTIONS, list(changes)), levers=all_levers() | levers, weeks=weeks)
    return build_problem(prepare(dataset, scenario))


def with_a_unit(**unit):
    return two_trusts(
        mobiles={"v": {"asset_type": "room", "starts_at": "p1"} | unit},
        pads={("p1", "room"): {}, ("q1", "room"): {"ready_from": "2025-12-10"}},
    )


@pytest.mark.parametrize(
    ("stay", "weeks"), [(1, {1: [1], 2: [2], 3: [3], 4: [4]}), (2, {1: [1], 2: [1, 2], 3: [2, 3], 4: [3, 4]}), (4, {4: [1, 2, 3, 4]})]
)  # fmt: skip
def test_a_stay_covers_the_week_of_arrival_and_those_after_it(stay, weeks):
    found = problem(with_a_unit().assuming(mobile_minimum_stay=stay), weeks=4)
    assert {w: found.neighbours["stay_weeks"]["v", "q1", w] for w in weeks} == weeks


def bounds(found, site):
    return [found.present_bounds["v", site, w] for w in range(1, found.last_week + 1)]


def test_a_unit_stays_where_it_is_for_the_notice_and_goes_only_to_pads_that_are_ready():
    found = problem(with_a_unit().assuming(mobile_notice=1))
    # The pad at q1 is ready on Wednesday of the second week, so from the third Monday on.
    assert bounds(found, "p1") == [(1, 1), (0, 1), (0, 1)]
    assert bounds(found, "q1") == [(0, 0), (0, 0), (0, 1)]


def test_a_unit_that_may_not_move_stays():
    found = problem(with_a_unit(), move_mobiles=False)
    assert bounds(found, "p1") == [(1, 1)] * 3
    assert bounds(found, "q1") == [(0, 0)] * 3


def test_a_unit_that_comes_later_stands_nowhere_before():
    found = problem(with_a_unit(starts_at="", available_from="2025-12-08"))
    assert bounds(found, "p1") == [(0, 0), (0, 1), (0, 1)]


def test_a_unit_gives_its_hours_at_the_yield_of_the_site_and_needs_staff_unless_it_brings_them():
    there = {"mobile_hours": 20, "utilisation": 0.9, "dna_rate": 0.1, "mobile_setup_loss": 0.3}
    scoped = [{"name": name, "value": value, "site": "q1"} for name, value in there.items()]
    tiny = with_a_unit().but(staffing={"room": 1.5}, scoped=scoped)
    found = problem(tiny)
    assert found.values["mobile_minutes"] == {("v", "p1"): 600, ("v", "q1"): pytest.approx(20 * 60 * 0.81)}
    assert found.values["mobile_setup_loss"] == {("v", "p1"): 0, ("v", "q1"): 0.3}
    assert found.values["mobile_staff_hours"] == {("v", "p1", "staff"): 15, ("v", "q1", "staff"): 30}
    assert problem(with_a_unit(staffed=True)).values["mobile_staff_hours"] == {}


def test_own_staff_are_those_in_post_and_never_fewer_than_todays_rota_needs():
    tiny = two_trusts(wte={"P": 2.0, "Q": 0.1}, rota={("p1", "room", "core"): 2, ("q1", "room", "core"): 3}, staffing={"room": 2.0})
    found = problem(tiny.assuming(hours_per_wte=30, session_time_share=0.5, overtime_limit=0.1, bank_limit=0.2), bank_and_agency=False)
    # P: 2 × 30 × 0.5 hours in post, 16 needed. Q: 1.5 in post, three sessions of four hours with two people need 24.
    assert found.values["staff_hours"]["P", "staff", 1] == 30
    assert found.values["staff_hours"]["Q", "staff", 1] == 24
    assert found.values["session_hours"]["q1", "room", "core", "staff"] == 8
    assert found.values["overtime_limit"]["Q", "staff", 1] == pytest.approx(2.4)
    assert found.values["bank_limit"]["Q", "staff", 1] == 0


def test_staff_are_lent_where_agreed_at_the_price_of_their_journeys():
    agreed = [{"name": "shared_staff_limit", "value": 0.25, "organisation": "Q"},
              {"name": "shared_staff_limit", "value": 0.5, "organisation": "Q", "from_week": "2025-12-08"}]  # fmt: skip
    tiny = two_trusts(
        sites={"p1": "P", "p2": "P", "q1": "Q", "q2": "Q"}, assets={(s, "room"): 1 for s in ("p1", "p2", "q1", "q2")}, scoped=agreed,
        travel={("p1", "q1"): 20.0, ("p1", "q2"): 50.0, ("p2", "q1"): 90.0, ("p2", "q2"): 40.0}, wte={"P": 1.0, "Q": 2.0},
    ).assuming(hours_per_wte=30, shared_staff_travel_cost=48, shared_staff_visit=8)  # fmt: skip
    found = problem(tiny, weeks=2)
    # Q's 60 hours: a quarter in the first week, half after it. To p1 from q1 in 20 minutes, to p2 from q2 in 40: an hour there and back on
    # average, £48 for a visit of eight hours.
    assert found.values["lending_limit"] == {("Q", "staff", 1): 15, ("Q", "staff", 2): 30}
    assert found.values["sharing_price"] == {("Q", "P", "staff"): pytest.approx(6)}
    assert found.sets["sharing_places"] == [("Q", "P", "staff", 1), ("Q", "P", "staff", 2)]
    assert problem(tiny, weeks=2, shared_staff=False).sets["sharing_places"] == []
    assert problem(two_trusts(travel={}, scoped=agreed)).sets["sharing_places"] == [], "no road is known"


def test_a_premium_budget_pays_for_unit_weeks_that_the_plan_may_choose_and_stands_only_where_set():
    lock = {"decision": "mobile", "site": "q1", "mobile": "v", "from_week": "2025-12-15", "to_week": "2025-12-15", "value": 0.0}
    tiny = with_a_unit().but(scoped=[{"name": "premium_budget", "value": 700.0, "organisation": "P"}]).assuming(mobile_notice=1)
    dataset = tiny.dataset()
    found = build_problem(prepare(dataset, Scenario("locked", dataset.content_id, locks=frame(LOCKS, [lock]), weeks=4)))
    assert found.values["premium_budget"] == {("P",): 700}
    # Week 1 is within notice; the pad at q1 is ready from week 3 on, which is locked.
    assert found.neighbours["premium_mobiles"] == {
        ("P",): [("v", "p1", 2), ("v", "p1", 3), ("v", "p1", 4)], ("Q",): [("v", "q1", 4)]
    }  # fmt: skip


def test_orders_cover_four_weeks_and_the_last_one_what_is_left():
    late = session_type("late", 120, 2, fill_order=2, insourcing=True)
    tiny = two_trusts(session_types=[session_type(), late], scoped=[{"name": "outsourced_minimum", "value": 12.0, "organisation": "P"}])
    found = problem(tiny.assuming(outsourced_limit=5, insourced_limit=2, insourced_minimum=6), weeks=6)
    outside = {i: n for i, n in found.values["smallest_order"].items() if i[0] == "outsourced"}
    assert outside == {("outsourced", "P", "x", 1): 12, ("outsourced", "P", "x", 2): 6}
    assert found.values["smallest_order"]["insourced", "Q", "x", 2] == 3
    assert [found.values["largest_order"][i] for i in outside] == [20, 10]
    assert found.values["largest_order"]["insourced", "Q", "x", 1] == 8
    assert problem(tiny.assuming(insourced_limit=2), weeks=6).sets["order_periods"] == []


def test_sessions_are_whole_openings_or_todays_rota_where_that_is_more():
    share = [{"name": "session_share", "value": 0.5, "site": "p1"}]
    found = problem(two_trusts(rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 4}, scoped=share), weeks=1)
    # Half of three openings is one whole session; Q runs four on three openings today.
    assert found.session_bounds == {("p1", "room", "core", 1): (0, 1), ("q1", "room", "core", 1): (0, 4)}
    fixed = problem(two_trusts(rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 4}, scoped=share), weeks=1, change_sessions=False)
    assert fixed.session_bounds == {("p1", "room", "core", 1): (1, 1), ("q1", "room", "core", 1): (4, 4)}


def test_an_outage_takes_the_sessions_of_its_weeks():
    out = [{"name": "assets_out", "value": 1, "site": "p1", "from_week": "2025-12-08", "to_week": "2025-12-14"}]
    found = problem(two_trusts(rota={("p1", "room", "core"): 2, ("q1", "room", "core"): 1}, scoped=out))
    assert [found.session_bounds["p1", "room", "core", w] for w in (1, 2, 3)] == [(0, 3), (0, 0), (0, 3)]


def test_the_target_is_measured_at_month_ends_from_its_week_on_and_later_months_weigh_more():
    found = problem(two_trusts().assuming(target_week=9, shortfall_price=500), weeks=18)
    # Month ends: 31 December in week 5, 31 January in week 9, 28 February in week 13, 31 March in week 18.
    assert [w for o, _, w in found.sets["measured_tests"] if o == "P"] == [9, 13, 18]
    assert [found.values["shortfall_price"]["P", "x", w] for w in (9, 13, 18)] == [500, 1000, 1500]
    assert len(found.sets["ending_lists"]) == 2


def test_target_shares_may_fall_in_steps_and_thirteen_weeks_are_asked_for_from_a_date_on():
    steps = [{"name": "target_share", "value": 0.1, "from_week": "2026-01-01"}, {"name": "thirteen_share", "value": 0.01, "from_week": "2026-02-01"}]
    found = problem(two_trusts(scoped=steps).assuming(target_share=0.2, target_week=3, thirteen_price=700), weeks=18)
    assert [found.values["target_share"]["P", "x", w] for w in (5, 9, 13, 18)] == [0.2, 0.1, 0.1, 0.1]
    asked = [w for o, _, w in found.sets["thirteen_tests"] if o == "P"]
    assert asked == [13, 18]
    # The prices grow from the target date on, as those of six weeks do: these are the third and fourth month ends.
    assert [found.values["thirteen_price"]["P", "x", w] for w in asked] == [2100, 2800]
    # P: ten join a week, two a working day, and the last thirteen weeks of them are young: three days off at Christmas, one at Easter.
    assert [found.values["under_thirteen"]["P", "x", "all", w] for w in asked] == pytest.approx([130 - 6, 130 - 2])


def homes(*rows):
    columns = ("home_area", "organisation", "share", "nearest_site", "deprived_share", "rural_share")
    return [dict(zip(columns, row, strict=True)) | {"title": row[0]} for row in rows]


def test_extra_minutes_are_those_of_each_group_among_the_patients_who_accept():
    areas = homes(("town", "P", 0.75, "p1", 0.4, 0.0), ("hills", "P", 0.25, "p1", 0.1, 1.0))
    roads = [{"from_place": "hills", "to_site": s, "minutes": n} for s, n in (("p1", 20.0), ("q1", 50.0))]
    travel = [{"from_place": "p1", "to_site": "q1", "minutes": 20.0}, *roads]
    tiny = two_trusts(tables={"home_areas": areas, "travel": travel}, travel={}).assuming(aid_accept_to_30=0.6, aid_accept_to_60=0.2)
    found = problem(tiny.assuming(extra_minutes_cap=25))
    # Of a hundred offers 45 are accepted in town, 20 minutes further, and 5 in the hills, 30 further.
    where = ("P", "x", "q1")
    assert found.values["group_part"]["deprived", *where] == pytest.approx((0.4 * 45 + 0.1 * 5) / 50)
    assert found.values["group_minutes"]["deprived", *where] == pytest.approx((0.4 * 45 * 20 + 0.1 * 5 * 30) / 50)
    assert found.values["group_part"]["rural", *where] == pytest.approx(5 / 50)
    assert found.values["group_minutes"]["rural", *where] == pytest.approx(5 * 30 / 50)
    assert found.values["extra_minutes_cap"] == {("x",): 25}
    assert problem(tiny).values["extra_minutes_cap"] == {}
    assert problem(tiny, mutual_aid=False).neighbours["group_routes"] == {}


def test_unequal_waits_are_weighed_on_lists_that_somebody_waits_on_only_where_they_have_a_price():
    tiny = two_trusts(rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 2})
    assert problem(tiny).sets["fair_weeks"] == []
    found = problem(tiny.assuming(fairness_price=3))
    # P: twelve, ten joining a week and four seen; Q's list is empty without a change.
    assert found.values["unchanged_list"] == {("P", "x", 3): pytest.approx(30)}
    assert found.values["fairness_price"] == {("x", 3): 300}


def test_a_plan_without_a_month_end_is_measured_in_its_last_week_and_has_no_cliff():
    found = problem(two_trusts(), weeks=3)
    assert {w for *_, w in found.sets["measured_tests"]} == {3}
    assert found.sets["ending_lists"] == []


def test_the_shortest_list_is_its_weeks_of_additions_but_never_more_than_without_a_change():
    tiny = two_trusts(rota={("p1", "room", "core"): 1, ("q1", "room", "core"): 2})
    found = problem(tiny.assuming(list_floor=2.5))
    # P: ten join a week; the list would be 18, 24 and 30. Q: the list would be empty.
    assert [found.values["shortest_list"]["P", "x", "all", w] for w in (1, 2, 3)] == pytest.approx([18, 24, 25])
    assert [found.values["shortest_list"]["Q", "x", "all", w] for w in (1, 2, 3)] == pytest.approx([0, 0, 0])


def test_acceptance_falls_with_the_journey_and_ends_at_the_limit():
    tiny = Tiny(
        sites={"p1": "P", "q1": "Q", "q2": "Q", "q3": "Q", "q4": "Q", "q5": "Q"}, streams={("P", "x"): Stream([9.0])},
        travel={("p1", f"q{k}"): minutes for k, minutes in enumerate((30.0, 45.0, 60.0, 80.0, 81.0), start=1)},
    )  # fmt: skip
    accepts = {"aid_accept_to_30": 0.9, "aid_accept_to_45": 0.7, "aid_accept_to_60": 0.5, "aid_accept_beyond": 0.3}
    found = problem(tiny.assuming(aid_travel_limit=80, travel_price=2, **accepts), weeks=1)
    assert {s: share for (o, _, s), share in found.values["accepted"].items() if o == "P"} == {"q1": 0.9, "q2": 0.7, "q3": 0.5, "q4": 0.3}
    assert found.values["travel_price"]["x", "q2", "P"] == pytest.approx(90)
    assert problem(tiny, weeks=1, mutual_aid=False).values["accepted"] == {}


def test_acceptance_is_the_mean_over_where_patients_live_and_the_journey_that_of_those_who_accept():
    areas = [
        {"home_area": "near", "title": "Near", "organisation": "P", "share": 0.25, "nearest_site": "p1"},
        {"home_area": "far", "title": "Far", "organisation": "P", "share": 0.75, "nearest_site": "p1"},
    ]
    roads = [
        {"from_place": "near", "to_site": "q1", "minutes": 20.0}, {"from_place": "near", "to_site": "p1", "minutes": 15.0},
        {"from_place": "far", "to_site": "q1", "minutes": 40.0}, {"from_place": "far", "to_site": "p1", "minutes": 10.0},
    ]  # fmt: skip
    tiny = two_trusts(travel={}, tables={"home_areas": areas, "travel": roads}).assuming(aid_accept_to_30=0.8, aid_accept_to_45=0.4, travel_price=1)
    found = problem(tiny, weeks=1)
    # 0.25 × 0.8 + 0.75 × 0.4 accept; 5 and 30 minutes more than to their own site.
    assert found.values["accepted"]["P", "x", "q1"] == pytest.approx(0.5)
    assert found.values["travel_price"]["x", "q1", "P"] == pytest.approx((0.2 * 5 + 0.3 * 30) / 0.5)


def test_roles_last_for_their_weeks():
    found = problem(two_trusts().assuming(aid_role_weeks=2), weeks=5)
    assert [found.neighbours["period_of"][(w,)] for w in range(1, 6)] == [[1], [1], [2], [2], [3]]
    assert {q for *_, q in found.sets["aid_roles"]} == {1, 2, 3}


def test_insourcing_is_for_rooms_with_openings_to_give_and_outsourcing_for_lists_with_a_limit():
    tiny = two_trusts(
        session_types=[session_type(minutes=240, a_week=3), session_type("late", 180, 2, insourcing=True, fill_order=2)],
        scoped=[
            {"name": "insourced_limit", "value": 4, "site": "p1", "from_week": "2025-12-08"},
            {"name": "outsourced_limit", "value": 2, "organisation": "Q"},
        ],
    )
    found = problem(tiny, weeks=2)
    assert found.sets["insourcing_places"] == [("P", "x", "all", "p1", "room", 2)]
    assert found.neighbours["shared_types"]["p1", "room"] == ["late"]
    assert found.sets["outsourcing_places"] == [("Q", "x", "all", 1), ("Q", "x", "all", 2)]
    off = problem(tiny, weeks=2, insourcing=False, outsourcing=False)
    assert off.sets["insourcing_places"] == off.sets["outsourcing_places"] == []


def test_an_examination_owed_costs_the_mean_of_the_organisations_own_rooms_in_their_cheapest_sessions():
    tiny = Tiny(
        sites={"p1": "P", "p2": "P", "q1": "Q"}, streams={("P", "x"): Stream([9.0])},
        scoped=[{"name": "examination_cost", "value": n, "site": s} for s, n in (("p1", 10), ("p2", 16), ("q1", 99))],
    )  # fmt: skip
    # 10 and 16 for consumables; £300 for a session of one hour, in which one examination fits.
    assert problem(tiny, weeks=1).values["owed_cost"] == {("P", "x"): pytest.approx(13 + 300)}


def test_an_empty_list_without_additions_is_no_part_of_the_problem():
    found = problem(two_trusts(streams={("P", "x"): Stream([3.0]), ("Q", "x"): Stream()}), weeks=1)
    assert found.sets["lists"] == [("P", "x", "all")]


def test_must_do_work_is_planned_work_and_unscheduled_work_inside_sessions():
    found = problem(two_trusts(streams={("P", "x"): Stream([3.0], planned=21.5, unscheduled=43)}).assuming(unscheduled_outside=0.4), weeks=1)
    assert found.values["must_do"]["P", "x", 1] == pytest.approx(5 + 0.6 * 10)
