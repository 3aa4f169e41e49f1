"""What the events of a case leave on a time axis, read in one walk: stages, reminders, and what else happened."""

from collections.abc import Iterable

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import (
    CaseEnrolled,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    DeviationRecorded,
    FindingRecorded,
    HandedOver,
    OverrideSigned,
    PatientMoved,
    PhaseEntered,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReportRecorded,
    RungReached,
    ViolationBegan,
    ViolationBroken,
)
from pathway.clinical.instant import Instant

#: Kinds of what else happened, in the order of their lanes, with what a lane is called.
HAPPENED = {
    "report": "Reports",
    "finding": "Findings",
    "decision": "Courses and decisions",
    "outside": "Deviations and breaches",
    "place": "Moves and exits",
}
KINDS: dict[type, str] = {
    ReportRecorded: "report",
    FindingRecorded: "finding",
    CourseBegun: "decision",
    DecisionRecorded: "decision",
    OverrideSigned: "decision",
    DeviationRecorded: "outside",
    ViolationBegan: "outside",
    ViolationBroken: "outside",
    PatientMoved: "place",
    DeathRecorded: "place",
    HandedOver: "place",
}


class Stay(msgspec.Struct, frozen=True):
    """A region in a leaf, from an instant to the next move; `until` None where it is there still."""

    region: str
    leaf: str
    since: Instant
    until: Instant | None


class Held(msgspec.Struct):
    """One occurrence of a reminder. `due_at` is the last one; `how`: done, withdrawn, expired, or empty while open."""

    reminder: str
    subject: str
    ordinal: int
    opened_at: Instant
    due_at: Instant
    rung: list[Instant]
    noted: list[Instant]
    closed_at: Instant | None = None
    how: str = ""


class Trace(msgspec.Struct, frozen=True):
    """What one walk found. `happened`: kind to events, oldest first, corrected and retracted ones left out."""

    begins: Instant
    stays: tuple[Stay, ...]
    reminders: tuple[Held, ...]
    happened: dict[str, tuple[Event, ...]]


def trace(events: Iterable[Event], void: frozenset[int]) -> Trace:
    """Walk over the events once. `void`: positions of facts that were retracted or replaced."""
    begins: list[Instant] = []
    stays: dict[str, list[Stay]] = {}
    held: dict[tuple[str, str, int], Held] = {}
    happened: dict[str, list[Event]] = {kind: [] for kind in HAPPENED}
    for event in events:
        body = event.body
        if (kind := KINDS.get(type(body))) is not None:
            if event.position not in void:
                happened[kind].append(event)
        elif isinstance(body, PhaseEntered):
            enter(stays.setdefault(body.region, []), body, event.occurred_at)
        elif isinstance(body, CaseEnrolled):
            begins += [body.presented_at, event.occurred_at]
        else:
            remind(held, event)
    return Trace(
        begins=min(begins, default=Instant(0)),
        stays=tuple(stay for each in stays.values() for stay in each),
        reminders=tuple(held.values()),
        happened={kind: tuple(each) for kind, each in happened.items()},
    )


def enter(stays: list[Stay], body: PhaseEntered, at: Instant) -> None:
    """End the stay before, and begin this one."""
    if stays:
        stays[-1] = msgspec.structs.replace(stays[-1], until=at)
    stays.append(Stay(body.region, body.leaf, at, None))


def remind(held: dict[tuple[str, str, int], Held], event: Event) -> None:
    """What an event does to the life of a reminder; one of an occurrence that never opened does nothing."""
    body, at = event.body, event.occurred_at
    if isinstance(body, ReminderOpened):
        key = (body.reminder, body.subject, body.ordinal)
        held[key] = Held(*key, body.since if body.since is not None else at, body.due_at, [], [])
        return
    if not isinstance(body, LIFE):
        return
    found = held.get((body.reminder, body.subject, body.ordinal))
    if found is None:
        return
    match body:
        case ReminderRescheduled() | ReminderSnoozed():
            found.due_at = body.due_at
        case RungReached():
            found.rung.append(at)
        case ReminderAcknowledged():
            found.noted.append(at)
        case ReminderClosed():
            found.closed_at, found.how = at, body.how


LIFE = (ReminderRescheduled, ReminderSnoozed, RungReached, ReminderAcknowledged, ReminderClosed)
