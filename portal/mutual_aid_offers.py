"""What could move between every two lists of a test: need, room, journeys, acceptance and batches of one pair, and of pairs served in turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from data.travel import journeys, offers_of
from portal.mutual_aid_room import Balance, Standing

Pair = tuple[str, str, str]
"""Test, sender, receiver."""

_NOBODY = 1e-6
_SOME = 0.05
"""Fewer patients a week than this are none."""

_MOST = 0.9
"""A limit that is reached to this part is what holds a pair back."""

LIMITS = {
    "short": "the sender is not short", "far": "too far: nobody accepts", "room": "room at the receiver", "need": "what the sender is short of",
    "accept": "patients who accept", "largest": "largest batch", "smallest": "room too small for a batch",
    "weeks": "room in few weeks, or too little at a time",
}  # fmt: skip
"""What holds a pair back, in words."""


@dataclass(frozen=True, eq=False)
class Offer:
    """One pair as arrays: need and offers a week, shape (K,); room of today's rota and with openings at S sites, shape (S, K); acceptance (S,)."""

    need: np.ndarray
    asked: np.ndarray
    today: np.ndarray
    room: np.ndarray
    accepted: np.ndarray
    sites: np.ndarray
    smallest: float
    largest: float

    @cached_property
    def moves(self) -> np.ndarray:
        """Patients a week in all and into slots of today's rota, if no other pair is served, shape (2, K)."""
        taken = self.taken(self.need, self.asked, self.room)
        return np.stack([taken.sum(axis=0), np.minimum(taken, self.today).sum(axis=0)])

    def taken(self, need: np.ndarray, asked: np.ndarray, room: np.ndarray) -> np.ndarray:
        """Patients a week by site, those first that most accept, out of what is left of need, offers and room.

        Need and offers that are not used in one week are there in the next, as patients stay on the list; room is not. So a pair whose need is below
        the smallest batch waits until a batch is together.

        Returns:
            Shape (S, K).
        """
        found = np.zeros(room.shape)
        wanted, offers = need.cumsum(), asked.cumsum()
        order = [s for s in np.argsort(-self.accepted, kind="stable") if self.accepted[s] > 0]
        least = max(self.smallest, _NOBODY) - 1e-9
        for w in np.flatnonzero(room.sum(axis=0) >= least) if order else ():
            left, open_offers = min(wanted[w], self.largest), offers[w]
            for s in order:
                found[s, w] = max(min(room[s, w], left, self.accepted[s] * open_offers), 0.0)
                left, open_offers = left - found[s, w], open_offers - found[s, w] / self.accepted[s]
            if found[:, w].sum() < least:
                found[:, w] = 0.0
            wanted -= found[:, w].sum()
            offers -= (found[order, w] / self.accepted[order]).sum()
        return found


def pairs_of(
    at: Standing, balance: Balance, network: Network, assumptions: Assumptions, *, first: int, openings: bool, limit: float | None
) -> tuple[pd.DataFrame, dict[Pair, Offer]]:  # fmt: skip
    """Every two lists of a test between which a road is known, with what could move from one to the other.

    Args:
        at: how the lists stand.
        balance: who is short and who has room over the weeks looked at.
        network: the network.
        assumptions: the assumptions in force.
        first: number of the first of these weeks, from 1.
        openings: True where openings count as room.
        limit: minutes that are the travel limit everywhere; None = the assumed limits.

    Returns:
        Rows as `portal.mutual_aid.Aid.pairs` has them without `together`, and each pair's offer.
    """
    accepted = {(r.organisation, r.test, r.site): float(r.accepted) for r in offers_of(network, assumptions, limit).itertuples()}
    lists = {key: k for k, key in enumerate(zip(at.rows["organisation"], at.rows["test"], strict=True))}
    roads = _roads(at, journeys(network, assumptions, limit))
    known = sorted((lists[o, m], lists[p, m], (m, o, p)) for m, o, p in roads if (o, m) in lists)
    weeks, here = balance.by_week.shape[1], at.places.groupby("list").indices
    suitable, smallest, largest = (assumptions.values(f"aid_{name}", at.rows) for name in ("suitable", "minimum_batch", "maximum_batch"))
    asked = suitable * np.maximum(at.before[:, first - 1] + weeks * balance.rows["demand"].to_numpy(), 0.0) / weeks
    need = (balance.rows["short"] - (balance.rows["own_openings"] if openings else 0.0)).to_numpy()
    room = balance.place_room + (balance.place_openings if openings else 0.0)
    sites = at.places["site"].to_numpy()
    found: list[dict[str, Any]] = []
    offered: dict[Pair, Offer] = {}
    for i, j, (test, sender, receiver) in known:
        share = np.array([accepted.get((sender, test, site), 0.0) for site in sites[here[j]]])
        offer = Offer(
            np.full(weeks, need[i]), np.full(weeks, asked[i]), balance.place_room[here[j]], room[here[j]], share, here[j], float(smallest[i]),
            float(largest[i]),
        )  # fmt: skip
        row = {"test": test, "sender": sender, "receiver": receiver, "suitable": float(suitable[i]), "asked": float(asked[i])}
        found.append(row | roads[test, sender, receiver] | _told(offer))
        offered[test, sender, receiver] = offer
    return pd.DataFrame(found, columns=[*_COLUMNS]), offered


_COLUMNS = (
    "test", "sender", "receiver", "need", "room", "within", "accepted", "suitable", "asked", "willing", "median", "least", "most", "smallest",
    "largest", "moves", "first", "binds",
)  # fmt: skip


def _told(offer: Offer) -> dict[str, Any]:
    """What could move, and what holds it back."""
    room = offer.room.mean(axis=1)
    moves = offer.moves[0]
    # Room is where it is: acceptance counts as the room lies, and at the best site where there is none.
    accepted = float(offer.accepted @ room / room.sum()) if room.sum() > 0 else float(offer.accepted.max(initial=0.0))
    need, willing = float(offer.need[0]), float(offer.asked[0]) * accepted
    limits = {"need": need, "room": float(room.sum()), "accept": willing, "largest": offer.largest}
    binds = min(limits, key=lambda k: limits[k])
    if need < _SOME:
        binds = "short"
    elif accepted <= 0:
        binds = "far"
    elif limits["room"] >= _SOME and moves.sum() <= 0:
        binds = "smallest"
    elif moves.mean() < _MOST * limits[binds]:
        binds = "weeks"
    return {
        "need": need, "room": limits["room"], "accepted": accepted, "willing": willing, "smallest": offer.smallest, "largest": offer.largest,
        "moves": float(moves.mean()), "first": float(np.argmax(moves > 0) + 1) if moves.any() else np.nan, "binds": binds,
    }  # fmt: skip


def together(pairs: pd.DataFrame, offered: Mapping[Pair, Offer]) -> np.ndarray:
    """Patients a week of each pair where they are served one after the other, those first that most accept, then those nearer by road."""
    need: dict[tuple[str, str], np.ndarray] = {}
    asked: dict[tuple[str, str], np.ndarray] = {}
    room: dict[int, np.ndarray] = {}
    found = np.zeros(len(pairs))
    keys = list(zip(pairs["test"], pairs["sender"], pairs["receiver"], strict=True))
    moving = pairs["moves"].to_numpy() > 0
    for k in np.lexsort((pairs["median"].to_numpy(), -pairs["accepted"].to_numpy())):
        if not moving[k]:
            continue
        test, sender, _ = keys[k]
        offer = offered[keys[k]]
        left = np.stack([room.get(s, offer.room[n]) for n, s in enumerate(offer.sites)])
        mine = need.get((test, sender), offer.need), asked.get((test, sender), offer.asked)
        taken = offer.taken(*mine, left)
        need[test, sender] = mine[0] - taken.sum(axis=0)
        asked[test, sender] = mine[1] - (taken / np.where(offer.accepted > 0, offer.accepted, 1.0)[:, None]).sum(axis=0)
        room |= dict(zip(offer.sites, left - taken, strict=True))
        found[k] = taken.sum(axis=0).mean()
    return found


def _roads(at: Standing, travel: pd.DataFrame) -> dict[Pair, dict[str, float]]:
    """Minutes by road from a sender's home areas to the nearest of a receiver's sites where the test is done, by (test, sender, receiver)."""
    done = at.places.rename(columns={"organisation": "receiver"})[["receiver", "test", "site"]]
    rows = travel.merge(done, on=["test", "site"])
    pair = ["test", "organisation", "receiver"]
    nearest = rows.sort_values("minutes", kind="stable").drop_duplicates([*pair, "home_area"])
    return {key: _over_areas(areas) for key, areas in nearest.groupby(pair, sort=False)}


def _over_areas(areas: pd.DataFrame) -> dict[str, float]:
    """Median and range of the minutes over home areas in order of their minutes, and who lives within the limit."""
    minutes, share = areas["minutes"].to_numpy(), areas["share"].to_numpy()
    middle = int(np.searchsorted(share.cumsum(), share.sum() / 2 - 1e-9))
    within = float(share[minutes <= areas["limit"].to_numpy()].sum())
    return {"within": within, "median": float(minutes[middle]), "least": float(minutes[0]), "most": float(minutes[-1])}
