"""What a run makes: tidy tables with a summary, frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from data.fields import Table


@dataclass(frozen=True, eq=False)
class Result:
    """Tidy tables and their summary.

    Attributes:
        tables: typed frame per declared table, rows ordered by key; an absent table is empty.
        summary: status, objective stages, seconds, size, provenance (dataset and scenario ids, code and solver version, seed) and what the kind of
            result adds.
    """

    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    declared: ClassVar[tuple[Table, ...]] = ()

    def __post_init__(self) -> None:
        frames = {}
        for table in self.declared:
            frame = table.typed(self.tables[table.name]) if table.name in self.tables else table.empty()
            frames[table.name] = frame.sort_values(list(table.key), ignore_index=True, kind="stable")
        object.__setattr__(self, "tables", frames)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy(deep=False)

    def beside_tables(self) -> dict[str, bytes]:
        """What is stored with the tables, by name; no table is named so."""
        return {}

    def summary_json(self) -> str:
        """The summary as JSON text."""
        return json.dumps(self.summary, indent=2, sort_keys=False)
