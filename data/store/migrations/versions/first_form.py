"""First form: datasets, scenarios, runs, plans and the audit.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("audit",)
_NEVER_CHANGED = ("blobs", "dataset_contents", "dataset_tables", "datasets", "scenarios", "plan_tables")


def upgrade() -> None:
    """Make every table, index and guard."""
    _datasets()
    _scenarios()
    _runs()
    _audit()
    for table in _APPEND_ONLY:
        _forbid(table, ("UPDATE", "DELETE"))
    for table in _NEVER_CHANGED:
        _forbid(table, ("UPDATE",))


def _datasets() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "dataset_contents",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("network_title", sa.Text, nullable=False),
        sa.Column("data_date", sa.String(10)),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("accepted", sa.Text, nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
    )
    op.create_table(
        "dataset_tables",
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("dataset_contents.id"), primary_key=True),
        sa.Column("part", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("piece", sa.String(20), primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), nullable=False),
    )
    op.create_table(
        "datasets",
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("dataset_contents.id"), primary_key=True),
        sa.Column("owner", sa.String(60), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )


def _scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("owner", sa.String(60), primary_key=True),
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("dataset_contents.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("content_id", sa.String(64), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("weeks", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    op.create_index("ix_scenarios_id", "scenarios", ["id"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("dataset_id", sa.String(64), sa.ForeignKey("dataset_contents.id"), nullable=False),
        sa.Column("scenario_id", sa.String(64), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("code_version", sa.Text, nullable=False),
        sa.Column("inputs_hash", sa.String(64), nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("started", sa.String(27)),
        sa.Column("finished", sa.String(27)),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("heartbeat", sa.String(27)),
        sa.Column("deadline", sa.String(27)),
        sa.Column("cancel_asked", sa.String(27)),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("fraction", sa.Float),
        sa.Column("best", sa.Float),
        sa.Column("bound", sa.Float),
        sa.Column("gap", sa.Float),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("manifest", sa.String(64)),
    )
    shared = sa.text("state IN ('queued', 'running', 'done')")
    op.create_index("one_shared_run", "runs", ["owner", "inputs_hash"], unique=True, sqlite_where=shared, postgresql_where=shared)
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_index("ix_runs_created", "runs", ["created"])
    op.create_table(
        "plan_tables",
        sa.Column("run_id", sa.String(32), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("organisation", sa.String(60), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object_kind", sa.String(20), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("audit_object", "audit", ["object_kind", "object_id"])


def _forbid(table: str, verbs: tuple[str, ...]) -> None:
    """Triggers that refuse these verbs on a table, whoever asks."""
    if op.get_context().dialect.name == "sqlite":
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table}: {verb} is not allowed'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%: % is not allowed', TG_TABLE_NAME, TG_OP; END $$"
    )
    op.execute(f"CREATE TRIGGER {table}_refused BEFORE {' OR '.join(verbs)} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if "DELETE" in verbs:
        op.execute(f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
