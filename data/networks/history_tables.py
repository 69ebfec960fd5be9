"""The tables behind a synthetic history: what they may hold, read from a network folder and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.activity import BANDS
from data.errors import Refused
from data.evidence import EVIDENCE, key_id
from data.fields import Field, Kind, Table, shown
from data.findings import Finding, Findings, refusal
from data.network import NETWORK

STREAMS = ("additions", "slots", "planned", "unscheduled")

NEEDS = ("urgent", "routine", "hard_to_book")
"""Kinds of patient the simulated booking office tells apart; the published bands do not."""

MONTHS_OF_A_YEAR = range(1, 13)

SETTINGS = Table(
    "settings", "History settings", "One row: the seed and the span of the synthetic history.",
    (
        Field("seed", "Seed", Kind.COUNT, minimum=0),
        Field("first_month", "First month", Kind.DATE, help="First day of the first month written"),
        Field("months", "Months", Kind.COUNT, unit="months", minimum=1, maximum=120),
        Field("warm_up_weeks", "Warm-up", Kind.COUNT, unit="weeks simulated before the first month", minimum=1, maximum=520),
        Field("recovery_weeks", "Recovery", Kind.NUMBER, unit="weeks in which slots make up a gap to the intended list",
              minimum=1, maximum=104),
        Field("daily_variation", "Daily variation", Kind.NUMBER, unit="share, standard deviation", minimum=0, maximum=1),
        *(Field(f"{s}_other_days", f"Other days: {s}", Kind.NUMBER, unit="share of a working day", minimum=0, maximum=1) for s in STREAMS),
    ),
    key=("seed",), required=True,
)  # fmt: skip

LISTS = Table(
    "lists", "Simulated lists", "One row for each organisation and test.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("order", "Order", Kind.ID, help="Service order, as in the table orders"),
        Field("additions", "Additions", Kind.NUMBER, unit="patients an ordinary week", minimum=0),
        Field("growth", "Growth", Kind.NUMBER, unit="share a year, of every stream", minimum=-0.5, maximum=1),
        Field("variation", "Weekly variation", Kind.NUMBER, unit="share, standard deviation", minimum=0, maximum=0.5),
        Field("removed", "Removed without test", Kind.NUMBER, unit="share of additions", minimum=0, maximum=0.9),
        Field("urgent", "Urgent", Kind.NUMBER, unit="share of additions", minimum=0, maximum=1),
        Field("hard_to_book", "Hard to book", Kind.NUMBER, unit="share of additions", minimum=0, maximum=1),
        Field("list_at_start", "List at the start", Kind.NUMBER, unit="patients", minimum=0),
        Field("list_at_end", "List at the end", Kind.NUMBER, unit="patients", minimum=0),
        Field("planned", "Planned", Kind.NUMBER, unit="examinations an ordinary week", minimum=0),
        Field("unscheduled", "Unscheduled", Kind.NUMBER, unit="examinations an ordinary week", minimum=0),
        *EVIDENCE,
    ),
    key=("organisation", "test"), required=True,
)  # fmt: skip

ORDERS = Table(
    "orders", "Service orders", "Relative chance of being served in a day, by kind of patient and whole weeks waited.",
    (
        key_id("order", "Order", "Name of the service order"),
        Field("need", "Need", Kind.CHOICE, choices=NEEDS),
        *(Field(f"week_{k}", f"Week {k}", Kind.NUMBER, minimum=0, maximum=1000) for k in range(BANDS)),
    ),
    key=("order", "need"), required=True,
)  # fmt: skip

SEASONS = Table(
    "seasons", "Seasons", "Factor of each stream by calendar month.",
    (
        Field("month", "Month", Kind.COUNT, minimum=1, maximum=12),
        *(Field(s, s.capitalize(), Kind.NUMBER, minimum=0, maximum=5) for s in STREAMS),
    ),
    key=("month",), required=True,
)  # fmt: skip


@dataclass(frozen=True)
class HistoryTables:
    """The tables of one network folder, typed and free of contradictions.

    Attributes:
        network: the one row of `network.csv`.
        settings: the one row of `SETTINGS`.
        lists: frame of `LISTS`.
        orders: frame of `ORDERS`.
        seasons: frame of `SEASONS`.
    """

    network: pd.Series
    settings: pd.Series
    lists: pd.DataFrame
    orders: pd.DataFrame
    seasons: pd.DataFrame


def read_history_tables(folder: Path) -> HistoryTables:
    """The tables of the network in `folder`: `network.csv`, and one file for each table above in `history/`.

    Raises:
        Refused: a table is missing, empty or wrong, or the tables contradict each other.
    """
    network, settings = _read(NETWORK, folder), _read(SETTINGS, folder / "history")
    lists, orders, seasons = (_read(t, folder / "history") for t in (LISTS, ORDERS, SEASONS))
    found = Findings([*_unknown_orders(lists, orders), *_shares_above_one(lists), *_missing_months(seasons)])
    if found:
        raise Refused(found)
    return HistoryTables(network.iloc[0], settings.iloc[0], lists, orders, seasons)


def _read(table: Table, folder: Path) -> pd.DataFrame:
    path = folder / f"{table.name}.csv"
    if not path.is_file():
        raise Refused([refusal("missing-file", "no such file", f"a file {path.name}", f"Add the file: {table.help}", file=path.name)])
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    raw.index = pd.RangeIndex(2, len(raw) + 2)
    frame, findings = table.read(raw, file=path.name)
    if frame.empty:
        mend = f"Fill in the table: {table.help}"
        findings = findings.plus([refusal("empty-table", "no rows", "at least one row", mend, file=path.name)])
    if findings.refusals:
        raise Refused(findings)
    return frame


def _unknown_orders(lists: pd.DataFrame, orders: pd.DataFrame) -> Iterator[Finding]:
    known = sorted(set(orders["order"]))
    for i in np.flatnonzero(~lists["order"].isin(known)):
        allowed = "one of " + ", ".join(known)
        yield refusal("unknown-reference", shown(lists["order"].iloc[i]), allowed, "Correct the order, or add it to orders.csv.",
                      file="lists.csv", row=int(i) + 2, column=LISTS.field("order").title)  # fmt: skip


def _shares_above_one(lists: pd.DataFrame) -> Iterator[Finding]:
    shares = lists["urgent"] + lists["hard_to_book"]
    for i in np.flatnonzero(shares > 1):
        yield refusal("shares-add-up", f"{shares.iloc[i]:g} urgent or hard to book", "at most 1 together", "Lower one of the two shares.",
                      file="lists.csv", row=int(i) + 2, column=LISTS.field("urgent").title)  # fmt: skip


def _missing_months(seasons: pd.DataFrame) -> Iterator[Finding]:
    for month in sorted(set(MONTHS_OF_A_YEAR) - set(seasons["month"])):
        yield refusal("missing-month", f"no row for month {month}", "a row for each month, 1 to 12", "Add the row.",
                      file="seasons.csv", column=SEASONS.field("month").title)  # fmt: skip
