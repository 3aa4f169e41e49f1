"""The server's side of an upgrade: its version, and a connection that may take its time."""

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from pathway.engine.errors import StoreRefused
from persistence.postgres.refusal import refusal
from persistence.postgres.session import BEGIN, SCHEMA, connect
from persistence.postgres.store import SELECT_VERSION

#: A step may rewrite a table; the wait for a lock stays as short as ever, since all others wait behind it.
STEP_MS = 3_600_000


def server(url: str) -> tuple[Engine, str, int]:
    """The engine, the schema and the version of a store. Raises StoreRefused when the database holds none."""
    try:
        with connect(url) as raw:
            ((version,),) = raw.execute(SELECT_VERSION.encode()).fetchall()
    except psycopg.errors.UndefinedTable:
        raise StoreRefused("the database holds no store", "one that Wardpath laid out", "check the URL") from None
    except psycopg.Error as error:
        if told := refusal(error):
            raise told from None
        raise
    return engine(url), SCHEMA, int(version)


def engine(url: str) -> Engine:
    """A database, one connection at a time."""
    made = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(url, statement_timeout=str(STEP_MS), idle_in_transaction_session_timeout="0"),
        poolclass=NullPool,
        use_native_hstore=False,
        hide_parameters=True,
    )
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql(BEGIN))
    return made
