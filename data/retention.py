"""How long extracts of patients' rows are kept: declared here, shown on the page for administrators, followed by the purge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd

From = Literal["month", "loaded"]


@dataclass(frozen=True)
class Retention:
    """How long one kind of extract is kept.

    Attributes:
        title: the kind, in words.
        counted_from: `month` = the end of the month of the examinations; `loaded` = the day it was loaded, when its counts were made.
        months, days: kept for so long after; both are added.
    """

    title: str
    counted_from: From
    months: int = 0
    days: int = 0

    def ends(self, month: str, loaded: datetime) -> datetime:
        """When a part is to be purged.

        Args:
            month: of the part, `YYYY-MM`.
            loaded: when it was loaded, with its time zone.
        """
        start = pd.Timestamp(month, tz=loaded.tzinfo) + pd.DateOffset(months=1) if self.counted_from == "month" else pd.Timestamp(loaded)
        end: datetime = (start + pd.DateOffset(months=self.months, days=self.days)).to_pydatetime()
        return end


RETENTION: Mapping[str, Retention] = {
    "imaging": Retention("Imaging extract", "month", months=36),
    "waiting_list": Retention("Waiting list extract", "loaded", days=30),
}
"""Retention by kind of extract."""
