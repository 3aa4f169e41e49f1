"""Scrub: what was destroyed in a table may lie on in a log or in a page; as far as a program can, it ends here."""

from pathway.engine.ports import Store
from persistence.sqlite import SqliteStore


def scrub(store: Store) -> str:
    """Let no copy of what was destroyed lie in the database; what is left to do by hand, empty for nothing.

    An SQLite file zeroes what it frees (`secure_delete`); its write-ahead log is folded in and cut to nothing here.
    A server keeps old rows and its own log: whoever owns the tables rewrites them. Raises StoreRefused.
    """
    if isinstance(store, SqliteStore):
        store.fold_log()
        return ""
    if type(store).__name__ == "MemoryStore":
        return ""
    return "on the server the owner runs `VACUUM FULL wardpath.case_key`; its log goes as its archive is kept"
