"""One database, SQLite or PostgreSQL, with the same rules: readers see one moment, one writer at a time, a commit is on disk."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, DBAPIError, DisconnectionError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data.errors import SixweeksError

_BUSY_SECONDS = 30
_WRITER_LOCK = 6_006_006
"""Key of the PostgreSQL advisory lock that stands for SQLite's one writer."""

_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}")


def home() -> Path:
    """The folder for what the portal keeps on disk: `SIXWEEKS_HOME`, else `var` beneath the current folder."""
    return Path(os.environ.get("SIXWEEKS_HOME") or "var").resolve()


def complete_url(url: str | None) -> URL:
    """The full address of a store.

    Args:
        url: `sqlite:///path` or `postgresql://user@host/name`; None = `SIXWEEKS_DATABASE_URL`, else a file in `home()`.

    Raises:
        SixweeksError: not an address of a SQLite file or a PostgreSQL database.
    """
    text = url or os.environ.get("SIXWEEKS_DATABASE_URL")
    if not text:
        return URL.create("sqlite", database=str(home() / "sixweeks.db"))
    try:
        given = make_url(text)
    except ArgumentError:
        raise SixweeksError("The address of the store is not of the form sqlite:///path or postgresql://user@host/name.") from None
    kind = given.get_backend_name()
    if kind == "postgresql":
        return given.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and given.database and given.database != ":memory:":
        return given.set(database=str(Path(given.database).resolve()))
    raise SixweeksError("The store must be a SQLite file (sqlite:///path) or a PostgreSQL database (postgresql://user@host/name).")


class Database:
    """Connections to one database; safe to use from several threads, one connection per use."""

    def __init__(self, url: URL) -> None:
        """Prepare the pool; for SQLite, make the folder and switch the file to write-ahead logging.

        Raises:
            SixweeksError: the file cannot be opened, or the PostgreSQL driver is missing.
        """
        self.url = url
        if url.get_backend_name() == "sqlite":
            _prepare_file(Path(str(url.database)))
        self.engine = _engine(url)
        # SQLite's readers see one moment as they are; PostgreSQL's have to ask for it.
        one_moment = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        self._readers = self.engine.execution_options(**one_moment)

    @property
    def address(self) -> str:
        """The address with its password, for a worker process's environment; never shown."""
        return self.url.render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store and changes nothing."""
        with _plain_errors(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction of the only writer: committed whole at the end, or not at all."""
        with _plain_errors(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
            yield connection

    def close(self) -> None:
        """Give back every idle connection."""
        self.engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=5, max_overflow=50, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine
    try:
        return create_engine(url, pool_size=5, max_overflow=20, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError:
        raise SixweeksError("PostgreSQL needs the extra `postgres`: install sixweeks[postgres].") from None


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins late and never immediately; ours does both.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # A transaction that begins by reading and then writes can be refused at once, whatever the time-out; one that begins as a writer waits.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_file(path: Path) -> None:
    """Make the folder and switch the file to write-ahead logging, which stays with the file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _switch_to_wal(path)
    except (OSError, sqlite3.Error) as error:
        raise SixweeksError(f"The store {path.name} cannot be opened: {error}.") from error


def _switch_to_wal(path: Path) -> None:
    give_up = time.monotonic() + _BUSY_SECONDS
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                # The switch does not wait for another process that is switching: busy is reported at once.
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.05)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Faults of the surroundings in one sentence; faults of ours pass as they are."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError):
        raise
    except (DatabaseError, DisconnectionError, PoolTimeout) as error:
        raise SixweeksError(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    words = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if "locked" in words or "timeout" in words:
        return "The store is busy. Nothing was changed; try again in a minute."
    if "full" in words or "no space" in words:
        return "The disk of the store is full. Nothing was changed; make room and try again."
    if "malformed" in words or "not a database" in words:
        return "The file of the store is damaged, or is not a store. Restore it from a backup."
    if "readonly" in words or "read-only" in words:
        return "The store may not be written to. Nothing was changed; check the permissions of its file and folder."
    return "The store cannot be reached. Nothing was changed; check that its disk or server is there and try again."
