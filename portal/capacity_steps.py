"""How today's sessions become slots for a waiting list, step by step, each with its unit and where the figure comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.assumptions import BY_NAME, Assumptions
from data.network import Network
from data.words import count, number, percent
from portal.lists_ahead import Lists, over

UNIT, MINUTES = "examinations a week", "operational minutes a week"
MOBILE = "Mobile units"
"""The step that adds what mobile units give."""

_LITTLE = 1e-6


@dataclass(frozen=True)
class Place:
    """Where slots are looked at: a test at one station, or at all of an organisation's (site and asset type are empty then)."""

    organisation: str
    test: str
    site: str = ""
    asset_type: str = ""

    @property
    def key(self) -> str:
        """The same as text, for the address."""
        return "~".join((self.organisation, self.test, self.site, self.asset_type)).rstrip("~")


@dataclass(frozen=True, eq=False)
class Steps:
    """Slots of one place, from sessions to what is left for the list.

    Attributes:
        waterfall: step, value (examinations a week, losses below zero), is_total.
        told: step, figure, unit, how, source; in words.
        left: for the waiting list, examinations a week.
        weeks: how many weeks the figures are a mean of.
    """

    waterfall: pd.DataFrame
    told: pd.DataFrame
    left: float
    weeks: int


def places(held: Lists, organisation: str, test: str) -> list[Place]:
    """Where slots can be looked at: the stations of each organisation's test, then all of them together; empty arguments = every one."""
    if held.rota is None:
        return []
    rows = held.rota.slots.rows
    busy = held.rota.slots.attended.sum(axis=1) > 0
    stations = list(zip(*(held.rota.stations.rows[column].tolist() for column in ("site", "asset_type")), strict=True))
    members: dict[tuple[str, str], list[int]] = {}
    for k, o, t in zip(rows["station"].tolist(), rows["organisation"].tolist(), rows["test"].tolist(), strict=True):
        if busy[k] and organisation in ("", o) and test in ("", t):
            members.setdefault((o, t), []).append(k)
    found = []
    for key, here in members.items():
        found += [Place(*key, *stations[k]) for k in here]
        found += [Place(*key)] if len(here) > 1 else []
    return found


def place_titles(found: Sequence[Place], network: Network) -> list[str]:
    """What and where, in titles."""
    tests, sites, kinds = network.titles("tests"), network.short_titles("sites"), network.titles("asset_types")
    organisations = network.short_titles("organisations")
    where = [f"{sites[p.site]}, {kinds[p.asset_type]}" if p.site else f"{organisations[p.organisation]}, all sites" for p in found]
    return [f"{tests[p.test]} at {place}" for p, place in zip(found, where, strict=True)]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Examinations a week by station of the place, each shape (stations of the place,)."""

    sessions: np.ndarray
    minutes: np.ndarray
    part: np.ndarray
    each: np.ndarray
    use: np.ndarray
    missed: np.ndarray
    slots: np.ndarray
    mobile: np.ndarray
    unscheduled: np.ndarray
    planned: np.ndarray
    left: np.ndarray


def steps(held: Lists, assumptions: Assumptions, place: Place, monday: pd.Timestamp | None) -> Steps:
    """The steps of one place.

    Args:
        held: the lists, of a network with assets.
        assumptions: the assumptions in force.
        place: one of `places`.
        monday: one week; None = the mean of all.
    """
    weeks = np.ones(len(held.weeks), dtype=bool) if monday is None else held.weeks == monday
    sums = _sums(held, assumptions, place, weeks)
    booked = sums.slots * sums.use
    attended = booked * (1 - sums.missed)
    room = attended + sums.mobile
    undone = sums.left - (room - sums.unscheduled - sums.planned)
    losses = [
        ("Slots in sessions", sums.slots, True), ("Not booked", booked - sums.slots, False), ("Not attended", attended - booked, False),
        (MOBILE, sums.mobile, False), ("Unscheduled", -sums.unscheduled, False), ("Planned", -sums.planned, False),
        ("Does not fit", undone, False), ("For the waiting list", sums.left, True),
    ]  # fmt: skip
    shown = [(name, float(v.sum()), total) for name, v, total in losses if total or abs(v.sum()) > _LITTLE]
    waterfall = pd.DataFrame(shown, columns=["step", "value", "is_total"])
    told = pd.DataFrame(_told(sums, undone, held, assumptions, place), columns=["step", "figure", "unit", "how", "source"])
    return Steps(waterfall, told, float(sums.left.sum()), int(weeks.sum()))


def _rows(held: Lists, place: Place) -> np.ndarray:
    """Positions of the place's rows among those of the slots."""
    rows, stations = held.todays_rota.slots.rows, held.todays_rota.stations.rows
    hit = (rows["organisation"] == place.organisation) & (rows["test"] == place.test)
    if place.site:
        there = ((stations["site"] == place.site) & (stations["asset_type"] == place.asset_type)).to_numpy()
        hit &= there[rows["station"].to_numpy()]
    return np.flatnonzero(hit)


def _sums(held: Lists, assumptions: Assumptions, place: Place, weeks: np.ndarray) -> _Sums:
    rota, here = held.todays_rota, _rows(held, place)
    slots = rota.slots
    at = slots.rows["station"].to_numpy()[here]
    stations, each = rota.stations.rows.iloc[at], slots.rows["minutes_each"].to_numpy()[here]
    part, run = slots.part[here][:, weeks], slots.operational[at][:, weeks]
    minutes, of_test = run.mean(axis=1), (part * run).mean(axis=1)
    done_here = slots.rows["must_part"].to_numpy()[here]
    unscheduled, planned = (
        done_here * frame.loc[[(place.organisation, place.test)]].to_numpy()[:, weeks].mean() for frame in (held.unscheduled, held.planned)
    )
    return _Sums(
        sessions=rota.sessions[at][:, :, weeks].mean(axis=2), minutes=minutes, part=over(of_test, minutes), each=each,
        use=assumptions.values("utilisation", stations), missed=assumptions.values("dna_rate", stations), slots=of_test / each,
        mobile=(part * slots.mobile[at][:, None]).mean(axis=1) / each, unscheduled=unscheduled, planned=planned,
        left=slots.waiting_list[here][:, weeks].mean(axis=1),
    )  # fmt: skip


Line = tuple[str, str, str, str, str]


def _told(sums: _Sums, undone: np.ndarray, held: Lists, assumptions: Assumptions, place: Place) -> list[Line]:
    """Each step in words, so that it can be worked out again by hand."""
    one = len(sums.each) == 1
    said = _Said(assumptions, {"organisation": place.organisation, "test": place.test, "site": place.site, "asset_type": place.asset_type})
    booked = sums.slots * sums.use
    attended = booked * (1 - sums.missed)
    each, use, missed, part = (float(v.mean()) for v in (sums.each, sums.use, sums.missed, sums.part))

    def how(text: str) -> str:
        return text if one else f"Added over {count(len(sums.each), 'place')}"

    lines = [
        *_sessions(sums, held, place),
        ("Time in sessions", number(sums.minutes.sum()), MINUTES, how("Sessions × minutes, added up"), "Sheet for session types"),
        ("Time for this test", number((sums.minutes * sums.part).sum()), MINUTES,
         how(f"{percent(part)} of the time: the test's own must-do work and its part of the rest"), "Recent activity of tests that share a room"),
        ("Slots in sessions", number(sums.slots.sum(), 1), UNIT, how(f"÷ {each:,.4g} minutes each ({60 / each:,.4g} an hour)"),
         said("scans_per_hour")),
        ("Booked", number(booked.sum(), 1), UNIT, how(f"× utilisation {percent(use)}"), said("utilisation")),
        ("Attended", number(attended.sum(), 1), UNIT, how(f"× (100% − not attended {percent(missed)})"), said("dna_rate")),
    ]  # fmt: skip
    on_units = ("On mobile units", number(sums.mobile.sum(), 1), UNIT, "Attended on units that stand here today, as far as patients suit them",
                said("mobile_hours"))  # fmt: skip
    too_much = ("Does not fit", number(undone.sum(), 1), UNIT, "Must-do work beyond the slots of a week: nothing is left for the list", "Worked out")
    return [
        *lines, *([on_units] if sums.mobile.sum() > 0 else []),
        ("Less unscheduled", number(sums.unscheduled.sum(), 1), UNIT, how("Forecast × the share done inside sessions × the part done here"),
         said("unscheduled_outside")),
        ("Less planned", number(sums.planned.sum(), 1), UNIT, how("Forecast × the part done here"), "Forecast from the monthly return"),
        *([too_much] if undone.sum() > _LITTLE else []),
        ("For the waiting list", number(sums.left.sum(), 1), UNIT, "Attended and on mobile units, less unscheduled and planned", "Worked out"),
    ]  # fmt: skip


def _sessions(sums: _Sums, held: Lists, place: Place) -> list[Line]:
    """Sessions by type."""
    rota = held.todays_rota
    here = rota.stations.rows.iloc[rota.slots.rows["station"].to_numpy()[_rows(held, place)]]
    rows = rota.ordinary.merge(here[["site", "asset_type"]], on=["site", "asset_type"])
    kinds = {"planner's": "The planner's rota", "derived": "Today's rota, derived from recent activity"}
    whose = " or ".join(words for basis, words in kinds.items() if basis in set(rows["basis"]))
    run = zip(rota.stations.session_types.itertuples(), sums.sessions.sum(axis=0), strict=True)
    return [(f"Sessions: {t.title}", number(n, 2), "sessions a week", f"{number(t.minutes)} minutes each", whose) for t, n in run if n > 0]


class _Said:
    """Who says what an assumption is at a place."""

    def __init__(self, assumptions: Assumptions, place: dict[str, str]) -> None:
        self._assumptions, self._place = assumptions, {scope: where for scope, where in place.items() if where}

    def __call__(self, name: str) -> str:
        title = BY_NAME[name].title
        if "site" not in self._place and {"site", "asset_type"} & set(BY_NAME[name].varies_by):
            return f"Assumption “{title}”, of each place"
        row: Any = self._assumptions.stated(name, self._place)
        if row is None:
            return f"Assumption “{title}”: built-in default"
        return f"Assumption “{title}”: {row.source or row.reason} ({row.owner}, confidence {row.confidence})"
