"""Stores with many other cases in them, of both kinds: copies that the database makes of the rows of one patient.

Heads and reminders are whole. Of the first events only the key and the chain are: they are there to be stepped over.
"""

from pathlib import Path

from bench.patient import START, engine_on, history, send
from bench.wake_flat import NUMBERS
from pathway.clinical.instant import Instant
from persistence.database import DatabaseStore
from persistence.postgres.session import connect, spoken
from persistence.postgres.store import PostgresStore
from persistence.sqlite import SqliteStore
from persistence.tables import EVENT, HEAD, REMINDER
from ward.clock import FixedClock

SOURCE, WARDS = "source", 3_333
#: Events of each copy.
EVENTS = 10
#: What a copy has of its own: an id of one length, so that ids sort as they were made.
CASE = "'case ' || (10000000 + n)"
COPIED = {
    HEAD: {"case": CASE, "patient": "'copy ' || n", "ward": f"'other ' || (n % {WARDS})"},
    REMINDER: {"case": CASE},
    EVENT: {"case": CASE},
}
#: Where rows come in no order, the guard of the chain cannot be asked.
UNGUARDED = ("ALTER TABLE event DISABLE TRIGGER event_follows", "ALTER TABLE event ENABLE ALWAYS TRIGGER event_follows")


def filled_file(path: Path, others: int) -> SqliteStore:
    """A new file with as many other cases."""
    store = SqliteStore.create(path, "demonstration")
    enrol(store)
    if others:
        with store._transaction() as session:  # noqa: SLF001 - many rows at once, to seed
            for statement in statements():
                session.execute(statement, (others, SOURCE))
    return store


def filled_database(url: str, others: int) -> PostgresStore:
    """A store in an empty database with as many other cases; the role may switch a guard off."""
    store = PostgresStore.create(url, "demonstration")
    enrol(store)
    if others:
        with connect(url, statement_timeout="0") as raw, raw.transaction():
            raw.execute(UNGUARDED[0].encode())
            for statement in statements():
                raw.execute(spoken(statement.replace("%", "%%")), (others, SOURCE))
            raw.execute(UNGUARDED[1].encode())
        with connect(url, statement_timeout="0") as raw:
            raw.execute(b"VACUUM ANALYZE")
    return store


def enrol(store: DatabaseStore) -> None:
    """One patient, enrolled, whose rows are copied."""
    at, command = next(history(SOURCE))
    clock = FixedClock(Instant(START))
    clock.set(at)
    engine_on(store, clock).handle(command)
    send(store, clock)


def statements() -> list[str]:
    """Each table copied so many times, of one case."""
    found = []
    for table, changed in COPIED.items():
        given = ", ".join(changed.get(each.name, f'{table.name}."{each.name}"') for each in table.columns)
        some = f" AND position <= {EVENTS}" if table is EVENT else ""
        rows = f'{NUMBERS} SELECT {given} FROM {table.name}, number WHERE "case" = ?{some}'  # noqa: S608 - names of tables
        found.append(f"INSERT INTO {table.name} {rows}")
    return found
