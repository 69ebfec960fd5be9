"""A plan that breaks a lock of patients is found out from its written tables."""

import pytest

from data.scenario import LOCKS, base
from portal.checking import check_plan
from portal.exports.plan_files import write_plan
from portal.planning import make_plan
from tests.networks.small import frame
from tests.small_networks import two_trusts

SPAN = {"from_week": "2025-12-01", "to_week": "2025-12-08", "test": "x", "organisation": "P"}
AID = SPAN | {"decision": "aid", "to_organisation": "Q", "value": 3.0}
BOUGHT = SPAN | {"decision": "outsourced", "value": 2.0}


@pytest.fixture(scope="module")
def dataset():
    """Two trusts; P may buy examinations."""
    return two_trusts().assuming(outsourced_limit=4, outsourced_price=200, session_cost=100).dataset()


def with_locks(dataset, *locks):
    return base(dataset.content_id, 3).changed(locks=frame(LOCKS, list(locks)))


def by_week(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return [float(n) for n in frame.groupby("week")["patients"].sum()]


@pytest.mark.parametrize("how", ["exactly", "at_least"])
def test_a_plan_keeps_aid_and_purchases_as_they_are_locked(dataset, tmp_path, how):
    scenario = with_locks(dataset, AID | {"how": how}, BOUGHT | {"how": how})
    plan = make_plan(dataset, scenario)
    sent = by_week(plan["transfers"], from_organisation="P")[:2]
    assert min(sent) >= 3 - 1e-4
    assert max(sent) <= 3 + 1e-4 or how == "at_least"
    assert by_week(plan["external"], organisation="P") == pytest.approx([2, 2], abs=1e-4), "dear, and only because it is locked"
    write_plan(plan, tmp_path, dataset.network)
    assert check_plan(tmp_path, dataset, scenario) == ()


@pytest.mark.parametrize(
    ("lock", "rule"),
    [(AID | {"how": "exactly", "value": 1.0}, "locked-aid"), (AID | {"how": "at_least", "value": 9.0}, "locked-aid"),
     (AID | {"how": "at_most", "value": 2.0}, "locked-aid"), (BOUGHT | {"how": "at_least", "value": 3.0}, "locked-purchase"),
     (BOUGHT | {"how": "at_most", "value": 1.0}, "locked-purchase")],
)  # fmt: skip
def test_a_plan_that_breaks_a_lock_is_found_out(dataset, tmp_path, lock, rule):
    write_plan(make_plan(dataset, with_locks(dataset, AID, BOUGHT)), tmp_path, dataset.network)
    assert rule in {f.rule for f in check_plan(tmp_path, dataset, with_locks(dataset, lock))}
