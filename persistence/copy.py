"""A whole copy of an SQLite store while others write to it: made beside its place, published under its name last."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from pathway.engine.errors import StoreRefused
from persistence.driver import bare, choose
from persistence.file import version_of
from persistence.guards import known_version
from persistence.refusal import refusal
from persistence.tables import SCHEMA_VERSION

#: What SQLite may leave beside a file.
BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def copied(source: Path, target: Path) -> Iterator[Path]:
    """A copy of the store under another name, to be looked at in the block; when that ends well it becomes `target`.

    The copy is of one instant: every commit before it, none after. Until the block has ended there is no `target`, and
    when it ends by an exception there is none either. Raises StoreRefused when `target` exists, for what is no store,
    and for a newer one.
    """
    version = version_of(choose(), source)
    if version > SCHEMA_VERSION:
        known_version(str(source), version)
    refuse_existing(target)
    building = target.with_name(f"{target.name}.building-{os.getpid()}")
    try:
        vacuum_into(source, building)
        yield building
        stand_alone(building)
        flush(building)
        publish(building, target)
    except OSError as error:
        raise StoreRefused(
            f"{target} cannot be made ({error.strerror})", "a folder that can be written, with space", "choose another"
        ) from error
    finally:
        for end in ("", *BESIDE):
            building.with_name(building.name + end).unlink(missing_ok=True)


def compacted(path: Path) -> None:
    """Write a file anew that nobody else uses: what its rows no longer say is then nowhere in it or its log."""
    with closing(bare(choose(), path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def refuse_existing(target: Path) -> None:
    """Raises StoreRefused when something lies under this name, a part of a store included."""
    if any(target.with_name(target.name + end).exists() for end in ("", *BESIDE)):
        raise StoreRefused(f"{target} exists", "a new file: nothing is overwritten", "choose another name")


def vacuum_into(source: Path, building: Path) -> None:
    """Write what the store holds at one instant into a new file that its owner alone can read."""
    driver = choose()
    os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = bare(driver, source)
    try:
        connection.execute("VACUUM INTO ?", (str(building),))
    except driver.module.Error as error:
        raise refusal(error) or error from error
    finally:
        connection.close()


def stand_alone(building: Path) -> None:
    """Take the mark of a write-ahead log off the copy, which could not be read where nothing may lie beside it."""
    with closing(bare(choose(), building)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def publish(building: Path, target: Path) -> None:
    """Give the copy its name, unless somebody took it meanwhile, and make the name last."""
    try:
        os.link(building, target)
    except FileExistsError:
        refuse_existing(target)
    except OSError:
        # No second names on this file system: the look and the move are two steps there.
        refuse_existing(target)
        building.rename(target)
    flush(target.parent)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    with suppress(PermissionError):
        # Not every system opens a folder.
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
