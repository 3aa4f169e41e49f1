"""The envelope of every event, its canonical bytes and the hash chain of its case.

The canonical bytes are JSON with sorted keys, integers and strings only; they are what is hashed and what is stored.
hash = SHA-256("wardpath-event-v1" || previous hash || canonical bytes), 32 bytes; the first previous hash is 32 zeros.
"""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from pathway.case.events import AnyBody
from pathway.clinical.instant import Instant

#: Version of an event type's fields, where it is no longer 1. An older stored version goes through an upcaster.
VERSIONS: dict[str, int] = {}
#: What makes the fields of the next version from those of one. Pure, and kept for ever: old bytes are never rewritten.
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[str, int], Upcast] = {}
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


class Verbal(msgspec.Struct, frozen=True):
    """Who gave an order by voice that somebody else carried out: the person, and the role they spoke in."""

    giver: str
    role: str


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of one case. `position` counts from 1 without gaps; `cause` is the position that led to it.

    `origin`: the case and the position where this fact was recorded first, if it came with a merged case.
    `verbal`: the act was done on somebody's spoken order, which they have to sign for. `second_by`: who signed beside
    the one who spoke, and how that person was authenticated.
    """

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
    origin: tuple[str, int] | None = None
    verbal: Verbal | None = None
    second_by: By | None = None

    @property
    def type(self) -> str:
        """The event type's name, such as `ResultRecorded`."""
        return type(self.body).__name__


class Enveloped(Protocol):
    """What stands beside an event in every table: of a case, or of a stream of the site."""

    @property
    def case(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def occurred_at(self) -> Instant: ...
    @property
    def recorded_at(self) -> Instant: ...
    @property
    def by(self) -> By: ...
    @property
    def command(self) -> str: ...


class Chained(msgspec.Struct, frozen=True):
    """An event with the bytes and hashes under which it is stored."""

    event: Enveloped
    canonical: bytes
    previous: bytes
    hash: bytes


#: The largest whole number that every reader of JSON reads as it was written, and with it the canonical bytes end.
EXACT = 2**53 - 1
#: What may be a larger one; inside a text it is none.
LONG_NUMBER = re.compile(rb"[:,\[]-?(?:9\d{15}|\d{17,})")
#: Every figure as a nought, and a run of them that only the digits of a long number, or a text, can make. To look for
#: the run takes a tenth of the time of the pattern, which is then asked only where it may match.
NOUGHTS, RUN = bytes.maketrans(b"123456789", b"0" * 9), b"0" * 17
NINE = re.compile(rb"9\d{15}")
ENCODER = msgspec.json.Encoder(order="sorted")
DECODER = msgspec.json.Decoder(Event)


def chain(event: Enveloped, previous: bytes) -> Chained:
    """The event with its canonical bytes and its hash after `previous` (32 bytes)."""
    canonical = ENCODER.encode(event)
    return Chained(event, canonical, previous, digest(previous, canonical))


def digest(previous: bytes, canonical: bytes) -> bytes:
    """The chain hash of canonical bytes after a previous hash."""
    return sha256(DOMAIN + previous + canonical).digest()


def decode(canonical: bytes) -> Event:
    """The event of stored bytes, without judgement; an older version is brought to the present one first.

    Raises msgspec.DecodeError for bytes that are no event, or of a version that this release does not know, or with a
    number that canonical bytes cannot hold.
    """
    if may_be_inexact(canonical) and LONG_NUMBER.search(canonical):
        refuse_inexact(msgspec.json.decode(canonical))
    try:
        event = DECODER.decode(canonical)
    except msgspec.ValidationError:
        return convert(upcast(msgspec.json.decode(canonical)))
    if event.version == (VERSIONS.get(event.type, 1) if VERSIONS else 1):
        return event
    return convert(upcast(msgspec.json.decode(canonical)))


def may_be_inexact(canonical: bytes) -> bool:
    """Whether it is worth the time to look closely for a number beyond what JSON keeps exactly."""
    # From the end: over so many noughts that are no run, the way from the beginning takes half as long again.
    return canonical.translate(NOUGHTS).rfind(RUN) >= 0 or NINE.search(canonical) is not None


def refuse_inexact(raw: object) -> None:
    """Raises msgspec.ValidationError for a whole number, such as an instant, that some reader of JSON reads unlike."""
    match raw:
        case dict():
            for each in raw.values():
                refuse_inexact(each)
        case list():
            for each in raw:
                refuse_inexact(each)
        case int() if abs(raw) > EXACT:
            raise msgspec.ValidationError("an event holds a number beyond what JSON keeps exactly")


def convert(raw: dict[str, Any]) -> Event:
    """An event from its fields. Raises msgspec.ValidationError where they are none."""
    return msgspec.convert(raw, Event)


def upcast(raw: Any, casts: Mapping[tuple[str, int], Upcast] = UPCASTERS) -> dict[str, Any]:
    """The fields of an event in its type's present version; casts are applied one version after the other.

    Raises msgspec.ValidationError for a version without a way to the present one.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("body"), dict):
        raise msgspec.ValidationError("these bytes are no event")
    fields: dict[str, Any] = raw
    name, version = str(fields["body"].get("type")), int(fields.get("version", 1))
    while (cast := casts.get((name, version))) is not None:
        fields, version = cast(fields), version + 1
        name = str(fields["body"].get("type"))
        fields["version"] = version
    if version != VERSIONS.get(name, 1):
        raise msgspec.ValidationError(f"{name} of version {version} is not known to this release")
    return fields
