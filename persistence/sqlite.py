"""The SQLite store: one file, a small pool of connections, any number of threads and processes.

The lock of a case is the immediate transaction: one writer at a time, in turn. Reads never wait for a writer.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import starmap
from pathlib import Path
from threading import Lock
from typing import Any, Self, cast

from sqlalchemy import Engine, Select, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from pathway.engine.errors import StoreRefused
from persistence.database import DatabaseStore, Made, Origin
from persistence.driver import BEGIN_READ, BEGIN_WRITE, BUSY_MS, Driver, choose, connect
from persistence.file import lay_out, recognise
from persistence.refusal import busy, disk_failed, read_only, refusal, unknown
from persistence.session import Session
from persistence.statements import COMMIT, ROLLBACK
from persistence.unit import SqliteUnit

#: Connections kept, and the most at once: more threads than that wait for one as long as for the write lock.
POOL_KEPT, POOL_MOST = 8, 64


class SqliteStore(DatabaseStore):
    """`pathway.engine.ports.Store` in one file. Not to be carried over a fork: open it again in the child."""

    def __init__(self, path: Path, driver: Driver) -> None:
        self.path = path
        self._driver = driver
        self._turn = Lock()
        self._readers: list[sqlite3.Connection] = []
        self._closed = False
        self._engine = pool(driver, self._connect)
        self.origin = self._origin()

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

    def beside(self, name: str) -> Path:
        """A file beside the store, its own: `ward.db.NAME`."""
        return self.path.with_name(f"{self.path.name}.{name}")

    def close(self) -> None:
        """Release files and connections. The store refuses every later question."""
        self._closed = True
        self._engine.dispose()
        while self._readers:
            self._readers.pop().close()

    def fold_log(self) -> None:
        """Write the log into the file and cut it to nothing: no old copy of a row lies there. Raises StoreRefused."""
        with self._reading() as connection:
            (waited, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if waited:
            raise busy()

    # --- connections -------------------------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreRefused("a store was used after it was closed", "an open store", "open it again")
        return connect(self._driver, self.path)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """An immediate transaction. Threads of one process take turns at a lock: fairer than asking the file again.

        Where the disk fails at its end nobody knows whether it is kept, and what the next would rest on: none follows.
        """
        if self.failed:
            raise read_only()
        if not self._turn.acquire(timeout=BUSY_MS / 1000):
            raise busy()
        try:
            with self._reading() as connection:
                connection.execute(BEGIN_WRITE)
                try:
                    yield connection
                    self._commit(connection)
                except BaseException:
                    if connection.in_transaction:
                        connection.execute(ROLLBACK)
                    raise
        finally:
            self._turn.release()

    def _commit(self, connection: sqlite3.Connection) -> None:
        """End a transaction. Raises CommitUnknown where the disk fails."""
        try:
            connection.execute(COMMIT)
        except self._driver.module.OperationalError as error:
            if not disk_failed(error):
                raise
            self.failed = True
            raise unknown() from error

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

    def _unit(self, case: str, session: Session, command: str = "") -> SqliteUnit:  # noqa: ARG002  # no way to save
        return SqliteUnit(case, session)

    def _run(self, statement: str, row: Sequence[Any]) -> int:
        with self._transaction() as connection:
            return connection.execute(statement, row).rowcount

    def _ask(self, statement: str, row: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        # A question is over when it is answered. To lend a connection of the pool takes longer than the answer does.
        reader: sqlite3.Connection | None = None
        try:
            reader = self._reader()
            found: list[tuple[Any, ...]] = reader.execute(statement, row).fetchall()
        except self._driver.module.Error as error:
            if reader is not None:
                reader.close()
            if told := refusal(error):
                raise told from error
            raise
        if self._closed or len(self._readers) >= POOL_KEPT:
            reader.close()
        else:
            self._readers.append(reader)
        return found

    def _reader(self) -> sqlite3.Connection:
        """A connection for one question; the one used last."""
        try:
            return self._readers.pop()
        except IndexError:
            return self._connect()

    def _swept(self, statement: str, bound: Sequence[Any], made: Callable[..., Made]) -> Iterator[Made]:
        # Its own connection: whoever reads may take an hour, and others wait for those of the pool.
        with closing(self._connect()) as connection:
            try:
                yield from starmap(made, connection.execute(statement, bound))
            except self._driver.module.Error as error:
                if told := refusal(error):
                    raise told from error
                raise

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
