"""`command_pg_1`, `command_pg_8`: durable commands on PostgreSQL, by one thread and by eight on cases of their own.

The limit is the driver in its fastest manner, a pipeline: it takes the lock of the same case and writes the same rows
with the same statements into another database of the same server, and waits for it twice, for the lock and for the end.
"""

from typing import cast

from bench.crowd import Crowd
from bench.figure import Figure, against
from bench.patient import START
from bench.server import with_server
from bench.watched import Watched, Work, rows_in
from pathway.engine.ports import Store
from persistence.postgres.session import BEGIN, Raw, connect, spoken
from persistence.postgres.store import PostgresStore
from persistence.statements import COMMIT, SELECT_HEAD
from tests.persistence.server import Server
from ward.clock import FixedClock

ROUNDS, WARM = 90, 15
#: One connection as on SQLite, and as many as the pool keeps.
GOALS = {1: 1.7, 8: 1.5}
LOCK = (SELECT_HEAD + " FOR UPDATE").replace("?", "%s").encode()
STREAM = b'SELECT canonical FROM event WHERE "case" = %s ORDER BY position'


def measure_1() -> Figure:
    """One connection."""
    return with_server("command_pg_1", "us", lambda server: measured(server, 1))


def measure_8() -> Figure:
    """Eight connections at once, each on a case of its own; microseconds for one command of them all."""
    return with_server("command_pg_8", "us", lambda server: measured(server, 8))


def measured(server: Server, threads: int) -> Figure:
    """Paired rounds: each thread three results through the engine, then each the same rows through the driver."""
    mirror = server.make()
    PostgresStore.create(mirror, "demonstration").close()
    store = PostgresStore.create(server.make(), "demonstration")
    watched = Watched(store)
    with Crowd(cast("Store", watched), FixedClock(START), threads) as crowd:
        raws = {case: connect(mirror) for case in crowd.cases}
        ours, limit, rows = [], [], 0
        for _ in range(ROUNDS):
            lot = crowd.next_results()
            for case, raw in raws.items():
                copy(raw, case, watched.taken(case))
            ours.append(crowd.took_us(lambda case: crowd.handle(lot[case])) / crowd.size)  # noqa: B023 - at once
            todo = {case: watched.taken(case) for case in crowd.cases}
            limit.append(crowd.took_us(lambda case: copy(raws[case], case, todo[case])) / crowd.size)  # noqa: B023
            rows += sum(rows_in(each) for works in todo.values() for each in works)
    assert all(same(store, raw, case) for case, raw in raws.items())
    said = f"{store.describe().partition(',')[0]} {server.kind}, {rows / ROUNDS / crowd.size:.1f} rows a command"
    store.close()
    for raw in raws.values():
        raw.close()
    return against(
        f"command_pg_{threads}",
        ours[WARM:],
        limit[WARM:],
        goal=GOALS[threads],
        unit="us",
        note=f"{said}, {threads} at once",
    )


def copy(raw: Raw, case: str, works: list[Work]) -> None:
    """The same rows by the driver alone, one transaction for each command."""
    for todo in works:
        with raw.pipeline() as pipeline:
            raw.execute(BEGIN.encode())
            raw.execute(LOCK, (case,), binary=True)
            pipeline.sync()
            for statement, rows in todo:
                for row in rows:
                    raw.execute(spoken(statement), row)
            raw.execute(COMMIT.encode())


def same(store: PostgresStore, raw: Raw, case: str) -> bool:
    """Whether both databases hold the same events of a case at the end."""
    mine = [(each.canonical,) for each in store.stream(case)]
    return bool(mine == raw.execute(STREAM, (case,), binary=True).fetchall())
