"""Why a past event happened: what it rested on, as it was known then, followed back to the facts."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from pathway.case.envelope import CLOCK, ENGINE, Event
from pathway.case.events import (
    ChoiceMoved,
    LatchEased,
    LatchReleased,
    LatchSet,
    PhaseEntered,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    RungReached,
    TherapyRecorded,
    TransitionNoted,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.evolve import evolve
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.case.why.found import Ground
from pathway.case.why.moments import near
from pathway.case.why.move import move
from pathway.case.why.reminder import HOW, reminder
from pathway.case.why.request import request
from pathway.case.why.rule import invariant
from pathway.case.why.tree import Why, nodes, sentence
from pathway.case.why.walk import fact
from pathway.case.words import describe
from pathway.clinical.instant import Instant

#: Effects that time or the rules had, as opposed to what people and feeds said.
EFFECTS = (ENGINE, CLOCK)


def event(events: Sequence[Event], position: int, rules: Callable[[str], Rules], at: Instant) -> Why:
    """What the event at a position rested on. `events`: those of the case in order; `at`: for how long ago it was.

    Raises LookupError where there is no such position.
    """
    found = next(each for each in events if each.position == position)
    before = evolve(Case(id=found.case), (each for each in events if each.position < position))
    turn = Turn(rules(found.bundle), before, found.recorded_at)
    if found.by in EFFECTS:
        turn.go_to(found.occurred_at)
    then = decided(turn, found) if before.position else ()
    site = before.zone
    chain = grounds(events, found, rules, {position}, site)
    said = line(found, rules, site)
    rested = "; ".join(dict.fromkeys(each.sentence.rstrip(".") for each in (*then, *(() if then else chain))))
    zone = turn.view.zone() if before.position else None
    known = f"; recorded {near(found.recorded_at, at, zone)} by the {who(found)}" if zone is not None else ""
    words = f"event {position}, {said}{known}" + (
        f"; it rested on this, as it was known then: {rested}" if rested else ""
    )
    return Why(
        kind="event",
        name=str(position),
        title=said,
        answer="yes",
        sentence=sentence(words),
        at=found.occurred_at,
        events=(position, *because(found)),
        parts=(*then, *chain),
    )


def line(found: Event, rules: Callable[[str], Rules], zone: str) -> str:
    """An event in one line."""
    return describe(found, rules(found.bundle).pathway, zone)


def who(found: Event) -> str:
    """The role that said it, or what brought it about."""
    return (found.by.role or found.by.actor).replace("_", " ") if found.by not in EFFECTS else "engine"


def because(found: Event) -> tuple[int, ...]:
    """The positions that an event names as its reasons, and the event it followed."""
    named = tuple(getattr(found.body, "because", ()))
    return named if found.cause is None or found.cause in named else (*named, found.cause)


def grounds(
    events: Sequence[Event], found: Event, rules: Callable[[str], Rules], seen: set[int], zone: str
) -> tuple[Why, ...]:
    """The events that an event rested on, each followed to what it rested on; none comes twice."""
    parts = []
    for position in because(found):
        each = next((other for other in events if other.position == position), None)
        if each is None or position in seen:
            continue
        seen.add(position)
        below = grounds(events, each, rules, seen, zone)
        title = f"event {position}"
        text = line(each, rules, zone)
        parts.append(
            Why("event", str(position), title, "yes", text, at=each.occurred_at, events=(position,), parts=below)
        )
    return tuple(parts)


def ended(found: Why, body: object) -> Why:
    """Of a reminder that was closed then what closed it, before why it was open."""
    if not isinstance(body, ReminderClosed):
        return found
    kind = {"done": "done", "withdrawn": "when"}.get(body.how, "expires")
    by = next((each for each in nodes(found) if each.kind == kind), None)
    if by is None:
        return found
    words = f"closed, because {HOW.get(body.how, body.how)}: {by.sentence}"
    parts = (replace(by, decided=True), *(replace(each, decided=False) for each in found.parts))
    return replace(found, answer="no", sentence=sentence(f"{found.title}: {words}"), parts=parts)


def decided(turn: Turn, found: Event) -> tuple[Why, ...]:
    """The rule that brought the event about, asked again on what was known then."""
    form, body = turn.pathway.form, found.body
    match body:
        case PhaseEntered(transition=name) | TransitionNoted(transition=name):
            return tuple(move(turn, each) for each in form.transitions if each.name == name)
        case (
            ReminderOpened(reminder=name, subject=subject)
            | ReminderClosed(reminder=name, subject=subject)
            | ReminderRescheduled(reminder=name, subject=subject)
            | RungReached(reminder=name, subject=subject)
        ) if name in turn.pathway.reminders:
            return tuple(ended(each, body) for each in reminder(turn, turn.pathway.reminders[name], subject))
        case LatchSet(latch=name) | LatchReleased(latch=name) | LatchEased(latch=name) | ChoiceMoved(choice=name):
            return (fact(Ground(turn.view, turn.view, turn.at), name),)
        case ViolationBegan(invariant=name) | ViolationBroken(invariant=name) | ViolationEnded(invariant=name):
            return tuple(invariant(turn, each) for each in form.never if each.id == name)
        case TherapyRecorded(door=door, drug=drug) if door:
            return tuple(request(turn, each) for each in form.requests if each.drug == drug)
    return ()
