"""Requests: what people ask for, and why not. A refusal is an answer with a code, reasons and a way to mend it."""

import re
from decimal import Decimal

from pathway.case.commands import (
    Acknowledge,
    Decide,
    Enrol,
    Refusal,
    ReleaseLatch,
    Request,
    RequestTherapy,
    SettleReview,
    Snooze,
    StopTherapy,
    Transition,
)
from pathway.case.events import (
    CaseEnrolled,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    LatchReleased,
    OverrideSigned,
    PhaseEntered,
    ReminderAcknowledged,
    ReminderSnoozed,
    ReviewSettled,
    TherapyRecorded,
)
from pathway.case.facts import is_zone, moment
from pathway.case.machine import MoveNotAllowed, fire
from pathway.case.obligations import Asked
from pathway.case.reports import line_basis, sealed
from pathway.case.settle import because
from pathway.case.state import Obligation
from pathway.case.subjects import Subject, subjects
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant, show_span
from pathway.definition.form import CourseForm, PutOffForm, ReminderForm, RequestForm, TransitionForm
from pathway.definition.guard import CANNOT_SAY, NO, YES, explain, sentence
from pathway.definition.pathway import target

ACTS = {"order": "ordered", "start": "started", "resume": "resumed"}
DOSE = re.compile(r"(\d+(?:\.\d+)?) (\S+)", re.ASCII)


def request(turn: Turn, command: Request) -> Refusal | None:
    """Carry out a request, or say why not."""
    match command:
        case RequestTherapy():
            return therapy(turn, command)
        case StopTherapy():
            return stop(turn, command)
        case Transition():
            return transition(turn, command)
        case Decide():
            return decision(turn, command)
        case Acknowledge():
            return acknowledge(turn, command)
        case Snooze():
            return snooze(turn, command)
        case SettleReview():
            return settle_review(turn, command)
        case ReleaseLatch():
            return release(turn, command)
    return Refusal("unknown_request", "this request is not known", (), "see the list of commands")


def why(turn: Turn, text: str) -> str:
    """A guard's answer in one sentence."""
    return sentence(explain(turn.pathway.rules[text].tree, turn.view, turn.at))


def not_your_role(command: Request, by: tuple[str, ...]) -> Refusal | None:
    """A refusal when the role may not do this."""
    if command.by.role in by:
        return None
    return Refusal("role", f"the role {command.by.role or 'none'} may not do this", (), f"ask: {', '.join(by)}")


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
    body = CaseEnrolled(
        pathway=turn.pathway.form.pathway,
        version=turn.pathway.form.version,
        presented_at=command.presented_at,
        zone=command.zone,
        ward=command.ward,
        bed=command.bed,
        patient=command.patient,
        origin=command.origin,
    )
    turn.emit(body, command.by)
    for name, region in turn.pathway.form.regions.items():
        turn.emit(PhaseEntered(name, region.initial, "", form.id, 1))
    return None


# --- drugs -----------------------------------------------------------------------------------------------------------


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
    second = bool(command.second) and command.second != command.by.actor
    return command.by.role in form.override.by and (second or not form.override.second)


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


# --- moves -----------------------------------------------------------------------------------------------------------


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


# --- reminders -------------------------------------------------------------------------------------------------------


def held(turn: Turn, reminder: str, subject: str) -> tuple[ReminderForm, Obligation] | Refusal:
    """An open reminder, or that there is none."""
    form = turn.pathway.reminders.get(reminder)
    found = turn.case.open.get((reminder, subject))
    if form is None or found is None:
        return Refusal("not_open", "this reminder is not open", (), "see what is due")
    return form, found


def decision(turn: Turn, command: Decide) -> Refusal | None:
    """A signed answer to a reminder's question."""
    found = held(turn, command.reminder, command.subject)
    if isinstance(found, Refusal):
        return found
    form, obligation = found
    answer = form.answers.get(command.choice)
    if answer is None:
        return Refusal("unknown_answer", "this is no answer to it", (), f"one of: {', '.join(form.answers)}")
    if refused := not_your_role(command, answer.by):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "the answer has no reason", (), "give a reason")
    if answer.second and command.second in ("", command.by.actor):
        return Refusal("second", "a second person must sign", (), "name them")
    if answer.review is not None:
        latest = turn.at + turn.pathway.span(answer.review)
        if command.review_at is None or not turn.at < command.review_at <= latest:
            return Refusal(
                "review_at", "the answer needs an end", (), f"a review time at most {show_span(latest - turn.at)} ahead"
            )
    body = DecisionRecorded(
        reminder=command.reminder,
        subject=command.subject,
        choice=command.choice,
        reason=sealed(turn, command.reason),
        review_at=command.review_at,
        because=obligation.because,
    )
    turn.emit(body, command.by)
    return None


def acknowledge(turn: Turn, command: Acknowledge) -> Refusal | None:
    """Pause a ladder, or one's own rung and those below, for a stated time. It closes nothing and moves no due time."""
    found = held(turn, command.reminder, command.subject)
    if isinstance(found, Refusal):
        return found
    form, obligation = found
    if refused := not_your_role(command, (*turn.pathway.form.clinicians, *obligation.told)):
        return refused
    rule = next((each for each in form.acknowledge if command.by.role in each.by), None)
    until = turn.at + turn.pathway.span("acknowledged_for")
    pauses = str(own_rung(form, obligation, command.by.role))
    if rule is not None:
        asked = Asked(turn, form, subject_of(turn, form, command.subject), obligation)
        asked.bound.own["acknowledged"] = moment(turn.at)
        until = asked.find(rule.until) or until
        pauses = "ladder" if rule.pauses == "ladder" else pauses
    body = ReminderAcknowledged(
        command.reminder, command.subject, obligation.ordinal, pauses, Instant(max(until, turn.at))
    )
    turn.emit(body, command.by)
    return None


def own_rung(form: ReminderForm, obligation: Obligation, role: str) -> int:
    """The highest rung that tells this role and nobody else, so that nobody silences another; else its first one."""
    level = next((each for each in form.levels if each.name == obligation.level), None)
    ladder = (level.ladder if level else ()) or form.ladder
    told = [{target(to).role for to in rung.to} for rung in ladder]
    mine = [number for number, roles in enumerate(told) if role in roles]
    return max((number for number in mine if told[number] == {role}), default=min(mine, default=0))


def subject_of(turn: Turn, form: ReminderForm, key: str) -> Subject:
    """A subject by its key."""
    return next((each for each in subjects(turn.view, form.for_each) if each.key == key), Subject(key))


def snooze(turn: Turn, command: Snooze) -> Refusal | None:
    """Put a due time off once, where the rule allows."""
    found = held(turn, command.reminder, command.subject)
    if isinstance(found, Refusal):
        return found
    form, obligation = found
    rule: PutOffForm | None = form.snooze if command.kind == "snoozed" else form.not_possible
    if rule is None:
        return Refusal("no_snooze", "this reminder cannot be put off", (), "acknowledge it, or do it")
    if refused := not_your_role(command, turn.pathway.form.clinicians):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    if obligation.snoozed if command.kind == "snoozed" else obligation.not_possible:
        return Refusal("once", "it was put off already", (), "do it, or ask a doctor")
    asked = Asked(turn, form, subject_of(turn, form, command.subject), obligation)
    if rule.not_when is not None and asked.answer(rule.not_when) != NO:
        return Refusal(
            "no_snooze",
            "it cannot be put off now",
            (sentence(explain(turn.pathway.rules[rule.not_when].tree, asked.bound, turn.at)),),
            "do it",
        )
    length = turn.view.read(rule.of).value
    assert isinstance(length, int)
    due_at = Instant(max(obligation.due_at, turn.at) + length // rule.share)
    body = ReminderSnoozed(
        command.reminder, command.subject, obligation.ordinal, due_at, sealed(turn, command.reason), command.kind
    )
    turn.emit(body, command.by)
    return None


def settle_review(turn: Turn, command: SettleReview) -> Refusal | None:
    """Confirm or replace a decision under review, by name."""
    found = turn.case.reviews.get(command.review)
    if found is None or found.settled:
        return Refusal("not_open", "this review is not open", (), "see the open reviews")
    if refused := not_your_role(command, ("physician", "haematologist", "consultant")):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    turn.emit(ReviewSettled(command.review, command.choice, sealed(turn, command.reason)), command.by)
    return None


def release(turn: Turn, command: ReleaseLatch) -> Refusal | None:
    """End a latch, signed, by a role that the file names."""
    form = turn.pathway.form.latches.get(command.latch)
    if form is None or command.latch not in turn.case.latches:
        return Refusal("not_latched", "this is not latched", (), "see the case")
    if refused := not_your_role(command, form.released_by):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    if turn.ask(form.when) != NO:
        return Refusal("guard", "its condition is not a certain no", (why(turn, form.when),), "wait for the values")
    turn.emit(LatchReleased(command.latch, sealed(turn, command.reason)), command.by)
    return None
