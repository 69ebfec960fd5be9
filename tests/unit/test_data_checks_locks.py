"""Locks that would be ignored: each is named, with what is allowed."""

import pandas as pd
import pytest

from data.checks.locks import lock_findings
from data.errors import Refused
from data.scenario import LOCKS, base
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
