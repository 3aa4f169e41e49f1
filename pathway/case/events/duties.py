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


class ReminderOffered(Body, frozen=True, tag=True):
    """An open reminder is offered to a named person in a role, who accepts by `until`. Until then nothing changes."""

    reminder: str
    subject: str
    ordinal: int
    to: str
    to_role: str
    until: Instant
    reason: Sealed


class OfferDeclined(Body, frozen=True, tag=True):
    """The person to whom a reminder was offered does not take it; `tells`: the role of whoever offered it."""

    reminder: str
    subject: str
    ordinal: int
    tells: str
    reason: Sealed


class OfferLapsed(Body, frozen=True, tag=True):
    """An offer to `to` was not answered in time: it rings again to `tells`, the role of `offered_by`."""

    reminder: str
    subject: str
    ordinal: int
    to: str
    offered_by: str
    tells: str


class ReminderTaken(Body, frozen=True, tag=True):
    """Whoever wrote this answers for the reminder from now on. `offered_by`: the one who handed it over, else empty.

    The ladder rings on, to the same roles.
    """

    reminder: str
    subject: str
    ordinal: int
    offered_by: str = ""


class ReminderHandedBack(Body, frozen=True, tag=True):
    """Nobody by name answers for the reminder any more: it is its role's again."""

    reminder: str
    subject: str
    ordinal: int
    reason: Sealed


class RuleReported(Body, frozen=True, tag=True):
    """Somebody says that a rule is wrong here; it closes and pauses nothing. `tells`: who looks after the rules.

    `ordinal`: the occurrence it was said of; 0 where the reminder never opened, which may be what is wrong.
    """

    reminder: str
    subject: str
    ordinal: int
    reason: Sealed
    tells: tuple[str, ...]


class BudgetExceeded(Body, frozen=True, tag=True):
    """On one day of the site this patient's reminders told more than the budget; nothing was held back (H39).

    `lines` and `pages` outside the critical class so far that day, which ends at `until`; said once a day.
    """

    lines: int
    pages: int
    until: Instant
    tells: tuple[str, ...]


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
