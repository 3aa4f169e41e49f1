"""Compile an instant or a span of the language into a closure; None stands for missing."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from pathway.clinical.instant import Instant, instant, next_round
from pathway.definition.guard.facts import Facts, Wake
from pathway.definition.guard.tree import (
    Duration,
    Earliest,
    FirstInstant,
    Lapse,
    LaterThan,
    Latest,
    Minus,
    Named,
    NextRound,
    Plus,
    When,
)

Moment: TypeAlias = Callable[[Facts, Instant, Wake], Instant | None]
Length: TypeAlias = Callable[[Facts, Instant, Wake], int | None]

#: Local time is defined a few days inside the calendar only; an instant beyond it has no rounds and no date.
CALENDAR: Final = (instant("0001-01-08T00:00Z"), instant("9999-12-24T00:00Z"))
#: Each (setting, anchor, zone) is asked again at every look of every case: a few thousand cover a busy site.
ROUNDS_REMEMBERED: Final = 8_192


def compile_when(tree: When) -> Moment:
    """A closure that gives the instant, or None when it is missing, and notes when a reading it uses expires."""
    match tree:
        case Named(name):
            return _named(name)
        case Plus(when, span):
            return _shifted(compile_when(when), compile_duration(span), 1)
        case Minus(when, span):
            return _shifted(compile_when(when), compile_duration(span), -1)
        case Earliest(parts):
            return _earliest(tuple(map(compile_when, parts)))
        case Latest(parts):
            return _latest(tuple(map(compile_when, parts)))
        case FirstInstant(parts):
            return _first(tuple(map(compile_when, parts)))
        case LaterThan(floor, when):
            return _later_than(compile_when(floor), compile_when(when))
        case NextRound(rounds, when):
            return _next_round(rounds, compile_when(when))


def compile_duration(span: Duration) -> Length:
    """A closure that gives a span in microseconds, or None when the setting or choice cannot be said."""
    if isinstance(span, Lapse):
        length = span.length
        return lambda _facts, _now, _wake: length
    return _named(span.name)


def beyond_calendar(at: int) -> bool:
    """Whether an instant lies outside the years that have a date."""
    return not CALENDAR[0] <= at <= CALENDAR[1]


def _named(name: str) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        value = reading.value
        return Instant(value) if reading.known and isinstance(value, int) else None

    return moment


def _shifted(when: Moment, span: Length, direction: int) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        start = when(facts, now, wake)
        length = span(facts, now, wake)
        return None if start is None or length is None else Instant(start + direction * length)

    return moment


def _earliest(parts: tuple[Moment, ...]) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        found = [part(facts, now, wake) for part in parts]
        return min((at for at in found if at is not None), default=None)

    return moment


def _latest(parts: tuple[Moment, ...]) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        found = [part(facts, now, wake) for part in parts]
        return max((at for at in found if at is not None), default=None)

    return moment


def _first(parts: tuple[Moment, ...]) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        found = [part(facts, now, wake) for part in parts]
        return next((at for at in found if at is not None), None)

    return moment


def _later_than(floor: Moment, when: Moment) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        low = floor(facts, now, wake)
        at = when(facts, now, wake)
        return at if low is not None and at is not None and at > low else None

    return moment


def _next_round(rounds: str, when: Moment) -> Moment:
    def moment(facts: Facts, now: Instant, wake: Wake) -> Instant | None:
        reading = facts.read(rounds)
        if reading.until is not None:
            wake.note(reading.until, now)
        start = when(facts, now, wake)
        times = reading.value
        if not reading.known or not isinstance(times, str) or start is None or beyond_calendar(start):
            return None
        return _round_after(times, start, facts.zone())

    return moment


@lru_cache(maxsize=ROUNDS_REMEMBERED)
def _round_after(times: str, after: int, zone: ZoneInfo) -> Instant:
    return next_round(tuple(time.strip() for time in times.split(",")), after, zone)
