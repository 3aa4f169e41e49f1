"""The past: a store into which history is played. All is kept but the notices: the past rings for nobody (H55)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from msgspec.structs import replace

from pathway.engine.ports import Change, Store, Unit


class Past:
    """A store whose transactions write no notices. What is still open is on the board, and rings at its next rung."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def over(cls, store: Store) -> Store:
        """The store, told nothing aloud."""
        return cast("Store", cls(store))

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """Begin a transaction under the case's lock."""
        with self._store.write(case, command) as unit:
            yield cast("Unit", Unspoken(unit))

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        return getattr(self._store, name)


class Unspoken:
    """A transaction that leaves out the notices."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def append(self, change: Change) -> None:
        """Write the change without its notices."""
        self._unit.append(replace(change, notices=()))

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transaction's own."""
        return getattr(self._unit, name)
