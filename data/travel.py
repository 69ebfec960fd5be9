"""Journeys of patients to other organisations' sites, and how many accept one: the same for plans and for pages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network

GROUPS = {"deprived": "deprived_share", "rural": "rural_share"}
"""Groups of home areas by the column of their table that says what part of an area's patients belong to them."""


def offers_of(network: Network, assumptions: Assumptions, limit: float | None = None) -> pd.DataFrame:
    """Share of an organisation's patients who accept an examination at another's site.

    Args:
        network: who lives where, and the roads.
        assumptions: the assumptions in force.
        limit: minutes that are the travel limit everywhere, in place of the assumed limits.

    Returns:
        organisation, test, site, accepted (share of offers, weighted over home areas; those beyond the travel limit accept none), extra and
        road (mean extra and whole minutes of those who accept). Pairs nobody accepts are left out.
    """
    rows = _accepting(network, assumptions, limit)
    rows = rows.assign(road=rows["accepted"] * rows["minutes"], extra=rows["accepted"] * rows["extra"])
    sums = rows.groupby(["organisation", "test", "site"], sort=False)[["accepted", "extra", "road"]].sum().reset_index()
    sums = sums[sums["accepted"] > 0]
    return sums.assign(extra=sums["extra"] / sums["accepted"], road=sums["road"] / sums["accepted"])


def extra_by_group(network: Network, assumptions: Assumptions) -> pd.DataFrame:
    """Deprived and rural patients among those of an organisation who accept an examination at another's site.

    Returns:
        group, organisation, test, site, part (of those who accept), extra (extra minutes on the road of that part, for each who accepts); where
        the table of home areas says nothing of an area, nobody there is counted to the group.
    """
    rows = _accepting(network, assumptions, None)
    homes = network["home_areas"]
    found = []
    for group, column in GROUPS.items():
        share = rows["home_area"].map(dict(zip(homes["home_area"], homes[column], strict=True))).astype(float).fillna(0.0) * rows["accepted"]
        sums = rows.assign(part=share, extra=share * rows["extra"])
        sums = sums.groupby(["organisation", "test", "site"], sort=False)[["accepted", "part", "extra"]].sum().reset_index()
        sums = sums[sums["part"] > 0]
        found.append(sums.assign(group=group, part=sums["part"] / sums["accepted"], extra=sums["extra"] / sums["accepted"]))
    return pd.concat(found, ignore_index=True)


def _accepting(network: Network, assumptions: Assumptions, limit: float | None) -> pd.DataFrame:
    """`journeys` with accepted (share of the organisation's offers) and extra (minutes beyond the journey to the nearest own site)."""
    rows = journeys(network, assumptions, limit)
    bands = [assumptions.values(f"aid_accept_{b}", rows) for b in ("to_30", "to_45", "to_60", "beyond")]
    minutes = rows["minutes"].to_numpy()
    accepts = np.select([minutes <= 30, minutes <= 45, minutes <= 60], bands[:3], bands[3]) * (minutes <= rows["limit"].to_numpy())
    return rows.assign(accepted=rows["share"].to_numpy() * accepts, extra=np.maximum(minutes - rows["own_minutes"].fillna(0.0), 0))


def journeys(network: Network, assumptions: Assumptions, limit: float | None = None) -> pd.DataFrame:
    """Journeys of each organisation's patients to every other organisation's site, by test and home area, with the travel limit in force.

    Args:
        network: who lives where, and the roads.
        assumptions: the assumptions in force.
        limit: minutes that are the travel limit everywhere, in place of the assumed limits.

    Returns:
        organisation, site, home_area, share, minutes, own_minutes, test, limit (minutes).
    """
    travel = network.patient_travel
    travel = travel[travel["site"].map(network.owner) != travel["organisation"]].dropna(subset=["minutes"])
    rows = travel.merge(pd.DataFrame({"test": network.allocated_tests}), how="cross")
    return rows.assign(limit=assumptions.values("aid_travel_limit", rows.drop(columns="site")) if limit is None else limit)
