"""Compare: what a turn wrote beside what it writes now, event by event."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import AnyBody
from pathway.clinical.instant import Instant

#: Fields of bodies that hold positions of other events.
POSITIONS = frozenset({"because", "target", "decision", "changed", "died", "order", "override"})
#: Numbers that tell one event from another of its type.
TELLING = frozenset({"rung", "count"})
#: Words that say what an event is about, such as a reminder and its subject; those behind them say how it is with it.
WORDS = 2
#: What stands beside a body, and follows from what was said and from the rules.
ENVELOPE = ("occurred_at", "by", "bundle", "verbal", "second_by", "origin")

Kind = Literal["not_decided", "not_stored", "other", "refused"]


class Difference(msgspec.Struct, frozen=True):
    """One difference between the record and the rules.

    `kind`: not_decided (stored, and the rules do not give it), not_stored (the rules give it, and it is not there),
    other (the same event with other content: `fields`), refused (what was carried out would be refused).
    `position`: of the stored event, or of the last one before what is not there; `at`: when it occurred. `why`: what
    the rules say of it, in words.
    """

    kind: Kind
    position: int
    at: Instant
    type: str
    stored: Event | None = None
    decided: Event | None = None
    fields: tuple[str, ...] = ()
    why: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """What tells this difference from another one, the moment apart."""
        event = self.stored or self.decided
        return (self.kind, *(() if event is None else key_of(event)))


def compared(stored: Sequence[Event], decided: Sequence[Event]) -> Iterator[Difference]:
    """The differences between the events of one turn; what only stands elsewhere because of another one is none."""
    one, two = [key_of(each) for each in stored], [key_of(each) for each in decided]
    pairs, alone, missing = paired(one, two)
    places = {decided[there].position: stored[here].position for here, there in pairs}
    before = stored[0].position - 1 if stored else 0
    for here, there in pairs:
        fields = tuple(differing(stored[here], decided[there], places))
        if fields:
            kept = stored[here]
            yield Difference("other", kept.position, kept.occurred_at, kept.type, kept, decided[there], fields)
    for here in alone:
        kept = stored[here]
        yield Difference("not_decided", kept.position, kept.occurred_at, kept.type, kept)
    for there in missing:
        made = decided[there]
        last = max((stored[here].position for here, place in pairs if place < there), default=before)
        yield Difference("not_stored", last, made.occurred_at, made.type, None, made)


def paired(
    one: Sequence[tuple[str, ...]], two: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Which of one stands for which of two, and what is left of each."""
    if one == two:
        return [(place, place) for place in range(len(one))], [], []
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    pairs = [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
    mine, yours = {here for here, _ in pairs}, {there for _, there in pairs}
    left = [place for place in range(len(one)) if place not in mine]
    return pairs, left, [place for place in range(len(two)) if place not in yours]


def key_of(event: Event) -> tuple[str, ...]:
    """What an event is about: its type, its first two words, and its numbers where they tell it from another."""
    body = event.body
    said = [(name, getattr(body, name)) for name in body.__struct_fields__]
    words = [each for _, each in said if isinstance(each, str)][:WORDS]
    return event.type, *words, *(str(each) for name, each in said if name in TELLING)


def differing(stored: Event, decided: Event, places: Mapping[int, int]) -> Iterator[str]:
    """The fields that differ. `places`: positions of the turn as it is decided now to those that are stored."""
    for name in ENVELOPE:
        if getattr(stored, name) != getattr(decided, name):
            yield name
    if stored.cause != moved(decided.cause, places):
        yield "cause"
    for name in stored.body.__struct_fields__:
        there = getattr(decided.body, name)
        if getattr(stored.body, name) != (moved(there, places) if name in POSITIONS else there):
            yield name


def moved(value: object, places: Mapping[int, int]) -> object:
    """A position, or several, as they are in the record."""
    match value:
        case tuple():
            return tuple(moved(each, places) for each in value)
        case int():
            return places.get(value, value)
    return value


def without_positions(body: AnyBody) -> tuple[object, ...]:
    """What a body says, without the positions and the ordinal by which one record counts."""
    left = POSITIONS | {"ordinal"}
    said: Iterable[object] = (getattr(body, name) for name in body.__struct_fields__ if name not in left)
    return (type(body).__name__, *map(repr, said))
