"""Journeys of staff who work at another organisation, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from optimisation.formulation import Index


def staff_roads(network: Network, sites: Mapping[Index, Sequence[str]]) -> dict[Index, float]:
    """Minutes there and back by lender, borrower and staff group: from the lender's nearest site, mean over the borrower's sites.

    Pairs without a known road are left out.

    Args:
        network: for travel minutes.
        sites: (organisation, staff group) → sites at which the group works.
    """
    known = network.minutes
    both = {(a, b): minutes + known[b, a] for (a, b), minutes in known.items() if (b, a) in known}
    roads: dict[Index, float] = {}
    for i, g in sites:
        for j in (o for o, h in sites if h == g and o != i):
            to_each = [[both[a, b] for a in sites[i, g] if (a, b) in both] for b in sites[j, g]]
            nearest = [min(some) for some in to_each if some]
            if nearest:
                roads[i, j, g] = sum(nearest) / len(nearest)
    return roads


def price_of_an_hour(assumptions: Assumptions, roads: Mapping[Index, float]) -> dict[Index, float]:
    """£ of travel for an hour worked elsewhere, by lender, borrower and staff group: the lender's terms hold."""
    places = pd.DataFrame([(i, g) for i, _, g in roads], columns=["organisation", "staff_group"])
    an_hour = assumptions.values("shared_staff_travel_cost", places)
    visit = assumptions.values("shared_staff_visit", places)
    return {i: float(minutes / 60 * a / v) for (i, minutes), a, v in zip(roads.items(), an_hour, visit, strict=True)}
