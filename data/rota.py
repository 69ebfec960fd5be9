"""Today's rota. No published data holds it: it is derived from recent activity, and a planner's own rows replace it.

Per organisation and asset type: the sessions that reproduce the mean weekly activity of the recent months at the assumed throughput,
utilisation and non-attendance, split over sites by assets, session types filled in their fill order. Where the register cannot hold that work it
must be incomplete: assets are added and each addition is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.checks.network import work_has_a_place
from data.dataset import Dataset
from data.findings import Finding, Findings, warning
from data.network import Network
from data.slots import Slots, slots_of
from data.stations import Stations, examination_minutes, stations_of
from data.working_days import first_monday_after, mondays
from data.workload import recent_activity, slots_needed


@dataclass(frozen=True)
class Today:
    """Today's rota over the weeks of a plan.

    Attributes:
        stations: stations with the assets that were added.
        ordinary: sessions in an ordinary week: site, asset_type, session_type, sessions, basis (derived or planner's).
        sessions: whole sessions by week, shape (stations, session types, weeks): their running total follows the ordinary week.
        slots: what these sessions hold for each test at each station, week by week.
        seen: patients a week the rota leaves for the waiting list, after must-do work: organisation, test, week, patients.
        recent: mean activity of an ordinary week: organisation, test, kind, patients.
        findings: assets that were added, and work with nowhere to be done.
    """

    stations: Stations
    ordinary: pd.DataFrame
    sessions: np.ndarray
    slots: Slots
    seen: pd.DataFrame
    recent: pd.DataFrame
    findings: Findings


def today(dataset: Dataset, assumptions: Assumptions, weeks: pd.DatetimeIndex, must_do: pd.DataFrame) -> Today:
    """Today's rota over `weeks`.

    Args:
        dataset: needs at least one month of history.
        assumptions: the assumptions in force.
        weeks: the Mondays of the plan.
        must_do: planned work and unscheduled work inside sessions: index (organisation, test), one column per Monday, patients a week.
    """
    network = dataset.network
    recent = recent_activity(dataset, assumptions)
    needed = slots_needed(recent, assumptions)
    needed = needed[needed["test"].isin(network.allocated_tests)]
    stations = stations_of(network, assumptions, weeks)
    able = examination_minutes(network, assumptions, stations)
    mobile = _mobile_minutes(network, assumptions, stations)
    own, stated = _planners_own(stations, network["rota"])
    found: list[Finding] = list(_nowhere(needed, able, stations, mobile, own, network))
    work = _split_by_station(needed, able, stations, mobile)
    demand = _by_station(work["minutes"], work, stations)
    on_mobile = np.minimum(mobile, _mobile_work(work, assumptions, stations))
    needed_minutes = _left_to_derive((demand - on_mobile) / stations.yield_share, own @ stations.session_minutes, stated, stations)
    stations, needed_minutes, added = _make_room(stations, needed_minutes, ~stated)
    found.extend(_added(added, stations, network.short_titles("sites"), network.titles("asset_types")))
    ordinary = np.where(stated[:, None], own, _fill(stations, needed_minutes))
    sessions = whole_sessions(ordinary, stations)
    slots = slots_of(sessions, stations, work, on_mobile, must_do)
    return Today(stations, _ordinary_rows(ordinary, stated, stations), sessions, slots, slots.seen(), recent, Findings(found))


def work_without_a_place(dataset: Dataset) -> Findings:
    """Recent work that no plan of this dataset could count, as it has nowhere to be done; none where there is no history or nothing to plan."""
    if not dataset.has_history or not dataset.network.plannable:
        return Findings()
    network, assumptions = dataset.network, dataset.assumptions
    stations = stations_of(network, assumptions, mondays(first_monday_after(dataset.activity.snapshot_date), 1))
    able = examination_minutes(network, assumptions, stations)
    needed = slots_needed(recent_activity(dataset, assumptions), assumptions)
    own, _ = _planners_own(stations, network["rota"])
    return Findings(_nowhere(needed, able, stations, _mobile_minutes(network, assumptions, stations), own, network))


def _nowhere(
    needed: pd.DataFrame, able: pd.DataFrame, stations: Stations, mobile: np.ndarray, own: np.ndarray, network: Network
) -> Iterator[Finding]:  # fmt: skip
    opening = (stations.a_week * stations.usual_share) @ stations.session_minutes
    is_open = (opening > 0) | (mobile > 0) | (own.sum(axis=1) > 0)
    weekly = needed.assign(patients=needed["must_do"] + needed["waiting_list"])
    return work_has_a_place(weekly, able.assign(open=is_open[able["station"].to_numpy()]), network)


def _split_by_station(needed: pd.DataFrame, able: pd.DataFrame, stations: Stations, mobile: np.ndarray) -> pd.DataFrame:
    """Work of an ordinary week by station and test: must-do work shared by fixed assets, the waiting list by fixed and mobile ones.

    Returns:
        station, organisation, test, must_part (share of the organisation's must-do work done here), waiting (patients a week),
        minutes_each, minutes (attended minutes a week).
    """
    fixed = (stations.usual_most * stations.session_minutes[None, :]).sum(axis=1) * stations.yield_share
    rows = able.rename(columns={"minutes": "minutes_each"})
    at = rows["station"].to_numpy()
    must_part = _parts(rows, fixed[at])
    waiting_part = _parts(rows, (fixed + mobile)[at])
    work = rows.merge(needed, on=["organisation", "test"], how="left").fillna({"must_do": 0.0, "waiting_list": 0.0})
    work = work.assign(must_part=must_part, waiting=waiting_part * work["waiting_list"])
    work["minutes"] = (work["waiting"] + must_part * work["must_do"]) * work["minutes_each"]
    return work[["station", "organisation", "test", "must_part", "waiting", "minutes_each", "minutes"]]


def _by_station(values: pd.Series, work: pd.DataFrame, stations: Stations) -> np.ndarray:
    return np.asarray(values.groupby(work["station"]).sum().reindex(range(len(stations.rows)), fill_value=0.0).to_numpy())


def _mobile_work(work: pd.DataFrame, assumptions: Assumptions, stations: Stations) -> np.ndarray:
    """Waiting-list minutes that a mobile unit could do at each station: the suitable share beside fixed assets, all where there is none."""
    suitable = assumptions.values("mobile_suitable", work[["test"]])
    alone = stations.usual_rooms[work["station"].to_numpy()] == 0
    return _by_station(work["waiting"] * work["minutes_each"] * np.where(alone, 1.0, suitable), work, stations)


def _parts(rows: pd.DataFrame, room: np.ndarray) -> np.ndarray:
    """Each station's part of its organisation's work in a test, by the examinations it has room for; the first takes all where none has."""
    weight = pd.Series(room / rows["minutes_each"].to_numpy(), index=rows.index)
    keys = [rows["organisation"], rows["test"]]
    totals = weight.groupby(keys).transform("sum")
    first = ~rows.duplicated(["organisation", "test"])
    return np.asarray(np.where(totals > 0, weight / totals.where(totals > 0, 1.0), first.astype(float)))


def _mobile_minutes(network: Network, assumptions: Assumptions, stations: Stations) -> np.ndarray:
    """Attended minutes a week that mobile units give where they stand today, shape (stations,)."""
    minutes = np.zeros(len(stations.rows))
    mobiles = network["mobiles"]
    standing = mobiles[mobiles["starts_at"] != ""].rename(columns={"starts_at": "site"})
    hours = assumptions.values("mobile_hours", standing)
    for unit, hour in zip(standing.itertuples(), hours, strict=True):
        k = stations.index[unit.site, unit.asset_type]
        minutes[k] += 60 * hour * stations.yield_share[k]
    return minutes


def _make_room(stations: Stations, needed: np.ndarray, derived: np.ndarray) -> tuple[Stations, np.ndarray, np.ndarray]:
    """Level the load over an organisation's stations of one type; add assets where all of them together are too few."""
    added = np.zeros(len(stations.rows))
    groups = stations.rows.groupby(["organisation", "asset_type"], sort=False).indices
    for group in groups.values():
        members = group[derived[group]]
        if not len(members):
            continue
        while True:
            most = (stations.usual_most[members] * stations.session_minutes[None, :]).sum(axis=1)
            total = needed[members].sum()
            an_asset = (stations.a_week * stations.usual_share)[members] @ stations.session_minutes
            if total <= most.sum() + 1e-9 or not an_asset.any():
                break
            busiest = members[int(np.argmax(needed[members] * (an_asset > 0)))]
            added[busiest] += 1
            more = np.arange(len(added)) == busiest
            stations = replace(stations, rooms=stations.rooms + more[:, None], usual_rooms=stations.usual_rooms + more)
        needed[members] = _spill(needed[members], most)
    return stations, needed, added


def _spill(needed: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Move what does not fit to stations with room, in proportion to their room."""
    over = np.maximum(needed - most, 0)
    kept = needed - over
    room = most - kept
    return np.asarray(kept + room * min(1.0, over.sum() / room.sum())) if room.sum() > 0 else kept


def _added(added: np.ndarray, stations: Stations, sites: dict[str, str], types: dict[str, str]) -> list[Finding]:
    return [
        warning(
            "asset-added", f"{stations.usual_rooms[k] - added[k]:.0f} × {types[row.asset_type]} at {sites[row.site]}",
            f"{stations.usual_rooms[k]:.0f}, to hold the recent activity at the assumed throughput",
            "Correct the register, the throughput or the share of unscheduled work outside sessions; the plan uses the larger number.",
            sheet="Assets", column="Asset type",
        )
        for k, row in enumerate(stations.rows.itertuples()) if added[k] > 0
    ]  # fmt: skip


def _fill(stations: Stations, needed: np.ndarray) -> np.ndarray:
    """Sessions of an ordinary week in fill order, shape (stations, session types)."""
    most = stations.usual_most
    sessions = np.zeros(most.shape)
    left = needed.copy()
    for t, minutes in enumerate(stations.session_minutes):
        sessions[:, t] = np.minimum(left / minutes, most[:, t])
        left = left - sessions[:, t] * minutes
    return sessions


def _planners_own(stations: Stations, rota: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The planner's own sessions, shape (stations, session types), and True for stations that have rows of their own, shape (stations,)."""
    types = list(stations.session_types["session_type"])
    own = np.zeros((len(stations.rows), len(types)))
    stated = np.zeros(len(stations.rows), dtype=bool)
    for row in rota.itertuples():
        k = stations.index[row.site, row.asset_type]
        stated[k] = True
        own[k, types.index(row.session_type)] = row.sessions
    return own, stated


def _left_to_derive(needed: np.ndarray, own: np.ndarray, stated: np.ndarray, stations: Stations) -> np.ndarray:
    """Minutes that stations without rows of their own must run: the organisation's work less what the planner's own sessions hold."""
    result = np.where(stated, 0.0, needed)
    for members in stations.rows.groupby(["organisation", "asset_type"], sort=False).indices.values():
        free = members[~stated[members]]
        if len(free) < len(members) and needed[free].sum() > 0:
            left = max(needed[members].sum() - own[members].sum(), 0.0)
            result[free] = needed[free] * left / needed[free].sum()
    return result


def whole_sessions(ordinary: np.ndarray, stations: Stations) -> np.ndarray:
    """Whole sessions whose running total follows the ordinary week, less closed days and assets that are gone or out of use.

    Where a planner's own rota is more than the register holds, an outage takes its share of it.

    Returns:
        Shape (stations, session types, weeks).
    """
    pattern = stations.a_week[:, None]
    open_share = np.divide(stations.openings, pattern, out=np.zeros_like(stations.openings), where=pattern > 0)
    wanted = ordinary[:, :, None] * open_share[None, :, :]
    usual = stations.usual_most[:, :, None] * open_share[None, :, :]
    in_use = np.divide(stations.most_sessions, usual, out=np.ones_like(usual), where=usual > 0)
    wanted = np.minimum(wanted, in_use * np.maximum(wanted, usual))
    most = np.floor(np.maximum(stations.most_sessions, np.ceil(wanted - 1e-9)) + 1e-9)
    result = np.zeros(wanted.shape)
    carried = np.zeros(ordinary.shape)
    for w in range(wanted.shape[2]):
        carried = carried + wanted[:, :, w]
        result[:, :, w] = np.minimum(np.floor(carried + 0.5), most[:, :, w])
        carried = carried - result[:, :, w]
    return result


def _ordinary_rows(ordinary: np.ndarray, stated: np.ndarray, stations: Stations) -> pd.DataFrame:
    types = list(stations.session_types["session_type"])
    rows = stations.rows.loc[np.repeat(range(len(stations.rows)), len(types))].reset_index(drop=True)
    rows["session_type"] = np.tile(types, len(stations.rows))
    rows["sessions"] = ordinary.ravel()
    rows["basis"] = np.where(np.repeat(stated, len(types)), "planner's", "derived")
    return rows
