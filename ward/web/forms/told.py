"""Told: what would come of a command, or what came of it, in words."""

from collections.abc import Iterable
from typing import NamedTuple

from pathway.case.commands import AnyCommand, RecordMove
from pathway.case.envelope import Event
from pathway.case.events import (
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    RungReached,
)
from pathway.case.words import describe
from pathway.engine.engine import Rehearsal
from pathway.engine.ports import Notice
from ward.wards import known_ward
from ward.web.forms.named import capital, spoken
from ward.wiring import House

#: Kinds of events with the heading under which a rehearsal lists them; any other is what is written.
REMINDERS = (
    ("Reminders that open", (ReminderOpened,)),
    ("Reminders that close", (ReminderClosed,)),
    ("Reminders that move or pause", (ReminderRescheduled, ReminderSnoozed, ReminderAcknowledged)),
    ("Steps of a ladder that are reached", (RungReached,)),
)


class Section(NamedTuple):
    """Lines under a heading."""

    title: str
    lines: tuple[str, ...]


def rehearsed(house: House, rehearsal: Rehearsal, command: str, zone: str) -> tuple[Section, ...]:
    """What would come of a command: what it writes, what follows, its reminders and who is told.

    What time alone brings up to now comes whether or not the command is sent, and is no part of it.
    """
    own = [each for each in rehearsal.events if each.command == command]
    first, follows = own[:1], [each for each in own[1:] if not about_reminder(each)]
    found = [
        Section("This is written", lines(house, first, zone)),
        Section("What follows", lines(house, follows, zone)),
    ]
    for title, kinds in REMINDERS:
        found.append(Section(title, lines(house, (each for each in own[1:] if isinstance(each.body, kinds)), zone)))
    beside = [each for each in rehearsal.aside if each.command == command]
    if beside:
        found.append(Section(f"What is written in case {beside[0].case}", lines(house, beside, zone)))
    found.append(Section("Who is told", told(rehearsal.notices)))
    return tuple(each for each in found if each.lines)


def about_reminder(event: Event) -> bool:
    """Whether an event is listed among the reminders."""
    return any(isinstance(event.body, kinds) for _, kinds in REMINDERS)


def lines(house: House, events: Iterable[Event], zone: str) -> tuple[str, ...]:
    """Events in words."""
    return tuple(capital(describe(each, house.pathway(each.bundle), zone)) for each in events)


def told(notices: Iterable[Notice]) -> tuple[str, ...]:
    """Notices in words: whom, through what, for what."""
    words = (
        f"{capital(spoken(each.role))} by {spoken(each.channel)}: {spoken(each.kind)}"
        + (f", {', '.join(dict.fromkeys(name for name, _, _ in each.reminders))}" if each.reminders else "")
        for each in notices
    )
    return tuple(dict.fromkeys(words))


def doubtful(house: House, command: AnyCommand) -> str:
    """What may be wrong with a report that is taken all the same (P1), in words: a move to a ward nobody knows of."""
    if not isinstance(command, RecordMove) or known_ward(house, command.ward):
        return ""
    return (
        f"Ward {command.ward} has no beds, no patients, no accounts and no roster: nobody there has a board that shows "
        "this patient, and nobody there is told what is due. Check how the ward is written."
    )


def since(house: House, case: str, position: int, zone: str) -> tuple[str, ...]:
    """What was recorded on a case after a position, newest last."""
    return lines(house, (each for each in house.engine.timeline(case) if each.position > position), zone)


def done(house: House, case: str, position: int, zone: str) -> tuple[str, ...]:
    """What a command wrote whose first event stands at a position; nothing where no command's does."""
    events = house.engine.timeline(case)
    first = next((each for each in events if each.position == position and each.command), None)
    return () if first is None else lines(house, (each for each in events if each.command == first.command), zone)
