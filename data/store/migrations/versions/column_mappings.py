"""Third form: what organisations said about the names in their files.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.store.migrations.versions.first_form import _forbid

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a version is never changed once it is there."""
    op.create_table(
        "column_mappings",
        sa.Column("owner", sa.String(60), primary_key=True),
        sa.Column("source", sa.String(30), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    _forbid("column_mappings", ("UPDATE",))
