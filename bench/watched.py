"""A store that keeps what it was given to write, so that a driver can write the very same rows beside it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import msgspec

from pathway.engine.ports import Change, Store, Unit
from persistence.rows import event_row, head_row, notice_row, remembered_row
from persistence.statements import (
    INSERT_BUNDLE,
    INSERT_EVENT,
    INSERT_NOTICE,
    INSERT_REMEMBERED,
    UPSERT_HEAD,
    UPSERT_IDENTITY,
    UPSERT_REMINDER,
    WITHDRAW_ALL,
)

#: Statements, each with its rows, in the order of one transaction.
Work = list[tuple[str, list[tuple[object, ...]]]]


class Watched:
    """A store that keeps the changes it was given, by case, until they are taken."""

    def __init__(self, store: Store) -> None:
        self._store, self.origin = store, store.origin
        self.changes: defaultdict[str, list[Change]] = defaultdict(list)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """As the store, with a unit that is watched."""
        with self._store.write(case, command) as unit:
            yield cast("Unit", WatchedUnit(self, unit))

    def taken(self, case: str) -> list[Work]:
        """What was written of a case since it was last asked, ready to run."""
        return [work(change) for change in self.changes.pop(case, [])]


class WatchedUnit:
    """A unit that tells its store what it appends."""

    def __init__(self, store: Watched, unit: Unit) -> None:
        self._watched, self._unit = store, unit

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit, name)

    def append(self, change: Change) -> None:
        """Append and keep."""
        self._unit.append(change)
        self._watched.changes[change.head.case].append(change)


def work(change: Change) -> Work:
    """The statements of a change with their rows."""
    todo: Work = []
    if change.bundle_text is not None:
        todo.append((INSERT_BUNDLE, [(change.head.bundle, change.bundle_text)]))
    todo.append((INSERT_EVENT, [tuple(event_row(each)) for each in change.events]))
    todo.append((UPSERT_HEAD, [tuple(head_row(change.head))]))
    todo.append((UPSERT_REMINDER, [msgspec.structs.astuple(each) for each in change.reminders]))
    if change.withdraw_all:
        todo.append((WITHDRAW_ALL, [(change.head.case,)]))
    todo.append((INSERT_NOTICE, [tuple(notice_row(each)) for each in change.notices]))
    if change.remember is not None:
        todo.append((INSERT_REMEMBERED, [tuple(remembered_row(change.remember))]))
    if change.identity is not None:
        todo.append((UPSERT_IDENTITY, [msgspec.structs.astuple(change.identity)]))
    return [each for each in todo if each[1]]


def rows_in(todo: Work) -> int:
    """How many rows that writes."""
    return sum(len(rows) for _, rows in todo)
