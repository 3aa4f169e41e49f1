"""Attention: which parts of a pathway an event or the passing of time can touch, so that the rest is left in peace.

Every part (latch, choice, region, invariant, reminder) reads a fixed set of stems: names without what hangs on them,
and `#` names for things that are no facts. A part is asked again when an event changed one of its stems, or when the
instant came at which time alone may change its answers. This is a cache and nothing else: with an empty memory every
part is asked, and the events are the same (tests/properties).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    CaseJoined,
    ChoiceMoved,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    FindingRecorded,
    HandedOver,
    LatchEased,
    LatchReleased,
    LatchSet,
    NoteWritten,
    OfferDeclined,
    OfferLapsed,
    OverrideReviewed,
    OverrideSigned,
    PhaseEntered,
    ProductRecorded,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderHandedBack,
    ReminderOffered,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReminderTaken,
    ReportRecorded,
    ResultRecorded,
    ReviewOpened,
    ReviewSettled,
    RuleReported,
    RungReached,
    SampleCollected,
    TherapyRecorded,
    VerbalOrderSigned,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.clinical.reading import Reading
from pathway.definition.form import EachForm, FactForm, PathwayForm, ReminderForm
from pathway.definition.guard import names_read
from pathway.definition.names import since
from pathway.definition.pathway import Pathway
from pathway.definition.written import reminder_guards

Stems = frozenset[str]
KINDS = ("latch", "choice", "region", "never", "reminder")
PRODUCTS, SAMPLES, REVIEWS, REPORTS, NOTED = "#products", "#samples", "#reviews", "#reports", "#noted"
OVERRIDES, VERBAL = "#overrides", "#verbal"


class Attention(msgspec.Struct, frozen=True):
    """What each part reads, and what rests on each stem.

    `parts`: part to stems, all that they rest on included. `kinds`: kind to its parts, each with its name. `rests_on`:
    stem to the stems that change with it, itself included. `names`: stem to the full names under it.
    """

    parts: Mapping[str, Stems]
    kinds: Mapping[str, tuple[tuple[str, str], ...]]
    rests_on: Mapping[str, Stems]
    names: Mapping[str, tuple[str, ...]]


class Memory:
    """What was read and asked before: readings by name, and per part the next instant to ask it again (None: never)."""

    __slots__ = ("readings", "wakes")

    def __init__(self) -> None:
        self.readings: dict[str, Reading] = {}
        self.wakes: dict[str, int | None] = {}


def attention(pathway: Pathway) -> Attention:
    """The attention of a pathway, worked out once."""
    form = pathway.form
    direct = {name: stems_of(pathway, texts) | extra for name, texts, extra in derived(form)}
    closed = {stem: closure(stem, direct) for stem in {*direct, *form.facts, *form.regions}}
    parts = {name: spread(stems, closed) | {f"#{name}"} for name, stems in part_stems(pathway).items()}
    rests_on: dict[str, set[str]] = {}
    for stem, below in closed.items():
        for each in below:
            rests_on.setdefault(each, set()).add(stem)
    names: dict[str, list[str]] = {}
    for name in pathway.names:
        if name not in pathway.settings:
            names.setdefault(name.partition(".")[0], []).append(name)
    return Attention(
        parts=parts,
        kinds={kind: named(parts, kind) for kind in KINDS},
        rests_on={stem: frozenset({stem, *above}) for stem, above in rests_on.items()},
        names={stem: tuple(full) for stem, full in names.items()},
    )


def named(parts: Iterable[str], kind: str) -> tuple[tuple[str, str], ...]:
    """The parts of a kind, each with its name."""
    return tuple((part, part.removeprefix(kind + " ")) for part in parts if part.startswith(kind + " "))


def derived(form: PathwayForm) -> Iterable[tuple[str, list[str], Stems]]:
    """The names that rest on others: name, the guards behind it, and stems besides."""
    for name, text in form.conditions.items():
        yield name, [text], frozenset()
    for name, latch in form.latches.items():
        yield name, [latch.when], frozenset()
    for name, choice in form.choices.items():
        yield name, [row.when for row in choice.rows if row.when], frozenset({choice.by} if choice.by else ())
    for name, fact in form.facts.items():
        counted = [since(form, fact.elapsed)] if fact.elapsed else []
        yield name, counted, frozenset(fact.from_.values()) | frozenset(fact.difference or ())


def stems_of(pathway: Pathway, texts: Iterable[str]) -> Stems:
    """The stems that guards and instants read."""
    found: set[str] = set()
    for text in texts:
        for read in (pathway.rules.get(text), pathway.moments.get(text)):
            if read is not None:
                found |= {name.partition(".")[0] for name in names_read(read.tree)}
    return frozenset(found)


def closure(stem: str, direct: Mapping[str, Stems]) -> Stems:
    """A stem and all that it rests on."""
    found, waiting = {stem}, [stem]
    while waiting:
        for each in direct.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found)


def spread(stems: Stems, closed: Mapping[str, Stems]) -> Stems:
    """Stems with all that they rest on."""
    return frozenset(stem for each in stems for stem in closed.get(each, (each,)))


def part_stems(pathway: Pathway) -> dict[str, Stems]:
    """Part to the stems its own guards read."""
    form = pathway.form
    parts: dict[str, Stems] = {}
    for name, latch in form.latches.items():
        parts[f"latch {name}"] = stems_of(pathway, [latch.when]) | {name}
    for name, choice in form.choices.items():
        if choice.rows:
            more = [choice.loosens.when] if choice.loosens else []
            panel = frozenset(choice.loosens.panel) if choice.loosens else frozenset()
            texts = [row.when for row in choice.rows if row.when]
            parts[f"choice {name}"] = stems_of(pathway, texts + more) | panel | {name}
    for name in form.regions:
        texts = [each.when for each in form.transitions if each.region == name and not each.by and each.when]
        parts[f"region {name}"] = stems_of(pathway, texts) | {name, NOTED}
    for never in form.never:
        parts[f"never {never.id}"] = stems_of(pathway, [never.when, never.no_later_than])
    for reminder in form.reminders:
        stems, rows = reminder_stems(pathway, reminder), reminder.for_each.fact if reminder.for_each else ()
        if not rows:
            parts[f"reminder {reminder.id}"] = stems
        for row in rows:
            parts[f"reminder {reminder.id}|{row['it']}"] = stems | frozenset(row.values())
    return parts


def of_reminder(reminder: str, subject: str) -> Stems:
    """The stems of a reminder about a subject; one about facts is a part for each of them."""
    return frozenset({f"#reminder {reminder}", f"#reminder {reminder}|{subject}"})


def reminder_stems(pathway: Pathway, reminder: ReminderForm) -> Stems:
    """What a reminder reads besides the fact it is about: its guards, and where its subjects come from."""
    found = stems_of(pathway, [text for _, text in reminder_guards(reminder)])
    each = reminder.for_each or EachForm()
    found |= {row.fact for row in each.episode}
    kinds: tuple[tuple[object, str], ...] = (
        (each.episode, PRODUCTS),
        (each.sample, SAMPLES),
        (each.review, REVIEWS),
        (each.report, REPORTS),
        (each.override, OVERRIDES),
        (each.verbal, VERBAL),
    )
    return found | {stem for given, stem in kinds if given}


def changed(pathway: Pathway, event: Event) -> Stems | None:
    """The stems that an event changes; None is everything.

    A retraction, a move of the patient, an enrolment, a failed rule, and whatever is new: everything is asked again.
    """
    touched = TOUCHED.get(type(event.body))
    if touched is None:
        return None
    return frozenset(touched(pathway.form, event.body)) | ({VERBAL} if event.verbal else frozenset())


def facts(form: PathwayForm, holds: Callable[[FactForm], object]) -> set[str]:
    """The facts whose form holds something."""
    return {name for name, fact in form.facts.items() if holds(fact)}


def of_reminder_event(form: PathwayForm, body: Any) -> Stems:
    """An event of one reminder about one subject."""
    return of_reminder(body.reminder, body.subject)


def of_answer(form: PathwayForm, body: Any) -> Stems:
    """An answer to a reminder, and the exposure that it overrides."""
    rule = next((each for each in form.reminders if each.id == body.reminder), None)
    over = {each.overrides for each in rule.answers.values() if each.overrides} if rule else frozenset()
    return of_reminder(body.reminder, body.subject) | over


def of_violation(form: PathwayForm, body: Any) -> Stems:
    """An event of one invariant."""
    return frozenset({f"#never {body.invariant}"})


TOUCHED: Mapping[type, Callable[[PathwayForm, Any], Iterable[str]]] = {
    ReminderOpened: of_reminder_event,
    ReminderRescheduled: of_reminder_event,
    RungReached: of_reminder_event,
    ReminderAcknowledged: of_reminder_event,
    ReminderSnoozed: of_reminder_event,
    ReminderOffered: of_reminder_event,
    OfferDeclined: of_reminder_event,
    OfferLapsed: of_reminder_event,
    ReminderTaken: of_reminder_event,
    ReminderHandedBack: of_reminder_event,
    RuleReported: lambda form, body: (),
    BudgetExceeded: lambda form, body: (),
    ReminderClosed: of_reminder_event,
    DecisionRecorded: of_answer,
    ViolationBegan: of_violation,
    ViolationBroken: of_violation,
    ViolationEnded: of_violation,
    ResultRecorded: lambda form, body: {SAMPLES} | facts(form, lambda fact: fact.lab == body.analyte),
    ReportRecorded: lambda form, body: {REPORTS} | facts(form, lambda fact: body.test in fact.reports),
    TherapyRecorded: lambda form, body: facts(form, lambda fact: fact.exposure == body.drug),
    ProductRecorded: lambda form, body: {PRODUCTS} | facts(form, lambda fact: fact.products),
    CourseBegun: lambda form, body: facts(form, lambda fact: fact.course or fact.computed),
    FindingRecorded: lambda form, body: {body.finding},
    NoteWritten: lambda form, body: (),
    DeathRecorded: lambda form, body: facts(form, lambda fact: fact.on_death or fact.computed),
    SampleCollected: lambda form, body: {SAMPLES},
    HandedOver: lambda form, body: (),
    CaseJoined: lambda form, body: (),
    PhaseEntered: lambda form, body: {body.region},
    LatchSet: lambda form, body: {body.latch},
    LatchReleased: lambda form, body: {body.latch},
    LatchEased: lambda form, body: {body.latch},
    ChoiceMoved: lambda form, body: {body.choice},
    ReviewOpened: lambda form, body: {REVIEWS},
    ReviewSettled: lambda form, body: {REVIEWS},
    OverrideSigned: lambda form, body: {OVERRIDES} | facts(form, lambda fact: fact.exposure),
    OverrideReviewed: lambda form, body: {OVERRIDES} | facts(form, lambda fact: fact.exposure),
    VerbalOrderSigned: lambda form, body: {VERBAL},
}
