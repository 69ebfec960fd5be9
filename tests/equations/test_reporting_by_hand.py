"""What the model is given about reports, by hand: the work examinations bring, the time there is, who may help."""

import pytest

from data.assumptions import ASSUMPTIONS
from data.scenario import Scenario, all_levers
from optimisation.allocation.problem import build_problem
from portal.planning import prepare
from tests.networks.small import frame
from tests.small_networks import Stream, Tiny, readers, two_trusts

SHARE = {"name": "reporting_share", "value": 0.25, "staff_group": "readers"}
SETS = ("reporters", "reporting_weeks", "reporting_pool", "outsourced_reporting")


def problem(tiny, weeks=3, changes=(), **levers):
    dataset = tiny.dataset()
    scenario = Scenario("by hand", dataset.content_id, changes=frame(ASSUMPTIONS, list(changes)), levers=all_levers() | levers, weeks=weeks)
    return build_problem(prepare(dataset, scenario))


def reporting(**parts):
    """Two trusts with readers at both, who spend a quarter of their time on reports of fifteen minutes."""
    return two_trusts(**{"tables": readers(P=0.5, Q=0.2), "scoped": [SHARE]} | parts).assuming(report_minutes=15)


def test_reports_play_no_part_where_nobody_in_post_has_time_for_them_or_all_are_made_at_once():
    for tiny in (two_trusts().assuming(report_backlog=50), reporting(scoped=[]), reporting().assuming(reported_at_once=1)):
        found = problem(tiny.assuming(outsourced_report_limit=9))
        assert [found.sets[name] for name in SETS] == [[]] * 4
        assert found.values["reporting_minutes"] == found.values["reports_later"] == {}


def test_own_time_is_the_hours_in_post_times_the_share_of_the_week():
    later = SHARE | {"value": 0.5, "from_week": "2025-12-15"}
    found = problem(reporting(scoped=[SHARE, later]))
    # Half a person with 40 hours, a quarter of them, in minutes; from the third week on half of them.
    assert [found.values["reporting_minutes"]["P", w] for w in (1, 2, 3)] == pytest.approx([300, 300, 600])
    assert found.values["reporting_minutes"]["Q", 1] == pytest.approx(120)


def test_time_that_is_stated_holds_though_it_is_too_little_and_time_that_is_not_is_what_todays_rota_brings():
    tiny = reporting(
        tables=readers(P=0.0), rota={("p1", "room", "core"): 2, ("q1", "room", "core"): 2},
        streams={("P", "x"): Stream([0.0] * 13 + [60.0], seen=43, joined=40), ("Q", "x"): Stream([90.0], seen=43, joined=20, unscheduled=43)},
    ).assuming(unscheduled_outside=0.5)  # fmt: skip
    found = problem(tiny)
    assert {found.values["reporting_minutes"]["P", w] for w in (1, 2, 3)} == {0.0}
    # Q: two sessions hold eight examinations, five more are done outside sessions.
    assert found.values["minutes_outside"]["Q", 1] == pytest.approx(5 * 15)
    assert found.values["reporting_minutes"]["Q", 1] == pytest.approx(13 * 15)


def test_a_mean_report_an_ordinary_week_and_the_opening_backlog_follow_recent_work():
    tiny = Tiny(
        sites={"p1": "P"}, streams={("P", "x"): Stream([9.0], seen=43), ("P", "y"): Stream([9.0], planned=21.5, unscheduled=21.5)},
        tables=readers(P=1),
        scoped=[SHARE, {"name": "report_minutes", "value": 30, "test": "y"}, {"name": "reported_at_once", "value": 0.6, "test": "y"}],
    ).assuming(report_minutes=12, report_backlog=7)  # fmt: skip
    found = problem(tiny)
    # Ten of x a week with 12 minutes each; ten of y, four of which are reported later, with 30.
    assert found.values["ordinary_reports"]["P",] == pytest.approx(240)
    assert found.values["mean_report"]["P",] == pytest.approx(240 / 14)
    assert found.values["opening_backlog"]["P",] == pytest.approx(7 * 240 / 14)
    assert found.values["reports_later"] == pytest.approx({("P", "x"): 1, ("P", "y"): 0.4})


def test_a_trust_that_may_give_time_gives_a_share_of_its_own_where_another_can_take_it():
    limit = [SHARE, {"name": "shared_reporting_limit", "value": 0.4, "organisation": "Q"}]
    found = problem(reporting(scoped=limit).assuming(shared_reporting_limit=0))
    assert found.values["report_lending_limit"]["Q", 1] == pytest.approx(0.4 * 120)
    assert found.values["report_lending_limit"]["P", 1] == 0
    assert problem(reporting(scoped=limit), cross_site_reporting=False).sets["reporting_pool"] == []
    assert problem(reporting().assuming(shared_reporting_limit=0)).sets["reporting_pool"] == []


def test_reports_are_bought_in_the_weeks_with_a_limit_above_nothing():
    limit = [SHARE, {"name": "outsourced_report_limit", "value": 6, "organisation": "P", "from_week": "2025-12-08"}]
    found = problem(reporting(scoped=limit))
    assert found.sets["outsourced_reporting"] == [("P", 2), ("P", 3)]
    assert problem(reporting(scoped=limit), outsourced_reporting=False).sets["outsourced_reporting"] == []


def test_late_reports_are_priced_by_the_minute():
    assert problem(reporting().assuming(late_report_price=600)).values["late_report_price"]["P",] == pytest.approx(10)
