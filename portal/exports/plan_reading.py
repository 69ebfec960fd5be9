"""The files of a plan read back: tables and summary, with a finding for whatever is not as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.errors import NotFound, Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, refusal
from data.folder import read_table
from data.plan import PLAN_TABLES
from data.tabular import Format, read_sheets

SUMMARY = "plan.json"

_TYPES: tuple[Format, ...] = ("csv",)


def read_summary(folder: Path) -> dict[str, Any]:
    """What `plan.json` holds.

    Raises:
        NotFound: there is no such file.
        Refused: it is not what was written.
    """
    path = folder / SUMMARY
    if not path.is_file():
        raise NotFound(f"There is no plan in the folder {folder.name}: it has no file {SUMMARY}.")
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        summary = None
    if not isinstance(summary, dict):
        raise Refused([refusal("json", "text that is not a plan's summary", "JSON as it was written", "Write the plan again.", file=SUMMARY)])
    return summary


def read_tables(folder: Path) -> tuple[dict[str, pd.DataFrame], Findings]:
    """The tables of a plan from their CSV files, rows in the order of the files; and what is wrong with the files."""
    tables, found = {}, list[Finding]()
    for table in PLAN_TABLES:
        path = folder / f"{table.name}.csv"
        if not path.is_file():
            found.append(refusal("missing-file", "no such file", f"a file {path.name}", "Write the plan again.", file=path.name))
            continue
        frame = _as_written(path, table)
        if frame is None:
            frame, findings = _as_found(path, table)
            found.extend(findings)
        tables[table.name] = frame
    return tables, Findings(found)


def _as_written(path: Path, table: Table) -> pd.DataFrame | None:
    """The typed frame of a file in the form we write, column by column; None where it is in any other form."""
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        if list(raw.columns) != table.columns:
            return None
        frame = table.typed({f.name: _column(f, raw[f.name]) for f in table.fields})
    except (ValueError, KeyError, OverflowError):
        return None
    return None if table.key and frame.duplicated(list(table.key)).any() else frame


def _column(field: Field, cells: pd.Series) -> Any:
    values = cells.to_numpy(dtype=object)
    if field.kind is Kind.FLAG:
        return [{"yes": True, "no": False}[v] for v in values]
    if field.kind is Kind.DATE:
        return pd.to_datetime(cells, format="%Y-%m-%d").astype("datetime64[s]")
    blank = values == ""
    if field.required and blank.any():
        raise ValueError(field.name)
    if field.kind in (Kind.NUMBER, Kind.COUNT):
        numbers = np.array([float(v) if v else np.nan for v in values], dtype=float)
        if not np.isfinite(numbers[~blank]).all():
            raise ValueError(field.name)
        return numbers.astype(field.dtype)
    if field.choices and not set(values) <= {*field.choices, ""}:
        raise ValueError(field.name)
    return values


def _as_found(path: Path, table: Table) -> tuple[pd.DataFrame, Findings]:
    """The same cell by cell, with a finding for each cell that is wrong."""
    try:
        sheets, notes = read_sheets(path.read_bytes(), path.name, types=_TYPES)
    except Refused as error:
        return table.empty(), error.findings.in_file(path.name)
    reading = read_table(table, sheets[0], path.name)
    return reading.frame, notes.plus(reading.findings).in_file(path.name)
