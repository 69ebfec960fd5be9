"""What a plan must respect, worked out anew from the tables of the network, the assumptions and the history.

Nothing here comes from the optimisation model or the forecast: each number is computed once more, in another way where there is one. Today's rota
is taken from `data.rota`, which defines it, and the order in which lists are booked from `forecasting.dynamics`, which finds it in the months.
"""

from __future__ import annotations

import math
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.assumption import SCOPES
from data.assumptions import BY_NAME
from data.dataset import Dataset
from data.network import WEEKDAYS
from data.rota import Today, today
from data.scenario import Scenario
from data.working_days import WorkingDays
from forecasting.dynamics import Orders, present_orders
from portal.checking.booking import Booked
from portal.checking.history import History

Key = tuple[Any, ...]


class Assumed:
    """The value of an assumption at one place: of the rows that fit, the one that names most places, a dated one before an undated one."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows: dict[str, list[tuple[dict[str, str], Any, Any, float]]] = {}
        self._dated: set[str] = set()
        self._known: dict[Key, float] = {}
        for row in rows.to_dict("records"):
            named = {scope: row[scope] for scope in SCOPES if row[scope]}
            first, last = (None if pd.isna(row[end]) else row[end] for end in ("from_week", "to_week"))
            self._rows.setdefault(row["name"], []).append((named, first, last, float(row["value"])))
            if first is not None or last is not None:
                self._dated.add(row["name"])

    def __call__(self, name: str, week: Any = None, **place: str) -> float:
        """The value at a place; `place` names scopes."""
        key = (name, week if name in self._dated else None, *place.items())
        if key not in self._known:
            self._known[key] = self._found(name, week, place)
        return self._known[key]

    def _found(self, name: str, week: Any, place: dict[str, str]) -> float:
        value, rank = BY_NAME[name].default, (-1, False)
        for named, first, last, stated in self._rows.get(name, []):
            dated = first is not None or last is not None
            fits = all(place.get(scope) == where for scope, where in named.items())
            if dated:
                fits = fits and week is not None and (first is None or first <= week) and (last is None or week <= last)
            if fits and (len(named), dated) >= rank:
                value, rank = stated, (len(named), dated)
        return float(value)


class Facts:
    """One dataset under one scenario."""

    def __init__(self, dataset: Dataset, scenario: Scenario) -> None:
        self.dataset, self.scenario, self.network = dataset, scenario, dataset.network
        self._assumptions = scenario.on(dataset.assumptions)
        self.assumed = Assumed(self._assumptions.rows)
        self.owner = self.network.owner
        snapshot = dataset.activity.snapshot_date
        first = snapshot + timedelta(days=7 - snapshot.weekday())
        self.weeks = [first + timedelta(days=7 * w) for w in range(scenario.weeks)]
        self.history = History(dataset, self.assumed, self.weeks)

    def booked(self, o: str, m: str) -> Booked | None:
        """How a list is booked; None where too few months tell."""
        if self._orders is None:
            return None
        order = self._orders.of(pd.MultiIndex.from_tuples([(o, m)]))
        return Booked(order.hazards[0], float(order.removed_share[0]), self.assumed("booked_in_turn", organisation=o, test=m))

    @cached_property
    def _orders(self) -> Orders | None:
        return present_orders(self.network, self.dataset.activity)

    @cached_property
    def stations(self) -> list[tuple[str, str]]:
        """Sites and the asset types they may run sessions of or take as mobile units."""
        tables = (self.network[t] for t in ("assets", "pads", "rota"))
        return list(dict.fromkeys((r.site, r.asset_type) for table in tables for r in table.itertuples()))

    @cached_property
    def able(self) -> dict[str, list[str]]:
        """Tests that can be done on each asset type and are given sessions."""
        given = set(self.network.allocated_tests)
        result: dict[str, list[str]] = {}
        for row in self.network["capabilities"].itertuples():
            if row.test in given:
                result.setdefault(row.asset_type, []).append(row.test)
        return result

    @cached_property
    def today(self) -> Today:
        """Today's rota: its sessions, what it leaves for each list, and the assets it had to add to the register."""
        index = pd.MultiIndex.from_tuples(list(self.history.must_do), names=["organisation", "test"])
        work = pd.DataFrame(list(self.history.must_do.values()), index=index, columns=pd.DatetimeIndex(self.weeks))
        return today(self.dataset, self._assumptions, pd.DatetimeIndex(self.weeks), work)

    @cached_property
    def sessions_today(self) -> dict[Key, float]:
        """Sessions of today's rota by site, asset type, session type and week, none left out."""
        rows, kinds = self.today.stations.rows, self.today.stations.session_types["session_type"]
        return {
            (site, a, t, self.weeks[w]): float(self.today.sessions[k, j, w])
            for k, (site, a) in enumerate(zip(rows["site"], rows["asset_type"], strict=True))
            for j, t in enumerate(kinds) for w in range(len(self.weeks))
        }  # fmt: skip

    @cached_property
    def openings(self) -> dict[tuple[str, int], int]:
        """Sessions one asset could run by session type and week: the weekly pattern less bank holidays."""
        closed = set(WorkingDays.of(self.network).bank_holidays.tolist())
        result = {}
        for kind in self.network["session_types"].itertuples():
            for w, monday in enumerate(self.weeks):
                days = [(monday + timedelta(days=d)).date() for d in range(7)]
                open_days = [d for d, date in enumerate(days) if kind.bank_holidays or date not in closed]
                result[kind.session_type, w] = sum(int(getattr(kind, WEEKDAYS[d])) for d in open_days)
        return result

    @cached_property
    def assets(self) -> dict[tuple[str, str, int], float]:
        """Assets in use by station and week: those of the register, less those out of use, and those today's rota had to add."""
        count = dict.fromkeys(((s, a, w) for s, a in self.stations for w in range(len(self.weeks))), 0.0)
        for asset in self.network["assets"].itertuples():
            for w, monday in enumerate(self.weeks):
                begun = pd.isna(asset.available_from) or asset.available_from <= monday
                stays = pd.isna(asset.available_until) or asset.available_until >= monday + timedelta(days=6)
                count[asset.site, asset.asset_type, w] += float(begun and stays)
        for (site, a, w), n in count.items():
            out = self.assumed("assets_out", self.weeks[w], organisation=self.owner[site], site=site, asset_type=a)
            count[site, a, w] = max(n - out, 0.0)
        if any(finding.rule == "asset-added" for finding in self.today.findings):
            stations = self.today.stations
            for (site, a), k in stations.index.items():
                added = stations.rooms[k, 0] - count[site, a, 0]
                for w in range(len(self.weeks)):
                    count[site, a, w] += added
        return count

    @cached_property
    def most_sessions(self) -> dict[Key, float]:
        """Most sessions by site, asset type, session type and week: whole openings, or today's rota where that is more."""
        result: dict[Key, float] = {}
        for site, a in self.stations:
            for t in self.network["session_types"]["session_type"]:
                for w, monday in enumerate(self.weeks):
                    share = self.assumed("session_share", monday, organisation=self.owner[site], site=site, asset_type=a, session_type=t)
                    openings = self.assets.get((site, a, w), 0.0) * self.openings[t, w] * share
                    result[site, a, t, monday] = math.floor(max(openings, self.sessions_today[site, a, t, monday]) + 1e-9)
        return result

    @cached_property
    def fixed(self) -> set[tuple[str, str]]:
        """Stations that can run sessions of their own in some week."""
        return {(s, a) for (s, a, _, _), n in self.most_sessions.items() if n > 0}

    @cached_property
    def minutes(self) -> dict[tuple[str, str, str], float]:
        """Operational minutes of one examination by site, asset type and test: what can be done where."""
        return {
            (site, a, test): 60 / self.assumed("scans_per_hour", organisation=self.owner[site], site=site, asset_type=a, test=test)
            for site, a in self.stations for test in self.able.get(a, [])
        }  # fmt: skip

    @cached_property
    def attended(self) -> dict[tuple[str, str], float]:
        """Operational minutes that end in an attended examination, per operational minute, by station."""
        result = {}
        for site, a in self.stations:
            where = {"organisation": self.owner[site], "site": site, "asset_type": a}
            result[site, a] = self.assumed("utilisation", **where) * (1 - self.assumed("dna_rate", **where))
        return result

    @cached_property
    def length(self) -> dict[str, float]:
        """Operational minutes of each session type."""
        kinds = self.network["session_types"]
        return dict(zip(kinds["session_type"], kinds["minutes"].astype(float), strict=True))

    def session_time_cost(self, site: str, asset_type: str) -> float:
        """£ of an attended minute in the cheapest session type a station can run; nothing where it runs none."""
        types = {t for (s, a, t, _), n in self.most_sessions.items() if (s, a) == (site, asset_type) and n > 0}
        return min((self.session_cost(site, asset_type, t) / (self.length[t] * self.attended[site, asset_type]) for t in types), default=0.0)

    def session_cost(self, site: str, asset_type: str, session_type: str) -> float:
        """£ of one session."""
        where = {"organisation": self.owner[site], "site": site, "asset_type": asset_type}
        return self.assumed("session_cost", session_type=session_type, **where)

    @cached_property
    def roads(self) -> dict[tuple[str, str], float]:
        """Minutes by place and site: as stated; where only the way back is stated, as that."""
        stated = {(r.from_place, r.to_site): float(r.minutes) for r in self.network["travel"].itertuples()}
        back = {(end, start): minutes for (start, end), minutes in stated.items()}
        return {(s, s): 0.0 for s in self.owner} | back | stated

    @cached_property
    def people(self) -> dict[str, dict[str, float]]:
        """Staff of each group that one running asset of a type needs."""
        result: dict[str, dict[str, float]] = {}
        for row in self.network["staffing"].itertuples():
            if row.staff > 0:
                result.setdefault(row.asset_type, {})[row.staff_group] = float(row.staff)
        return result

    @cached_property
    def in_post(self) -> dict[tuple[str, str], float]:
        """Own hours a week in planned sessions."""
        result = {}
        for row in self.network["staff_in_post"].itertuples():
            where = {"organisation": row.organisation, "staff_group": row.staff_group}
            result[row.organisation, row.staff_group] = row.wte * self.hours_at_work(**where) * self.assumed("session_time_share", **where)
        return result

    def hours_at_work(self, **where: str) -> float:
        """Hours a week of one WTE: as stated, else of 52.18 weeks of five days those that are left."""
        if stated := self.assumed("hours_per_wte", **where):
            return stated
        days = 365.25 * 5 / 7
        off = sum(self.assumed(name, **where) for name in ("leave_days", "bank_holiday_days", "study_days"))
        ill = self.assumed("sickness_share", **where) + self.assumed("other_absence_share", **where)
        return self.assumed("contracted_hours", **where) * max(days - off, 0.0) * max(1 - ill, 0.0) / days

    @cached_property
    def units(self) -> dict[str, Any]:
        """Rows of the table of mobile units by identifier."""
        return {row.mobile: row for row in self.network["mobiles"].itertuples()}

    def unit_minutes(self, mobile: str, site: str, *, arriving: bool = False) -> float:
        """Attended minutes of a week of a mobile unit on a pad, less what is lost to its arrival."""
        a = self.units[mobile].asset_type
        where = {"mobile": mobile, "asset_type": a, "site": site, "organisation": self.owner[site]}
        lost = self.assumed("mobile_setup_loss", **where) if arriving else 0.0
        return 60 * self.assumed("mobile_hours", **where) * self.attended[site, a] * (1 - lost)

    def unit_hours(self, mobile: str, site: str) -> dict[str, float]:
        """Own staff hours by group of a week of a mobile unit on a pad."""
        unit = self.units[mobile]
        if unit.staffed:
            return {}
        hours = self.assumed("mobile_hours", mobile=mobile, asset_type=unit.asset_type, site=site, organisation=self.owner[site])
        return {group: people * hours for group, people in self.people.get(unit.asset_type, {}).items()}

    @cached_property
    def measured(self) -> list[Any]:
        """Weeks in which a month ends, or the last week where none does."""
        ends = [monday for monday in self.weeks if (monday + timedelta(days=7)).month != monday.month or (monday + timedelta(days=7)).day == 1]
        return ends or [self.weeks[-1]]

    @cached_property
    def seen_today(self) -> dict[tuple[str, str], np.ndarray]:
        """What today's rota leaves for each list, patients by week."""
        rows = self.today.seen.pivot_table(index=["organisation", "test"], columns="week", values="patients", aggfunc="sum")
        return {key: row.to_numpy() for key, row in rows.reindex(columns=pd.DatetimeIndex(self.weeks)).fillna(0.0).iterrows()}
