"""Aside: looks that the store could not take, in a file beside it, until a store that takes writes takes them in.

Nobody is kept from a patient because a look cannot be recorded: see docs/adr/0027-looks-aside.md.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
import structlog
from msgspec.structs import replace

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Access, Looked, Store
from persistence.database import DatabaseStore

NAME = "looks.jsonl"
#: What the access log says of a look that lay in the file first: whoever runs the machine could have changed it there.
SAID = "kept beside the store"
#: The property that says which file is being taken in, and behind which number of the access log its looks stand.
TAKING = "looks_aside"
OWNER_ONLY = 0o600
LOG = structlog.get_logger()


class Aside:
    """The way of every look into the access log. `lost`: the last one could be kept nowhere."""

    def __init__(self) -> None:
        self.lost = False

    def enter(
        self, store: Store, at: Instant, by: By, what: str, cases: tuple[str, ...], reason: str, outcome: Looked
    ) -> StoreRefused | None:
        """Keep a look in the access log, else beside the store; None, or where it is kept nowhere, why the store is not
        written to. What to do then is the caller's to say."""
        try:
            store.looked_by(at, by, what, cases, reason, outcome)
        except StoreRefused as error:
            said = "; ".join(filter(None, (reason, SAID)))
            self.lost = not keep(store, Access(0, at, by, what, cases, said, outcome))
            if self.lost:
                # Not the cases: whoever reads the log of the process reads nothing of patients.
                LOG.error("a look could be kept nowhere", account=by.actor, role=by.role, what=what, count=len(cases))  # noqa: TRY400  # names only
                return error
        else:
            self.lost = False
        return None


def keep(store: Store, look: Access) -> bool:
    """Write a look beside the store, and wait until it is on disk; False where that cannot be done."""
    path = file_of(store)
    if path is None:
        return False
    try:
        with held(path, os.O_CREAT) as file:
            whole = os.fstat(file).st_size
            # A process that died while it wrote has left half a line.
            torn = b"" if not whole or os.pread(file, 1, whole - 1) == b"\n" else b"\n"
            line = torn + msgspec.json.encode(look) + b"\n"
            try:
                done = os.write(file, line) == len(line)
                os.fsync(file)
            except OSError:
                done = False
            if not done:
                os.ftruncate(file, whole)
            sync_folder(path)
    except OSError:
        return False
    return done


def take_in(store: Store) -> int:
    """Write the looks that lie beside a store into its access log, each once whatever dies meanwhile; how many.

    Lines that cannot be read stay, in a file that ends in `.unread`. Raises StoreRefused where the store takes no
    writes, or the file cannot be read.
    """
    path = file_of(store)
    if path is None or not path.exists():
        return 0
    try:
        with held(path) as file:
            lines = os.pread(file, os.fstat(file).st_size, 0).splitlines()
            looks = [look for each in lines if (look := read(each)) is not None]
            there = Counter(taken(store, sha256(lines[0] if lines else b"").hexdigest()))
            new = 0
            for each in looks:
                if there[each] > 0:
                    there[each] -= 1
                    continue
                store.looked_by(each.at, each.by, each.what, each.cases, each.reason, each.outcome)
                new += 1
            if len(looks) == len(lines):
                path.unlink()
            else:
                LOG.error("looks beside the store cannot be read", count=len(lines) - len(looks))
                path.replace(path.with_name(f"{path.name}.unread"))
            sync_folder(path)
    except FileNotFoundError:
        return 0  # another process has taken it in
    except OSError as error:
        happened = f"the looks beside the store cannot be taken in ({error.strerror})"
        raise StoreRefused(happened, f"{path.name} to be read and removed", "mend its rights") from error
    return new


def taken(store: Store, first: str) -> Iterator[Access]:
    """What the access log has been given since this file, told by its first line, was begun to be taken in."""
    begun, _, number = (store.property(TAKING) or "").partition(" ")
    if begun != first:
        number = str(last_number(store))
        store.set_property(TAKING, f"{first} {number}")
    after = int(number)
    while page := store.accesses(after=after):
        yield from (replace(each, number=0) for each in page)
        after = page[-1].number


def last_number(store: Store) -> int:
    """The last number of the access log, found by halving; 0 where it is empty."""
    low, high = 0, 1
    while store.accesses(after=high, limit=1):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if store.accesses(after=middle, limit=1) else (low, middle)
    return low


def read(line: bytes) -> Access | None:
    """A look as it lies in the file; None for a line that is none."""
    try:
        return msgspec.json.decode(line, type=Access)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def file_of(store: Store) -> Path | None:
    """Where the looks of a store lie meanwhile; None for one that lies nowhere itself."""
    return store.beside(NAME) if isinstance(store, DatabaseStore) else None


@contextmanager
def held(path: Path, more: int = 0) -> Iterator[int]:
    """The file, open, and nobody else's for the length of the block. Raises OSError.

    On a system without `flock` nothing is locked, as for a running ward (ward/lock.py).
    """
    while True:
        file = os.open(path, os.O_RDWR | os.O_APPEND | more | getattr(os, "O_NOFOLLOW", 0), OWNER_ONLY)
        try:
            lock(file)
            if os.fstat(file).st_nlink:
                yield file
                return
        finally:
            os.close(file)


def lock(file: int) -> None:
    """Wait for a file. Whoever waited for one that was taken in meanwhile holds what has no name any more."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX)


def sync_folder(path: Path) -> None:
    """Put on disk that a file is in its folder, or no more."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
