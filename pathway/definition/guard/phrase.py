"""Put what a leaf found into words, with figures, units and local times."""

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from pathway.clinical.instant import Instant, show_span, utc
from pathway.clinical.reading import Elapsed, Interval, Reading
from pathway.definition.guard.facts import CANNOT_SAY, YES, Answer, Facts, Wake
from pathway.definition.guard.moment import beyond_calendar, compile_duration, compile_when
from pathway.definition.guard.show import show, show_duration, show_operand, show_when
from pathway.definition.guard.tree import (
    After,
    Among,
    Before,
    Compare,
    Duration,
    Holds,
    Known,
    Leaf,
    Named,
    OlderThan,
    Operand,
    Quantity,
    Reached,
    Since,
    When,
    names_read,
)

# Written out, because the names strftime gives depend on the machine.
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def phrase(leaf: Leaf, answer: Answer, facts: Facts, now: Instant) -> str:
    """What a leaf found: `drug is running (as of 01-Mar-2026 10:00)`; a gap is named with its reason."""
    if answer == CANNOT_SAY:
        return _gap(leaf, facts)
    match leaf:
        case Holds(name) | Among(name):
            return _said(name, facts.read(name), facts.zone())
        case Known(name):
            reading = facts.read(name)
            if reading.known:
                return f"{_spoken(name)} is known{_details(reading, facts.zone())}"
            return f"{_spoken(name)} is missing" + (f": {reading.why}" if reading.why else "")
        case Compare(left, sign, right):
            sides = (_side(left, right, facts), _side(right, left, facts))
            return f"{sides[0]} is {'' if answer == YES else 'not '}{sign} {sides[1]}"
        case After(first, second):
            return (
                f"{_moment(first, facts, now)} is {'' if answer == YES else 'not '}after {_moment(second, facts, now)}"
            )
        case Before(first, second):
            return (
                f"{_moment(first, facts, now)} is {'' if answer == YES else 'not '}before {_moment(second, facts, now)}"
            )
        case Reached(when):
            return f"{_moment(when, facts, now)} is {'' if answer == YES else 'not yet '}reached"
        case Since(span, when):
            passed = "have passed" if answer == YES else "have not passed"
            return f"{_length(span, facts, now)} {passed} since {_moment(when, facts, now)}"
        case OlderThan(name, span):
            age = f"{'' if answer == YES else 'not '}older than {_length(span, facts, now)}"
            return f"{_spoken(name)} is {age}{_details(facts.read(name), facts.zone())}"


def show_reading(reading: Reading, zone: ZoneInfo, is_span: bool = False) -> str:
    """A reading in words: its value with unit and times, or why it cannot be said. A span is read as a length."""
    if not reading.known:
        return f"cannot be said: {reading.why}" if reading.why else "cannot be said"
    if is_span and isinstance(reading.value, int):
        return reading.shown or show_span(reading.value)
    value = _value(reading, zone)
    return value + _details(reading, zone, besides=value)


def show_moment(at: int, zone: ZoneInfo) -> str:
    """An instant in local time as `05-Mar-2026 03:10`, whole minutes, cut off."""
    if beyond_calendar(at):
        return "beyond the calendar"
    local = utc(at).astimezone(zone)
    return f"{local.day:02}-{MONTHS[local.month - 1]}-{local.year:04} {local.hour:02}:{local.minute:02}"


def show_interval(number: Interval) -> str:
    """An interval without unit: `142`, `<35`, `>=5`, `2 to 5`, `0 to <35`, `any number` when it has no bounds."""
    low, high = number.low, number.high
    if low is None and high is None:
        return "any number"
    if low is None:
        return f"{'<' if number.high_open else '<='}{high:f}"
    if high is None:
        return f"{'>' if number.low_open else '>='}{low:f}"
    if low == high:
        return f"{low:f}"
    return f"{'>' if number.low_open else ''}{low:f} to {'<' if number.high_open else ''}{high:f}"


def _said(name: str, reading: Reading, zone: ZoneInfo) -> str:
    """A word or a yes as people say it: as it is shown, else by its name."""
    value = _value(reading, zone).replace("_", " ")
    said = reading.shown or f"{_spoken(name)} is {value}"
    return said + _details(reading, zone, besides=reading.shown)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _gap(leaf: Leaf, facts: Facts) -> str:
    gaps = [
        f"{_spoken(name)} cannot be said" + (f": {reading.why}" if reading.why else "")
        for name in sorted(names_read(leaf))
        if not (reading := facts.read(name)).known
    ]
    if gaps:
        return "; ".join(gaps)
    match leaf:
        case Compare(left, sign, right):
            return f"{_side(left, right, facts)} cannot be said to be {sign} {_side(right, left, facts)} or not"
        case _:
            return f"{show(leaf)} cannot be said: an instant it needs is missing"


def _side(operand: Operand, other: Operand, facts: Facts) -> str:
    if isinstance(operand, Quantity):
        return show_operand(operand)
    reading = facts.read(operand.name)
    # A reading that does not say its unit is in the unit of the literal beside it: the check saw to that.
    unit = other.unit if isinstance(other, Quantity) and not reading.shown else ""
    if isinstance(other, Quantity) and isinstance(reading.value, Elapsed):
        return f"{_spoken(operand.name)}, {_value(reading, facts.zone())},"
    value = f"{_value(reading, facts.zone())} {unit}".rstrip()
    return f"{_spoken(operand.name)} {value}{_details(reading, facts.zone(), besides=value)}"


def _moment(when: When, facts: Facts, now: Instant) -> str:
    at = compile_when(when)(facts, now, Wake())
    return show_when(when) if at is None else f"{show_when(when)} ({show_moment(at, facts.zone())})"


def _length(span: Duration, facts: Facts, now: Instant) -> str:
    length = compile_duration(span)(facts, now, Wake())
    if isinstance(span, Named) and length is not None:
        return f"{_spoken(span.name)} ({show_span(length)})"
    return show_duration(span)


def _value(reading: Reading, zone: ZoneInfo) -> str:
    if reading.shown:
        return reading.shown
    match reading.value:
        case bool(said):
            return "yes" if said else "no"
        case str(word):
            return word
        case Interval() as number:
            return show_interval(number)
        case int(at):
            return show_moment(at, zone)
        case Elapsed(since):
            return f"since {show_moment(since, zone)}"
        case None:
            return "known"


def _details(reading: Reading, zone: ZoneInfo, besides: str = "") -> str:
    """What stands in brackets behind a value: how it is shown, if that says more, and its times."""
    parts = ([reading.shown] if reading.shown not in {"", besides} else []) + list(_times(reading, zone))
    return f" ({', '.join(parts)})" if parts else ""


def _times(reading: Reading, zone: ZoneInfo) -> Iterator[str]:
    at = None if reading.at is None else show_moment(reading.at, zone)
    recorded = None if reading.recorded is None else show_moment(reading.recorded, zone)
    if at is not None:
        yield f"as of {at}"
    if recorded is not None and recorded != at:
        same_day = at is not None and at.split()[0] == recorded.split()[0]
        yield f"recorded {recorded.split()[1] if same_day else recorded}"
