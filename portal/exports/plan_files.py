"""A plan as a folder of files: one CSV file for each table, `plan.json` and `plan.xlsx`; and a plan read back from them."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from data.errors import Refused
from data.findings import refusal
from data.frames import to_csv_text
from data.network import Network
from data.plan import Plan
from data.result import Result
from portal.exports.plan_reading import SUMMARY, read_summary, read_tables
from portal.exports.plan_workbook import plan_workbook

WORKBOOK = "plan.xlsx"

_FILES = "files"
"""Part of `plan.json` that holds the digest of each table's file."""

__all__ = ["SUMMARY", "WORKBOOK", "plan_workbook", "read_plan", "replace_file", "write_plan"]


def write_plan(plan: Plan, folder: Path, network: Network) -> list[Path]:
    """Write a plan into a folder, made where it does not exist; files of an earlier plan are replaced one by one, each whole.

    Args:
        plan: the plan.
        folder: where.
        network: the network it was made for: its titles stand in the workbook.

    Returns:
        The files written: the tables as CSV (weeks as ISO Mondays), `plan.xlsx`, and last `plan.json` with the digests of the tables.
    """
    return write_result(plan, folder, {WORKBOOK: plan_workbook(plan, network)}, SUMMARY)


def write_result(result: Result, folder: Path, documents: Mapping[str, bytes], summary: str) -> list[Path]:
    """Write the tables of a result as CSV, documents made of them, and last its summary with the digests of the tables.

    Args:
        result: what a run made.
        folder: where; made where it does not exist, files of an earlier result are replaced one by one, each whole.
        documents: name → content.
        summary: name of the summary's file.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {f"{table.name}.csv": to_csv_text(table, result.tables[table.name]).encode() for table in result.declared}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents |= documents
    contents[summary] = json.dumps({**result.summary, _FILES: digests}, indent=2).encode()
    for name, content in contents.items():
        replace_file(folder / name, content)
    return [folder / name for name in contents]


def replace_file(path: Path, content: bytes) -> None:
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
