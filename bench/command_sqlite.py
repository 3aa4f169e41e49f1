"""`command_sqlite`: one durable command against the driver writing the same rows, side by side on one disk."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from bench.figure import Figure, against, took_us
from bench.patient import CASE, HOUR, START, engine_on, panel, play, send
from bench.watched import Watched, Work, rows_in
from pathway.clinical.instant import SECOND
from pathway.engine.ports import Store
from persistence.driver import choose, connect
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock

PANELS = 120
#: The first rounds prepare statements and warm the pages of both files.
WARM = 30


def measure() -> Figure:
    """Paired rounds: a result through the engine, then its rows through the driver into another file."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        return measured(Path(folder))


def measured(folder: Path) -> Figure:
    clock = FixedClock(START)
    SqliteStore.create(folder / "raw.db", "demonstration").close()
    raw = connect(choose(), folder / "raw.db")
    file = SqliteStore.create(folder / "ours.db", "demonstration")
    store = Watched(file)
    engine = engine_on(cast("Store", store), clock)
    play(engine, clock)
    ours, limit, rows = [], [], 0
    for number in range(PANELS):
        for command in panel(number + 10, (clock.now() - START) / HOUR + 4.5):
            clock.advance(5 * HOUR if command.loinc == "3255-7" else SECOND)
            engine.look(CASE)
            send(file, clock)
            for todo in store.taken(CASE):
                write(raw, todo)
            ours.append(took_us(lambda: engine.handle(command)))  # noqa: B023  # called at once
            (todo,) = store.taken(CASE)
            limit.append(took_us(lambda: write(raw, todo)))  # noqa: B023  # called at once
            rows += rows_in(todo)
    assert same(file, raw)
    raw.close()
    file.close()
    note = f"{file.describe()}; {rows / len(ours):.1f} rows a command, fold kept in memory as always"
    return against("command_sqlite", ours[WARM:], limit[WARM:], goal=1.7, unit="us", note=note)


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
