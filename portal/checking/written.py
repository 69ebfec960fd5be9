"""The written tables of a plan, as the check reads them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from portal.checking.facts import Key

Where = Callable[[pd.DataFrame], pd.Series]

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
        self._rows: dict[str, list[Any]] = {}
        self._cells: dict[tuple[str, str], list[Any]] = {}

    def rows(self, table: str) -> list[Any]:
        """Rows of a table, columns by name."""
        if table not in self._rows:
            self._rows[table] = list(self.tables[table].itertuples())
        return self._rows[table]

    def sums(self, table: str, keys: str, column: str, where: Where | None = None) -> dict[Key, float]:
        """Sums of one column by some key columns (names separated by blanks), always as tuples; a blank counts as nothing."""
        return self._summed(table, keys, self._column(table, column), where)

    def over_six(self, keys: str, where: Where | None = None) -> dict[Key, float]:
        """Patients over six weeks as they are reported: in the booking order in use where the plan knows it, else strictly in turn."""
        known, in_turn = (self._column("waiting_list", f"over_six_{order}") for order in ("present_order", "in_turn"))
        return self._summed("waiting_list", keys, [turn if math.isnan(n) else n for n, turn in zip(known, in_turn, strict=True)], where)

    def _column(self, table: str, name: str) -> list[Any]:
        if (table, name) not in self._cells:
            self._cells[table, name] = self.tables[table][name].tolist()
        return self._cells[table, name]

    def _summed(self, table: str, keys: str, values: list[float], where: Where | None) -> dict[Key, float]:
        """Row by row, in floating point: far quicker than grouping a frame, as nearly every row is a group of its own."""
        rows = zip(zip(*(self._column(table, name) for name in keys.split()), strict=True), values, strict=True)
        result: dict[Key, float] = {}
        for key, value in rows if where is None else itertools.compress(rows, where(self.tables[table])):
            result[key] = result.get(key, 0.0) + (0.0 if math.isnan(value) else value)
        return result

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
