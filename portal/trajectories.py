"""Improvement plans beside what happened and what is expected: planned, actual and forecast for each list and month. No Streamlit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.activity import KINDS
from data.local_tables import INVENTED, LOCAL_SOURCES, PLANNED_MEASURES, TRAJECTORIES
from data.store import Scope
from data.words import count, day, listed, month, number
from forecasting.outlook import Outlook
from portal import services
from portal.performance import monthly
from portal.performance_ahead import projected
from portal.services import kept

_KEPT = 6

SHARE, WAITING_LIST, ACTIVITY = tuple(PLANNED_MEASURES)
UNITS = {SHARE: "points", WAITING_LIST: "patients", ACTIVITY: "examinations"}
"""Unit of a difference from the plan."""

BEHIND, ON_PLAN, AHEAD, NOT_YET = "behind plan", "on plan", "ahead of plan", "nothing to compare yet"
STATES = (BEHIND, ON_PLAN, AHEAD, NOT_YET)
"""Where a list can stand against its plan, exceptions first."""

_LIST = ["organisation", "test", "measure"]
_MONTHS_BEFORE = 6
_TEMPLATE_MONTHS = 12
_AGREE = {SHARE: 0.0005, WAITING_LIST: 0.5, ACTIVITY: 0.5}
"""Differences that are not shown are none."""


@kept(_KEPT)
def months(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """Planned, actual and forecast for every list and measure that a plan names.

    Args:
        scope: on whose behalf; an organisation has its own plans only.
        dataset_id: the dataset.

    Returns:
        organisation, test, measure, period (first day of the month), planned, actual, forecast, lower_80, upper_80 (shares of one, patients at
        month end or examinations; missing where there is none), from half a year before the plan or the newest month, to the plan's end.
    """
    held = services.dataset(scope, dataset_id)
    planned = held.local[TRAJECTORIES.name][[*_LIST, "period", "planned"]]
    if planned.empty or not held.has_history:
        return planned.assign(actual=np.nan, forecast=np.nan, lower_80=np.nan, upper_80=np.nan).sort_values([*_LIST, "period"], ignore_index=True)
    made = planned.merge(_actual(scope, dataset_id), on=[*_LIST, "period"], how="outer")
    made = made.merge(_ahead(projected(scope, dataset_id)), on=[*_LIST, "period"], how="outer")
    spans = planned.groupby(_LIST)["period"].agg(["min", "max"]).reset_index()
    made = made.merge(spans, on=_LIST)
    begun = made["min"].where(made["min"] <= held.activity.latest, held.activity.latest)
    first = (begun.dt.to_period("M") - _MONTHS_BEFORE).dt.to_timestamp()
    made = made[(made["period"] >= first) & (made["period"] <= made["max"])]
    return made.drop(columns=["min", "max"]).sort_values([*_LIST, "period"], ignore_index=True)


@kept(_KEPT)
def standing(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """Where each list stands against its plan at the newest month that has both: those behind first, then those expected to be.

    Returns:
        organisation, test, measure, period, planned, actual, gap (actual less planned), state (one of `STATES`), end (the last planned month
        that is forecast), end_planned, end_forecast, end_gap, end_state; plan, owner. Missing where nothing is known.
    """
    rows = months(scope, dataset_id)
    both = rows[rows["planned"].notna() & rows["actual"].notna()].drop_duplicates(_LIST, keep="last")
    ends = rows[rows["planned"].notna() & rows["forecast"].notna()].drop_duplicates(_LIST, keep="last")
    ends = ends.rename(columns={"period": "end", "planned": "end_planned", "forecast": "end_forecast"})[
        [*_LIST, "end", "end_planned", "end_forecast"]
    ]
    said = services.dataset(scope, dataset_id).local[TRAJECTORIES.name].drop_duplicates(_LIST, keep="last")[[*_LIST, "plan", "owner"]]
    made = said.merge(both[[*_LIST, "period", "planned", "actual"]], on=_LIST, how="left").merge(ends, on=_LIST, how="left")
    made = made.assign(gap=made["actual"] - made["planned"], end_gap=made["end_forecast"] - made["end_planned"])
    made["state"] = [_state(m, g) for m, g in zip(made["measure"], made["gap"], strict=True)]
    made["end_state"] = [_state(m, g) for m, g in zip(made["measure"], made["end_gap"], strict=True)]
    relative = (made["gap"].abs() / made["planned"].where(made["planned"] > 0, 1.0)).fillna(0.0)
    order = made["state"].map({state: k for k, state in enumerate(STATES, start=1)}).to_numpy()
    order = np.where(made["state"] == BEHIND, 0, np.where(made["end_state"] == BEHIND, 1, order))
    worst = np.lexsort((-relative.to_numpy(), order))
    return made.iloc[worst].reset_index(drop=True)


def one_list(scope: Scope, dataset_id: str, organisation: str, test: str, measure: str) -> pd.DataFrame:
    """The rows of `months` of one list and measure."""
    rows = months(scope, dataset_id)
    mine = (rows["organisation"] == organisation) & (rows["test"] == test) & (rows["measure"] == measure)
    return rows[mine].reset_index(drop=True)


def against_plan(row: Any) -> str:
    """Where a list stands, from a row of `standing`: `behind plan by 2.1 points in March 2025; forecast to be behind plan by 3.0 points in …`."""
    now = (
        f"{by_how_much(row.measure, row.gap, row.state)} in {month(row.period)}"
        if row.state != NOT_YET
        else "no month of the plan can be compared yet"
    )
    if row.end_state == NOT_YET or row.end == row.period:
        return now
    return f"{now}; forecast to be {by_how_much(row.measure, row.end_gap, row.end_state)} in {month(row.end)}"


def by_how_much(measure: str, gap: float, state: str) -> str:
    """Where a figure stands: `behind plan by 2.1 points`; the state alone where there is no difference."""
    if state in (ON_PLAN, NOT_YET):
        return state
    size = number(100 * abs(gap), 1) if measure == SHARE else number(abs(gap))
    return f"{state} by {size} {UNITS[measure]}"


def headline(scope: Scope, dataset_id: str) -> str:
    """How many lists are behind their plan, in one sentence; empty where no plan is loaded."""
    rows = standing(scope, dataset_id)
    if rows.empty:
        return ""
    behind, begun = int((rows["state"] == BEHIND).sum()), int((rows["state"] != NOT_YET).sum())
    if not begun:
        return f"{count(len(rows), 'trajectory', 'trajectories')} are loaded; no month of them can be compared yet."
    return f"{number(behind)} of {count(begun, 'trajectory', 'trajectories')} {'is' if behind == 1 else 'are'} behind plan."


def template(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """A table to fill in, as it may be uploaded: every list that the scope may plan for, for a year after the newest month; values are blank."""
    network = services.dataset(scope, dataset_id).network
    latest = services.dataset(scope, dataset_id).data_date
    first = (pd.Timestamp.now() if latest is None else latest).to_period("M") + 1
    trusts, tests = network.titles("organisations"), network.titles("tests")
    rows = [
        (trusts[o], title, month(m.to_timestamp()), PLANNED_MEASURES[SHARE], "", "", "", "")
        for o in ([scope.organisation] if scope.organisation else trusts) for title in tests.values()
        for m in pd.period_range(first, periods=_TEMPLATE_MONTHS, freq="M")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[f.title for f in TRAJECTORIES.fields])


def source(scope: Scope, dataset_id: str) -> str:
    """Where plans and figures come from, for the line under a chart."""
    held = services.dataset(scope, dataset_id)
    files = held.local[LOCAL_SOURCES.name]
    files = files[files["table"] == TRAJECTORIES.name]
    said = [f"{f} ({s})" if s == INVENTED else f for f, s in zip(files["file"], files["source"], strict=True)]
    names = listed(list(dict.fromkeys(said))) or "not stated"
    return f"Source: improvement plans from {names}; actual figures of the monthly return to {day(held.data_date)}; forecast by this portal."


def _state(measure: str, gap: float) -> str:
    if pd.isna(gap):
        return NOT_YET
    if abs(gap) < _AGREE[measure]:
        return ON_PLAN
    return AHEAD if (gap > 0) == (measure == ACTIVITY) else BEHIND


def _actual(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """What happened: organisation, test, measure, period, actual; figures that cannot be right are left out, as on every page."""
    known = monthly(scope, dataset_id)
    values = {
        SHARE: known.values("over_six"), WAITING_LIST: known.values("waiting"),
        ACTIVITY: np.where(known.left_out("activity"), np.nan, known.done.sum(axis=2)),
    }  # fmt: skip
    keys = pd.DataFrame({
        **{name: np.repeat(known.lists[name].to_numpy(), len(known.periods)) for name in ("organisation", "test")},
        "period": np.tile(known.periods.to_numpy(), len(known.lists)),
    })  # fmt: skip
    return pd.concat([keys.assign(measure=name, actual=value.ravel()) for name, value in values.items()], ignore_index=True)


def _ahead(seen: Outlook) -> pd.DataFrame:
    """What is expected: organisation, test, measure, period, forecast, lower_80, upper_80; a sum of kinds has no range."""
    lists = seen.lists.assign(period=_months_ahead(seen.lists))
    keys = ["organisation", "test", "period"]
    shares = lists[[*keys, "lower_80", "upper_80"]].assign(measure=SHARE, forecast=lists["share_over_six"])
    waiting = lists[keys].assign(measure=WAITING_LIST, forecast=lists["waiting"])
    work = seen.forecast[seen.forecast["stream"].isin(KINDS)]
    done = work.assign(period=_months_ahead(work)).groupby(keys)["forecast"].sum().reset_index().assign(measure=ACTIVITY)
    return pd.concat([_nothing_ahead(), *(part for part in (shares, waiting, done) if not part.empty)], ignore_index=True)


def _nothing_ahead() -> pd.DataFrame:
    types = dict.fromkeys((*_LIST,), "str") | {"period": "datetime64[s]"} | dict.fromkeys(("forecast", "lower_80", "upper_80"), "float64")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _months_ahead(rows: pd.DataFrame) -> pd.Series:
    return (rows["origin"].dt.to_period("M") + rows["horizon"].to_numpy()).dt.to_timestamp().astype("datetime64[s]")
