"""The audit's chain: each row carries the digest of the row before it, so that a change, a gap or a row put in between shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from data.store.scope import Scope
from data.store.tables import AUDIT

_START = "0" * 64
_LONGEST_ID = 64
"""What was not allowed may name anything."""

_BOUND = ("seq", "at", "who", "organisation", "role", "action", "object_kind", "object_id", "outcome", "details", "previous")


def append(
    connection: Connection, scope: Scope, action: str, kind: str, object_id: str, *, outcome: str = "done",
    organisation: str | None = None, **details: Any,
) -> None:  # fmt: skip
    """Add one row in the writer's transaction, so that an action and its record are stored together or not at all.

    Args:
        connection: of the only writer; nobody else can add a row meanwhile.
        scope: who acted.
        action: what was done, as a verb and a noun.
        kind: kind of object.
        object_id: which object.
        outcome: `done` or `not allowed`.
        organisation: owner of the object where the engine acted on it; else the scope's organisation.
        details: names, versions and counts; never a value from a cell.
    """
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    row = {
        "seq": last.seq + 1 if last else 1,
        "at": datetime.now(UTC),
        "who": scope.user,
        "organisation": scope.organisation if organisation is None else organisation,
        "role": scope.role,
        "action": action,
        "object_kind": kind,
        "object_id": object_id[:_LONGEST_ID],
        "outcome": outcome,
        "details": json.dumps(details, sort_keys=True),
        "previous": last.hash if last else _START,
    }
    connection.execute(insert(AUDIT).values(**row, hash=_digest(row)))


def lawful_basis(basis: str) -> dict[str, str]:
    """The detail that says by what right rows of patients are used; none where nobody said."""
    return {"lawful_basis": basis.strip()} if basis.strip() else {}


def broken_links(connection: Connection) -> Iterator[str]:
    """One sentence for each row that is not as it was written, is missing, or was put in."""
    expected_seq, expected_previous = 1, _START
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings():
        if row["seq"] != expected_seq:
            yield f"Row {expected_seq} of the audit is missing."
        elif row["previous"] != expected_previous:
            yield f"Row {row['seq']} of the audit does not follow the row before it."
        if _digest(row) != row["hash"]:
            yield f"Row {row['seq']} of the audit was changed."
        expected_seq, expected_previous = row["seq"] + 1, row["hash"]


def _digest(row: RowMapping | dict[str, Any]) -> str:
    parts = [row[name].isoformat() if name == "at" else row[name] for name in _BOUND]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
