"""Every store, for one contract. One PostgreSQL server for the run, one database for each test."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from tests.persistence.server import Server, missing, running

SKIPPED = pytest.StashKey[int]()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store in a new file."""
    store = SqliteStore.create(tmp_path / "ward.db", "demonstration", "Ward W1")
    yield store
    store.close()


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[Server, str]]:
    """The server of this run, and a database with an empty store to be copied."""
    from persistence.postgres.store import PostgresStore

    with running() as server:
        template = server.make()
        PostgresStore.create(template, "demonstration", "Ward W1").close()
        yield server, Server.name(template)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """A PostgreSQL server; skips, and counts it, where there can be none."""
    if why := missing():
        request.config.stash[SKIPPED] = request.config.stash.get(SKIPPED, 0) + 1
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL: {why}; continuous integration must not skip these tests")
        pytest.skip(f"PostgreSQL: {why}")
    return request.getfixturevalue("_server")[0]


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a new database with an empty store."""
    url = server.make(request.getfixturevalue("_server")[1])
    yield url
    server.drop(url)


@pytest.fixture
def bare_database(server: Server) -> Iterator[str]:
    """The URL of a new database with nothing in it."""
    url = server.make()
    yield url
    server.drop(url)


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say that PostgreSQL was not tested: a run without it is no proof of that store."""
    if skipped := config.stash.get(SKIPPED, 0):
        terminalreporter.section("PostgreSQL", red=True)
        whole = "" if find_spec("psycopg") else " and all of test_postgres.py"
        terminalreporter.write_line(f"{skipped} tests of the PostgreSQL store{whole} DID NOT RUN: {missing()}")
