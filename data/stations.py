"""Stations: a site and an asset type that can run sessions there, with what they can hold in each week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.assumptions import Assumptions
from data.network import WEEKDAYS, Network
from data.working_days import WorkingDays

STATION = ["organisation", "site", "asset_type"]


@dataclass(frozen=True)
class Stations:
    """Every station of a network over some weeks.

    Attributes:
        rows: one row per station: organisation, site, asset_type.
        session_types: the table of session types, in fill order.
        weeks: the Mondays, length W.
        rooms: fixed assets in use, shape (stations, W).
        openings: sessions one asset could run, shape (session types, W).
        usable: share of openings that may be used, shape (stations, session types, W).
        usual_rooms: fixed assets of the first week, without outages that have dates, shape (stations,).
        usual_share: share of openings that may be used, without closures that have dates, shape (stations, session types).
        yield_share: operational minutes that end in an attended examination, per operational minute, shape (stations,): utilisation × (1 - DNA).
    """

    rows: pd.DataFrame
    session_types: pd.DataFrame
    weeks: pd.DatetimeIndex
    rooms: np.ndarray
    openings: np.ndarray
    usable: np.ndarray
    usual_rooms: np.ndarray
    usual_share: np.ndarray
    yield_share: np.ndarray

    @property
    def most_sessions(self) -> np.ndarray:
        """Most sessions of each type, shape (stations, session types, W); may be fractional."""
        return np.asarray(self.rooms[:, None, :] * self.openings[None, :, :] * self.usable)

    @property
    def a_week(self) -> np.ndarray:
        """Sessions one asset can run in a week without a bank holiday, shape (session types,)."""
        return np.asarray(self.session_types[list(WEEKDAYS)].to_numpy(dtype=float).sum(axis=1))

    @property
    def usual_most(self) -> np.ndarray:
        """Most sessions of each type in an ordinary week, shape (stations, session types); may be fractional."""
        return np.asarray(self.usual_rooms[:, None] * self.a_week * self.usual_share)

    @property
    def session_minutes(self) -> np.ndarray:
        """Operational minutes of one session by type, shape (session types,)."""
        return np.asarray(self.session_types["minutes"].to_numpy(dtype=float))

    @property
    def index(self) -> dict[tuple[str, str], int]:
        """(site, asset type) → position."""
        return {key: i for i, key in enumerate(zip(self.rows["site"], self.rows["asset_type"], strict=True))}


def stations_of(network: Network, assumptions: Assumptions, weeks: pd.DatetimeIndex) -> Stations:
    """Stations of every fixed asset, pad and row of today's rota, in order of the tables of sites and asset types."""
    rows = station_rows(network)
    session_types = network["session_types"].sort_values("fill_order", kind="stable", ignore_index=True)
    kinds = list(session_types["session_type"])
    places = _cross(rows, kinds, weeks)
    usable = assumptions.values("session_share", places).reshape(len(rows), len(kinds), len(weeks))
    out = assumptions.values("assets_out", _cross(rows, [""], weeks)).reshape(len(rows), len(weeks))
    openings = WorkingDays.of(network).openings(weeks, session_types)
    used = assumptions.values("utilisation", rows) * (1 - assumptions.values("dna_rate", rows))
    rooms = _rooms(network, rows, weeks)
    usual_rooms = np.maximum(rooms[:, 0] - assumptions.values("assets_out", rows), 0)
    usual_share = assumptions.values("session_share", _cross(rows, kinds, weeks[:1]).drop(columns="week")).reshape(len(rows), len(kinds))
    return Stations(rows, session_types, weeks, np.maximum(rooms - out, 0), openings, usable, usual_rooms, usual_share, used)


def station_rows(network: Network) -> pd.DataFrame:
    """Each organisation, site and asset type that can run sessions: a fixed asset, a pad or a row of today's rota, in order of the tables."""
    places = [network[t][["site", "asset_type"]] for t in ("assets", "pads", "rota")]
    known = pd.concat(places, ignore_index=True).drop_duplicates()
    sites, types = list(network["sites"]["site"]), list(network["asset_types"]["asset_type"])
    known["organisation"] = known["site"].map(network.owner)
    order = known.assign(_s=known["site"].map(sites.index), _t=known["asset_type"].map(types.index))
    return order.sort_values(["_s", "_t"], ignore_index=True)[STATION]


def _rooms(network: Network, rows: pd.DataFrame, weeks: pd.DatetimeIndex) -> np.ndarray:
    """An asset counts in a week it is available for from Monday to Sunday."""
    rooms = np.zeros((len(rows), len(weeks)))
    position = {key: i for i, key in enumerate(zip(rows["site"], rows["asset_type"], strict=True))}
    for asset in network["assets"].itertuples():
        here = np.ones(len(weeks), dtype=bool)
        if pd.notna(asset.available_from):
            here &= weeks >= asset.available_from
        if pd.notna(asset.available_until):
            here &= weeks + pd.Timedelta(days=6) <= asset.available_until
        rooms[position[asset.site, asset.asset_type]] += here
    return rooms


def _cross(rows: pd.DataFrame, kinds: list[str], weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Every station, session type and week as places for assumptions, in that order."""
    each = len(kinds) * len(weeks)
    places = pd.DataFrame({c: np.repeat(rows[c].to_numpy(), each) for c in rows.columns})
    if kinds != [""]:
        places["session_type"] = np.tile(np.repeat(kinds, len(weeks)), len(rows))
    places["week"] = np.tile(weeks.to_numpy(), len(rows) * len(kinds))
    return places


def examination_minutes(network: Network, assumptions: Assumptions, stations: Stations) -> pd.DataFrame:
    """What each station can do and how long it takes.

    Returns:
        One row per station and test it can do, in order: station (position), organisation, site, asset_type, test, minutes (operational
        minutes per examination).
    """
    able = network["capabilities"]
    able = able[able["test"].isin(network.allocated_tests)]
    rows = stations.rows.assign(station=range(len(stations.rows))).merge(able, on="asset_type", how="inner")
    order = {t: i for i, t in enumerate(network.allocated_tests)}
    rows = rows.assign(_t=rows["test"].map(order)).sort_values(["station", "_t"], ignore_index=True).drop(columns="_t")
    rows["minutes"] = 60.0 / assumptions.values("scans_per_hour", rows)
    return rows
