"""Explain an answer: the same tree with answers, readings and times, and which leaves decided."""

from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from pathway.clinical.instant import Instant
from pathway.definition.guard.decisive import chosen
from pathway.definition.guard.evaluate import Question, compile_guard
from pathway.definition.guard.facts import Answer, Facts, Wake
from pathway.definition.guard.phrase import phrase, show_reading
from pathway.definition.guard.show import show
from pathway.definition.guard.tree import AllOf, AnyOf, FirstKnown, Guard, Leaf, Not, names_read, spans_read

#: Guards and parts of guards that are kept ready to be explained; a large definition has about two thousand.
PREPARED: Final = 8_192


class Because(msgspec.Struct, frozen=True):
    """One reading a leaf used. `shown` is its value with unit and times, or why it cannot be said."""

    name: str
    known: bool
    shown: str
    at: Instant | None = None
    recorded: Instant | None = None
    events: tuple[int, ...] = ()


class Explanation(msgspec.Struct, frozen=True):
    """The answer of one node: 0 no, 1 cannot say, 2 yes, with the readings and the parts it rests on.

    `text` is the node in the guard language, `phrase` what a leaf found in words, with figures and local times.
    `decided`: the answer of the whole rests on this node. `events`: positions below this node, ascending.
    """

    text: str
    answer: Answer
    decided: bool
    phrase: str = ""
    because: tuple[Because, ...] = ()
    events: tuple[int, ...] = ()
    children: tuple["Explanation", ...] = ()


def explain(tree: Guard, facts: Facts, now: Instant) -> Explanation:
    """Why a guard answers as it does at `now`. The answer is the one `compile_guard` gives."""
    return _decide(_explain(tree, facts, now), tree)


def sentence(explanation: Explanation) -> str:
    """The deciding leaves in the order of the text: `drug is running (...), grade is severe (...)`."""
    return ", ".join(dict.fromkeys(leaf.phrase for leaf in _deciding(explanation)))


def _explain(tree: Guard, facts: Facts, now: Instant) -> Explanation:
    match tree:
        case AllOf(parts) | AnyOf(parts) | FirstKnown(parts):
            below = tuple(_explain(part, facts, now) for part in parts)
        case Not(part):
            below = (_explain(part, facts, now),)
        case _:
            return _explain_leaf(tree, facts, now)
    ready = _prepared(tree)
    return Explanation(
        text=ready.text,
        answer=ready.question(facts, now, Wake()),
        decided=False,
        events=tuple(sorted({event for part in below for event in part.events})),
        children=below,
    )


def _explain_leaf(leaf: Leaf, facts: Facts, now: Instant) -> Explanation:
    ready = _prepared(leaf)
    answer = ready.question(facts, now, Wake())
    readings = {name: facts.read(name) for name in ready.names}
    return Explanation(
        text=ready.text,
        answer=answer,
        decided=False,
        phrase=phrase(leaf, answer, facts, now),
        because=tuple(
            Because(
                name,
                read.known,
                show_reading(read, facts.zone(), name in ready.spans),
                read.at,
                read.recorded,
                read.events,
            )
            for name, read in readings.items()
        ),
        events=tuple(sorted({event for read in readings.values() for event in read.events})),
    )


class _Prepared(NamedTuple):
    """What of an explanation depends on the tree alone."""

    text: str
    question: Question
    names: tuple[str, ...]
    spans: frozenset[str]


@lru_cache(maxsize=PREPARED)
def _prepared(tree: Guard) -> _Prepared:
    return _Prepared(show(tree), compile_guard(tree), tuple(sorted(names_read(tree))), spans_read(tree))


def _decide(node: Explanation, tree: Guard) -> Explanation:
    """Mark a node and those parts below it that give its answer."""
    match tree:
        case AllOf(parts) | AnyOf(parts) | FirstKnown(parts):
            pass
        case Not(part):
            parts = (part,)
        case _:
            return msgspec.structs.replace(node, decided=True)
    children = tuple(
        _decide(child, part) if picked else child
        for child, part, picked in zip(
            node.children, parts, chosen(tree, [each.answer for each in node.children]), strict=True
        )
    )
    return msgspec.structs.replace(node, decided=True, children=children)


def _deciding(node: Explanation) -> list[Explanation]:
    if not node.decided:
        return []
    if not node.children:
        return [node]
    return [leaf for child in node.children for leaf in _deciding(child)]
