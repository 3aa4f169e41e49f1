"""Notices: whom a decision tells, and in which words. No patient data: ward, case token, class, time and link."""

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    DeviationRecorded,
    HandedOver,
    OfferDeclined,
    OfferLapsed,
    ReminderClosed,
    ReminderOffered,
    RuleReported,
    RulesFailed,
    ViolationBroken,
)
from pathway.case.facts import zone_of
from pathway.case.state import Case
from pathway.clinical.instant import SECOND, Instant, utc
from pathway.definition.form import LevelForm, ReminderForm, RungForm
from pathway.definition.pathway import Pathway, target
from pathway.engine.misfire import Ringing, key_of, ringing, together
from pathway.engine.ports import Notice

#: A notice that is written this much after its instant is marked late: more than a tick, less than the first rung.
LATE_US = 60 * SECOND
CRITICAL, PAGE, INBOX = 0, 1, 2
#: Between the needs that one notice tells.
LINE_BREAK = "; "


class Word(msgspec.Struct, frozen=True):
    """What one role is told by one rung, before it is a notice. `keys`: the reminders it speaks for."""

    event: Event
    role: str
    channel: str
    kind: str
    severity: int
    what: str
    keys: tuple[tuple[str, str, int], ...]
    late: bool


def notices(pathway: Pathway, case: Case, events: tuple[Event, ...]) -> tuple[Notice, ...]:
    """The notices that these events of one decision owe, and the records of those that expired unsent.

    After a gap a reminder rings as its `misfire` says; rungs of the same instant all ring. A reminder that closed in
    the same decision rings no more. Reminders that belong together are one notice, and so is whatever else an inbox is
    told of a patient at one instant: after a quiet night that is one notice, with a line for each need.
    """
    groups = together(pathway, ringing(pathway, events))
    said = [word for group in groups for word in rung_words(pathway, case, group)]
    found = [
        notice(case, each.event, each.role, each.channel, each.kind, each.severity, each.what, each.keys, each.late)
        for each in gathered(said)
    ]
    for event in events:
        found += other_notices(pathway, case, event)
    return (*found, *stand_downs(pathway, case, events))


def rung_words(pathway: Pathway, case: Case, group: list[Ringing]) -> list[Word]:
    """One word to each role of a rung, for all reminders that rang together."""
    first = group[0]
    form = pathway.reminders[first.body.reminder]
    rungs, level = ladder_of(form, first.body.level)
    rung = rungs[first.body.rung] if first.body.rung < len(rungs) else None
    keys = tuple(key_of(each.body) for each in group)
    missed = max(each.missed for each in group)
    made = []
    for role in first.to:
        channel = channel_of(rungs if rung is None else (rung,), role)
        severity = severest(form, level, rungs, rung, channel)
        what = f"{form.id} {pathway.form.lines.get(form.line, form.line)}"
        due = clock(case, first.body.due_at, first.event.occurred_at)
        words = f"{what}, due {due}" + (f", missed {missed}" if missed else "")
        made.append(Word(first.event, role, channel, first.kind, severity, words, keys, back_late(case, keys)))
    return made


def gathered(said: list[Word]) -> list[Word]:
    """What inboxes are told of a patient at one instant as one word to each role. What pages is never joined."""
    found: dict[tuple[object, ...], Word] = {}
    for number, each in enumerate(said):
        alone = number if each.severity != INBOX or each.kind != "rung" else -1
        key = (alone, each.role, each.event.occurred_at)
        before = found.get(key)
        found[key] = each if before is None else joined(before, each)
    return list(found.values())


def joined(before: Word, each: Word) -> Word:
    """Two words as one: the line of each need stands once, and it speaks for the reminders of both."""
    lines = tuple(dict.fromkeys((*before.what.split(LINE_BREAK), each.what)))
    return msgspec.structs.replace(
        before, what=LINE_BREAK.join(lines), keys=(*before.keys, *each.keys), late=before.late or each.late
    )


def severest(
    form: ReminderForm, level: LevelForm | None, rungs: tuple[RungForm, ...], rung: RungForm | None, channel: str
) -> int:
    """How grave a rung is through a channel; `rung` is None behind the last one."""
    critical = (
        form.critical
        or (level and level.critical)
        or (rung and rung.critical)
        or (rung is None and any(each.critical for each in rungs))
    )
    return CRITICAL if critical else PAGE if channel != "inbox" else INBOX


def back_late(case: Case, keys: tuple[tuple[str, str, int], ...]) -> bool:
    """Whether one of these needs came back after a mistaken exit, and was due meanwhile."""
    return any(key[:2] in case.open and case.open[key[:2]].late for key in keys)


def ladder_of(form: ReminderForm, name: str) -> tuple[tuple[RungForm, ...], LevelForm | None]:
    """The ladder of a level, and the level."""
    level = next((each for each in form.levels if each.name == name), None)
    return (level.ladder if level and level.ladder else form.ladder), level


def channel_of(rungs: tuple[RungForm, ...], role: str) -> str:
    """The most urgent channel by which these rungs tell a role."""
    found = {target(to).channel for rung in rungs for to in rung.to if target(to).role == role}
    return next((each for each in ("page", "second", "inbox") if each in found), "page")


def stand_downs(pathway: Pathway, case: Case, events: tuple[Event, ...]) -> tuple[Notice, ...]:
    """One word to each role for all the needs it was told of that are gone without having been met."""
    gone: dict[str, list[Event]] = {}
    for event in events:
        if isinstance(event.body, ReminderClosed) and event.body.how == "withdrawn":
            for role in event.body.told:
                gone.setdefault(role, []).append(event)
    made = []
    for role, group in gone.items():
        forms = [pathway.reminders[each.body.reminder] for each in group if isinstance(each.body, ReminderClosed)]
        what = ", ".join(dict.fromkeys(f"{form.id} {pathway.form.lines.get(form.line, form.line)}" for form in forms))
        made.append(notice(case, group[0], role, "inbox", "stand_down", INBOX, f"stand down, {what}", ()))
    return tuple(made)


def other_notices(pathway: Pathway, case: Case, event: Event) -> list[Notice]:
    """Exits, deviations, broken invariants, failed and reported rules, offers, and days over their budget."""
    body = event.body
    if isinstance(body, HandedOver):
        return heirs_told(pathway, case, event, body)
    if isinstance(body, DeviationRecorded):
        if event.occurred_at < case.enrolled_at:
            # What was done before the pathway began is on the record; nobody is rung for it now.
            return []
        return [notice(case, event, role, "page", "deviation", CRITICAL, "deviation", ()) for role in body.tells]
    if isinstance(body, ViolationBroken):
        words = f"{body.invariant} broken"
        return [notice(case, event, role, "page", "violation", CRITICAL, words, ()) for role in body.tells]
    if isinstance(body, RulesFailed):
        words, tells = "rules failed, look yourself", pathway.form.failures.tells
        return [notice(case, event, role, "page", "failure", CRITICAL, words, ()) for role in tells]
    if isinstance(body, ReminderOffered | OfferDeclined | OfferLapsed):
        return [offer_told(pathway, case, event, body)]
    if isinstance(body, RuleReported):
        words = f"{body.reminder}, rule reported as wrong"
        return [notice(case, event, role, "inbox", "rule_report", INBOX, words, ()) for role in body.tells]
    if isinstance(body, BudgetExceeded):
        words = f"over the budget of a day, {body.lines} lines and {body.pages} pages"
        return [notice(case, event, role, "inbox", "budget", INBOX, words, ()) for role in body.tells]
    return []


def offer_told(
    pathway: Pathway, case: Case, event: Event, body: ReminderOffered | OfferDeclined | OfferLapsed
) -> Notice:
    """One word to the role of whom a reminder is offered, or of whoever offered it where nobody took it.

    The account stands beside the need. An offer that nobody answered rings: it pages, as one of a critical need does.
    """
    form = pathway.reminders[body.reminder]
    held = case.open.get((body.reminder, body.subject))
    _, level = ladder_of(form, held.level if held else "")
    grave = form.critical or bool(level and level.critical)
    severity = CRITICAL if grave else PAGE if isinstance(body, OfferLapsed) else INBOX
    role, words = offer_words(case, event, body)
    what = f"{form.id} {pathway.form.lines.get(form.line, form.line)}, {words}"
    channel = "inbox" if severity == INBOX else "page"
    key = (body.reminder, body.subject, body.ordinal)
    return notice(case, event, role, channel, "offer", severity, what, (key,))


def offer_words(case: Case, event: Event, body: ReminderOffered | OfferDeclined | OfferLapsed) -> tuple[str, str]:
    """Whom an offer or its end tells, and what."""
    if isinstance(body, ReminderOffered):
        return body.to_role, f"offered to {body.to}, accept or decline by {clock(case, body.until)}"
    if isinstance(body, OfferDeclined):
        return body.tells, f"declined by {event.by.actor}, it stays where it was"
    return body.tells, f"{body.offered_by}: {body.to} did not accept, it stays where it was"


def heirs_told(pathway: Pathway, case: Case, event: Event, body: HandedOver) -> list[Notice]:
    """One word to each role that takes something over at an exit: how much of what."""
    made = []
    for role in dict.fromkeys(each.heir for each in body.taken if each.heir in pathway.form.roles):
        mine = [each for each in body.taken if each.heir == role]
        tasks = ", ".join(dict.fromkeys(each.name for each in mine if each.kind == "reminder"))
        waiting = sum(each.kind == "result" for each in mine)
        parts = [tasks] if tasks else []
        parts += [f"{waiting} pending result{'s' if waiting > 1 else ''}"] if waiting else []
        severity, channel = (CRITICAL, "page") if tasks else (INBOX, "inbox")
        words = f"handed over to you at {pathway.title(body.exit)}, {' and '.join(parts)}"
        made.append(notice(case, event, role, channel, "hand_over", severity, words, ()))
    return made


def notice(
    case: Case,
    event: Event,
    role: str,
    channel: str,
    kind: str,
    severity: int,
    what: str,
    reminders: tuple[tuple[str, str, int], ...],
    back_late: bool = False,
) -> Notice:
    """One notice about one event; its key is the event's place and the role, so that it never changes."""
    late = back_late or event.recorded_at - event.occurred_at > LATE_US
    grade = "CRITICAL" if severity == CRITICAL else "TASK" if kind in ("rung", "expired") else "NOTE"
    text = f"{grade}, {what}: ward {case.ward}, case {case.id}, {clock(case, event.occurred_at)}, /case/{case.id}"
    return Notice(
        key=f"{case.id}:{event.position}:{role}",
        case=case.id,
        ward=case.ward,
        role=role,
        channel=channel,
        kind=kind,
        severity=severity,
        text=text + (" (late)" if late else ""),
        created_at=event.recorded_at,
        late=late,
        reminders=reminders,
    )


def clock(case: Case, at: Instant, told: Instant | None = None) -> str:
    """The time of day at the site, with its day where that is another than the day on which it is told."""
    zone = zone_of(case.zone)
    local = utc(at).astimezone(zone)
    same = told is None or utc(told).astimezone(zone).date() == local.date()
    return f"{local:%H:%M}" if same else f"{local:%d-%b %H:%M}"
