"""Bring a database to the form this version of the code knows, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from data.errors import SixweeksError
from data.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Apply every migration the database does not have yet; all of them or none.

    Raises:
        SixweeksError: a newer version of the code made the database.
    """
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    with database.read() as connection:
        if not _pending(connection, script):
            return
    with database.write() as connection:
        if _pending(connection, script):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _pending(connection: Connection, script: ScriptDirectory) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SixweeksError(
            f"The store was made by a newer version of Sixweeks (form {current}). "
            "Start that version, or restore a backup made with this one."
        )
    return current != script.get_current_head()
