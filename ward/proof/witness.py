"""The witness: remembers the last checkpoint that it saw, and refuses one that does not go on from it.

It needs neither the store nor the key of the keeper: two checkpoints that tell two people different things, and a
record that was put back to an older copy, come out when both are shown to one witness.
"""

from pathlib import Path

import msgspec

from pathway.engine.errors import RecordDamaged
from ward.errors import NotUnderstood
from ward.proof.verify_export import NOTE, Book
from ward.watchdog.telling import write

MEND = "keep both checkpoints, and find out which of them the record bears: wardpath audit verify"


class Seen(msgspec.Struct, frozen=True):
    """What a witness remembers. `key`: the public key that it trusts since the first time; `hash`: of the note."""

    key: str
    number: int
    hash: str
    streams: int
    events: int
    at: str


def witness(file: Path, memory: Path, public: str) -> Seen:
    """Look at a checkpoint and remember it in `memory`. Its folder holds those between it and the last one seen.

    Raises RecordDamaged where it does not go on from that, and NotUnderstood for what is no checkpoint or no memory.
    """
    before = remembered(memory)
    key = public if before is None else before.key
    if public and public != key:
        raise refused("another public key is said than the one remembered", 0)
    try:
        book = Book([file.parent], key)
        number = int(file.name.removesuffix(NOTE))
    except ValueError as error:
        happened = f"{file} is no checkpoint, or its key is none"
        raise NotUnderstood(happened, f"a file such as 00000017{NOTE}", "name one") from error
    note = book.notes.get(number)
    if wrong := [each for each in book.findings if each.before <= number]:
        raise refused(wrong[0].what, number)
    if note is None or book.signatures is None:
        raise refused("it is not there, or no public key is said", number)
    if before is not None:
        same = book.notes.get(before.number)
        if number < before.number:
            raise refused(f"it is older than checkpoint {before.number}, which was seen before", number)
        if same is None or same.hash.hex() != before.hash:
            raise refused(f"it does not go on from checkpoint {before.number} as it was seen", number)
    if book.bare and book.bare[0] <= number:
        raise refused(f"checkpoint {book.bare[0]} has no file of heads: that it only adds cannot be seen", number)
    seen = Seen(key, number, note.hash.hex(), note.streams, note.events, note.at)
    try:
        write(memory, msgspec.json.format(msgspec.json.encode(seen)) + b"\n")
    except OSError as error:
        happened = f"{memory} cannot be written ({error.strerror}): nothing is remembered"
        raise NotUnderstood(happened, "a file that can be written", "name another with --memory") from error
    return seen


def remembered(memory: Path) -> Seen | None:
    """What was seen last; None for a new witness. Raises NotUnderstood."""
    try:
        return msgspec.json.decode(memory.read_bytes(), type=Seen)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise NotUnderstood(f"{memory} is no memory of a witness", "the file that it wrote", "name that") from error


def refused(what: str, number: int) -> RecordDamaged:
    """A checkpoint is not taken."""
    return RecordDamaged(f"checkpoint {number} is refused: {what}", "one that goes on from the last", MEND)
