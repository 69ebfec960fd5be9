"""The plan that changes nothing delivers what was delivered recently, planned outages and all."""

import pandas as pd
import pytest

from data.dataset import SOURCES, Dataset
from data.folder import example_networks, read_folder
from data.scenario import do_nothing
from portal.planning import make_plan

NETWORKS = ("lancashire_south_cumbria", "two_trusts_endoscopy")
WEEKS = 52


@pytest.fixture(scope="module", params=NETWORKS)
def nothing_done(request):
    """An example network and its do-nothing plan."""
    parts = read_folder(example_networks()[request.param])
    dataset = Dataset(parts.network, parts.activity, parts.assumptions, SOURCES.empty())
    return dataset, make_plan(dataset, do_nothing(dataset.content_id, WEEKS))


def recent(dataset):
    """Mean examinations a calendar week in the recent months, by organisation and test that is given sessions."""
    months = dataset.activity.periods[-int(dataset.assumptions.one("recent_months")) :]
    rows = dataset.activity.rows
    rows = rows[rows["period"].isin(months) & rows["test"].isin(dataset.network.allocated_tests)]
    done = rows.set_index(["organisation", "test"])[["done_waiting_list", "done_planned", "done_unscheduled"]].sum(axis=1)
    return done.groupby(level=[0, 1]).sum() * 7 / sum(pd.Timestamp(m).days_in_month for m in months)


def test_each_trust_and_test_gets_its_recent_activity_within_two_per_cent(nothing_done):
    dataset, plan = nothing_done
    delivered = plan["activity"].groupby(["organisation", "test"])["patients"].sum() / WEEKS
    ratio = (delivered / recent(dataset)).dropna()
    assert len(ratio) == len(recent(dataset)) >= 6
    assert ratio[(ratio - 1).abs() > 0.02].to_dict() == {}


def test_nothing_is_left_undone_or_changed(nothing_done):
    _, plan = nothing_done
    assert plan["activity"]["undone"].sum() == pytest.approx(0, abs=1e-6)
    assert (plan["sessions"]["sessions"] == plan["sessions"]["sessions_today"]).all()
    assert plan["transfers"].empty
    assert plan["external"].empty
    assert not plan["mobiles"]["arriving"].any()
    assert plan["staffing"][["overtime_hours", "bank_or_agency_hours"]].sum().sum() == 0
