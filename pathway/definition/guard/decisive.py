"""Which leaves of a guard give its answer, and what they read: an explanation without its words."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from pathway.clinical.instant import Instant
from pathway.definition.guard.evaluate import compile_guard
from pathway.definition.guard.facts import CANNOT_SAY, NO, YES, Answer, Facts, Wake
from pathway.definition.guard.tree import AllOf, AnyOf, FirstKnown, Guard, Not, names_read

#: Guards that are kept ready to be asked; a large definition has a few hundred that anything rests on.
COMPILED: Final = 2_048


class Decider(NamedTuple):
    """A leaf that gave the answer of the whole: its own answer, and the names that it reads, in alphabetical order."""

    answer: Answer
    names: tuple[str, ...]


Weighing: TypeAlias = Callable[[Facts, Instant], tuple[Answer, tuple[Decider, ...]]]


def decisive_names(tree: Guard, facts: Facts, now: Instant) -> frozenset[str]:
    """The names that the answer of a guard rests on at `now`."""
    return frozenset([name for leaf in _compiled(tree)(facts, now)[1] for name in leaf.names])


def undecided_names(tree: Guard, facts: Facts, now: Instant) -> frozenset[str]:
    """The names for which an answer cannot be said; none where it can.

    Of a leaf that lacks something, what it lacks; of one whose value lies on both sides of a line, what it reads.
    """
    found: set[str] = set()
    for leaf in _compiled(tree)(facts, now)[1]:
        if leaf.answer == CANNOT_SAY:
            found.update([name for name in leaf.names if not facts.read(name).known] or leaf.names)
    return frozenset(found)


def chosen(tree: Guard, answers: Sequence[Answer]) -> list[bool]:
    """Which of the parts of a node give its answer, by what they answered."""
    match tree:
        case AllOf() | AnyOf():
            # The least, or the greatest, is reached by exactly the parts that give it.
            whole = _whole(tree, answers)
            return [answer == whole for answer in answers]
        case FirstKnown():
            # The gaps before the one that answers count too: had one of them been known, it would have answered.
            certain = [answer != CANNOT_SAY for answer in answers]
            last = certain.index(True) if True in certain else len(certain)
            return [place <= last for place in range(len(certain))]
        case _:
            return [True] * len(answers)


def _whole(tree: Guard, answers: Sequence[Answer]) -> Answer:
    """The answer of a node from those of its parts."""
    match tree:
        case AllOf():
            return min(answers)
        case AnyOf():
            return max(answers)
        case FirstKnown():
            return next((answer for answer in answers if answer != CANNOT_SAY), CANNOT_SAY)
        case _:
            return (YES, CANNOT_SAY, NO)[answers[0]]


@lru_cache(maxsize=COMPILED)
def _compiled(tree: Guard) -> Weighing:
    return _compile(tree)


def _compile(tree: Guard) -> Weighing:
    match tree:
        case AllOf(parts) | AnyOf(parts):
            return _limit(tuple(map(_compile, parts)), min if isinstance(tree, AllOf) else max)
        case FirstKnown(parts):
            return _node(tree, tuple(map(_compile, parts)))
        case Not(part):
            return _node(tree, (_compile(part),))
    question, names = compile_guard(tree), tuple(sorted(names_read(tree)))

    def leaf(facts: Facts, now: Instant) -> tuple[Answer, tuple[Decider, ...]]:
        answer = question(facts, now, Wake())
        return answer, (Decider(answer, names),)

    return leaf


def _limit(parts: tuple[Weighing, ...], limit: Callable[[list[Answer]], Answer]) -> Weighing:
    # As `chosen` has it; nearly every guard that anything rests on is one of these two.
    def node(facts: Facts, now: Instant) -> tuple[Answer, tuple[Decider, ...]]:
        below = [part(facts, now) for part in parts]
        whole = limit([answer for answer, _ in below])
        return whole, tuple([leaf for answer, found in below if answer == whole for leaf in found])

    return node


def _node(tree: Guard, parts: tuple[Weighing, ...]) -> Weighing:
    def node(facts: Facts, now: Instant) -> tuple[Answer, tuple[Decider, ...]]:
        below = [part(facts, now) for part in parts]
        answers = [answer for answer, _ in below]
        picked = chosen(tree, answers)
        leaves = [leaf for (_, found), pick in zip(below, picked, strict=True) if pick for leaf in found]
        return _whole(tree, answers), tuple(leaves)

    return node
