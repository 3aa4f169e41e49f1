"""Obligations: what reminders the state of a case wants, against those that are open.

`reconcile` writes the difference as events. Done is tried before the reason: done names its event, withdrawn means that
the reason vanished. A due time moves earlier at any time, later only before it has rung; the ladder of a reminder is
written rung by rung, each at its own instant.
"""

import msgspec

from pathway.case.budget import spend
from pathway.case.events import OfferLapsed, ReminderClosed, ReminderOpened, ReminderRescheduled, RungReached
from pathway.case.facts import Bound
from pathway.case.made import MISSING, moment
from pathway.case.state import Obligation
from pathway.case.subjects import Subject, subjects
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant, next_round
from pathway.clinical.reading import Reading
from pathway.definition.form import LevelForm, ReminderForm, RungForm
from pathway.definition.guard import CANNOT_SAY, NO, YES
from pathway.definition.names import UNANSWERED
from pathway.definition.pathway import target


class Asked:
    """One reminder about one subject at one instant: asks its guards with the names that only it has."""

    def __init__(self, turn: Turn, form: ReminderForm, subject: Subject, held: Obligation | None) -> None:
        self.turn, self.form, self.subject, self.held = turn, form, subject, held
        self.bound = Bound(turn.view, subject.aliases, dict(subject.own), self.own)

    def own(self, name: str) -> Reading:
        """A name that only this reminder has."""
        return own_reading(self.turn, self.form, self.subject.key, self.held, name)

    def answer(self, text: str) -> int:
        """A guard's answer; its next change is noted."""
        return self.turn.pathway.rules[text].ask(self.bound, self.turn.at, self.turn.waking)

    def find(self, text: str | None) -> Instant | None:
        """An instant in words; None is missing."""
        if text is None:
            return None
        return self.turn.pathway.moments[text].find(self.bound, self.turn.at, self.turn.waking)

    def level(self) -> LevelForm:
        """The gravest level that is not excluded; a reminder without levels has one of its own words."""
        for each in self.form.levels:
            if each.when is None or self.answer(each.when) != NO:
                return each
        return self.form.levels[-1] if self.form.levels else LevelForm(name="")

    def wording(self) -> str:
        """The name of the first wording that says yes."""
        return next(
            (each.name for each in self.form.wordings if each.when is None or self.answer(each.when) == YES), ""
        )

    def because(self) -> tuple[int, ...]:
        """The events on which the reason rests."""
        return self.turn.view.grounds(self.turn.pathway.rules[self.form.when].tree, self.bound)

    def wanted(self) -> bool:
        """Whether it opens now: on yes, and on a gap that the file says opens it."""
        answer = self.answer(self.form.when)
        if answer == CANNOT_SAY and self.gap_opens():
            answer = YES
        return answer == YES and self.answer(self.form.done_when) != YES and self.newly_triggered()

    def gap_opens(self) -> bool:
        """Whether its reason cannot be said for a name whose gap opens it: missing, too old, or on both sides of a
        line."""
        if not self.form.opens_when_unknown:
            return False
        gaps = self.turn.view.gaps(self.turn.pathway.rules[self.form.when].tree, self.bound)
        full = {self.bound.aliases.get(name, name) for name in gaps} | gaps
        return any(self.bound.aliases.get(name, name) in full for name in self.form.opens_when_unknown)

    def newly_triggered(self) -> bool:
        """A reminder with a trigger comes again only for a newer one than its last occurrence saw, or where what ended
        that one was not true; an expired one only for a newer anchor."""
        ended = self.turn.case.ended.get((self.form.id, self.subject.key))
        if self.form.trigger is None and ended is not None and ended.how == "expired":
            anchor = self.find(self.form.anchor)
            return anchor is not None and anchor > ended.closed_at
        if self.form.trigger is None or ended is None or ended.how == "withdrawn":
            return True
        if ended.cause in self.turn.case.retracted:
            return True
        at = self.find(self.form.trigger)
        if at is None or at < ended.closed_at:
            return False
        return at > ended.closed_at or max(self.turn.case.facts_at, default=0) > ended.position


class Wanted(msgspec.Struct, frozen=True):
    """How an open reminder should stand."""

    level: str
    due_at: Instant
    anchor: Instant
    not_before: Instant | None
    wording: str


def own_reading(turn: Turn, form: ReminderForm, subject: str, held: Obligation | None, name: str) -> Reading:
    """A name that only this reminder has."""
    decided = turn.case.decisions.get((form.id, subject))
    match name:
        case "opened":
            return moment(turn.at if held is None else held.opened_at)
        case "due":
            return moment(held.due_at) if held else MISSING
        case "anchor":
            return moment(held.anchor) if held else MISSING
        case "answered":
            return Reading(True, held is not None and held.answered)
        case "answer":
            answer = UNANSWERED if decided is None else decided.choice
            events = () if decided is None else (decided.position,)
            shown = "not answered" if decided is None else f"answered: {answer.replace('_', ' ')}"
            return Reading(True, answer, events=events, shown=shown)
        case "answer.review":
            return moment(decided.review_at) if decided else MISSING
        case "acknowledged":
            return moment(held.acks[-1].at) if held and held.acks else MISSING
    return MISSING


def reconcile(turn: Turn, reminder: str, fact: str) -> None:
    """Bring one reminder's open obligations, about one fact or all its subjects, in line with what is wanted."""
    form = turn.pathway.reminders[reminder]
    found = turn.rules.subjects.get((reminder, fact)) or subjects(turn.view, form.for_each)
    for subject in found:
        asked = Asked(turn, form, subject, turn.case.open.get((reminder, subject.key)))
        if asked.held is not None:
            keep(asked)
            if (reminder, subject.key) in turn.case.open:
                continue
            asked = Asked(turn, form, subject, None)
        if asked.wanted():
            open_now(asked)
    if fact:
        return
    known = {each.key for each in found}
    for held in [each for (name, key), each in turn.case.open.items() if name == reminder and key not in known]:
        close(turn, held, "withdrawn")


def open_now(asked: Asked) -> None:
    """Open an obligation; it is never due before it is known."""
    turn, form, key = asked.turn, asked.form, asked.subject.key
    ended = turn.case.ended.get((form.id, key))
    level = asked.level()
    due = asked.find(level.due or form.due)
    due_at = Instant(turn.at if due is None else max(due, turn.at))
    asked.bound.own["due"] = moment(due_at)
    anchor = asked.find(form.anchor)
    turn.emit(
        ReminderOpened(
            reminder=form.id,
            subject=key,
            ordinal=1 if ended is None else ended.ordinal + 1,
            level=level.name,
            due_at=due_at,
            anchor=turn.at if anchor is None else anchor,
            wording=asked.wording(),
            not_before=asked.find(form.not_before),
            because=asked.because(),
        )
    )
    ladder(Asked(turn, form, asked.subject, turn.case.open[(form.id, key)]))


def keep(asked: Asked) -> None:
    """Close, reschedule or ring an open obligation."""
    turn, form, held = asked.turn, asked.form, asked.held
    assert held is not None
    if asked.answer(form.done_when) == YES:
        close(turn, held, "done")
        return
    if asked.answer(form.when) == NO:
        close(turn, held, "withdrawn")
        return
    expires = asked.find(form.expires)
    if expires is not None and expires <= turn.at:
        close(turn, held, "expired")
        return
    turn.note(expires)
    if reschedule(asked, held):
        held = turn.case.open[(form.id, held.subject)]
        asked = Asked(turn, form, asked.subject, held)
    ladder(asked)
    lapse(turn, turn.case.open[(form.id, held.subject)])


def lapse(turn: Turn, held: Obligation) -> None:
    """An offer that nobody answered in time ends, and rings again to the one who made it."""
    made = held.offer
    if made is None:
        return
    if made.until > turn.at:
        turn.note(made.until)
        return
    turn.emit(OfferLapsed(held.reminder, held.subject, held.ordinal, made.to, made.by, made.by_role))


def close(turn: Turn, held: Obligation, how: str, by_exit: bool = False) -> None:
    """End an obligation; those who were told of it stand in the event."""
    turn.emit(
        ReminderClosed(
            reminder=held.reminder,
            subject=held.subject,
            ordinal=held.ordinal,
            how=how,  # type: ignore[arg-type]  # one of the three words
            told=held.told,
            acknowledged=held.ever_acknowledged,
            by_exit=by_exit,
        )
    )


def reschedule(asked: Asked, held: Obligation) -> bool:
    """Write another due time, anchor, level or wording where they changed; whether anything was written."""
    turn, form = asked.turn, asked.form
    level = asked.level()
    order = [each.name for each in form.levels] or [""]
    worse = order.index(level.name) < order.index(held.level)
    if not worse and order.index(level.name) > order.index(held.level) and held.rungs:
        level = form.levels[order.index(held.level)]
    anchor = Instant(max(held.anchor, asked.find(form.anchor) or held.anchor))
    due_at = due_now(asked, held, level, worse or anchor > held.anchor)
    wording = asked.wording()
    asked.bound.own["due"] = moment(due_at)
    now = Wanted(level.name, due_at, anchor, asked.find(form.not_before), wording)
    if now == Wanted(held.level, held.due_at, held.anchor, held.not_before, held.wording):
        return False
    turn.emit(
        ReminderRescheduled(
            reminder=form.id,
            subject=held.subject,
            ordinal=held.ordinal,
            level=now.level,
            due_at=now.due_at,
            anchor=now.anchor,
            restart=(worse and bool(level.ladder)) or due_at < held.due_at,
            not_before=now.not_before,
            wording=now.wording,
        )
    )
    return True


def due_now(asked: Asked, held: Obligation, level: LevelForm, fresh: bool) -> Instant:
    """The due time an open obligation should have: earlier at any time, later only before it has rung."""
    found = asked.find(level.due or asked.form.due)
    if found is None or ((held.snoozed or held.not_possible) and not fresh):
        return held.due_at
    due_at = Instant(max(found, asked.turn.at))
    if due_at < held.due_at:
        return due_at
    rung_or_due = bool(held.rungs) or held.due_at <= asked.turn.at
    return held.due_at if rung_or_due or found <= held.due_at or fresh else found


# --- the ladder ------------------------------------------------------------------------------------------------------


def ladder(asked: Asked) -> None:
    """Write the rungs that are reached at this instant, and after the last one everybody again."""
    turn, form, held = asked.turn, asked.form, asked.held
    assert held is not None
    level = next((each for each in form.levels if each.name == held.level), LevelForm(name=""))
    rungs = level.ladder or form.ladder
    asked.bound.own["opened"] = moment(held.started_at)
    reached = {each.rung: each for each in held.rungs}
    coming = False
    for number, rung in enumerate(rungs):
        if number in reached:
            continue
        at = rung_at(asked, rung)
        if at is None or (rung.when is not None and asked.answer(rung.when) == NO):
            continue
        at = max(at, paused_until(held, number, at, turn.at))
        if at <= turn.at:
            ring(turn, held, number, 1, tuple(dict.fromkeys(target(to).role for to in rung.to)))
        else:
            coming = True
            turn.note(at)
    if not coming:
        again(asked, level, len(rungs))
    asked.bound.own["opened"] = moment(held.opened_at)


def rung_at(asked: Asked, rung: RungForm) -> Instant | None:
    """When a rung is due; a quiet one waits for the end of the site's quiet hours."""
    at = asked.find(rung.at)
    if at is None or rung.quiet_when is None or asked.answer(rung.quiet_when) != YES:
        return at
    hours = str(asked.turn.pathway.settings["quiet_hours"].value).split(",")
    zone = asked.bound.zone()
    begins, ends = next_round((hours[0],), at, zone), next_round((hours[1],), at, zone)
    return ends if ends < begins else at


def paused_until(held: Obligation, number: int, at: Instant, now: Instant) -> Instant:
    """The end of the acknowledgements that pause a rung at its time and now."""
    until = at
    for ack in held.acks:
        if (ack.pauses == "ladder" or number <= int(ack.pauses)) and ack.at <= max(at, now) and ack.until > until:
            until = ack.until
    return until


def again(asked: Asked, level: LevelForm, number: int) -> None:
    """After the last rung everybody who was told is told again, at a steady pace, until it is done."""
    turn, held = asked.turn, asked.turn.case.open[(asked.form.id, asked.subject.key)]
    every = level.repeat or asked.form.repeat
    if every is None or not held.rungs:
        return
    last = max(held.rungs, key=lambda each: each.at)
    at = Instant(last.at + turn.pathway.span(every))
    at = max(at, paused_until(held, number, at, turn.at)) if held.acks else at
    if at > turn.at:
        turn.note(at)
        return
    count = next((each.count for each in held.rungs if each.rung == number), 0) + 1
    ring(turn, held, number, count, held.told)
    turn.note(turn.at + turn.pathway.span(every))


def ring(turn: Turn, held: Obligation, number: int, count: int, to: tuple[str, ...]) -> None:
    """Write one rung."""
    turn.emit(RungReached(held.reminder, held.subject, held.ordinal, number, count, to, held.level, held.due_at))
    spend(turn)
