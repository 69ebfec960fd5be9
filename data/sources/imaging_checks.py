"""Checks of an imaging extract: each rule is a condition in SQL, counted over all rows, its first rows named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

import duckdb

from data.fields import shown
from data.findings import Finding, Severity, refusal, warning
from data.sources.imaging import IMAGING, MOMENTS, NAMES, Vocabulary
from data.sources.imaging_sql import Columns, literal, sql, unreadable_query
from data.sources.imaging_text import Opened
from data.sources.national_tests import plain

NAMED = 20
"""Rows named for each rule; the rest are counted."""

LONGEST = 360
"""Minutes beyond which an examination is taken for a slip of the pen."""

MOST_IMPOSSIBLE = 0.05
"""Share of rows with an impossible interval from which the file is refused: columns are swapped, not rows mistyped."""

EARLIEST = datetime(2000, 1, 1)
"""Moments before are what a system writes for an unknown date."""

_BOOKED_AHEAD = timedelta(days=730)
"""An appointment may lie this far ahead; nothing else may lie ahead."""

_MOST_CODES = 2000
_DIGITS_OF_A_PERSON = 10
_LIKE_A_MOMENT = re.compile(r"[0-9]{1,4}[-/. ].{1,24}")

_CORRECT = "Correct the cell in the system it comes from and export the extract again."
_ALLOWED_MOMENT = "YYYY-MM-DD HH:MM or DD/MM/YYYY HH:MM"
_KEPT = "The row is kept; this interval is left out of every measure."


@dataclass(frozen=True)
class Rule:
    """What must not be.

    Attributes:
        name: of the rule.
        severity: of each finding.
        field: column that is named.
        where: condition over the view `checked`.
        found: expression or words for what was found.
        expected: what is allowed.
        mend: what to do.
    """

    name: str
    severity: Severity
    field: str
    where: str
    found: str
    expected: str
    mend: str = _CORRECT

    @property
    def is_interval(self) -> bool:
        """True where a large share of such rows means that columns are swapped."""
        return self.name == "order"


def rules() -> list[Rule]:
    """Every rule but the bounds of moments, which hang on the clock."""
    missing = [
        *(Rule("empty", "refuse", name, f"coalesce(trim({name}), '') = ''", "'an empty cell'", IMAGING.field(name).allowed()) for name in NAMES),
        Rule("empty", "refuse", "requested", "requested IS NULL AND NOT unreadable", "'an empty cell'", _ALLOWED_MOMENT),
        Rule("empty", "refuse", "scanned_start", "outcome = 'done' AND scanned_start IS NULL AND NOT unreadable", "'an empty cell'",
             "when the scan started, for every examination that was done"),
        Rule("no-date", "refuse", "booked", "outcome <> 'done' AND coalesce(scanned_start, booked, attended, requested) IS NULL "
             "AND NOT unreadable", "'no date at all'", "a date for every examination"),
        Rule("not-done", "warn", "outcome", "outcome <> 'done' AND scanned_start IS NOT NULL", "outcome || ' with a scan'",
             "no scan where nothing was done", "Correct the outcome, or accept: the row counts as not done."),
    ]  # fmt: skip
    return [*missing, *_intervals()]


def _intervals() -> list[Rule]:
    def rule(field: str, where: str, found: str, expected: str) -> Rule:
        return Rule("order", "warn", field, where, found, expected, _KEPT)

    return [
        rule("scanned_start", "scanned_start::DATE < requested::DATE OR (requested <> requested::DATE AND scanned_start < requested)",
             "'a scan ' || strftime(scanned_start, '%Y-%m-%d %H:%M') || ' before its request ' || strftime(requested, '%Y-%m-%d %H:%M')",
             "a scan after its request"),
        rule("reported", "reported < scanned_start AND reported <> scanned_start::DATE",
             "'a report ' || strftime(reported, '%Y-%m-%d %H:%M') || ' before the scan ' || strftime(scanned_start, '%Y-%m-%d %H:%M')",
             "a report after the scan"),
        rule("scanned_end", "scanned_end < scanned_start",
             "'an end ' || strftime(scanned_end, '%Y-%m-%d %H:%M') || ' before the start ' || strftime(scanned_start, '%Y-%m-%d %H:%M')",
             "an end after the start"),
        rule("scanned_end", f"scanned_end > scanned_start + to_minutes({LONGEST})",
             "printf('an examination of %.0f minutes', epoch(scanned_end - scanned_start) / 60)", f"at most {LONGEST // 60} hours"),
    ]  # fmt: skip


def _broken_bounds(connection: duckdb.DuckDBPyConnection, columns: Columns, now: datetime) -> Iterator[Rule]:
    """Rules for moments that are out of bounds somewhere: the first and the last of each tell."""
    moments = [m for m in MOMENTS if m in columns.of]
    ends = connection.table("raw").aggregate(", ".join(f"min({m}), max({m})" for m in moments)).fetchall()[0]
    for moment, first, last in zip(moments, ends[::2], ends[1::2], strict=True):
        latest = now + (_BOOKED_AHEAD if moment == "booked" else timedelta(days=1))
        if first is not None and (first < EARLIEST or last > latest):
            yield from _bounds(moment, latest)


def _bounds(moment: str, latest: datetime) -> list[Rule]:
    found = f"strftime({moment}, '%Y-%m-%d %H:%M')"
    late, early = literal(f"{latest:%Y-%m-%d %H:%M:%S}"), literal(f"{EARLIEST:%Y-%m-%d}")
    return [
        Rule("future", "refuse", moment, f"{moment} > TIMESTAMP {late}", found, f"no later than {latest.day} {latest:%B %Y}"),
        Rule("long-ago", "refuse", moment, f"{moment} < TIMESTAMP {early}", found, f"no earlier than {EARLIEST.day} {EARLIEST:%B %Y}",
             "Leave the cell empty where the date is not known, and export the extract again."),
    ]  # fmt: skip


def check_rows(connection: duckdb.DuckDBPyConnection, columns: Columns, now: datetime, rows: int) -> Iterator[Finding]:
    """What the rules find in the view `checked`, and examinations that stand in it twice."""
    every = [*rules(), *_broken_bounds(connection, columns, now)]
    counts = connection.table("checked").aggregate(", ".join(f"count(*) FILTER ({rule.where})" for rule in every)).fetchall()[0]
    for rule, times in zip(every, counts, strict=True):
        if times:
            swapped = rule.is_interval and times > max(NAMED, MOST_IMPOSSIBLE * rows)
            mend = "So many mean that columns are swapped: check the headings and export the extract again."
            yield from _broken(connection, columns, replace(rule, severity="refuse", mend=mend) if swapped else rule, times)
    yield from _duplicates(connection, columns)


def _broken(connection: duckdb.DuckDBPyConnection, columns: Columns, rule: Rule, times: int) -> Iterator[Finding]:
    heading = columns.of.get(rule.field, IMAGING.field(rule.field).title)
    first = connection.table("checked").filter(rule.where).project(f"nth, {rule.found} AS found").order("nth").limit(NAMED).fetchall()
    for at, found in first:
        words = str(found) if rule.found.startswith("'") else shown(found)
        yield Finding(rule.name, rule.severity, words, rule.expected, rule.mend, row=columns.row(at), column=heading)
    yield from _more(rule.name, rule.severity, times, rule.expected, rule.mend, heading)


def _more(name: str, severity: Severity, times: int, expected: str, mend: str, heading: str) -> Iterator[Finding]:
    if times > NAMED:
        yield Finding(name, severity, f"{times:,} rows like this in all, of which the first {NAMED} are named", expected, mend, column=heading)


def unreadable_moments(connection: duckdb.DuckDBPyConnection, opened: Opened, columns: Columns) -> Iterator[Finding]:
    """Cells of moments that no form fits."""
    if not connection.table("raw").filter("unreadable").limit(1).fetchall():
        return
    for moment, cells in groupby(connection.execute(unreadable_query(opened, columns), {"most": NAMED}).fetchall(), key=lambda row: row[0]):
        heading, named = columns.of[moment], list(cells)
        for _, at, found, _ in named:
            yield refusal("date-time", _harmless(found), _ALLOWED_MOMENT, _CORRECT, row=columns.row(at), column=heading)
        yield from _more("date-time", "refuse", named[0][3], _ALLOWED_MOMENT, _CORRECT, heading)


def _harmless(text: str) -> str:
    """What may be repeated of a cell that holds no moment: nothing that could be somebody's."""
    return (
        shown(text) if _LIKE_A_MOMENT.fullmatch(text) and sum(c.isdigit() for c in text) != _DIGITS_OF_A_PERSON else "a text that is no date and time"
    )


def _duplicates(connection: duckdb.DuckDBPyConnection, columns: Columns) -> Iterator[Finding]:
    heading, expected = columns.of["examination_id"], "one row for each examination of an organisation"
    mend = "Remove the repeated rows and export the extract again."
    twice = connection.execute(sql("imaging_duplicates"), {"most": NAMED}).fetchall()
    for at, _ in twice:
        yield refusal("duplicate-row", "an examination that stands in an earlier row too", expected, mend, row=columns.row(at), column=heading)
    yield from _more("duplicate-row", "refuse", twice[0][1] if twice else 0, expected, mend, heading)


def check_sites(connection: duckdb.DuckDBPyConnection, columns: Columns, words: Vocabulary) -> Iterator[Finding]:
    """Sites beside an organisation that does not run them."""
    pairs = (
        connection.table("raw").aggregate("organisation, site, count(*) AS times, min(rowid) AS nth", "organisation, site").order("nth").fetchall()
    )
    for organisation, site, times, at in pairs[:_MOST_CODES]:
        holder, code = words.codes["organisation"].get(plain(organisation)), words.codes["site"].get(plain(site))
        if holder and code and words.owner[code] != holder:
            found = f"{shown(site)} beside {shown(organisation)}, in {times:,} rows"
            expected = f"{words.owner[code]}, which runs the site"
            yield refusal("another-site", found, expected, "Give the trust that runs the site as the organisation.", row=columns.row(at),
                          column=columns.of["organisation"])  # fmt: skip


def check_scanners(connection: duckdb.DuckDBPyConnection, columns: Columns, words: Vocabulary) -> Iterator[Finding]:
    """Scanners the register does not have: kept under their own names."""
    if "scanner_id" not in columns.of:
        return
    known = set(words.scanners)
    strangers = [(text, times, at) for text, times, at in _written(connection, "scanner_id") if text not in known]
    mend = "Nothing need be done: it is counted under this name. Add it to the assets to compare it with the register."
    expected, heading = "a scanner of the register", columns.of["scanner_id"]
    for text, times, at in strangers[:NAMED]:
        yield warning("unknown-scanner", f"{shown(text)} in {times:,} rows", expected, mend, row=columns.row(at), column=heading)
    if len(strangers) > NAMED:
        found = f"{len(strangers):,} scanners outside the register in all, of which the first {NAMED} are named"
        yield warning("unknown-scanner", found, expected, mend, column=heading)


def _written(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, int, int]]:
    """Ways a column is written, how often, and where first, in order of the file."""
    return connection.table(f"written_{name}").order("nth").limit(_MOST_CODES).fetchall()
