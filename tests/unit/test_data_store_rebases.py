"""Rebases: who may decide, what stays, and who sees it."""

import pytest

from data.errors import NotAllowed, Refused
from data.store import Scope
from tests.unit.store_fixtures import ONE, OTHER, VIEWER

NETWORK = Scope("the network", "", "planner")
PLACE = ("net", "AAA", "ct", "over_six", "2026-05")


def own(scope):
    """A rebase of the scope's own list."""
    return ("net", scope.organisation, "ct", "over_six", "2026-05")


def test_a_rebase_is_kept_with_its_reason_its_author_and_its_moment(store):
    saved = store.save_rebase(NETWORK, *PLACE, reason=" A second scanner ")
    assert (saved.month, saved.reason, saved.created_by, saved.version, saved.withdrawn) == ("2026-05", "A second scanner", NETWORK.user, 1, False)
    assert store.rebases(NETWORK, "net") == [saved]
    assert store.rebases(NETWORK, "another") == []


def test_a_rebase_that_is_taken_back_is_in_force_no_longer_and_stays_on_record(store):
    store.save_rebase(NETWORK, *PLACE, reason="A second scanner")
    store.save_rebase(NETWORK, *PLACE, reason="It was not running yet", withdrawn=True)
    assert store.rebases(NETWORK, "net") == []
    assert [(r.version, r.withdrawn, r.reason) for r in store.rebase_versions(NETWORK, "net")] == [
        (2, True, "It was not running yet"), (1, False, "A second scanner"),
    ]  # fmt: skip
    assert store.save_rebase(NETWORK, *PLACE, reason="Now it is").version == 3
    assert [r.reason for r in store.rebases(NETWORK, "net")] == ["Now it is"]


def test_without_a_reason_nothing_is_stored(store):
    with pytest.raises(Refused, match="no reason"):
        store.save_rebase(NETWORK, *PLACE, reason="  ")
    assert store.rebase_versions(NETWORK, "net") == []


def test_a_viewer_decides_nothing_and_an_organisation_nothing_about_another(store):
    for scope, place in ((VIEWER, own(VIEWER)), (ONE, own(OTHER)), (OTHER, own(ONE))):
        with pytest.raises(NotAllowed):
            store.save_rebase(scope, *place, reason="why not")
    assert store.rebase_versions(NETWORK, "net") == []


def test_an_organisation_sees_its_own_and_the_networks_decisions_and_the_network_all(store):
    for scope in (ONE, OTHER):
        store.save_rebase(scope, *own(scope), reason=scope.organisation)
    store.save_rebase(NETWORK, *PLACE, reason="network")
    assert {r.reason for r in store.rebases(ONE, "net")} == {ONE.organisation, "network"}
    assert {r.reason for r in store.rebases(NETWORK, "net")} == {ONE.organisation, OTHER.organisation, "network"}


def test_a_decision_is_in_the_audit(store):
    store.save_rebase(NETWORK, *PLACE, reason="A second scanner")
    rows = store.audit(Scope("admin", "", "admin"), action="save rebase")
    assert rows["object_kind"].tolist() == ["rebase"]
    assert "A second scanner" in rows["details"].iloc[0]
