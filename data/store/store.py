"""The store: one object for everything that outlives a session."""

from __future__ import annotations

from data.store.audit import AuditRepository
from data.store.database import Database, complete_url
from data.store.datasets import DatasetRepository
from data.store.imaging import ImagingRepository
from data.store.mappings import MappingRepository
from data.store.migrate import migrate
from data.store.rebases import RebaseRepository
from data.store.retentions import RetentionRepository
from data.store.runs import RunRepository
from data.store.scenarios import ScenarioRepository
from data.store.work import WorkRepository


class Store(
    DatasetRepository, ScenarioRepository, RunRepository, WorkRepository, MappingRepository, ImagingRepository, RetentionRepository,
    RebaseRepository, AuditRepository,
):  # fmt: skip
    """Datasets, scenarios, runs, plans, remembered mappings, extracts and the audit in one database; rows of extracts as files beside it.

    Every call takes a `Scope`: on whose behalf it is made. Safe to use from several threads, and from several processes at once.
    """

    @classmethod
    def open(cls, url: str | None = None) -> Store:
        """Open a store, making it or bringing it to this version's form where needed.

        Args:
            url: `sqlite:///path` or `postgresql://user@host/name`; None = `SIXWEEKS_DATABASE_URL`, else `sixweeks.db` in the folder
                `SIXWEEKS_HOME` (`var` beneath the current folder where that is not set).

        Raises:
            SixweeksError: the address is not one of these, the database cannot be reached, or a newer version made it.
        """
        database = Database(complete_url(url))
        try:
            migrate(database)
            store = cls(database)
            store.sweep_extracts()
        except BaseException:
            database.close()
            raise
        return store

    @property
    def url(self) -> str:
        """The address, with its password, under which another process opens the same store; never to be shown."""
        return self._database.address

    def close(self) -> None:
        """Give back every idle connection."""
        self._database.close()
