"""The file of an SQLite store: laid out once, recognised before anything in it is touched."""

import os
from pathlib import Path

from pathway.engine.errors import StoreRefused
from persistence.driver import BEGIN_WRITE, STRICT_TABLES, Driver, bare
from persistence.guards import APPLICATION_ID, known_origin, known_version, schema
from persistence.statements import COMMIT, UPSERT_PROPERTY

#: Where an SQLite file keeps its name and the application's number (SQLite, "Database File Format", 1.3).
MAGIC, NUMBER_AT, HEADER = b"SQLite format 3\x00", slice(68, 72), 100


def lay_out(driver: Driver, path: Path, origin: str, label: str) -> None:
    """Make the file with an empty store in one transaction, readable by its owner alone.

    Raises StoreRefused when the file exists, or the folder cannot be written.
    """
    known_origin(origin)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as error:
        raise StoreRefused(f"{path} exists", "a new file", "open it, or choose another name") from error
    except OSError as error:
        raise StoreRefused(
            f"{path} cannot be made ({error.strerror})",
            "a folder that can be written",
            "make the folder or mend its rights",
        ) from error
    try:
        fill(driver, path, {"origin": origin, "label": label})
    except BaseException:
        path.unlink()
        raise


def fill(driver: Driver, path: Path, properties: dict[str, str]) -> None:
    """Write the schema and the properties, together or not at all."""
    connection = bare(driver, path)
    try:
        # A rollback journal as yet, so that the header stands in the file itself, where `recognise` reads it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(BEGIN_WRITE)
        for statement in schema(strict=driver.version >= STRICT_TABLES):
            connection.execute(statement)
        connection.executemany(UPSERT_PROPERTY, list(properties.items()))
        connection.execute(COMMIT)
    finally:
        connection.close()


def recognise(driver: Driver, path: Path) -> None:
    """Raises StoreRefused unless the file is a store of the schema that this program knows."""
    known_version(str(path), version_of(driver, path))


def version_of(driver: Driver, path: Path) -> int:
    """The schema version of a store. Raises StoreRefused when the file is none, and touches nothing in it."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
    except OSError as error:
        raise StoreRefused(
            f"{path} cannot be read ({error.strerror})", "a store", "check the path and its rights, or make a new store"
        ) from error
    if not header.startswith(MAGIC) or int.from_bytes(header[NUMBER_AT]) != APPLICATION_ID:
        raise StoreRefused(
            f"{path} is no Wardpath store", "a file that Wardpath made", "check the path; this file was not touched"
        )
    connection = bare(driver, path)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except driver.module.DatabaseError as error:
        raise StoreRefused(f"{path} cannot be read ({error})", "a whole file", "restore it from a backup") from error
    finally:
        connection.close()
    return int(version)
