"""One list looked at closely: its own provisional months, its priorities, the lists beside it, and its examinations against a base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.activity import BANDS, KINDS, OVER_SIX, OVER_THIRTEEN, WAITING
from data.dataset import Dataset
from data.local_tables import PROVISIONAL
from data.small_numbers import applies, guarded
from data.store import Scope
from data.waiting_lists import LISTS, NOT_STATED
from data.words import month
from data.working_days import WorkingDays
from portal import services
from portal.performance import DONE, SPLIT, TARGETED, Monthly, monthly
from portal.services import kept

_KEPT = 24

KIND_TITLES: Mapping[str, str] = {"": "All examinations", "waiting_list": "From the waiting list", "planned": "Planned", "unscheduled": "Unscheduled"}
"""Kinds of examination that can be compared with a base."""

BOOKED: Mapping[str, str] = {"yes": "Booked", "no": "Not booked", "": "Not stated"}


@kept(_KEPT)
def provisional(scope: Scope, dataset_id: str, organisation: str, test: str) -> pd.DataFrame:
    """The newest provisional return of each month of one list.

    Args:
        scope: on whose behalf; an organisation sees its own only.
        dataset_id: the dataset.
        organisation: holder of the list.
        test: which test.

    Returns:
        period, date (the list stands at its end), counted_from, published (True where the month is published too), and a column for each key
        of `portal.performance.MEASURES` in the same units; NaN where the return does not state what it takes.
    """
    held = services.dataset(scope, dataset_id)
    rows = held.local[PROVISIONAL.name]
    rows = rows[(rows["organisation"] == organisation) & (rows["test"] == test)]
    rows = rows.sort_values("date", kind="stable").drop_duplicates("period", keep="last")
    waiting = rows[WAITING].sum(axis=1, min_count=BANDS)
    calendar = WorkingDays.of(held.network)
    days = [
        calendar.exposure(np.arange(start, end + np.timedelta64(1, "D")), 0.0).sum()
        for start, end in zip(_days(rows["counted_from"]), _days(rows["date"]), strict=True)
    ]  # fmt: skip
    over = {name: rows[WAITING[first:]].sum(axis=1) / waiting.where(waiting > 0) for name, first in
            ((TARGETED, OVER_SIX), ("over_thirteen", OVER_THIRTEEN))}  # fmt: skip
    done = rows[[f"done_{kind}" for kind in KINDS]].sum(axis=1, min_count=len(KINDS))
    return rows[["period", "date", "counted_from"]].assign(
        published=rows["period"].isin(held.activity.periods), **over, waiting=waiting, additions=np.nan,
        activity=done / pd.Series(days, index=rows.index, dtype=float).replace(0.0, np.nan),
    ).reset_index(drop=True)  # fmt: skip


def _days(dates: pd.Series) -> np.ndarray:
    return np.asarray(dates.to_numpy().astype("datetime64[D]"))


@dataclass(frozen=True, eq=False)
class ByPriority:
    """The newest extract of one list, as it may be shown.

    Attributes:
        date: the list stands at the end of this day.
        bands: priority (title), then one column for each whole week waited, 13 for thirteen or more; patients.
        booked: priority (title), limit (weeks, NaN = none set), waiting, over (patients who have waited longer than their limit), and one
            column for each key of `BOOKED`; patients.
        weekly: date, waiting, over_six; patients, at every snapshot that is stored.
        waiting, over: patients of all classes together, rounded on their own.
        guarded: True where the rule on small numbers was applied.
    """

    date: pd.Timestamp
    bands: pd.DataFrame
    booked: pd.DataFrame
    weekly: pd.DataFrame
    waiting: float
    over: float
    guarded: bool


@dataclass(frozen=True, eq=False)
class Extract:
    """The newest extract of one list.

    Attributes:
        date: the list stands at the end of this day.
        rows: its rows of `LISTS`.
        bands: by priority, the most urgent first, one column for each whole week waited, 13 for thirteen or more; patients.
        titles: of the priorities, in the order of `bands`.
    """

    date: pd.Timestamp
    rows: pd.DataFrame
    bands: pd.DataFrame
    titles: list[str]


def newest_extract(held: Dataset, organisation: str, test: str) -> Extract | None:
    """The newest extract of one list; None where none is stored."""
    rows = held.local[LISTS.name]
    rows = rows[(rows["organisation"] == organisation) & (rows["test"] == test)]
    if rows.empty:
        return None
    rows = rows[rows["date"] == rows["date"].max()]
    classes = held.local.priorities.sort_values("rank", kind="stable")
    titles = dict(zip(classes["priority"], classes["title"], strict=True)) | {NOT_STATED: "Priority not stated"}
    order = [p for p in titles if p in set(rows["priority"])] + sorted(set(rows["priority"]) - set(titles))
    banded = rows.assign(band=rows["weeks_waited"].clip(upper=BANDS - 1))
    wide = banded.pivot_table(index="priority", columns="band", values="patients", aggfunc="sum", fill_value=0)
    return Extract(rows["date"].iloc[0], rows, wide.reindex(index=order, columns=range(BANDS), fill_value=0), [titles.get(p, p) for p in order])


@kept(_KEPT)
def by_priority(scope: Scope, dataset_id: str, organisation: str, test: str) -> ByPriority | None:
    """The list by priority from the newest extract; None where none is stored.

    Args:
        scope: on whose behalf; an organisation sees its own only.
        dataset_id: the dataset.
        organisation: holder of the list.
        test: which test.
    """
    held = services.dataset(scope, dataset_id)
    extract = newest_extract(held, organisation, test)
    if extract is None:
        return None
    rows, newest, wide, order = held.local[LISTS.name], extract.rows, extract.bands, list(extract.bands.index)
    rows = rows[(rows["organisation"] == organisation) & (rows["test"] == test)]
    classes = held.local.priorities
    limits = dict(zip(classes["priority"], classes["within_weeks"], strict=True))
    limit = newest["priority"].map(limits).astype(float)
    late = newest["patients"].where(newest["weeks_waited"] >= limit, 0)
    booked = pd.DataFrame({"waiting": newest.groupby("priority")["patients"].sum(), "over": late.groupby(newest["priority"]).sum()}).reindex(order)
    for name in BOOKED:
        booked[name] = newest["patients"].where(newest["booked"].fillna("") == name, 0).groupby(newest["priority"]).sum()
    six = rows["patients"].where(rows["weeks_waited"] >= OVER_SIX, 0)
    weekly = pd.DataFrame({"waiting": rows.groupby("date")["patients"].sum(), "over_six": six.groupby(rows["date"]).sum()}).reset_index()
    guard = applies(scope.organisation, {organisation})
    totals = booked[["waiting", "over"]].sum().to_frame().T
    tables = [wide.reset_index(drop=True), booked.reset_index(drop=True), weekly, totals]
    counts = [list(wide.columns), ["waiting", "over", *BOOKED], ["waiting", "over_six"], ["waiting", "over"]]
    shown = [guarded(t, c) if guard else t for t, c in zip(tables, counts, strict=True)]
    shown[0].insert(0, "priority", extract.titles)
    shown[1].insert(0, "priority", extract.titles)
    shown[1].insert(1, "limit", [float(limits.get(p, np.nan)) for p in order])
    waiting, over = (float(shown[3][name].iloc[0]) for name in ("waiting", "over"))
    return ByPriority(extract.date, shown[0], shown[1], shown[2], waiting, over, guard)


def bases(known: Monthly) -> dict[str, str]:
    """What examinations can be compared with: years from April that are loaded whole, then each month; key → title."""
    months = {f"{p:%Y-%m}": month(p) for p in known.periods}
    years = {}
    for year in range(known.periods[0].year, known.periods[-1].year + 1):
        wanted = pd.date_range(f"{year}-04-01", periods=12, freq="MS")
        if wanted.isin(known.periods).all():
            years[f"{year}"] = f"same month of {month(wanted[0])} to {month(wanted[-1])}"
    return years | months


@kept(_KEPT)
def against_base(scope: Scope, dataset_id: str, organisation: str, test: str, examinations: str, base: str, per_day: bool) -> pd.DataFrame:
    """Examinations of one list by month against a base.

    Args:
        scope: on whose behalf.
        dataset_id: the dataset.
        organisation: holder of the list; empty = all of them together.
        test: which test.
        examinations: a key of `KIND_TITLES`.
        base: a key of `bases`: a year (each month against the same month of it), or one month.
        per_day: for each working day, not as counted.

    Returns:
        period, done, base (examinations, for each working day where asked), ratio (of the two); NaN where a figure is left out,
        and no ratio in the base itself.
    """
    known = monthly(scope, dataset_id)
    rows = (known.lists["test"] == test) & known.lists["organisation"].isin([organisation] if organisation else known.lists["organisation"])
    wanted = [KINDS.index(examinations)] if examinations else list(range(len(KINDS)))
    spoilt = known.spoilt[DONE] | known.spoilt[SPLIT] if examinations else known.spoilt[DONE]
    done = np.where(spoilt, np.nan, known.done[:, :, wanted].sum(axis=2))[rows.to_numpy()].sum(axis=0)
    done = done / known.working_days if per_day else done
    by_month = dict(zip(known.periods, done, strict=True))
    if len(base) == len("2024"):
        itself = pd.date_range(f"{base}-04-01", periods=12, freq="MS")
        of_month = {p.month: by_month.get(p, np.nan) for p in itself}
        under = np.array([of_month[p.month] for p in known.periods])
    else:
        itself = pd.DatetimeIndex([f"{base}-01"])
        under = np.full(len(done), by_month.get(itself[0], np.nan))
    ratio = np.where(known.periods.isin(itself), np.nan, done / np.where(under > 0, under, np.nan))
    return pd.DataFrame({"period": known.periods, "done": done, "base": under, "ratio": ratio})
