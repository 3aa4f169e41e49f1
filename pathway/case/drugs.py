"""Requests with drugs: order, start, resume and stop, through the doors of the pathway or against a signature."""

from pathway.case.commands import (
    Refusal,
    RequestTherapy,
    StopTherapy,
)
from pathway.case.events import (
    OverrideSigned,
    TherapyRecorded,
)
from pathway.case.grounds import acting, not_your_role, signed_by_two, why
from pathway.case.reports import line_basis, sealed
from pathway.case.settle import because
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.form import RequestForm
from pathway.definition.guard import CANNOT_SAY, YES

ACTS = {"order": "ordered", "start": "started", "resume": "resumed"}


def therapy(turn: Turn, command: RequestTherapy) -> Refusal | None:
    """Order, start or resume a drug through an open door, or against a refusal with a signed override."""
    form = next(
        (each for each in turn.pathway.form.requests if each.drug == command.drug and command.act in each.acts), None
    )
    if form is None:
        return Refusal("unknown_drug", "the pathway has no such request", (), "see the pathway's requests")
    door, refused = doors(turn, form)
    if refused is None and door is None:
        refused = Refusal("unknown_drug", "the pathway opens no door", (), "see the pathway's requests")
    if refused is not None and not overrides(command, form):
        return with_signature(refused, form)
    if refused is None and (wrong := not_your_role(command, form.by)):
        return wrong
    gap, name = door if door is not None else ("", "override")
    if refused is None and gap and not command.reason:
        return Refusal(
            "reason_needed", f"the door {name} cannot be decided", (gap,), "give a signed reason that names the gap"
        )
    if refused is not None and form.override is not None:
        review_at = Instant(turn.at + turn.pathway.span(form.override.review_after))
        turn.emit(OverrideSigned(form.id, sealed(turn, command.reason), command.second, review_at), command.by)
    rests = next((because(turn, each.when) for each in form.doors if each.name == name), ())
    at = turn.at if command.at is None else command.at
    body = TherapyRecorded(
        drug=command.drug,
        act=ACTS[command.act],  # type: ignore[arg-type]  # one of the three words
        at=at,
        form=command.form,
        next_dose_at=command.next_dose_at,
        door=name,
        reason=sealed(turn, command.reason) if command.reason else None,
        because=rests,
    )
    turn.emit(body, command.by, at)
    return None


def doors(turn: Turn, form: RequestForm) -> tuple[tuple[str, str] | None, Refusal | None]:
    """The first open door as (gap in words, name), or why the request is refused.

    A door that cannot be decided is open with a reason; what is allowed only on a certain yes is not.
    """
    if form.refuse_when is not None and turn.ask(form.refuse_when) == YES:
        return None, Refusal("prohibited", form.refuse_text, (why(turn, form.refuse_when),), "")
    if form.allow_only_when is not None:
        if turn.ask(form.allow_only_when) != YES:
            return None, Refusal("prohibited", form.refuse_text, (why(turn, form.allow_only_when),), "")
        return ("", "allowed"), None
    answers = [(door, turn.ask(door.when)) for door in form.doors]
    for door, answer in answers:
        if answer == YES:
            return ("", door.name), None
    for door, answer in answers:
        if answer == CANNOT_SAY:
            return (why(turn, door.when), door.name), None
    reasons = tuple(f"{door.name.replace('_', ' ')}: {why(turn, door.when)}" for door in form.doors)
    return None, Refusal("not_proposed", form.closed_text, reasons, "")


def overrides(command: RequestTherapy, form: RequestForm) -> bool:
    """Whether the command carries a complete signed override."""
    if form.override is None or not command.override or not command.reason.strip():
        return False
    second = not form.override.second or signed_by_two(command.by.actor, command.second)
    return acting(command) in form.override.by and second


def with_signature(refused: Refusal, form: RequestForm) -> Refusal:
    """The refusal with what would be needed to sign for the request all the same."""
    if form.override is None:
        mend = "there is no override on this pathway"
    else:
        mend = f"override: {' or '.join(form.override.by)}, a reason" + (
            ", and a second person" if form.override.second else ""
        )
    return Refusal(refused.code, refused.message, refused.reasons, mend)


def stop(turn: Turn, command: StopTherapy) -> Refusal | None:
    """Stop a drug for good, with its confirmations."""
    form = next((each for each in turn.pathway.form.stops if each.drug == command.drug), None)
    if form is None:
        return Refusal("unknown_drug", "the pathway has no such drug", (), "see the pathway's stops")
    if refused := not_your_role(command, form.by):
        return Refusal("role", refused.message, (), f"hold it now; {refused.mend}")
    unknown = sorted(set(command.ticks) - set(form.ticks))
    if unknown:
        return Refusal(
            "unknown_tick", f"no such confirmation: {', '.join(unknown)}", (), f"one of: {', '.join(form.ticks)}"
        )
    at = turn.at if command.at is None else command.at
    body = TherapyRecorded(
        drug=command.drug,
        act="stopped",
        at=at,
        form=command.form,
        ticks=command.ticks,
        reason=sealed(turn, command.reason) if command.reason else None,
        because=line_basis(turn, command.drug),
    )
    turn.emit(body, command.by, at)
    return None
