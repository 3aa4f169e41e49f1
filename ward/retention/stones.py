"""Stones: the tombstones as signed notes outside the database, beside the checkpoints."""

from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from pathway.site.retention.events import TOMBSTONE, Tombstone
from pathway.site.retention.state import Erased
from ward.errors import NotHere
from ward.place import Place
from ward.proof.places import OPEN, add, folders
from ward.wiring import House

#: Of the digest in a file's name: a store that was restored erases again under other names.
DIGITS = 16
NAMES = "tombstone-*.txt"


def name_of(stone: Erased) -> str:
    """How the file of a tombstone is called: by what it says."""
    return NAMES.replace("*", sha256(stone.body.note.encode()).hexdigest()[:DIGITS])


def missing(house: House, place: Place) -> bool:
    """Whether a tombstone is not in each of its places."""
    stones = house.engine.sites.retention().stones()
    return any(not (folder / name_of(each)).exists() for each in stones for folder in folders(place))


def keep_stones(house: House, place: Place) -> list[Path]:
    """Write the tombstones that are missing from a place; those that were written now. Raises NotHere.

    After a crash between an erasure and this, whoever looks next finishes it: the note stands in the event.
    """
    stones = house.engine.sites.retention().stones()
    made = []
    for folder in folders(place) if stones else ():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for each in stones:
                file, note = folder / name_of(each), each.body.note.encode()
                if not file.exists():
                    add(file, note, OPEN)
                    made.append(file)
                elif file.read_bytes() != note:
                    raise NotHere(f"{file} is another tombstone", "the one in the record", "see who wrote it")
        except OSError as error:
            happened = f"a tombstone cannot be written into {folder} ({error.strerror})"
            raise NotHere(happened, "a folder that can be written", "mend it: the next look tries again") from error
    return made


def undone(house: House, place: Place) -> Iterator[Tombstone]:
    """What was erased by the stones outside and has its keys here: a backup brought them back. Each of them once."""
    known = {name_of(each) for each in house.engine.sites.retention().stones()}
    seen = set()
    for file in (file for folder in folders(place) for file in sorted(folder.glob(NAMES))):
        if file.name in known or file.name in seen:
            continue
        seen.add(file.name)
        with suppress(OSError, msgspec.DecodeError):
            body = file.read_bytes().removeprefix(TOMBSTONE).partition(b"\n")[0]
            stone = msgspec.json.decode(body, type=Tombstone)
            if any(house.engine.retaining.alive(key) for key in stone.keys):
                yield stone
