"""The example that can be planned by hand: its README derives every number here."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.dataset import SOURCES, Dataset
from data.folder import example_networks, read_folder
from data.scenario import Scenario, all_levers
from optimisation.allocation.limit_kinds import OPENINGS, TRAVEL
from portal.planning import make_plan
from tests.networks.small import frame

NETWORK = "four_trusts_one_week"
ROOM = 60
WAITING = {"N": 100, "E": 70, "S": 30, "W": 40}


def planned(*changes, **levers):
    parts = read_folder(example_networks()[NETWORK])
    dataset = Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())
    rows = frame(ASSUMPTIONS, list(changes))
    return make_plan(dataset, Scenario("example", dataset.content_id, changes=rows, levers=all_levers() | levers, weeks=1))


@pytest.fixture(scope="module")
def plan():
    return planned()


def left(plan):
    """Patients left on each list."""
    return plan["waiting_list"].set_index("organisation")["waiting"].round(6).to_dict()


def moved(plan):
    """Patients by where they come from and where they are examined."""
    return plan["transfers"].set_index(["from_organisation", "to_organisation"])["patients"].round(6).to_dict()


def binding(plan):
    rows = plan["limits"].query("binding")
    return set(zip(rows["what"], rows["where"], strict=True))


def test_the_lists_on_the_first_monday_are_those_that_were_counted(plan):
    assert plan["list_model"].groupby("organisation")["opening"].sum().to_dict() == pytest.approx(WAITING)


def test_exactly_twenty_of_norths_patients_are_left(plan):
    assert left(plan) == {"N": 20, "E": 0, "S": 0, "W": 0}
    assert plan.summary["status"] == "optimal"


def test_west_takes_twenty_from_north_and_south_ten_from_east(plan):
    assert moved(plan) == {("N", "W"): 20, ("E", "S"): 10}


def test_nobody_is_moved_so_that_another_can_move_in(plan):
    transfers = plan["transfers"]
    assert set(transfers["from_organisation"]) & set(transfers["to_organisation"]) == set()
    assert (transfers["minutes"] <= 40).all()


def test_the_plan_says_that_the_travel_limit_and_the_rooms_of_north_east_and_west_bind(plan):
    said = binding(plan)
    assert (TRAVEL, "Scan, North to South site") in said
    assert {where for what, where in said if what == OPENINGS} == {f"Scanner, {t} site, Core" for t in ("North", "East", "West")}


def test_what_one_more_session_is_worth_stands_in_the_order_of_what_it_brings(plan):
    # North and West: twelve patients of £500 and a week's wait of £0.10 each; the session is owed to them anyway. At West, less the cost of aid.
    # East: two of them at most.
    value = plan["limits"].query("what == @OPENINGS").set_index("where")["value_of_one_more"]
    north, east, south, west = (value[f"Scanner, {t} site, Core"] for t in ("North", "East", "South", "West"))
    assert north == pytest.approx(12 * 500.10)
    assert 5000 < west < north
    assert east < 1010
    assert south == 0


@pytest.mark.parametrize(
    ("site", "unmet"),
    [("N1", 8), ("W1", 8), ("E1", 18), ("S1", 20)],
)
def test_one_more_session_buys_what_the_readme_says(site, unmet):
    parts = read_folder(example_networks()[NETWORK])
    rota = parts.network["rota"]
    more = rota.assign(sessions=rota["sessions"].where(rota["site"] != site, 6.0))
    dataset = Dataset(parts.network.changed(rota=more), parts.activity, parts.assumptions, SOURCES.empty())
    found = make_plan(dataset, Scenario("one more", dataset.content_id, weeks=1))
    assert sum(left(found).values()) == pytest.approx(unmet)


def test_with_a_limit_of_55_minutes_nobody_is_left():
    found = planned({"name": "aid_travel_limit", "value": 55.0})
    assert left(found) == dict.fromkeys("NESW", 0)
    assert moved(found) == {("N", "W"): 20, ("N", "S"): 20, ("E", "S"): 10}
    assert TRAVEL not in {what for what, _ in binding(found)}


def test_with_a_limit_of_30_minutes_north_is_beyond_help():
    # Only North and East are within 30 minutes, and neither has room to spare.
    found = planned({"name": "aid_travel_limit", "value": 30.0})
    assert left(found) == {"N": 40, "E": 10, "S": 0, "W": 0}
    assert moved(found) == {}


def test_without_mutual_aid_each_trust_is_left_with_what_its_own_room_leaves():
    assert left(planned(mutual_aid=False)) == {o: max(n - ROOM, 0) for o, n in WAITING.items()}
