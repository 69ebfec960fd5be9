"""What the check found: a value beyond its limit, or two values that should be equal and are not."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data.findings import Finding, Findings, refusal

SLACK = 0.01
"""A hundredth of a patient, session, minute, hour or pound, and a millionth of the larger value: what a solver's tolerances add up to."""

_EACH = 5
"""Findings written out for each rule; the rest are counted."""

_MEND = "Do not use this plan. Plan again; if it happens again, it is a fault of the program: report it."


def beyond(value: float, limit: float) -> bool:
    """True where a value is above its limit by more than the tolerances, or is no number."""
    return not value <= limit + SLACK + 1e-6 * abs(limit)


def apart(a: float, b: float) -> bool:
    """True where two values differ by more than the tolerances, or one is no number."""
    return not abs(a - b) <= SLACK + 1e-6 * max(abs(a), abs(b))


class Report:
    """Collects what was found, by rule."""

    def __init__(self) -> None:
        self._found: dict[str, list[Finding]] = {}

    def at_most(self, rule: str, table: str, where: Any, value: float, limit: float, unit: str) -> None:
        """The value may not be above the limit."""
        if beyond(value, limit):
            self.fault(rule, table, f"{value:,.3f} {unit} ({place(where)})", f"at most {limit:,.3f}")

    def equal(self, rule: str, table: str, where: Any, value: float, expected: float, unit: str) -> None:
        """The value must be the one computed anew."""
        if apart(value, expected):
            self.fault(rule, table, f"{value:,.3f} {unit} ({place(where)})", f"{expected:,.3f}, computed anew")

    def same(self, rule: str, table: str, values: dict[Any, float], expected: dict[Any, float], unit: str) -> None:
        """Two sets of values must agree; what one of them lacks counts as nothing."""
        for where in values.keys() | expected.keys():
            self.equal(rule, table, where, values.get(where, 0.0), expected.get(where, 0.0), unit)

    def fault(self, rule: str, table: str, found: str, allowed: str) -> None:
        """Something is wrong."""
        file = table if "." in table else f"{table}.csv"
        self._found.setdefault(rule, []).append(refusal(rule, found, allowed, _MEND, file=file))

    def findings(self) -> Findings:
        """Everything found, the first few of each rule written out."""
        shown: list[Finding] = []
        for rule, found in self._found.items():
            shown.extend(found[:_EACH])
            if len(found) > _EACH:
                shown.append(refusal(rule, f"{len(found) - _EACH:,} more of this kind", found[0].expected, _MEND, file=found[0].file))
        return Findings(shown)


def place(where: Any) -> str:
    """A key in words: its parts, dates as ISO days."""
    parts = where if isinstance(where, tuple) else (where,)
    return ", ".join(f"{p:%Y-%m-%d}" if isinstance(p, pd.Timestamp) else str(p) for p in parts if p != "")
