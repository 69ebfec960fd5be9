"""Cancer waiting times beside the monthly return: how many were told within 28 days, by organisation and route. No Streamlit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.local_tables import CANCER_WAITS, FASTER_DIAGNOSIS, LOCAL_SOURCES
from data.store import Scope
from data.words import count, listed, month, sentence_start
from portal import services
from portal.position import trend
from portal.services import kept

_KEPT = 8

TITLES = {FASTER_DIAGNOSIS: "28-day Faster Diagnosis Standard", "31_day": "31-day standard", "62_day": "62-day standard"}
"""Standards in words."""


def is_loaded(scope: Scope, dataset_id: str) -> bool:
    """Whether the network's own organisations have any cancer waiting times here."""
    held = services.dataset(scope, dataset_id)
    return bool(held.local[CANCER_WAITS.name]["organisation"].isin(held.network.organisations).any())


def routes(scope: Scope, dataset_id: str, standard: str = FASTER_DIAGNOSIS) -> dict[str, str]:
    """Routes of a standard as published, with their words; the one of most patients first."""
    rows = _own(scope, dataset_id, standard)
    order = rows.groupby("route")["total"].sum().sort_values(ascending=False)
    return {str(route): sentence_start(str(route).lower()) for route in order.index}


@kept(_KEPT)
def monthly(scope: Scope, dataset_id: str, standard: str = FASTER_DIAGNOSIS, route: str = "") -> pd.DataFrame:
    """Share of patients within a standard, by organisation and month.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        standard: one of `data.local_tables.STANDARDS`.
        route: as published; empty = every route.

    Returns:
        organisation, period (first day of the month), total, within, breaches (patients), share (of patients; missing where a figure of the
        month is withheld, or nobody was counted), target (share asked for in the month; missing before the first), met; in the network's order.
    """
    held = services.dataset(scope, dataset_id)
    rows = _own(scope, dataset_id, standard)
    rows = rows[rows["route"] == route] if route else rows
    sums = rows.groupby(["organisation", "period"])[["total", "within", "breaches"]].sum(min_count=1, skipna=False).reset_index()
    share = (sums["within"] / sums["total"]).where(sums["total"] > 0)
    target = _targets(scope, dataset_id, standard, sums["period"])
    order = {o: k for k, o in enumerate(held.network.organisations)}
    made = sums.assign(share=share, target=target, met=share >= target)
    return made.sort_values(["organisation", "period"], key=lambda c: c.map(order) if c.name == "organisation" else c, ignore_index=True)


def _targets(scope: Scope, dataset_id: str, standard: str, months: pd.Series) -> np.ndarray:
    """The share that is asked for in each month: the newest that holds by then; missing before the first."""
    rows = services.dataset(scope, dataset_id).local.cancer_targets
    rows = rows[rows["standard"] == standard].sort_values("from_month")
    at = np.searchsorted(rows["from_month"].to_numpy(), months.to_numpy(), side="right")
    return np.append(np.nan, rows["share"].to_numpy())[at]


@kept(_KEPT)
def beside_lists(scope: Scope, dataset_id: str, standard: str = FASTER_DIAGNOSIS, route: str = "") -> pd.DataFrame:
    """`monthly` with over_six_share: the share of all the organisation's lists over six weeks at the end of the month; missing where not loaded."""
    held = services.dataset(scope, dataset_id)
    lists = trend(held)[["organisation", "period", "share"]].rename(columns={"share": "over_six_share"})
    return monthly(scope, dataset_id, standard, route).merge(lists, on=["organisation", "period"], how="left")


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the newest month in which anybody's share is known; none where there is no such month."""
    known = frame[frame["share"].notna()]
    return known[known["period"] == known["period"].max()].reset_index(drop=True)


def source(scope: Scope, dataset_id: str) -> str:
    """Where the figures come from and how far they go, for the line under a chart."""
    held = services.dataset(scope, dataset_id)
    files = held.local[LOCAL_SOURCES.name]
    files = files[files["table"] == CANCER_WAITS.name]
    names = listed(list(dict.fromkeys(files["source"]))) or "not stated"
    rows = held.local[CANCER_WAITS.name]
    if rows.empty:
        return "No cancer waiting times are loaded."
    halves = " Half patients are shared by two organisations." if (rows["total"] % 1 > 0).any() else ""
    return f"Source: {names}, {count(rows['period'].nunique(), 'month')} to {month(rows['period'].max())}.{halves}"


@kept(_KEPT)
def _own(scope: Scope, dataset_id: str, standard: str) -> pd.DataFrame:
    held = services.dataset(scope, dataset_id)
    rows = held.local[CANCER_WAITS.name]
    return rows[(rows["standard"] == standard) & rows["organisation"].isin(held.network.organisations)]
