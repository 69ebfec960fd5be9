"""Synthetic history of a network: a day-by-day queue for every list, from the tables in the network's `history` folder.

    python -m data.networks.make_history data/networks/NAME …

Nothing here knows a place or a test: the tables in `history/` say how many are added, how long the list is, who is served first and how the
year goes. The same tables give the same bytes: the arithmetic uses only sums, products and quotients of uniform random numbers from a seed,
so that no version of a mathematical library can move a count.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.activity import ACTIVITY, BANDS, KINDS, WAITING, Activity
from data.errors import Refused
from data.frames import to_csv_text
from data.networks.history_tables import NEEDS, STREAMS, HistoryTables, read_history_tables
from data.working_days import WorkingDays

HISTORY_FILE = "activity.csv.gz"

_TAIL = 7 * (BANDS - 1)
"""Age in days from which nobody is told apart any more."""

_WORKING_DAYS = 5
_COMPRESSION = 9


@dataclass(frozen=True)
class Calendar:
    """What all lists share.

    Attributes:
        days: simulated days, warm-up first, shape (D,).
        exposure: shares of an ordinary week by stream, shape (D,), season included.
        week: position of the day's week, shape (D,).
        years: years since the first month, below zero in the warm-up, shape (D,).
        months: first days of the months written.
        last_day: position of each month's last day, shape (M,).
    """

    days: np.ndarray
    exposure: Mapping[str, np.ndarray]
    week: np.ndarray
    years: np.ndarray
    months: pd.DatetimeIndex
    last_day: np.ndarray


def history(folder: Path) -> Activity:
    """The synthetic history of the network in `folder`.

    Args:
        folder: a network folder with `network.csv` and the tables of `data.networks.history_tables` in `history/`.

    Raises:
        Refused: a table is missing or wrong, or the tables contradict each other.
    """
    tables = read_history_tables(folder)
    calendar = _calendar(tables)
    weights = {str(order): _weights(rows) for order, rows in tables.orders.groupby("order")}
    frames = [_months(row, tables.settings, calendar, weights[row["order"]]) for _, row in tables.lists.iterrows()]
    rows = pd.concat(frames, ignore_index=True)
    return Activity({"activity": rows.sort_values(list(ACTIVITY.key), ignore_index=True)})


def history_bytes(activity: Activity) -> bytes:
    """The compressed CSV file of a history, equal bytes for equal histories."""
    return gzip.compress(to_csv_text(ACTIVITY, activity.rows).encode(), _COMPRESSION, mtime=0)


def main(arguments: Sequence[str]) -> int:
    """Write the history of each network folder named; 0 done, 1 refused with findings, 2 nothing named."""
    for name in arguments:
        try:
            activity = history(Path(name))
        except Refused as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 1
        (Path(name) / HISTORY_FILE).write_bytes(history_bytes(activity))
        sys.stdout.write(f"{name}: {len(activity.rows):,} rows, {len(activity.periods)} months\n")
    return 0 if arguments else 2


def _calendar(tables: HistoryTables) -> Calendar:
    settings, seasons = tables.settings, tables.seasons
    working_days = WorkingDays(tables.network["country"], tables.network["subdivision"])
    first = pd.Timestamp(settings["first_month"])
    months = pd.date_range(first, periods=int(settings["months"]), freq="MS")
    days = pd.date_range(first - pd.Timedelta(weeks=int(settings["warm_up_weeks"])), months[-1] + pd.offsets.MonthEnd(0), freq="D")
    dates = days.to_numpy().astype("datetime64[D]")
    exposure = {}
    for stream in STREAMS:
        other = float(settings[f"{stream}_other_days"])
        season = seasons.set_index("month")[stream].reindex(days.month).to_numpy()
        exposure[stream] = working_days.exposure(dates, other) * season / (_WORKING_DAYS + 2 * other)
    since = (days - first).days.to_numpy()
    last_day = np.searchsorted(dates, (months + pd.offsets.MonthEnd(0)).to_numpy().astype("datetime64[D]"))
    return Calendar(dates, exposure, (since - since[0]) // 7, since / 365.0, months, last_day)


def _weights(rows: pd.DataFrame) -> np.ndarray:
    """Weights by need and age in days, shape (needs, _TAIL + 1)."""
    by_need = rows.set_index("need").reindex(list(NEEDS), fill_value=0.0)[[f"week_{k}" for k in range(BANDS)]].to_numpy(dtype=float)
    return np.repeat(by_need, 7, axis=1)[:, : _TAIL + 1]


@dataclass(frozen=True)
class Flow:
    """What happens to one list besides its order of service; every array has shape (D,).

    Attributes:
        added: additions of each day.
        slots: slots of each day that keep the list level.
        intended: length of list the organisation steers to.
        catching_up: share of the gap to it that the day's slots make up.
        removed: patients removed without a test, expected on each day.
    """

    added: np.ndarray
    slots: np.ndarray
    intended: np.ndarray
    catching_up: np.ndarray
    removed: np.ndarray


def _months(row: pd.Series, settings: pd.Series, calendar: Calendar, weights: np.ndarray) -> pd.DataFrame:
    """The rows of one list: additions and slots drawn, the queue run, everything summed by month."""
    rng = np.random.default_rng([int(settings["seed"]), *f"{row['organisation']}|{row['test']}".encode()])
    size = len(calendar.days)
    growth = 1 + row["growth"] * calendar.years

    def drawn(stream: str, a_week: float) -> np.ndarray:
        weekly = 1 + row["variation"] * _bell(rng, size)[calendar.week]
        daily = 1 + settings["daily_variation"] * _bell(rng, size)
        expected: np.ndarray = np.maximum(a_week * growth * calendar.exposure[stream] * weekly * daily, 0)
        return expected

    added = np.floor(drawn("additions", row["additions"]) + rng.random(size))
    slots = drawn("slots", row["additions"] * (1 - row["removed"]))
    planned, unscheduled = (np.floor(drawn(stream, row[stream]) + rng.random(size)) for stream in ("planned", "unscheduled"))
    passed = np.clip(calendar.years / calendar.years[-1], 0, 1)
    intended = row["list_at_start"] + (row["list_at_end"] - row["list_at_start"]) * passed
    flow = Flow(added, slots, intended, calendar.exposure["slots"] / settings["recovery_weeks"], row["removed"] * added)
    needs = np.array([row["urgent"], 1 - row["urgent"] - row["hard_to_book"], row["hard_to_book"]])
    seen, lists = _queue(flow, needs, weights, calendar.last_day, rng.random((size, 3)))
    columns: dict[str, Any] = {"organisation": row["organisation"], "test": row["test"], "period": calendar.months}
    for kind, done in zip(KINDS, (seen, planned, unscheduled), strict=True):
        columns[f"done_{kind}"] = _by_month(done, calendar)
    columns |= dict(zip(WAITING, lists.T, strict=True))
    return pd.DataFrame(columns)


def _by_month(done: np.ndarray, calendar: Calendar) -> np.ndarray:
    first = np.searchsorted(calendar.days, calendar.months.to_numpy().astype("datetime64[D]"))
    sums: np.ndarray = np.array([done[a : b + 1].sum() for a, b in zip(first, calendar.last_day, strict=True)])
    return sums


def _bell(rng: np.random.Generator, size: int) -> np.ndarray:
    """Bell-shaped numbers with mean 0 and standard deviation 1: twelve uniform numbers added up, less six."""
    bell: np.ndarray = rng.random((12, size)).cumsum(axis=0)[-1] - 6
    return bell


def _queue(flow: Flow, needs: np.ndarray, weights: np.ndarray, month_ends: np.ndarray, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run one list day by day.

    Args:
        flow: additions, slots and removals of the D days.
        needs: share of additions by need, shape (needs,).
        weights: relative chance of service by need and age in days, shape (needs, _TAIL + 1).
        month_ends: positions of the M days whose bands are kept.
        draws: uniform numbers that decide how counts are rounded, shape (D, 3).

    Returns:
        Patients seen each day, shape (D,), and waiting by band at each month end, shape (M, BANDS).
    """
    waiting = np.zeros(weights.shape, dtype=np.int64)
    anyone = np.ones_like(weights)
    seen = np.zeros(len(flow.added))
    lists = np.zeros((len(flow.added), BANDS))
    for day, new in enumerate(flow.added):
        waiting[:, -1] += waiting[:, -2]
        waiting[:, 1:-1] = waiting[:, :-2]
        waiting[:, 0] = _rounded(new * needs, draws[day, 0])
        waiting -= _taken(waiting, anyone, flow.removed[day], draws[day, 1])
        wanted = flow.slots[day] + (waiting.sum() - flow.intended[day]) * flow.catching_up[day]
        served = _taken(waiting, weights, wanted, draws[day, 2])
        waiting -= served
        seen[day] = served.sum()
        lists[day] = np.add.reduceat(waiting.sum(axis=0), np.arange(0, _TAIL + 1, 7))
    return seen, lists[month_ends]


def _taken(waiting: np.ndarray, weights: np.ndarray, wanted: float, draw: float) -> np.ndarray:
    """Whole patients taken from the list: `wanted` of them in proportion to weights, never more than wait; shape as `waiting`."""
    waits = np.where(weights > 0, waiting, 0).astype(float).ravel()
    weighted = waits * weights.ravel()
    wanted = min(max(wanted, 0.0), float(waits.sum()))
    everyone = np.zeros(waits.shape, dtype=bool)
    while True:
        rest = float(np.where(everyone, 0.0, weighted).cumsum()[-1])
        share = (wanted - float(waits[everyone].sum())) / rest if rest > 0 else 0.0
        above = ~everyone & (weights.ravel() * share > 1)
        if not above.any():
            break
        everyone |= above
    expected = np.where(everyone, waits, weighted * share)
    taken: np.ndarray = np.minimum(_rounded(expected, draw), waits.astype(np.int64)).reshape(waiting.shape)
    return taken


def _rounded(expected: np.ndarray, draw: float) -> np.ndarray:
    """Whole numbers with the given expectation and, but for one, the given sum."""
    whole: np.ndarray = np.diff(np.floor(expected.cumsum() + draw), prepend=0.0).astype(np.int64)
    return whole


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
