"""The envelope of every event, its canonical bytes and the hash chain of its case.

The canonical bytes are JSON with sorted keys, integers and strings only; they are what is hashed and what is stored.
hash = SHA-256("wardpath-event-v1" || previous hash || canonical bytes), 32 bytes; the first previous hash is 32 zeros.
"""

from hashlib import sha256

import msgspec

from pathway.case.events import AnyBody
from pathway.clinical.instant import Instant

#: Version of an event type's fields, where it is no longer 1. An older stored version goes through an upcaster.
VERSIONS: dict[str, int] = {}
FIRST_HASH = bytes(32)
DOMAIN = b"wardpath-event-v1"


class By(msgspec.Struct, frozen=True):
    """Who or what speaks: a person under a role, a feed, or the engine; and how that was authenticated."""

    actor: str
    role: str = ""
    source: str = "person"
    authenticated: str = "none"


CLOCK = By(actor="clock", source="engine", authenticated="engine")
ENGINE = By(actor="engine", source="engine", authenticated="engine")


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of one case. `position` counts from 1 without gaps; `cause` is the position that led to it."""

    case: str
    position: int
    occurred_at: Instant
    recorded_at: Instant
    by: By
    bundle: str
    body: AnyBody
    version: int = 1
    command: str = ""
    cause: int | None = None

    @property
    def type(self) -> str:
        """The event type's name, such as `ResultRecorded`."""
        return type(self.body).__name__


class Chained(msgspec.Struct, frozen=True):
    """An event with the bytes and hashes under which it is stored."""

    event: Event
    canonical: bytes
    previous: bytes
    hash: bytes


ENCODER = msgspec.json.Encoder(order="sorted")
DECODER = msgspec.json.Decoder(Event)


def chain(event: Event, previous: bytes) -> Chained:
    """The event with its canonical bytes and its hash after `previous` (32 bytes)."""
    canonical = ENCODER.encode(event)
    return Chained(event, canonical, previous, digest(previous, canonical))


def digest(previous: bytes, canonical: bytes) -> bytes:
    """The chain hash of canonical bytes after a previous hash."""
    return sha256(DOMAIN + previous + canonical).digest()


def decode(canonical: bytes) -> Event:
    """The event of stored bytes, without judgement. Raises msgspec.DecodeError for bytes that are no event."""
    return DECODER.decode(canonical)
