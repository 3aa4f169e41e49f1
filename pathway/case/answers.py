"""What people say to reminders, reviews, latches and failed rules: decide, note, put off, settle, release, resume."""

from pathway.case.commands import (
    Acknowledge,
    Decide,
    Refusal,
    ReleaseLatch,
    ResumeMoves,
    SettleReview,
    Snooze,
)
from pathway.case.events import (
    DecisionRecorded,
    LatchReleased,
    MovesResumed,
    ReminderAcknowledged,
    ReminderSnoozed,
    ReviewSettled,
)
from pathway.case.grounds import not_your_role, signed_by_two, why
from pathway.case.made import moment
from pathway.case.obligations import Asked
from pathway.case.reports import sealed
from pathway.case.state import Obligation
from pathway.case.subjects import Subject, subjects
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant, next_round, show_span
from pathway.definition.form import PutOffForm, ReminderForm
from pathway.definition.guard import NO, YES, explain, sentence
from pathway.definition.pathway import target

#: The ways to put a reminder off, as a command names them.
PUT_OFFS = ("snoozed", "not_possible")


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
    if answer.second and not signed_by_two(command.by.actor, command.second):
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
    if put_off_rule(form, command.kind) is None:
        return Refusal("no_snooze", "this reminder cannot be put off", (), "acknowledge it, or do it")
    if refused := not_your_role(command, turn.pathway.form.clinicians):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    due_at = put_off(turn, form, obligation, command.kind)
    if isinstance(due_at, Refusal):
        return due_at
    body = ReminderSnoozed(
        command.reminder, command.subject, obligation.ordinal, due_at, sealed(turn, command.reason), command.kind
    )
    turn.emit(body, command.by)
    return None


def put_off_rule(form: ReminderForm, kind: str) -> PutOffForm | None:
    """What a rule says of one kind of putting off, None where it allows none."""
    return form.snooze if kind == "snoozed" else form.not_possible


def put_off(turn: Turn, form: ReminderForm, obligation: Obligation, kind: str) -> Instant | Refusal:
    """The due time that comes of putting a reminder off now, whoever asks; or why it cannot be."""
    rule = put_off_rule(form, kind)
    if rule is None:
        return Refusal("no_snooze", "this reminder cannot be put off", (), "acknowledge it, or do it")
    if obligation.snoozed if kind == "snoozed" else obligation.not_possible:
        return Refusal("once", "it was put off already", (), "do it, or ask a doctor")
    asked = Asked(turn, form, subject_of(turn, form, obligation.subject), obligation)
    if rule.not_when is not None and asked.answer(rule.not_when) != NO:
        return Refusal(
            "no_snooze",
            "it cannot be put off now",
            (sentence(explain(turn.pathway.rules[rule.not_when].tree, asked.bound, turn.at)),),
            "do it",
        )
    due_at = put_off_to(turn, rule, obligation)
    if due_at <= obligation.due_at:
        return Refusal("shift_end", "it is due in the next shift", (), "hand it over, or do it")
    return due_at


def put_off_to(turn: Turn, rule: PutOffForm, obligation: Obligation) -> Instant:
    """The later due time: a share of the span on, and not past the end of the shift (H40)."""
    length = turn.view.read(rule.of).value
    assert isinstance(length, int)
    due_at = Instant(max(obligation.due_at, turn.at) + length // rule.share)
    if rule.not_past is None:
        return due_at
    changes = tuple(str(turn.pathway.settings[rule.not_past].value).split(","))
    return min(due_at, next_round(changes, turn.at, turn.view.zone()))


def settle_review(turn: Turn, command: SettleReview) -> Refusal | None:
    """Confirm or replace a decision under review, by name."""
    found = turn.case.reviews.get(command.review)
    if found is None or found.settled:
        return Refusal("not_open", "this review is not open", (), "see the open reviews")
    if refused := not_your_role(command, turn.pathway.form.reviews.by):
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
    if form.release_when is not None and turn.ask(form.release_when) != YES:
        return Refusal("guard", "it is too early", (why(turn, form.release_when),), "wait")
    turn.emit(LatchReleased(command.latch, sealed(turn, command.reason)), command.by)
    return None


def resume(turn: Turn, command: ResumeMoves) -> Refusal | None:
    """End the standstill after a failed rule, signed by a role that settles reviews; what failed is tried first."""
    if not turn.case.failed:
        return Refusal("not_failed", "no rule of this case has failed", (), "see the case")
    if refused := not_your_role(command, turn.pathway.form.reviews.by):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say what was looked at")
    turn.forget(None)
    turn.view.failures.clear()
    for name in turn.pathway.form.facts:
        turn.view.read(name)
    if failing := tuple(turn.view.failures):
        return Refusal("still_failing", "a rule of this case fails still", failing, "mend what it reads, or the rule")
    turn.emit(MovesResumed(sealed(turn, command.reason)), command.by)
    return None
