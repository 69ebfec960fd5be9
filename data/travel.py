"""Journeys of patients to other organisations' sites, and how many accept one: the same for plans and for pages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network


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
    rows = journeys(network, assumptions, limit)
    bands = [assumptions.values(f"aid_accept_{b}", rows) for b in ("to_30", "to_45", "to_60", "beyond")]
    minutes = rows["minutes"].to_numpy()
    accepts = np.select([minutes <= 30, minutes <= 45, minutes <= 60], bands[:3], bands[3]) * (minutes <= rows["limit"].to_numpy())
    weight = rows["share"].to_numpy() * accepts
    rows = rows.assign(accepted=weight, extra=weight * np.maximum(minutes - rows["own_minutes"].fillna(0.0), 0), road=weight * minutes)
    sums = rows.groupby(["organisation", "test", "site"], sort=False)[["accepted", "extra", "road"]].sum().reset_index()
    sums = sums[sums["accepted"] > 0]
    return sums.assign(extra=sums["extra"] / sums["accepted"], road=sums["road"] / sums["accepted"])


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
