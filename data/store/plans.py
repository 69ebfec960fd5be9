"""The plan of a run: its tables as blobs, its summary as JSON text, both covered by one digest."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.decisions import Decisions
from data.plan import BY_TABLE, Plan
from data.store.blobs import checked, damaged, decode, digest, encode_checked, manifest, put
from data.store.tables import BLOBS, PLAN_TABLES, RUNS

_DECISIONS = "decisions"
"""Name of the decisions among the contents of a plan; no table is named so."""


def encode_plan(plan: Plan) -> dict[str, bytes]:
    """Every table of a plan that has rows, and its decisions, as bytes by name."""
    contents = {name: encode_checked(table, plan.tables[name]) for name, table in BY_TABLE.items() if not plan.tables[name].empty}
    return contents | ({_DECISIONS: plan.decisions.as_bytes()} if plan.decisions is not None else {})


def store_plan(connection: Connection, run_id: str, contents: dict[str, bytes], summary: str) -> None:
    """Hold an encoded plan and its summary for a run, in the transaction that ends the run."""
    shas = {name: digest(content) for name, content in contents.items()}
    put(connection, {shas[name]: content for name, content in contents.items()})
    if shas:
        connection.execute(insert(PLAN_TABLES), [{"run_id": run_id, "name": name, "sha256": sha} for name, sha in shas.items()])
    connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(summary=summary, manifest=_manifest(run_id, summary, shas)))


def load_plan(connection: Connection, run: Row[Any]) -> Plan:
    """The plan of a run that has one.

    Raises:
        SixweeksError: what is stored is not what was saved.
    """
    query = select(PLAN_TABLES, BLOBS.c.content).join(BLOBS).where(PLAN_TABLES.c.run_id == run.id)
    held = connection.execute(query).all()
    if _manifest(run.id, run.summary, {row.name: row.sha256 for row in held}) != run.manifest:
        raise damaged("The plan")
    tables = {row.name: decode(BY_TABLE[row.name], [checked(row.sha256, row.content, "The plan")]) for row in held if row.name in BY_TABLE}
    return Plan(tables, json.loads(run.summary))


def load_decisions(connection: Connection, run_id: str) -> Decisions | None:
    """The decisions of the plan of a run; None where none are held.

    Raises:
        SixweeksError: what is stored is not what was saved.
    """
    query = select(BLOBS).join(PLAN_TABLES).where(PLAN_TABLES.c.run_id == run_id, PLAN_TABLES.c.name == _DECISIONS)
    held = connection.execute(query).first()
    return None if held is None else Decisions.from_bytes(checked(held.sha256, held.content, "The plan"))


def _manifest(run_id: str, summary: str, shas: dict[str, str]) -> str:
    return manifest([run_id, summary, *(f"{name} {sha}" for name, sha in shas.items())])
