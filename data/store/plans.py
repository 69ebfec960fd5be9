"""What a run made: its tables as blobs, its summary as JSON text, both covered by one digest."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.decisions import Decisions
from data.plan import DECISIONS, Plan
from data.result import Result
from data.run import ALLOCATION, WORKFORCE
from data.store.blobs import checked, damaged, decode, digest, encode_checked, manifest, put
from data.store.tables import BLOBS, PLAN_TABLES, RUNS
from data.workforce_plan import WorkforcePlan

RESULTS: dict[str, type[Result]] = {ALLOCATION: Plan, WORKFORCE: WorkforcePlan}
"""What each kind of run makes."""


def encode_plan(plan: Result) -> dict[str, bytes]:
    """Every table of a result that has rows, and what stands beside them, as bytes by name."""
    contents = {table.name: encode_checked(table, plan.tables[table.name]) for table in plan.declared if not plan.tables[table.name].empty}
    return contents | plan.beside_tables()


def store_plan(connection: Connection, run_id: str, contents: dict[str, bytes], summary: str) -> None:
    """Hold an encoded plan and its summary for a run, in the transaction that ends the run."""
    shas = {name: digest(content) for name, content in contents.items()}
    put(connection, {shas[name]: content for name, content in contents.items()})
    if shas:
        connection.execute(insert(PLAN_TABLES), [{"run_id": run_id, "name": name, "sha256": sha} for name, sha in shas.items()])
    connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(summary=summary, manifest=_manifest(run_id, summary, shas)))


def load_plan(connection: Connection, run: Row[Any]) -> Result:
    """The result of a run that has one, of the class of its kind.

    Raises:
        SixweeksError: what is stored is not what was saved.
    """
    query = select(PLAN_TABLES, BLOBS.c.content).join(BLOBS).where(PLAN_TABLES.c.run_id == run.id)
    held = connection.execute(query).all()
    if _manifest(run.id, run.summary, {row.name: row.sha256 for row in held}) != run.manifest:
        raise damaged("The plan")
    made = RESULTS[run.kind]
    declared = {table.name: table for table in made.declared}
    tables = {row.name: decode(declared[row.name], [checked(row.sha256, row.content, "The plan")]) for row in held if row.name in declared}
    return made(tables, json.loads(run.summary))


def load_decisions(connection: Connection, run_id: str) -> Decisions | None:
    """The decisions of the plan of a run; None where none are held.

    Raises:
        SixweeksError: what is stored is not what was saved.
    """
    query = select(BLOBS).join(PLAN_TABLES).where(PLAN_TABLES.c.run_id == run_id, PLAN_TABLES.c.name == DECISIONS)
    held = connection.execute(query).first()
    return None if held is None else Decisions.from_bytes(checked(held.sha256, held.content, "The plan"))


def _manifest(run_id: str, summary: str, shas: dict[str, str]) -> str:
    return manifest([run_id, summary, *(f"{name} {sha}" for name, sha in shas.items())])
