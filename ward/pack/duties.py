"""The reminders of a case: each occurrence with its whole life, from its opening to what ended it (A19)."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.events import DecisionRecorded, ReminderClosed, ReminderOpened, ReminderRescheduled, ReminderSnoozed
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from ward.pack.section import Section
from ward.pack.told import Told
from ward.spreadsheet import When
from ward.web.axis.lanes import ENDED
from ward.web.moment import moment_text

Key = tuple[str, str, int]


class Duty(msgspec.Struct):
    """One occurrence in the making. `due_at`: the last one; `how`: how it ended, empty while it is open."""

    key: Key
    opened_at: Instant
    due_at: Instant
    life: list[Told]
    closed_at: Instant | None = None
    how: str = ""


def reminders(found: Sequence[Told], pathway: Pathway, zone: ZoneInfo) -> Section:
    """Every occurrence of every reminder, by its opening."""
    known = {each.event.position: each for each in found}
    return Section(
        key="reminders",
        title="Reminders and answers",
        lead="Each reminder as often as it opened: when it was due, whom it rang, who answered what, what ended it.",
        columns=("Reminder", "Opened", "Due", "Ended", "How", "Its life"),
        rows=tuple(
            (
                title(each.key, pathway),
                When(each.opened_at),
                When(each.due_at),
                "" if each.closed_at is None else When(each.closed_at),
                ENDED.get(each.how, each.how) or "open",
                "\n".join(step(one, title_in_words(each.key, pathway), known, zone) for one in each.life),
            )
            for each in duties(found)
        ),
        widths=("38mm", "27mm", "27mm", "27mm", "18mm", "1fr"),
    )


def duties(found: Iterable[Told]) -> tuple[Duty, ...]:
    """Every occurrence with its events, in the order of its opening."""
    held: dict[Key, Duty] = {}
    newest: dict[tuple[str, str], Duty] = {}
    for each in found:
        body, at = each.event.body, each.event.occurred_at
        if isinstance(body, ReminderOpened):
            made = Duty((body.reminder, body.subject, body.ordinal), body.since or at, body.due_at, [])
            held[made.key] = newest[made.key[:2]] = made
        duty = of_event(body, held, newest)
        if duty is None:
            continue
        duty.life.append(each)
        if isinstance(body, ReminderRescheduled | ReminderSnoozed):
            duty.due_at = body.due_at
        elif isinstance(body, ReminderClosed):
            duty.closed_at, duty.how = at, body.how
    return tuple(held.values())


def of_event(body: object, held: Mapping[Key, Duty], newest: Mapping[tuple[str, str], Duty]) -> Duty | None:
    """The occurrence that an event is about; an answer is about the newest one."""
    reminder, subject = getattr(body, "reminder", None), getattr(body, "subject", "")
    if reminder is None:
        return None
    if isinstance(body, DecisionRecorded):
        return newest.get((reminder, subject))
    return held.get((reminder, subject, getattr(body, "ordinal", 0)))


def title(key: Key, pathway: Pathway) -> str:
    """The reminder in words, with what it is about and which time it is."""
    form = pathway.reminders.get(key[0])
    critical = ", critical" if form is not None and form.critical else ""
    again = f", occurrence {key[2]}" if key[2] > 1 else ""
    return f"{title_in_words(key, pathway)}{critical}{again}"


def title_in_words(key: Key, pathway: Pathway) -> str:
    """The reminder as the words of its events begin."""
    return f"{key[0]} {pathway.title(key[0])}" + (f" [{key[1]}]" if key[1] else "")


def step(told: Told, name: str, known: Mapping[int, Told], zone: ZoneInfo) -> str:
    """One step of a life: when, which event, what, who, and by which event."""
    event = told.event
    said = told.words.removeprefix(f"{name}: ")
    reason = f". Reason: {told.reason}" if told.reason else ""
    by = "" if event.by.source == "engine" else f" by {told.who}"
    cause = known.get(event.cause) if event.cause is not None else None
    led = f" (follows event {event.cause}: {cause.words})" if cause is not None and closes(told) else ""
    return f"{moment_text(event.occurred_at, zone)}, event {event.position}: {said}{by}{led}{reason}"


def closes(told: Told) -> bool:
    """Whether it ended the reminder, so that what led to it is told with it."""
    return isinstance(told.event.body, ReminderClosed)
