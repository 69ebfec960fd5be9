"""Today's rota, derived or stated, by hand."""

import pandas as pd
import pytest

from data.activity import Activity
from data.rota import today, work_without_a_place
from data.working_days import mondays
from data.workload import must_do_work, recent_activity, slots_needed
from forecasting.forecast import weekly_demand
from tests.small_networks import FIRST_MONDAY, Stream, Tiny, month, session_type, two_trusts, with_history


def rota_of(dataset, weeks=3, start=FIRST_MONDAY):
    """Today's rota of a dataset."""
    when = mondays(start, weeks)
    demand = weekly_demand(dataset, dataset.assumptions, when)
    return today(dataset, dataset.assumptions, when, must_do_work(demand, dataset.assumptions, dataset.network.allocated_tests))


TEN_AND_TEN = Stream(seen=43, planned=43)
"""43 in each of two months of 43 working days are ten in a week: from the list, and planned."""


def one_site(*, a_week=10, stream=TEN_AND_TEN, **more):
    """One trust, one room, an examination an hour."""
    parts = {"session_types": [session_type(minutes=240, a_week=a_week)]} | more
    return Tiny(sites={"p1": "P"}, streams={("P", "x"): stream}).but(**parts)


def sessions(found, site="p1", asset_type="room"):
    """Ordinary sessions by session type."""
    rows = found.ordinary[(found.ordinary["site"] == site) & (found.ordinary["asset_type"] == asset_type)]
    return dict(zip(rows["session_type"], rows["sessions"], strict=True))


def seen(found, organisation="P", test="x"):
    rows = found.seen[(found.seen["organisation"] == organisation) & (found.seen["test"] == test)]
    return rows.sort_values("week")["patients"].tolist()


def rules(found):
    return [f.rule for f in found.findings]


def test_recent_activity_is_that_of_an_ordinary_week_of_five_working_days():
    dataset = with_history(
        two_trusts().dataset().changed(assumptions=one_site().assuming(recent_months=2).dataset().assumptions),
        month("2025-09-01", seen=999), month("2025-10-01", seen=50, planned=23), month("2025-11-01", seen=36, planned=20, unscheduled=86),
    )  # fmt: skip
    rows = recent_activity(dataset, dataset.assumptions).query("organisation == 'P'").set_index("kind")["patients"]
    assert rows.to_dict() == pytest.approx({"waiting_list": 10, "planned": 5, "unscheduled": 10})


def test_slots_hold_the_waiting_list_planned_work_and_unscheduled_work_inside_sessions():
    dataset = one_site(stream=Stream(seen=43, planned=21.5, unscheduled=86)).assuming(unscheduled_outside=0.75).dataset()
    needed = slots_needed(recent_activity(dataset, dataset.assumptions), dataset.assumptions)
    assert needed[["must_do", "waiting_list"]].to_numpy().tolist() == [pytest.approx([5 + 0.25 * 20, 10])]


def test_the_derived_rota_holds_the_recent_work_exactly():
    found = rota_of(one_site().dataset())
    # Ten from the list and ten planned, an hour each: 20 hours are five sessions of four.
    assert sessions(found) == pytest.approx({"core": 5})
    assert found.sessions.tolist() == [[[5, 5, 5]]]
    assert seen(found) == pytest.approx([10, 10, 10])
    assert set(found.ordinary["basis"]) == {"derived"}
    assert not found.findings


def test_slots_lost_to_empty_bookings_and_non_attendance_need_more_sessions():
    found = rota_of(one_site().assuming(utilisation=0.8, dna_rate=0.1, scans_per_hour=2).dataset())
    # 20 examinations of half an hour, 72 % of the time used: 10 / 0.72 hours.
    assert sessions(found) == pytest.approx({"core": 10 / 0.72 / 4})


def test_session_types_fill_in_their_order():
    types = [session_type("late", 120, 4, fill_order=2), session_type("core", 240, 3, fill_order=1), session_type("night", 60, 9, fill_order=3)]
    found = rota_of(one_site(session_types=types).dataset())
    # Three core sessions hold 12 of 20 hours, four late ones the other 8.
    assert sessions(found) == pytest.approx({"core": 3, "late": 4, "night": 0})


def test_whole_sessions_follow_a_part_session_over_the_weeks():
    found = rota_of(one_site(stream=Stream(seen=43)).dataset(), weeks=3)
    assert sessions(found) == pytest.approx({"core": 2.5})
    assert found.sessions.tolist() == [[[3, 2, 3]]]
    assert seen(found) == pytest.approx([12, 8, 12])


def test_sessions_fall_away_with_bank_holidays():
    types = [session_type(minutes=240, a_week=2, tuesday=2, wednesday=2, thursday=2, friday=2)]
    found = rota_of(one_site(session_types=types).dataset(), start=pd.Timestamp("2025-12-15"), weeks=3)
    # Ten openings a week, six in the week of Christmas Day (a Thursday) and Boxing Day, eight in the week of New Year's Day.
    assert found.sessions.tolist() == [[[5, 3, 4]]]


def test_must_do_work_is_done_before_the_list():
    dataset = one_site(scoped=[{"name": "demand_change", "value": 0.5, "from_week": "2025-12-08"}]).dataset()
    # Planned work rises from 10 to 15 a week and leaves 5 of the 20 slots.
    assert seen(rota_of(dataset)) == pytest.approx([10, 5, 5])


def test_the_list_gets_nothing_where_must_do_work_takes_all():
    dataset = one_site(scoped=[{"name": "demand_change", "value": 1.5}]).dataset()
    assert seen(rota_of(dataset)) == [0, 0, 0]


def test_tests_that_share_a_room_share_what_is_left_by_their_recent_minutes():
    streams = {("P", "x"): Stream(seen=43, planned=43), ("P", "y"): Stream(seen=21.5)}
    dataset = one_site(scoped=[{"name": "scans_per_hour", "value": 0.5, "test": "y"}, {"name": "demand_change", "value": 0.5, "test": "x"}]).but(
        streams=streams
    ).dataset()  # fmt: skip
    found = rota_of(dataset)
    # x: 10 + 10 hours; y: 5 examinations of two hours: 30 hours, 7.5 sessions. Planned x rises to 15, which leaves 17 hours of eight sessions and
    # 13 of seven, half for each test.
    assert sessions(found) == pytest.approx({"core": 7.5})
    assert found.sessions.tolist() == [[[8, 7, 8]]]
    assert seen(found) == pytest.approx([8.5, 6.5, 8.5])
    assert seen(found, test="y") == pytest.approx([8.5 / 2, 6.5 / 2, 8.5 / 2])


def two_sites(**more):
    """One trust with two sites; the second has two rooms."""
    return Tiny(
        sites={"p1": "P", "p2": "P"}, streams={("P", "x"): Stream(seen=43, planned=86)},
        session_types=[session_type(minutes=240, a_week=4)], assets={("p1", "room"): 1, ("p2", "room"): 2},
    ).but(**more)  # fmt: skip


def test_work_is_split_over_sites_by_their_assets():
    found = rota_of(two_sites().dataset())
    # 30 hours, 7.5 sessions, one to two.
    assert (sessions(found, "p1"), sessions(found, "p2")) == (pytest.approx({"core": 2.5}), pytest.approx({"core": 5}))
    assert seen(found) == pytest.approx([12, 8, 12])  # sites are in step: three and five, two and five, three and five sessions


def test_work_that_does_not_fit_at_one_site_moves_to_another():
    share = [{"name": "session_share", "value": 0.5, "site": "p1"}]
    streams = {("P", "x"): Stream(seen=43, planned=129)}
    found = rota_of(two_sites(streams=streams, scoped=share).dataset())
    # 40 hours, ten sessions; at most two at p1, eight at p2.
    assert (sessions(found, "p1"), sessions(found, "p2")) == (pytest.approx({"core": 2}), pytest.approx({"core": 8}))
    assert rules(found) == []


def test_a_faster_site_needs_fewer_minutes_for_the_same_patients():
    fast = [{"name": "scans_per_hour", "value": 2, "site": "p2"}]
    found = rota_of(two_sites(scoped=fast).dataset())
    # Room for 1 × 16 and 2 × 32 patients: 6 and 24 of the 30.
    assert (sessions(found, "p1"), sessions(found, "p2")) == (pytest.approx({"core": 1.5}), pytest.approx({"core": 3}))


def test_assets_are_added_and_said_where_the_register_is_too_small():
    found = rota_of(one_site(a_week=2).dataset())
    # Five sessions a week need three rooms of two; the register has one.
    assert sessions(found) == pytest.approx({"core": 5})
    assert found.stations.rooms.tolist() == [[3, 3, 3]]
    (finding,) = found.findings
    assert finding.rule == "asset-added"
    assert finding.severity == "warn"
    assert finding.found == "1 × room at Site p1"
    assert finding.expected.startswith("3, to hold")


def test_an_asset_is_added_where_the_load_is_heaviest():
    found = rota_of(two_sites(streams={("P", "x"): Stream(seen=43, planned=172)}).dataset())
    # 12.5 sessions on 12 openings.
    assert found.stations.rooms.tolist() == [[1, 1, 1], [3, 3, 3]]


def nowhere_for_q(**parts):
    """Two trusts with ten a week each; only P has an open room."""
    streams = {("P", "x"): Stream(seen=43), ("Q", "x"): Stream(seen=43)}
    return Tiny(sites={"p1": "P", "q1": "Q"}, streams=streams, session_types=[session_type(minutes=240, a_week=10)]).but(**parts).dataset()


CLOSED = {"scoped": [{"name": "session_share", "value": 0, "site": "q1"}]}


@pytest.mark.parametrize(
    ("parts", "rule", "mend"),
    [({"assets": {("p1", "room"): 1}}, "no-asset-for-work", "register"), (CLOSED, "no-opening-for-work", "assumption that closes them")],
)
def test_work_that_has_nowhere_to_be_done_is_said(parts, rule, mend):
    dataset = nowhere_for_q(**parts)
    (finding,) = rota_of(dataset).findings
    assert (finding.rule, finding.severity) == (rule, "warn")
    assert finding.found == "10 examinations of x a week at Trust Q"
    assert mend in finding.mend
    assert work_without_a_place(dataset) == (finding,)


def test_a_unit_or_a_rota_of_its_own_gives_work_a_place():
    unit = {"mobiles": {"v": {"asset_type": "room", "starts_at": "q1"}}, "pads": {("q1", "room"): {}}, "assumed": {"mobile_hours": 10}}
    assert work_without_a_place(nowhere_for_q(**CLOSED, **unit)) == ()
    assert work_without_a_place(nowhere_for_q(**CLOSED, rota={("q1", "room", "core"): 3})) == ()


def test_work_is_looked_for_only_where_there_is_a_history_and_something_to_plan():
    dataset = nowhere_for_q(assets={("p1", "room"): 1})
    assert work_without_a_place(dataset.changed(activity=Activity({}))) == ()
    bare = dataset.network.changed(assets=dataset.network["assets"].iloc[:0])
    assert work_without_a_place(dataset.changed(network=bare)) == ()


def test_a_planners_own_rota_replaces_the_derived_one():
    found = rota_of(one_site(rota={("p1", "room", "core"): 4.5}).dataset())
    assert sessions(found) == {"core": 4.5}
    assert set(found.ordinary["basis"]) == {"planner's"}
    assert found.sessions.tolist() == [[[5, 4, 5]]]
    assert seen(found) == pytest.approx([10, 6, 10])


def test_a_planners_own_rota_may_be_more_than_the_register_holds():
    found = rota_of(one_site(a_week=2, rota={("p1", "room", "core"): 6}).dataset())
    assert found.sessions.tolist() == [[[6, 6, 6]]]
    assert found.stations.rooms.tolist() == [[1, 1, 1]]
    assert rules(found) == []


def test_sites_without_rows_of_their_own_hold_what_the_stated_ones_leave():
    found = rota_of(two_sites(rota={("p2", "room", "core"): 6}).dataset())
    # 7.5 sessions in all, six of them stated.
    assert (sessions(found, "p1"), sessions(found, "p2")) == (pytest.approx({"core": 1.5}), pytest.approx({"core": 6}))


def with_a_unit(**assumed):
    units, pads = {"v": {"asset_type": "room", "starts_at": "p1"}}, {("p1", "room"): {}}
    return one_site(mobiles=units, pads=pads).assuming(**assumed).dataset()


def test_a_unit_that_stands_there_takes_waiting_list_work_off_the_room():
    found = rota_of(with_a_unit(mobile_hours=4, mobile_suitable=0.7))
    # 20 hours, of which the unit gives four: four sessions.
    assert sessions(found) == pytest.approx({"core": 4})
    assert seen(found) == pytest.approx([10, 10, 10])


def test_a_unit_takes_no_must_do_work_and_no_unsuitable_patients():
    # Ten hours of the list, of which four can go on the unit; ten hours of planned work.
    assert sessions(rota_of(with_a_unit(mobile_hours=60, mobile_suitable=0.4))) == pytest.approx({"core": 4})


def outage(**when):
    return [{"name": "assets_out", "value": 1, "site": "p1", **when}]


@pytest.mark.parametrize("stated", [{}, {("p1", "room", "core"): 5}])
def test_todays_rota_stops_where_the_only_asset_is_out_of_use(stated):
    found = rota_of(one_site(rota=stated, scoped=outage(from_week="2025-12-08", to_week="2025-12-14")).dataset())
    assert found.sessions.tolist() == [[[5, 0, 5]]]
    assert rules(found) == []


def test_an_outage_in_the_first_week_adds_no_asset():
    found = rota_of(one_site(scoped=outage(to_week="2025-12-07")).dataset())
    assert sessions(found) == pytest.approx({"core": 5})
    assert found.sessions.tolist() == [[[0, 5, 5]]]
    assert found.stations.rooms.tolist() == [[0, 1, 1]]
    assert rules(found) == []


def test_where_one_of_two_assets_is_out_the_other_runs_what_it_can():
    out = outage(from_week="2025-12-08", to_week="2025-12-14")
    for a_week, kept in ((4, 4), (10, 5)):
        found = rota_of(one_site(a_week=a_week, assets={("p1", "room"): 2}, scoped=out).dataset())
        assert found.sessions.tolist() == [[[5, kept, 5]]]


def test_todays_rota_ends_with_the_asset():
    tables = {"assets": [{"asset": "old", "site": "p1", "asset_type": "room", "available_until": "2025-12-14"}]}
    found = rota_of(one_site(assets={("p1", "room"): 0}, tables=tables).dataset())
    assert found.sessions.tolist() == [[[5, 5, 0]]]


def test_an_asset_that_comes_later_changes_nothing_today():
    tables = {"assets": [{"asset": "new", "site": "p1", "asset_type": "room", "available_from": "2025-12-08"}]}
    found = rota_of(one_site(tables=tables).dataset())
    assert found.sessions.tolist() == [[[5, 5, 5]]]
    assert found.stations.rooms.tolist() == [[1, 2, 2]]


def test_a_closure_of_some_openings_holds_for_todays_rota_too():
    share = [{"name": "session_share", "value": 0.3, "site": "p1", "from_week": "2025-12-15"}]
    found = rota_of(one_site(scoped=share).dataset())
    assert found.sessions.tolist() == [[[5, 5, 3]]]
