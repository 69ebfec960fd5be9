"""What people said about the names in their files, remembered for each organisation and kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from data.sources.mapping import ColumnMapping
from data.store.audit_chain import append
from data.store.repository import Repository, owners
from data.store.scope import PLANNERS, Scope
from data.store.tables import COLUMN_MAPPINGS


@dataclass(frozen=True)
class StoredMapping:
    """A remembered mapping.

    Attributes:
        mapping: what was said.
        version: counted up from 1 for each organisation and kind of source.
        organisation: who said it; empty = for the whole network.
        created: when (UTC).
        created_by: who said it.
    """

    mapping: ColumnMapping
    version: int
    organisation: str
    created: datetime
    created_by: str


class MappingRepository(Repository):
    """Remembered mappings; an older version stays."""

    def save_mapping(self, scope: Scope, mapping: ColumnMapping) -> StoredMapping:
        """Remember a mapping for the scope's organisation, as a new version unless it is the newest already.

        A value fixed for one file is not remembered.

        Raises:
            NotAllowed: the role may not save.
        """
        self._require(scope, PLANNERS, "save a mapping", "mapping", mapping.source)
        kept = mapping.without_fixed()
        with self._database.write() as connection:
            newest = _newest(connection, scope.organisation, mapping.source)
            if newest is not None and newest.body == kept.body:
                return _stored(newest)
            version = 1 if newest is None else newest.version + 1
            connection.execute(
                insert(COLUMN_MAPPINGS).values(
                    owner=scope.organisation, source=mapping.source, version=version, body=kept.body,
                    created=datetime.now(UTC), created_by=scope.user,
                )
            )  # fmt: skip
            append(connection, scope, "save mapping", "mapping", mapping.source, version=version)
            saved = _newest(connection, scope.organisation, mapping.source)
        return _stored(saved)

    def mapping(self, scope: Scope, source: str) -> ColumnMapping:
        """What was said last about this kind of source by the scope's organisation, else for the whole network; else nothing."""
        with self._database.read() as connection:
            for owner in owners(scope):
                newest = _newest(connection, owner, source)
                if newest is not None:
                    return ColumnMapping.from_body(newest.body)
        return ColumnMapping(source)

    def mapping_versions(self, scope: Scope, source: str) -> list[StoredMapping]:
        """Every version the scope sees for itself and for the whole network, newest first."""
        mine = COLUMN_MAPPINGS.c.owner.in_(owners(scope))
        query = select(COLUMN_MAPPINGS).where(mine, COLUMN_MAPPINGS.c.source == source)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(COLUMN_MAPPINGS.c.created.desc(), COLUMN_MAPPINGS.c.version.desc())).all()
        return [_stored(row) for row in rows]


def _newest(connection: Connection, owner: str, source: str) -> Row[Any] | None:
    query = select(COLUMN_MAPPINGS).where(COLUMN_MAPPINGS.c.owner == owner, COLUMN_MAPPINGS.c.source == source)
    return connection.execute(query.order_by(COLUMN_MAPPINGS.c.version.desc())).first()


def _stored(row: Row[Any] | None) -> StoredMapping:
    if row is None:
        raise LookupError("a mapping just saved is not there")
    return StoredMapping(ColumnMapping.from_body(row.body), row.version, row.owner, row.created, row.created_by)
