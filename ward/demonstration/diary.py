"""The diary: what is written into a store in memory is noted, so that a file gets all of a case in one transaction.

A file makes each transaction safe on disk before it goes on. A past of a thousand commands would wait a thousand times
for a disk, and nobody needs half of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from pathway.engine.ports import Change, Store, Unit


class Diary:
    """A store whose changes are noted by case, in their order."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, list[Change]] = {}

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """Begin a transaction under the case's lock."""
        changes: list[Change] = []
        with self._store.write(case, command) as unit:
            yield cast("Unit", Noting(unit, changes))
        self._noted.setdefault(case, []).extend(changes)

    def copy_to(self, store: Store) -> None:
        """Write everything into another store, one transaction for each case."""
        for case, changes in self._noted.items():
            with store.write(case) as unit:
                for change in changes:
                    unit.append(change)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        return getattr(self._store, name)


class Noting:
    """A transaction whose changes are noted; the diary keeps them once it is committed."""

    def __init__(self, unit: Unit, changes: list[Change]) -> None:
        self._unit, self._changes = unit, changes

    def append(self, change: Change) -> None:
        """Write the change and note it."""
        self._unit.append(change)
        self._changes.append(change)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transaction's own."""
        return getattr(self._unit, name)
