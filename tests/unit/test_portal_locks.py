"""Locking a decision on a scenario: what it says, what is refused, and what comes of removing it."""

import pytest

from data.errors import Refused
from data.scenario import base
from portal.locks import in_words, sentences, with_lock, without_lock
from tests.small_networks import two_trusts

SPAN = {"from_week": "2025-12-01", "to_week": "2025-12-15"}
AID = SPAN | {"decision": "aid", "organisation": "P", "to_organisation": "Q", "test": "x", "how": "at_least", "value": 12.0}


@pytest.fixture(scope="module")
def dataset():
    return two_trusts(mobiles={"v": {"asset_type": "room"}}, pads={("p1", "room"): {}}).dataset()


def locked(dataset, **cells):
    return with_lock(base(dataset.content_id, 3), cells, dataset, name="Locked")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (AID, "Trust Q examines at least 12 patients a week for x of Trust P, from 1 December 2025 to 15 December 2025"),
        (SPAN | {"decision": "outsourced", "organisation": "P", "test": "x", "value": 2.5, "to_week": "2025-12-01"},
         "Trust P has exactly 2.5 patients a week for x outsourced, in the week of 1 December 2025"),
        (SPAN | {"decision": "sessions", "site": "q1", "asset_type": "room", "session_type": "core", "value": 1.0},
         "Site q1: 1 session a week (room, core), from 1 December 2025 to 15 December 2025"),
        (SPAN | {"decision": "mobile", "site": "p1", "mobile": "v", "value": 0.0},
         "v does not stand at Site p1, from 1 December 2025 to 15 December 2025"),
    ],
)  # fmt: skip
def test_a_lock_is_said_in_words(dataset, cells, words):
    made = locked(dataset, **cells)
    assert in_words(next(made.locks.itertuples()), dataset.network) == words
    assert made.description.endswith(f" Locked: {words}.")


def test_locks_add_up_and_one_that_is_removed_leaves_the_scenario_as_it_was(dataset):
    start = base(dataset.content_id, 3)
    once = locked(dataset, **AID)
    twice = with_lock(once, AID | {"how": "at_most", "value": 20.0}, dataset, name="Locked")
    assert len(sentences(twice.locks, dataset.network)) == 2
    back = without_lock(without_lock(twice, 1, dataset, name="Locked"), 0, dataset, name="Free")
    assert back.content_id == start.content_id
    assert back.description == start.description


@pytest.mark.parametrize(
    ("cells", "rule"),
    [({"decision": "aid", "value": None}, "cell"), (AID | {"value": -1.0}, "cell"), (AID, "lock-twice")],
)
def test_a_lock_that_says_nothing_or_the_same_twice_is_refused(dataset, cells, rule):
    with pytest.raises(Refused) as error:
        with_lock(locked(dataset, **AID), cells, dataset, name="Locked")
    assert rule in {f.rule for f in error.value.findings}


def test_a_built_in_scenario_is_not_overwritten(dataset):
    with pytest.raises(Refused, match="name of its own"):
        with_lock(base(dataset.content_id, 3), AID, dataset, name="Base plan")
