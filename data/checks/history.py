"""The quality of the monthly history: what cannot be told from one file alone, because only the months beside it show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from data.activity import ACTIVITY, Activity
from data.checks.history_rules import (
    CONSTANT,
    JUMP,
    MISSING,
    NOWHERE,
    REPEATED,
    RULES,
    SWAPPED,
    TITLES,
    History,
    Spell,
    columns_keep_their_levels,
)  # fmt: skip
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, Severity
from data.revisions import changes
from data.working_days import WorkingDays

LARGE_REVISION = 0.2
"""A newer version that changes a figure by more than this share, and by `LARGE_REVISION_CASES`, is worth a look."""

LARGE_REVISION_CASES = 50

MOST_EXCHANGED = 2
"""Months in a row that may have been exchanged by mistake."""

QUALITY = Table(
    "quality", "Quality", "One row for each thing in the monthly history that somebody should look at.",
    (
        Field("rule", "Check", Kind.CHOICE, choices=(*TITLES, "duplicate-row", "impossible", "revised")),
        Field("severity", "Severity", Kind.CHOICE, choices=("refuse", "warn", "note")),
        ACTIVITY.field("organisation"),
        ACTIVITY.field("test"),
        ACTIVITY.field("period"),
        Field("until", "Last month", Kind.DATE, help="The same as the month where one month alone is meant"),
        Field("column", "Column", Kind.TEXT, required=False, help="Name of the column of the sheet Activity; empty = the whole row"),
        Field("found", "Found", Kind.TEXT),
        Field("expected", "Expected", Kind.TEXT),
        Field("mend", "What to do", Kind.TEXT),
    ),
    key=("rule", "organisation", "test", "period", "column"),
)  # fmt: skip
"""The report as a table; `Concern` has the same fields."""


@dataclass(frozen=True)
class Concern:
    """One thing that somebody should look at: the cell, what is wrong with it, what to do.

    Attributes:
        rule: which check.
        severity: as of a finding.
        organisation, test: whose figures; `test` is empty where all of them are meant.
        period, until: first and last month.
        column: name of the column in the table of activity; empty for the whole row.
        found, expected, mend: as of a finding.
    """

    rule: str
    severity: Severity
    organisation: str
    test: str
    period: pd.Timestamp
    until: pd.Timestamp
    column: str
    found: str
    expected: str
    mend: str

    def finding(self, organisations: Mapping[str, str], tests: Mapping[str, str]) -> Finding:
        """The concern as a finding; the place stands in its words, with these titles."""
        months = f"{self.period:%B %Y}" if self.period == self.until else f"{self.period:%B %Y} to {self.until:%B %Y}"
        where = [organisations.get(self.organisation, self.organisation), tests.get(self.test, self.test), months]
        place = ", ".join(w for w in where if w)
        return Finding(self.rule, self.severity, f"{place}: {self.found}", self.expected, self.mend,
                       sheet=ACTIVITY.title, column=ACTIVITY.field(self.column).title if self.column in ACTIVITY.columns else "")  # fmt: skip


def check_history(
    activity: Activity, calendar: WorkingDays, organisations: Sequence[str], *, earlier: Activity | None = None
) -> list[Concern]:  # fmt: skip
    """Every check of the history, worst first, then by organisation, test and month.

    Totals that do not add up are found where a file states them (`data.checks.dm01`); the history has none.

    Args:
        activity: the history, with all its months.
        calendar: working days, by which activity is compared between months.
        organisations: whose history is checked.
        earlier: the version in force before; what it has differently is reported too.
    """
    own = activity.of(list(organisations))
    found = [*_duplicates(own), *_impossible(own)]
    if not found and not own.empty:
        history = History.of(own, activity.periods, calendar, organisations)
        found += [_concern(spell) for spell in _strongest(rule(history) for rule in RULES)]
    if earlier is not None:
        found += _revised(earlier, activity, organisations)
    order = ("refuse", "warn", "note")
    return sorted(found, key=lambda c: (order.index(c.severity), c.organisation, c.test, c.period, c.column))


def exchanged_months(activity: Activity, calendar: WorkingDays, organisations: Sequence[str]) -> pd.DataFrame:
    """Months in which activity from the list and planned activity have exchanged their levels: neither figure can be used as it stands.

    A longer run is a new way of counting rather than a slip, and its figures are used: forecasts of the published months are no better without them.

    Returns:
        organisation, test, period; one row for each month.
    """
    own = activity.of(list(organisations))
    spells: Iterable[Spell] = ()
    if not own.empty and not own.duplicated(list(ACTIVITY.key)).any():
        spells = columns_keep_their_levels(History.of(own, activity.periods, calendar, organisations))
    found = [(spell.organisation, spell.test, month) for spell in spells if len(spell.months) <= MOST_EXCHANGED for month in spell.months]
    return pd.DataFrame(found, columns=["organisation", "test", "period"])


def findings(concerns: Iterable[Concern], organisations: Mapping[str, str], tests: Mapping[str, str]) -> Findings:
    """Concerns as findings, with titles for organisations and tests."""
    return Findings(c.finding(organisations, tests) for c in concerns)


def table(concerns: Iterable[Concern]) -> pd.DataFrame:
    """Concerns as a typed frame of `QUALITY`."""
    rows = list(concerns)
    return QUALITY.typed({f.name: [getattr(c, f.name) for c in rows] for f in fields(Concern)})


def _strongest(spells: Iterable[Iterable[Spell]]) -> Iterator[Spell]:
    """Each figure is named once: by the first rule, in the order of `RULES`, that has something to say about it."""
    named: set[tuple[str, str, pd.Timestamp, str]] = set()
    for spell in (s for rule in spells for s in rule):
        places = [(month, column) for month in spell.months for column in spell.covers]
        if not all({(spell.organisation, test, *place) for test in (spell.test, "")} & named for place in places):
            yield spell
        named |= {(spell.organisation, spell.test, *place) for place in places}


def _concern(spell: Spell) -> Concern:
    severity, expected, mend = _WORDS[spell.rule]
    return Concern(spell.rule, severity, spell.organisation, spell.test, spell.months[0], spell.months[-1], spell.column,
                   spell.found, spell.expected or expected, mend)  # fmt: skip


def _duplicates(rows: pd.DataFrame) -> Iterator[Concern]:
    """Two rows for one organisation, test and month."""
    repeated = rows[rows.duplicated(list(ACTIVITY.key))]
    for row in repeated.itertuples():
        yield Concern("duplicate-row", "refuse", row.organisation, row.test, row.period, row.period, "", "two rows",
                      "one row for each organisation, test and month", "Remove one of the two rows.")  # fmt: skip


def _impossible(rows: pd.DataFrame) -> Iterator[Concern]:
    """Figures that nothing can be: below zero, or no number."""
    for name in (f.name for f in ACTIVITY.fields if f.kind is Kind.NUMBER):
        for row in rows[~(rows[name] >= 0) | np.isinf(rows[name])].itertuples():
            yield Concern("impossible", "refuse", row.organisation, row.test, row.period, row.period, name, f"{getattr(row, name):g}",
                          "a number, 0 or more", "Correct the figure and load the month again.")  # fmt: skip


def _revised(earlier: Activity, activity: Activity, organisations: Sequence[str]) -> Iterator[Concern]:
    """Figures that the newer version changes by much."""
    both = sorted(set(earlier.periods) & set(activity.periods))
    changed = changes(earlier, activity, organisations, both)
    before, after = changed["before"].fillna(0.0), changed["after"].fillna(0.0)
    large = (after - before).abs() > np.maximum(LARGE_REVISION * before, LARGE_REVISION_CASES)
    for row in changed[large].itertuples():
        found = f"{row.after:,.10g}" if not np.isnan(row.after) else "no row"
        was = f"{row.before:,.10g}, as in the version before" if not np.isnan(row.before) else "no row, as in the version before"
        yield Concern("revised", "note", row.organisation, row.test, row.period, row.period, row.column, found, was,
                      "Check that the newer figure is the right one.")  # fmt: skip


_ASK = "Ask the organisation. Until it answers, forecasts lean on this figure."
_WORDS: dict[str, tuple[Severity, str, str]] = {
    MISSING: ("warn", "a return, as in the months beside it", "Ask the organisation for its return: no row counts as zero."),
    REPEATED: ("warn", "figures of its own in every month", "Ask the organisation: a return may have been sent twice."),
    SWAPPED: ("warn", "levels as in the other months", "Ask the organisation to send the month again with the columns exchanged."),
    CONSTANT: ("warn", "a count, which differs from month to month", "Ask the organisation what was counted: this looks like an estimate."),
    JUMP: ("warn", "", _ASK),
    NOWHERE: ("note", "", "Ask the organisation whether patients were transferred in, or clocks were set back."),
}
