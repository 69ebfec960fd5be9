"""Fifth form: rebases of control charts, with who decided them and why.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.store.migrations.versions.first_form import _forbid

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a version is never changed or removed once it is there."""
    op.create_table(
        "rebases",
        sa.Column("owner", sa.String(60), primary_key=True),
        sa.Column("network", sa.String(60), primary_key=True),
        sa.Column("organisation", sa.String(60), primary_key=True),
        sa.Column("test", sa.String(60), primary_key=True),
        sa.Column("measure", sa.String(30), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    _forbid("rebases", ("UPDATE", "DELETE"))
