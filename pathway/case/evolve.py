"""Evolve: what an event makes of a case. It never refuses and never judges; it is the one fold there is."""

from collections.abc import Iterable

from msgspec.structs import force_setattr, replace

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    LatchEased,
    NoteWritten,
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
    ViolationBegan,
    ViolationEnded,
)
from pathway.case.fold import duties, episode, facts, judgements, moves
from pathway.case.state import Case, Verbal

MAPPINGS = tuple(name for name in Case.__struct_fields__ if isinstance(getattr(Case(id=""), name), dict))
HANDLERS = {
    **episode.HANDLERS,
    **facts.HANDLERS,
    **moves.HANDLERS,
    **duties.HANDLERS,
    **judgements.HANDLERS,
}
#: Events that change what people know or decided; the others only ring.
CLINICAL = frozenset(HANDLERS) - {
    LatchEased,
    NoteWritten,
    ReminderOpened,
    ReminderRescheduled,
    RungReached,
    ReminderAcknowledged,
    ReminderSnoozed,
    ReminderOffered,
    OfferDeclined,
    OfferLapsed,
    ReminderTaken,
    ReminderHandedBack,
    RuleReported,
    BudgetExceeded,
    ReminderClosed,
    ViolationBegan,
    ViolationEnded,
}


def evolve(case: Case, events: Iterable[Event]) -> Case:
    """The case after these events, in their order. The case given stays as it is."""
    after = draft(case)
    for event in events:
        apply(after, event)
    return after


def draft(case: Case) -> Case:
    """A copy that `apply` may change: the mappings are its own, what they hold is shared."""
    copy = replace(case)
    for name in MAPPINGS:
        force_setattr(copy, name, dict(getattr(case, name)))
    return copy


def apply(case: Case, event: Event) -> None:
    """Bring a draft forward by one event, in place."""
    force_setattr(case, "position", event.position)
    force_setattr(case, "recorded_at", event.recorded_at)
    body = event.body
    HANDLERS[type(body)](case, event, body)
    if event.verbal is not None:
        said = event.verbal
        case.verbal[event.position] = Verbal(event.position, said.giver, said.role, event.recorded_at)
    if event.origin is not None:
        case.brought[event.position] = event.origin
    if type(body) in CLINICAL:
        force_setattr(case, "clinical_version", case.clinical_version + 1)
