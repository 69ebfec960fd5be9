"""Locks that would be ignored: each is named, with what is allowed."""

import pandas as pd
import pytest

from data.assumptions import ASSUMPTIONS
from data.checks.lock_limits import lock_limit_findings
from data.checks.locks import lock_findings
from data.errors import Refused
from data.scenario import LOCKS, Scenario, base
from data.working_days import mondays
from portal.planning import make_plan, prepare
from tests.networks.small import frame
from tests.small_networks import FIRST_MONDAY, two_trusts

WEEKS = mondays(FIRST_MONDAY, 3)
ROOM = {"decision": "sessions", "site": "q1", "asset_type": "room", "session_type": "core", "value": 2}
UNIT = {"decision": "mobile", "site": "p1", "mobile": "v", "value": 1}
SPAN = {"from_week": "2025-12-08", "to_week": "2025-12-15"}


@pytest.fixture(scope="module")
def dataset():
    """Two trusts with a room each, and a unit whose one pad is at p1."""
    return two_trusts(mobiles={"v": {"asset_type": "room"}}, pads={("p1", "room"): {}}).dataset()


def found(dataset, *locks, weeks=WEEKS):
    return lock_findings(frame(LOCKS, [SPAN | lock for lock in locks]), dataset.network, weeks)


def test_locks_on_what_there_is_are_in_order(dataset):
    assert found(dataset, ROOM, UNIT) == ()


@pytest.mark.parametrize(
    ("lock", "column", "name", "allowed"),
    [
        (ROOM | {"site": "q9"}, "Site", "q9", "one of p1, q1"),
        (ROOM | {"asset_type": "scanner"}, "Asset type", "scanner", "one of room"),
        (ROOM | {"session_type": "night"}, "Session type", "night", "one of core"),
        (UNIT | {"mobile": "w"}, "Mobile unit", "w", "one of v"),
    ],
)  # fmt: skip
def test_a_name_the_network_does_not_have_is_refused(dataset, lock, column, name, allowed):
    (finding,) = found(dataset, ROOM, lock)
    assert (finding.rule, finding.severity) == ("unknown-reference", "refuse")
    assert (finding.sheet, finding.row, finding.column) == ("Locks", 2, column)
    assert (finding.found, finding.expected) == (f'"{name}"', allowed)


@pytest.mark.parametrize(("lock", "left_out"), [(ROOM, "asset_type"), (ROOM, "session_type"), (UNIT, "mobile")])
def test_a_lock_that_does_not_say_what_it_locks_is_refused(dataset, lock, left_out):
    (finding,) = found(dataset, {k: v for k, v in lock.items() if k != left_out})
    assert (finding.severity, finding.found, finding.column) == ("refuse", "an empty cell", LOCKS.field(left_out).title)


def test_a_lock_on_a_pad_the_site_does_not_have_is_refused(dataset):
    (finding,) = found(dataset, UNIT | {"site": "q1"})
    assert (finding.rule, finding.severity) == ("lock-without-place", "refuse")
    assert finding.found == "room at Site q1"
    assert finding.expected == "a site with a pad; Site q1 has none"


def test_a_lock_on_rooms_the_site_does_not_have_is_refused():
    two_kinds = two_trusts(rooms={"room": ["x"], "suite": ["x"]}, assets={("p1", "room"): 1, ("q1", "suite"): 1}).dataset()
    (finding,) = found(two_kinds, ROOM)
    assert (finding.rule, finding.found, finding.expected) == ("lock-without-place", "room at Site q1", "at Site q1, sessions for suite")


def test_a_lock_that_ends_before_it_begins_is_refused(dataset):
    (finding,) = found(dataset, ROOM | {"to_week": "2025-12-01"})
    assert (finding.rule, finding.severity, finding.column) == ("dates-in-order", "refuse", "To week")


def test_a_lock_outside_the_plan_is_a_warning_once_the_weeks_are_known(dataset):
    late = ROOM | {"from_week": "2026-02-02", "to_week": "2026-02-09"}
    (finding,) = found(dataset, late)
    assert (finding.rule, finding.severity) == ("lock-outside-plan", "warn")
    assert finding.found == "2 February 2026 to 9 February 2026"
    assert finding.expected.endswith("from 1 December 2025 to 15 December 2025")
    assert found(dataset, late, weeks=None) == ()
    assert found(dataset, ROOM | {"from_week": "2025-12-15", "to_week": "2026-02-09"}) == ()


def test_a_plan_around_an_unknown_lock_is_refused_and_one_outside_its_weeks_is_said(dataset):
    scenario = base(dataset.content_id, 3)
    with pytest.raises(Refused, match='found "q9"'):
        prepare(dataset, scenario.changed(locks=frame(LOCKS, [SPAN | ROOM | {"site": "q9"}])))
    late = frame(LOCKS, [ROOM | {"from_week": "2026-02-02", "to_week": "2026-02-09"}])
    plan = make_plan(dataset, scenario.changed(locks=late))
    assert any("2 February 2026" in sentence for sentence in plan.summary["findings"])
    assert pd.Timestamp("2026-02-02") not in set(plan["sessions"]["week"])


AID = {"decision": "aid", "organisation": "P", "to_organisation": "Q", "test": "x", "value": 3}
BOUGHT = {"decision": "outsourced", "organisation": "P", "test": "x", "value": 2}


def refused(dataset, *locks, levers=(), **assumed):
    """Findings of a scenario with these locks."""
    changes = frame(ASSUMPTIONS, [{"name": name, "value": float(n)} for name, n in assumed.items()])
    scenario = base(dataset.content_id, 3)
    scenario = scenario.changed(
        locks=frame(LOCKS, [SPAN | lock for lock in locks]), changes=changes, levers={**scenario.levers, **dict.fromkeys(levers, False)}
    )  # fmt: skip
    return lock_limit_findings(scenario, dataset.network, scenario.on(dataset.assumptions), WEEKS)


def test_locks_of_patients_within_their_limits_are_in_order(dataset):
    assert found(dataset, AID, BOUGHT, AID | {"decision": "insourced", "to_organisation": ""}) == ()
    assert refused(dataset, AID, BOUGHT, BOUGHT | {"how": "at_most", "value": 500, "organisation": "Q"}, outsourced_limit=2) == ()


@pytest.mark.parametrize(
    ("lock", "column", "name"),
    [(AID | {"to_organisation": ""}, "To", "an empty cell"), (AID | {"test": "y"}, "Test", '"y"'),
     (BOUGHT | {"organisation": "Z"}, "Organisation", '"Z"'),
     (AID | {"to_organisation": "P"}, "To", "Trust P"), (ROOM | {"how": "at_least"}, "How", "at least")],
)  # fmt: skip
def test_a_lock_of_patients_that_does_not_say_whose_or_where_is_refused(dataset, lock, column, name):
    (finding,) = found(dataset, lock)
    assert (finding.severity, finding.column, finding.found) == ("refuse", column, name)


@pytest.mark.parametrize(
    ("lock", "levers", "assumed", "allowed"),
    [
        (AID, ["mutual_aid"], {}, "none: mutual aid may not be used in this scenario"),
        (BOUGHT, ["outsourcing"], {}, "none: outsourcing may not be used in this scenario"),
        (BOUGHT, [], {"outsourced_limit": 1}, "at most 1.0: "),
        (AID, [], {"aid_maximum_batch": 2}, "at most 2.0: "),
        (AID, [], {"aid_travel_limit": 10}, "at most 0.0: no site there does the test within the travel limit"),
        (AID | {"decision": "insourced"}, [], {"insourced_limit": 1}, "at most 1.0: "),
    ],
)
def test_a_lock_beyond_its_limit_is_named_with_what_limits_it(dataset, lock, levers, assumed, allowed):
    (finding,) = refused(dataset, lock, levers=levers, **assumed)
    assert (finding.rule, finding.severity, finding.row, finding.column) == ("lock-beyond-limit", "refuse", 1, "Value")
    assert finding.expected.startswith(allowed)


def test_locks_on_the_same_patients_that_contradict_each_other_are_both_named(dataset):
    (finding,) = refused(dataset, AID | {"how": "at_most"}, AID | {"how": "at_least", "value": 4})
    assert (finding.rule, finding.row) == ("locks-contradict", 2)
    assert finding.found == "at least 4.0 beside at most 3.0 in row 1"


def test_a_lock_beyond_its_limit_stops_the_plan_before_it_is_made(dataset):
    scenario = base(dataset.content_id, 3).changed(locks=frame(LOCKS, [SPAN | BOUGHT]))
    with pytest.raises(Refused, match=r"at most 0\.0"):
        make_plan(dataset, scenario)


def test_scenarios_with_locks_of_sessions_keep_the_ids_they_had_before_there_were_others(dataset):
    # The digest of a scenario stored when locks had eight columns.
    scenario = base("data", 3).changed(locks=frame(LOCKS, [SPAN | ROOM]))
    assert scenario.content_id == "72ea156feba00145470183c7d884f2b6c6188e77cbcea24809a59a57db78eee0"
    assert Scenario.from_json(scenario.to_json()).content_id == scenario.content_id
    more = scenario.changed(locks=frame(LOCKS, [SPAN | ROOM, SPAN | AID]))
    assert more.content_id != scenario.content_id
    assert Scenario.from_json(more.to_json()).content_id == more.content_id
