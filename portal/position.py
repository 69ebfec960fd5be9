"""How the lists stand: from the monthly history to shares over six weeks, beside the target. Answers are kept: a dataset never changes."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from data.activity import OVER_SIX, OVER_THIRTEEN, WAITING
from data.dataset import Dataset
from data.findings import Findings
from data.rota import work_without_a_place
from data.words import count, day, listed, number, percent

_KEPT = 6
"""Datasets whose answers are kept."""

_NAMED = 3
"""Lists named in a sentence."""


@lru_cache(maxsize=_KEPT)
def history(dataset: Dataset) -> pd.DataFrame:
    """The lists of the network's organisations at every month end.

    Returns:
        organisation, test, period (first day of the month), waiting, over_six, over_thirteen (patients), share (of the list, NaN where nobody
        waits).
    """
    rows = dataset.activity.of(dataset.network.organisations, list(dataset.network["tests"]["test"]))
    frame = rows[["organisation", "test", "period"]].assign(
        waiting=rows[WAITING].sum(axis=1), over_six=rows[WAITING[OVER_SIX:]].sum(axis=1), over_thirteen=rows[WAITING[OVER_THIRTEEN:]].sum(axis=1)
    )
    return _shares(frame)


@lru_cache(maxsize=_KEPT)
def newest(dataset: Dataset) -> pd.DataFrame:
    """The lists at the newest month end, as `history`, with target_share and within (True where the share is at most the target's)."""
    frame = history(dataset)
    frame = frame[(frame["period"] == dataset.activity.latest) & (frame["waiting"] > 0)].reset_index(drop=True)
    at = frame[["organisation", "test"]].assign(week=pd.Timestamp(dataset.data_date))
    frame["target_share"] = dataset.assumptions.values("target_share", at)
    return frame.assign(within=frame["share"] <= frame["target_share"])


def tests(dataset: Dataset) -> dict[str, str]:
    """Tests that have a history, with their titles, in table order."""
    present = set(history(dataset)["test"])
    return {test: title for test, title in dataset.network.titles("tests").items() if test in present}


def trend(dataset: Dataset, test: str = "") -> pd.DataFrame:
    """Each organisation's lists by month, for one test or for all tests together; columns as `history` without test."""
    rows = history(dataset)
    rows = rows[rows["test"] == test] if test else rows
    return _shares(rows.groupby(["organisation", "period"], sort=False)[["waiting", "over_six", "over_thirteen"]].sum().reset_index())


def one_target(dataset: Dataset, test: str = "") -> float | None:
    """The target share at the newest month end where it is one for all lists of a test (or of all tests), else None."""
    lists = newest(dataset)
    shares = (lists[lists["test"] == test] if test else lists)["target_share"].unique()
    return float(shares[0]) if len(shares) == 1 else None


def headline(dataset: Dataset) -> str:
    """Whether the network meets its target at the newest month end, in one sentence."""
    lists = newest(dataset)
    if lists.empty:
        return "Nobody is on a waiting list in the data that are loaded."
    within, waiting, over = int(lists["within"].sum()), lists["waiting"].sum(), lists["over_six"].sum()
    met = "Every list is" if within == len(lists) else "No list is" if within == 0 else f"{within} of {len(lists)} lists are"
    return (
        f"{met} within the target: {number(over)} of {number(waiting)} patients ({percent(over / waiting)}) had waited six weeks or more on "
        f"{day(dataset.data_date)}."
    )


def furthest(dataset: Dataset) -> str:
    """Where the lists are furthest over their target, in one sentence; empty where all are within."""
    lists = newest(dataset)
    outside = lists[~lists["within"]]
    outside = outside.assign(excess=outside["over_six"] - outside["target_share"] * outside["waiting"])
    tests, organisations = dataset.network.titles("tests"), dataset.network.short_titles("organisations")
    named = [
        f"{tests[r.test]} at {organisations[r.organisation]} ({percent(r.share)}, {number(r.over_six)} patients)"
        for r in outside.sort_values("excess", ascending=False).head(_NAMED).itertuples()
    ]
    return f"Most patients over the target: {listed(named)}." if named else ""


def decisions(dataset: Dataset) -> list[str]:
    """What in the data waits for somebody's decision, one sentence each."""
    said = []
    rows = dataset.assumptions.rows
    unsourced = int(((rows["basis"] == "assumption") & (rows["confidence"] == "low")).sum())
    if unsourced:
        said.append(f"{count(unsourced, 'assumption')} of {number(len(rows))} have no source and low confidence: confirm or replace them.")
    stated = set(zip(dataset.network["rota"]["site"], dataset.network["rota"]["asset_type"], strict=True))
    stations = set(zip(dataset.network["assets"]["site"], dataset.network["assets"]["asset_type"], strict=True))
    if stations - stated:
        said.append(
            f"Today's rota is derived from recent activity for {count(len(stations - stated), 'place')} of {number(len(stations))}: check it, or "
            "upload the real one."
        )
    return said + [finding.sentence() for finding in _warnings(dataset)]


@lru_cache(maxsize=_KEPT)
def _warnings(dataset: Dataset) -> Findings:
    return dataset.accepted.plus(dataset.network.findings, dataset.assumptions.findings, work_without_a_place(dataset)).warnings


def _shares(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(share=(frame["over_six"] / frame["waiting"]).where(frame["waiting"] > 0))
