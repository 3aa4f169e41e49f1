"""What psycopg raises, told as an error of the engine.

PostgreSQL quotes the values of the row in its messages: they stay out, and what is told is the kind of error, its
SQLSTATE and the constraint. Our own triggers name tables and columns only, and are told in their words.
"""

import psycopg

from pathway.engine.errors import CommitUnknown, Conflict, StoreRefused, WardpathError
from persistence.refusal import AGAIN

#: integrity_constraint_violation: the state of the errors that our triggers raise, and no other of the server's.
OURS = "23000"
#: Classes of states in which the server has ended a connection, or it broke: operator intervention, connections.
ENDED = ("57P", "08")
WANTED = "a server that can be reached, read and written"


def refusal(error: BaseException | None) -> WardpathError | None:
    """Conflict where a guard or key of the database refused, StoreRefused where the server did.

    None for any other error: that is a fault of the program, and goes on as it is.
    """
    match error:
        case psycopg.IntegrityError():
            told = f"the database refused the write ({kind(error)})"
            return Conflict(told, "rows that follow what is there", "load the case again")
        case psycopg.errors.LockNotAvailable():
            return StoreRefused("the case was held by another for five seconds", "a turn within that time", AGAIN)
        case psycopg.errors.InsufficientPrivilege():
            told = f"the database does not allow this to the role in use ({kind(error)})"
            return StoreRefused(told, "a role with the right to it", "open the store in the role that this is done in")
        case psycopg.errors.DiskFull():
            told = f"the disk of the database is full ({kind(error)})"
            return StoreRefused(told, "room for what is written", f"make room; {AGAIN}")
        case psycopg.errors.IoError():
            told = f"the disk of the database failed ({kind(error)})"
            return StoreRefused(told, "a disk that keeps and gives back what it is given", f"call for help; {AGAIN}")
        case psycopg.ProgrammingError():
            return None
        case psycopg.Error():
            return StoreRefused(f"the database failed ({kind(error)})", WANTED, AGAIN)
    return None


def ended(error: psycopg.OperationalError) -> bool:
    """Whether it was the connection that ended, and not the server that refused."""
    return error.sqlstate is None or error.sqlstate.startswith(ENDED)


def unheard() -> CommitUnknown:
    """The connection ended while a transaction was being put on disk."""
    happened = "the connection to the database ended while this was being put on disk: whether it is kept is not known"
    return CommitUnknown(happened, "the server's answer", AGAIN)


def lost() -> StoreRefused:
    """The server ended a connection as soon as it was made."""
    return StoreRefused("the database failed (no connection)", WANTED, AGAIN)


def kind(error: psycopg.Error) -> str:
    """The kind of an error, without any value."""
    if error.sqlstate == OURS:
        return str(error.diag.message_primary)
    if error.sqlstate is None:
        # Raised by the driver: the server is not there, or no longer.
        return "no connection" if isinstance(error, psycopg.OperationalError) else type(error).__name__
    place = error.diag.constraint_name or error.diag.table_name
    return f"{type(error).__name__}, SQLSTATE {error.sqlstate}" + (f", {place}" if place else "")
