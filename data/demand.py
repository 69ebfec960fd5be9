"""What forecasting hands to optimisation: weekly demand, and how the lists move without a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import pandas as pd

from data.activity import KINDS
from data.fields import Field, Kind, Table

DEMAND = Table(
    "demand", "Demand", "Expected demand by organisation, test, priority class, kind and week.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("priority", "Priority class", Kind.ID),
        Field("kind", "Kind", Kind.CHOICE, choices=("additions", "validated", "planned", "unscheduled"),
              help="additions join the list; validated = removals from the list without a test; planned and unscheduled are done at once"),
        Field("week", "Week", Kind.DATE, help="Monday"),
        Field("central", "Central", Kind.NUMBER, unit="patients a week", minimum=0),
        Field("low", "Low", Kind.NUMBER, unit="patients a week", minimum=0, help="10 in 100 weeks are lower"),
        Field("high", "High", Kind.NUMBER, unit="patients a week", minimum=0, help="10 in 100 weeks are higher"),
    ),
    key=("organisation", "test", "priority", "kind", "week"),
)  # fmt: skip

LIST_RESPONSE = Table(
    "list_response", "List response", "How each list moves without a change, by organisation, test, class and week.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("priority", "Priority class", Kind.ID),
        Field("week", "Week", Kind.DATE, help="Monday"),
        Field("additions", "Additions", Kind.NUMBER, unit="patients a week", minimum=0),
        Field("removed", "Removed", Kind.NUMBER, unit="patients a week", minimum=0,
              help="Leave the list without a test: most that may be counted on"),
        Field("served", "Served", Kind.NUMBER, unit="patients a week", minimum=0, help="Seen from the list without a change"),
        Field("waiting", "Waiting", Kind.NUMBER, unit="patients at week end", minimum=0),
        Field("under_six", "Younger than six weeks", Kind.NUMBER, unit="patients at week end", minimum=0,
              help="Additions of the last six weeks, with those removed without a test, and opening patients still younger than six weeks, before "
                   "anybody is served"),
        Field("under_thirteen", "Younger than thirteen weeks", Kind.NUMBER, unit="patients at week end", minimum=0,
              help="The same for thirteen weeks"),
        Field("over_six", "Over six weeks", Kind.NUMBER, unit="patients at week end", minimum=0,
              help="In the order of booking the response was computed for"),
        Field("in_turn", "Over six weeks in turn", Kind.NUMBER, unit="patients at week end", minimum=0,
              help="Strictly in turn: a lower bound for every order"),
    ),
    key=("organisation", "test", "priority", "week"),
)  # fmt: skip

OPENING = Table(
    "opening", "Opening list", "The list on the first Monday of the plan, by weeks waited.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("priority", "Priority class", Kind.ID),
        Field("weeks_waited", "Weeks waited", Kind.COUNT, unit="weeks", minimum=0, maximum=13),
        Field("patients", "Patients", Kind.NUMBER, unit="patients", minimum=0),
    ),
    key=("organisation", "test", "priority", "weeks_waited"),
)  # fmt: skip


STREAMS = ("additions", *KINDS)
"""Additions are activity from the list plus the change of the list: removals without a test are taken off already."""

_MONTHLY = "examinations or patients a month"

FORECAST = Table(
    "forecast", "Forecast", "Months ahead by organisation, test and stream.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("stream", "Stream", Kind.CHOICE, choices=STREAMS,
              help="additions = what joins the list less what leaves it without a test; the others are examinations by kind"),
        Field("origin", "Origin", Kind.DATE, help="First day of the last month that was seen"),
        Field("horizon", "Horizon", Kind.COUNT, unit="months", minimum=1),
        Field("forecast", "Forecast", Kind.NUMBER, unit=_MONTHLY),
        *(Field(f"{side}_{level}", f"{title} of {level} in 100", Kind.NUMBER, unit=_MONTHLY,
                help=f"So many in 100 months are expected between the two bounds of {level}")
          for level in (80, 95) for side, title in (("lower", "Lower bound"), ("upper", "Upper bound"))),
    ),
    key=("organisation", "test", "stream", "origin", "horizon"),
)  # fmt: skip

LIST_OUTLOOK = Table(
    "list_outlook", "Projected lists", "Lists at month ends ahead, booked in the order of recent months.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("origin", "Origin", Kind.DATE, help="First day of the last month that was seen"),
        Field("horizon", "Horizon", Kind.COUNT, unit="months", minimum=1),
        Field("waiting", "Waiting", Kind.NUMBER, unit="patients at month end", minimum=0),
        Field("share_over_six", "Share over six weeks", Kind.NUMBER, unit="share of the list", minimum=0, maximum=1),
        Field("lower_80", "Lower bound of 80 in 100", Kind.NUMBER, unit="share of the list", minimum=0, maximum=1),
        Field("upper_80", "Upper bound of 80 in 100", Kind.NUMBER, unit="share of the list", minimum=0, maximum=1),
    ),
    key=("organisation", "test", "origin", "horizon"),
)  # fmt: skip

FAN = Table(
    "fan", "Years ahead", "Demand of the years ahead by organisation, test and stream. Nothing loaded can confirm it: test plans against the whole.",
    (
        Field("organisation", "Organisation", Kind.ID, required=False, help="Empty = all of the network"),
        Field("test", "Test", Kind.ID),
        Field("stream", "Stream", Kind.CHOICE, choices=STREAMS),
        Field("year", "Year ahead", Kind.COUNT, unit="years", minimum=1, help="1 = the twelve months after the last loaded one"),
        Field("central", "Central", Kind.NUMBER, unit="examinations or patients a year"),
        *(Field(f"{side}_{level}", f"{title} of {level} in 100", Kind.NUMBER, unit="examinations or patients a year",
                help=f"So many in 100 courses lie between the two bounds of {level}")
          for level in (80, 95) for side, title in (("lower", "Lower bound"), ("upper", "Upper bound"))),
    ),
    key=("organisation", "test", "stream", "year"),
)  # fmt: skip

GIVEN = Table(
    "given", "Given months", "Additions and examinations to project lists with, in place of the forecasts.",
    (
        Field("organisation", "Organisation", Kind.ID),
        Field("test", "Test", Kind.ID),
        Field("period", "Month", Kind.DATE, help="First day of the month"),
        Field("additions", "Additions", Kind.NUMBER, unit="patients a month", required=False, help="Net of removals without a test"),
        Field("activity", "Activity", Kind.NUMBER, unit="examinations from the list a month", required=False, minimum=0),
    ),
    key=("organisation", "test", "period"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Demand:
    """Weekly demand.

    Attributes:
        rows: typed frame of `DEMAND`, complete: every list has every week.
        weeks: the Mondays, in order.
        method: the method in words.
        origin: last day of the history it was made from.
    """

    rows: pd.DataFrame
    weeks: pd.DatetimeIndex
    method: str
    origin: pd.Timestamp

    def weekly(self, kind: str) -> pd.DataFrame:
        """Central values of one kind: index (organisation, test, priority), one column per Monday."""
        rows = self.rows[self.rows["kind"] == kind]
        wide = rows.pivot(index=["organisation", "test", "priority"], columns="week", values="central")
        return wide.reindex(columns=self.weeks).fillna(0.0)


@dataclass(frozen=True, eq=False)
class ListResponse:
    """How each list moves without a change.

    Attributes:
        rows: typed frame of `LIST_RESPONSE`.
        opening: typed frame of `OPENING`: the list on the first Monday.
        order: the booking order in words.
    """

    rows: pd.DataFrame
    opening: pd.DataFrame
    order: str


class ListModel(Protocol):
    """Lists in the order they are booked in, for any number seen; made by forecasting, used by optimisation."""

    @property
    def weights(self) -> np.ndarray:
        """Relative chance of being seen by whole weeks waited, shape (lists, 14); what is booked strictly in turn does not count."""

    def some(self, wanted: np.ndarray) -> Self:
        """Some of the lists; `wanted` holds their positions, in the order asked for."""

    def booked_in_turn(self, share: float) -> Self:
        """The same lists with this share of slots booked strictly in turn."""

    def over(self, served: np.ndarray, removed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Waiting over six and over thirteen weeks at each week end.

        Args:
            served: seen, shape (lists, weeks), patients a week.
            removed: gone without a test, the same shape.

        Returns:
            Two arrays of that shape, patients.
        """

    def answer(self, served: np.ndarray, removed: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Over six weeks, and how many more or fewer wait so long for each one more seen in an earlier week.

        Args:
            served: about which, as above.
            removed: about which, as above.
            ends: weeks, from 0, at whose ends that is asked, shape (ends,).

        Returns:
            Shape (lists, weeks), patients; and (lists, ends, weeks): for one more seen in each week, 0 after the end.
        """
