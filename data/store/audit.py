"""Reading and checking the audit."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Column, ColumnElement, Connection, func, select, true

from data.store.audit_chain import broken_links
from data.store.repository import NETWORK_OWNED, Repository
from data.store.scope import ADMINS, Scope
from data.store.tables import AUDIT, DATASETS, EXTRACTS, RUNS, SCENARIOS

_SHOWN = ("seq", "at", "who", "organisation", "role", "action", "object_kind", "object_id", "outcome", "details")

_RECORDED: tuple[tuple[str, Column[str]], ...] = (
    ("dataset", DATASETS.c.dataset_id),
    ("scenario", SCENARIOS.c.id),
    ("run", RUNS.c.id),
    ("extract", EXTRACTS.c.id),
)
"""Kinds of object that cannot be made without a row in the audit, and where they stand."""


class AuditRepository(Repository):
    """Who did what."""

    def audit(self, scope: Scope, limit: int | None = 200, *, action: str = "") -> pd.DataFrame:
        """The newest rows of the audit, newest first.

        Args:
            scope: an admin's; an organisation reads what was done on its behalf, the whole network reads everything.
            limit: most rows; None = all.
            action: only rows of this action; empty = of every one.

        Returns:
            Columns seq, at (UTC), who, organisation, role, action, object_kind, object_id, outcome, details (JSON text).

        Raises:
            NotAllowed: the role is not admin.
        """
        self._require(scope, ADMINS, "read the audit", "audit")
        only = AUDIT.c.action == action if action else true()
        query = select(*(AUDIT.c[name] for name in _SHOWN)).where(_mine(scope), only).order_by(AUDIT.c.seq.desc()).limit(limit)
        with self._database.read() as connection:
            return pd.DataFrame([tuple(row) for row in connection.execute(query)], columns=list(_SHOWN))

    def audit_actions(self, scope: Scope) -> dict[str, int]:
        """Every action in the part of the audit the scope reads, in order of the alphabet, and how many rows it has.

        Raises:
            NotAllowed: the role is not admin.
        """
        self._require(scope, ADMINS, "read the audit", "audit")
        query = select(AUDIT.c.action, func.count()).where(_mine(scope)).group_by(AUDIT.c.action).order_by(AUDIT.c.action)
        with self._database.read() as connection:
            return {action: int(rows) for action, rows in connection.execute(query)}

    def verify_audit(self, scope: Scope) -> list[str]:
        """What is wrong with the audit, one sentence each; nothing where it is whole.

        Rows cut off at the end leave the chain intact: they show by the objects whose making nobody recorded.

        Raises:
            NotAllowed: the role is not admin.
        """
        self._require(scope, ADMINS, "check the audit", "audit")
        with self._database.read() as connection:
            return [*broken_links(connection), *(problem for kind, ids in _RECORDED for problem in _unrecorded(connection, kind, ids))]


def _mine(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.organisation == NETWORK_OWNED else AUDIT.c.organisation == scope.organisation


def _unrecorded(connection: Connection, kind: str, ids: Column[str]) -> list[str]:
    recorded = select(AUDIT.c.object_id).where(AUDIT.c.object_kind == kind, AUDIT.c.outcome == "done")
    missing = connection.execute(select(ids).distinct().where(ids.not_in(recorded)).order_by(ids)).scalars()
    return [f"The audit does not say who made {kind} {object_id}." for object_id in missing]
