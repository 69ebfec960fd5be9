"""Rebases of control charts: from which month limits are computed anew, who decided so, when and why. They outlive datasets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from data.errors import Refused
from data.findings import refusal
from data.store.audit_chain import append
from data.store.repository import NETWORK_OWNED, Repository, visible
from data.store.scope import PLANNERS, Scope
from data.store.tables import REBASES

_PLACE = ("owner", "network", "organisation", "test", "measure", "month")


@dataclass(frozen=True)
class StoredRebase:
    """A decision about the limits of one list.

    Attributes:
        owner: organisation that decided; empty = the whole network.
        network: identifier of the network.
        organisation, test, measure: which list and which of its measures.
        month: first month of the new limits (`YYYY-MM`).
        version: counted up from 1 for each of these.
        withdrawn: True where the limits go on as before.
        reason: why.
        created: when (UTC).
        created_by: who.
    """

    owner: str
    network: str
    organisation: str
    test: str
    measure: str
    month: str
    version: int
    withdrawn: bool
    reason: str
    created: datetime
    created_by: str


class RebaseRepository(Repository):
    """Rebases; an older version stays."""

    def save_rebase(
        self, scope: Scope, network: str, organisation: str, test: str, measure: str, month: str, *, reason: str, withdrawn: bool = False
    ) -> StoredRebase:  # fmt: skip
        """Compute limits anew from a month on, or no longer.

        Args:
            scope: a planner's; an organisation decides about its own lists only.
            network: identifier of the network.
            organisation: holder of the list.
            test: which test.
            measure: which of its measures.
            month: first month of the new limits (`YYYY-MM`).
            reason: why.
            withdrawn: True takes an earlier decision back.

        Raises:
            NotAllowed: the role may not save, or the list belongs to another organisation.
            Refused: no reason was given.
        """
        action, place = "save rebase", f"{organisation} {test} {measure} {month}"[:64]
        self._require(scope, PLANNERS, action, "rebase", place)
        if scope.organisation not in (NETWORK_OWNED, organisation):
            self._refuse(scope, action, "rebase", place, "Limits can be changed for lists of your own organisation only.")
        if not reason.strip():
            raise Refused([refusal("reason", "no reason", "why the limits change", "Give a reason; it is kept with the change.")])
        values = dict(zip(_PLACE, (scope.organisation, network, organisation, test, measure, month), strict=True))
        with self._database.write() as connection:
            here = [REBASES.c[name] == value for name, value in values.items()]
            version = (connection.execute(select(func.max(REBASES.c.version)).where(*here)).scalar() or 0) + 1
            told: dict[str, Any] = {"version": version, "withdrawn": withdrawn, "reason": reason.strip(), "created_by": scope.user}
            connection.execute(insert(REBASES).values(**values, **told, created=datetime.now(UTC)))
            append(connection, scope, action, "rebase", place, version=version, withdrawn=withdrawn, reason=reason.strip())
            return _stored(connection.execute(select(REBASES).where(*here, REBASES.c.version == version)).one())

    def rebases(self, scope: Scope, network: str) -> list[StoredRebase]:
        """Rebases in force that the scope sees: its own and the whole network's, which sees everybody's."""
        with self._database.read() as connection:
            newest = {tuple(row[:6]): row for row in _versions(connection, scope, network)}
        return [_stored(row) for row in newest.values() if not row.withdrawn]

    def rebase_versions(self, scope: Scope, network: str) -> list[StoredRebase]:
        """Every decision the scope sees, newest first."""
        with self._database.read() as connection:
            return [_stored(row) for row in reversed(_versions(connection, scope, network))]


def _versions(connection: Connection, scope: Scope, network: str) -> list[Row[Any]]:
    """Every version, in the order in which they were decided; places stand first in a row."""
    columns = [REBASES.c[name] for name in _PLACE]
    query = select(*columns, *(c for c in REBASES.c if c.name not in _PLACE))
    query = query.where(visible(REBASES.c.owner, scope), REBASES.c.network == network)
    return list(connection.execute(query.order_by(REBASES.c.created, REBASES.c.version, *columns)))


def _stored(row: Row[Any]) -> StoredRebase:
    return StoredRebase(**{name: getattr(row, name) for name in StoredRebase.__dataclass_fields__})
