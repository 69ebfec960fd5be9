"""Bring a database to the form this version of the code knows, in one transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from data.errors import SixweeksError
from data.store.database import Database
from data.store.migrations import FORM

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Apply every migration the database does not have yet; all of them or none.

    Raises:
        SixweeksError: a newer version of the code made the database.
    """
    with database.read() as connection:
        if _form(connection) == FORM:
            return
    with database.write() as connection:
        if _form(connection) != FORM:
            _upgrade(connection)


def _form(connection: Connection) -> str | None:
    """The form the database has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported here: it takes as long as everything else a worker imports, and is almost never needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    form = _form(connection)
    if form is not None and form not in {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}:
        raise SixweeksError(
            f"The store was made by a newer version of Sixweeks (form {form}). Start that version, or restore a backup made with this one."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
