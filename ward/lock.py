"""The lock of a running ward: one process rings for a store, and the system frees the lock when that process ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ward.errors import NotHere
from ward.place import Place, is_server


@contextlib.contextmanager
def sole(place: Place) -> Iterator[None]:
    """Hold the store's lock file for the length of the block. Raises NotHere where another process holds it.

    On a system without `flock` nothing is locked, nor for the database of a server, at which several processes may
    work: the scheduler stays right with two of them, and what they print is printed by each.
    """
    if is_server(place):
        yield
        return
    path = Path(place)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.with_name(path.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotHere(
                f"another process runs {path.name}", "one running process for a store", "stop it, or use another --db"
            ) from error
        file.write(str(os.getpid()))
        file.flush()
        yield
