"""A plan as a folder of files: one CSV file for each table, `plan.json` and `plan.xlsx`; and a plan read back from them."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import NotFound, Refused
from data.fields import Field, Kind, Table
from data.findings import Finding, Findings, refusal
from data.folder import read_table
from data.frames import to_csv_text
from data.network import Network
from data.plan import PLAN_TABLES, Plan
from data.tabular import read_sheets
from portal.exports.plan_workbook import plan_workbook

SUMMARY = "plan.json"
WORKBOOK = "plan.xlsx"

_FILES = "files"
"""Part of `plan.json` that holds the digest of each table's file."""

__all__ = ["SUMMARY", "WORKBOOK", "plan_workbook", "read_plan", "read_tables", "write_plan"]


def write_plan(plan: Plan, folder: Path, network: Network) -> list[Path]:
    """Write a plan into a folder, made where it does not exist; files of an earlier plan are replaced one by one, each whole.

    Args:
        plan: the plan.
        folder: where.
        network: the network it was made for: its titles stand in the workbook.

    Returns:
        The files written: the tables as CSV (weeks as ISO Mondays), `plan.xlsx`, and last `plan.json` with the digests of the tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {f"{table.name}.csv": to_csv_text(table, plan.tables[table.name]).encode() for table in PLAN_TABLES}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[WORKBOOK] = plan_workbook(plan, network)
    contents[SUMMARY] = json.dumps({**plan.summary, _FILES: digests}, indent=2).encode()
    for name, content in contents.items():
        _replace(folder / name, content)
    return [folder / name for name in contents]


def _replace(path: Path, content: bytes) -> None:
    """Whoever reads the file sees the old one or the new one, whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_plan(folder: Path) -> Plan:
    """The plan that `write_plan` wrote.

    Raises:
        NotFound: there is no plan in the folder.
        Refused: a file is missing, or is not the one that was written.
    """
    summary = read_summary(folder)
    digests = summary.pop(_FILES, {})
    changed = [
        refusal("changed", "a file that is not the one written with this plan", "the tables as they were written",
                "Write the plan again: its tables and its summary must belong together.", file=name)
        for name, digest in digests.items()
        if (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest
    ]  # fmt: skip
    tables, findings = read_tables(folder)
    if changed or findings.refusals:
        raise Refused([*changed, *findings])
    return Plan(tables, summary)


def read_summary(folder: Path) -> dict[str, object]:
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


def _column(field: Field, cells: pd.Series) -> object:
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
        sheets, notes = read_sheets(path.read_bytes(), path.name, types=("csv",))
    except Refused as error:
        return table.empty(), error.findings.in_file(path.name)
    reading = read_table(table, sheets[0], path.name)
    return reading.frame, notes.plus(reading.findings).in_file(path.name)
