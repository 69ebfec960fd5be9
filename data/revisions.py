"""What a newer version of some months changes against the version in force, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data.activity import ACTIVITY, KINDS, WAITING, Activity
from data.fields import Field, Kind, Table

FIGURES = [f"done_{kind}" for kind in KINDS] + WAITING

CHANGES = Table(
    "changes", "Changes", "One row for each figure that a newer version of a month changes.",
    (
        ACTIVITY.field("organisation"),
        ACTIVITY.field("test"),
        ACTIVITY.field("period"),
        Field("column", "Column", Kind.CHOICE, choices=tuple(FIGURES), help="Name of the column of the sheet Activity"),
        Field("before", "Before", Kind.NUMBER, required=False, help="In the version in force; empty = no row"),
        Field("after", "After", Kind.NUMBER, required=False, help="In the newer version; empty = no row"),
    ),
    key=("organisation", "test", "period", "column"),
)  # fmt: skip


def changes(before: Activity, after: Activity, organisations: Sequence[str], months: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The figures that differ between two versions.

    Args:
        before: the version in force.
        after: the newer version.
        organisations: whose figures are compared.
        months: the months that are compared; others are left out.

    Returns:
        A typed frame of `CHANGES`. A row that only one version has counts as zeros; the side without it is NaN.
    """
    old, new = (_keyed(version, organisations, months) for version in (before, after))
    keys = old.index.union(new.index)
    left, right = old.reindex(keys), new.reindex(keys)
    differs = left.fillna(0.0).to_numpy() != right.fillna(0.0).to_numpy()
    rows, columns = np.nonzero(differs)
    place = keys[rows].to_frame(index=False)
    return CHANGES.typed({
        **{name: place[name] for name in keys.names}, "column": np.array(FIGURES, dtype=object)[columns],
        "before": left.to_numpy()[rows, columns], "after": right.to_numpy()[rows, columns],
    })  # fmt: skip


def sentences(changed: pd.DataFrame, months: Sequence[pd.Timestamp], organisations: Mapping[str, str], tests: Mapping[str, str]) -> list[str]:
    """The changes by organisation in words: how many figures, and the largest change.

    Args:
        changed: frame of `CHANGES`.
        months: the months that were replaced.
        organisations: title of each organisation.
        tests: title of each test.
    """
    if not months:
        return []
    if changed.empty:
        return ["No figure of this network changes in the months that are replaced."]
    said = []
    for organisation, rows in changed.groupby("organisation", sort=True):
        sizes = (rows["after"].fillna(0) - rows["before"].fillna(0)).abs()
        top = rows.loc[sizes.idxmax()]
        title = ACTIVITY.field(top["column"]).title
        many = f"{len(rows):,} figure{'' if len(rows) == 1 else 's'} changed"
        said.append(
            f"{organisations.get(str(organisation), organisation)}: {many}, most of all {tests.get(top['test'], top['test'])}, "
            f'{top["period"]:%B %Y}, "{title}", from {_figure(top["before"])} to {_figure(top["after"])}.'
        )
    return said


def _figure(value: float) -> str:
    return "no row" if np.isnan(value) else f"{value:,.10g}"


def _keyed(version: Activity, organisations: Sequence[str], months: Sequence[pd.Timestamp]) -> pd.DataFrame:
    rows = version.rows
    kept = rows[rows["organisation"].isin(list(organisations)) & rows["period"].isin(list(months))]
    return kept.set_index(list(ACTIVITY.key))[FIGURES]
