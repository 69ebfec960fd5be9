"""A search of every column of an extract for people's data, in SQL for millions of rows; the rules are those of `data.people_rules`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import duckdb

from data.findings import Finding, refusal, warning
from data.people_rules import (
    BIRTH_AGES,
    BIRTH_CANDIDATES,
    BIRTH_SHARE,
    FREE_TEXT,
    NHS_NUMBER_IN_TEXT,
    NHS_NUMBER_WEIGHTS,
    POSTCODE,
    POSTCODE_CANDIDATES,
    POSTCODE_IN_TEXT,
    POSTCODE_SHARE,
    kind_of_header,
    nhs_number_verdict,
)
from data.sources.imaging_sql import DATES, Columns, literal, read_as, sql

_WHOLE = r"[\s']*[0-9\x{FF10}-\x{FF19}](?:[\s\x{A0}-]*[0-9\x{FF10}-\x{FF19}]){9}(?:[.]0+)?[\s\x{A0}]*"
"""Ten digits as somebody may have typed them: spaces, dashes, an apostrophe before, `.0` after, full-width digits."""

_PATTERNS = {
    "whole": _WHOLE, "in_text": NHS_NUMBER_IN_TEXT, "free_text": FREE_TEXT, "postcode": POSTCODE, "postcode_in_text": POSTCODE_IN_TEXT,
}  # fmt: skip

_ALLOWED = "pseudonyms and codes only"
_LEAVE_OUT = "Leave the column out, or replace its values by pseudonyms, and export the extract again. Nothing was stored."


def people_findings(connection: duckdb.DuckDBPyConnection, columns: Columns, today: date) -> Iterator[Finding]:
    """Refusals for people's data; each names column, first row and how many, never a value.

    Args:
        connection: with the tables `raw` and `written_…`.
        columns: which columns the file has.
        today: for ages.
    """
    _define_check(connection)
    every = dict(columns.every())
    filled = dict(zip(every, connection.table("raw").aggregate(", ".join(f"count({n})" for n in every)).fetchall()[0], strict=True))
    held = _counts(connection, " UNION ALL ".join(_cells(columns, name) for name in every if name in columns.texts))
    births = _births(connection, columns, [name for name in every if name not in columns.coded], today)
    for name, heading in every.items():
        told = kind_of_header(heading)
        if told and filled[name]:
            yield _refused(f"a column of {told}, by its heading", heading, columns.first_row)
            continue
        yield from _numbers(held[name], columns, heading)
        yield from _postcodes(held[name], filled[name], columns, heading)
        dates, born, first = births.get(name, (0, 0, 0))
        if dates >= max(BIRTH_CANDIDATES, BIRTH_SHARE * filled[name]) and born * 2 >= dates:
            yield _refused(f"{born:,} dates that look like dates of birth", heading, columns.row(first))


def heading_findings(columns: Columns) -> Iterator[Finding]:
    """Refusals for numbers and postcodes that stand in the heading itself: a file whose first row is a patient."""
    with duckdb.connect() as connection:
        _define_check(connection)
        connection.execute("CREATE TABLE raw (heading VARCHAR)")
        connection.executemany("INSERT INTO raw VALUES ($1)", [[heading] for _, heading in columns.every()])
        cells = sql("imaging_people_cells", called="heading", column="heading", row="rowid", times="1", rows="raw")
        counts = _counts(connection, cells)["heading"]
    if counts["valid"] or counts["inside_valid"] or counts["in_text"]:
        yield _refused("a valid NHS number in the heading", "", 1)
    if counts["postcodes"]:
        yield _refused("a full postcode in the heading", "", 1)


def _define_check(connection: duckdb.DuckDBPyConnection) -> None:
    terms = " + ".join(f"(ascii(digits[{i + 1}]) - 48) * {weight}" for i, weight in enumerate(NHS_NUMBER_WEIGHTS))
    connection.execute(
        f"CREATE OR REPLACE TEMP MACRO nhs_right(digits) AS digits <> '0000000000' AND (11 - ({terms}) % 11) % 11 = ascii(digits[10]) - 48"
    )


def _cells(columns: Columns, name: str) -> str:
    """The query for the cells of one column; a coded one is searched by its different values."""
    if name in columns.coded:
        return sql("imaging_people_cells", called=name, column="written", row="nth", times="times", rows=f"written_{name}")
    return sql("imaging_people_cells", called=name, column=name, row="rowid", times="1", rows="raw")


def _counts(connection: duckdb.DuckDBPyConnection, cells: str) -> dict[str, dict[str, int]]:
    """What was counted in each column; nothing for one in which nothing could be a person's."""
    result = connection.execute(sql("imaging_people", cells=cells), _PATTERNS)
    names = [str(column[0]) for column in result.description]
    rows = {str(row[0]): {name: int(value or 0) for name, value in zip(names[1:], row[1:], strict=True)} for row in result.fetchall()}
    return defaultdict(lambda: dict.fromkeys(names[1:], 0), rows)


def _numbers(counts: dict[str, int], columns: Columns, heading: str) -> Iterator[Finding]:
    for candidates, valid, first in (("candidates", "valid", "first_valid"), ("inside_candidates", "inside_valid", "first_inside_valid")):
        verdict = nhs_number_verdict(counts[candidates], counts[valid])
        words = f"{counts[valid]:,} valid NHS numbers among {counts[candidates]:,} different ten-digit values"
        if verdict == "refuse":
            yield _refused(words, heading, columns.row(counts[first]))
        elif verdict == "ask":
            mend = "Make sure that these are pseudonyms before you accept the file."
            yield warning("people", words, _ALLOWED, mend, row=columns.row(counts[first]), column=heading)
    if counts["in_text"]:
        words = f"{counts['in_text']:,} texts with a valid NHS number in them"
        yield _refused(words, heading, columns.row(counts["first_in_text"]))


def _postcodes(counts: dict[str, int], filled: int, columns: Columns, heading: str) -> Iterator[Finding]:
    if counts["certain_postcodes"]:
        yield _refused(f"{counts['certain_postcodes']:,} full postcodes", heading, columns.row(counts["first_certain_postcode"]))
    elif counts["postcodes"] and counts["postcodes"] >= max(POSTCODE_CANDIDATES, POSTCODE_SHARE * filled):
        yield _refused(f"{counts['postcodes']:,} full postcodes", heading, columns.row(counts["first_postcode"]))


def _births(connection: duckdb.DuckDBPyConnection, columns: Columns, names: list[str], today: date) -> dict[str, tuple[int, int, int]]:
    """Of each column: how many dates, how many as long ago as births, and where the first of these is.

    The median of a column is as long ago as a birth where half of its dates or more are.
    """
    moments = [n for n in names if n not in columns.texts]
    firsts = connection.table("raw").aggregate(", ".join(f"min({n})" for n in moments)).fetchall()[0]
    limit = datetime(today.year - BIRTH_AGES[0], today.month, min(today.day, 28)) + timedelta(days=1)
    recent = {n for n, first in zip(moments, firsts, strict=True) if first is None or first >= limit}
    names = [n for n in names if n not in recent]
    if not names:
        return {}
    youngest, oldest = (literal(str(today.replace(year=today.year - years, day=min(today.day, 28)))) for years in BIRTH_AGES)
    days = {n: f"CASE WHEN contains({n}, '-') OR contains({n}, '/') THEN {read_as(n, DATES)} END" if n in columns.texts else n for n in names}
    counted = [
        f"count({day}), count(*) FILTER ({born}), coalesce(min(rowid) FILTER ({born}), 0)"
        for day in days.values()
        for born in (f"{day} BETWEEN DATE {oldest} AND DATE {youngest}",)
    ]
    flat = connection.table("raw").aggregate(", ".join(counted)).fetchall()[0]
    return {name: flat[3 * i : 3 * i + 3] for i, name in enumerate(names)}


def _refused(found: str, heading: str, row: int) -> Finding:
    return refusal("people", found, _ALLOWED, _LEAVE_OUT, row=row, column=heading)
