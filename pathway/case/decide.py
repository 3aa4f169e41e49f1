"""Decide: from a case, a command and an instant to events. Pure: the same arguments give the same events.

`decide(case, command, now) -> events`: first the case is advanced through every due instant up to now, each effect at
its own instant; then the command is carried out or refused; then all that follows from it is written.
"""

import msgspec

from pathway.case.attention import Memory
from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    AnyCommand,
    Cosign,
    Decide,
    DeclineHandOver,
    Enrol,
    HandBack,
    HandOver,
    MergeCases,
    Refusal,
    Reopen,
    Report,
    ReportRule,
    Request,
    SettleReview,
    Snooze,
    TakeOver,
    UnmergeCases,
)
from pathway.case.cosign import by_voice
from pathway.case.envelope import EXACT, Event
from pathway.case.events import RulesFailed, Seal
from pathway.case.exits import closed
from pathway.case.reopen import reopen
from pathway.case.reports import record
from pathway.case.requests import enrol, request
from pathway.case.rules import Rules
from pathway.case.settle import settle
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.clinical.instant import SECOND, Instant, instant

#: Due instants one advance walks through at most: a year of a ladder that rings each half-hour for several needs. Each
#: lies after the one before, so more than that is a fault of the definition.
INSTANTS_LIMIT = 100_000
#: What is remembered saves asking, and an error in it would be silent: so often a look asks every part all the same.
WHOLE_US = 15 * 60 * SECOND
#: Outside these years an instant is no time but a slip of a unit; inside them every interval added to it has a date,
#: and its microseconds are exact in any reader of JSON (2**53 of them end in 2255).
READABLE = (instant("1850-01-01T00:00Z"), instant("2240-01-01T00:00Z"))


class Decision(msgspec.Struct, frozen=True):
    """What came of a command or a look: the case after it, its events, a refusal, when to look again at the latest.

    `own`: how many of the events are the effects of time that came before the command's own. `whole`: every part of the
    pathway was asked, whatever was remembered.
    """

    case: Case
    events: tuple[Event, ...]
    refusal: Refusal | None
    next_look: Instant | None
    closed: bool
    own: int = 0
    memory: Memory | None = None
    whole: bool = False


def decide(
    rules: Rules,
    case: Case,
    command: AnyCommand,
    now: Instant,
    wake: int | None,
    open_case: str | None = None,
    memory: Memory | None = None,
    target: Rules | Refusal | None = None,
    seal: Seal | None = None,
) -> Decision:
    """The events of a command at `now`. `wake`: the instant the case asked to be looked at, None when it never did.

    `open_case` is another open case of the same person, for an enrolment. `memory` is what the turn before on this very
    case left behind; it saves work and changes nothing. `target`: the rules that the command asks the case to go on by,
    or why no case may go on by them. `seal` puts free text under the key of the case.
    Never raises for what a report says.
    """
    turn = Turn(rules, case, now, memory, seal)
    turn.target = target
    if case.position:
        advance(turn, now, wake)
    turn.go_to(now)
    turn.command, before = command.id, len(turn.events)
    turn.second_by = command.second_by if isinstance(command, Request) else None
    refusal = carry_out(turn, command, open_case)
    if refusal is None:
        settle(turn)
    return decision(turn, refusal, before)


def look(
    rules: Rules,
    case: Case,
    now: Instant,
    wake: int | None,
    memory: Memory | None = None,
    asked_at: Instant | None = None,
) -> Decision:
    """The effects of time alone up to `now`.

    `asked_at`: when every part was last asked, as the row of the case says: all are asked again where that was WHOLE_US
    ago or more. It is not left to what is remembered, so that the row is the same whoever looks.
    """
    turn = Turn(rules, case, now, memory)
    advance(turn, now, wake)
    # A clock that was set back says nothing of how long ago that was.
    whole = asked_at is None or not 0 <= now - asked_at < WHOLE_US
    if whole:
        turn.forget(None)
    turn.go_to(now)
    settle(turn)
    return msgspec.structs.replace(decision(turn, None, len(turn.events)), whole=whole)


def advance(turn: Turn, now: Instant, wake: int | None) -> None:
    """Walk through the due instants in order; each effect has its own instant as the time it occurred."""
    turn.wake = wake
    for _ in range(INSTANTS_LIMIT):
        if turn.wake is None or turn.wake > now:
            return
        turn.go_to(Instant(turn.wake))
        settle(turn)
    if "advance" not in turn.case.failed:
        turn.emit(RulesFailed("advance", "InstantsLimit"))


def carry_out(turn: Turn, command: AnyCommand, open_case: str | None) -> Refusal | None:
    """Do what the command asks, or say why not."""
    said = (command, *command.history) if isinstance(command, Enrol) else (command,)
    if name := next(filter(None, map(unreadable_time, said)), ""):
        return Refusal("unreadable", f"{name} is no time of a patient's life", (), "check the time and its unit")
    if name := next(filter(None, map(unreadable_number, said)), ""):
        return Refusal("unreadable", f"{name} is a number that no record can keep", (), "check the number")
    if isinstance(command, Request) and (refused := by_voice(turn, command)):
        return refused
    if isinstance(command, Enrol):
        if turn.case.position:
            return Refusal("enrolled", "this case is enrolled already", (), "use another case id")
        return enrol(turn, command, open_case)
    if isinstance(command, Report):
        return record(turn, command)
    assert isinstance(command, Request)
    if closed(turn) and not answers_after_exit(turn, command):
        return left(turn)
    if command.seen_version is not None and command.seen_version != turn.case.clinical_version:
        return Refusal("seen_version", "the case has changed since it was looked at", (), "look again, then decide")
    if isinstance(command, MergeCases | UnmergeCases):
        return Refusal("same_case", "a case is merged with another one", (), "name two different cases")
    if isinstance(command, Reopen):
        return reopen(turn, command, open_case)
    return request(turn, command)


def answers_after_exit(turn: Turn, command: Request) -> bool:
    """Whether a request on a closed case takes its exit back, or answers what is still open on it."""
    match command:
        case Reopen():
            return True
        case Cosign():
            return command.order in turn.case.verbal
        case Acknowledge() | Decide() | Snooze() | ReportRule():
            return (command.reminder, command.subject) in turn.case.open
        case HandOver() | AcceptHandOver() | DeclineHandOver() | TakeOver() | HandBack():
            return (command.reminder, command.subject) in turn.case.open
        case SettleReview():
            about = {name for name, form in turn.pathway.reminders.items() if form.for_each and form.for_each.review}
            return any((name, str(command.review)) in turn.case.open for name in about)
    return False


def left(turn: Turn) -> Refusal:
    """That the case has left the pathway, and where it went on."""
    if turn.case.merged_into:
        return Refusal("merged", "the case goes on in another one", (turn.case.merged_into,), "use that case")
    return Refusal("closed", "the case has left the pathway", (), "facts are still recorded; requests are not")


def unreadable_time(command: AnyCommand) -> str:
    """The name of a field whose instant has no readable date; empty where there is none."""
    for name in command.__struct_fields__:
        value = getattr(command, name) if name in ("at", "day1") or name.endswith("_at") else None
        if value is not None and not READABLE[0] <= value <= READABLE[1]:
            return name
    return ""


def unreadable_number(command: AnyCommand) -> str:
    """The name of a field whose whole number the canonical bytes of an event cannot hold; empty where there is none."""
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, int) and abs(value) > EXACT:
            return name
    return ""


def decision(turn: Turn, refusal: Refusal | None, own: int) -> Decision:
    """The turn's outcome. A closed case is looked at no more, save for what lives on after its exit."""
    ended = closed(turn)
    wake = None if turn.wake is None else Instant(turn.wake)
    # A rule that failed while a request was refused is asked again by whoever comes next, and recorded then.
    memory = None if refusal is not None and turn.view.failures else turn.memory
    return Decision(turn.case, tuple(turn.events), refusal, wake, ended, own, memory)
