"""The SQLite store: one file, a small pool of connections, any number of threads and processes.

The lock of a case is the immediate transaction: one writer at a time, in turn. Reads never wait for a writer.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Self, cast

from sqlalchemy import Engine, Select, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Attempt, Head, Identity, Lease, Notice, ReminderRow, Stored
from persistence import outbox
from persistence.driver import BUSY_MS, Driver, choose, connect
from persistence.file import lay_out, recognise
from persistence.guards import FIXED_PROPERTIES
from persistence.refusal import busy, refusal
from persistence.rows import attempt_of, head_of, json, notice_of, reminder_of
from persistence.statements import (
    BEGIN_READ,
    BEGIN_WRITE,
    COMMIT,
    INSERT_ACCESS,
    INSERT_QUARANTINE,
    ROLLBACK,
    SELECT_BUNDLE,
    SELECT_DUE,
    SELECT_HEAD,
    SELECT_NEXT_LOOK,
    SELECT_PROPERTY,
    SELECT_UNLOOKED,
    UPSERT_HEARTBEAT,
    UPSERT_PROPERTY,
)
from persistence.tables import ATTEMPT, EVENT, HEAD, HEARTBEAT, IDENTITY, NOTICE, QUARANTINE, REMINDER
from persistence.unit import SqliteUnit

Origin = Literal["live", "demonstration"]
#: Connections kept, and the most at once: more threads than that wait for one as long as for the write lock.
POOL_KEPT, POOL_MOST = 8, 64
#: Events read at a time by `stream`, so that a long case is never in memory twice.
STREAM_PAGE = 500


class SqliteStore:
    """`pathway.engine.ports.Store` in one file. Not to be carried over a fork: open it again in the child."""

    origin: Origin

    def __init__(self, path: Path, driver: Driver) -> None:
        self.path = path
        self._driver = driver
        self._turn = Lock()
        self._closed = False
        self._engine = pool(driver, self._connect)
        found = self.property("origin")
        match found:
            case "live" | "demonstration":
                self.origin = found
            case _:
                self.close()
                raise StoreRefused("the store names no origin", "live or demonstration", "restore it from a backup")

    @classmethod
    def create(cls, path: Path | str, origin: Origin, label: str = "") -> Self:
        """Make a new store. Raises StoreRefused when there is a file already, or the folder cannot be written."""
        driver = choose()
        lay_out(driver, Path(path), origin, label)
        return cls(Path(path), driver)

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a store. Raises StoreRefused for a missing or foreign file, and for one of a newer schema."""
        driver = choose()
        recognise(driver, Path(path))
        return cls(Path(path), driver)

    def describe(self) -> str:
        """One line for people: driver, journal and how safe it is."""
        return self._driver.describe()

    # --- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, case: str) -> Iterator[SqliteUnit]:
        """Begin a transaction under the case's lock. An exception inside rolls everything back."""
        with self._transaction() as connection:
            unit = SqliteUnit(case, connection)
            try:
                yield unit
            finally:
                unit.leave()

    def quarantine(self, at: Instant, by: By, why: str, canonical: bytes) -> int:
        """Keep a report that cannot be given to any case; returns its number."""
        with self._transaction() as connection:
            number = connection.execute(INSERT_QUARANTINE, (None, at, why, canonical, json(by))).lastrowid
        assert number is not None  # noqa: S101  # an insert into a numbered table has a number
        return number

    def looked_by(self, at: Instant, by: By, what: str, cases: tuple[str, ...]) -> None:
        """Write the access log: who looked at which cases."""
        self._run(INSERT_ACCESS, (None, at, json(by), what, json(cases)))

    def beat(self, name: str, at: Instant) -> None:
        """Record a heartbeat."""
        self._run(UPSERT_HEARTBEAT, (name, at))

    def set_property(self, name: str, value: str) -> None:
        """Set a property that may change. Raises StoreRefused for `origin` and for a birth already recorded."""
        with self._transaction() as connection:
            if name in FIXED_PROPERTIES and connection.execute(SELECT_PROPERTY, (name,)).fetchone():
                raise StoreRefused(
                    f"the property {name} was to change", "it to stay as it is", "make a new store instead"
                )
            connection.execute(UPSERT_PROPERTY, (name, value))

    def claim(self, now: Instant, worker: str, lease_us: int, limit: int) -> list[Lease]:
        """Lease waiting notices (and those whose lease ran out), gravest first, then oldest; each with a new fence."""
        with self._reading() as connection:
            # Mostly nothing waits, and a question takes no write lock.
            if not outbox.claimable(connection, now, 1):
                return []
        with self._transaction() as connection:
            return outbox.claim(connection, now, worker, lease_us, limit)

    def settle(
        self,
        key: str,
        fence: int,
        state: Literal["sent", "waiting", "undeliverable"],
        now: Instant,
        not_before: Instant | None = None,
    ) -> bool:
        """Record the outcome where the fence still matches; False when it does not (somebody else has it)."""
        with self._transaction() as connection:
            return outbox.settle(connection, key, fence, state, now=now, not_before=not_before)

    # --- reading: prepared, for the scheduler ------------------------------------------------------------------------

    def head(self, case: str) -> Head | None:
        """One head."""
        rows = self._ask(SELECT_HEAD, (case,))
        return head_of(rows[0]) if rows else None

    def due_cases(self, now: Instant, limit: int) -> list[str]:
        """Open cases with next_look <= now, earliest first."""
        return [row[0] for row in self._ask(SELECT_DUE, (now, limit))]

    def unlooked_cases(self, before: Instant, limit: int) -> list[str]:
        """Open cases last looked at before an instant, longest ago first."""
        return [row[0] for row in self._ask(SELECT_UNLOOKED, (before, limit))]

    def next_look(self) -> Instant | None:
        """The earliest next_look of any open case."""
        found: Instant | None = self._ask(SELECT_NEXT_LOOK)[0][0]
        return found

    def property(self, name: str) -> str | None:
        """A property of the store: origin, label, born_at, demonstration time."""
        rows = self._ask(SELECT_PROPERTY, (name,))
        return str(rows[0][0]) if rows else None

    def bundle(self, digest: str) -> bytes | None:
        """The pinned bundle's bytes."""
        rows = self._ask(SELECT_BUNDLE, (digest,))
        return bytes(rows[0][0]) if rows else None

    # --- reading: for boards and auditors ----------------------------------------------------------------------------

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases, open ones only unless `closed`, by ward and bed."""
        asked = select(HEAD).order_by(HEAD.c.ward, HEAD.c.bed, HEAD.c.case)
        if ward is not None:
            asked = asked.where(HEAD.c.ward == ward)
        return [head_of(row) for row in self._rows(asked if closed else asked.where(HEAD.c.closed == 0))]

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The stored events of a case in order. Events appended while it runs may follow."""
        columns = EVENT.c
        asked = select(columns.case, columns.position, columns.canonical, columns.previous, columns.hash)
        asked = asked.where(columns.case == case).order_by(columns.position).limit(STREAM_PAGE)
        while page := self._rows(asked.where(columns.position > after)):
            yield from (Stored(*row) for row in page)
            after = page[-1][1]

    def reminders(self, case: str | None = None, open_only: bool = True) -> list[ReminderRow]:
        """Reminder rows, by due time."""
        asked = select(REMINDER).order_by(REMINDER.c.due_at, *REMINDER.primary_key.columns)
        if case is not None:
            asked = asked.where(REMINDER.c.case == case)
        return [
            reminder_of(row) for row in self._rows(asked.where(REMINDER.c.status == "open") if open_only else asked)
        ]

    def notices(self, case: str | None = None) -> list[tuple[Notice, str]]:
        """Notices with their state, oldest first."""
        asked = select(NOTICE).order_by(NOTICE.c.created_at, NOTICE.c.key)
        rows = self._rows(asked if case is None else asked.where(NOTICE.c.case == case))
        return [(notice_of(row), row.state) for row in rows]

    def identity(self, case: str) -> Identity | None:
        """The identity row of a case."""
        rows = self._rows(select(IDENTITY).where(IDENTITY.c.case == case))
        return Identity(*rows[0]) if rows else None

    def attempts(self, case: str | None = None) -> list[Attempt]:
        """The refused requests, in the order they were refused."""
        asked = select(ATTEMPT).order_by(ATTEMPT.c.number)
        return [attempt_of(row) for row in self._rows(asked if case is None else asked.where(ATTEMPT.c.case == case))]

    def quarantined(self) -> list[tuple[int, Instant, str, bytes]]:
        """What waits in quarantine: number, recorded at, why, canonical bytes."""
        columns = QUARANTINE.c
        asked = select(columns.number, columns.at, columns.why, columns.canonical).order_by(columns.number)
        return [(number, at, why, canonical) for number, at, why, canonical in self._rows(asked)]

    def beats(self) -> dict[str, Instant]:
        """The last heartbeat by name."""
        return {row.name: row.at for row in self._rows(select(HEARTBEAT).order_by(HEARTBEAT.c.name))}

    def close(self) -> None:
        """Release files and connections. The store refuses every later question."""
        self._closed = True
        self._engine.dispose()

    # --- connections -------------------------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreRefused("a store was used after it was closed", "an open store", "open it again")
        return connect(self._driver, self.path)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """An immediate transaction. Threads of one process take turns at a lock: fairer than asking the file again."""
        if not self._turn.acquire(timeout=BUSY_MS / 1000):
            raise busy()
        try:
            with self._reading() as connection:
                connection.execute(BEGIN_WRITE)
                try:
                    yield connection
                    connection.execute(COMMIT)
                except BaseException:
                    if connection.in_transaction:
                        connection.execute(ROLLBACK)
                    raise
        finally:
            self._turn.release()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of the pool for prepared statements; what its driver raises is told as a WardpathError."""
        lent: PoolProxiedConnection | None = None
        try:
            lent = self._engine.raw_connection()
            yield cast("sqlite3.Connection", lent.driver_connection)
        except NoConnection as error:
            raise busy() from error
        except self._driver.module.Error as error:
            if told := refusal(error):
                raise told from error
            raise
        finally:
            if lent is not None:
                lent.close()

    def _run(self, statement: str, row: Sequence[object]) -> None:
        with self._transaction() as connection:
            connection.execute(statement, row)

    def _ask(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._reading() as connection:
            return connection.execute(statement, parameters).fetchall()

    def _rows(self, asked: Select[Any]) -> Sequence[Any]:
        try:
            with self._engine.begin() as connection:
                return connection.execute(asked).all()
        except NoConnection as error:
            raise busy() from error
        except DBAPIError as error:
            if told := refusal(error.orig):
                raise told from error
            raise


def pool(driver: Driver, opened: Callable[[], sqlite3.Connection]) -> Engine:
    """The connections to one file. The one used last is used next: its statements are prepared and its pages warm."""
    engine = create_engine(
        "sqlite://",
        module=driver.module,
        creator=opened,
        poolclass=QueuePool,
        pool_use_lifo=True,
        pool_size=POOL_KEPT,
        max_overflow=POOL_MOST - POOL_KEPT,
        pool_timeout=BUSY_MS / 1000,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN_READ))
    return engine
