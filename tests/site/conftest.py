"""Every store, as the contract suite has them."""

from tests.persistence.conftest import _parted, parted_store, postgres_store, sqlite_store, store

__all__ = ["_parted", "parted_store", "postgres_store", "sqlite_store", "store"]
