"""The keeper: signs what every chain has come to, and what it says must go on from what was signed before.

It only reads the store, so that it may be another process of another user. Before it signs, it computes the hash of
each event since its last checkpoint anew: nothing is sealed that was changed before.
"""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import takewhile
from threading import Event

import msgspec
import structlog

from pathway.case.envelope import digest
from pathway.clinical.instant import SECOND, Instant, iso
from pathway.engine.errors import RecordDamaged, WardpathError
from pathway.engine.ports import Clock, Head, Store, Stored
from scheduler.post import error_name
from ward.clock import SystemClock
from ward.errors import NotHere
from ward.place import Place
from ward.proof.key import PUBLIC, CheckpointKey, key_place, read_key, salt_of, token
from ward.proof.places import catch_up, folders, put, put_key
from ward.proof.verify_export import FIRST, HASH_BYTES, Book, leaf, read_note, root_of

#: A checkpoint is due after so long, and after so many events; where nothing happens, an hour is enough.
EVERY_S, EVENTS, IDLE_US = 60.0, 500, 3600 * SECOND
#: How often the keeper counts.
LOOK_S = 5.0
#: Of a short code.
CODE_DIGITS = 12
MEND = "stop the ward and find out who changed the record: wardpath audit verify"
LOG = structlog.get_logger()


class Told(msgspec.Struct, frozen=True):
    """A checkpoint that was signed. `code`: short enough to be read out and written on paper."""

    number: int
    at: Instant
    streams: int
    events: int
    code: str


class Keeper:
    """Keeps the checkpoints of a store. Raises NotHere where the store knows no such key, RecordDamaged for checkpoints
    that are damaged themselves."""

    def __init__(self, store: Store, place: Place, key: CheckpointKey, clock: Clock) -> None:
        self.store, self.key, self.clock = store, key, clock
        salt = salt_of(store)
        if salt is None or store.property(PUBLIC) != key.public:
            raise NotHere("the store names another key for its checkpoints", "this key", "run `wardpath audit key`")
        self.salt, self.places = bytes.fromhex(salt), folders(place)
        put_key(self.places, key.public)
        catch_up(self.places)
        book = Book(self.places, key.public)
        if book.findings or book.bare:
            wrong = book.findings[0].what if book.findings else f"checkpoint {book.bare[0]} has no file of heads"
            raise RecordDamaged(wrong, "checkpoints as they were signed", "bring them back from the second place")
        self.last = book.newest
        self.heads = {
            each: (claims.position, bytes(claims.hashes[-HASH_BYTES:])) for each, claims in book.claims.items()
        }
        self.at = Instant(0)

    def waiting(self) -> int:
        """How many events came since the last checkpoint."""
        return sum(head.position for head in self._heads()) - (0 if self.last is None else self.last.events)

    def sign(self) -> Told:
        """Sign what there is now. Raises RecordDamaged where it does not go on from what was signed before."""
        now, fresh, lines = self.clock.now(), dict(self.heads), []
        heads = {token(self.salt, head.case): head for head in self._heads()}
        if gone := self.heads.keys() - heads.keys():
            raise damaged("a stream that was signed is gone", min(gone).hex()[:16])
        for named in sorted(heads):
            head, (position, last) = heads[named], self.heads.get(named, (0, FIRST))
            if (head.position, head.hash) != (position, last):
                hashes = self._since(head, position, last)
                fresh[named] = (position + len(hashes), hashes[-1])
                lines.append(f"{named.hex()} {position + 1} {b''.join(hashes).hex()}")
        number = 1 if self.last is None else self.last.number + 1
        leaves = [leaf(each, *fresh[each]) for each in sorted(fresh)]
        events = sum(position for position, _ in fresh.values())
        previous = b64encode(FIRST if self.last is None else self.last.hash).decode()
        said = (f"number {number}", f"events {events}", f"previous {previous}", f"at {iso(now)}")
        body = "\n".join((self.key.name, str(len(leaves)), b64encode(root_of(leaves)).decode(), *said, "")).encode()
        note = self.key.sign(body)
        put(self.places, number, note, "".join(f"{line}\n" for line in lines))
        self.last, self.heads, self.at = read_note(note), fresh, now
        return Told(number, now, len(leaves), events, code(body))

    def _since(self, head: Head, position: int, last: bytes) -> list[bytes]:
        """The hashes of a stream's events since a position, each computed anew. Raises RecordDamaged."""
        if position and [each.hash for each in self._stream(head.case, position - 1, position)] != [last]:
            raise damaged(f"position {position} is not what was signed", head.case)
        hashes: list[bytes] = []
        for each in self._stream(head.case, position, head.position):
            last = digest(last, each.canonical)
            if each.position != position + len(hashes) + 1 or each.hash != last:
                raise damaged(f"position {position + len(hashes) + 1} does not continue its chain", head.case)
            hashes.append(last)
        if not hashes or hashes[-1] != head.hash:
            raise damaged(f"it ends before position {head.position}, where its head is", head.case)
        return hashes

    def _stream(self, case: str, after: int, until: int) -> Iterator[Stored]:
        """Events of a stream behind a position, up to another."""
        return takewhile(lambda each: each.position <= until, self.store.stream(case, after))

    def _heads(self) -> list[Head]:
        return [*self.store.heads(closed=True), *self.store.site_heads()]


def keeper_of(store: Store, place: Place) -> Keeper:
    """The keeper of a store, by the world's time. Raises NotHere without a key, and what `Keeper` raises."""
    if (key := read_key(file := key_place(place))) is None:
        raise NotHere(f"the key of the checkpoints is not in {file}", "its key", "make one with `wardpath audit key`")
    return Keeper(store, place, key, SystemClock())


def keep(opened: Callable[[], Keeper], stopping: Event, told: Callable[[Told], None]) -> None:
    """Sign every minute, or after EVENTS events, until asked to stop, and once more then. Says what fails, and goes on.

    `opened` makes the keeper, and makes it anew after a failure: somebody else may have signed meanwhile.
    """
    keeper: Keeper | None = None
    next_s, wait_s = 0.0, 0.0
    while True:
        last = stopping.wait(wait_s)
        began_s = time.monotonic()
        try:
            keeper = keeper or opened()
            waits, idle = keeper.waiting(), keeper.clock.now() - keeper.at >= IDLE_US
            if (waits or idle) and (last or waits >= EVENTS or began_s >= next_s):
                told(keeper.sign())
                next_s = began_s + EVERY_S
        except WardpathError as error:
            LOG.error("no checkpoint was signed", why=error.happened, mend=error.mend)  # noqa: TRY400 - what we say ourselves
            keeper, next_s = None, began_s + EVERY_S
        except Exception as error:  # noqa: BLE001 - the next minute tries again, and the watchdog counts the minutes
            LOG.error("no checkpoint was signed", error=error_name(error))  # noqa: TRY400 - names only
            keeper, next_s = None, began_s + EVERY_S
        if last:
            return
        # A store that takes long to count is not counted all the time.
        wait_s = max(LOOK_S, 20 * (time.monotonic() - began_s))


def damaged(what: str, about: str) -> RecordDamaged:
    """The record does not go on from what was signed: nothing is sealed over that."""
    return RecordDamaged(f"{about}: {what}", "a record that goes on from the last checkpoint", MEND)


def code(body: bytes) -> str:
    """A checkpoint in twelve digits, to be read out or written on paper: enough to tell that it is another."""
    digits = sha256(body).hexdigest()[:CODE_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, CODE_DIGITS, 4))
