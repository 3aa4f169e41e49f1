"""Check a tree against the names a definition declares, before it ever meets a case."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Literal, TypeAlias

import msgspec

from pathway.clinical.instant import SPAN_UNITS
from pathway.definition.guard.show import show_node
from pathway.definition.guard.tree import (
    After,
    Among,
    Before,
    Compare,
    Earliest,
    FirstInstant,
    Guard,
    Holds,
    Known,
    LaterThan,
    Latest,
    Minus,
    Named,
    NextRound,
    Node,
    OlderThan,
    Operand,
    Plus,
    Quantity,
    Reached,
    Since,
    When,
    children,
)

Type: TypeAlias = Literal["bool", "enum", "number", "instant", "span", "elapsed", "rounds"]


class Kind(msgspec.Struct, frozen=True):
    """What a name stands for: the words of an enumeration in `values`, the UCUM unit of a number in `unit`."""

    type: Type
    values: tuple[str, ...] = ()
    unit: str = ""


class Schema(msgspec.Struct, frozen=True):
    """Every name of a definition; dotted ones such as `pulse.collected` are listed by themselves."""

    names: dict[str, Kind]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a tree. `name` is the word to look for in the text, `place` the part that holds it."""

    code: str
    name: str
    place: str
    message: str


def check(tree: Guard | When, schema: Schema) -> tuple[Problem, ...]:
    """All problems of a tree in the order of its text, each once; empty when every read is declared and well typed.

    Codes: guard_unknown_name, guard_wrong_type, guard_unknown_value, guard_unit_mismatch.
    """
    # A tree that is one bare name is an instant; every other name is checked by the node that holds it.
    found = list(_instants((tree,), tree, schema))
    rest: list[Node] = [tree]
    while rest:
        node = rest.pop()
        found.extend(_check_node(node, schema))
        rest.extend(reversed(children(node)))
    return tuple(dict.fromkeys(found))


def _check_node(node: Node, schema: Schema) -> Iterator[Problem]:
    match node:
        case Holds(name):
            yield from _typed(name, "bool", node, schema)
        case Among(name, values):
            yield from _check_values(name, values, node, schema)
        case Known(name):
            yield from _declared(name, node, schema)
        case Compare(left, _, right):
            yield from _check_units(left, right, node, schema)
        case OlderThan(name, span):
            yield from _check_aged(name, node, schema)
            yield from _spans((span,), node, schema)
        case Since(span, when) | Plus(when, span) | Minus(when, span):
            yield from _spans((span,), node, schema)
            yield from _instants((when,), node, schema)
        case NextRound(rounds, when):
            yield from _typed(rounds, "rounds", node, schema)
            yield from _instants((when,), node, schema)
        case After() | Before() | Reached() | LaterThan() | Earliest() | Latest() | FirstInstant():
            yield from _instants(children(node), node, schema)
        case _:
            pass


def _instants(parts: Iterable[Node], place: Node, schema: Schema) -> Iterator[Problem]:
    for part in parts:
        if isinstance(part, Named):
            yield from _typed(part.name, "instant", place, schema)


def _spans(parts: Iterable[Node], place: Node, schema: Schema) -> Iterator[Problem]:
    for part in parts:
        if isinstance(part, Named):
            yield from _typed(part.name, "span", place, schema)


def _declared(name: str, place: Node, schema: Schema, wanted: Type | None = None) -> Iterator[Problem]:
    if name in schema.names:
        return
    same_type = [other for other, kind in schema.names.items() if wanted in {None, kind.type}]
    near = _nearest(name, same_type) or _nearest(name, schema.names)
    yield Problem(
        "guard_unknown_name",
        name,
        show_node(place),
        f"`{name}` is not declared; expected a fact, condition, setting, choice or phase of this definition; "
        + (f"did you mean `{near}`?" if near else "declare it, or mend the name"),
    )


_HOW_TO_ASK = {
    "bool": "ask `{name}` or `not {name}`",
    "enum": "ask `{name} is {value}`",
    "number": "compare it with `<`, `<=`, `>` or `>=`",
    "instant": "ask `{name} reached`, or use it with `after`, `before` or `since`",
    "span": "use it with `older than`, `since`, `+` or `-`",
    "elapsed": "compare it with a span: `{name} >= 6 h`",
    "rounds": "use it as `next_round({name}, ...)`",
}
_WHAT = {
    "bool": "a condition",
    "enum": "an enumeration",
    "number": "a number",
    "instant": "an instant",
    "span": "a span",
    "elapsed": "the time since something",
    "rounds": "a setting of daily rounds",
}


def _typed(name: str, wanted: Type, place: Node, schema: Schema) -> Iterator[Problem]:
    kind = schema.names.get(name)
    if kind is None:
        yield from _declared(name, place, schema, wanted)
    elif kind.type != wanted:
        advice = _HOW_TO_ASK[kind.type].format(name=name, value=(*kind.values, "...")[0])
        yield Problem(
            "guard_wrong_type",
            name,
            show_node(place),
            f"`{name}` is {_WHAT[kind.type]}; expected {_WHAT[wanted]} here; {advice}",
        )


def _check_values(name: str, values: tuple[str, ...], place: Node, schema: Schema) -> Iterator[Problem]:
    kind = schema.names.get(name)
    if kind is None or kind.type != "enum":
        yield from _typed(name, "enum", place, schema)
        return
    allowed = dict.fromkeys(word for value in kind.values for word in (value, *_parents(value)))
    for value in values:
        if value not in allowed:
            near = _nearest(value, allowed)
            yield Problem(
                "guard_unknown_value",
                value,
                show_node(place),
                f"`{value}` is not a value of `{name}`; expected one of {', '.join(allowed)}; "
                + (f"did you mean `{near}`?" if near else "use one of them, or declare it"),
            )


def _parents(value: str) -> Iterator[str]:
    while "." in value:
        value = value.rpartition(".")[0]
        yield value


def _check_units(left: Operand, right: Operand, place: Node, schema: Schema) -> Iterator[Problem]:
    kinds = [schema.names.get(side.name) if isinstance(side, Named) else None for side in (left, right)]
    if any(kind is not None and kind.type == "elapsed" for kind in kinds):
        yield from _check_lengths(left, right, place, schema)
        return
    units: list[str] = []
    for side in (left, right):
        if not isinstance(side, Named):
            units.append(side.unit)
            continue
        yield from _typed(side.name, "number", place, schema)
        kind = schema.names.get(side.name)
        if kind is not None and kind.type == "number":
            units.append(kind.unit)
    if len(units) == 2 and units[0] != units[1]:
        name = left.name if isinstance(left, Named) else right.name if isinstance(right, Named) else ""
        first, second = (unit or "no unit" for unit in units)
        yield Problem(
            "guard_unit_mismatch",
            name,
            show_node(place),
            f"the sides are in {first} and {second}; expected the same unit on both; write both sides in one unit",
        )


def _check_lengths(left: Operand, right: Operand, place: Node, schema: Schema) -> Iterator[Problem]:
    """The time since something stands beside one span, and not beside another of its kind."""
    both = [side for side in (left, right) if isinstance(side, Named)]
    elapsed = [side.name for side in both if (kind := schema.names.get(side.name)) and kind.type == "elapsed"]
    for side in (left, right):
        if isinstance(side, Named) and (side.name not in elapsed or elapsed.index(side.name)):
            yield from _typed(side.name, "span", place, schema)
        elif isinstance(side, Quantity) and (side.unit not in SPAN_UNITS or side.number % 1):
            yield Problem(
                "guard_unit_mismatch",
                elapsed[0],
                show_node(place),
                f"`{elapsed[0]}` is {_WHAT['elapsed']}, the other side is in {side.unit or 'no unit'}; "
                "expected a span; write whole min, h or d",
            )


def _check_aged(name: str, place: OlderThan, schema: Schema) -> Iterator[Problem]:
    kind = schema.names.get(name)
    if kind is None:
        yield from _declared(name, place, schema)
    elif kind.type in {"instant", "span", "elapsed", "rounds"}:
        # The age of an instant could mean the instant itself or when it was said: `since` says which.
        advice = f"write `... since {name}`" if kind.type == "instant" else "name the fact whose age counts"
        yield Problem(
            "guard_wrong_type",
            name,
            show_node(place),
            f"`{name}` is {_WHAT[kind.type]}, which has no age; expected a fact here; {advice}",
        )


def _nearest(word: str, words: Iterable[str]) -> str:
    known = list(words)
    # Half a word is most often its beginning; shorter beginnings than three letters say too little.
    begun = [other for other in known if len(word) >= 3 and other.startswith(word)]
    return min(begun, key=len) if begun else next(iter(get_close_matches(word, known, n=1)), "")
