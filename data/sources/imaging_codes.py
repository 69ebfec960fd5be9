"""From the ways a coded column is written to the codes they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from data.fields import shown
from data.findings import Finding, note, refusal
from data.sources.imaging import CODED, IMAGING, Vocabulary
from data.sources.imaging_sql import Columns, sql
from data.sources.national_tests import plain

NAMED = 20
_MOST = 2000

_CORRECT = "Correct the value in the system it comes from and export the extract again."


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


def read_codes(connection: duckdb.DuckDBPyConnection, columns: Columns, words: Vocabulary) -> tuple[dict[str, list[Written]], list[Finding]]:
    """How each coded column is written, and what stands for nothing.

    Args:
        connection: with the tables `raw` and `written_…`.
        columns: which columns the file has.
        words: what the network calls its things.
    """
    codes, found = {}, []
    for name in CODED:
        rows = connection.table(f"written_{name}").order("nth").limit(_MOST).fetchall()
        codes[name] = [Written(text, times, nth, words.codes[name].get(plain(text))) for text, times, nth in rows]
        if name in columns.of:
            found += [*_unknown(name, codes[name], columns, words), *_empty(connection, name, codes[name], columns, words)]
    return codes, found


def replace_codes(connection: duckdb.DuckDBPyConnection, codes: dict[str, list[Written]]) -> None:
    """Make the view `checked`; a column that is written in codes throughout is taken as it stands."""
    selected, joins = [], []
    for name, written in codes.items():
        if all(w.text == w.code for w in written):
            selected.append(f"raw.{name}")
            continue
        connection.execute(f"CREATE TABLE code_{name} (written VARCHAR, code VARCHAR)")
        if written:
            pairs = [{"written": w.text, "code": None if w.is_empty else w.code} for w in written]
            connection.executemany(sql("imaging_code", column=name), pairs)
        selected.append(f"code_{name}.code AS {name}")
        joins.append(f"LEFT JOIN code_{name} ON code_{name}.written = raw.{name}")
    connection.execute(sql("imaging_checked", codes=", ".join(selected), joins=" ".join(joins)))


def other_tests(codes: dict[str, list[Written]], columns: Columns) -> tuple[int, list[Finding]]:
    """Rows of tests that are known but not the network's, and a note of each such test."""
    others = [w for w in codes["test"] if w.code == "" and not w.is_empty]
    mend = "Nothing need be done: these rows are left out and counted here."
    notes = [
        note("other-test", f"{shown(w.text)} in {w.times:,} rows", "tests of this network", mend, row=columns.row(w.nth), column=columns.of["test"])
        for w in others
    ]
    return sum(w.times for w in others), notes


def _unknown(name: str, written: list[Written], columns: Columns, words: Vocabulary) -> Iterator[Finding]:
    unknown = [w for w in written if w.code is None and not w.is_empty]
    table = IMAGING.field(name).refers_to
    mend = f"Correct the value, or add it to the network's {table}." if table else _CORRECT
    rule = f"unknown-{name.replace('_', '-')}"
    for w in unknown[:NAMED]:
        yield refusal(rule, f"{shown(w.text)} in {w.times:,} rows", words.titles[name], mend, row=columns.row(w.nth), column=columns.of[name])
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
