"""What every part of the store has in common: its database, who may see a row, who may do what."""

from __future__ import annotations

from typing import NoReturn

from sqlalchemy import Column, ColumnElement, true

from data.errors import NotAllowed
from data.store.audit_chain import append
from data.store.database import Database
from data.store.scope import Scope

NETWORK_OWNED = ""
"""Owner of what the whole network sees."""


class Repository:
    """A part of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _require(self, scope: Scope, roles: tuple[str, ...], action: str, kind: str, object_id: str = "") -> None:
        """Refuse, and say so in the audit, what the role does not permit.

        Raises:
            NotAllowed: the scope's role is none of `roles`.
        """
        if scope.role not in roles:
            self._refuse(scope, action, kind, object_id, f"{scope.user} may not {action}: the role {scope.role} does not permit it.")

    def _refuse(self, scope: Scope, action: str, kind: str, object_id: str, sentence: str) -> NoReturn:
        with self._database.write() as connection:
            append(connection, scope, action, kind, object_id, outcome="not allowed")
        raise NotAllowed(sentence)


def owners(scope: Scope) -> tuple[str, ...]:
    """Owners whose rows count as the scope's own when something is looked for before it is made: itself, then the whole network."""
    return tuple(dict.fromkeys((scope.organisation, NETWORK_OWNED)))


def visible(owner: Column[str], scope: Scope) -> ColumnElement[bool]:
    """The condition every query carries: the scope's own rows and the whole network's; the whole network sees all."""
    return true() if scope.organisation == NETWORK_OWNED else owner.in_(owners(scope))
