"""Moves that a role makes: guard, reasons, identifiers and the course they declare."""

import re
from decimal import Decimal

from pathway.case.commands import (
    Refusal,
    Transition,
)
from pathway.case.events import (
    CourseBegun,
    DeathRecorded,
    PhaseEntered,
)
from pathway.case.grounds import not_your_role, why
from pathway.case.machine import MoveNotAllowed, fire
from pathway.case.reports import sealed
from pathway.case.settle import because
from pathway.case.turn import Turn
from pathway.definition.form import CourseForm, TransitionForm
from pathway.definition.guard import CANNOT_SAY, NO

DOSE = re.compile(r"(\d+(?:\.\d+)?) (\S+)", re.ASCII)


def transition(turn: Turn, command: Transition) -> Refusal | None:
    """Make a move that a role makes: guard, reasons, identifiers, course; then the events."""
    named = [each for each in turn.pathway.form.transitions if command.transition in (each.id, each.name) and each.by]
    if not named:
        return Refusal("unknown_transition", "the pathway has no such move for a role", (), "see the diagram")
    form = named[0]
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
    if form.course is not None:
        number = len(turn.case.courses) + 1
        turn.emit(CourseBegun(number, form.course.regimen, at, form.course.intensive, command.doses), command.by, at)
    if form.died_at and command.died_at is not None:
        turn.emit(DeathRecorded(command.died_at), command.by, command.died_at)
    to = fire(turn.rules.machines[form.region], leaf, form.name)
    reason = sealed(turn, "; ".join(filter(None, (command.reason, *command.reasons.values()))))
    rests = because(turn, form.when) if form.when else ()
    entry = turn.case.entries.get(to, 0) + 1
    turn.emit(PhaseEntered(form.region, to, leaf, form.name, entry, rests, reason), command.by)
    return None


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
    missing = [
        each for each in form.reasons if turn.ask(each.when) != NO and not command.reasons.get(each.name, "").strip()
    ]
    if missing:
        return Refusal(
            "reason_needed",
            "reasons are missing",
            tuple(each.text for each in missing),
            f"reasons: {', '.join(each.name for each in missing)}",
        )
    return None


def needs(turn: Turn, command: Transition, form: TransitionForm) -> Refusal | None:
    """Identifiers, time of death and drugs of the course."""
    if len([text for text in command.identifiers.values() if text.strip()]) < form.identifiers:
        return Refusal("identifiers", "too few identifiers", (), f"give at least {form.identifiers}")
    if form.died_at and command.died_at is None:
        return Refusal("died_at", "the time of death is missing", (), "give it")
    if form.died_at and command.died_at is not None and command.died_at > turn.at:
        return Refusal("future", "the time of death lies in the future", (), "check the time and its zone")
    return None if form.course is None else course(command, form.course)


def course(command: Transition, form: CourseForm) -> Refusal | None:
    """The drugs of a course: all that it needs, exactly one of the alternatives, doses in range or with a reason."""
    chosen = [drug for drug in form.one_of if drug in command.doses]
    lacking = [drug for drug in form.needs if drug not in command.doses]
    if len(chosen) != 1:
        return Refusal("one_of", f"{len(chosen)} of {', '.join(form.one_of)}", (), "give a dose of exactly one of them")
    if lacking:
        return Refusal("drug_missing", f"without {', '.join(lacking)}", (), "give its dose")
    for drug, text in command.doses.items():
        low, high = form.doses.get(drug, ("", ""))
        if not low:
            return Refusal(
                "drug_unknown", f"{drug} is no drug of {form.regimen}", (), f"one of: {', '.join(form.doses)}"
            )
        if not in_range(text, low, high) and not command.reasons.get(f"dose_{drug}", "").strip():
            return Refusal(
                "dose", f"{drug} {text}", (f"{low} to {high}",), f"give a dose in range, or a reason dose_{drug}"
            )
    return None


def in_range(text: str, low: str, high: str) -> bool:
    """Whether a dose lies within bounds of the same unit."""
    found, least, most = (DOSE.fullmatch(each) for each in (text, low, high))
    if not (found and least and most) or found[2] != least[2]:
        return False
    return Decimal(least[1]) <= Decimal(found[1]) <= Decimal(most[1])
