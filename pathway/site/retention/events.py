"""Events about what is kept: rules, holds, and the tombstones of what was erased."""

import msgspec

from pathway.case.events import Body, Sealed
from pathway.clinical.instant import Instant
from pathway.site.retention.commands import Ground

#: What a tombstone is signed as: its bytes are no other thing's.
TOMBSTONE = b"wardpath tombstone 1\n"


class Ended(msgspec.Struct, frozen=True):
    """A stream as it stood when its key was destroyed: how many events, and the hash of the last, in hexadecimal."""

    case: str
    events: int
    head: str


class Tombstone(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was erased: never what it said.

    `of`: a case, or a quarantined report by the name of its key. `holds`: the kinds of what was erased. `keys`: the
    names of the keys destroyed. `streams`: the case and those merged into it.
    """

    of: str
    kind: str
    holds: str
    keys: tuple[str, ...]
    streams: tuple[Ended, ...]
    ground: Ground
    law: str
    by: str
    second: str
    at: Instant
    origin: str


class RetentionSet(Body, frozen=True, tag=True):
    """From now on a kind is kept for so many years after its last entry."""

    kind: str
    keep_years: int
    law: str
    reason: str
    second: str


class CaseHeld(Body, frozen=True, tag=True):
    """A case is under a legal hold: nothing of it is erased."""

    patient_case: str
    reason: Sealed


class HoldReleased(Body, frozen=True, tag=True):
    """A case is under no legal hold any more."""

    patient_case: str
    reason: Sealed
    second: str


class CaseErased(Body, frozen=True, tag=True):
    """The keys of a case were destroyed. `note`: the tombstone as it was signed, whole, to be kept elsewhere too."""

    tombstone: Tombstone
    reason: Sealed
    note: str


class ReportErased(Body, frozen=True, tag=True):
    """The key of a quarantined report was destroyed; signed as that of a case is."""

    tombstone: Tombstone
    reason: Sealed
    note: str


AnyRetentionBody = RetentionSet | CaseHeld | HoldReleased | CaseErased | ReportErased


def signed_bytes(tombstone: Tombstone) -> bytes:
    """The bytes of a tombstone that are signed: its canonical JSON behind a line that says what it is."""
    return TOMBSTONE + msgspec.json.encode(tombstone, order="sorted") + b"\n"
