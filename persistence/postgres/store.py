"""The PostgreSQL store: many processes on many machines, a lock per case, one commit per command."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import starmap
from pathlib import Path
from typing import Any, Self, cast

import psycopg
from sqlalchemy import Engine, Select, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Change, Head, Remembered
from persistence.database import DatabaseStore, Made, Origin
from persistence.guards import known_version
from persistence.postgres.hint import Hinter
from persistence.postgres.layout import lay_out_tables
from persistence.postgres.refusal import lost, refusal
from persistence.postgres.session import LOCK_MS, PostgresSession, Raw, connect, read_url, silent, spoken
from persistence.refusal import busy
from persistence.rows import remembered_of
from persistence.session import Session
from persistence.statements import SELECT_HEAD, SELECT_REMEMBERED
from persistence.unit import DatabaseUnit

#: Connections kept, and the most at once: a server is given a hundred by default, for all processes together.
POOL_KEPT, POOL_MOST = 8, 16
#: How long a scan may stand still between two pages, and how many events are in one.
SCAN_MS, SCAN_PAGE = "600000", 2000
#: Locks of a transaction on a name, for which there is no row to lock yet: of a case, of a patient.
LOCK_NAME = "SELECT pg_advisory_xact_lock(hashtextextended(?, ?))"
CASES, PATIENTS = 0, 1
SELECT_SAFETY = """SELECT
current_setting('server_version'), current_setting('synchronous_commit'), current_setting('fsync')"""
SELECT_VERSION = "SELECT version_num FROM schema_version"


class PostgresStore(DatabaseStore):
    """`pathway.engine.ports.Store` in a database of a server. Not to be carried over a fork: open it again there."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._closed = False
        self._hinter = Hinter(url)
        self._engine = pool(self._connect)
        try:
            ((found,),) = self._ask(SELECT_VERSION)
            known_version(place(url), int(found))
            self.origin = self._origin()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, url: str, origin: Origin, label: str = "") -> Self:
        """Make a new store. Raises StoreRefused when the database holds one, or the role may not make a schema."""
        lay_out_tables(url, origin, label)
        return cls(url)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a store. Raises StoreRefused for a server out of reach, a foreign database, a newer or older schema."""
        try:
            return cls(url)
        except psycopg.errors.UndefinedTable:
            raise StoreRefused(
                f"{place(url)} holds no Wardpath store", "a database that Wardpath laid out", "check the URL"
            ) from None

    def describe(self) -> str:
        """One line for people: server, database, and how safe it is. No password."""
        ((version, commit, flush),) = self._ask(SELECT_SAFETY)
        unsafe = "" if flush == "on" else ": ACKNOWLEDGED WRITES CAN BE LOST, set fsync = on"
        return f"PostgreSQL {version}, {place(self._url)}, synchronous_commit {commit}, fsync {flush}{unsafe}"

    def beside(self, name: str) -> Path:
        """A file of this database in the folder of this process, since the server's own is out of reach."""
        return Path(f"{sha256(place(self._url).encode()).hexdigest()[:8]}.{name}")

    def close(self) -> None:
        """Release the connections. The store refuses every later question."""
        self._closed = True
        self._hinter.close()
        self._engine.dispose()

    # --- connections -------------------------------------------------------------------------------------------------

    def _connect(self) -> Raw:
        if self._closed:
            raise StoreRefused("a store was used after it was closed", "an open store", "open it again")
        return connect(self._url)

    @contextmanager
    def _transaction(self) -> Iterator[PostgresSession]:
        """A pipeline from BEGIN to COMMIT; whatever goes wrong before the commit undoes all of it."""
        with self._reading() as raw, undoing(raw), raw.pipeline() as pipeline:
            session = PostgresSession(raw, pipeline)
            try:
                yield session
                session.commit()
            except BaseException:
                session.drain()
                raise
            if session.appended:
                self._hinter.hint()

    def _unit(self, case: str, session: Session, command: str = "") -> DatabaseUnit:
        return PostgresUnit(case, cast("PostgresSession", session), command)

    @contextmanager
    def _reading(self) -> Iterator[Raw]:
        """A connection of the pool, outside of a transaction; what its driver raises is told as a WardpathError.

        Its own text is dropped then, since it quotes the values of rows.
        """
        lent: PoolProxiedConnection | None = None
        try:
            lent = self._engine.raw_connection()
            yield cast("Raw", lent.driver_connection)
        except NoConnection:
            raise busy() from None
        except InvalidRequestError:
            raise lost() from None
        except psycopg.Error as error:
            if told := refusal(error):
                raise told from None
            raise
        finally:
            if lent is not None:
                give_back(lent)

    def _swept(self, statement: str, bound: Sequence[Any], made: Callable[..., Made]) -> Iterator[Made]:
        if self._closed:
            self._connect()
        try:
            # Its own connection, which may stand still: whoever reads takes the time that it takes.
            opened = connect(self._url, idle_in_transaction_session_timeout=SCAN_MS)
            with opened as raw, raw.transaction(), raw.cursor("scan") as cursor:
                cursor.itersize = SCAN_PAGE
                yield from starmap(made, cursor.execute(spoken(statement), bound, binary=True))
        except psycopg.Error as error:
            if told := refusal(error):
                raise told from None
            raise

    def _run(self, statement: str, row: Sequence[Any]) -> int:
        with self._reading() as raw:
            return raw.execute(spoken(statement), row).rowcount

    def _ask(self, statement: str, row: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._reading() as raw:
            return raw.execute(spoken(statement), row, binary=True).fetchall()

    def _rows(self, asked: Select[Any]) -> Sequence[Any]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(asked).all()
        except NoConnection:
            raise busy() from None
        except InvalidRequestError:
            raise lost() from None
        except (DBAPIError, psycopg.Error) as error:
            if told := refusal(error.orig if isinstance(error, DBAPIError) else error):
                raise told from None
            raise


class PostgresUnit(DatabaseUnit):
    """A unit that holds the row of its case, or the name of a case that has none: others wait, other cases do not.

    What it has read of the case stays true until it ends; of other cases, what `case_of_patient` answered.
    """

    __slots__ = ("_held", "_moved", "_seen")

    def __init__(self, case: str, session: PostgresSession, command: str = "") -> None:
        super().__init__(case, session)
        self._moved = False
        self._seen: tuple[str, Remembered | None] | None = None
        head, *seen = session.ask((SELECT_HEAD, (case,)), *[(SELECT_REMEMBERED, (command,))] * bool(command))
        self._held = self._found(head)
        if self._held is None:
            session.executemany(LOCK_NAME, [(case, CASES)])
            # Whoever held the name before may have made the case, and answered the command.
            self._held = super().head()
        elif seen:
            self._seen = command, seen[0] and remembered_of(seen[0])

    def head(self) -> Head | None:
        """The case's head, None when there is no such case. The lock has read it already."""
        self._open()
        return super().head() if self._moved else self._held

    def remembered(self, command: str) -> Remembered | None:
        """What was answered to this command id before, for whichever case. It may have been asked with the lock."""
        self._open()
        if self._seen is not None and self._seen[0] == command and not self._moved:
            return self._seen[1]
        return super().remembered(command)

    def case_of_patient(self, patient: str, pathway: str) -> str | None:
        """The open case of this patient token on a pathway; nobody else can enrol the patient meanwhile."""
        self._open().executemany(LOCK_NAME, [(patient, PATIENTS)])
        return super().case_of_patient(patient, pathway)

    def append(self, change: Change) -> None:
        """Write the change. Raises Conflict when the stream does not end where `change.events` begins.

        What only the database can refuse (a second answer to a command, a second notice of a key) is raised by the next
        question or by the end of the transaction.
        """
        super().append(change)
        self._moved = True


def place(url: str) -> str:
    """Server and database of a URL, without user and password. Raises StoreRefused for a URL that is none."""
    said = read_url(url)
    return f"database {said.get('dbname', '')} on {said.get('host', 'this machine')}"


@contextmanager
def undoing(raw: Raw) -> Iterator[None]:
    """Roll back on any error. A connection that cannot do so is lost: the server then has rolled back by itself."""
    try:
        yield
    except BaseException:
        with suppress(psycopg.Error):
            raw.rollback()
        raise


def give_back(lent: PoolProxiedConnection) -> None:
    """Return a connection to the pool; one that is lost, or still in a transaction, is not used again."""
    raw = cast("Raw", lent.driver_connection)
    if raw.closed or raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        lent.invalidate()
    lent.close()


def pool(opened: Any) -> Engine:
    """The connections to one database. One that the server has ended meanwhile is replaced before it is lent."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=opened,
        poolclass=QueuePool,
        pool_use_lifo=True,
        pool_size=POOL_KEPT,
        max_overflow=POOL_MOST - POOL_KEPT,
        pool_timeout=LOCK_MS / 1000,
        use_native_hstore=False,
        # Parameters are what people told of patients.
        hide_parameters=True,
    )

    def look(raw: Raw, *_: object) -> None:
        if not silent(raw):
            raise DisconnectionError("the server ended this connection")

    event.listen(engine, "checkout", look)
    return engine
