"""The network's organisations among all that are loaded: rank, percentile and median of a test's lists in a month. No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.activity import OVER_SIX, OVER_THIRTEEN, WAITING
from data.local_tables import PROVIDERS
from data.store import Scope
from portal import services
from portal.performance import monthly
from portal.services import kept

_KEPT = 4
_KEPT_MONTHS = 60

LEAST_WAITING = 50
"""Patients on a list that is compared: the share of a shorter one says little. The network's own lists are always shown."""

LEAST_OTHERS = 10
"""Other organisations from which on there is a distribution to stand in."""

MEASURES: Mapping[str, str] = {"over_six": "Share over six weeks", "over_thirteen": "Share over thirteen weeks"}
"""What can be compared."""


@dataclass(frozen=True, eq=False)
class Peers:
    """Lists of one test at one month end, smallest share first.

    Attributes:
        rows: organisation, title, waiting, over (patients), share, rank (1 = smallest share; equal shares have the best of their ranks),
            percentile (share of the others with a larger share, 0 to 100), own.
        median, lower, upper: of all organisations: half, a quarter and three quarters have a smaller share.
        together: share of everybody's patients.
        test, period, measure: what is compared.
        left_out: the network's own organisations whose figures of the month cannot be right, in titles.
        among: the region or system they belong to, as published; empty = all that are loaded.
    """

    rows: pd.DataFrame
    median: float
    lower: float
    upper: float
    together: float
    test: str
    period: pd.Timestamp
    measure: str
    left_out: tuple[str, ...] = ()
    among: str = ""

    @property
    def own(self) -> pd.DataFrame:
        """The network's own rows, smallest share first."""
        return self.rows[self.rows["own"]]


@kept(_KEPT)
def lists(scope: Scope, dataset_id: str) -> pd.DataFrame:
    """Everybody's lists at month ends: organisation, test, period, waiting, over_six, over_thirteen (patients), own; empty lists left out."""
    held = services.dataset(scope, dataset_id)
    rows = held.activity.rows
    rows = rows[rows["test"].isin(held.network["tests"]["test"])]
    bands = rows[WAITING].to_numpy()
    frame = rows[["organisation", "test", "period"]].assign(
        waiting=bands.sum(axis=1), over_six=bands[:, OVER_SIX:].sum(axis=1), over_thirteen=bands[:, OVER_THIRTEEN:].sum(axis=1),
        own=rows["organisation"].isin(held.network.organisations),
    )  # fmt: skip
    return frame[frame["waiting"] > 0].reset_index(drop=True)


@kept(_KEPT)
def comparable(scope: Scope, dataset_id: str) -> dict[str, tuple[pd.Timestamp, ...]]:
    """Tests of the network that enough others report, with the months in which they do, the newest first."""
    rows = lists(scope, dataset_id)
    others = rows[~rows["own"] & (rows["waiting"] >= LEAST_WAITING)].groupby(["test", "period"]).size()
    own = rows[rows["own"]].groupby(["test", "period"]).size()
    enough = others[(others >= LEAST_OTHERS) & others.index.isin(own.index)].index
    months = {
        str(test): tuple(sorted(part.get_level_values("period"), reverse=True)) for test, part in enough.groupby(enough.get_level_values(0)).items()
    }
    titles = services.dataset(scope, dataset_id).network.titles("tests")
    return {test: months[test] for test in titles if test in months}


@kept(_KEPT)
def groups(scope: Scope, dataset_id: str) -> dict[str, str]:
    """Regions and systems to which organisations of the network belong, where the national files say so: code → title as published."""
    held = services.dataset(scope, dataset_id)
    rows = held.local[PROVIDERS.name]
    own = rows[rows["organisation"].isin(held.network.organisations)]
    found = {c: t or c for kind in ("region", "system") for c, t in zip(own[kind], own[f"{kind}_title"], strict=True) if c}
    return dict(sorted(found.items(), key=lambda item: item[1]))


@kept(_KEPT_MONTHS)
def peers(scope: Scope, dataset_id: str, test: str, period: pd.Timestamp, measure: str = "over_six", among: str = "") -> Peers:
    """The lists of a test at a month end, one for each organisation.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        test: of the network.
        period: first day of the month.
        measure: one of `MEASURES`.
        among: a key of `groups`, to compare with its organisations only; empty = all that are loaded.
    """
    held = services.dataset(scope, dataset_id)
    providers = held.local[PROVIDERS.name].set_index("organisation")
    rows = lists(scope, dataset_id)
    rows = rows[(rows["test"] == test) & (rows["period"] == period)]
    if among:
        inside = providers.index[(providers[["region", "system"]] == among).any(axis=1)]
        rows = rows[rows["organisation"].isin(inside)]
    spoilt = rows["organisation"].isin(_cannot_be_right(scope, dataset_id, test, period, measure)) & rows["own"]
    left_out, rows = rows.loc[spoilt, "organisation"], rows[~spoilt & (rows["own"] | (rows["waiting"] >= LEAST_WAITING))]
    rows = rows[["organisation", "waiting", "own"]].assign(over=rows[measure], share=rows[measure] / rows["waiting"])
    rows = rows.sort_values(["share", "organisation"], ignore_index=True)
    rows["rank"] = rows["share"].rank(method="min").astype("int64")
    larger = len(rows) - rows["share"].rank(method="max")
    rows["percentile"] = 100 * larger / max(len(rows) - 1, 1)
    titles = {o: t for o, t in providers["title"].items() if t} | held.network.short_titles("organisations")
    rows["title"] = rows["organisation"].map(lambda o: titles.get(o, o))
    lower, median, upper = rows["share"].quantile([0.25, 0.5, 0.75])
    waiting = rows["waiting"].sum()
    together = float(rows["over"].sum() / waiting) if waiting else float("nan")
    named = tuple(titles.get(o, o) for o in left_out)
    where = groups(scope, dataset_id).get(among, among)
    return Peers(rows, float(median), float(lower), float(upper), together, test, period, measure, named, where)


def _cannot_be_right(scope: Scope, dataset_id: str, test: str, period: pd.Timestamp, measure: str) -> list[str]:
    """Organisations of the network whose figure of a month is left out everywhere."""
    known = monthly(scope, dataset_id)
    month = known.periods.get_indexer([period])[0]
    if month < 0:
        return []
    mine = (known.lists["test"] == test).to_numpy() & known.left_out(measure)[:, month]
    return list(known.lists.loc[mine, "organisation"])


@kept(_KEPT_MONTHS)
def over_time(scope: Scope, dataset_id: str, test: str, measure: str = "over_six") -> pd.DataFrame:
    """Where the network's lists of a test stand month by month.

    Returns:
        organisation, period, share, rank, of (organisations compared), median; own organisations only.
    """
    rows = lists(scope, dataset_id)
    rows = rows[(rows["test"] == test) & (rows["own"] | (rows["waiting"] >= LEAST_WAITING))]
    rows = rows[["organisation", "period", "own"]].assign(share=rows[measure] / rows["waiting"])
    by_month = rows.groupby("period")["share"]
    rows = rows.assign(rank=by_month.rank(method="min"), of=by_month.transform("size"), median=by_month.transform("median"))
    return rows[rows["own"]].drop(columns="own").sort_values(["organisation", "period"], ignore_index=True)
