"""A store for tests, in SQLite and in PostgreSQL."""

import pytest

from data.store import Store
from tests.unit.store_fixtures import postgres_server


@pytest.fixture(scope="session")
def postgres():
    """The address of an empty PostgreSQL database; what a test leaves in it is cleared before the next."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The address of a store that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address = request.getfixturevalue("postgres")
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


@pytest.fixture
def store(store_url):
    """An empty store."""
    store = Store.open(store_url)
    yield store
    store.close()
