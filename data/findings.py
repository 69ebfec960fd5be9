"""What a check has to say about input: where, what was found, what is allowed, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Literal

import pandas as pd

Severity = Literal["refuse", "warn", "note"]

_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """One thing a check found.

    `refuse` stops the input from being stored, `warn` needs a decision, `note` is for information.
    `row` is numbered as the spreadsheet program shows it (the header of a CSV file is row 1).
    """

    rule: str
    severity: Severity
    found: str
    expected: str
    mend: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def where(self) -> str:
        """The place in words, for example `sites.csv, row 4, column "Latitude"`."""
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(f'sheet "{self.sheet}"')
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f'column "{self.column}"')
        return ", ".join(parts)

    def sentence(self) -> str:
        """The whole finding as text: place, found, allowed, how to mend."""
        place = self.where()
        return f"{place + ': ' if place else ''}found {self.found}; allowed: {self.expected}. {self.mend}"


class Findings(tuple[Finding, ...]):
    """An ordered, immutable collection of findings."""

    __slots__ = ()

    def __new__(cls, findings: Iterable[Finding] = ()) -> Findings:
        """Any findings, in their order."""
        return super().__new__(cls, tuple(findings))

    @property
    def refusals(self) -> Findings:
        """Those that stop the input from being stored."""
        return Findings(f for f in self if f.severity == "refuse")

    @property
    def warnings(self) -> Findings:
        """Those that need somebody's decision."""
        return Findings(f for f in self if f.severity == "warn")

    def plus(self, *others: Iterable[Finding]) -> Findings:
        """These findings followed by the others."""
        return Findings([*self, *(f for other in others for f in other)])

    def in_file(self, file: str) -> Findings:
        """The same findings, each naming `file` where it named none."""
        return Findings(f if f.file else replace(f, file=file) for f in self)

    def summary(self) -> str:
        """Refusals first, the first twenty written out, the rest counted."""
        ordered = sorted(self, key=lambda f: ("refuse", "warn", "note").index(f.severity))
        lines = [f.sentence() for f in ordered[:_SHOWN]]
        if len(ordered) > _SHOWN:
            lines.append(f"and {len(ordered) - _SHOWN} more")
        return "\n".join(lines)

    def table(self) -> pd.DataFrame:
        """One row per finding, columns as the fields of `Finding`."""
        names = [f.name for f in fields(Finding)]
        return pd.DataFrame([[getattr(f, n) for n in names] for f in self], columns=names)


def refusal(rule: str, found: str, expected: str, mend: str, **place: object) -> Finding:
    """A finding that stops the input; `place` takes file, sheet, row, column."""
    return Finding(rule, "refuse", found, expected, mend, **place)  # type: ignore[arg-type]


def warning(rule: str, found: str, expected: str, mend: str, **place: object) -> Finding:
    """A finding that needs a decision; `place` takes file, sheet, row, column."""
    return Finding(rule, "warn", found, expected, mend, **place)  # type: ignore[arg-type]


def note(rule: str, found: str, expected: str, mend: str, **place: object) -> Finding:
    """A finding for information; `place` takes file, sheet, row, column."""
    return Finding(rule, "note", found, expected, mend, **place)  # type: ignore[arg-type]
