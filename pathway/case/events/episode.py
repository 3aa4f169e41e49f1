"""The episode of one patient: enrolment, moves of the bed, exits and what becomes of the case itself."""

from typing import Literal

import msgspec

from pathway.case.events.body import Body, Sealed
from pathway.clinical.instant import Instant


class CaseEnrolled(Body, frozen=True, tag=True):
    """A patient begins a pathway. `patient` is a token of the person, never a name or number."""

    pathway: str
    version: int
    presented_at: Instant
    zone: str
    ward: str
    bed: str
    patient: str
    origin: Literal["live", "invented", "deidentified"]


class PatientMoved(Body, frozen=True, tag=True):
    """The patient lies in another ward or bed; acknowledgements and snoozes end with it."""

    ward: str
    bed: str


class DeathRecorded(Body, frozen=True, tag=True):
    """The patient died at `died_at`."""

    died_at: Instant


class HandedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody takes over at an exit: a pending result (`name` a test or specimen) or an open critical reminder.

    `heir` is a role, `receiver`, or empty where nobody has anything left to do about it.
    """

    kind: Literal["result", "reminder"]
    name: str
    heir: str
    subject: str = ""
    due_at: Instant | None = None


class HandedFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact as it was shown at the exit: its words, and the instant of what they say."""

    fact: str
    known: bool
    shown: str
    at: Instant | None = None


class HandedOver(Body, frozen=True, tag=True):
    """The case left the pathway: who takes over what is still open, and the facts that go along.

    `receiver` is the person outside who accepted at `accepted_at`; `linked` another case of the person; `died` the
    position of the death that this exit recorded.
    """

    exit: str
    taken: tuple[HandedItem, ...] = ()
    facts: tuple[HandedFact, ...] = ()
    receiver: Sealed | None = None
    accepted_at: Instant | None = None
    linked: str = ""
    second: str = ""
    died: int | None = None


class CaseReopened(Body, frozen=True, tag=True):
    """An exit was a mistake: the case goes on from the phase before it."""

    exits: tuple[str, ...]
    reason: Sealed


class CaseJoined(Body, frozen=True, tag=True):
    """The facts of another case of the same person came to this one. `choose`: region to leaf where phases differed."""

    other: str
    second: str
    reason: Sealed
    choose: dict[str, str] = {}


class CaseMergedAway(Body, frozen=True, tag=True):
    """The person's other case `into` goes on for both; this one is closed and points to it."""

    into: str
    second: str
    reason: Sealed


class DefinitionAmended(Body, frozen=True, tag=True):
    """The case goes on under another bundle, from `was` to `to`, which is `version` of its pathway.

    `repeats`: (reminder, subject, rung): the open reminders that had rung their last step, whose repeats from that rung
    on are no steps of the new ladder.
    """

    was: str
    to: str
    version: int
    reason: Sealed
    second: str = ""
    repeats: tuple[tuple[str, str, int], ...] = ()


class CaseParted(Body, frozen=True, tag=True):
    """The two cases were not of one person: what came from `other` is taken back. On both streams."""

    other: str
    second: str
    reason: Sealed
