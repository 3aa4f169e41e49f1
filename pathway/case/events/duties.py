"""Obligations: how a reminder opens, moves, rings, is taken note of and ends."""

from typing import Literal

from pathway.case.events.body import Body, Sealed
from pathway.clinical.instant import Instant


class ReminderOpened(Body, frozen=True, tag=True):
    """An obligation began. `anchor` is the instant a discharging event must be later than.

    `since`: it is the same need as before an exit that was taken back, and first opened then.
    """

    reminder: str
    subject: str
    ordinal: int
    level: str
    due_at: Instant
    anchor: Instant
    wording: str = ""
    not_before: Instant | None = None
    because: tuple[int, ...] = ()
    since: Instant | None = None


class ReminderRescheduled(Body, frozen=True, tag=True):
    """The same obligation has another due time, anchor or level. `restart` begins its ladder anew."""

    reminder: str
    subject: str
    ordinal: int
    level: str
    due_at: Instant
    anchor: Instant
    restart: bool = False
    not_before: Instant | None = None
    wording: str = ""


class RungReached(Body, frozen=True, tag=True):
    """The ladder of an open reminder reached a rung; notices go `to` these roles. `count` numbers repeats."""

    reminder: str
    subject: str
    ordinal: int
    rung: int
    count: int
    to: tuple[str, ...]
    level: str
    due_at: Instant


class ReminderAcknowledged(Body, frozen=True, tag=True):
    """Somebody took note: pauses `pauses` (a rung number and those below, or `ladder`) until an instant. Not done."""

    reminder: str
    subject: str
    ordinal: int
    pauses: str
    until: Instant


class ReminderSnoozed(Body, frozen=True, tag=True):
    """The due time was put off once, by a person, with a reason."""

    reminder: str
    subject: str
    ordinal: int
    due_at: Instant
    reason: Sealed
    kind: Literal["snoozed", "not_possible"] = "snoozed"


class ReminderClosed(Body, frozen=True, tag=True):
    """An obligation ended. `told` are the roles that were told of it; a withdrawn need owes them a stand-down.

    `by_exit`: it was withdrawn because the case left the pathway, and comes back if that was a mistake.
    """

    reminder: str
    subject: str
    ordinal: int
    how: Literal["done", "withdrawn", "expired"]
    told: tuple[str, ...] = ()
    acknowledged: bool = False
    because: tuple[int, ...] = ()
    by_exit: bool = False
