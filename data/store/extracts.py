"""Stored extracts of patients' rows: files by organisation and month, versions that stay readable, and their end."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, true

from data.findings import Finding, Findings
from data.retention import RETENTION
from data.store.audit_chain import append, lawful_basis
from data.store.blobs import damaged
from data.store.database import home
from data.store.extract_files import Staged, final, move, staged, strangers
from data.store.repository import NETWORK_OWNED, Repository, owners
from data.store.scope import PLANNERS, Scope
from data.store.tables import EXTRACT_FOLDERS, EXTRACT_PARTS, EXTRACT_PURGES, EXTRACTS

_AT_ONCE = 500
"""Ids in one question: SQLite takes no more than so many values, and PostgreSQL plans long lists badly."""


@dataclass(frozen=True)
class StoredPart:
    """What an extract holds of one organisation and month.

    Attributes:
        organisation, month: which (`YYYY-MM`).
        version: counted up from 1 for each kind, organisation and month.
        current: True for the newest version.
        rows: how many.
        sha256: of the file.
        purged: when its rows were removed for good (UTC); None = still there.
    """

    organisation: str
    month: str
    version: int
    current: bool
    rows: int
    sha256: str
    purged: datetime | None


@dataclass(frozen=True)
class StoredExtract:
    """A file that was loaded, as far as the scope may know it.

    Attributes:
        id: of this loading.
        kind: of extract.
        file: its name as shown.
        sha256: of the file.
        parser_version: of the adapter that read it.
        organisation: owner; empty = the whole network.
        created: when (UTC).
        created_by: who loaded it.
        findings: what was accepted with it; none for a scope that does not own it.
        parts: what it holds of the organisations the scope sees.
        already: True where saving found the same file already loaded.
    """

    id: str
    kind: str
    file: str
    sha256: str
    parser_version: int
    organisation: str
    created: datetime
    created_by: str
    findings: Findings
    parts: tuple[StoredPart, ...]
    already: bool = False

    @property
    def rows(self) -> int:
        """Rows of the parts the scope sees."""
        return sum(part.rows for part in self.parts)


class ExtractRepository(Repository):
    """Extracts."""

    def save_extract(
        self, scope: Scope, kind: str, parts: Sequence[tuple[str, str, Path]], *, file: str, sha256: str, parser_version: int,
        findings: Findings = Findings(), basis: str = "",
    ) -> StoredExtract:  # fmt: skip
        """Store the parts of one file for good, all of them or none.

        The same file again returns what is loaded already, with `already` set. A part that is in force already is not stored twice;
        any other part of the same organisation and month becomes a new version, and the older ones stay readable.

        Args:
            scope: a planner's; an organisation stores its own rows only.
            kind: of extract, a key of `data.retention.RETENTION`.
            parts: organisation, month (`YYYY-MM`) and Parquet file of each; the files are copied.
            file: name of the file as shown.
            sha256: of the file.
            parser_version: of the adapter that read it.
            findings: what was accepted with it.
            basis: by what right the rows are used; it goes into the audit.

        Raises:
            NotAllowed: the role may not save, or a part belongs to another organisation.
            SixweeksError: the disk is full or the folder cannot be written to.
            ValueError: nobody declared how long this kind is kept, or there is no part.
        """
        action = "save extract"
        if kind not in RETENTION or not parts:
            raise ValueError(f"{kind!r} has no retention, or nothing to store")
        self._require(scope, PLANNERS, action, "extract")
        if scope.organisation != NETWORK_OWNED and {organisation for organisation, _, _ in parts} != {scope.organisation}:
            self._refuse(scope, action, "extract", "", "Only rows of your own organisation can be stored in its name.")
        with self._database.read() as connection:
            folder = _folder(connection)
        with staged(folder, list(parts)) as files, self._database.write() as connection:
            # Judged by the parts: the same file holds other rows once somebody has said what its codes mean.
            new = [f for f in files if not _in_force(connection, kind, f)]
            if not new:
                same = _loaded(connection, scope, kind, sha256, parser_version) or _holder(connection, kind, files[0])
                return _one_listed(connection, scope, same, already=True)
            move(folder, new)
            extract_id = uuid.uuid4().hex
            connection.execute(
                insert(EXTRACTS).values(
                    id=extract_id, owner=scope.organisation, kind=kind, file=file, sha256=sha256, parser_version=parser_version,
                    findings=json.dumps([asdict(f) for f in findings], default=int), created=datetime.now(UTC), created_by=scope.user,
                )
            )  # fmt: skip
            connection.execute(insert(EXTRACT_PARTS), [_part_row(connection, extract_id, kind, f) for f in new])
            told: dict[str, Any] = {"source": kind, "file": file, "parts": len(new), "rows": sum(f.rows for f in new)} | lawful_basis(basis)
            append(connection, scope, action, "extract", extract_id, **told)
            return _one_listed(connection, scope, extract_id)

    def extracts(self, scope: Scope, kind: str | None = None, *, limit: int | None = None, skip: int = 0) -> list[StoredExtract]:
        """Extracts of which the scope sees a part, newest first.

        Args:
            scope: an organisation's list holds its own parts only.
            kind: only of this kind; None = every kind.
            limit: at most so many; None = all.
            skip: so many of the newest are passed over.
        """
        with self._database.read() as connection:
            seen = select(EXTRACT_PARTS.c.extract_id).where(is_mine(scope))
            query = select(EXTRACTS.c.id).where(EXTRACTS.c.id.in_(seen), true() if kind is None else EXTRACTS.c.kind == kind)
            newest_first = query.order_by(EXTRACTS.c.created.desc(), EXTRACTS.c.id).limit(limit).offset(skip)
            return _listed(connection, scope, list(connection.execute(newest_first).scalars()))

    def paths(
        self, scope: Scope, kind: str, organisations: Collection[str] | None = None, months: Collection[str] | None = None,
        *, extract_id: str | None = None,
    ) -> list[Path]:  # fmt: skip
        """Files in force that the scope may read, in order of organisation and month.

        Args:
            scope: an organisation reads its own rows only; the whole network reads all.
            kind: of extract.
            organisations: only of these; None = all the scope sees.
            months: only of these (`YYYY-MM`); None = all.
            extract_id: the parts of this extract instead of those in force, as a result that names it used them.

        Raises:
            SixweeksError: a file is missing or cut short.
        """
        only: list[ColumnElement[bool]] = []
        only += [] if organisations is None else [EXTRACT_PARTS.c.organisation.in_(organisations)]
        only += [] if months is None else [EXTRACT_PARTS.c.month.in_(months)]
        only += [is_current()] if extract_id is None else [EXTRACT_PARTS.c.extract_id == extract_id]
        query = select(EXTRACT_PARTS).where(is_mine(scope), EXTRACT_PARTS.c.kind == kind, ~is_purged(), *only)
        with self._database.read() as connection:
            folder = _folder(connection)
            rows = connection.execute(query.order_by(EXTRACT_PARTS.c.organisation, EXTRACT_PARTS.c.month)).all()
        for row in rows:
            path = final(folder, row.sha256)
            if not path.is_file() or path.stat().st_size != row.size:
                raise damaged(f"The extract of {row.organisation} for {row.month}")
        return [final(folder, row.sha256) for row in rows]

    def sweep_extracts(self) -> int:
        """Remove files that no row names: what a killed process or a purge left behind. The number removed."""
        with self._database.read() as connection:
            if not strangers(_folder(connection), _named(connection)):
                return 0
        # Looked at again as the only writer: another process may have been about to name them.
        with self._database.write() as connection:
            found = strangers(_folder(connection), _named(connection))
            for path in found:
                path.unlink(missing_ok=True)
        return len(found)


def _folder(connection: Connection) -> Path:
    return home() / "extracts" / str(connection.execute(select(EXTRACT_FOLDERS.c.id)).scalar_one())


def is_mine(scope: Scope) -> ColumnElement[bool]:
    """Rows of patients are seen by their organisation and the whole network, whoever sent them."""
    return true() if scope.organisation == NETWORK_OWNED else EXTRACT_PARTS.c.organisation == scope.organisation


def is_purged() -> ColumnElement[bool]:
    """Parts whose rows are gone for good."""
    keys = ("extract_id", "organisation", "month")
    return select(EXTRACT_PURGES.c.month).where(and_(*(EXTRACT_PURGES.c[k] == EXTRACT_PARTS.c[k] for k in keys))).exists()


def is_current() -> ColumnElement[bool]:
    """Parts in their newest version."""
    newer = EXTRACT_PARTS.alias("newer")
    same = and_(*(newer.c[k] == EXTRACT_PARTS.c[k] for k in ("kind", "organisation", "month")))
    return ~select(newer.c.version).where(same, newer.c.version > EXTRACT_PARTS.c.version).exists()


def _named(connection: Connection) -> set[str]:
    return set(connection.execute(select(EXTRACT_PARTS.c.sha256).where(~is_purged())).scalars())


def _loaded(connection: Connection, scope: Scope, kind: str, sha256: str, parser_version: int) -> str | None:
    """The same file, read in the same way, all of it still in force."""
    same = (EXTRACTS.c.kind == kind, EXTRACTS.c.sha256 == sha256, EXTRACTS.c.parser_version == parser_version, EXTRACTS.c.owner.in_(owners(scope)))
    over = select(EXTRACT_PARTS.c.month).where(EXTRACT_PARTS.c.extract_id == EXTRACTS.c.id, or_(is_purged(), ~is_current())).exists()
    return connection.execute(select(EXTRACTS.c.id).where(*same, ~over).order_by(EXTRACTS.c.created)).scalars().first()


def _in_force(connection: Connection, kind: str, file: Staged) -> bool:
    return _holder(connection, kind, file) is not None


def _holder(connection: Connection, kind: str, file: Staged) -> str | None:
    """The extract whose part in force is this very file."""
    here = (EXTRACT_PARTS.c.kind == kind, EXTRACT_PARTS.c.organisation == file.organisation, EXTRACT_PARTS.c.month == file.month)
    query = select(EXTRACT_PARTS.c.extract_id).where(*here, EXTRACT_PARTS.c.sha256 == file.sha256, is_current(), ~is_purged())
    return connection.execute(query).scalar()


def _part_row(connection: Connection, extract_id: str, kind: str, file: Staged) -> dict[str, Any]:
    here = (EXTRACT_PARTS.c.kind == kind, EXTRACT_PARTS.c.organisation == file.organisation, EXTRACT_PARTS.c.month == file.month)
    newest = connection.execute(select(func.max(EXTRACT_PARTS.c.version)).where(*here)).scalar() or 0
    return {
        "extract_id": extract_id, "organisation": file.organisation, "month": file.month, "kind": kind, "version": newest + 1,
        "sha256": file.sha256, "size": file.size, "rows": file.rows,
    }  # fmt: skip


def _one_listed(connection: Connection, scope: Scope, extract_id: str | None, *, already: bool = False) -> StoredExtract:
    if extract_id is None:
        raise LookupError("an extract just found is not there")
    return replace(_listed(connection, scope, [extract_id])[0], already=already)


def _listed(connection: Connection, scope: Scope, ids: Sequence[str]) -> list[StoredExtract]:
    """The extracts of these ids, in this order, as far as the scope may know them."""
    purged = and_(*(EXTRACT_PURGES.c[k] == EXTRACT_PARTS.c[k] for k in ("extract_id", "organisation", "month")))
    query = select(EXTRACT_PARTS, EXTRACT_PURGES.c.purged, is_current().label("current")).outerjoin(EXTRACT_PURGES, purged)
    parts: dict[str, list[StoredPart]] = defaultdict(list)
    rows: dict[str, Row[Any]] = {}
    for some in (ids[i : i + _AT_ONCE] for i in range(0, len(ids), _AT_ONCE)):
        mine = query.where(EXTRACT_PARTS.c.extract_id.in_(some), is_mine(scope))
        for part in connection.execute(mine.order_by(EXTRACT_PARTS.c.organisation, EXTRACT_PARTS.c.month)):
            parts[part.extract_id].append(_part(part, current=bool(part.current), purged=part.purged))
        rows |= {row.id: row for row in connection.execute(select(EXTRACTS).where(EXTRACTS.c.id.in_(some)))}
    return [_extract(scope, rows[extract_id], parts[extract_id]) for extract_id in ids]


def _extract(scope: Scope, row: Row[Any], parts: list[StoredPart]) -> StoredExtract:
    whole = scope.organisation in (NETWORK_OWNED, row.owner)
    findings = Findings(Finding(**f) for f in json.loads(row.findings)) if whole else Findings()
    return StoredExtract(
        id=row.id, kind=row.kind, file=row.file, sha256=row.sha256, parser_version=row.parser_version, organisation=row.owner,
        created=row.created, created_by=row.created_by, findings=findings, parts=tuple(parts),
    )  # fmt: skip


def _part(row: Row[Any], *, current: bool, purged: datetime | None) -> StoredPart:
    return StoredPart(row.organisation, row.month, row.version, current, row.rows, row.sha256, purged)
