"""The lock of a running ward: one process rings for a store, and the system frees the lock when that process ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ward.errors import NotHere


@contextlib.contextmanager
def sole(path: Path) -> Iterator[None]:
    """Hold the store's lock file for the length of the block. Raises NotHere where another process holds it.

    On a system without `flock` nothing is locked; the scheduler stays right with two processes, and only rings twice.
    """
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
