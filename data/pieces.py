"""What a local file brings, piece by piece, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from data.differences import DIFFERENCES, table_differences
from data.fields import Table
from data.findings import Findings
from data.frames import content_bytes
from data.local_tables import CANCER_TARGETS, DATED, PROVISIONAL, REFERENCE_TABLES, TRAJECTORIES
from data.network import ASSETS, STAFF_IN_POST
from data.sources.local_reading import LocalReading
from data.waiting_lists import LISTS, PRIORITIES, PRIORITY_CODES
from data.words import count, listed, month
from data.workforce_tables import REGISTERS

EVERY: dict[str, Table] = {
    t.name: t for t in
    (LISTS, PROVISIONAL, TRAJECTORIES, *REFERENCE_TABLES, PRIORITIES, PRIORITY_CODES, CANCER_TARGETS, STAFF_IN_POST, ASSETS, *REGISTERS)
}  # fmt: skip
"""Tables a local file can fill."""

_LIST_TOTALS = Table(
    "list_totals", LISTS.title, "Patients waiting by test and priority.",
    tuple(LISTS.field(name) for name in ("organisation", "test", "date", "priority", "patients")), key=("organisation", "test", "date", "priority"),
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """What one file brings for one organisation and date, taken in or left as it was.

    Attributes:
        table: declared table.
        organisation: whose rows; empty for a table that is nobody's own.
        date: snapshot date; NaT where the table has none.
        rows: typed frame of the table.
        file: name of the file.
        lines: the row of the file each of the rows stands in, where rows are kept as they are.
    """

    table: str
    organisation: str
    date: pd.Timestamp
    rows: pd.DataFrame
    file: str
    lines: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """What it is, for a planner."""
        where = f" of {self.organisation}" if self.organisation else ""
        when = "" if pd.isna(self.date) else f" at {self.date.day} {self.date:%B %Y}"
        if self.table == LISTS.name:
            return f"waiting list{where}{when}, {int(self.rows['patients'].sum()):,} patients"
        return f"{EVERY[self.table].title.lower()}{where}{when}, {len(self.rows):,} rows"

    def differences(self, held: pd.DataFrame) -> pd.DataFrame:
        """What these rows change against the ones held; typed frame of `DIFFERENCES`."""
        if self.table != LISTS.name:
            return table_differences(EVERY[self.table], held, self.rows)
        before, after = (rows.groupby(list(_LIST_TOTALS.key))["patients"].sum().reset_index() for rows in (held, self.rows))
        return table_differences(_LIST_TOTALS, before, after)

    def same_as(self, held: pd.DataFrame) -> bool:
        """True where these rows are the ones held already, in whatever order."""
        table = EVERY[self.table]
        return not held.empty and content_bytes(table, held) == content_bytes(table, self.rows)


def reference_pieces(reading: LocalReading) -> Iterator[Piece]:
    """A published table as a whole, or by its months."""
    name = reading.facts["table"]
    rows = reading.frames[name]
    if name not in DATED:
        yield Piece(name, "", _dated(reading), rows, reading.file)
        return
    for date, part in rows.groupby(DATED[name]):
        yield Piece(name, "", pd.Timestamp(date), part.reset_index(drop=True), reading.file)


def _dated(reading: LocalReading) -> pd.Timestamp:
    """Date of a published table: its newest month, else the date of the publication, else none."""
    frame = reading.frames[reading.facts["table"]]
    if "period" in frame:
        return pd.Timestamp(frame["period"].max())
    return pd.Timestamp(reading.facts["dated"]) if reading.facts.get("dated") else pd.NaT


@dataclass(frozen=True)
class LocalIntake:
    """What happened to the files.

    Attributes:
        taken: what is new.
        replaced: what was loaded before in another form and is now as in the file.
        already: what was loaded before as it is; it changes nothing.
        findings: warnings and notes of every file.
        differences: typed frame of `DIFFERENCES`: what the replaced pieces change against the version in force; of waiting lists their counts
            by test and priority.
    """

    taken: tuple[Piece, ...] = ()
    replaced: tuple[Piece, ...] = ()
    already: tuple[Piece, ...] = ()
    findings: Findings = field(default_factory=Findings)
    differences: pd.DataFrame = field(default_factory=DIFFERENCES.empty)

    @property
    def tables(self) -> str:
        """The tables in which something is new, in words; empty where nothing is."""
        return listed(list(dict.fromkeys(EVERY[p.table].title.lower() for p in (*self.taken, *self.replaced))))

    def sentences(self, *, stored: bool) -> list[str]:
        """What storing the files does, for the planner.

        Args:
            stored: True once it is done; False while somebody still decides.
        """
        new, other = ("Loaded", "Replaced") if stored else ("Will be loaded", "Loaded before in another form, and will be replaced")
        said = [f"{new}: {_words(same)}." for same in _together(self.taken)]
        said += [f"{other}: {_words(same)}." for same in _together(self.replaced)]
        return said + [f"Already loaded, nothing changes: {_words(same)} ({same[0].file})." for same in _together(self.already)]


def _together(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that are told of at once: the months a file brings of a table that is nobody's own."""
    said: dict[tuple[str, str], list[Piece]] = {}
    for k, piece in enumerate(pieces):
        by_month = piece.table in DATED and not piece.organisation
        said.setdefault((piece.table, piece.file) if by_month else ("", f"{k}"), []).append(piece)
    return list(said.values())


def _words(pieces: Sequence[Piece]) -> str:
    if pieces[0].table not in DATED or pieces[0].organisation:
        return pieces[0].words
    first, last = min(p.date for p in pieces), max(p.date for p in pieces)
    span = month(first) if first == last else f"{month(first)} to {month(last)}, {count(len(pieces), 'month')}"
    return f"{EVERY[pieces[0].table].title.lower()}, {span}, {count(sum(len(p.rows) for p in pieces), 'row')}"
