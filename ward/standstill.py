"""Standstill: why a running ward does not ring, in a file beside the store, for whoever watches it from outside.

The store cannot say it: what stands still is that it is written to.
"""

from contextlib import suppress
from pathlib import Path

import msgspec

from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Store
from persistence.database import DatabaseStore

NAME = "standstill.json"


class Standstill(msgspec.Struct, frozen=True):
    """The error with which the store refused a tick, without patient data."""

    code: str
    happened: str
    mend: str


def say(store: Store, error: BaseException) -> None:
    """Say that the store refused a tick. Nothing is said of another error, or where the disk takes no file either."""
    if (file := file_of(store)) is None or not isinstance(error, StoreRefused):
        return
    with suppress(OSError):
        building = file.with_name(f".{file.name}")
        building.write_bytes(msgspec.json.encode(Standstill(error.code, error.happened, error.mend)))
        building.replace(file)


def clear(store: Store) -> None:
    """A tick came to its end."""
    if (file := file_of(store)) is not None:
        with suppress(OSError):
            file.unlink()


def said(store: Store) -> Standstill | None:
    """Why the ward that runs does not ring, as it said last; None where nothing is said."""
    if (file := file_of(store)) is None:
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Standstill)
    except (OSError, msgspec.DecodeError):
        return None


def file_of(store: Store) -> Path | None:
    """Where it is said; None for a store that lies nowhere."""
    return store.beside(NAME) if isinstance(store, DatabaseStore) else None
