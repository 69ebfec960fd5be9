"""Waiting lists by priority, from patient-level extracts: counts at a snapshot date, the classes of priority, and the list they make.

Patients' own rows never get here: an extract is counted while it is read, and only the counts are kept.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from data.activity import BANDS, WAITING_LIST, WaitingList
from data.errors import Refused
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, note
from data.network import ALL_PRIORITIES

MOST_WEEKS = 52
"""Whole weeks waited are told apart up to here; 52 stands for 52 or more."""

NOT_STATED = "not_stated"
"""Class of patients whose priority the extract does not state; none is invented for them."""

FIFTHS = ("1 to 2", "3 to 4", "5 to 6", "7 to 8", "9 to 10")
"""Deciles of deprivation by twos; the first is the most deprived fifth."""

AGE_BANDS = ("0 to 15", "16 to 44", "45 to 64", "65 to 74", "75 to 84", "85 and over")
RURALITY = ("urban", "rural")
YES_NO = ("yes", "no")

LISTS = Table(
    "lists", "Waiting lists by priority", "Patients waiting at a snapshot date, counted from a patient-level extract. Empty = not stated.",
    (
        Field("organisation", "Organisation", Kind.ID, help="Holder of the list"),
        Field("site", "Site", Kind.ID, required=False, help="Where the test is to be done"),
        Field("test", "Test", Kind.ID),
        Field("date", "Snapshot date", Kind.DATE, help="The list at the end of this day"),
        Field("priority", "Priority class", Kind.ID, help=f"As in the table of priority classes; '{NOT_STATED}' where the extract gives none"),
        Field("weeks_waited", "Weeks waited", Kind.COUNT, unit="weeks", minimum=0, maximum=MOST_WEEKS,
              help="Whole weeks from clock start to snapshot; 52 = 52 or more"),
        Field("booked", "Booked", Kind.CHOICE, choices=YES_NO, required=False, help="yes = has a date after the snapshot"),
        Field("deprivation", "Deprivation deciles", Kind.CHOICE, choices=FIFTHS, required=False, help="1 = most deprived"),
        Field("rurality", "Rurality", Kind.CHOICE, choices=RURALITY, required=False, help="Of the patient's home"),
        Field("age_band", "Age band", Kind.CHOICE, choices=AGE_BANDS, required=False, help="At the snapshot"),
        Field("patients", "Patients", Kind.COUNT, unit="patients", minimum=0),
        Field("dna", "Missed appointments", Kind.COUNT, unit="appointments", minimum=0, required=False,
              help="Of these patients so far, not attended; empty = the extract does not say"),
        Field("cancellations", "Cancellations", Kind.COUNT, unit="appointments", minimum=0, required=False,
              help="Of these patients so far; empty = the extract does not say"),
    ),
    key=("organisation", "site", "test", "date", "priority", "weeks_waited", "booked", "deprivation", "rurality", "age_band"),
)  # fmt: skip

MEASURES = ("patients", "dna", "cancellations")

PRIORITIES = Table(
    "priorities", "Priority classes",
    "The classes a list is split into, the most urgent first. Without rows of its own a network has the national ones.",
    (
        Field("priority", "Priority class", Kind.ID, help="Short identifier"),
        Field("title", "Title", Kind.TEXT, help="The words shown to planners"),
        Field("rank", "Rank", Kind.COUNT, minimum=1, maximum=99, help="1 = most urgent"),
        Field("within_weeks", "Within weeks", Kind.NUMBER, unit="weeks", minimum=0, maximum=104, required=False,
              help="Longest wait for this class; empty = none set"),
        *EVIDENCE,
    ),
    key=("priority",),
)  # fmt: skip

PRIORITY_CODES = Table(
    "priority_codes", "Priority codes", "Which class each code of an extract means. Columns are asked in the order of this table.",
    (
        Field("field", "Column", Kind.CHOICE, choices=("priority", "priority_type", "cancer"), help="Which column of the extract holds the code"),
        Field("code", "Code", Kind.TEXT, help="As the extract writes it; letter case and spaces do not matter"),
        Field("meaning", "Meaning", Kind.TEXT, required=False),
        Field("priority", "Priority class", Kind.ID),
        *EVIDENCE,
    ),
    key=("field", "code"),
)  # fmt: skip

_FOLDER = Path(__file__).with_name("sources")


def national_priorities() -> pd.DataFrame:
    """Priority classes where a network has none of its own; typed frame of `PRIORITIES`."""
    return declared_rows(PRIORITIES)


def national_priority_codes() -> pd.DataFrame:
    """National priority codes; typed frame of `PRIORITY_CODES`."""
    return declared_rows(PRIORITY_CODES)


@cache
def declared_rows(table: Table) -> pd.DataFrame:
    """Rows of a table that comes with the product, from `data/sources/<table>.csv`.

    Raises:
        Refused: the file does not keep to the declaration.
    """
    file = f"{table.name}.csv"
    raw = pd.read_csv(_FOLDER / file, dtype=str, keep_default_na=False, encoding="utf-8")
    frame, findings = table.read(raw.set_axis(range(2, len(raw) + 2)), file=file)
    if findings.refusals:
        raise Refused(findings)
    return frame


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `LISTS` with one row for each key: measures added up, one that no row states stays empty."""
    if rows.empty:
        return LISTS.empty()
    sums = rows.groupby(list(LISTS.key), sort=True, dropna=False)[list(MEASURES)].sum(min_count=1).reset_index()
    return LISTS.typed(sums)


def at_month_end(published: WaitingList, lists: pd.DataFrame) -> WaitingList:
    """The list by priority where an extract was taken on the very day of the published list; the published one in class `all` elsewhere.

    Args:
        published: the list at a month end, in the one class `all`.
        lists: typed frame of `LISTS`, any dates.

    Returns:
        The list at the same date. An organisation and test comes whole from one of the two sources, never from both.
    """
    same_day = lists[lists["date"] == published.date]
    if same_day.empty:
        return published
    known = published.rows
    theirs = _pairs(same_day)
    kept = known[~_pairs(known).isin(theirs)]
    fresh = _banded(same_day[_pairs(same_day).isin(_pairs(known))])
    rows = pd.concat([kept, fresh], ignore_index=True).sort_values(list(WAITING_LIST.key), kind="stable")
    return WaitingList(published.date, WAITING_LIST.typed(rows))


def split_by_shares(published: WaitingList, lists: pd.DataFrame, *, within_days: int) -> tuple[WaitingList, Findings]:
    """The published list split by the shares of priority in the nearest extract: an estimate, asked for by name and never made unasked.

    Args:
        published: the list at a month end, in the one class `all`.
        lists: typed frame of `LISTS`, any dates.
        within_days: an extract further away than this is not used.

    Returns:
        The list at the same date, band totals as published (parts of patients occur), and a note for each organisation that was split. A band
        nobody waits in at the extract takes the shares of the whole list; an organisation and test without an extract stays in class `all`.
    """
    near = _nearest(lists, published.date, within_days)
    parts, used = [], {}
    for (organisation, test), rows in published.rows.groupby(["organisation", "test"], sort=False):
        own = near[(near["organisation"] == organisation) & (near["test"] == test)]
        if own["patients"].sum() == 0:
            parts.append(rows)
            continue
        used[organisation] = own["date"].iloc[0]
        parts.append(_split(rows, own))
    rows = pd.concat(parts, ignore_index=True) if parts else published.rows
    return WaitingList(published.date, WAITING_LIST.typed(rows)), Findings(_shares_note(o, d, published.date) for o, d in used.items())


def _pairs(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["organisation", "test"]])


def _banded(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts of an extract in the published weekly bands, every band of every class."""
    weeks = rows["weeks_waited"].clip(upper=BANDS - 1)
    sums = rows.assign(weeks_waited=weeks).groupby(["organisation", "test", "priority", "weeks_waited"])["patients"].sum()
    wide = sums.unstack("weeks_waited", fill_value=0).reindex(columns=range(BANDS), fill_value=0)
    return wide.stack().rename("patients").reset_index()


def _nearest(lists: pd.DataFrame, date: pd.Timestamp, within_days: int) -> pd.DataFrame:
    """Rows of each organisation's extract nearest to a date; of two equally near, the earlier."""
    away = (lists["date"] - date).dt.days
    near = lists.assign(away=away.abs(), later=away > 0)[away.abs() <= within_days]
    if near.empty:
        return near
    first = near.sort_values(["away", "later"], kind="stable").drop_duplicates("organisation")[["organisation", "date"]]
    return near.merge(first, on=["organisation", "date"])


def _split(rows: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    counts = _banded(own).pivot(index="priority", columns="weeks_waited", values="patients").to_numpy(dtype=float)
    classes = sorted(own["priority"].unique())
    in_band = counts.sum(axis=0)
    overall = counts.sum(axis=1, keepdims=True) / counts.sum()
    shares = np.where(in_band > 0, counts / np.where(in_band > 0, in_band, 1), overall)
    pieces = [
        rows.assign(priority=name, patients=rows["patients"].to_numpy() * shares[k, rows["weeks_waited"].to_numpy()])
        for k, name in enumerate(classes)
    ]
    return pd.concat(pieces, ignore_index=True)


def _shares_note(organisation: str, taken: pd.Timestamp, date: pd.Timestamp) -> Finding:
    days = abs((taken - date).days)
    found = f"the published list of {organisation} split by the priorities of its extract of {taken.day} {taken:%B %Y}, {days} days away"
    return note("split-by-shares", found, f"an extract of {date.day} {date:%B %Y}",
                f"Load an extract taken on that day, or plan with the one class '{ALL_PRIORITIES}'.")  # fmt: skip
