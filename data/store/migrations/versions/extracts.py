"""Second form: extracts of patients' rows, kept as files by organisation and month.

Revision ID: 0002
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from data.store.migrations.versions.first_form import _forbid

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; none of their rows is ever changed, and what was purged stays on record."""
    folders = op.create_table("extract_folders", sa.Column("id", sa.String(32), primary_key=True))
    op.bulk_insert(folders, [{"id": uuid.uuid4().hex}])
    op.create_table(
        "extracts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("parser_version", sa.Integer, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    op.create_index("ix_extracts_sha256", "extracts", ["sha256"])
    op.create_table(
        "extract_parts",
        sa.Column("extract_id", sa.String(32), sa.ForeignKey("extracts.id"), primary_key=True),
        sa.Column("organisation", sa.String(60), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
    )
    op.create_index("one_part_version", "extract_parts", ["kind", "organisation", "month", "version"], unique=True)
    op.create_table(
        "extract_purges",
        sa.Column("extract_id", sa.String(32), primary_key=True),
        sa.Column("organisation", sa.String(60), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("purged", sa.String(27), nullable=False),
        sa.Column("purged_by", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["extract_id", "organisation", "month"], ["extract_parts.extract_id", "extract_parts.organisation", "extract_parts.month"]
        ),
    )
    for table in ("extract_folders", "extracts", "extract_parts", "extract_purges"):
        _forbid(table, ("UPDATE", "DELETE"))
