"""Every store, as the contract suite has them."""

from tests.persistence.conftest import postgres_store, sqlite_store, store

__all__ = ["postgres_store", "sqlite_store", "store"]
