"""What one version of declared tables has that another has not: rows added and removed, cells changed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from data.assumptions import ASSUMPTIONS, BY_NAME
from data.dataset import Dataset
from data.evidence import EVIDENCE
from data.fields import Field, Kind, Table
from data.frames import cell_texts
from data.local_tables import LOCAL_SOURCES
from data.network import NETWORK_TABLES
from data.words import count, listed

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

DIFFERENCES = Table(
    "differences", "Differences", "One row for each row that only one of two versions has, and for each cell that differs between them.",
    (
        Field("table", "Table", Kind.TEXT, help="Title of the sheet"),
        Field("change", "Change", Kind.CHOICE, choices=(ADDED, REMOVED, CHANGED)),
        Field("row", "Row", Kind.TEXT, help="The cells that tell the row from others"),
        Field("column", "Column", Kind.TEXT, required=False, help="Empty for a whole row"),
        Field("before", "Before", Kind.TEXT, required=False),
        Field("after", "After", Kind.TEXT, required=False),
    ),
    key=("table", "row", "column"),
)  # fmt: skip

_APART = "\x1f"
_EVIDENCE = {f.name for f in EVIDENCE}
_DIGEST = "sha256"
_HOW = {"mapping", "parser_version"}


def table_differences(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The rows and cells of a declared table that differ between two versions.

    Args:
        table: the declaration, with a key.
        before: typed frame of it, the version in force.
        after: typed frame of it, the newer version.

    Returns:
        Typed frame of `DIFFERENCES`, in order of the key. A row that only one version has is one line, told by what stands in it.
    """
    old, new = _by_key(table, before), _by_key(table, after)
    told = [(table.title, REMOVED, _row_words(table, old.loc[k]), "", _cell_words(table, old.loc[k]), "") for k in old.index.difference(new.index)]
    told += [(table.title, ADDED, _row_words(table, new.loc[k]), "", "", _cell_words(table, new.loc[k])) for k in new.index.difference(old.index)]
    told += _changed_cells(table, old, new)
    rows = pd.DataFrame(told, columns=DIFFERENCES.columns, dtype="str")
    return DIFFERENCES.typed(rows.sort_values(["row", "column"], kind="stable"))


def dataset_differences(before: Dataset, after: Dataset) -> pd.DataFrame:
    """The differences of two datasets in their network, their assumptions and the local files they hold; typed frame of `DIFFERENCES`.

    Months of the history are compared by `data.revisions`.
    """
    pairs = [(t, before.network[t.name], after.network[t.name]) for t in NETWORK_TABLES]
    pairs.append((ASSUMPTIONS, before.assumptions.rows, after.assumptions.rows))
    pairs.append((LOCAL_SOURCES, before.local[LOCAL_SOURCES.name], after.local[LOCAL_SOURCES.name]))
    found = [table_differences(*pair) for pair in pairs]
    return DIFFERENCES.typed(pd.concat(found, ignore_index=True))


def in_words(differences: pd.DataFrame) -> str:
    """How much differs, by table, in one sentence; empty where nothing does."""
    parts = [
        f"{title}: {listed([count(int(n), *_WORDS[change]) for change, n in rows['change'].value_counts(sort=False).items()])}"
        for title, rows in differences.groupby("table", sort=False)
    ]  # fmt: skip
    return f"{'; '.join(parts)}." if parts else ""


_WORDS = {
    ADDED: ("row added", "rows added"), REMOVED: ("row removed", "rows removed"), CHANGED: ("cell changed", "cells changed"),
}  # fmt: skip


def _by_key(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Cells as texts, each row under its key."""
    texts = cell_texts(table, frame)
    return texts.set_axis(texts[list(table.key)].agg(_APART.join, axis=1) if len(texts) else [], axis=0)


def _changed_cells(table: Table, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[tuple[str, str, str, str, str, str]]:
    kept = old.index.intersection(new.index)
    for column in (f for f in table.fields if f.name not in table.key):
        left, right = old.loc[kept, column.name], new.loc[kept, column.name]
        for key in kept[(left != right).to_numpy()]:
            yield table.title, CHANGED, _row_words(table, new.loc[key]), column.title, str(left[key]), str(right[key])


def _row_words(table: Table, row: pd.Series[str]) -> str:
    """The cells of the key that hold something, digests left out; an assumption by its title."""
    cells = [row[k] for k in table.key if row[k] and k != _DIGEST]
    if table is ASSUMPTIONS:
        cells[0] = BY_NAME[cells[0]].title
    return ", ".join(cells)


def _cell_words(table: Table, row: pd.Series[str]) -> str:
    """The other cells that hold something, but for why it is so and how it was read."""
    cells = [f"{f.title} {row[f.name]}" for f in table.fields if f.name not in {*table.key, *_EVIDENCE, *_HOW} and row[f.name]]
    return "; ".join(cells)
