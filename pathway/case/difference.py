"""Difference: what an amended definition changes for a case, in words, for people who are about to sign for it."""

from collections.abc import Iterable, Mapping

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import (
    AnyBody,
    ChoiceMoved,
    DefinitionAmended,
    PhaseEntered,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.evolve import evolve
from pathway.case.portray import portray
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant, iso


class Difference(msgspec.Struct, frozen=True):
    """What changes, each as a line of text. `refused` and `allowed`: requests that were not so before."""

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    rescheduled: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    invariants: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


def difference(events: tuple[Event, ...], before: Case, rules: Mapping[str, Rules], at: Instant) -> Difference:
    """What the amendment among these events changes at `at`; an empty one where there is none.

    `before`: the case before the events. `rules`: those of both bundles.
    """
    place = next((n for n, event in enumerate(events) if isinstance(event.body, DefinitionAmended)), None)
    if place is None:
        return Difference()
    stood = evolve(before, events[:place])
    after = evolve(stood, events[place:])
    bodies = [event.body for event in events[place + 1 :]]
    was, now = (asked(rules[case.bundle], case, at) for case in (stood, after))
    return Difference(
        opened=lines(bodies, ReminderOpened),
        closed=lines(bodies, ReminderClosed),
        rescheduled=lines(bodies, ReminderRescheduled),
        rows=tuple(
            f"{name}: {stood.choices[name].row + ' to ' if name in stood.choices else ''}{chosen.row}"
            for name, chosen in after.choices.items()
            if name not in stood.choices or stood.choices[name].row != chosen.row
        ),
        invariants=lines(bodies, (ViolationBegan, ViolationBroken, ViolationEnded)),
        moves=lines(bodies, PhaseEntered),
        refused=tuple(each for each in now if each not in was),
        allowed=tuple(each for each in was if each not in now),
    )


def asked(rules: Rules, case: Case, at: Instant) -> tuple[str, ...]:
    """The requests that would be refused: drug and acts."""
    return tuple(f"{each.drug} ({', '.join(each.acts)})" for each in portray(rules, case, at).refused)


def lines(bodies: Iterable[AnyBody], kinds: type | tuple[type, ...]) -> tuple[str, ...]:
    """The events of some kinds, a line each."""
    return tuple(line(body) for body in bodies if isinstance(body, kinds))


def line(body: AnyBody) -> str:
    """What one event changes."""
    match body:
        case ReminderOpened() | ReminderRescheduled():
            return f"{named(body.reminder, body.subject)}, due {iso(body.due_at)}"
        case ReminderClosed():
            return f"{named(body.reminder, body.subject)}, {body.how}"
        case ViolationBegan():
            return f"{body.invariant} does not hold"
        case ViolationBroken():
            return f"{body.invariant} is broken"
        case ViolationEnded():
            return f"{body.invariant} holds again"
        case PhaseEntered():
            return f"{body.region}: {body.was} to {body.leaf}"
        case ChoiceMoved():
            return f"{body.choice}: {body.row}"
    return type(body).__name__


def named(reminder: str, subject: str) -> str:
    """A reminder with its subject."""
    return f"{reminder} [{subject}]" if subject else reminder
