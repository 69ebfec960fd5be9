"""Who has sent what, and what is overdue: published months, provisional returns, waiting list extracts, imaging extracts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data.dataset import Dataset
from data.local_tables import PROVISIONAL
from data.store import Scope
from data.waiting_lists import LISTS
from data.words import count, day, month
from portal import imaging, services

PUBLISHED_AFTER_DAYS = 45
"""Days after the end of a month by which its national return is usually out: the second Thursday of the month after next."""

BEHIND_DAYS = 10
"""A weekly extract that is so many days older than another organisation's is behind."""


PUBLISHED, NOTHING = "Published monthly return", "nothing sent"


@dataclass(frozen=True)
class Sent:
    """What came of one kind.

    Attributes:
        title: of the kind.
        newest: by organisation, the newest month or day; organisations that sent nothing are absent.
        monthly: True for months, False for days.
    """

    title: str
    newest: dict[str, pd.Timestamp]
    monthly: bool


def _kinds(scope: Scope, held: Dataset) -> list[Sent]:
    """What the scope sees of every kind of source that anybody has sent; the published return always."""
    rows = held.activity.of(held.network.organisations)
    lists, early = held.local[LISTS.name], held.local[PROVISIONAL.name]
    examined: dict[str, pd.Timestamp] = {}
    for part in imaging.parts(scope, held.network):
        when = pd.Timestamp(part.month)
        examined[part.organisation] = max(examined.get(part.organisation, when), when)
    found = [
        Sent(PUBLISHED, _newest(rows, "period"), True), Sent("Provisional return", _newest(early, "date"), False),
        Sent("Waiting list extract", _newest(lists, "date"), False), Sent("Imaging extract", examined, True),
    ]  # fmt: skip
    return [kind for kind in found if kind.newest or kind is found[0]]


def _newest(rows: pd.DataFrame, column: str) -> dict[str, pd.Timestamp]:
    return {str(o): pd.Timestamp(when) for o, when in rows.groupby("organisation")[column].max().items()}


def sent_table(scope: Scope, dataset_id: str) -> tuple[pd.DataFrame, int]:
    """Who has sent what, one row for each organisation the scope sees, and how many cells are empty, behind, or have a gap.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
    """
    held = services.dataset(scope, dataset_id)
    titles = held.network.short_titles("organisations")
    table = {"Trust": [titles[o] for o in held.network.organisations]}
    behind = 0
    for kind in _kinds(scope, held):
        last = max(kind.newest.values(), default=pd.NaT)
        gaps = _gaps(held) if kind.title == PUBLISHED else {}
        whose = [o for o in held.network.organisations if not scope.organisation or kind.title == PUBLISHED or o == scope.organisation]
        cells = {o: _cell(kind.newest.get(o), last, gaps.get(o, 0), monthly=kind.monthly) for o in whose}
        behind += sum("," in words or words == NOTHING for words in cells.values())
        table[kind.title] = [cells.get(o, "not shown to you") for o in held.network.organisations]
    return pd.DataFrame(table), behind


def _gaps(held: Dataset) -> dict[str, int]:
    """Loaded months without a row of an organisation, between months with one."""
    rows = held.activity.of(held.network.organisations)
    months = held.activity.periods
    spans = rows.groupby("organisation")["period"].agg(["min", "max", "nunique"])
    return {str(o): sum(row["min"] <= m <= row["max"] for m in months) - int(row["nunique"]) for o, row in spans.iterrows()}


def _cell(newest: pd.Timestamp | None, last: pd.Timestamp, gaps: int, *, monthly: bool) -> str:
    if newest is None:
        return NOTHING
    if monthly:
        months = (last.year - newest.year) * 12 + last.month - newest.month
        missing = f", {count(gaps, 'month')} missing before" if gaps else ""
        return month(newest) + (f", {count(months, 'month')} behind" if months else "") + missing
    days = (last - newest).days
    return day(newest) + (f", {count(days, 'day')} behind" if days >= BEHIND_DAYS else "")


def overdue(newest: pd.Timestamp, today: pd.Timestamp) -> str:
    """Which published months should be out by now and are not loaded, in one sentence; empty where none.

    Args:
        newest: first day of the newest month that is loaded.
        today: the day.
    """
    due = (today - pd.Timedelta(days=PUBLISHED_AFTER_DAYS)).to_period("M") - 1
    first = newest.to_period("M") + 1
    months = (due - first).n + 1 if due >= first else 0
    if months <= 0:
        return ""
    span = month(first.to_timestamp()) if months == 1 else f"{month(first.to_timestamp())} to {month(due.to_timestamp())}"
    are = "is not loaded, though it is" if months == 1 else "are not loaded, though they are"
    return f"{span}: {count(months, 'monthly return')} {are} usually published by now (about six weeks after a month ends)."
