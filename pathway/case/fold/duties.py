"""How obligations open, move, ring, are taken note of and end."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    OfferDeclined,
    OfferLapsed,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderHandedBack,
    ReminderOffered,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReminderTaken,
    RuleReported,
    RungReached,
)
from pathway.case.fold.day import over, told_today
from pathway.case.state import Ack, Case, Ended, Obligation, Offer, Owner, Rang
from pathway.clinical.instant import Instant

Handler = Callable[[Case, Event, Any], None]


def _opened(case: Case, event: Event, body: ReminderOpened) -> None:
    case.open[(body.reminder, body.subject)] = Obligation(
        reminder=body.reminder,
        subject=body.subject,
        ordinal=body.ordinal,
        level=body.level,
        wording=body.wording,
        opened_at=event.occurred_at if body.since is None else body.since,
        started_at=event.occurred_at,
        due_at=body.due_at,
        anchor=body.anchor,
        not_before=body.not_before,
        because=body.because,
        position=event.position,
        answered=body.since is not None and answered_since(case, (body.reminder, body.subject), body.since),
        back_at=None if body.since is None else event.occurred_at,
    )


def answered_since(case: Case, key: tuple[str, str], since: Instant) -> bool:
    """Whether a need that comes back was answered before."""
    return key in case.decisions and case.decisions[key].at >= since


def _rescheduled(case: Case, event: Event, body: ReminderRescheduled) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    case.open[key] = replace(
        before,
        level=body.level,
        due_at=body.due_at,
        anchor=body.anchor,
        not_before=body.not_before,
        wording=body.wording or before.wording,
        rungs=() if body.restart else before.rungs,
        started_at=event.occurred_at if body.restart else before.started_at,
    )


def _rang(case: Case, event: Event, body: RungReached) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    rang = Rang(body.rung, body.count, event.occurred_at, body.to)
    told, rungs = before.told, before.rungs
    if told != body.to:
        told += tuple([role for role in body.to if role not in told])
    # Only the last repeat matters to the next one, and mostly it is the last of all.
    if rungs and rungs[-1].rung == body.rung:
        rungs = rungs[:-1]
    elif rungs:
        rungs = tuple([each for each in rungs if each.rung != body.rung])
    case.open[key] = replace(before, rungs=(*rungs, rang), told=told)
    told_today(case, event.occurred_at, body)


def _acknowledged(case: Case, event: Event, body: ReminderAcknowledged) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    ack = Ack(body.pauses, event.by.actor, event.by.role, event.occurred_at, body.until)
    case.open[key] = replace(before, acks=(*before.acks, ack), ever_acknowledged=True)


def _snoozed(case: Case, event: Event, body: ReminderSnoozed) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    done = {"snoozed": True} if body.kind == "snoozed" else {"not_possible": True}
    case.open[key] = replace(before, due_at=body.due_at, rungs=(), started_at=event.occurred_at, **done)


def _offered(case: Case, event: Event, body: ReminderOffered) -> None:
    key = (body.reminder, body.subject)
    offer = Offer(body.to, body.to_role, event.by.actor, event.by.role, body.until)
    case.open[key] = replace(case.open[key], offer=offer)


def _unanswered(case: Case, event: Event, body: OfferDeclined | OfferLapsed) -> None:
    key = (body.reminder, body.subject)
    case.open[key] = replace(case.open[key], offer=None)


def _taken(case: Case, event: Event, body: ReminderTaken) -> None:
    key = (body.reminder, body.subject)
    owner = Owner(event.by.actor, event.by.role, event.occurred_at)
    case.open[key] = replace(case.open[key], owner=owner, offer=None)


def _handed_back(case: Case, event: Event, body: ReminderHandedBack) -> None:
    key = (body.reminder, body.subject)
    case.open[key] = replace(case.open[key], owner=None)


def _reported(case: Case, event: Event, body: RuleReported) -> None:
    """It changes nothing of the case: it is for those who look after the rules."""


def _exceeded(case: Case, event: Event, body: BudgetExceeded) -> None:
    over(case)


def _closed(case: Case, event: Event, body: ReminderClosed) -> None:
    before = case.open.pop((body.reminder, body.subject))
    if body.by_exit:
        case.left[(body.reminder, body.subject)] = before
    case.ended[(body.reminder, body.subject)] = Ended(
        before.ordinal, event.occurred_at, event.position, body.how, event.cause
    )


HANDLERS: Mapping[type, Handler] = {
    ReminderOpened: _opened,
    ReminderRescheduled: _rescheduled,
    RungReached: _rang,
    ReminderAcknowledged: _acknowledged,
    ReminderSnoozed: _snoozed,
    ReminderOffered: _offered,
    OfferDeclined: _unanswered,
    OfferLapsed: _unanswered,
    ReminderTaken: _taken,
    ReminderHandedBack: _handed_back,
    RuleReported: _reported,
    BudgetExceeded: _exceeded,
    ReminderClosed: _closed,
}
