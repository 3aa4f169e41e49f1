"""Every store, for one contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store in a new file."""
    store = SqliteStore.create(tmp_path / "ward.db", "demonstration", "Ward W1")
    yield store
    store.close()


@pytest.fixture
def postgres_store(database: str) -> Iterator[Store]:
    """An empty store in a database of its own."""
    from persistence.postgres.store import PostgresStore

    store = PostgresStore.open(database)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind."""
    match request.param:
        case "memory":
            return MemoryStore("demonstration", "Ward W1")
        case "sqlite":
            return request.getfixturevalue("sqlite_store")
        case _:
            return request.getfixturevalue("postgres_store")
