"""The store: what is saved, who may see it, who did what. See `docs/decisions/0003-store.md`."""

from data.store.database import home
from data.store.datasets import StoredDataset
from data.store.scenarios import StoredScenario
from data.store.scope import ROLES, SINGLE_USER, WORKER, Scope
from data.store.store import Store
from data.store.work import FRESH_SECONDS, Lease

__all__ = ["FRESH_SECONDS", "ROLES", "SINGLE_USER", "WORKER", "Lease", "Scope", "Store", "StoredDataset", "StoredScenario", "home"]
