"""`fire_each`, `catch_up_10000`: what is due is promoted, one case at a time, each in its own transaction.

Promotion is the look: the rung is recorded, the rows are rewritten, the notice is put into the outbox. Every case is
enrolled at one instant and comes due at another, which the engine itself names.
"""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

from bench.command_sqlite import write
from bench.figure import Figure, absolute, against, took_us
from bench.patient import MINUTE, START, engine_on
from bench.wake_flat import seeded
from bench.watched import Watched, rows_in
from pathway.clinical.instant import Instant
from pathway.engine.ports import Notice, Store
from persistence.copy import vacuum_into
from persistence.driver import choose, connect
from persistence.sqlite import SqliteStore
from scheduler.post import Posted
from scheduler.tick import tick
from ward.clock import FixedClock

EACH, WARM = 400, 40
#: In the middle of the quarter of an hour between two sweeps.
SWEPT_US = 15 * MINUTE // 2
#: Obligations that came due in the time that the ward was down: two of each case.
OBLIGATIONS = 10_000
CASES = OBLIGATIONS // 2
RUNGS = "SELECT count(*) FROM event WHERE type = 'RungReached'"


def overdue(folder: Path, count: int, clock: FixedClock) -> tuple[SqliteStore, Instant]:
    """A store of so many enrolled cases, and an instant at which a need of each is due."""
    file = seeded(folder / "ours.db", count, clock, whole=True)
    last = max(head.next_look for head in file.heads() if head.next_look is not None)
    return file, last


class Carried:
    """A delivery that always succeeds and notes when it was first asked."""

    def __init__(self) -> None:
        self.first_s = 0.0

    def send(self, notice: Notice, attempt: int) -> Posted:  # noqa: ARG002 - as the protocol has it
        """Take it."""
        self.first_s = self.first_s or perf_counter()
        return Posted(("bench",))


def measure_each() -> Figure:
    """Paired rounds: a due case is looked at, then its rows are written by the driver into a copy of the file."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        clock = FixedClock(START)
        file, due_at = overdue(Path(folder), EACH, clock)
        raw = connect(choose(), copy_of(file))
        store = Watched(file)
        engine = engine_on(cast("Store", store), clock)
        cases = [head.case for head in file.heads()]
        clock.set(Instant(due_at - SWEPT_US))
        for case in cases:
            # A running ward has its cases folded in memory, and swept each of them in the last quarter of an hour.
            engine.look(case)
            write_all(raw, store, case)
        clock.set(due_at)
        ours, limit, rows = [], [], 0
        for case in cases:
            ours.append(took_us(lambda: engine.look(case)))  # noqa: B023  # called at once
            (todo,) = store.taken(case)
            limit.append(took_us(lambda: write(raw, todo)))  # noqa: B023  # called at once
            rows += rows_in(todo)
        assert reached(file) == reached_in(raw) >= EACH
        raw.close()
        file.close()
    note = f"the shipped pathway, cases kept in memory; {rows / len(cases):.1f} rows a case"
    return against("fire_each", ours[WARM:], limit[WARM:], goal=1.7, unit="us", note=note)


def measure_catch_up() -> Figure:
    """Seconds until a ward that was down has recorded every rung that came due meanwhile."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        clock = FixedClock(START)
        file, due_at = overdue(Path(folder), CASES, clock)
        clock.set(due_at)
        engine, carried = engine_on(file, clock), Carried()
        before, began = reached(file), perf_counter()
        done = tick(engine, file, clock, carried, worker="bench")
        took_s = perf_counter() - began
        rungs = reached(file) - before
        assert (done.cases.looked, rungs) == (CASES, OBLIGATIONS)
        waits = sum(state == "waiting" for _, state in file.notices())
        file.close()
    note = (
        f"{rungs} obligations of {CASES} cases, each case folded first and in a transaction of its own; "
        f"{CASES / took_s:.0f} cases a second; the first notice went out after {carried.first_s - began:.1f} s, "
        f"{done.post.sent} in this tick, {waits} wait for the next"
    )
    return absolute("catch_up_10000", took_s, "s", note)


def copy_of(file: SqliteStore) -> Path:
    """The same rows in a file beside it."""
    other = file.path.with_name("raw.db")
    vacuum_into(file.path, other)
    return other


def write_all(raw: sqlite3.Connection, store: Watched, case: str) -> None:
    """What was written of a case so far, by the driver."""
    for todo in store.taken(case):
        write(raw, todo)


def reached(file: SqliteStore) -> int:
    """How many rungs are on the record."""
    with file._reading() as connection:  # noqa: SLF001 - one question for all cases
        return reached_in(connection)


def reached_in(raw: sqlite3.Connection) -> int:
    """How many rungs are on the record of a file."""
    return int(raw.execute(RUNGS).fetchone()[0])
