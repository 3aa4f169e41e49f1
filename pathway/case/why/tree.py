"""The answer to "why": a tree of plain values, for people as sentences and for machines as leaves with figures."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from pathway.clinical.instant import Instant


class Threshold(msgspec.Struct, frozen=True):
    """A setting that a leaf was compared with: its value in words with unit, its bounds, and which way is safe."""

    setting: str
    title: str
    value: str
    low: str
    high: str
    safe: str
    source: tuple[str, ...]


class Leaf(msgspec.Struct, frozen=True):
    """One reading that was used. `value`: figures or a word, without `unit` (UCUM, empty for a word).

    `at`: when it was true of the patient (collected, given, said); `recorded`: when the system learned it. `why`: the
    reason why it cannot be said. `events`: the positions of the events it came from.
    """

    name: str
    title: str
    known: bool
    value: str
    unit: str
    why: str
    at: Instant | None
    recorded: Instant | None
    events: tuple[int, ...]


class Why(msgspec.Struct, frozen=True):
    """One node. `kind` says what is asked about: reminder, request, guard, all, any, leaf, rung, event and so on.

    `answer` is yes, no or cannot say: of a guard what the guard answers, of a reminder whether it is open, of a request
    or move whether it is possible now, of a proposal whether it is shown, of an invariant whether it is kept, of a fact
    whether it is known (of a yes or no: what it says). `sentence`: the same in words. `asks`: the question in words;
    `text`: the guard as the file has it. `decided`: the answer above rests on this node. `rule` and `source`: the id of
    the rule in the pathway's file, and what it rests on. `says`: what a tree shows of the node, its parts apart.
    """

    kind: str
    name: str
    title: str
    answer: str
    sentence: str
    asks: str = ""
    says: str = ""
    text: str = ""
    rule: str = ""
    source: tuple[str, ...] = ()
    decided: bool = True
    at: Instant | None = None
    leaves: tuple[Leaf, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    events: tuple[int, ...] = ()
    parts: tuple["Why", ...] = ()


def nodes(why: Why) -> Iterator[Why]:
    """Every node of a tree, from the root down."""
    yield why
    for part in why.parts:
        yield from nodes(part)


def deciding(why: Why) -> Iterator[Why]:
    """The nodes with leaves on which the answer of the root rests."""
    if not why.decided:
        return
    if why.leaves:
        yield why
    for part in why.parts:
        yield from deciding(part)


#: Nodes of guards: where the answer does not rest on one, what is below it is beside the point.
GUARDS = frozenset({"all", "any", "first", "not", "leaf", "row", "level", "door", "refuse_when", "when"})

#: Nodes that tell something and answer nothing.
TELLING = frozenset(
    {"due", "ladder", "rung", "ends", "answer", "expires", "closed", "role", "override", "event"}
    | {"identifiers", "died_at", "course", "limit", "easing"}
)


def brief(why: Why) -> Why:
    """A tree for people: nothing below guards that did not decide, and each group of reasons once."""
    return _once(why, set())


def _once(why: Why, seen: set[tuple[str, str]]) -> Why:
    key = (why.kind, why.text or why.title)
    if why.kind in GUARDS and not why.decided:
        return replace(why, parts=())
    if why.parts and why.kind in GUARDS and key in seen:
        return replace(why, parts=(), says=f"{why.says or why.title} (reasons as above)")
    if why.parts:
        seen.add(key)
    return replace(why, parts=tuple(_once(part, seen) for part in why.parts))


def positions(why: Why) -> tuple[int, ...]:
    """The positions of the events that the whole tree names, ascending."""
    found = {at for node in nodes(why) for at in node.events}
    return tuple(sorted(found | {at for node in nodes(why) for leaf in node.leaves for at in leaf.events}))


def sentence(text: str) -> str:
    """A clause as a whole sentence: a capital at its beginning, a full stop at its end."""
    text = text.strip()
    return text if not text else text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def listed(words: tuple[str, ...] | list[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`; names of roles and answers without their underscores."""
    read = [each.replace("_", " ") for each in words]
    return f" {last} ".join(filter(None, (", ".join(read[:-1]), *read[-1:])))
