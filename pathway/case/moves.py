"""Moves that a role makes: guard, reasons, identifiers and the course they declare."""

from pathway.case import courses
from pathway.case.commands import (
    Refusal,
    Transition,
)
from pathway.case.events import (
    DeathRecorded,
    DeviationRecorded,
    PhaseEntered,
)
from pathway.case.exits import closed, hand_over, lacking
from pathway.case.facts import View
from pathway.case.grounds import not_your_role, signed_by_two, why
from pathway.case.machine import MoveNotAllowed, fire
from pathway.case.reports import sealed
from pathway.case.settle import because
from pathway.case.turn import Turn
from pathway.definition.form import ReasonForm, TransitionForm
from pathway.definition.guard import CANNOT_SAY, NO, YES, explain, sentence


def transition(turn: Turn, command: Transition) -> Refusal | None:
    """Make a move that a role makes: guard, reasons, identifiers, course; then the events."""
    named = [each for each in turn.pathway.form.transitions if command.transition in (each.id, each.name) and each.by]
    if not named:
        return Refusal("unknown_transition", "the pathway has no such move for a role", (), "see the diagram")
    form = next((each for each in named if begins_here(turn, each)), named[0])
    leaf = turn.case.regions[form.region].leaf
    try:
        fire(turn.rules.machines[form.region], leaf, form.name)
    except MoveNotAllowed:
        return Refusal(
            "phase",
            f"{form.name} does not begin in {turn.pathway.title(leaf)}",
            (leaf,),
            f"it begins in: {', '.join(form.from_)}",
        )
    refused = not_your_role(command, form.by) or guard_refusal(turn, command, form) or needs(turn, command, form)
    if refused:
        return refused
    at = turn.at if command.at is None else min(command.at, turn.at)
    deviations = [each.name for each in form.reasons if each.deviation and turn.ask(each.when) != NO]
    courses.begin(turn, command, form, at)
    died = None
    if form.died_at and command.died_at is not None:
        died = turn.emit(DeathRecorded(command.died_at), command.by, command.died_at).position
    to = fire(turn.rules.machines[form.region], leaf, form.name)
    reason = sealed(turn, "; ".join(filter(None, (command.reason, *command.reasons.values()))))
    rests = because(turn, form.when) if form.when else ()
    entry, second = turn.case.entries.get(to, 0) + 1, "" if form.second else command.second.strip()
    entered = turn.emit(PhaseEntered(form.region, to, leaf, form.name, entry, rests, reason, second), command.by)
    for name in deviations:
        turn.emit(DeviationRecorded(name, entered.position, ()))
    if closed(turn):
        hand_over(turn, command, to, died)
    return None


def begins_here(turn: Turn, form: TransitionForm) -> bool:
    """Whether a move begins where the case stands: one id may name a move from each of several phases."""
    return form in turn.pathway.transitions_from(form.region, turn.case.regions[form.region].leaf)


def guard_refusal(turn: Turn, command: Transition, form: TransitionForm) -> Refusal | None:
    """No refuses; cannot say asks for a signed reason; so does each reason of the file whose guard is no certain no."""
    if form.when is not None:
        answer = turn.ask(form.when)
        if answer == NO:
            return Refusal("guard", f"{form.name} is not allowed now", (why(turn, form.when),), "")
        if answer == CANNOT_SAY and not command.reason:
            return Refusal(
                "reason_needed",
                "it cannot be decided",
                (why(turn, form.when),),
                "give a signed reason that names the gap",
            )
    views = {False: turn.view, True: courses.supposed(turn, command, form)}
    asked = [(each, views[each.with_course]) for each in form.reasons]
    wanted = [(each, view) for each, view in asked if view.ask(each.when)[0] != NO]
    missing = [(each, view) for each, view in wanted if not command.reasons.get(each.name, "").strip()]
    if missing:
        return Refusal(
            "reason_needed",
            "reasons are missing",
            tuple(said(turn, each, view) for each, view in missing),
            f"reasons: {', '.join(each.name for each, _ in missing)}",
        )
    both = [(each, view) for each, view in wanted if each.second and view.ask(each.when)[0] == YES]
    if both and not signed_by_two(command.by.actor, command.second):
        reasons = tuple(said(turn, each, view) for each, view in both)
        return Refusal("second", "a second person must sign", reasons, "name somebody else in `second`")
    return None


def said(turn: Turn, form: ReasonForm, view: View) -> str:
    """The text of a reason, with what its guard rests on where that is the coming course."""
    if not form.with_course:
        return form.text
    return f"{form.text}: {sentence(explain(turn.pathway.rules[form.when].tree, view, turn.at))}"


def needs(turn: Turn, command: Transition, form: TransitionForm) -> Refusal | None:
    """Identifiers, time of death and drugs of the course."""
    if len([text for text in command.identifiers.values() if text.strip()]) < form.identifiers:
        return Refusal("identifiers", "too few identifiers", (), f"give at least {form.identifiers}")
    if form.died_at and command.died_at is None:
        return Refusal("died_at", "the time of death is missing", (), "give it")
    if form.died_at and command.died_at is not None and command.died_at > turn.at:
        return Refusal("future", "the time of death lies in the future", (), "check the time and its zone")
    if refused := lacking(turn, command, form):
        return refused
    return None if form.course is None else courses.refusal(turn, command, form.course)
