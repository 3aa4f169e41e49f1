"""Misfires: which rungs a decision rings, and which it only keeps on record, when it was made later than they were due.

Every rung is an event at its own instant, at any cadence of ticks. Only what people are told depends on how late it is:
after a gap a reminder does as its `misfire` says.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, RungReached
from pathway.definition.form import ReminderForm
from pathway.definition.pathway import Pathway

Key = tuple[str, str, int]


class Ringing(msgspec.Struct, frozen=True):
    """A rung and the roles it tells. `missed`: how many earlier ones it stands for; `expired` rungs tell nobody."""

    event: Event
    to: tuple[str, ...]
    missed: int = 0
    kind: Literal["rung", "expired"] = "rung"

    @property
    def body(self) -> RungReached:
        """The event's body."""
        assert isinstance(self.event.body, RungReached)
        return self.event.body


def ringing(pathway: Pathway, events: tuple[Event, ...]) -> list[Ringing]:
    """What rings of the rungs of one decision, in their order.

    A reminder that closed in the same decision rings no more; what it let expire stays on record.
    """
    closed = {key_of(each.body) for each in events if isinstance(each.body, ReminderClosed)}
    rungs: dict[Key, list[Event]] = {}
    for event in events:
        if isinstance(event.body, RungReached):
            rungs.setdefault(key_of(event.body), []).append(event)
    found = [
        each
        for key, group in rungs.items()
        for each in by_policy(pathway, pathway.reminders[key[0]], group)
        if key not in closed or each.kind == "expired"
    ]
    return sorted(found, key=lambda each: each.event.position)


def by_policy(pathway: Pathway, form: ReminderForm, group: list[Event]) -> list[Ringing]:
    """The rungs of one reminder, by its policy."""
    if form.misfire == "fire now":
        return each_role_once(group)
    if form.misfire_within is None:
        return latest_once(group)
    within = pathway.span(form.misfire_within)
    late = [each for each in group if each.recorded_at - each.occurred_at > within]
    gone = [Ringing(each, to_of(each), kind="expired") for each in late]
    return [*gone, *latest_once(group[len(late) :], len(late))]


def latest_once(group: list[Event], before: int = 0) -> list[Ringing]:
    """The rungs of the last instant at which it rang, and how many they stand for."""
    last = [each for each in group if each.occurred_at == group[-1].occurred_at]
    return [Ringing(each, to_of(each), before + len(group) - len(last)) for each in last]


def each_role_once(group: list[Event]) -> list[Ringing]:
    """Every role that was told, by the last rung that tells it."""
    last = {role: event for event in group for role in to_of(event)}
    found: dict[int, tuple[str, ...]] = {}
    for role, event in last.items():
        found[event.position] = (*found.get(event.position, ()), role)
    return [Ringing(each, found[each.position]) for each in group if each.position in found]


def to_of(event: Event) -> tuple[str, ...]:
    """The roles that a rung tells."""
    return event.body.to if isinstance(event.body, RungReached) else ()


def key_of(body: RungReached | ReminderClosed) -> Key:
    """The key of the reminder an event is about."""
    return (body.reminder, body.subject, body.ordinal)


def together(pathway: Pathway, found: Iterable[Ringing]) -> list[list[Ringing]]:
    """Rungs of one instant that are one notice: those of reminders about several facts that belong together."""
    groups: dict[tuple[object, ...], list[Ringing]] = {}
    for each in found:
        body = each.body
        joint = "" if pathway.reminders[body.reminder].together else body.subject
        key = (body.reminder, joint, body.rung, body.count, each.to, each.event.occurred_at, each.kind)
        groups.setdefault(key, []).append(each)
    return list(groups.values())
