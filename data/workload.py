"""The work of an ordinary week: recent activity by kind, and what planned sessions must hold of it."""

from __future__ import annotations

import pandas as pd

from data.activity import KINDS
from data.assumptions import Assumptions
from data.dataset import Dataset
from data.demand import Demand
from data.working_days import WorkingDays


def recent_activity(dataset: Dataset, assumptions: Assumptions) -> pd.DataFrame:
    """Mean activity of an ordinary week over the recent months, by organisation, test and kind.

    Returns:
        organisation, test, kind, patients (in a week of five working days). Spread over working days, as sessions are: a rota of that size
        delivers the same again once bank holidays are taken out.
    """
    network = dataset.network
    tests = list(network["tests"]["test"])
    rows = dataset.activity.of(network.organisations, tests)
    months = sorted(rows["period"].unique())[-int(assumptions.one("recent_months")) :]
    columns = [f"done_{k}" for k in KINDS]
    totals = rows[rows["period"].isin(months)].groupby(["organisation", "test"])[columns].sum().set_axis(list(KINDS), axis=1)
    index = pd.MultiIndex.from_product([network.organisations, tests], names=["organisation", "test"])
    calendar = WorkingDays.of(network)
    working_weeks = sum(calendar.month_exposure(m, 0.0) for m in months) / 5
    tall = totals.reindex(index, fill_value=0.0).div(working_weeks).reset_index()
    return tall.melt(["organisation", "test"], var_name="kind", value_name="patients")


def slots_needed(recent: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    """Examinations an ordinary week's planned sessions must hold: organisation, test, must_do and waiting_list (patients a week)."""
    wide = recent.pivot(index=["organisation", "test"], columns="kind", values="patients").reset_index()
    inside = 1 - assumptions.values("unscheduled_outside", wide)
    wide["must_do"] = wide["planned"] + inside * wide["unscheduled"]
    return wide[["organisation", "test", "must_do", "waiting_list"]]


def must_do_work(demand: Demand, assumptions: Assumptions, tests: list[str]) -> pd.DataFrame:
    """Work that never waits: planned, and the part of unscheduled work that is done inside planned sessions.

    Returns:
        Index (organisation, test) for `tests`, one column per Monday, patients a week.
    """
    planned, unscheduled = (demand.weekly(kind).groupby(["organisation", "test"]).sum() for kind in ("planned", "unscheduled"))
    places = unscheduled.index.to_frame(index=False)
    inside = 1 - assumptions.values("unscheduled_outside", places)
    work = planned.reindex(unscheduled.index, fill_value=0.0) + unscheduled.mul(inside, axis=0)
    return work[work.index.get_level_values("test").isin(tests)]
