"""The end of extracts: how long each kind is kept, what is due, and its removal for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from data.errors import Refused
from data.findings import refusal
from data.retention import RETENTION, Retention
from data.store.audit_chain import append
from data.store.extracts import ExtractRepository, is_current, is_mine, is_purged
from data.store.repository import NETWORK_OWNED, visible
from data.store.scope import ADMINS, WORKERS, Scope
from data.store.tables import EXTRACT_PARTS, EXTRACT_PURGES, EXTRACTS, RETENTIONS


@dataclass(frozen=True)
class StoredRetention:
    """A term that was set.

    Attributes:
        kind: of extract.
        organisation: whose rows; empty = the whole network's.
        version: counted up from 1 for each kind and organisation.
        retention: the rule from then on.
        reason: why.
        created: when (UTC).
        created_by: who set it.
    """

    kind: str
    organisation: str
    version: int
    retention: Retention
    reason: str
    created: datetime
    created_by: str


@dataclass(frozen=True)
class HeldPart:
    """Rows of patients that are held: one organisation's of one month, in one version.

    Attributes:
        extract_id, kind, file: of the extract.
        organisation, month, version: which part of it.
        current: True for the newest version.
        rows: how many.
        loaded: when (UTC).
        ends: when they are to be purged.
    """

    extract_id: str
    kind: str
    file: str
    organisation: str
    month: str
    version: int
    current: bool
    rows: int
    loaded: datetime
    ends: datetime


class RetentionRepository(ExtractRepository):
    """How long extracts are kept."""

    def retention(self, scope: Scope) -> dict[str, Retention]:
        """The rule in force for each kind of extract: the organisation's own, else the network's, else the declared one."""
        with self._database.read() as connection:
            set_by = _newest(connection, scope)
        return {kind: _in_force(set_by, scope.organisation, kind) for kind in RETENTION}

    def retention_versions(self, scope: Scope) -> list[StoredRetention]:
        """Every term that was set and concerns the scope, newest first."""
        query = select(RETENTIONS).where(visible(RETENTIONS.c.owner, scope)).order_by(RETENTIONS.c.created.desc(), RETENTIONS.c.version.desc())
        with self._database.read() as connection:
            return [
                StoredRetention(r.kind, r.owner, r.version, replace(RETENTION[r.kind], term=r.term), r.reason, r.created, r.created_by)
                for r in connection.execute(query)
            ]

    def set_retention(self, scope: Scope, kind: str, term: int, reason: str) -> Retention:
        """Keep a kind of extract for another term from now on; what is due by it is removed by the next purge.

        Args:
            scope: an admin's; an organisation sets it for its own rows, the whole network for everybody who has not.
            kind: of extract, a key of `data.retention.RETENTION`.
            term: in the unit declared for the kind.
            reason: why.

        Raises:
            NotAllowed: the role is not admin.
            Refused: the term is out of bounds, or no reason was given.
            ValueError: no such kind.
        """
        action = "set retention"
        self._require(scope, ADMINS, action, "retention", kind)
        if kind not in RETENTION:
            raise ValueError(f"{kind!r} is no kind of extract")
        changed = RETENTION[kind].lasting(term)
        if not reason.strip():
            raise Refused([refusal("reason", "no reason", "why the term is another", "Give a reason; it is kept with the term.")])
        with self._database.write() as connection:
            known = _newest(connection, scope)
            version, before = known.get((scope.organisation, kind), (0, None))
            if term != before:
                connection.execute(
                    insert(RETENTIONS).values(
                        owner=scope.organisation, kind=kind, version=version + 1, term=term, reason=reason.strip(), created=datetime.now(UTC),
                        created_by=scope.user,
                    )
                )  # fmt: skip
                told: dict[str, Any] = {"version": version + 1, changed.unit: term, "reason": reason.strip()}
                append(connection, scope, action, "retention", kind, **told)
        return changed

    def held_parts(self, scope: Scope) -> list[HeldPart]:
        """Every part whose rows are held and that the scope may see, in any version; what is to be purged first comes first."""
        with self._database.read() as connection:
            return _held(connection, scope)

    def due(self, scope: Scope, now: datetime) -> list[HeldPart]:
        """What a purge would remove.

        Args:
            scope: an organisation sees its own rows, the whole network everybody's.
            now: with its time zone.
        """
        return [part for part in self.held_parts(scope) if part.ends <= now]

    def purge(self, scope: Scope, now: datetime) -> list[HeldPart]:
        """Remove for good the rows of every part whose time is over, in any version; the record that they were there stays.

        Args:
            scope: an admin's or the engine's; an organisation purges its own rows, the whole network everybody's.
            now: with its time zone.

        Returns:
            What was purged.

        Raises:
            NotAllowed: the role is neither.
        """
        self._require(scope, (*ADMINS, *WORKERS), "purge extracts", "extract")
        gone: dict[str, list[HeldPart]] = defaultdict(list)
        if self.due(scope, now):
            with self._database.write() as connection:
                for part in _held(connection, scope):
                    if part.ends <= now:
                        gone[part.extract_id].append(part)
                for extract_id, parts in gone.items():
                    _record_purge(connection, scope, extract_id, parts, now)
        self.sweep_extracts()
        return [part for parts in gone.values() for part in parts]


def _newest(connection: Connection, scope: Scope) -> dict[tuple[str, str], tuple[int, int]]:
    """Version and term in force by owner and kind, of every owner the scope sees."""
    query = select(RETENTIONS).where(visible(RETENTIONS.c.owner, scope)).order_by(RETENTIONS.c.version)
    return {(row.owner, row.kind): (row.version, row.term) for row in connection.execute(query)}


def _in_force(set_by: dict[tuple[str, str], tuple[int, int]], organisation: str, kind: str) -> Retention:
    for owner in (organisation, NETWORK_OWNED):
        if (owner, kind) in set_by:
            return replace(RETENTION[kind], term=set_by[owner, kind][1])
    return RETENTION[kind]


def _held(connection: Connection, scope: Scope) -> list[HeldPart]:
    set_by = _newest(connection, scope)
    query = select(EXTRACT_PARTS, EXTRACTS.c.created, EXTRACTS.c.file, is_current().label("current")).join(EXTRACTS)
    rows = connection.execute(query.where(is_mine(scope), ~is_purged(), EXTRACT_PARTS.c.kind.in_(RETENTION))).all()
    parts = [
        HeldPart(
            row.extract_id, row.kind, row.file, row.organisation, row.month, row.version, bool(row.current), row.rows, row.created,
            _in_force(set_by, row.organisation, row.kind).ends(row.month, row.created),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(parts, key=lambda p: (p.ends, p.kind, p.organisation, p.month, p.version))


def _record_purge(connection: Connection, scope: Scope, extract_id: str, parts: Sequence[HeldPart], now: datetime) -> None:
    keys = [{"extract_id": extract_id, "organisation": part.organisation, "month": part.month} for part in parts]
    connection.execute(insert(EXTRACT_PURGES), [{**key, "purged": now, "purged_by": scope.user} for key in keys])
    months = sorted({part.month for part in parts})
    append(connection, scope, "purge extract", "extract", extract_id, source=parts[0].kind, parts=len(parts), months=months)
