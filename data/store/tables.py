"""Tables of the store. `migrations/` builds them; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC as text of fixed length: the same in every database, exact to the microsecond, sortable."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Text of a moment that knows its time zone."""
        return None if value is None else value.astimezone(UTC).strftime(_FORM)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment a text stands for, in UTC."""
        return None if value is None else datetime.strptime(value, _FORM).replace(tzinfo=UTC)


METADATA = MetaData()

BLOBS = Table(
    "blobs", METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)  # fmt: skip
"""Stored tables by digest: equal content is held once, whoever uses it."""

DATASET_CONTENTS = Table(
    "dataset_contents", METADATA,
    Column("id", String(64), primary_key=True),
    Column("network", Text, nullable=False),
    Column("network_title", Text, nullable=False),
    Column("data_date", String(10)),
    Column("synthetic", Boolean, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("manifest", String(64), nullable=False),
)  # fmt: skip
"""What a dataset is, whoever owns it. `manifest` is the digest of the list of its blobs and of `accepted`."""

DATASET_TABLES = Table(
    "dataset_tables", METADATA,
    Column("dataset_id", ForeignKey("dataset_contents.id"), primary_key=True),
    Column("part", String(20), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("piece", String(20), primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
)  # fmt: skip

DATASETS = Table(
    "datasets", METADATA,
    Column("dataset_id", ForeignKey("dataset_contents.id"), primary_key=True),
    Column("owner", String(60), primary_key=True),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
"""Who holds which dataset, under which name."""

SCENARIOS = Table(
    "scenarios", METADATA,
    Column("owner", String(60), primary_key=True),
    Column("dataset_id", ForeignKey("dataset_contents.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("id", String(64), nullable=False, index=True),
    Column("content_id", String(64), nullable=False),
    Column("description", Text, nullable=False),
    Column("weeks", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip

_SHARED_STATES = text("state IN ('queued', 'running', 'done')")

RUNS = Table(
    "runs", METADATA,
    Column("id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("owner", String(60), nullable=False),
    Column("dataset_id", ForeignKey("dataset_contents.id"), nullable=False),
    Column("scenario_id", String(64), nullable=False),
    Column("settings", Text, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("inputs_hash", String(64), nullable=False),
    Column("created", UtcTime, nullable=False, index=True),
    Column("created_by", Text, nullable=False),
    Column("started", UtcTime),
    Column("finished", UtcTime),
    Column("worker", Text, nullable=False),
    Column("heartbeat", UtcTime),
    Column("deadline", UtcTime),
    Column("cancel_asked", UtcTime),
    Column("stage", Text, nullable=False),
    Column("fraction", Float),
    Column("best", Float),
    Column("bound", Float),
    Column("gap", Float),
    Column("seconds", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("reference", String(20), nullable=False),
    Column("summary", Text),
    Column("manifest", String(64)),
    Index("one_shared_run", "owner", "inputs_hash", unique=True, sqlite_where=_SHARED_STATES, postgresql_where=_SHARED_STATES),
)  # fmt: skip
"""Jobs. `worker` says who holds a running one (host, process, time of its start); `manifest` covers `summary` and the plan's blobs."""

PLAN_TABLES = Table(
    "plan_tables", METADATA,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
)  # fmt: skip

AUDIT = Table(
    "audit", METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("organisation", String(60), nullable=False),
    Column("role", String(20), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object_kind", String(20), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_object", "object_kind", "object_id"),
)  # fmt: skip
"""Who did what, append-only, each row bound to the one before it. Never a value from a cell."""

COLUMN_MAPPINGS = Table(
    "column_mappings", METADATA,
    Column("owner", String(60), primary_key=True),
    Column("source", String(30), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
"""What each organisation said about the names in its files; the newest version is in force."""

EXTRACT_FOLDERS = Table("extract_folders", METADATA, Column("id", String(32), primary_key=True))
"""One row: the name of this store's own folder of extracts, so that two stores beneath one home never sweep each other's files."""

EXTRACTS = Table(
    "extracts", METADATA,
    Column("id", String(32), primary_key=True),
    Column("owner", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("parser_version", Integer, nullable=False),
    Column("findings", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
"""Files of patients' rows that were loaded, whoever sent them."""

EXTRACT_PARTS = Table(
    "extract_parts", METADATA,
    Column("extract_id", ForeignKey("extracts.id"), primary_key=True),
    Column("organisation", String(60), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Index("one_part_version", "kind", "organisation", "month", "version", unique=True),
)  # fmt: skip
"""What an extract holds of one organisation and month, as a file of its digest; the newest version is in force."""

EXTRACT_PURGES = Table(
    "extract_purges", METADATA,
    Column("extract_id", String(32), primary_key=True),
    Column("organisation", String(60), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("purged", UtcTime, nullable=False),
    Column("purged_by", Text, nullable=False),
    ForeignKeyConstraint(["extract_id", "organisation", "month"],
                         ["extract_parts.extract_id", "extract_parts.organisation", "extract_parts.month"]),
)  # fmt: skip
"""Parts whose rows are gone for good: their file is removed, the record of it stays."""

RETENTIONS = Table(
    "retentions", METADATA,
    Column("owner", String(60), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("term", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
"""How long an owner's rows of a kind of extract are kept, in the unit `data.retention` declares; the newest version is in force."""

REBASES = Table(
    "rebases", METADATA,
    Column("owner", String(60), primary_key=True),
    Column("network", String(60), primary_key=True),
    Column("organisation", String(60), primary_key=True),
    Column("test", String(60), primary_key=True),
    Column("measure", String(30), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("withdrawn", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
)  # fmt: skip
"""From which month the limits of a list are computed anew, and why; the newest version is in force."""
