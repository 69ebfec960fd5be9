"""The sparse table of an assumption: every place it can hold at, the value in force there, and room for another; a blank keeps what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.assumption import SCOPES
from data.assumptions import ASSUMPTIONS, BY_NAME, Assumptions
from data.network import Network
from portal.changes import Change
from portal.charts.tables import place_words, titled

IN_FORCE, STATED, OVERRIDE = "In force", "Stated for", "Instead"
"""Headings: the value in force, the row it comes from, and the value to put in its place."""


def places(name: str, network: Network) -> pd.DataFrame:
    """Every place of a network at which an assumption can hold, in full: no row of another place is as specific.

    Args:
        name: of the assumption.
        network: the network.

    Returns:
        One row for each place, columns the scopes it varies by, in the order of the network's tables; one row without columns where it varies
        by nothing.
    """
    scopes = [s for s in SCOPES if s in BY_NAME[name].varies_by]
    found = pd.DataFrame(index=[0])
    for scope in scopes:
        found = found.merge(network[ASSUMPTIONS.field(scope).refers_to][[scope]], how="cross")
    for relation in _relations(network):
        shared = [s for s in scopes if s in relation]
        if len(shared) > 1 and shared != ["organisation", "test"]:  # an organisation holds lists for tests that none of its sites does
            known = relation[shared].drop_duplicates()
            found = found.merge(known, on=shared)
    return found.reset_index(drop=True)


def override_table(name: str, held: Assumptions, network: Network) -> pd.DataFrame:
    """The table a planner fills in: places in titles, the value in force, the place of the row it comes from, and an empty column.

    Args:
        name: of the assumption.
        held: the assumptions in force.
        network: the network.

    Returns:
        One row for each row of `places`, in its order.
    """
    where = places(name, network)
    columns = {s.replace("_", " ").capitalize(): titled(where[s], ASSUMPTIONS.field(s).refers_to, network) for s in where}
    return pd.DataFrame({
        **columns, IN_FORCE: held.values(name, where), OVERRIDE: np.full(len(where), np.nan),
        STATED: _stated(name, held, network, where),
    }, index=where.index)  # fmt: skip


def changes_of(change: Change, filled: Sequence[float], network: Network) -> list[Change]:
    """One change for each place that was filled in; the reason and the rest as in `change`."""
    where = places(change.name, network)
    return [
        replace(change, value=float(value), places={s: row[s] for s in where})
        for value, (_, row) in zip(filled, where.iterrows(), strict=True) if not pd.isna(value)
    ]  # fmt: skip


def _stated(name: str, held: Assumptions, network: Network, where: pd.DataFrame) -> list[str]:
    """The place of the most specific row that holds at each place."""
    said = np.full(len(where), "built in", dtype=object)
    specific = np.full(len(where), -1)
    for row in held.rows[held.rows["name"] == name].itertuples():
        hit = np.ones(len(where), dtype=bool)
        for scope in (s for s in SCOPES if getattr(row, s)):
            hit &= where[scope].to_numpy() == getattr(row, scope)
        named = sum(bool(getattr(row, s)) for s in SCOPES)
        hit &= (named >= specific) & pd.isna(row.from_week) & pd.isna(row.to_week)
        said[hit], specific[hit] = place_words(row, network), named
    return list(said)


def _relations(network: Network) -> list[pd.DataFrame]:
    """Which things of a network go together."""
    stations = pd.concat([network["assets"][["site", "asset_type"]], network["pads"][["site", "asset_type"]]]).drop_duplicates()
    stations = stations.assign(organisation=stations["site"].map(network.owner))
    return [stations.merge(network["capabilities"], on="asset_type"), stations, network["staff_in_post"], network["mobiles"], network["capabilities"]]
