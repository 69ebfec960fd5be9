"""How long extracts of patients' rows are kept: the defaults and their bounds. Administrators may set other terms; the purge follows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import pandas as pd

from data.errors import Refused
from data.findings import refusal
from data.words import count

From = Literal["month", "loaded"]
Unit = Literal["months", "days"]


@dataclass(frozen=True)
class Retention:
    """How long one kind of extract is kept.

    Attributes:
        title: the kind, in words.
        counted_from: `month` = the end of the month of the examinations; `loaded` = the day it was loaded, when its counts were made.
        term: kept for so many units after.
        unit: of the term.
        most: longest term that can be set; the shortest is 1.
    """

    title: str
    counted_from: From
    term: int
    unit: Unit
    most: int

    @property
    def words(self) -> str:
        """The rule in words."""
        start = "the end of their month" if self.counted_from == "month" else "the day they were loaded"
        return f"{count(self.term, self.unit.removesuffix('s'))} after {start}"

    def lasting(self, term: int) -> Retention:
        """The same with another term.

        Raises:
            Refused: the term is out of bounds.
        """
        if not 1 <= term <= self.most:
            allowed = f"a whole number of {self.unit} from 1 to {self.most}"
            raise Refused([refusal("retention", f"{term:,} {self.unit}", allowed, "Set a term within these bounds.", column=self.title)])
        return replace(self, term=term)

    def ends(self, month: str, loaded: datetime) -> datetime:
        """When a part is to be purged.

        Args:
            month: of the part, `YYYY-MM`.
            loaded: when it was loaded, with its time zone.
        """
        start = pd.Timestamp(month, tz=loaded.tzinfo) + pd.DateOffset(months=1) if self.counted_from == "month" else pd.Timestamp(loaded)
        after = pd.DateOffset(months=self.term) if self.unit == "months" else pd.DateOffset(days=self.term)
        end: datetime = (start + after).to_pydatetime()
        return end


RETENTION: Mapping[str, Retention] = {
    "imaging": Retention("Imaging extract", "month", 36, "months", most=120),
    "waiting_list": Retention("Waiting list extract", "loaded", 30, "days", most=365),
}
"""Retention by kind of extract, where nobody has set another."""
