"""Requests: what people ask for, and why not. A refusal is an answer with a code, reasons and a way to mend it."""

from pathway.case import answers, cosign, drugs, handing, history, moves
from pathway.case.amend import amend
from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    AmendDefinition,
    Cosign,
    Decide,
    DeclineHandOver,
    Enrol,
    HandBack,
    HandOver,
    Refusal,
    ReleaseLatch,
    ReportRule,
    Request,
    RequestTherapy,
    ResumeMoves,
    ReviewOverride,
    SettleReview,
    Snooze,
    StopTherapy,
    TakeOver,
    Transition,
    WriteNote,
)
from pathway.case.facts import is_zone
from pathway.case.grounds import not_your_role
from pathway.case.note import write_note
from pathway.case.rule_reports import report_rule
from pathway.case.turn import Turn


def request(turn: Turn, command: Request) -> Refusal | None:
    """Carry out a request, or say why not."""
    match command:
        case RequestTherapy():
            return drugs.therapy(turn, command)
        case StopTherapy():
            return drugs.stop(turn, command)
        case Transition():
            return moves.transition(turn, command)
        case SettleReview():
            return answers.settle_review(turn, command)
        case ReviewOverride() | Cosign():
            return cosign.signature(turn, command)
        case ReleaseLatch():
            return answers.release(turn, command)
        case ResumeMoves():
            return answers.resume(turn, command)
        case AmendDefinition():
            return amend(turn, command)
        case WriteNote():
            return write_note(turn, command)
    return about_reminder(turn, command)


def about_reminder(turn: Turn, command: Request) -> Refusal | None:
    """What people say to one reminder."""
    match command:
        case Decide():
            return answers.decision(turn, command)
        case Acknowledge():
            return answers.acknowledge(turn, command)
        case Snooze():
            return answers.snooze(turn, command)
        case HandOver() | AcceptHandOver() | DeclineHandOver() | TakeOver() | HandBack():
            return handing.handing(turn, command)
        case ReportRule():
            return report_rule(turn, command)
    return Refusal("unknown_request", "this request is not known", (), "see the list of commands")


def enrol(turn: Turn, command: Enrol, open_case: str | None) -> Refusal | None:
    """Begin the pathway; nothing clinical is required (T01)."""
    form = turn.pathway.form.enrol
    if refused := not_your_role(command, form.by):
        return refused
    if len([text for text in command.identifiers.values() if text.strip()]) < form.identifiers:
        return Refusal("identifiers", "too few identifiers", (), f"give at least {form.identifiers}")
    if not is_zone(command.zone):
        return Refusal("zone", "there is no such time zone", (), "give a name such as Europe/Berlin")
    if command.presented_at > turn.at:
        return Refusal("future", "the patient cannot have presented in the future", (), "check the time and its zone")
    if open_case is not None:
        return Refusal("open_case", "this person has an open case on the pathway", (open_case,), "use that case")
    if refused := history.refusal(turn, command):
        return refused
    history.begin(turn, command)
    return None
