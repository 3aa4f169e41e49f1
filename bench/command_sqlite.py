"""`command_sqlite`: one durable command against the driver writing the same rows, side by side on one disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import msgspec

from bench.figure import Figure, against, took_us
from bench.patient import CASE, HOUR, START, engine_on, panel, play
from pathway.clinical.instant import SECOND
from pathway.engine.ports import Change, Store, Unit
from persistence.driver import choose, connect
from persistence.rows import event_row, head_row, notice_row, remembered_row
from persistence.sqlite import SqliteStore
from persistence.statements import (
    INSERT_BUNDLE,
    INSERT_EVENT,
    INSERT_NOTICE,
    INSERT_REMEMBERED,
    UPSERT_HEAD,
    UPSERT_IDENTITY,
    UPSERT_REMINDER,
)
from ward.clock import FixedClock

PANELS = 120
#: The first rounds prepare statements and warm the pages of both files.
WARM = 30

Work = list[tuple[str, list[tuple[object, ...]]]]


class Watched:
    """A store that keeps the last change it was given."""

    last: Change

    def __init__(self, store: SqliteStore) -> None:
        self._store, self.origin = store, store.origin

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str) -> Iterator[Unit]:
        """As the store, with a unit that is watched."""
        with self._store.write(case) as unit:
            yield WatchedUnit(self, unit)


class WatchedUnit:
    """A unit that tells its store what it appends."""

    def __init__(self, store: Watched, unit: Unit) -> None:
        self.store, self.head, self.events = store, unit.head, unit.events
        self.remembered, self.case_of_patient, self._append = unit.remembered, unit.case_of_patient, unit.append

    def append(self, change: Change) -> None:
        """Append and keep."""
        self.store.last = change
        self._append(change)


def measure() -> Figure:
    """Paired rounds: a result through the engine, then its rows through the driver into another file."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        return measured(Path(folder))


def measured(folder: Path) -> Figure:
    clock = FixedClock(START)
    SqliteStore.create(folder / "raw.db", "demonstration").close()
    raw = connect(choose(), folder / "raw.db")
    SqliteStore.create(folder / "ours.db", "demonstration").close()
    file = SqliteStore.open(folder / "ours.db")
    store = Watched(file)
    play(engine_on(cast("Store", Copied(store, raw)), clock), clock)
    engine = engine_on(cast("Store", store), clock)
    ours, limit, rows = [], [], 0
    for number in range(PANELS):
        for command in panel(number + 10, (clock.now() - START) / HOUR + 5.5):
            clock.advance(2 * HOUR if command.loinc == "3255-7" else SECOND)
            engine.look(CASE)
            write(raw, work(store.last))
            ours.append(took_us(lambda: engine.handle(command)))  # noqa: B023  # called at once
            todo = work(store.last)
            limit.append(took_us(lambda: write(raw, todo)))  # noqa: B023  # called at once
            rows += sum(len(each) for _, each in todo)
    assert same(file, raw)
    raw.close()
    file.close()
    note = f"{file.describe()}; {rows / len(ours):.1f} rows a command, fold kept in memory as always"
    return against("command_sqlite", ours[WARM:], limit[WARM:], goal=1.7, unit="us", note=note)


class Copied:
    """A store whose every change is written by the driver into the other file too."""

    def __init__(self, store: Watched, raw: sqlite3.Connection) -> None:
        self._store, self._raw, self.origin = store, raw, store.origin

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str) -> Iterator[Unit]:
        """As the store; then the copy."""
        with self._store.write(case) as unit:
            yield unit
        write(self._raw, work(self._store.last))


def work(change: Change) -> Work:
    """The statements of a change with their rows, ready to run."""
    todo: Work = []
    if change.bundle_text is not None:
        todo.append((INSERT_BUNDLE, [(change.head.bundle, change.bundle_text)]))
    todo.append((INSERT_EVENT, [tuple(event_row(each)) for each in change.events]))
    todo.append((UPSERT_HEAD, [tuple(head_row(change.head))]))
    todo.append((UPSERT_REMINDER, [msgspec.structs.astuple(each) for each in change.reminders]))
    todo.append((INSERT_NOTICE, [tuple(notice_row(each)) for each in change.notices]))
    if change.remember is not None:
        todo.append((INSERT_REMEMBERED, [tuple(remembered_row(change.remember))]))
    if change.identity is not None:
        todo.append((UPSERT_IDENTITY, [msgspec.structs.astuple(change.identity)]))
    return [each for each in todo if each[1]]


def write(raw: sqlite3.Connection, todo: Work) -> None:
    """One transaction of the driver."""
    raw.execute("BEGIN IMMEDIATE")
    for statement, rows in todo:
        if len(rows) == 1:
            raw.execute(statement, rows[0])
        else:
            raw.executemany(statement, rows)
    raw.execute("COMMIT")


def same(store: SqliteStore, raw: sqlite3.Connection) -> bool:
    """Whether both files hold the same events at the end."""
    question = "SELECT canonical FROM event ORDER BY position"
    with store._reading() as connection:  # noqa: SLF001 - the driver itself is what is measured
        mine = connection.execute(question).fetchall()
    return bool(mine == raw.execute(question).fetchall())
