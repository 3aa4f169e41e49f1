"""Say a rule in the words of the ward: a guard as nested clauses, with titles for names and figures for settings.

Nothing is decided here and no patient is known: it is the rule that is said, for the protocol book and for pictures.
What a case's facts answer is said by `explain`.
"""

from typing import Literal

import msgspec

from pathway.clinical.instant import SPAN_UNITS
from pathway.definition.guard.tree import (
    After,
    AllOf,
    Among,
    AnyOf,
    Before,
    Compare,
    Duration,
    Earliest,
    FirstInstant,
    FirstKnown,
    Guard,
    Holds,
    Known,
    Lapse,
    LaterThan,
    Latest,
    Leaf,
    Minus,
    Named,
    NextRound,
    Not,
    OlderThan,
    Operand,
    Plus,
    Quantity,
    Reached,
    Since,
    When,
)
from pathway.definition.pathway import Pathway

Join = Literal["", "all", "any", "not", "first"]
SIGNS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
#: What hangs on a name, in words before the name's own title.
ATTRIBUTES = {
    "at": "the time of {}",
    "recorded": "the recording of {}",
    "collected": "the newest sample for {}",
    "collected_sure": "the newest sample for {} with a stated time",
    "unusable": "the newest unusable result of {}",
    "unusable_collected": "the newest unusable sample for {}",
    "questioned": "the oldest open question on {}",
    "next_dose": "the next dose of {}",
    "last_dose": "the last dose of {}",
    "stopped": "the stop of {}",
    "started": "the start of {}",
    "ended": "the end of {}",
    "given_after_stop": "{} given after its stop",
    "stop_confirmed": "the stop of {} confirmed in full",
    "eased": "the end of {}",
    "tightened": "the last tightening of {}",
    "entered": "the entry into the phase of {}",
    "entry": "the number of entries into the phase of {}",
    "day1": "day 1 of the {}",
    "first_ended": "the end of the first {}",
    "opened": "the opening of {}",
    "settled": "{} settled",
    "resulted": "{} with its result",
    "urgent": "{} is urgent",
    "fact": "the value that {} is about",
    "from": "the beginning of the window after {}",
    "to": "the end of the window after {}",
}
#: Names that belong to the one reminder that asks.
OWN = {
    "opened": "the opening of this reminder",
    "due": "the due time",
    "anchor": "the anchor of this reminder",
    "acknowledged": "the acknowledgement",
    "answered": "this is answered",
    "answer": "the answer",
    "answer.review": "the time of review that the answer names",
    "it": "what this reminder is about",
    "enrolled": "the enrolment",
    "presented": "the presentation of the patient",
}
#: UCUM codes as they are printed: a multiplication sign and raised figures.
PRINTED = (
    ("10*12", "\N{MULTIPLICATION SIGN} 10¹²"),
    ("10*9", "\N{MULTIPLICATION SIGN} 10⁹"),
    ("m2", "m²"),
    ("10*", "10^"),
)
LENGTHS = {"d": "day", "h": "h", "min": "min", "s": "s"}


class Clause(msgspec.Struct, frozen=True):
    """A rule in words: a sentence, or parts that are joined. `join`: all of, any of, not, the first that is known."""

    text: str = ""
    join: Join = ""
    parts: tuple["Clause", ...] = ()


def clause(pathway: Pathway, guard: Guard) -> Clause:
    """A guard as nested clauses."""
    match guard:
        case AllOf(parts):
            return Clause("", "all", tuple(clause(pathway, each) for each in parts))
        case AnyOf(parts):
            return Clause("", "any", tuple(clause(pathway, each) for each in parts))
        case FirstKnown(parts):
            return Clause("", "first", tuple(clause(pathway, each) for each in parts))
        case Not(Holds(name)):
            return Clause(f"{called(pathway, name)}: no")
        case Not(Since(span, at)):
            return Clause(f"less than {length(pathway, span)} since {when(pathway, at)}")
        case Not(Reached(at)):
            return Clause(f"{when(pathway, at)} is not yet reached")
        case Not(part):
            return Clause("", "not", (clause(pathway, part),))
        case leaf:
            return Clause(said(pathway, leaf))


def line(found: Clause) -> str:
    """A clause on one line, with brackets where it needs them."""
    if not found.join:
        return found.text
    inner = [f"({line(each)})" if each.join else line(each) for each in found.parts]
    match found.join:
        case "all":
            return ", and ".join(inner)
        case "any":
            return ", or ".join(inner)
        case "not":
            return f"not {inner[0]}"
        case _:
            return f"the first of these that is known: {'; '.join(inner)}"


def rule(pathway: Pathway, text: str) -> Clause:
    """A guard of the file, by its text, in words."""
    return clause(pathway, pathway.rules[text].tree)


def time(pathway: Pathway, text: str) -> str:
    """An instant of the file, by its text, in words."""
    return when(pathway, pathway.moments[text].tree)


def said(pathway: Pathway, leaf: Leaf) -> str:
    """One leaf as a sentence."""
    match leaf:
        case Holds(name):
            return called(pathway, name)
        case Among(name, values, negated):
            words = [value(pathway, name, each) for each in values]
            either = " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
            return f"{called(pathway, name)} is {'not ' if negated else ''}{either}"
        case Known(name, negated):
            return f"{called(pathway, name)} is {'missing' if negated else 'known'}"
        case Compare(left, sign, right):
            return f"{operand(pathway, left)} {SIGNS[sign]} {operand(pathway, right)}"
        case After(left, right):
            return f"{when(pathway, left)} is after {when(pathway, right)}"
        case Before(left, right):
            return f"{when(pathway, left)} is before {when(pathway, right)}"
        case Reached(at):
            return f"{when(pathway, at)} is reached"
        case OlderThan(name, span):
            return f"{called(pathway, name)} is older than {length(pathway, span)}"
        case Since(span, at):
            return f"{length(pathway, span)} have passed since {when(pathway, at)}"


def when(pathway: Pathway, tree: When) -> str:
    """An instant in words."""
    match tree:
        case Named(name):
            return called(pathway, name)
        case Plus(start, span):
            return f"{length(pathway, span)} after {when(pathway, start)}"
        case Minus(start, span):
            return f"{length(pathway, span)} before {when(pathway, start)}"
        case Earliest(parts):
            return f"the earliest of: {'; '.join(when(pathway, each) for each in parts)}"
        case Latest(parts):
            return f"the latest of: {'; '.join(when(pathway, each) for each in parts)}"
        case FirstInstant(parts):
            return "; failing that, ".join(when(pathway, each) for each in parts)
        case LaterThan(floor, later):
            return f"{when(pathway, later)}, if later than {when(pathway, floor)}"
        case NextRound(rounds, start):
            times = ", ".join(pathway.form.settings[rounds].rounds)
            return f"the next of {times} (ward time) after {when(pathway, start)}"


def operand(pathway: Pathway, side: Operand) -> str:
    """One side of a comparison; a setting by its figure."""
    if isinstance(side, Quantity):
        return f"{side.number.normalize():f} {unit(side.unit)}".strip()
    return called(pathway, side.name)


def length(pathway: Pathway, span: Duration) -> str:
    """A span in words; a setting by its figure, a choice by what it is called."""
    if isinstance(span, Lapse):
        return lasting(f"{span.count} {span.unit}")
    return called(pathway, span.name)


def lasting(text: str) -> str:
    """`1 d` as `1 day`; other text as it is."""
    count, _, measure = text.partition(" ")
    if measure not in SPAN_UNITS:
        return text
    word = LENGTHS.get(measure, measure)
    return f"{count} {word}{'s' if word == 'day' and count != '1' else ''}"


def called(pathway: Pathway, name: str) -> str:
    """What a name of the file is called: a setting by its figure and name, a fact by its title."""
    form = pathway.form
    if name in form.settings:
        return figure(pathway, name)
    if name in OWN:
        return OWN[name]
    stem, _, attribute = name.partition(".")
    if stem in form.regions:
        form_of = ATTRIBUTES.get(attribute, "{}, " + spaced(attribute))
        return form_of.format(spaced(stem)) if attribute else f"the phase of {spaced(stem)}"
    if attribute and name not in form.facts:
        own = OWN["it"] if stem == "it" else titled(pathway, stem)
        first, _, rest = attribute.partition(".")
        inner = ATTRIBUTES.get(first, "{}, " + spaced(first)).format(own)
        return ATTRIBUTES.get(rest, "{}, " + spaced(rest)).format(inner) if rest else inner
    return titled(pathway, name)


def titled(pathway: Pathway, name: str) -> str:
    """The title of a fact, condition, latch or choice."""
    form = pathway.form
    if name in form.latches:
        return form.latches[name].title
    return form.choices[name].title if name in form.choices else pathway.title(name)


def figure(pathway: Pathway, name: str) -> str:
    """A setting: its figure with unit, and its name in brackets."""
    setting = pathway.form.settings[name]
    written = ", ".join(setting.rounds) if setting.rounds else quantity(setting.value or "")
    return f"{written} ({spaced(name)})"


def quantity(text: str) -> str:
    """`100 mg/dL` as people write it; UCUM codes in print."""
    number, _, measure = text.partition(" ")
    return lasting(text) if measure in SPAN_UNITS else f"{number} {unit(measure)}".strip()


def unit(text: str) -> str:
    """A UCUM unit in print, powers raised; a mere annotation in braces is left out, the fact's title says it."""
    if text.startswith("{") and text.endswith("}"):
        return ""
    for code, print_ in PRINTED:
        text = text.replace(code, print_)
    return text


def value(pathway: Pathway, name: str, word: str) -> str:
    """A word of an enumeration, as people say it; phases and rows have titles of their own."""
    form = pathway.form
    titled_words = (name in form.regions or name in form.choices) and word in form.titles
    return pathway.title(word) if titled_words else spaced(word)


def spaced(name: str) -> str:
    """A name with spaces."""
    return name.replace("_", " ").replace(".", ", ")
