"""Activity: what was done and who was waiting, by organisation, test and month; and the waiting list at a date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.fields import Field, Kind, Table
from data.findings import Findings, refusal
from data.frames import TableSet
from data.network import ALL_PRIORITIES

BANDS = 14
"""Weekly waiting bands 0 to 12, and 13 for thirteen weeks or more."""

OVER_SIX = 6
OVER_THIRTEEN = 13

WAITING = [f"waiting_{k}" for k in range(BANDS)]
KINDS = ("waiting_list", "planned", "unscheduled")

_BAND_TITLES = [f"Waiting {k:02d} to under {k + 1:02d} weeks" for k in range(BANDS - 1)] + ["Waiting 13 weeks or more"]

ACTIVITY = Table(
    "activity", "Activity", "One row for each organisation, test and month. A month with nothing to report has no row.",
    (
        Field("organisation", "Organisation", Kind.ID, help="ODS code; organisations outside the network are kept for comparison"),
        Field("test", "Test", Kind.ID, help="As in the sheet for tests"),
        Field("period", "Month", Kind.DATE, help="First day of the month"),
        *(Field(f"done_{k}", f"Done: {k.replace('_', ' ')}", Kind.NUMBER, unit="examinations in the month", minimum=0) for k in KINDS),
        *(Field(name, title, Kind.NUMBER, unit="patients at month end", minimum=0)
          for name, title in zip(WAITING, _BAND_TITLES, strict=True)),
    ),
    key=("organisation", "test", "period"),
)  # fmt: skip

WAITING_LIST = Table(
    "waiting_list_at", "Waiting list", "The list at one date, by priority class and whole weeks waited.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("priority", "Priority class", Kind.ID, help=f"'{ALL_PRIORITIES}' where no priority source is loaded"),
        Field("weeks_waited", "Weeks waited", Kind.COUNT, unit="weeks", minimum=0, maximum=BANDS - 1, help="13 = thirteen or more"),
        Field("patients", "Patients", Kind.NUMBER, unit="patients", minimum=0),
    ),
    key=("organisation", "test", "priority", "weeks_waited"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Activity(TableSet):
    """Monthly history of any number of organisations.

    Raises:
        Refused: a period that is not the first day of a month.
    """

    declared = (ACTIVITY,)

    def check(self) -> Findings:
        """Periods are first days of months."""
        rows = self["activity"]
        wrong = rows["period"].dt.day != 1
        return Findings(
            refusal("month", f"{rows['period'].iloc[i]:%Y-%m-%d}", "the first day of a month", "Correct the month.",
                    sheet=ACTIVITY.title, row=int(i) + 2, column="Month")
            for i in np.flatnonzero(wrong)
        )  # fmt: skip

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as a typed frame."""
        return self["activity"]

    @cached_property
    def periods(self) -> list[pd.Timestamp]:
        """Months present, in order."""
        return sorted(self.rows["period"].unique())

    @property
    def latest(self) -> pd.Timestamp:
        """First day of the newest month."""
        return self.periods[-1]

    @property
    def snapshot_date(self) -> pd.Timestamp:
        """Last day of the newest month: the date of the newest list."""
        return self.latest + pd.offsets.MonthEnd(0)

    def of(self, organisations: list[str], tests: list[str] | None = None) -> pd.DataFrame:
        """Rows of some organisations (and tests), ordered by organisation, test and month."""
        rows = self.rows
        keep = rows["organisation"].isin(organisations)
        if tests is not None:
            keep &= rows["test"].isin(tests)
        return rows[keep].sort_values(list(ACTIVITY.key), ignore_index=True)

    def with_months(self, newer: pd.DataFrame) -> Activity:
        """This history with every month that `newer` holds replaced whole."""
        older = self.rows[~self.rows["period"].isin(newer["period"].unique())]
        return Activity({"activity": pd.concat([older, newer], ignore_index=True)})


@dataclass(frozen=True, eq=False)
class WaitingList:
    """The list at a date.

    Attributes:
        date: snapshot date (end of that day).
        rows: typed frame of `WAITING_LIST`.
    """

    date: pd.Timestamp
    rows: pd.DataFrame

    @classmethod
    def from_activity(cls, activity: Activity, organisations: list[str], tests: list[str]) -> WaitingList:
        """The newest month's bands with the one class `all`; an absent row is an empty list."""
        newest = activity.of(organisations, tests)
        newest = newest[newest["period"] == activity.latest]
        tall = newest.melt(["organisation", "test"], WAITING, var_name="band", value_name="patients")
        tall["weeks_waited"] = tall["band"].str.removeprefix("waiting_").astype(int)
        tall["priority"] = ALL_PRIORITIES
        tall = tall.sort_values(["organisation", "test", "weeks_waited"], kind="stable")
        return cls(activity.snapshot_date, WAITING_LIST.typed(tall))
