"""Every store, for one contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from tests.persistence.server import Server


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


@pytest.fixture(scope="session")
def _parted(_server: tuple[Server, str]) -> str:
    """A database with an empty store whose events lie in parts by the hash of their case, to be copied."""
    from tests.persistence.partitioned import part

    url = _server[0].make(_server[1])
    part(url, 3)
    return Server.name(url)


@pytest.fixture
def parted_store(server: Server, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store in a database of its own, with its events in parts."""
    from persistence.postgres.store import PostgresStore

    url = server.make(request.getfixturevalue("_parted"))
    store = PostgresStore.open(url)
    yield store
    store.close()
    server.drop(url)


@pytest.fixture(params=["memory", "sqlite", "postgresql", pytest.param("postgresql in parts", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind; with its events in parts, of which no code knows, only with `-m slow`."""
    match request.param:
        case "memory":
            return MemoryStore("demonstration", "Ward W1")
        case "sqlite":
            return request.getfixturevalue("sqlite_store")
        case "postgresql":
            return request.getfixturevalue("postgres_store")
        case _:
            return request.getfixturevalue("parted_store")
