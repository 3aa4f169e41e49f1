"""The SQLite driver: which one, how it keeps its journal, and a connection with every switch set.

SQLite 3.7.0 to 3.51.2 may damage a write-ahead log that two connections write and reset at the same moment, so an
older one is given a rollback journal. Truncated journals with full synchronisation lose no acknowledged commit
either; they are slower.
"""

import sqlite3
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, cast

from pathway.engine.errors import StoreRefused

#: The first SQLite whose write-ahead log is safe with several connections.
SAFE_LOG = (3, 51, 3)
#: The first SQLite with STRICT tables; an older one gets the same tables without.
STRICT_TABLES = (3, 37, 0)
#: How long a writer waits for another process before it gives up. A write holds the lock for milliseconds.
BUSY_MS = 5_000
BEGIN_WRITE, BEGIN_READ = "BEGIN IMMEDIATE", "BEGIN"
#: More than all statements of the store, so that each is prepared once for a connection.
CACHED_STATEMENTS = 256


class Driver(NamedTuple):
    """A driver module, its SQLite version, and the journal that this version is safe with (`wal` or `truncate`)."""

    module: ModuleType
    version: tuple[int, ...]
    journal: str

    def describe(self) -> str:
        """One line for people: library, version, journal, and why where it is not the write-ahead log."""
        line = f"SQLite {'.'.join(map(str, self.version))} ({self.module.__name__.split('.')[0]}), synchronous FULL, "
        if self.journal == "wal":
            return line + "write-ahead log"
        safe = ".".join(map(str, SAFE_LOG))
        return line + f"rollback journal (truncate): slower, but the write-ahead log is only safe from {safe} on"


def choose() -> Driver:
    """`pysqlite3` where it is installed, else the standard library's; the journal follows from the version."""
    try:
        module = import_module("pysqlite3.dbapi2")
    except ImportError:
        module = sqlite3
    version = tuple(int(part) for part in str(module.sqlite_version).split("."))
    return Driver(module, version, journal_for(version))


def journal_for(version: tuple[int, ...]) -> str:
    """The journal mode that an SQLite version is safe with."""
    return "wal" if version >= SAFE_LOG else "truncate"


def connect(driver: Driver, path: Path) -> sqlite3.Connection:
    """A connection to an existing file that begins no transaction by itself and may change threads between uses.

    Raises StoreRefused when the journal cannot be set, since another process keeps it otherwise.
    """
    connection = bare(driver, path)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE deletes a row and no trigger hears of it.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        # What is overwritten, such as a key that is destroyed, does not lie on in the free part of a page.
        connection.execute("PRAGMA secure_delete = FAST")
        (journal,) = connection.execute(f"PRAGMA journal_mode = {driver.journal}").fetchone()
    except driver.module.OperationalError:
        journal = "another"
    except UnicodeDecodeError as error:
        # The driver would say what is wrong, in words that hold a damaged name of the file's own.
        connection.close()
        raise StoreRefused("the store's file is damaged", "a whole file", "restore it from a backup") from error
    if journal != driver.journal:
        connection.close()
        raise StoreRefused(
            f"the store's journal is in use in {journal} mode",
            f"to be the only kind of program on this file, in {driver.journal} mode",
            "stop the other program, or run both with the same SQLite version",
        )
    return connection


def bare(driver: Driver, path: Path) -> sqlite3.Connection:
    """A connection with nothing set but the waiting time. Never creates a file."""
    made = driver.module.connect(
        path.resolve().as_uri() + "?mode=rw",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS,
    )
    return cast("sqlite3.Connection", made)
