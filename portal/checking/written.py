"""The written tables of a plan, as the check reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from portal.checking.facts import Key

OUTSIDE = "outside_sessions"
"""Priority class of unscheduled work done outside planned sessions."""


class Written:
    """The tables of a plan and the sums the check needs of them.

    Attributes:
        tables: typed frames by name, as read from the files.
        summary: what `plan.json` holds.
    """

    def __init__(self, tables: dict[str, pd.DataFrame], summary: dict[str, Any]) -> None:
        self.tables, self.summary = tables, summary

    def rows(self, table: str) -> list[Any]:
        """Rows of a table, columns by name."""
        return list(self.tables[table].itertuples())

    def sums(self, table: str, keys: str, column: str, where: Callable[[pd.DataFrame], pd.Series] | None = None) -> dict[Key, float]:
        """Sums of one column by some key columns (names separated by blanks), always as tuples."""
        frame = self.tables[table]
        frame = frame if where is None else frame[where(frame)]
        names = keys.split()
        summed = frame.groupby(names, sort=False)[column].sum()
        return {key if isinstance(key, tuple) else (key,): float(value) for key, value in summed.items()}

    def over_six(self, keys: str, where: Callable[[pd.DataFrame], pd.Series] | None = None) -> dict[Key, float]:
        """Patients over six weeks as they are reported: in the booking order in use where the plan knows it, else strictly in turn."""
        frame = self.tables["waiting_list"]
        said = frame["over_six_present_order"].where(frame["over_six_present_order"].notna(), frame["over_six_in_turn"])
        frame = frame.assign(said=said)
        frame = frame if where is None else frame[where(frame)]
        return {key: float(n) for key, n in frame.groupby(keys.split(), sort=False)["said"].sum().items()}

    def own_examinations(self) -> dict[Key, float]:
        """Patients of lists examined in the network's own sessions, by organisation, site, test, priority class and week."""
        done = self.sums("activity", "organisation site test priority week", "patients", lambda f: f["kind"] == "waiting_list")
        for key, bought in self.insourced().items():
            done[key] = done.get(key, 0.0) - bought
        return done

    def insourced(self) -> dict[Key, float]:
        """Insourced examinations by organisation, site, test, priority class and week."""
        return self.sums("external", "organisation site test priority week", "patients", lambda f: f["kind"] == "insourced")

    def outsourced(self) -> dict[Key, float]:
        """Outsourced examinations by organisation, test, priority class and week."""
        return self.sums("external", "organisation test priority week", "patients", lambda f: f["kind"] == "outsourced")

    def must_do(self) -> dict[Key, float]:
        """Planned work, and unscheduled work inside planned sessions, by organisation, site, test and week."""
        return self.sums("activity", "organisation site test week", "patients", lambda f: (f["kind"] != "waiting_list") & (f["priority"] != OUTSIDE))
