"""From the ways a coded column is written to the codes they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from data.fields import shown
from data.findings import Finding, note, refusal
from data.sources.imaging import CODED, IMAGING, Vocabulary
from data.sources.imaging_columns import is_discreet
from data.sources.imaging_sql import Columns, sql
from data.sources.mapping import LEFT_OUT, ColumnMapping
from data.sources.national_tests import plain

NAMED = 20
"""Values named for each column; the rest are counted."""

MOST_CODES = 300
"""Unknown values from which a column is not one of codes, and nothing of it is repeated."""

_MOST = 2000

_CORRECT = "Correct the value in the system it comes from and export the extract again."
_SAY = "Say what it means, or correct the value in the system it comes from and export the extract again."

_EXAMINATION = "examination_code"


@dataclass(frozen=True)
class Written:
    """One way a coded column is written.

    Attributes:
        text: as it stands in the file.
        times: rows.
        nth: position of the first.
        code: what it stands for; empty = known and not the network's, None = unknown.
    """

    text: str
    times: int
    nth: int
    code: str | None

    @property
    def is_empty(self) -> bool:
        """True for a cell that holds nothing but spaces."""
        return not self.text.strip()


def list_written(connection: duckdb.DuckDBPyConnection, columns: Columns) -> None:
    """Make a table `written_…` for each column of few different values."""
    for name in columns.coded:
        connection.execute(sql("imaging_written", column=name))


def read_codes(
    connection: duckdb.DuckDBPyConnection, columns: Columns, words: Vocabulary, told: ColumnMapping
) -> tuple[dict[str, list[Written]], list[Finding]]:  # fmt: skip
    """How each coded column is written, and what stands for nothing; of examination codes only those that are not wanted.

    Args:
        connection: with the tables `raw` and `written_…`.
        columns: which columns the file has.
        words: what the network calls its things.
        told: what was said about the file's codes.
    """
    codes, found = {}, []
    for name in CODED:
        rows = connection.table(f"written_{name}").order("nth").limit(_MOST).fetchall()
        codes[name] = [Written(text, times, nth, words.codes[name].get(plain(text))) for text, times, nth in rows]
        if name in columns.of:
            found += [*_unknown(name, codes[name], columns, words), *_empty(connection, name, codes[name], columns, words)]
    unwanted = {theirs for theirs, ours in told.values.get(_EXAMINATION, {}).items() if ours == LEFT_OUT}
    rows = connection.table(f"written_{_EXAMINATION}").order("nth").fetchall() if unwanted else []
    codes[_EXAMINATION] = [Written(text, times, nth, LEFT_OUT) for text, times, nth in rows if plain(text) in unwanted and text.strip()]
    return codes, found


def replace_codes(connection: duckdb.DuckDBPyConnection, codes: dict[str, list[Written]]) -> bool:
    """Make the view `checked`; a column that is written in codes throughout is taken as it stands.

    Rows with a code that is not the network's, or of which somebody said that it is not wanted, are not `wanted`.

    Returns:
        True where codes had to be looked up: the rows of the view are then in no order.
    """
    selected, joins, wanted = [], [], []
    for name, written in codes.items():
        as_it_stands = name == _EXAMINATION or all(w.text == w.code for w in written)
        selected.append(f"raw.{name}" if as_it_stands else f"nullif(code_{name}.code, '') AS {name}")
        unwanted = _left_out(name, written)
        if as_it_stands and not unwanted:
            continue
        connection.execute(f"CREATE TABLE code_{name} (written VARCHAR, code VARCHAR)")
        if written:
            pairs = [{"written": w.text, "code": None if w.is_empty else w.code} for w in written]
            connection.executemany(sql("imaging_code", column=name), pairs)
        joins.append(f"LEFT JOIN code_{name} ON code_{name}.written = raw.{name}")
        if unwanted:
            wanted.append(f"coalesce(code_{name}.code, '?') <> ''")
    connection.execute(sql("imaging_checked", codes=", ".join(selected), wanted=" AND ".join(wanted) or "true", joins=" ".join(joins)))
    return bool(joins)


def left_out_rows(
    connection: duckdb.DuckDBPyConnection, codes: dict[str, list[Written]], columns: Columns
) -> tuple[int, list[Finding]]:  # fmt: skip
    """Rows that are not wanted, and notes of the codes that make them so."""
    notes = [found for name, written in codes.items() for found in _not_wanted(name, _left_out(name, written), columns)]
    return int(connection.table("checked").aggregate("count(*) FILTER (NOT wanted)").fetchall()[0][0]) if notes else 0, notes


def unknown_values(codes: dict[str, list[Written]]) -> dict[str, tuple[str, ...]]:
    """Coded column → ways of writing it that stand for nothing, the first of each; none of a column that does not hold codes."""
    unknown = {name: _strangers(written) for name, written in codes.items()}
    kept = {name: tuple(w.text for w in found[:NAMED] if is_discreet(w.text)) for name, found in unknown.items() if len(found) <= MOST_CODES}
    return {name: texts for name, texts in kept.items() if texts}


def _strangers(written: list[Written]) -> list[Written]:
    return [w for w in written if w.code is None and not w.is_empty]


def _left_out(name: str, written: list[Written]) -> list[Written]:
    """Ways of writing whose rows are not wanted; in a coded column that may be empty they state nothing instead."""
    may_be_empty = name in CODED and not IMAGING.field(name).required
    return [] if may_be_empty else [w for w in written if w.code == LEFT_OUT and not w.is_empty]


def _not_wanted(name: str, unwanted: list[Written], columns: Columns) -> Iterator[Finding]:
    rule = "other-test" if name == "test" else "left-out"
    table = IMAGING.field(name).refers_to
    allowed = f"{table} of this network" if table else "codes that are wanted"
    mend = "Nothing need be done: these rows are left out and counted here."
    for w in unwanted[:NAMED]:
        yield note(rule, f"{_repeated(w.text)} in {w.times:,} rows", allowed, mend, row=columns.row(w.nth), column=columns.of[name])
    if len(unwanted) > NAMED:
        found = f"{len(unwanted):,} values like this in all, in {sum(w.times for w in unwanted):,} rows, of which the first {NAMED} are named"
        yield note(rule, found, allowed, mend, column=columns.of[name])


def _repeated(text: str) -> str:
    return shown(text) if is_discreet(text) else "a text that is no code"


def _unknown(name: str, written: list[Written], columns: Columns, words: Vocabulary) -> Iterator[Finding]:
    unknown = _strangers(written)
    if len(unknown) > MOST_CODES or len(written) == _MOST:
        found = f"{len(written):,} different values{' or more' if len(written) == _MOST else ''}"
        yield refusal("not-codes", found, words.titles[name], "Check that this is the right column.", row=1, column=columns.of[name])
        return
    table = IMAGING.field(name).refers_to
    mend = f"Say what it means, correct the value, or add it to the network's {table}." if table else _SAY
    rule = f"unknown-{name.replace('_', '-')}"
    for w in unknown[:NAMED]:
        found = f"{_repeated(w.text)} in {w.times:,} rows"
        yield refusal(rule, found, words.titles[name], mend, row=columns.row(w.nth), column=columns.of[name])
    if len(unknown) > NAMED:
        found = f"{len(unknown):,} unknown values in all, of which the first {NAMED} are named"
        yield refusal(rule, found, words.titles[name], mend, column=columns.of[name])


def _empty(
    connection: duckdb.DuckDBPyConnection, name: str, written: list[Written], columns: Columns, words: Vocabulary
) -> Iterator[Finding]:  # fmt: skip
    if not IMAGING.field(name).required:
        return
    times, nth = connection.table("raw").filter(f"{name} IS NULL").aggregate("count(*), min(rowid)").fetchall()[0]
    places = [(times, nth)] if times else []
    places += [(w.times, w.nth) for w in written if w.is_empty]
    if places:
        found = f"an empty cell, in {sum(t for t, _ in places):,} rows"
        yield refusal("empty", found, words.titles[name], _CORRECT, row=columns.row(min(n for _, n in places)), column=columns.of[name])
