"""What a database driver raises, told as an error of the engine. Its texts name tables and columns, never contents."""

from pathway.engine.errors import CommitUnknown, Conflict, StoreReadOnly, StoreRefused, WardpathError

AGAIN = "mend the cause and send the same command again: its id makes that safe, whether or not this one was kept"


def refusal(error: BaseException | None) -> WardpathError | None:
    """Conflict where a guard or key of the database refused, StoreRefused where the file did.

    None for any other error: that is a fault of the program, and goes on as it is.
    """
    name, text = type(error).__name__, str(error)
    if name == "IntegrityError" and not text.startswith("cannot store"):
        return Conflict(
            f"the database refused the write ({text})", "rows that follow what is there", "load the case again"
        )
    if name in {"IntegrityError", "OperationalError", "DatabaseError"}:
        return StoreRefused(f"the database failed ({text})", "a file that can be read and written", AGAIN)
    return None


#: How SQLite says that the disk failed. A disk that is full says so in other words, and takes writes again later.
DISK = "disk I/O error"
RESTART = "mend the disk and start the ward again; then send the same command again: its id makes that safe"


def disk_failed(error: BaseException) -> bool:
    """Whether the disk failed, so that nothing more may be trusted to it."""
    return type(error).__name__ == "OperationalError" and str(error) == DISK


def unknown() -> CommitUnknown:
    """The disk failed while a transaction was being put on it: it may come back when the file is opened again."""
    return CommitUnknown(
        "the disk failed while this was being put on it: whether it is kept is not known yet", "a disk", RESTART
    )


def read_only() -> StoreReadOnly:
    """The disk has failed before."""
    return StoreReadOnly(
        "the disk has failed, and the store takes no writes", "a disk that keeps what it is given", RESTART
    )


def busy() -> StoreRefused:
    """Nobody got a turn in time."""
    return StoreRefused("the store was busy for five seconds", "a turn within that time", AGAIN)
