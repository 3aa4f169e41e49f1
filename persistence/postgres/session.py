"""A connection to a server, set for safety, and a session that says the common statements in the server's way."""

import selectors
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import psycopg
from psycopg import Connection, Cursor, Pipeline
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8BinaryDumper

from pathway.engine.errors import StoreRefused
from persistence.postgres.refusal import ended, unheard
from persistence.statements import COMMIT, INSERT_EVENT, ROW_LOCKS

#: Where the tables stand: a schema of their own, in which nobody but the owner may make anything.
SCHEMA = "wardpath"
#: How long one waits for a case that another process holds. As on SQLite: a case is held for milliseconds.
LOCK_MS = 5_000
#: How long a transaction may stand still between two statements: less than others wait for its lock, so that a stopped
#: process loses its transaction before anybody else loses patience.
IDLE_MS = 4_000
#: How long a statement may take: longer than the wait for a lock, which then is what people are told about.
STATEMENT_MS = 10_000
#: How long a server may take to answer a new connection, and to confirm what was sent to it before the network is dead.
CONNECT_S, CONFIRM_MS = 5, 10_000
#: More than all statements of the store, so that each is prepared once for a connection.
CACHED_STATEMENTS = 256
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
SETTINGS = {
    "search_path": f"{SCHEMA},pg_temp",
    "synchronous_commit": "on",
    "statement_timeout": str(STATEMENT_MS),
    "lock_timeout": str(LOCK_MS),
    "idle_in_transaction_session_timeout": str(IDLE_MS),
}

Row = Sequence[Any]
Raw = Connection[tuple[Any, ...]]


class Context:
    """How Python's values are bound: every integer and truth as BIGINT, so that a statement is prepared only once."""

    adapters = AdaptersMap(psycopg.adapters)
    connection = None


for whole in (int, bool):
    Context.adapters.register_dumper(whole, Int8BinaryDumper)


def connect(url: str, **settings: str) -> Raw:
    """A connection that begins no transaction by itself.

    `settings` go before the `options` of the URL, and these before `SETTINGS`: a site may tune what it waits for.
    Raises StoreRefused for a URL that is none, psycopg.OperationalError when the server does not let in.
    """
    said = str(read_url(url).get("options") or "")
    raw = psycopg.connect(
        url,
        autocommit=True,
        prepare_threshold=0,
        context=Context,
        options=" ".join([options(SETTINGS), said, options(settings)]),
        connect_timeout=CONNECT_S,
        tcp_user_timeout=CONFIRM_MS,
        application_name="wardpath",
    )
    raw.prepared_max = CACHED_STATEMENTS
    return raw


def read_url(url: str) -> dict[str, Any]:
    """The parts of a URL by name. Raises StoreRefused for one that cannot be read, without saying it."""
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        raise StoreRefused(
            "the URL of the database cannot be read", "postgresql://role:password@host/database", "mend it"
        ) from None


def options(settings: Mapping[str, str]) -> str:
    """Settings of a session as a server is told them at its begin."""
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def silent(raw: Raw) -> bool:
    """Whether an idle connection is as it was left. A server that went away has said so on the socket."""
    if raw.closed:
        return False
    with selectors.DefaultSelector() as waiting:
        waiting.register(raw.fileno(), selectors.EVENT_READ)
        return not waiting.select(0)


class PostgresSession:
    """`persistence.session.Session` in a pipeline: only a question waits for the server.

    What is written goes with the next question or with the commit, and is refused there. Until then the server is told
    nothing: it counts a transaction as standing still (`IDLE_MS`) only when it was asked to answer all it was told.
    """

    __slots__ = ("_pipeline", "_raw", "_untold", "_writing", "appended")

    def __init__(self, raw: Raw, pipeline: Pipeline) -> None:
        self._raw, self._pipeline = raw, pipeline
        self._untold: list[tuple[str, Row]] = [(BEGIN, ())]
        #: Whether events were written: others want to hear of it after the commit.
        self.appended = False
        # One for all that is written: nobody reads what a write answers, and a new cursor takes as long as its use.
        self._writing = raw.cursor()

    def execute(self, statement: str, row: Row = ()) -> Cursor[tuple[Any, ...]]:
        """Run a statement once. A question is answered now, and locks the rows it must; a write has no answer."""
        if not statement.startswith("SELECT"):
            self._untold.append((statement, row))
            return self._writing
        return self._tell(spoken(statement, locked=True), row)

    def ask(self, *questions: tuple[str, Row]) -> list[Any]:
        """The first row that each of some questions finds, None where it finds none: one wait for all.

        Each is answered after the locks of those before it were taken, and sees what others had written until then.
        """
        *before, (last, row) = questions
        told = [self._say(spoken(statement, locked=True), each) for statement, each in before]
        told.append(self._tell(spoken(last, locked=True), row))
        return [each.fetchone() for each in told]

    def executemany(self, statement: str, rows: Sequence[Row]) -> None:
        """Run a statement for each row, without an answer."""
        self.appended = self.appended or statement is INSERT_EVENT
        self._untold += [(statement, row) for row in rows]

    def commit(self) -> None:
        """End the transaction and wait until the server has it on disk.

        Raises psycopg.Error. InFailedSqlTransaction: a statement had failed before, and everything was rolled back.
        CommitUnknown where the connection ended before the server had answered.
        """
        try:
            told = self._tell(spoken(COMMIT), ()).statusmessage
        except psycopg.OperationalError as error:
            if ended(error):
                raise unheard() from None
            raise
        if told != COMMIT:
            # The driver takes this for a wish to forget its prepared statements, and would do so at a wrong moment.
            self._raw.close()
            raise psycopg.errors.InFailedSqlTransaction

    def _tell(self, last: bytes, row: Row) -> Cursor[tuple[Any, ...]]:
        answer = self._say(last, row)
        self._pipeline.sync()
        return answer

    def _say(self, statement: bytes, row: Row) -> Cursor[tuple[Any, ...]]:
        """Send a question, and before it what was kept back."""
        untold, self._untold = self._untold, []
        writing = self._writing
        try:
            for kept, each in untold:
                writing.execute(spoken(kept), each)
            return self._raw.execute(statement, row, binary=True)
        except psycopg.Error:
            # A quick server refuses the first while the rest is still being sent. It answers nothing more, not even
            # the commit, until it is told that this was all.
            self.drain()
            raise

    def drain(self) -> None:
        """Wait for what is under way. What it raises is a consequence of the error that is told already."""
        with suppress(psycopg.Error):
            self._pipeline.sync()


@cache
def spoken(statement: str, locked: bool = False) -> bytes:
    """A text of `persistence.statements` with this driver's sign for a parameter, and its row locks if wanted."""
    return (statement + (ROW_LOCKS.get(statement, "") if locked else "")).replace("?", "%s").encode()
