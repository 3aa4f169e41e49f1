"""Patterns: which events of a case an indicator asks about, found in one pass over its bytes."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from pathway.case.envelope import Event, decode
from pathway.case.measure.form import PatternForm
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval
from pathway.definition.pathway import Pathway

#: How an instant is named that every event has; every other name is a field of its body.
RECORDED = "recorded"
#: What stands beside the body and can be asked for like a field of it.
BESIDE = ("position", "role", "actor")


class Kind(msgspec.Struct, frozen=True):
    """As much of a body as tells its type."""

    type: str


class Typed(msgspec.Struct, frozen=True):
    """As much of an event as tells its type: the rest of the bytes is passed over."""

    body: Kind


TYPED = msgspec.json.Decoder(Typed)
#: By type of event: words of which a stored event that is wanted holds one; empty where each of them is wanted.
Sift = dict[str, tuple[bytes, ...]]
#: A word that stands in the bytes of an event as it is; one that is true or false stands there without quotes.
PLAIN = re.compile(r"(?!true$|false$)[A-Za-z0-9_.+ ]+")
#: An event as patterns find it: its instant by the pattern, and the event.
Found = tuple[Instant, Event]


class Pattern:
    """A pattern, ready to be asked."""

    __slots__ = ("at", "form", "line", "wants")

    def __init__(self, form: PatternForm, pathway: Pathway) -> None:
        self.form, self.at = form, form.at
        self.wants = tuple((name, frozenset(words)) for name, words in form.where.items())
        self.line = number(pathway, form.below) if form.below else None

    def fits(self, event: Event) -> bool:
        """Whether an event of its type is one of its events."""
        body = event.body
        for name, words in self.wants:
            value = getattr(body, name, None)
            if value.__class__ is str:
                if value not in words:
                    return False
            elif words.isdisjoint(words_of(value)):
                return False
        return self.line is None or under(event, self.line)

    def instant(self, event: Event) -> Instant:
        """The instant of an event as this pattern takes it."""
        if not self.at:
            return event.occurred_at
        if self.at == RECORDED:
            return event.recorded_at
        found: Instant | None = getattr(event.body, self.at, None)
        return event.occurred_at if found is None else found


class Finder:
    """All patterns of a set of indicators by the type of event; the same pattern is asked once.

    `slots`: how often it is asked about, by its form; what a case holds is kept by these numbers.
    """

    def __init__(self, forms: Iterable[PatternForm], pathway: Pathway) -> None:
        self.patterns: list[Pattern] = []
        self.slots: dict[bytes, int] = {}
        self.by_type: dict[str, list[tuple[int, Pattern]]] = {}
        for form in forms:
            key = key_of(form)
            if key not in self.slots:
                self.slots[key] = len(self.patterns)
                made = Pattern(form, pathway)
                self.by_type.setdefault(form.event, []).append((len(self.patterns), made))
                self.patterns.append(made)

    def sift(self, always: Iterable[str]) -> "Sift":
        """Which stored events are worth reading: those of the types that are `always` wanted, and what may fit."""
        found: Sift = {kind: needles(pattern.form for _, pattern in held) for kind, held in self.by_type.items()}
        return found | dict.fromkeys(always, ())

    def slot(self, form: PatternForm) -> int:
        """The number of a pattern."""
        return self.slots[key_of(form)]


def key_of(form: PatternForm) -> bytes:
    """By what two patterns are the same."""
    return msgspec.json.encode(form, order="sorted")


def needles(forms: Iterable[PatternForm]) -> tuple[bytes, ...]:
    """Words of which every event that fits one of some patterns holds one, as its bytes have them; empty for none."""
    found: set[str] = set()
    for form in forms:
        plain = [words for words in form.where.values() if all(PLAIN.fullmatch(word) for word in words)]
        if not plain:
            return ()
        fewest = min(plain, key=len)
        found.update(fewest)
    return tuple(sorted(f'"{word}"'.encode() for word in found))


def typed(canonical: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Stored events, each with its type. Raises msgspec.DecodeError for bytes that are no event."""
    return ((TYPED.decode(each).body.type, each) for each in canonical)


def sifted(kind: str, canonical: bytes, sift: Sift) -> Event | None:
    """The event of a type and of stored bytes where a sift lets it through; the others are not read.

    Raises what `decode` raises.
    """
    held = sift.get(kind)
    if held is None:
        return None
    if not held:
        return decode(canonical)
    for each in held:
        if each in canonical:
            return decode(canonical)
    return None


def word_of(event: Event, name: str) -> str:
    """The word of a field of an event, or of what stands beside it; empty for none."""
    if name in BESIDE:
        return str(event.position) if name == "position" else str(getattr(event.by, name))
    value = getattr(event.body, name, None)
    return str(value) if isinstance(value, str) else ", ".join(words_of(value))


def words_of(value: object) -> tuple[str, ...]:
    """What a field holds, as words."""
    match value:
        case None:
            return ()
        case bool():
            return ("true",) if value else ("false",)
        case tuple():
            return tuple(str(each) for each in value)
    return (str(value),)


def under(event: Event, line: Decimal) -> bool:
    """Whether a usable result certainly lies under a line."""
    found = interval_of(event)
    return found is not None and found.at_least(line) is False


def interval_of(event: Event) -> Interval | None:
    """The value of a usable result; None without one."""
    body = event.body
    if not getattr(body, "usable", False):
        return None
    low, high = getattr(body, "low", None), getattr(body, "high", None)
    if low is None and high is None:
        return None
    lowest, highest = (None if each is None else Decimal(each) for each in (low, high))
    return Interval(lowest, highest, getattr(body, "low_open", False), getattr(body, "high_open", False))


def number(pathway: Pathway, setting: str) -> Decimal:
    """A setting that is a number, in the unit of the file."""
    value = pathway.settings[setting].value
    assert isinstance(value, Interval), setting
    assert value.low is not None, setting
    return value.low
