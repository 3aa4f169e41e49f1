"""Handing over: a named person takes an open reminder, by themselves or by accepting it, and may give it back.

The ladder rings on, to the same roles: a name beside a need is no reason why anybody else should hear less of it.
"""

from pathway.case.answers import held
from pathway.case.commands import AcceptHandOver, DeclineHandOver, HandBack, HandOver, Refusal, Request, TakeOver
from pathway.case.events import OfferDeclined, ReminderHandedBack, ReminderOffered, ReminderTaken
from pathway.case.grounds import not_your_role, same_person
from pathway.case.reports import sealed
from pathway.case.state import Obligation
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant

#: Longest name of an account: it stands in a notice.
NAME_LIMIT = 64

Handing = HandOver | AcceptHandOver | DeclineHandOver | TakeOver | HandBack


def handing(turn: Turn, command: Handing) -> Refusal | None:
    """Offer, accept, decline, take over or hand back an open reminder."""
    found = held(turn, command.reminder, command.subject)
    if isinstance(found, Refusal):
        return found
    _, obligation = found
    match command:
        case HandOver():
            return offer(turn, command, obligation)
        case AcceptHandOver() | DeclineHandOver():
            return answer(turn, command, obligation)
        case TakeOver():
            return take(turn, command, obligation)
        case HandBack():
            return back(turn, command, obligation)


def offer(turn: Turn, command: HandOver, obligation: Obligation) -> Refusal | None:
    """Offer it to a named person; it stays whose it is until they accept."""
    if refused := not_a_clinician(turn, command, obligation):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    if command.to_role not in turn.pathway.form.roles:
        return Refusal("unknown_role", "there is no such role to hand it to", (), ", ".join(turn.pathway.form.roles))
    if not nameable(command.to):
        return Refusal("unknown_person", "nobody is named to hand it to", (), "name one person by their account")
    if same_person(command.to, command.by.actor):
        return Refusal("same_person", "it is offered to whoever offers it", (), "take it over, or name another person")
    if obligation.offer is not None:
        mend = "wait for their answer, or take it over yourself"
        return Refusal("offered", "it is offered to somebody already", (), mend)
    body = ReminderOffered(
        reminder=command.reminder,
        subject=command.subject,
        ordinal=obligation.ordinal,
        to=" ".join(command.to.split()),
        to_role=command.to_role,
        until=Instant(turn.at + turn.pathway.span(limit(turn))),
        reason=sealed(turn, command.reason),
    )
    turn.emit(body, command.by)
    return None


def answer(turn: Turn, command: AcceptHandOver | DeclineHandOver, obligation: Obligation) -> Refusal | None:
    """The person to whom it was offered, and nobody else, accepts or declines it, in the role it was offered to."""
    made = obligation.offer
    if made is None:
        return Refusal("not_offered", "this reminder is offered to nobody", (), "take it over, if it is to be yours")
    if refused := not_your_role(command, (made.to_role,)):
        return refused
    if not same_person(command.by.actor, made.to):
        return Refusal("not_you", "it is offered to another person", (), "take it over, if it is to be yours")
    if isinstance(command, AcceptHandOver):
        taken = ReminderTaken(command.reminder, command.subject, obligation.ordinal, made.by)
        turn.emit(taken, command.by)
        return None
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    reason = sealed(turn, command.reason)
    declined = OfferDeclined(command.reminder, command.subject, obligation.ordinal, made.by_role, reason)
    turn.emit(declined, command.by)
    return None


def take(turn: Turn, command: TakeOver, obligation: Obligation) -> Refusal | None:
    """Open to every clinician, always (P4); an offer that waits ends with it."""
    if refused := not_a_clinician(turn, command, obligation):
        return refused
    if obligation.owner is not None and same_person(obligation.owner.person, command.by.actor):
        return Refusal("yours", "this reminder is yours already", (), "do it, hand it over, or hand it back")
    turn.emit(ReminderTaken(command.reminder, command.subject, obligation.ordinal), command.by)
    return None


def back(turn: Turn, command: HandBack, obligation: Obligation) -> Refusal | None:
    """Only who has it gives it back; anybody else takes it over."""
    owner = obligation.owner
    if owner is None or not same_person(owner.person, command.by.actor):
        return Refusal("not_yours", "this reminder is not yours", (), "take it over, if it is to be yours")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    body = ReminderHandedBack(command.reminder, command.subject, obligation.ordinal, sealed(turn, command.reason))
    turn.emit(body, command.by)
    return None


def limit(turn: Turn) -> str:
    """The setting that says how long an offer may wait: the file's own, else as long as an acknowledgement pauses."""
    form = turn.pathway.form.hand_over
    return "acknowledged_for" if form is None else form.within


def not_a_clinician(turn: Turn, command: Request, obligation: Obligation) -> Refusal | None:
    """A refusal where the role neither cares for patients here nor was told of this."""
    return not_your_role(command, (*turn.pathway.form.clinicians, *obligation.told))


def nameable(person: str) -> bool:
    """Whether a text can be the name of an account: short, on one line."""
    return bool(person.strip()) and len(person) <= NAME_LIMIT and person.isprintable()
