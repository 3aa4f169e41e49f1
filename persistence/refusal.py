"""What a database driver raises, told as an error of the engine. Its texts name tables and columns, never contents."""

from pathway.engine.errors import Conflict, StoreRefused, WardpathError

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


def busy() -> StoreRefused:
    """Nobody got a turn in time."""
    return StoreRefused("the store was busy for five seconds", "a turn within that time", AGAIN)
