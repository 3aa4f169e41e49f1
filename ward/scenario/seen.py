"""What is seen of a case after a step: its state, and what its reminders did since the step before."""

from typing import Any

import msgspec

from pathway.case.commands import AnyCommand, Refusal, RequestTherapy, Transition
from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, ReminderOpened, RungReached
from pathway.case.facts import View
from pathway.case.picture import Picture
from pathway.case.state import Case
from pathway.clinical.instant import Instant, iso, show_span
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Notice, ReminderRow, Store


class Remark(msgspec.Struct, frozen=True):
    """One thing a reminder did, or how an open one stands."""

    id: str
    subject: str
    due: Instant
    at: Instant
    rung: int | None = None
    to: tuple[str, ...] = ()
    level: str = ""
    wording: str = ""
    count: int = 0
    how: str = ""
    state: str = ""
    acknowledged_until: Instant | None = None
    deadline: Instant | None = None
    text: str = ""
    critical: bool = False


class Refused(msgspec.Struct, frozen=True):
    """A refusal: of the step's own command, or of a request that would be refused now."""

    act: str
    code: str
    reasons: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True):
    """Everything seen after one step."""

    at: Instant
    pathway: Pathway
    case: Case
    picture: Picture
    view: View
    answers: tuple[str, ...]
    refused: tuple[Refused, ...]
    events: tuple[Event, ...]
    opened: tuple[Remark, ...]
    rung: tuple[Remark, ...]
    closed: tuple[Remark, ...]
    open: tuple[Remark, ...]
    notices: tuple[tuple[Notice, str], ...]
    new_notices: tuple[tuple[Notice, str], ...]


def see(
    engine: Engine,
    store: Store,
    case_id: str,
    answered: list[tuple[AnyCommand, Refusal | None]],
    since: tuple[int, int],
) -> Seen:
    """Look at a case. `since`: position and number of notices after the step before. Raises KeyError without a case."""
    case, picture, view = engine.case(case_id), engine.picture(case_id), engine.view(case_id)
    pathway = engine.pathway(case_id)
    events = tuple(engine.timeline(case_id)[since[0] :])
    rows = {(row.reminder, row.subject, row.ordinal): row for row in store.reminders(case_id, open_only=False)}
    notices = tuple(store.notices(case_id))
    return Seen(
        at=picture.at,
        pathway=pathway,
        case=case,
        picture=picture,
        view=view,
        answers=tuple("accepted" if refusal is None else refusal.code for _, refusal in answered),
        refused=refused(pathway, picture, answered),
        events=events,
        opened=tuple(opened(each, each.body) for each in events if isinstance(each.body, ReminderOpened)),
        rung=tuple(rung(each, each.body) for each in events if isinstance(each.body, RungReached)),
        closed=tuple(closed(each, each.body, rows) for each in events if isinstance(each.body, ReminderClosed)),
        open=standing(case, picture),
        notices=notices,
        new_notices=notices[since[1] :],
    )


def opened(event: Event, body: ReminderOpened) -> Remark:
    """A reminder opened."""
    return Remark(body.reminder, body.subject, body.due_at, event.occurred_at, level=body.level, wording=body.wording)


def rung(event: Event, body: RungReached) -> Remark:
    """A reminder rang."""
    return Remark(
        body.reminder,
        body.subject,
        body.due_at,
        event.occurred_at,
        body.rung,
        body.to,
        body.level,
        count=body.count,
    )


def closed(event: Event, body: ReminderClosed, rows: dict[tuple[str, str, int], ReminderRow]) -> Remark:
    """A reminder closed."""
    row = rows[(body.reminder, body.subject, body.ordinal)]
    reached = row.rung if row.rung >= 0 else None
    return Remark(
        body.reminder, body.subject, row.due_at, event.occurred_at, reached, body.told, row.level, how=body.how
    )


def standing(case: Case, picture: Picture) -> tuple[Remark, ...]:
    """The open reminders as they stand."""
    found = []
    for each in picture.reminders:
        held = case.open[(each.reminder, each.subject)]
        found.append(
            Remark(
                each.reminder,
                each.subject,
                each.due_at,
                each.opened_at,
                max((rang.rung for rang in held.rungs), default=None),
                held.told,
                each.level,
                held.wording,
                state=each.state,
                acknowledged_until=each.acknowledged_until,
                deadline=each.deadline,
                text=each.text,
                critical=each.critical,
            )
        )
    return tuple(found)


def refused(
    pathway: Pathway, picture: Picture, answered: list[tuple[AnyCommand, Refusal | None]]
) -> tuple[Refused, ...]:
    """What was refused at this step, then what would be refused now."""
    asked = [
        Refused(act_of(pathway, command), refusal.code, refusal.reasons) for command, refusal in answered if refusal
    ]
    acts = {each.act for each in asked}
    now = [Refused(each.request, each.code, each.reasons) for each in picture.refused if each.request not in acts]
    return (*asked, *now)


def act_of(pathway: Pathway, command: AnyCommand) -> str:
    """What a command asks for: the request or the transition of the pathway, else its type."""
    match command:
        case RequestTherapy():
            named = (
                each.id for each in pathway.form.requests if each.drug == command.drug and command.act in each.acts
            )
            return next(named, "RequestTherapy")
        case Transition():
            return command.transition
    return type(command).__name__


def word(view: View, name: str) -> str:
    """A fact in words: its value, `yes` or `no`, a figure with its unit, RFC 3339, a span, or `cannot say`."""
    reading, kind = view.read(name), view.pathway.names.get(name)
    if not reading.known:
        return "cannot say"
    match reading.value:
        case bool():
            return "yes" if reading.value else "no"
        case Interval():
            return show(reading.value, kind.unit if kind else "1")
        case int():
            return show_span(reading.value) if kind is not None and kind.type == "span" else iso(reading.value)
    return str(reading.value)


def shown(number: int, label: str, seen: Seen, failed: list[str]) -> dict[str, Any]:
    """What is seen as plain values with stable keys; instants as RFC 3339 in UTC."""
    return {
        "step": number,
        "label": label,
        "at": iso(seen.at),
        "answer": next((each for each in seen.answers if each != "accepted"), "accepted") if seen.answers else None,
        "phases": {each.region: each.leaf for each in seen.picture.phases},
        "exposures": {each.drug: each.value for each in seen.picture.exposures},
        "refused": [{"act": each.act, "code": each.code, "reasons": list(each.reasons)} for each in seen.refused],
        "reminders": {
            "opened": [plain(each) for each in seen.opened],
            "rung": [plain(each) for each in seen.rung],
            "closed": [plain(each) | {"how": each.how} for each in seen.closed],
        },
        "proposals": [each.name for each in seen.picture.proposals],
        "deviations": [{"rule": each.rule, "event": each.target, "at": iso(each.at)} for each in seen.case.deviations],
        "reviews": [
            {"number": each.number, "about": each.about, "urgent": each.urgent, "open": not each.settled}
            for each in seen.case.reviews.values()
        ],
        "failed": failed,
    }


def plain(remark: Remark) -> dict[str, Any]:
    """What a reminder did, as plain values."""
    return {
        "id": remark.id,
        "subject": remark.subject,
        "due": iso(remark.due),
        "rung": remark.rung,
        "to": list(remark.to),
        "at": iso(remark.at),
        "level": remark.level,
        "wording": remark.wording,
    }
