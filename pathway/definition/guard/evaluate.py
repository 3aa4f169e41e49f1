"""Evaluate a guard: compiled once into closures, answered many times a decision.

An answer is 0, 1 or 2 for no, cannot say and yes, so that *and* is the least, *or* the greatest and *not* is 2 - x.
Nothing is cut short: every leaf is evaluated every time, because every leaf may name the next instant at which time
alone could change the answer. A value of another type than the leaf wants (the check refuses such a guard) is cannot
say, never an exception.
"""

from collections.abc import Callable
from typing import TypeAlias

from pathway.clinical.instant import SPAN_UNITS, Instant
from pathway.clinical.reading import Elapsed, Interval, exactly
from pathway.definition.guard.compare import at_most, below
from pathway.definition.guard.facts import CANNOT_SAY, NO, YES, Answer, Facts, Wake
from pathway.definition.guard.moment import Length, Moment, compile_duration, compile_when
from pathway.definition.guard.tree import (
    After,
    AllOf,
    Among,
    AnyOf,
    Before,
    Compare,
    FirstKnown,
    Guard,
    Holds,
    Known,
    Leaf,
    Named,
    Not,
    OlderThan,
    Operand,
    Reached,
    Since,
)

Question: TypeAlias = Callable[[Facts, Instant, Wake], Answer]
#: What a leaf may compare. As a union it would be put together anew at every question.
NUMBERS = (Interval, Elapsed, int)
Number: TypeAlias = Callable[[Facts, Instant, Wake], Interval | Elapsed | int | None]


def compile_guard(tree: Guard) -> Question:
    """A closure that answers 0 (no), 1 (cannot say) or 2 (yes) and notes the next instant of change in the wake.

    The wake is never late: between now and `wake.at` the answer is the same while no event arrives. It may be early.
    """
    match tree:
        case AllOf(parts):
            return _all_of(tuple(map(compile_guard, parts)))
        case AnyOf(parts):
            return _any_of(tuple(map(compile_guard, parts)))
        case Not(part):
            return _not(compile_guard(part))
        case FirstKnown(parts):
            return _first_known(tuple(map(compile_guard, parts)))
        case _:
            return _compile_leaf(tree)


def _compile_leaf(leaf: Leaf) -> Question:
    match leaf:
        case Holds(name):
            return _holds(name)
        case Among(name, values, negated):
            return _among(name, values, negated)
        case Known(name, negated):
            return _known(name, negated)
        case Compare(left, sign, right):
            low, high = (left, right) if sign in {"<", "<="} else (right, left)
            return _compare(low, high, strictly=len(sign) == 1)
        case After(first, second):
            return _after(compile_when(first), compile_when(second))
        case Before(first, second):
            return _after(compile_when(second), compile_when(first))
        case Reached(when):
            return _reached(compile_when(when))
        case Since(span, when):
            return _since(compile_duration(span), compile_when(when))
        case OlderThan(name, span):
            return _older_than(name, compile_duration(span))


def _all_of(parts: tuple[Question, ...]) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        least: Answer = YES
        for part in parts:
            found = part(facts, now, wake)
            if found < least:  # noqa: PLR1730 - min() is a call, and this is the innermost loop of a decision
                least = found
        return least

    return answer


def _any_of(parts: tuple[Question, ...]) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        greatest: Answer = NO
        for part in parts:
            found = part(facts, now, wake)
            if found > greatest:  # noqa: PLR1730 - as above
                greatest = found
        return greatest

    return answer


def _not(part: Question) -> Question:
    opposite: tuple[Answer, Answer, Answer] = (YES, CANNOT_SAY, NO)
    return lambda facts, now, wake: opposite[part(facts, now, wake)]


def _first_known(parts: tuple[Question, ...]) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        first: Answer = CANNOT_SAY
        for part in parts:
            found = part(facts, now, wake)
            if first == CANNOT_SAY:
                first = found
        return first

    return answer


def _holds(name: str) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        if not reading.known:
            return CANNOT_SAY
        value = reading.value
        return YES if value is True else NO if value is False else CANNOT_SAY

    return answer


def _among(name: str, values: tuple[str, ...], negated: bool) -> Question:
    words = frozenset(values)
    inside = tuple(value + "." for value in values)
    found: Answer = NO if negated else YES
    other: Answer = YES if negated else NO

    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        value = reading.value
        if not reading.known or not isinstance(value, str):
            return CANNOT_SAY
        return found if value in words or value.startswith(inside) else other

    return answer


def _known(name: str, negated: bool) -> Question:
    known: Answer = NO if negated else YES
    missing: Answer = YES if negated else NO

    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        return known if reading.known else missing

    return answer


def _compare(low: Operand, high: Operand, *, strictly: bool) -> Question:
    find_low, find_high = _compile_number(low), _compile_number(high)
    least, most = _literal_span(low), _literal_span(high)
    test = below if strictly else at_most

    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        left = find_low(facts, now, wake)
        right = find_high(facts, now, wake)
        if isinstance(left, Interval) and isinstance(right, Interval):
            return test(left, right)
        if isinstance(right, Elapsed):
            length = left if isinstance(left, int) else least
            return CANNOT_SAY if length is None else _lasted(right, length + strictly, now, wake, YES)
        if isinstance(left, Elapsed):
            length = right if isinstance(right, int) else most
            return CANNOT_SAY if length is None else _lasted(left, length + (not strictly), now, wake, NO)
        return CANNOT_SAY

    return answer


def _lasted(elapsed: Elapsed, length: int, now: Instant, wake: Wake, then: Answer) -> Answer:
    """`then` from the instant on at which so much time has passed; the opposite before it."""
    flip = elapsed.since + length
    if flip <= now:
        return then
    wake.note(flip, now)
    return NO if then == YES else YES


def _literal_span(operand: Operand) -> int | None:
    """A literal such as `6 h` as a length; beside a number in seconds it is read as a number."""
    if isinstance(operand, Named) or operand.unit not in SPAN_UNITS or operand.number % 1:
        return None
    return int(operand.number) * SPAN_UNITS[operand.unit]


def _compile_number(operand: Operand) -> Number:
    if not isinstance(operand, Named):
        literal = exactly(operand.number)
        return lambda _facts, _now, _wake: literal
    name = operand.name

    def number(facts: Facts, now: Instant, wake: Wake) -> Interval | Elapsed | int | None:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        value = reading.value
        if not reading.known or isinstance(value, bool):
            return None
        return value if isinstance(value, NUMBERS) else None

    return number


def _after(later: Moment, earlier: Moment) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        last = later(facts, now, wake)
        first = earlier(facts, now, wake)
        if last is None or first is None:
            return CANNOT_SAY
        return YES if last > first else NO

    return answer


def _reached(when: Moment) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        at = when(facts, now, wake)
        if at is None:
            return CANNOT_SAY
        if at <= now:
            return YES
        wake.note(at, now)
        return NO

    return answer


def _since(span: Length, when: Moment) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        length = span(facts, now, wake)
        start = when(facts, now, wake)
        if length is None or start is None:
            return CANNOT_SAY
        if start + length <= now:
            return YES
        wake.note(start + length, now)
        return NO

    return answer


def _older_than(name: str, span: Length) -> Question:
    def answer(facts: Facts, now: Instant, wake: Wake) -> Answer:
        reading = facts.read(name)
        if reading.until is not None:
            wake.note(reading.until, now)
        length = span(facts, now, wake)
        start = reading.at
        if not reading.known or length is None or start is None:
            return CANNOT_SAY
        if start + length <= now:
            return YES
        wake.note(start + length, now)
        return NO

    return answer
