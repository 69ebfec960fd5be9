"""Slots: what the sessions of a rota hold for each test, and what must-do work leaves of them for the waiting lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.network import ALL_PRIORITIES
from data.stations import Stations

ROW = ["station", "organisation", "test", "must_part", "minutes_each"]


@dataclass(frozen=True, eq=False)
class Slots:
    """What sessions hold, by station and test and by week.

    Attributes:
        rows: one row for each station and test it can do: station (position), organisation, test, must_part (share of the organisation's
            must-do work that is done here), minutes_each (operational minutes of one examination).
        weeks: the Mondays, length W.
        operational: operational minutes of sessions, shape (stations, W).
        mobile: attended minutes a week of mobile units, shape (stations,).
        attended: minutes that end in an attended examination, sessions and mobile units, shape (stations, W).
        part: part of the attended minutes that go to a test, shape (rows, W); what no list asks for is nobody's.
        must_do: examinations that never wait and are asked for here, shape (rows, W).
        waiting_list: examinations left for the waiting list, shape (rows, W).
    """

    rows: pd.DataFrame
    weeks: pd.DatetimeIndex
    operational: np.ndarray
    mobile: np.ndarray
    attended: np.ndarray
    part: np.ndarray
    must_do: np.ndarray
    waiting_list: np.ndarray

    def seen(self) -> pd.DataFrame:
        """What is left for each list: organisation, test, week, patients, priority."""
        wide = pd.DataFrame(self.waiting_list, columns=self.weeks).groupby([self.rows["organisation"], self.rows["test"]], sort=False).sum()
        tall = wide.reset_index().melt(["organisation", "test"], var_name="week", value_name="patients")
        return tall.assign(priority=ALL_PRIORITIES)


def slots_of(sessions: np.ndarray, stations: Stations, work: pd.DataFrame, on_mobile: np.ndarray, must_do: pd.DataFrame) -> Slots:
    """What sessions hold: must-do work first, the rest for the lists, tests that share a room in proportion to their recent work.

    Args:
        sessions: shape (stations, session types, W).
        stations: where they are run.
        work: columns `ROW`, and waiting (recent patients a week of the list), one row for each station and test.
        on_mobile: attended minutes a week that mobile units give, shape (stations,).
        must_do: index (organisation, test), one column for each week, patients a week.
    """
    operational = (sessions * stations.session_minutes[None, :, None]).sum(axis=1)
    attended = operational * stations.yield_share[:, None] + on_mobile[:, None]
    at, each = work["station"].to_numpy(), work["minutes_each"].to_numpy()
    must = must_do.reindex(pd.MultiIndex.from_frame(work[["organisation", "test"]])).fillna(0.0).to_numpy()
    must_minutes = must * (work["must_part"] * work["minutes_each"]).to_numpy()[:, None]
    taken = np.zeros_like(attended)
    np.add.at(taken, at, must_minutes)
    left = attended.copy()
    np.subtract.at(left, at, must_minutes)
    asked = (work["waiting"] * work["minutes_each"]).to_numpy()
    total = np.zeros(len(stations.rows))
    np.add.at(total, at, asked)
    share = np.divide(asked, total[at], out=np.zeros_like(asked), where=total[at] > 0)
    waiting = np.maximum(left, 0)[at] * (share / each)[:, None]
    fits = np.divide(np.minimum(taken, attended), taken, out=np.ones_like(taken), where=taken > 0)
    used = must_minutes * fits[at] + np.maximum(left, 0)[at] * share[:, None]
    part = np.divide(used, attended[at], out=np.zeros_like(used), where=attended[at] > 0)
    return Slots(work[ROW], stations.weeks, operational, on_mobile, attended, part, must * work["must_part"].to_numpy()[:, None], waiting)
