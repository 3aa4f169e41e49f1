"""History: what was before the enrolment, told in one go. It is put on the record at its own times and rings nobody.

The reports are recorded in the order of their times, whatever order they were told in. Latches and choices remember
what they would have remembered; then the case is settled once, at the enrolment: what is open now opens now.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from pathway.case.commands import (
    ENCODER,
    AnyReport,
    Enrol,
    RecordCourse,
    RecordReport,
    RecordResult,
    Refusal,
)
from pathway.case.events import CaseEnrolled, PhaseEntered
from pathway.case.reports import record, sealed
from pathway.case.settle import PASSES_LIMIT, choice, latch, panel_collected
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.guard import YES


def refusal(turn: Turn, command: Enrol) -> Refusal | None:
    """Why a history, or a phase that was entered before, cannot be taken."""
    for number, each in enumerate(command.history, start=1):
        at = happened_at(each)
        if each.case != command.case:
            return Refusal("history", f"entry {number} of the history is of another case", (), "name the same case")
        if at is None:
            return Refusal("history", f"entry {number} of the history has no time", (), "say when it was")
        if at > turn.at:
            return Refusal("future", f"entry {number} of the history lies in the future", (), "check its time and zone")
    for region, leaf in command.entered.items():
        form = turn.pathway.form.regions.get(region)
        if form is None or leaf not in form.phases or leaf in form.closed:
            open_ones = () if form is None else tuple(each for each in form.phases if each not in form.closed)
            happened = f"{region} {leaf} is no phase that a case can stand in"
            return Refusal("phase", happened, open_ones, "name an open phase of a region")
    if command.entered and not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say why the case begins there")
    return replayed(rehearsal(turn), command, frozenset()) if command.history else None


def begin(turn: Turn, command: Enrol) -> None:
    """Write the enrolment with its history; `refusal` has said that it can be taken."""
    if not command.history:
        enter(turn, command)
        return
    rehearsed = rehearsal(turn)
    replayed(rehearsed, command, frozenset())
    replayed(turn, command, frozenset(released(rehearsed)))


def rehearsal(turn: Turn) -> Turn:
    """A turn on the same case whose events are thrown away."""
    made = Turn(turn.rules, turn.case, turn.recorded, seal=turn.seal)
    made.command = turn.command
    return made


def released(turn: Turn) -> Iterator[str]:
    """The latches of the history that would certainly have been released by now."""
    for name in turn.case.latches:
        when = turn.pathway.form.latches[name].release_when
        if when is not None and turn.ask(when) == YES:
            yield name


def replayed(turn: Turn, command: Enrol, leave: frozenset[str]) -> Refusal | None:
    """Enrol, then record the history at its times, and what latches (but for those to `leave`) and choices remember."""
    now = turn.at
    enter(turn, command)
    told = sorted(((happened_at(each) or now, each) for each in command.history), key=in_order)
    waking: int | None = None
    for index, (at, each) in enumerate(told):
        if index == 0:
            turn.go_to(at)
            turn.forget(None)
        waking = walk(turn, waking, at, leave)
        turn.go_to(at)
        if refused := record(turn, each):
            happened = f"an entry of the history cannot be read: {refused.message}"
            return Refusal("history", happened, refused.reasons, refused.mend)
        if index + 1 == len(told) or told[index + 1][0] > at:
            waking = remember(turn, leave)
    walk(turn, waking, now, leave)
    turn.go_to(now)
    return None


def in_order(told: tuple[Instant, AnyReport]) -> tuple[Instant, bytes]:
    """By time; what is of one time by its text, so that the order of telling does not matter."""
    return told[0], ENCODER.encode(replace(told[1], id=""))


def enter(turn: Turn, command: Enrol) -> None:
    """The enrolment itself, with the phase that each region stands in."""
    form = turn.pathway.form
    body = CaseEnrolled(
        pathway=form.pathway,
        version=form.version,
        presented_at=command.presented_at,
        zone=command.zone,
        ward=command.ward,
        bed=command.bed,
        patient=command.patient,
        origin=command.origin,
    )
    turn.emit(body, command.by)
    for name, region in form.regions.items():
        leaf = command.entered.get(name, region.initial)
        reason = sealed(turn, command.reason) if name in command.entered else None
        turn.emit(PhaseEntered(name, leaf, "", form.enrol.id, 1, (), reason))


def walk(turn: Turn, waking: int | None, until: Instant, leave: frozenset[str]) -> int | None:
    """Let time pass up to an instant; the next instant at which it alone may matter."""
    while waking is not None and waking < until:
        turn.go_to(Instant(waking))
        waking = remember(turn, leave)
    return waking


def remember(turn: Turn, leave: frozenset[str]) -> int | None:
    """Set and ease latches and move choices at this instant; the next one at which time alone may do so.

    A choice begins to remember when what it loosens by was first known: before that nothing was loosened.
    """
    form = turn.pathway.form
    for _ in range(PASSES_LIMIT):
        position, turn.wake = turn.case.position, None
        for name in form.latches:
            if name not in leave:
                latch(turn, name)
        for name, each in form.choices.items():
            known = each.loosens is None or panel_collected(turn.view, each.loosens) is not None
            if each.rows and (known or name in turn.case.choices):
                choice(turn, name)
        if turn.case.position == position:
            break
    return turn.wake


def happened_at(report: AnyReport) -> Instant | None:
    """When it was so of the patient, as told; None where nobody said."""
    match report:
        case RecordResult():
            return report.collected_at or report.at
        case RecordReport():
            return report.authorised_at or report.collected_at or report.at
        case RecordCourse():
            return report.day1
    return report.at
