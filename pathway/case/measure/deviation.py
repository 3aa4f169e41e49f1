"""What stood out in one case: broken invariants, prohibited acts, overrides, results nobody was told of after the exit.

Of each: from when, until when or still, who knew, who was told and when, and what ended it. From its events alone.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from pathway.case.envelope import Event
from pathway.case.events import (
    CourseBegun,
    DecisionRecorded,
    DeviationRecorded,
    OverrideReviewed,
    OverrideSigned,
    PhaseEntered,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOpened,
    ReminderTaken,
    RungReached,
    TherapyRecorded,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.measure.pattern import Sift, sifted, typed
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway

Sort = Literal["invariant", "prohibited", "override", "unread"]
#: The events of which this is read.
READ: Sift = {
    each.__name__: ()
    for each in (
        CourseBegun,
        DecisionRecorded,
        DeviationRecorded,
        OverrideReviewed,
        OverrideSigned,
        PhaseEntered,
        ReminderAcknowledged,
        ReminderClosed,
        ReminderOpened,
        ReminderTaken,
        RungReached,
        TherapyRecorded,
        ViolationBegan,
        ViolationBroken,
        ViolationEnded,
    )
}
#: What somebody does who has taken note of something.
NOTED = {
    ReminderAcknowledged: "acknowledged",
    ReminderTaken: "took it over",
    DecisionRecorded: "decided",
    OverrideSigned: "signed an override",
    OverrideReviewed: "reviewed an override",
    TherapyRecorded: "recorded a drug",
}
PERSON = "person"


class Knew(msgspec.Struct, frozen=True):
    """Somebody who knew, or could have known: who, in which role, when first, and by what it shows."""

    actor: str
    role: str
    at: Instant
    how: str


class Told(msgspec.Struct, frozen=True):
    """Roles that were told, when it was decided that they are, and by what."""

    at: Instant
    to: tuple[str, ...]
    what: str


class Deviation(msgspec.Struct, frozen=True):
    """One thing that stood out. `position`: of the event that says so; `rule`: its name in the definition.

    `began_at` until `ended_at`, None while it goes on; a `prohibited` act is over as it is done. `broken_at`: when it
    became one; `by`: who did it, empty for an invariant. `done` says by what it ended, `done_by` by whom.
    """

    case: str
    position: int
    sort: Sort
    rule: str
    began_at: Instant
    broken_at: Instant
    due_at: Instant | None = None
    ended_at: Instant | None = None
    by: str = ""
    role: str = ""
    second: str = ""
    knew: tuple[Knew, ...] = ()
    told: tuple[Told, ...] = ()
    done: str = ""
    done_by: str = ""

    def lasted_us(self, now: Instant) -> int:
        """How long it lasted, or has lasted by now, in microseconds."""
        return (now if self.ended_at is None else self.ended_at) - self.began_at


def deviations(canonical: Iterable[bytes], pathway: Pathway) -> tuple[Deviation, ...]:
    """What stood out in the stored events of a case, in the order of their beginning. Raises what `decode` raises."""
    events = [event for kind, each in typed(canonical) if (event := sifted(kind, each, READ)) is not None]
    by_position = {event.position: event for event in events}
    found = [
        *broken(events, by_position, pathway),
        *prohibited(events, by_position),
        *overrides(events),
        *unread(events, pathway),
    ]
    return tuple(sorted(found, key=lambda each: (each.began_at, each.position)))


def broken(events: list[Event], by_position: dict[int, Event], pathway: Pathway) -> Iterator[Deviation]:
    """Invariants whose forbidden condition lasted to its deadline."""
    held: dict[str, Deviation] = {}
    begun: dict[str, tuple[Event, Instant]] = {}
    for event in events:
        match event.body:
            case ViolationBegan(invariant=name, deadline=deadline):
                begun[name] = (event, deadline)
            case ViolationBroken(invariant=name, tells=tells) if name in begun:
                began, deadline = begun[name]
                told = (Told(event.recorded_at, tells, "invariant broken"),)
                at, on = began.occurred_at, event.occurred_at
                held[name] = Deviation(event.case, event.position, "invariant", name, at, on, deadline, told=told)
            case ViolationEnded(invariant=name):
                begun.pop(name, None)
                if (open_one := held.pop(name, None)) is not None:
                    yield around(
                        replace(open_one, ended_at=event.occurred_at, **ended(event, by_position)), events, pathway
                    )
    for each in held.values():
        yield around(each, events, pathway)


def ended(event: Event, by_position: dict[int, Event]) -> dict[str, str]:
    """By what and by whom a condition ended: the event that the end followed from, where it is one that is read."""
    cause = by_position.get(event.cause or 0)
    if cause is None:
        return {"done": "what it rested on changed"}
    return {"done": said(cause), "done_by": cause.by.actor}


def said(event: Event) -> str:
    """What somebody did, in a word."""
    match event.body:
        case TherapyRecorded(drug=drug, act=act):
            return f"{drug.replace('_', ' ')} {act}"
        case DecisionRecorded(reminder=reminder, choice=choice):
            return f"{reminder}: {choice.replace('_', ' ')}"
        case CourseBegun(regimen=regimen):
            return f"course {regimen}"
        case PhaseEntered(transition=transition):
            return transition.replace("_", " ")
    return type(event.body).__name__


def prohibited(events: list[Event], by_position: dict[int, Event]) -> Iterator[Deviation]:
    """Acts that the pathway would have refused, or that it calls a deviation, and that were done all the same."""
    for event in events:
        if not isinstance(event.body, DeviationRecorded):
            continue
        act = by_position.get(event.body.target)
        did = event if act is None else act
        yield Deviation(
            case=event.case,
            position=event.position,
            sort="prohibited",
            rule=event.body.rule,
            began_at=did.occurred_at,
            broken_at=event.recorded_at,
            ended_at=did.occurred_at,
            by=did.by.actor,
            role=did.by.role,
            knew=tuple(knowing([did], did.occurred_at, None)),
            told=(Told(event.recorded_at, event.body.tells, "deviation"),) if event.body.tells else (),
            done=said(did) if act is not None else "",
        )


def overrides(events: list[Event]) -> Iterator[Deviation]:
    """Refused requests that were signed for, until somebody looked at them again."""
    for event in events:
        if not isinstance(event.body, OverrideSigned):
            continue
        looks = [
            each for each in events if isinstance(each.body, OverrideReviewed) and each.body.override == event.position
        ]
        look = looks[-1] if looks else None
        until = None if look is None else look.occurred_at
        choice = look.body.choice if look is not None and isinstance(look.body, OverrideReviewed) else ""
        yield Deviation(
            case=event.case,
            position=event.position,
            sort="override",
            rule=event.body.request,
            began_at=event.occurred_at,
            broken_at=event.occurred_at,
            due_at=event.body.review_at,
            ended_at=until,
            by=event.by.actor,
            role=event.by.role,
            second=event.body.second,
            knew=tuple(knowing(events, event.occurred_at, until)),
            done=choice,
            done_by="" if look is None else look.by.actor,
        )


def unread(events: list[Event], pathway: Pathway) -> Iterator[Deviation]:
    """Results after the exit that somebody must be told of, until somebody was."""
    late = {each.id for each in pathway.form.reminders if each.after_exit and each.trigger}
    exits = {(name, leaf) for name, region in pathway.form.regions.items() for leaf in region.closed}
    left = False
    for event in events:
        body = event.body
        if isinstance(body, PhaseEntered):
            left = left or (body.region, body.leaf) in exits
            left = left and (body.region, body.was) not in exits
        if not isinstance(body, ReminderOpened) or not left or body.reminder not in late:
            continue
        key = (body.reminder, body.subject, body.ordinal)
        ends = [each for each in events if isinstance(each.body, ReminderClosed) and key_of(each.body) == key]
        end = ends[0] if ends else None
        if end is not None and isinstance(end.body, ReminderClosed) and end.body.how != "done":
            continue
        until = None if end is None else end.occurred_at
        rungs = (each for each in events if isinstance(each.body, RungReached) and key_of(each.body) == key)
        yield Deviation(
            case=event.case,
            position=event.position,
            sort="unread",
            rule=body.reminder,
            began_at=event.occurred_at,
            broken_at=event.occurred_at,
            due_at=body.due_at,
            ended_at=until,
            knew=tuple(knowing(events, event.occurred_at, until)),
            told=tuple(rung_of(each) for each in rungs),
            done="" if end is None else "told",
        )


def key_of(body: ReminderOpened | ReminderClosed | RungReached) -> tuple[str, str, int]:
    """Which occurrence of a reminder an event is about."""
    return body.reminder, body.subject, body.ordinal


def around(found: Deviation, events: list[Event], pathway: Pathway) -> Deviation:
    """A breach with who knew of the case meanwhile, and which critical reminders rang meanwhile."""
    until = found.ended_at
    grave = {each.id for each in pathway.form.reminders if each.critical}
    rungs = [
        rung_of(event)
        for event in events
        if isinstance(event.body, RungReached) and event.body.reminder in grave and within(event, found.began_at, until)
    ]
    told = tuple(sorted((*found.told, *rungs), key=lambda each: each.at))
    return replace(found, knew=tuple(knowing(events, found.began_at, until)), told=told)


def rung_of(event: Event) -> Told:
    """A rung, as what told somebody."""
    body = event.body
    assert isinstance(body, RungReached)
    return Told(event.recorded_at, body.to, f"{body.reminder} rang")


def knowing(events: Iterable[Event], since: Instant, until: Instant | None) -> Iterator[Knew]:
    """The persons who did something about the case in a stretch, each with their first act."""
    seen: set[str] = set()
    for event in events:
        how = NOTED.get(type(event.body))
        if how is None or event.by.source != PERSON or event.by.actor in seen or not within(event, since, until):
            continue
        seen.add(event.by.actor)
        yield Knew(event.by.actor, event.by.role, event.recorded_at, how)


def within(event: Event, since: Instant, until: Instant | None) -> bool:
    """Whether an event was recorded in a stretch, its ends included."""
    return event.recorded_at >= since and (until is None or event.recorded_at <= until)
