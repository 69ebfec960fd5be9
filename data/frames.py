"""Frozen sets of declared tables: the form in which nouns hold their data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Self

import pandas as pd

from data.errors import Refused
from data.fields import Kind, Table
from data.findings import Findings


@dataclass(frozen=True, eq=False)
class TableSet:
    """Typed frames by table name, checked on construction and never changed afterwards.

    pandas copies on write, so the frames handed out by `[...]` cannot change what is held here.
    """

    tables: Mapping[str, pd.DataFrame]
    findings: Findings = field(init=False)
    declared: ClassVar[tuple[Table, ...]] = ()

    def __post_init__(self) -> None:
        unknown = set(self.tables) - {t.name for t in self.declared}
        if unknown:
            raise ValueError(f"{type(self).__name__} has no table called {sorted(unknown)}")
        frames = {t.name: t.typed(self.tables[t.name]) if t.name in self.tables else t.empty() for t in self.declared}
        object.__setattr__(self, "tables", frames)
        findings = Findings(self.check())
        if findings.refusals:
            raise Refused(findings)
        object.__setattr__(self, "findings", findings)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy(deep=False)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.content_id == other.content_id

    def __hash__(self) -> int:
        return hash(self.content_id)

    def check(self) -> Findings:
        """Findings of the checks that make these tables a whole."""
        return Findings()

    def changed(self, **tables: pd.DataFrame) -> Self:
        """The same noun with some tables replaced, checked again."""
        return type(self)({**self.tables, **tables})

    @cached_property
    def content_id(self) -> str:
        """SHA-256 of the tables' content: equal content, equal id, whatever the order of rows."""
        digest = hashlib.sha256()
        for table in self.declared:
            digest.update(table.name.encode())
            digest.update(content_bytes(table, self.tables[table.name]))
        return digest.hexdigest()


def content_bytes(table: Table, frame: pd.DataFrame) -> bytes:
    """A declared frame as canonical CSV text: declared columns, rows in order of the key, full precision."""
    ordered = frame[table.columns]
    if table.key and not ordered.empty:
        ordered = ordered.sort_values(list(table.key), kind="stable")
    return to_csv_text(table, ordered).encode()


def to_csv_text(table: Table, frame: pd.DataFrame) -> str:
    """A declared frame as CSV text that `Table.read` reads back without loss."""
    return str(cell_texts(table, frame).to_csv(index=False, lineterminator="\n"))


def cell_texts(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """A declared frame with every cell as the text that `Table.read` reads back without loss; empty cells are empty texts."""
    columns = {}
    for f in table.fields:
        series = frame[f.name]
        if f.kind is Kind.DATE:
            series = series.dt.strftime("%Y-%m-%d").astype(object).where(series.notna(), "")
        elif f.kind is Kind.FLAG:
            series = series.map({True: "yes", False: "no"})
        elif f.kind in (Kind.NUMBER, Kind.COUNT):
            texts = {value: _number_text(value) for value in series.dropna().unique()}
            series = series.map(texts).astype(object).fillna("")
        columns[f.name] = series
    return pd.DataFrame(columns, columns=table.columns)


def _number_text(value: float) -> str:
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
