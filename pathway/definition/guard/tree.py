"""The tree of a guard: one frozen Struct for each form of the language.

The same tree is evaluated, explained, checked, shown and drawn. It holds no positions, so that two texts that say the
same are equal, and no facts, so that it can be shared by every case.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from pathway.clinical.instant import SPAN_UNITS, Span

Sign = Literal["<", "<=", ">", ">="]


class Holds(msgspec.Struct, frozen=True):
    """`name`: a condition, latch, flag or boolean fact."""

    name: str


class Among(msgspec.Struct, frozen=True):
    """`name is v`, `name is not v`, `name in (v, w)`, `name not in (v, w)`; a parent phase stands for its leaves."""

    name: str
    values: tuple[str, ...]
    negated: bool = False


class Known(msgspec.Struct, frozen=True):
    """`name is known`, or `name is missing` when negated; always certain."""

    name: str
    negated: bool = False


class Named(msgspec.Struct, frozen=True):
    """A name where a number, a span or an instant stands; its place says which."""

    name: str


class Quantity(msgspec.Struct, frozen=True):
    """A number literal with its UCUM unit, empty for a bare number."""

    number: Decimal
    unit: str = ""


class Lapse(msgspec.Struct, frozen=True):
    """A span literal as it was written: `24 h` stays `24 h`."""

    count: int
    unit: str

    @property
    def length(self) -> Span:
        """The span in microseconds."""
        return Span(self.count * SPAN_UNITS[self.unit])


Operand: TypeAlias = Named | Quantity
Duration: TypeAlias = Named | Lapse


class Plus(msgspec.Struct, frozen=True):
    """`when + span`."""

    when: "When"
    span: Duration


class Minus(msgspec.Struct, frozen=True):
    """`when - span`."""

    when: "When"
    span: Duration


class Earliest(msgspec.Struct, frozen=True):
    """`earliest(a, b)`: the first in time; skips what is missing."""

    parts: tuple["When", ...]


class Latest(msgspec.Struct, frozen=True):
    """`latest(a, b)`: the last in time; skips what is missing."""

    parts: tuple["When", ...]


class FirstInstant(msgspec.Struct, frozen=True):
    """`first_known(a, b)` of instants: the first in the text that is not missing."""

    parts: tuple["When", ...]


class LaterThan(msgspec.Struct, frozen=True):
    """`later_than(floor, when)`: `when` if it is strictly later than `floor`, else missing."""

    floor: "When"
    when: "When"


class NextRound(msgspec.Struct, frozen=True):
    """`next_round(rounds, when)`: the first daily local round strictly after `when`; `rounds` names a setting."""

    rounds: str
    when: "When"


When: TypeAlias = Named | Plus | Minus | Earliest | Latest | FirstInstant | LaterThan | NextRound


class Compare(msgspec.Struct, frozen=True):
    """`left < right` and its sisters, over intervals."""

    left: Operand
    sign: Sign
    right: Operand


class After(msgspec.Struct, frozen=True):
    """`left after right`, strictly."""

    left: When
    right: When


class Before(msgspec.Struct, frozen=True):
    """`left before right`, strictly."""

    left: When
    right: When


class Reached(msgspec.Struct, frozen=True):
    """`when reached`: yes from the instant on."""

    when: When


class OlderThan(msgspec.Struct, frozen=True):
    """`name older than span`: yes from exactly the fact's own time + span on."""

    name: str
    span: Duration


class Since(msgspec.Struct, frozen=True):
    """`span since when`: yes from exactly when + span on."""

    span: Duration
    when: When


class Not(msgspec.Struct, frozen=True):
    """`not part`; cannot say stays cannot say."""

    part: "Guard"


class AllOf(msgspec.Struct, frozen=True):
    """`a and b`: the least of its answers."""

    parts: tuple["Guard", ...]


class AnyOf(msgspec.Struct, frozen=True):
    """`a or b`: the greatest of its answers."""

    parts: tuple["Guard", ...]


class FirstKnown(msgspec.Struct, frozen=True):
    """`first_known(a, b)` of guards: the first answer in the text that is not cannot say."""

    parts: tuple["Guard", ...]


Leaf: TypeAlias = Holds | Among | Known | Compare | After | Before | Reached | OlderThan | Since
Guard: TypeAlias = Leaf | Not | AllOf | AnyOf | FirstKnown
Node: TypeAlias = Guard | When | Operand | Duration


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order of the text; names that stand in a field are not nodes."""
    match node:
        case Not(part):
            return (part,)
        case AllOf(parts) | AnyOf(parts) | FirstKnown(parts):
            return parts
        case Earliest(instants) | Latest(instants) | FirstInstant(instants):
            return instants
        case Compare(low, _, high):
            return (low, high)
        case After(first, second) | Before(first, second) | LaterThan(first, second):
            return (first, second)
        case Reached(when) | NextRound(_, when):
            return (when,)
        case OlderThan(_, span):
            return (span,)
        case Since(span, when):
            return (span, when)
        case Plus(when, span) | Minus(when, span):
            return (when, span)
        case Holds() | Among() | Known() | Named() | Quantity() | Lapse():
            return ()


def names_read(tree: Guard | When) -> frozenset[str]:
    """Every name a tree reads through `Facts.read`: facts, conditions, settings, choices, phases."""
    found: set[str] = set()
    rest: list[Node] = [tree]
    while rest:
        node = rest.pop()
        match node:
            case Holds(name) | Among(name) | Known(name) | Named(name) | OlderThan(name) | NextRound(name):
                found.add(name)
            case _:
                pass
        rest.extend(children(node))
    return frozenset(found)


def spans_read(tree: Guard | When) -> frozenset[str]:
    """The names a tree reads as spans: their readings hold a length, not an instant."""
    found: set[str] = set()
    rest: list[Node] = [tree]
    while rest:
        node = rest.pop()
        match node:
            case OlderThan(_, Named(name)) | Since(Named(name)) | Plus(_, Named(name)) | Minus(_, Named(name)):
                found.add(name)
            case _:
                pass
        rest.extend(children(node))
    return frozenset(found)
