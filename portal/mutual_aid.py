"""Mutual aid before any plan: who could help whom, with how many patients a week, how far away, and what it would do to both lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from data.store import Scope
from forecasting import capacity as formulae
from forecasting.waiting_list import with_slots
from portal import lists_ahead, services
from portal.lists_ahead import Lists, over
from portal.mutual_aid_offers import Pair, pairs_of, together
from portal.mutual_aid_room import Balance, Standing, balance_of, standing_of
from portal.services import kept

_KEPT = 6
_KEPT_ANSWERS = 24
HARM = 0.5
"""A receiver whose target is missed is harmed by this many more patients over six weeks."""


@dataclass(frozen=True)
class Wanted:
    """What is looked at; every choice stands in the address.

    Attributes:
        first, last: numbers of the weeks from 1, both included.
        openings: count openings that could be run as room.
        limit: minutes of travel in place of the assumed limit everywhere; None = as assumed.
    """

    first: int = 1
    last: int = int(formulae.RECOVERY_WEEKS)
    openings: bool = False
    limit: float | None = None

    @property
    def weeks(self) -> slice:
        """The weeks as positions."""
        return slice(self.first - 1, self.last)


@dataclass(frozen=True, eq=False)
class Aid:
    """What aid there could be.

    Attributes:
        lists: the lists without a change.
        standing: how they stand.
        balance: who is short and who has room.
        pairs: one row for each test and two organisations between which a road is known: test, sender, receiver; need and room (patients a week);
            within (share of the sender's patients who live within the travel limit of a site), accepted (share of offers), suitable, asked (offers
            that can be made a week, nobody twice), willing (of these, who accept), median, least and most (minutes by road over home areas, to the
            nearest site), smallest and largest (batch); moves (patients a week if no other pair is served), first (number of the first week in which
            any move, NaN = none), binds (a key of `mutual_aid_offers.LIMITS`), together (patients a week where the pairs are served one after the
            other).
        moved: (test, sender, receiver) → patients in each of the weeks looked at, in all and into slots of today's rota, shape (2, K); pairs that
            move nobody are left out.
        wanted: the choices.
    """

    lists: Lists
    standing: Standing
    balance: Balance
    pairs: pd.DataFrame
    moved: Mapping[Pair, np.ndarray] = field(repr=False)
    wanted: Wanted = Wanted()

    def of(self, test: str) -> pd.DataFrame:
        """The pairs of a test."""
        return self.pairs[self.pairs["test"] == test]


@kept(_KEPT)
def standing(scope: Scope, dataset_id: str, scenario_id: str) -> Standing:
    """How every list of a dataset stands without a change, under the assumptions of a scenario.

    Raises:
        Refused: no month of history is loaded, or the network has no asset.
    """
    held = services.dataset(scope, dataset_id)
    assumptions = services.in_force(scope, dataset_id, services.choice(scope, dataset_id, scenario_id))
    return standing_of(lists_ahead.lists(scope, dataset_id, scenario_id), held.network, assumptions)


@kept(_KEPT_ANSWERS)
def aid(scope: Scope, dataset_id: str, scenario_id: str, wanted: Wanted) -> Aid:
    """Who could help whom in a dataset, under the assumptions of a scenario.

    Raises:
        Refused: no month of history is loaded, or the network has no asset.
    """
    network = services.dataset(scope, dataset_id).network
    assumptions = services.in_force(scope, dataset_id, services.choice(scope, dataset_id, scenario_id))
    held = lists_ahead.lists(scope, dataset_id, scenario_id)
    return aid_of(held, standing(scope, dataset_id, scenario_id), network, assumptions, wanted)


def aid_of(held: Lists, at: Standing, network: Network, assumptions: Assumptions, wanted: Wanted) -> Aid:
    """The same, of lists at hand."""
    balance = balance_of(at, wanted.weeks)
    pairs, offered = pairs_of(at, balance, network, assumptions, first=wanted.first, openings=wanted.openings, limit=wanted.limit)
    moved = {key: offer.moves for key, offer in offered.items() if offer.moves[0].any()}
    return Aid(held, at, balance, pairs.assign(together=together(pairs, offered)), moved, wanted)


def effects(found: Aid, test: str) -> pd.DataFrame:
    """What each pair of a test that moves anybody would do to both lists by the end of the weeks looked at, if no other pair were served.

    Returns:
        sender, receiver, moves (patients a week), and for either: waiting and over six weeks (patients) and share over six weeks, without and with
        aid, as sender_over, sender_over_with and so on; harmed: True where aid leaves the receiver above its target with more over six weeks.
    """
    held, pairs = found.lists, found.of(test)
    pairs = pairs[pairs["moves"] > 0]
    keys = list(zip(pairs["test"], pairs["sender"], pairs["receiver"], strict=True))
    sides = {"sender": _list_numbers(held, pairs["sender"], test), "receiver": _list_numbers(held, pairs["receiver"], test)}
    rows = pairs[["sender", "receiver", "moves"]].reset_index(drop=True)
    for side, at in sides.items():
        slots = held.capacity[at]
        for k, key in enumerate(keys):
            total, today = found.moved[key]
            slots[k, found.wanted.weeks] += total if side == "sender" else -today
        rows = rows.assign(**_ends(held, at, slots, side, found.wanted.last - 1))
    target = held.rows["target_share"].to_numpy()[sides["receiver"]]
    more = rows["receiver_over_with"] - rows["receiver_over"]
    return rows.assign(harmed=(more > HARM) & (rows["receiver_share_with"] > target + 1e-9))


def _list_numbers(held: Lists, organisations: Iterable[str], test: str) -> np.ndarray:
    """Positions of lists of a test among the rows of `Lists`."""
    return np.array([np.flatnonzero(held.of(o, test))[0] for o in organisations], dtype=int)


def _ends(held: Lists, at: np.ndarray, slots: np.ndarray, side: str, week: int) -> dict[str, np.ndarray]:
    """Lists at a week's end without and with aid."""
    every = held.response.rows[lists_ahead.KEYS].drop_duplicates()
    which = pd.MultiIndex.from_frame(every).get_indexer(pd.MultiIndex.from_frame(held.rows[lists_ahead.KEYS].iloc[at]))
    then = with_slots(held.response, held.dynamics, which, np.maximum(slots, 0.0))
    found = {}
    ends = {"": (held.waiting, held.over_six, at), "_with": (then.waiting, then.over_six, np.arange(len(at)))}
    for suffix, (waiting, late, rows) in ends.items():
        found[f"{side}_waiting{suffix}"], found[f"{side}_over{suffix}"] = waiting[rows, week], late[rows, week]
        found[f"{side}_share{suffix}"] = over(late[rows, week], waiting[rows, week])
    return found
