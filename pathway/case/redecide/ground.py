"""Ground: what the rules say of an event that the record and they do not agree on, in one sentence."""

from pathway.case.answers import subject_of
from pathway.case.envelope import Event
from pathway.case.events import (
    LatchEased,
    LatchSet,
    PhaseEntered,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    RungReached,
    TransitionNoted,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.obligations import Asked
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.definition.guard import explain, sentence


def ground(rules: Rules, case: Case, event: Event) -> str:
    """The guard behind an event with its answer on this case at the instant of the event; empty where none is."""
    if not case.position:
        return ""
    turn, form = Turn(rules, case, event.occurred_at), rules.pathway.form
    match event.body:
        case PhaseEntered() | TransitionNoted():
            name, region = event.body.transition, event.body.region
            texts = [each.when for each in form.transitions if each.name == name and each.region == region]
            return said(turn, name, texts[0] if texts else None)
        case ReminderOpened() | ReminderRescheduled() | ReminderClosed() | RungReached():
            return of_reminder(turn, event.body.reminder, event.body.subject)
        case LatchSet() | LatchEased():
            latch = form.latches.get(event.body.latch)
            return said(turn, event.body.latch, latch.when if latch else None)
        case ViolationBegan() | ViolationBroken() | ViolationEnded():
            invariant = event.body.invariant
            return said(turn, invariant, next((each.when for each in form.never if each.id == invariant), None))
    return ""


def said(turn: Turn, name: str, text: str | None) -> str:
    """A guard's answer in words."""
    if text is None:
        return f"{name} has no rule of its own here"
    return f"{name}: {sentence(explain(turn.pathway.rules[text].tree, turn.view, turn.at))}"


def of_reminder(turn: Turn, reminder: str, subject: str) -> str:
    """Why a reminder is wanted, or is not."""
    form = turn.pathway.reminders.get(reminder)
    if form is None:
        return f"{reminder} is no reminder of this definition"
    asked = Asked(turn, form, subject_of(turn, form, subject), turn.case.open.get((reminder, subject)))
    return f"{reminder}: {sentence(explain(turn.pathway.rules[form.when].tree, asked.bound, turn.at))}"
