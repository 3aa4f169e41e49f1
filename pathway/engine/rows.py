"""Rows: the head of a case and its reminders as boards list them, folded from the events of one decision."""

from msgspec.structs import replace

from pathway.case.decide import Decision
from pathway.case.envelope import Event
from pathway.case.events import (
    PatientMoved,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    RungReached,
)
from pathway.case.state import Case, Obligation
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from pathway.engine.notices import ladder_of
from pathway.engine.ports import Head, ReminderRow

Key = tuple[str, str, int]
TOUCHING = (
    ReminderOpened,
    ReminderRescheduled,
    RungReached,
    ReminderAcknowledged,
    ReminderSnoozed,
    ReminderClosed,
)


def head_of(case: Case, last_hash: bytes, looked_at: Instant, next_look: Instant | None, closed: bool) -> Head:
    """The head row of a case after a decision."""
    return Head(
        case=case.id,
        patient=case.patient,
        origin=case.origin,
        ward=case.ward,
        bed=case.bed,
        pathway=case.pathway,
        bundle=case.bundle,
        position=case.position,
        hash=last_hash,
        recorded_at=case.recorded_at,
        clinical_version=case.clinical_version,
        phases={region: place.leaf for region, place in case.regions.items()},
        closed=closed,
        next_look=next_look,
        looked_at=looked_at,
    )


def asked_at(before: Head | None, found: Decision, now: Instant) -> Instant:
    """When every part was last asked about a case. A command, or a look at what is due, leaves it as it was."""
    return now if before is None or found.whole else before.looked_at


def reminder_rows(pathway: Pathway, before: Case, events: tuple[Event, ...]) -> tuple[ReminderRow, ...]:
    """The rows of the reminders that these events touch, as they are after them."""
    rows: dict[Key, ReminderRow] = {}
    for event in events:
        body = event.body
        if isinstance(body, TOUCHING):
            key = (body.reminder, body.subject, body.ordinal)
            held = before.open.get((body.reminder, body.subject))
            row = rows.get(key)
            if row is None and held is not None and held.ordinal == body.ordinal:
                row = row_of(pathway, before.id, held)
            rows[key] = fold(pathway, before.id, row, event)
        elif isinstance(body, PatientMoved):
            unacknowledged(pathway, before, rows)
    return tuple(rows[key] for key in sorted(rows))


def unacknowledged(pathway: Pathway, before: Case, rows: dict[Key, ReminderRow]) -> None:
    """Void the acknowledgements of every open reminder: the patient lies elsewhere."""
    for held in before.open.values():
        rows.setdefault((held.reminder, held.subject, held.ordinal), row_of(pathway, before.id, held))
    for key, row in rows.items():
        if row.status == "open" and row.acknowledged_until is not None:
            rows[key] = replace(row, acknowledged_until=None)


def row_of(pathway: Pathway, case: str, held: Obligation) -> ReminderRow:
    """The row of an open obligation."""
    return ReminderRow(
        case=case,
        reminder=held.reminder,
        subject=held.subject,
        ordinal=held.ordinal,
        level=held.level,
        critical=critical(pathway, held.reminder, held.level),
        status="open",
        opened_at=held.opened_at,
        due_at=held.due_at,
        rung=max((each.rung for each in held.rungs), default=-1),
        acknowledged_until=max((each.until for each in held.acks), default=None),
        closed_at=None,
    )


def critical(pathway: Pathway, reminder: str, level: str) -> bool:
    """Whether a reminder at this level belongs to the critical class."""
    form = pathway.reminders[reminder]
    _, found = ladder_of(form, level)
    return form.critical or bool(found and found.critical)


def fold(pathway: Pathway, case: str, row: ReminderRow | None, event: Event) -> ReminderRow:
    """A row after one event of its reminder."""
    body = event.body
    if isinstance(body, ReminderOpened):
        return ReminderRow(
            case=case,
            reminder=body.reminder,
            subject=body.subject,
            ordinal=body.ordinal,
            level=body.level,
            critical=critical(pathway, body.reminder, body.level),
            status="open",
            opened_at=event.occurred_at if body.since is None else body.since,
            due_at=body.due_at,
            rung=-1,
            acknowledged_until=None,
            closed_at=None,
        )
    assert row is not None
    match body:
        case ReminderRescheduled():
            rung = -1 if body.restart else row.rung
            return replace(
                row,
                level=body.level,
                due_at=body.due_at,
                rung=rung,
                critical=critical(pathway, body.reminder, body.level),
            )
        case RungReached():
            return replace(row, rung=max(row.rung, body.rung))
        case ReminderAcknowledged():
            return replace(row, acknowledged_until=max(body.until, row.acknowledged_until or body.until))
        case ReminderSnoozed():
            return replace(row, due_at=body.due_at, rung=-1)
        case ReminderClosed():
            return replace(row, status=body.how, closed_at=event.occurred_at)
    return row
