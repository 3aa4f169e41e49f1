"""What one leaf of a guard found, in English for the ward: value with unit, how old, the threshold and its source."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from pathway.case.facts import View
from pathway.case.why.moments import ago, dated, lasting, near
from pathway.case.why.tree import Leaf, Threshold, listed
from pathway.clinical.instant import Instant, show_span
from pathway.clinical.quantity import show
from pathway.clinical.reading import Elapsed, Interval, Reading
from pathway.definition import say
from pathway.definition.guard import CANNOT_SAY, YES, Answer, Facts, Wake, compile_duration, compile_when, show_interval
from pathway.definition.guard.tree import (
    After,
    Among,
    Before,
    Compare,
    Duration,
    Holds,
    Known,
    Named,
    OlderThan,
    Operand,
    Quantity,
    Reached,
    Since,
    When,
    names_read,
)
from pathway.definition.guard.tree import Leaf as Asked
from pathway.definition.pathway import Pathway

Tree = TypeVar("Tree", bound=msgspec.Struct)
SIGNS = {
    "<": ("below", "not below"),
    "<=": ("at most", "above"),
    ">": ("above", "not above"),
    ">=": ("at or above", "below"),
}
#: What `at` means, by the kind of fact.
TIMES = {
    "lab": "collected",
    "difference": "collected",
    "exposure": "since",
    "products": "last",
    "course": "begun",
    "finding": "as of",
    "flag": "as of",
}
#: What hangs on a sample, report, review, override, order or product that a reminder is about.
ITS = {
    "it.collected": "the collection of this sample",
    "it.resulted": "its result is there",
    "it.ordered": "its ordering",
    "it.failed": "its failure",
    "it.within": "the time it may take",
    "it.settled": "this review is settled",
    "it.urgent": "this review is urgent",
    "it.reviewed": "this override is reviewed",
    "it.signed": "this order is signed",
    "it.opened": "when this was opened",
    "it.due": "when this is due",
    "it.ended": "the end of the product",
    "it.first_ended": "the end of the first product",
}


class Ground(NamedTuple):
    """What a guard is explained on: the facts with the names of its own, at one instant."""

    view: View
    facts: Facts
    at: Instant
    aliases: Mapping[str, str] = {}

    @property
    def pathway(self) -> Pathway:
        """The pathway of the case."""
        return self.view.pathway


def renamed(tree: Tree, aliases: Mapping[str, str]) -> Tree:
    """A tree with the pathway's own names for `it` and what hangs on it."""
    if not aliases:
        return tree

    def other(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return renamed(value, aliases)
        return tuple(map(other, value)) if isinstance(value, tuple) else value

    fields = {name: other(getattr(tree, name)) for name in tree.__struct_fields__}
    if isinstance(tree, Holds | Among | Known | Named | OlderThan):
        fields["name"] = aliases.get(fields["name"], fields["name"])
    return type(tree)(**fields)


def called(ground: Ground, name: str) -> str:
    """The words for a name."""
    full = ground.aliases.get(name, name)
    return ITS[full] if full in ITS else say.called(ground.pathway, full)


def value(ground: Ground, name: str, reading: Reading) -> str:
    """The value of a known reading in words, with its unit."""
    full = ground.aliases.get(name, name)
    match reading.value:
        case bool():
            return "yes" if reading.value else "no"
        case str():
            if full in ground.pathway.settings:
                return reading.shown
            return say.value(ground.pathway, full, reading.value)
        case Interval():
            return show(reading.value, unit(ground, full) or "1")
        case Elapsed(since):
            return lasting(ground.at - since)
        case int():
            return (
                show_span(reading.value)
                if is_span(ground, full)
                else near(reading.value, ground.at, ground.facts.zone())
            )
    return "known"


def is_span(ground: Ground, full: str) -> bool:
    """Whether a name stands for a length of time."""
    kind = ground.pathway.names.get(full)
    return kind is not None and kind.type == "span"


def unit(ground: Ground, full: str) -> str:
    """The UCUM unit of a name, empty for a word or a bare number."""
    kind = ground.pathway.names.get(full)
    return kind.unit if kind is not None else ""


def details(ground: Ground, name: str, reading: Reading, said: str) -> str:
    """What stands in brackets behind a value: what else is shown, when it was true, since when it is known."""
    full = ground.aliases.get(name, name)
    form = ground.pathway.form.facts.get(full)
    kind = next((each for each in TIMES if form is not None and getattr(form, each)), "")
    title = ground.pathway.title(full)
    more = reading.shown.removeprefix(title).strip(" :") if form is not None and form.computed else ""
    if isinstance(reading.value, Interval) and said in more:
        more = more.partition(said)[2].strip(" ()")
    parts = [more] if more.lower() not in {"", said.lower()} else []
    at, recorded, zone = reading.at, reading.recorded, ground.facts.zone()
    is_time = isinstance(reading.value, int) and not isinstance(reading.value, bool)
    if at is not None and not is_time:
        parts.append(f"{TIMES.get(kind, 'as of' if form else 'since')} {dated(at, ground.at, zone)}")
    elif at is not None:
        parts.append(ago(at, ground.at))
    if recorded is not None and (at is None or near(recorded, ground.at, zone) != near(at, ground.at, zone)):
        parts.append(f"known since {near(recorded, ground.at, zone)}")
    return f" ({'; '.join(parts)})" if parts else ""


def clause(ground: Ground, leaf: Asked, answer: Answer, inner: Mapping[str, str]) -> str:
    """What a leaf found, as a clause. `inner`: what the conditions that it names rest on, in words."""
    if answer == CANNOT_SAY:
        return gap(ground, leaf, inner)
    yes = answer == YES
    match leaf:
        case Holds(name):
            return with_reason(stated(ground, name), inner.get(name, ""))
        case Among(name, values, negated):
            lacking = "" if yes or negated else f", not {one_of(ground, name, values)}"
            return with_reason(stated(ground, name) + lacking, inner.get(name, ""))
        case Known(name):
            reading = ground.facts.read(name)
            if not reading.known:
                return lacks(ground, name, reading)
            said = value(ground, name, reading)
            return f"{called(ground, name)} is known: {said}{details(ground, name, reading, said)}"
        case Compare(left, sign, right):
            reason = next(
                (inner[side.name] for side in (left, right) if isinstance(side, Named) and side.name in inner), ""
            )
            return with_reason(
                f"{side(ground, left)} is {SIGNS[sign][not yes]} {side(ground, right, limit=True)}", reason
            )
        case After(first, second) | Before(first, second):
            order = "after" if isinstance(leaf, After) else "before"
            return f"{moment(ground, first)} is {'' if yes else 'not '}{order} {moment(ground, second)}"
        case Reached(when):
            return f"{moment(ground, when)} has {'come' if yes else 'not come yet'}"
        case Since(span, when):
            passed = "has passed" if yes else "has not passed yet"
            return f"{length(ground, span)} {passed} since {moment(ground, when)}"
        case OlderThan(name, span):
            return f"{stated(ground, name)} is {'' if yes else 'not '}older than {length(ground, span)}"


def stated(ground: Ground, name: str) -> str:
    """A name with its value: `The value is 98 mg/dL (collected 02:50, 20 min ago)`."""
    reading = ground.facts.read(name)
    full = ground.aliases.get(name, name)
    said = value(ground, name, reading)
    if full in ground.pathway.form.regions:
        return f"the stage is {said}{details(ground, name, reading, said)}"
    if full == "answered" and reading.value:
        return ground.facts.read("answer").shown or "it was answered"
    if full in ITS or full == "answered" or full.endswith((".given_after_stop", ".stop_confirmed")):
        return f"{called(ground, name)}: {said}"
    if full in ground.view.case.latches:
        return f"{called(ground, name)}: yes, held{details(ground, name, reading, said)}"
    form = ground.pathway.form.facts.get(full)
    if form is not None and form.exposure and reading.value == "never" and full in ground.pathway.form.facts:
        return f"{called(ground, name)} was never given{details(ground, name, reading, said)}"
    computed = form is not None and form.computed and not isinstance(reading.value, bool)
    joint = " is" if form is not None and (form.lab or form.exposure or form.difference or computed) else ":"
    return f"{called(ground, name)}{joint} {said}{details(ground, name, reading, said)}"


def with_reason(text: str, reason: str) -> str:
    """A clause with what it rests on."""
    return f"{text} [{reason}]" if reason else text


def one_of(ground: Ground, name: str, values: tuple[str, ...]) -> str:
    """`resistant`, or `one of: not tested, pending or conflicting`."""
    full = ground.aliases.get(name, name)
    words = [say.value(ground.pathway, full, each) for each in values]
    return listed([f"“{each}”" for each in words])


def side(ground: Ground, operand: Operand, *, limit: bool = False) -> str:
    """One side of a comparison; a setting as the limit that it is, with its sources."""
    if isinstance(operand, Quantity):
        return say.operand(ground.pathway, operand)
    full = ground.aliases.get(operand.name, operand.name)
    found = threshold(ground.pathway, full)
    if found is not None:
        return f"{'the limit of ' if limit else ''}{found.value} ({found.title}; source {', '.join(found.source)})"
    reading = ground.facts.read(operand.name)
    said = value(ground, operand.name, reading)
    form = ground.pathway.form.facts.get(full)
    return f"{called(ground, operand.name)} {said}{details(ground, operand.name, reading, said)}" if form else said


def moment(ground: Ground, when: When) -> str:
    """An instant in words, with what it is now."""
    at = compile_when(when)(ground.facts, ground.at, Wake())
    words = spoken(ground, say.when(ground.pathway, renamed(when, ground.aliases)))
    return f"{words} ({'not known' if at is None else dated(at, ground.at, ground.facts.zone())})"


def spoken(ground: Ground, words: str) -> str:
    """Words of the rule, with what a reminder is about by its own name."""
    for name, said in ITS.items():
        words = words.replace(say.called(ground.pathway, name), said)
    return words


def length(ground: Ground, span: Duration) -> str:
    """A span in words; a setting or choice with its figure."""
    found = compile_duration(span)(ground.facts, ground.at, Wake())
    if not isinstance(span, Named) or found is None:
        return say.length(ground.pathway, span)
    full = ground.aliases.get(span.name, span.name)
    limit = threshold(ground.pathway, full)
    words = f"{limit.title}; source {', '.join(limit.source)}" if limit else called(ground, span.name)
    return f"{show_span(found)} ({words})"


def gap(ground: Ground, leaf: Asked, inner: Mapping[str, str]) -> str:
    """Why a leaf cannot be said: each name without a value, with its reason."""
    gaps = []
    for name in sorted(names_read(leaf)):
        reading = ground.facts.read(name)
        if not reading.known:
            gaps.append(inner.get(name) or lacks(ground, name, reading))
    if gaps:
        return "; ".join(gaps)
    match leaf:
        case Compare(left, sign, right):
            word = f"may or may not be {SIGNS[sign][0]}"
            return f"{side(ground, left)} {word} {side(ground, right, limit=True)}"
    rule = say.said(ground.pathway, renamed(leaf, ground.aliases))
    return f"it cannot be said whether {spoken(ground, rule)}"


def lacks(ground: Ground, name: str, reading: Reading) -> str:
    """A gap: `nothing is recorded for a value`, `a value is older than 36 h (collected ...)`."""
    title = called(ground, name)
    match reading.why:
        case "cannot be decided":
            return f"{title}: it cannot be said"
        case "never recorded" | "not recorded" | "":
            return f"{title} was never recorded"
        case "never said":
            return f"{title}: nobody has said"
        case why if why.startswith("older than"):
            return f"{title} is {why}{details(ground, name, reading, '')}"
    return f"{title} cannot be said: {reading.why}"


def leaves(ground: Ground, leaf: Asked | When) -> Iterator[Leaf]:
    """The readings that a leaf used, thresholds apart."""
    for name in sorted(names_read(leaf)):
        full = ground.aliases.get(name, name)
        if full not in ground.pathway.settings:
            yield leaf_of(ground, name)


def leaf_of(ground: Ground, name: str) -> Leaf:
    """One reading as a value."""
    full, reading = ground.aliases.get(name, name), ground.facts.read(name)
    number = reading.value if isinstance(reading.value, Interval) else None
    said = "" if not reading.known else show_interval(number) if number else value(ground, name, reading)
    title, measure = called(ground, name), unit(ground, full) if number else ""
    recorded = reading.recorded
    return Leaf(full, title, reading.known, said, measure, reading.why, reading.at, recorded, reading.events)


def thresholds(ground: Ground, leaf: Asked | When) -> Iterator[Threshold]:
    """The settings that a leaf reads."""
    for name in sorted(names_read(leaf)):
        found = threshold(ground.pathway, ground.aliases.get(name, name))
        if found is not None:
            yield found


def threshold(pathway: Pathway, name: str) -> Threshold | None:
    """A setting with its bounds and sources; None for another name."""
    form, reading = pathway.form.settings.get(name), pathway.settings.get(name)
    if form is None or reading is None:
        return None
    number = reading.value if isinstance(reading.value, Interval) else None
    kind = pathway.names.get(name)
    shown = show(number, (kind.unit if kind else "") or "1") if number else reading.shown
    low, high = form.bounds or ("", "")
    return Threshold(name, setting_title(pathway, name), shown, low, high, form.safe or "", form.source)


def setting_title(pathway: Pathway, name: str) -> str:
    """A setting's name in words, a fact in it by its title: `Value target`."""
    for fact, form in pathway.form.facts.items():
        if form.lab and name.startswith(fact + "_"):
            return f"{form.title}{name[len(fact) :].replace('_', ' ')}"
    return name.replace("_", " ")
