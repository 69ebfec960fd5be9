"""What a local file brings, piece by piece, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from data.fields import Table
from data.findings import Findings
from data.frames import content_bytes
from data.local_tables import PROVISIONAL, REFERENCE_TABLES
from data.network import ASSETS, STAFF_IN_POST
from data.waiting_lists import LISTS, PRIORITIES, PRIORITY_CODES

EVERY: dict[str, Table] = {t.name: t for t in (LISTS, PROVISIONAL, *REFERENCE_TABLES, PRIORITIES, PRIORITY_CODES, STAFF_IN_POST, ASSETS)}
"""Tables a local file can fill."""


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

    def same_as(self, held: pd.DataFrame) -> bool:
        """True where these rows are the ones held already, in whatever order."""
        table = EVERY[self.table]
        return not held.empty and content_bytes(table, held) == content_bytes(table, self.rows)


@dataclass(frozen=True)
class LocalIntake:
    """What happened to the files.

    Attributes:
        taken: what is new.
        replaced: what was loaded before in another form and is now as in the file.
        already: what was loaded before as it is; it changes nothing.
        findings: warnings and notes of every file.
    """

    taken: tuple[Piece, ...] = ()
    replaced: tuple[Piece, ...] = ()
    already: tuple[Piece, ...] = ()
    findings: Findings = field(default_factory=Findings)

    def sentences(self) -> list[str]:
        """What happened, for the planner."""
        said = [f"Loaded: {p.words}." for p in self.taken] + [f"Replaced: {p.words}." for p in self.replaced]
        return said + [f"Already loaded, nothing changed: {p.words} ({p.file})." for p in self.already]
