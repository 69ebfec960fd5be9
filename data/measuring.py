"""Figures of the imaging extract: the throughput of each station, openings used, acute work and what is late.

All are functions of the extract's patterns (`data.store.imaging.PATTERNS`); `data.measured` puts them beside what is in force.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.intervals import Interval, Z, mean, ratio, share
from data.network import WEEKDAYS, Network
from data.stations import STATION, station_rows


@dataclass(frozen=True, eq=False)
class Seen:
    """What the extract says.

    Attributes:
        planned, attendance, downtime, acute, turnaround, by_hour: the patterns of these names, asked of every test and source.
        months: months (`YYYY-MM`) by organisation.
        returned: by organisation and test, examinations of these months in the monthly return; without a place the return says nothing of it.
    """

    planned: pd.DataFrame
    attendance: pd.DataFrame
    downtime: pd.DataFrame
    acute: pd.DataFrame
    turnaround: pd.DataFrame
    by_hour: pd.DataFrame
    months: Mapping[str, tuple[str, ...]]
    returned: Mapping[tuple[str, str], float] = field(default_factory=dict)


def coverage(network: Network, seen: Seen) -> dict[tuple[str, str], float]:
    """Examinations done in the extract over those of the monthly return in the same months, by organisation and test, where both say something."""
    done = seen.by_hour.assign(organisation=seen.by_hour["site"].map(network.owner)).groupby(["organisation", "test"])["n"].sum()
    return {place: float(done.get(place, 0)) / returned for place, returned in seen.returned.items() if returned > 0}


def placed(planned: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Work in planned sessions by the station that did it; work of a scanner nobody knows goes to the only kind that does the test there.

    Returns:
        The pattern's rows of known stations, with organisation and asset_type.
    """
    able = _able(network)
    kinds = able.groupby(["site", "test"])["asset_type"].agg(list)
    only = {place: known[0] for place, known in kinds.items() if len(known) == 1}
    register = _register(network)
    kind = [register.get(r.scanner_id) or only.get((r.site, r.test), "") for r in planned[["scanner_id", "site", "test"]].itertuples()]
    return planned.assign(asset_type=pd.Series(kind, index=planned.index, dtype="str")).merge(able, on=["site", "asset_type", "test"])


def _able(network: Network) -> pd.DataFrame:
    """Each station and test it can do: organisation, site, asset_type, test."""
    return station_rows(network).merge(network["capabilities"][["asset_type", "test"]], on="asset_type")


def _register(network: Network) -> dict[str, str]:
    """Kind of each scanner the network knows."""
    fixed, mobile = network["assets"], network["mobiles"]
    return dict(zip(fixed["asset"], fixed["asset_type"], strict=True)) | dict(zip(mobile["mobile"], mobile["asset_type"], strict=True))


def throughput(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """The three factors of each station's throughput."""
    work = placed(seen.planned, network)
    work = work[(work["n"] > 0) & (work["minutes_scanned"] > 0)]
    appointments = seen.attendance.merge(_able(network), on=["site", "test"]).groupby(STATION)[["dna", "kept_or_missed"]].sum()
    booked = {station: (float(m), float(n)) for station, m, n in appointments.itertuples(name=None)}
    numbers = work[["n", "minutes_scanned", "minutes_open"]].to_numpy(dtype=float)
    of_day = work.groupby(["scanner_id", "day"], sort=False).ngroup().to_numpy()
    tests = work["test"].to_numpy(dtype=object)
    for station, at in work.groupby(STATION).indices.items():
        missed, of = booked.get(station, (0.0, 0.0))
        if missed < of:
            place = dict(zip(STATION, station, strict=True))
            yield from ({**place, **row} for row in _factors(numbers[at], of_day[at], tests[at], missed, of))


def _factors(numbers: np.ndarray, of_day: np.ndarray, tests: np.ndarray, missed: float, booked: float) -> Iterator[dict[str, Any]]:
    """One station's factors. Where booked minutes would be more than all, as examinations overlap, the length gives way.

    Args:
        numbers: examinations, minutes scanned and minutes open, shape (rows, 3).
        of_day: the scanner and day of each row.
        tests: the test of each row.
        missed: appointments missed.
        booked: appointments done or missed.
    """
    dna = share(missed, booked)
    _, day = np.unique(of_day, return_inverse=True)
    scanned, opened = (np.bincount(day, numbers[:, column]) for column in (1, 2))
    used = ratio(scanned, opened)
    faster = max(used[0] / (1 - dna[0]), 1.0)
    yield {"measure": "dna_rate", **_figure(dna), "n": int(booked)}
    yield {"measure": "utilisation", **_figure(_booked(used, dna[0], booked)), "n": int(numbers[:, 0].sum()), "days": len(scanned)}
    for test in sorted(set(tests)):
        its = numbers[tests == test]
        value, low, high = (60 * faster * v for v in ratio(its[:, 0], its[:, 1]))
        yield {"measure": "scans_per_hour", "test": test, **_figure((value, low, high)), "n": int(its[:, 0].sum()), "days": len(its)}


def _booked(scanned: Interval, dna: float, booked: float) -> Interval:
    """Minutes booked over minutes open: minutes scanned, and missed slots at the same length; never above 1."""
    value = min(scanned[0] / (1 - dna), 1.0)
    spread = (scanned[2] - scanned[0]) / scanned[0]
    missed = Z * math.sqrt(dna / booked / (1 - dna))
    half = value * math.hypot(spread, missed)
    return value, max(value - half, 0.0), min(value + half, 1.0)


def openings(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """Working days a station's scanners were used, for the session type that is filled first."""
    types = network["session_types"].sort_values("fill_order", kind="stable")
    types = types[types[list(WEEKDAYS[:5])].sum(axis=1) > 0]
    if types.empty:
        return
    register, stations = _register(network), station_rows(network)
    kinds = stations.groupby("site")["asset_type"].agg(list)
    only = {site: known[0] for site, known in kinds.items() if len(known) == 1}
    kind = [register.get(r.scanner_id) or only.get(r.site, "") for r in seen.downtime.itertuples()]
    rows = seen.downtime.assign(asset_type=pd.Series(kind, index=seen.downtime.index, dtype="str")).merge(stations, on=["site", "asset_type"])
    for station, days in rows.groupby(STATION, sort=False):
        n = int(days["n"].sum())
        used = _figure(share(n - float(days["idle_days"].sum()), n))
        yield {"measure": "session_share", **dict(zip(STATION, station, strict=True)), "session_type": types["session_type"].iloc[0], **used, "n": n}


def outside(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """Emergencies and inpatients done outside planned sessions, by organisation and test."""
    place = ["organisation", "test"]
    inside, every = (f.assign(organisation=f["site"].map(network.owner)).groupby(place)["acute"].sum() for f in (seen.planned, seen.acute))
    known = every.index.get_level_values("test").isin(network["tests"]["test"])
    for (organisation, test), n in every[(every > 0) & known].items():
        outside = _figure(share(n - inside.get((organisation, test), 0), n))
        yield {"measure": "unscheduled_outside", "organisation": organisation, "test": test, **outside, "n": int(n)}


def acute_shares(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """Emergencies and inpatients over all, by organisation and test."""
    rows = seen.acute.assign(organisation=seen.acute["site"].map(network.owner)).groupby(["organisation", "test"])[["acute", "n"]].sum()
    for (organisation, test), acute, n in rows.itertuples(name=None):
        yield {"measure": "acute_share", "organisation": organisation, "test": test, **_figure(share(acute, n)), "n": int(n)}


def late(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """Examinations scanned late, and reports issued late, by site and test."""
    for r in seen.turnaround[seen.turnaround["site"].isin(list(network.owner))].itertuples():
        measure = {"request_to_scan": "late_scan", "scan_to_report": "late_report"}[r.step]
        over = _figure(share(round(r.share_over * r.n), r.n))
        yield {"measure": measure, "organisation": network.owner[r.site], "site": r.site, "test": r.test, **over, "n": int(r.n)}


def hours_run(network: Network, seen: Seen) -> Iterator[dict[str, Any]]:
    """Hours a week that planned sessions of a station were open, over the whole weeks of the months its organisation sent."""
    work = placed(seen.planned, network)
    weeks = {organisation: _whole_weeks(months) for organisation, months in seen.months.items()}
    monday = work["day"] - pd.to_timedelta(work["day"].dt.day_of_week, unit="D")
    hours = (work["minutes_open"] / 60).groupby([*(work[c] for c in STATION), monday.rename("week")]).sum()
    for station, of_week in hours.groupby(level=STATION):
        whole = weeks.get(station[0], pd.DatetimeIndex([]))
        if len(whole):
            in_order = of_week.droplevel(STATION).reindex(whole, fill_value=0.0)
            place = dict(zip(STATION, station, strict=True))
            yield {"measure": "hours_run", **place, **_figure(mean(in_order.to_numpy())), "n": len(whole)}


def _whole_weeks(months: Sequence[str]) -> pd.DatetimeIndex:
    """Mondays of the weeks of which every day lies in one of the months."""
    days = [day for m in months for day in pd.date_range(m, periods=pd.Period(m).days_in_month)]
    held = pd.Series(pd.DatetimeIndex(days))
    mondays = (held - pd.to_timedelta(held.dt.day_of_week, unit="D")).value_counts()
    return pd.DatetimeIndex(sorted(mondays[mondays == 7].index))


def _figure(interval: Interval) -> dict[str, float]:
    return dict(zip(("value", "low", "high"), interval, strict=True))
