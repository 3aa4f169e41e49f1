"""A store by its address: a PostgreSQL URL or the path of an SQLite file, the same code over both."""

from pathlib import Path

from persistence.database import DatabaseStore, Origin
from persistence.sqlite import SqliteStore

SERVERS = ("postgresql://", "postgres://")


def open_store(place: str | Path) -> DatabaseStore:
    """Open a store: `postgresql://...`, else a file. Raises StoreRefused as `open` of its kind does."""
    if is_server(place):
        from persistence.postgres.store import PostgresStore

        return PostgresStore.open(str(place))
    return SqliteStore.open(place)


def create_store(place: str | Path, origin: Origin, label: str = "") -> DatabaseStore:
    """Make a new store and open it. Raises StoreRefused where there is one already."""
    if is_server(place):
        from persistence.postgres.store import PostgresStore

        return PostgresStore.create(str(place), origin, label)
    return SqliteStore.create(place, origin, label)


def is_server(place: str | Path) -> bool:
    """Whether an address is that of a PostgreSQL server."""
    return isinstance(place, str) and place.startswith(SERVERS)


def shown(place: str | Path) -> str:
    """An address for people: the path, or server and database without user and password. Raises StoreRefused."""
    if not is_server(place):
        return str(place)
    from persistence.postgres.store import place as server_and_database

    return server_and_database(str(place))
