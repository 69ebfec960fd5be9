"""Who is short of slots and who has room, by test and week, before any plan.

*Short* is what a list lacks of the slots it needs each week: its demand, room for weeks that vary, and, until it has cleared it, its part of what is
beyond its sustainable size (`portal.capacity`). *Room* is what today's rota holds beyond what its own list needs or can use without falling below its
shortest length. *Openings* are sessions that could be run and are not in today's rota, as far as hours of staff in post are free for them.

A minute is counted once. Tests that share a room have the parts of its time that today's slots give them; what one test leaves unused, or could be
opened, goes first to tests of the same organisation that are short and can be done there. Hours of staff are shared between rooms in proportion to
what their openings would take.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import Network
from data.rota import Today
from data.working_time import hours_a_week
from forecasting import capacity as formulae
from portal.capacity import Asked, judged
from portal.lists_ahead import KEYS, Lists, over

PLACE = [*KEYS, "site"]


@dataclass(frozen=True, eq=False)
class Standing:
    """How n lists of tests that are given sessions stand over W weeks, in patients a week.

    Attributes:
        rows: organisation, test, waiting, target_share of each list.
        position: of each list among the rows of `Lists`, shape (n,).
        before: on each list at the start of each week, before anybody joins, shape (n, W), patients.
        demand, capacity: as in `Lists`, shape (n, W).
        needed: slots that meet the target, shape (n, W).
        unused: slots of today's rota that its own list neither needs nor can use, shape (n, W).
        places: organisation, test, site and list (position among `rows`) of each of p places where a test is done.
        place_slots, place_openings: slots of today's rota, and slots that could be opened, shape (p, W).
        shared: True for two lists whose tests are done in the same room; every list shares with itself; shape (n, n).
        minutes: operational minutes of an examination, shape (n,).
    """

    rows: pd.DataFrame
    position: np.ndarray
    before: np.ndarray
    demand: np.ndarray
    capacity: np.ndarray
    needed: np.ndarray
    unused: np.ndarray
    places: pd.DataFrame
    place_slots: np.ndarray
    place_openings: np.ndarray
    shared: np.ndarray
    minutes: np.ndarray


@dataclass(frozen=True, eq=False)
class Balance:
    """Who is short and who has room over some weeks.

    Attributes:
        rows: those of the standing, and, in patients a week, mean of the weeks: demand, slots, needed, short, room, own_openings (what openings of
            its own would meet of what it is short of), openings (what they would leave for others).
        by_week: room above zero, shortage below, shape (n, K), patients a week.
        openings_by_week: openings left for others, shape (n, K), patients a week.
        place_room, place_openings: for others at each place, shape (p, K), patients a week.
    """

    rows: pd.DataFrame
    by_week: np.ndarray
    openings_by_week: np.ndarray
    place_room: np.ndarray
    place_openings: np.ndarray


def standing_of(held: Lists, network: Network, assumptions: Assumptions) -> Standing:
    """How every list stands.

    Args:
        held: the lists without a change, of a network with assets.
        network: the network.
        assumptions: the assumptions in force.

    Raises:
        Refused: the network has no asset.
    """
    rota = held.todays_rota
    said = judged(held, Asked())
    position = np.flatnonzero(held.rows["test"].isin(network.allocated_tests))
    said = said.iloc[position].reset_index(drop=True)
    opening = _opening(held)[position]
    demand, capacity = held.demand[position], held.capacity[position]
    needed = _needed(said, demand)
    floor = assumptions.values("list_floor", said[["test"]]) * np.maximum(demand.mean(axis=1), 0.0)
    places, slots, openings = _places(said[KEYS], rota, network, assumptions)
    shared, minutes = _rooms(said[KEYS], rota)
    return Standing(
        said[[*KEYS, "waiting", "target_share"]], position, np.column_stack([opening, held.waiting[position][:, :-1]]), demand, capacity, needed,
        np.maximum(capacity - np.maximum(_used(opening, demand, capacity, floor), needed), 0.0), places, slots, openings, shared, minutes,
    )  # fmt: skip


def _opening(held: Lists) -> np.ndarray:
    """The lists on the first Monday, shape (lists,), patients."""
    opening = held.response.opening
    sums = opening.groupby(KEYS, sort=False)["patients"].sum()
    return sums.reindex(pd.MultiIndex.from_frame(held.rows[KEYS])).to_numpy(dtype=float)


def _needed(said: pd.DataFrame, demand: np.ndarray) -> np.ndarray:
    """Slots that meet the target in each week: demand, with room for weeks that vary or the relief that clears what is beyond, whichever is more."""
    varies = (said["needed"] - np.maximum(said["demand"], 0.0)).to_numpy()[:, None]
    relief = (said["backlog"] / formulae.RECOVERY_WEEKS).to_numpy()[:, None]
    clearing = np.arange(demand.shape[1]) < formulae.RECOVERY_WEEKS
    return np.asarray(np.maximum(demand, 0.0) + np.maximum(varies, relief * clearing))


def _used(opening: np.ndarray, demand: np.ndarray, capacity: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Slots a list can use without falling below its floor, shape (n, W)."""
    used, now = np.zeros(demand.shape), opening
    for w in range(demand.shape[1]):
        now = now + demand[:, w]
        used[:, w] = np.clip(now - floor, 0.0, capacity[:, w])
        now = now - used[:, w]
    return used


def _rooms(lists: pd.DataFrame, rota: Today) -> tuple[np.ndarray, np.ndarray]:
    """Which lists' tests are done in the same room, and how long an examination takes."""
    rows = rota.slots.rows
    at = pd.MultiIndex.from_frame(lists).get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
    here = at >= 0
    able = np.zeros((len(lists), len(rota.stations.rows)))
    able[at[here], rows["station"].to_numpy()[here]] = 1
    long, many = np.zeros(len(lists)), np.zeros(len(lists))
    np.add.at(long, at[here], rows["minutes_each"].to_numpy()[here])
    np.add.at(many, at[here], 1)
    return (able @ able.T > 0) | np.eye(len(lists), dtype=bool), over(long, many)


def _places(
    lists: pd.DataFrame, rota: Today, network: Network, assumptions: Assumptions
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:  # fmt: skip
    """Where each list's test is done in its own organisation, with the slots of today's rota and those that could be opened."""
    rows = rota.slots.rows
    list_at = pd.MultiIndex.from_frame(lists).get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
    keys = rows[KEYS].assign(site=rota.stations.rows["site"].to_numpy()[rows["station"].to_numpy()], list=list_at)[list_at >= 0]
    places = keys.drop_duplicates(PLACE).reset_index(drop=True)
    at = pd.MultiIndex.from_frame(places[PLACE]).get_indexer(pd.MultiIndex.from_frame(keys[PLACE]))
    found = np.zeros((2, len(places), len(rota.slots.weeks)))
    for total, given in zip(found, (rota.slots.waiting_list, _could_open(rota, network, assumptions)), strict=True):
        np.add.at(total, at, given[list_at >= 0])
    return places, found[0], found[1]


def _could_open(rota: Today, network: Network, assumptions: Assumptions) -> np.ndarray:
    """Examinations that sessions outside today's rota could hold with staff in post, as the rows of the slots, shape (rows, W)."""
    stations, slots = rota.stations, rota.slots
    most = np.floor(np.maximum(stations.most_sessions, rota.sessions) + 1e-9)
    minutes = ((most - rota.sessions) * stations.session_minutes[None, :, None]).sum(axis=1)
    minutes = minutes * _staffed(minutes, rota, network, assumptions) * stations.yield_share[:, None]
    at, each = slots.rows["station"].to_numpy(), slots.rows["minutes_each"].to_numpy()
    taken = slots.waiting_list.mean(axis=1) * each
    total, tests = np.zeros(len(stations.rows)), np.bincount(at, minlength=len(stations.rows))
    np.add.at(total, at, taken)
    part = np.where(total[at] > 0, over(taken, total[at]), 1 / tests[at])
    return np.asarray(minutes[at] * (part / each)[:, None])


def _staffed(minutes: np.ndarray, rota: Today, network: Network, assumptions: Assumptions) -> np.ndarray:
    """Part of the openings' minutes that staff in post have free hours for, shape (stations, W)."""
    stations = rota.stations.rows
    part = np.ones(minutes.shape)
    post = network["staff_in_post"]
    hours = post["wte"] * hours_a_week(assumptions, post) * assumptions.values("session_time_share", post)
    in_post = hours.groupby([post["organisation"], post["staff_group"]]).sum()
    units = _hours_on_units(rota, network, assumptions)
    for group, needs in network["staffing"].query("staff > 0").groupby("staff_group", sort=False):
        people = stations["asset_type"].map(needs.set_index("asset_type")["staff"]).fillna(0.0).to_numpy()
        for organisation, here in stations.groupby("organisation", sort=False).indices.items():
            busy = people[here] @ (rota.slots.operational[here] / 60 + units[here][:, None])
            free = np.maximum(in_post.get((organisation, group), 0.0) - busy, 0.0)
            wanted = people[here] @ minutes[here] / 60
            share = np.minimum(np.divide(free, wanted, out=np.ones_like(free), where=wanted > 0), 1.0)
            part[here] = np.where(people[here][:, None] > 0, np.minimum(part[here], share[None, :]), part[here])
    return part


def _hours_on_units(rota: Today, network: Network, assumptions: Assumptions) -> np.ndarray:
    """Hours a week of mobile units that stand at each station today and bring no staff, shape (stations,)."""
    hours = np.zeros(len(rota.stations.rows))
    units = network["mobiles"]
    standing = units[(units["starts_at"] != "") & ~units["staffed"]].rename(columns={"starts_at": "site"})
    for unit, run in zip(standing.itertuples(), assumptions.values("mobile_hours", standing), strict=True):
        hours[rota.stations.index[unit.site, unit.asset_type]] += run
    return hours


def balance_of(at: Standing, weeks: slice) -> Balance:
    """Who is short and who has room over some weeks.

    Over several weeks a list is short of the mean of what it lacks, weeks with more slots set against weeks with fewer, as patients stay on the
    list from one week to the next; slots that go unused in one week are of no use in another.

    Args:
        at: how the lists stand.
        weeks: which of the W weeks.
    """
    lacks, unused = (at.needed - at.capacity)[:, weeks], at.unused[:, weeks]
    short, room = np.maximum(lacks.mean(axis=1), 0.0), unused.mean(axis=1)
    opened = np.zeros(lacks.shape)
    np.add.at(opened, at.places["list"].to_numpy(), at.place_openings[:, weeks])
    openings = opened.mean(axis=1)
    met, left = _given(at, short, room)
    short, unused = short * (1 - met), unused * left[:, None]
    own, open_left = _given(at, short, openings)
    place = at.places["list"].to_numpy()
    here = at.place_slots[:, weeks]
    part = np.divide(here, at.capacity[place][:, weeks], out=np.zeros_like(here), where=at.capacity[place][:, weeks] > 0)
    rows = at.rows.assign(
        demand=at.demand[:, weeks].mean(axis=1), slots=at.capacity[:, weeks].mean(axis=1), needed=at.needed[:, weeks].mean(axis=1), short=short,
        room=unused.mean(axis=1), own_openings=short * own, openings=openings * open_left,
    )  # fmt: skip
    by_week = np.where(unused > 0, unused, -np.maximum(lacks, 0.0))
    open_by_week, open_at_places = opened * open_left[:, None], at.place_openings[:, weeks] * open_left[place][:, None]
    return Balance(rows, by_week, open_by_week, part * unused[place], open_at_places)


def _given(at: Standing, short: np.ndarray, room: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part of what each list is short of that time in its own rooms meets, and part of each list's room that is left after that, shapes (n,)."""
    wanted, there = at.shared @ (short * at.minutes), at.shared @ (room * at.minutes)
    return np.minimum(over(there, wanted), 1.0), 1.0 - np.where(there > 0, np.minimum(over(wanted, there), 1.0), 0.0)
