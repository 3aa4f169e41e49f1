"""Both stores, for one contract."""

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


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind."""
    if request.param == "memory":
        return MemoryStore("demonstration", "Ward W1")
    return request.getfixturevalue("sqlite_store")
