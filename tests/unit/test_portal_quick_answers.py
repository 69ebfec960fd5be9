"""Plans that start from another plan: what they say, what they leave out, and that every limit is kept."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.plan import ASKED_IN_FULL, PRESENT_ORDER
from data.run import PlanSettings
from data.scenario import LOCKS, base
from optimisation.allocation.objective import raised
from optimisation.explain import answer
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.kept_parts import kept_in
from portal.planning import make_plan
from tests.networks.small import frame
from tests.unit.test_optimisation_booking_curve import WEEKS, network

QUICKLY = PlanSettings(start_from="the earlier run")


@pytest.fixture(scope="module")
def dataset():
    return network()


@pytest.fixture(scope="module")
def earlier(dataset):
    return make_plan(dataset, base("tiny", WEEKS), PlanSettings())


def changed(**values):
    rows = [{"name": name, "value": value, "reason": "try"} for name, value in values.items()]
    return base("tiny", WEEKS).changed(name="Changed", changes=frame(ASSUMPTIONS, rows))


def in_one(plan):
    return sum(f * s["value"] for f, s in zip(raised("fewest_late"), plan.summary["stages"], strict=True))


def test_nothing_changed_gives_goals_as_good_as_those_of_the_earlier_plan(dataset, earlier):
    again = make_plan(dataset, base("tiny", WEEKS), QUICKLY, start=earlier.decisions)
    assert again.summary["status"] == "quick answer"
    assert again.summary["quick"]["gap"] <= 0.003
    assert in_one(again) <= in_one(earlier) * 1.003


@pytest.mark.parametrize("values", [{"demand_change": 0.05}, {"outsourced_price": 60.0}, {"target_share": 0.2}, {"aid_travel_limit": 0.0}])
def test_a_changed_plan_is_checked_said_and_near_the_one_solved_in_full(dataset, earlier, values, tmp_path):
    scenario = changed(**values)
    quick = make_plan(dataset, scenario, QUICKLY, start=earlier.decisions)
    write_plan(quick, tmp_path, dataset.network)
    assert [f.sentence() for f in check_plan(tmp_path, dataset, scenario)] == []
    said = quick.summary["quick"]
    assert (said["started_from"], said["scenario"]) == ("the earlier run", "Base plan")
    assert said["gap"] <= 0.01
    full = make_plan(dataset, scenario, PlanSettings())
    assert in_one(quick) <= in_one(full) * 1.01
    assert all(quick[name].empty for name in ASKED_IN_FULL)
    assert quick.summary["list_check"][PRESENT_ORDER]["mean_points"] <= 0.3
    caveat = answer(quick, dataset.network).caveats[0]
    assert caveat.startswith('Quick answer, started from the plan of "Base plan"; proved within ')


def test_a_lock_is_kept(dataset, earlier, tmp_path):
    n = float(earlier["sessions"].query("sessions > 0")["sessions"].max())
    busiest = earlier["sessions"].loc[earlier["sessions"]["sessions"].idxmax()]
    lock = {"decision": "sessions", "site": busiest.site, "asset_type": busiest.asset_type, "session_type": busiest.session_type,
            "from_week": busiest.week, "to_week": busiest.week, "how": "exactly", "value": n - 1, "reason": "closed"}  # fmt: skip
    scenario = base("tiny", WEEKS).changed(name="Locked", locks=frame(LOCKS, [lock]))
    quick = make_plan(dataset, scenario, QUICKLY, start=earlier.decisions)
    rows = quick["sessions"].query("site == @busiest.site and session_type == @busiest.session_type and week == @busiest.week")
    assert rows["sessions"].sum() == n - 1
    write_plan(quick, tmp_path, dataset.network)
    assert not check_plan(tmp_path, dataset, scenario)


def test_without_decisions_to_start_from_it_is_solved_in_full_and_says_so(dataset, earlier):
    plan = make_plan(dataset, base("tiny", WEEKS), QUICKLY)
    assert plan.summary["status"] == earlier.summary["status"] == "optimal"
    assert plan.summary["stages"] == earlier.summary["stages"]
    assert "quick" not in plan.summary
    assert any("keeps no decisions" in note and "solved in full" in note for note in plan.summary["notes"])


def test_parts_that_were_solved_in_full_are_taken_first(dataset, earlier, tmp_path):
    folder = tmp_path / "parts"
    full = make_plan(dataset, base("tiny", WEEKS), PlanSettings(), spread=kept_in(folder))
    again = make_plan(dataset, base("tiny", WEEKS), QUICKLY, spread=kept_in(folder), start=earlier.decisions)
    assert again.summary["size"]["parts kept"] == full.summary["size"]["parts"]
    assert again.summary["stages"] == full.summary["stages"]
    assert again.summary["status"] == "optimal"
    quick = make_plan(dataset, changed(demand_change=0.05), QUICKLY, spread=kept_in(folder), start=earlier.decisions)
    same = make_plan(dataset, changed(demand_change=0.05), QUICKLY, spread=kept_in(folder), start=earlier.decisions)
    assert same.summary["stages"] == quick.summary["stages"]
    assert same.summary["status"] == "quick answer"
    in_full = make_plan(dataset, changed(demand_change=0.05), PlanSettings(), spread=kept_in(folder))
    assert in_full.summary["status"] != "quick answer"  # nothing of a quick answer is taken for more than it is


def test_a_stopped_quick_answer_is_a_cancelled_plan(dataset, earlier):
    stopped = make_plan(dataset, changed(demand_change=0.05), QUICKLY, cancelled=lambda: True, start=earlier.decisions)
    assert stopped.summary["status"] == "cancelled"


def test_only_plans_that_start_from_another_have_the_setting():
    assert "start_from" not in PlanSettings().as_values()
    assert QUICKLY.as_values()["start_from"] == "the earlier run"
    assert PlanSettings(**QUICKLY.as_values()) == QUICKLY
