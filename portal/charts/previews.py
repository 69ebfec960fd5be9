"""What files hold, in a table short enough to recognise one's own figures in."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data.activity import KINDS, OVER_SIX, WAITING
from data.dataset import Dataset
from data.folder import Parts
from data.network import NETWORK_TABLES, Network
from data.pieces import EVERY, Piece
from data.sources.imaging import Part
from data.waiting_lists import LISTS
from data.words import day, month
from portal.charts.tables import shown, titled

MOST_ROWS = 200
"""Rows of a preview; the rest are counted in the sentences above it."""


def of_returns(made: Dataset, months: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The network's own lists and activity in the months taken in, the newest first."""
    rows = made.activity.of(made.network.organisations)
    rows = rows[rows["period"].isin(list(months))].sort_values(["period", "organisation", "test"], ascending=[False, True, True])
    waiting, over = rows[WAITING].sum(axis=1), rows[WAITING[OVER_SIX:]].sum(axis=1)
    return pd.DataFrame({
        "Month": rows["period"].map(month), "Organisation": titled(rows["organisation"], "organisations", made.network),
        "Test": titled(rows["test"], "tests", made.network), "Waiting (patients)": waiting, "Six weeks or more (patients)": over,
        **{f"Done: {kind.replace('_', ' ')} (examinations)": rows[f"done_{kind}"] for kind in KINDS},
    }).head(MOST_ROWS).reset_index(drop=True)  # fmt: skip


def of_pieces(pieces: Sequence[Piece], made: Dataset) -> pd.DataFrame:
    """The rows that local files bring; of waiting lists the counts by test and priority."""
    tables = {piece.table for piece in pieces}
    if len(tables) != 1:
        return pd.DataFrame()
    name = tables.pop()
    rows = pd.concat([piece.rows for piece in pieces], ignore_index=True)
    if name == LISTS.name:
        return _lists(rows, made)
    frame = shown(EVERY[name], rows.head(MOST_ROWS), made.network)
    dates = [c for c in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[c].dtype)]
    return frame.assign(**{c: frame[c].map(day) for c in dates})


def _lists(rows: pd.DataFrame, made: Dataset) -> pd.DataFrame:
    classes = dict(zip(made.local.priorities["priority"], made.local.priorities["title"], strict=True))
    over = rows["patients"].where(rows["weeks_waited"] >= OVER_SIX, 0)
    sums = rows.assign(over=over).groupby(["date", "organisation", "test", "priority"])[["patients", "over"]].sum().reset_index()
    return pd.DataFrame({
        "Date": sums["date"].map(day), "Organisation": titled(sums["organisation"], "organisations", made.network),
        "Test": titled(sums["test"], "tests", made.network), "Priority": sums["priority"].map(lambda p: classes.get(p, p.replace("_", " "))),
        "Waiting (patients)": sums["patients"], "Six weeks or more (patients)": sums["over"],
    }).head(MOST_ROWS)  # fmt: skip


def of_network(parts: Parts) -> pd.DataFrame:
    """How many rows each table of a workbook has."""
    rows = [(table.title, len(parts.network[table.name]), table.help) for table in NETWORK_TABLES]
    return pd.DataFrame([*rows, ("Assumptions", len(parts.assumptions.rows), "")], columns=["Table", "Rows", "What it holds"])


def of_extracts(parts: Sequence[Part], network: Network) -> pd.DataFrame:
    """Examinations by organisation and month."""
    organisations = titled(pd.Series([p.organisation for p in parts], dtype="str"), "organisations", network)
    return pd.DataFrame({"Organisation": organisations, "Month": [month(p.month) for p in parts], "Examinations": [p.rows for p in parts]})
