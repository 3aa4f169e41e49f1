"""Cells: the finitely many ways in which the facts of a case can differ for some guards.

A word is one of its enumeration; a number lies between two of the thresholds that the guards compare it with, on one of
them, or anywhere over several (a value known only within bounds); a flag is yes or no; and each may be missing. A leaf
about time is a cell of its own, yes, no or cannot say, the same one where it stands in the same words. Nothing else is
taken for granted: a cell that no patient can reach may be found, one that a patient can reach is never left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from pathway.clinical.instant import SPAN_UNITS, show_span
from pathway.clinical.reading import Interval, Reading
from pathway.definition.checker.formula import (
    ALL_OF,
    ANY_OF,
    FIRST_KNOWN,
    IS_KNOWN,
    IS_MISSING,
    OPPOSITE,
    Always,
    Asked,
    Formula,
    Joined,
    Turned,
    Variable,
    Want,
    find,
)
from pathway.definition.guard import CANNOT_SAY, NO, YES, Guard, Kind, names_read, show
from pathway.definition.guard.tree import (
    AllOf,
    Among,
    AnyOf,
    Compare,
    FirstKnown,
    Holds,
    Known,
    Named,
    Not,
    Operand,
)

MISSING = "is missing"
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Ground(msgspec.Struct, frozen=True):
    """What guards stand on: kinds, settings, the trees of conditions, and what is fixed.

    `certain`: names that are never missing, and numbers that are known exactly. `fixed`: names with one word for good,
    such as the phase that a move begins in. `aliases`: what `it` and the names below it stand for. `never`: flags that
    are no for good.
    """

    kinds: Mapping[str, Kind]
    settings: Mapping[str, Reading]
    conditions: Mapping[str, Guard]
    certain: frozenset[str] = frozenset()
    fixed: Mapping[str, str] = {}
    aliases: Mapping[str, str] = {}
    never: frozenset[str] = frozenset()

    def stem(self, name: str) -> str:
        """A name without its alias: `it.target` is the setting that the row names."""
        alias = max((each for each in self.aliases if name == each or name.startswith(each + ".")), key=len, default="")
        return self.aliases[alias] + name[len(alias) :] if alias else name

    def elapsed(self, operand: Operand) -> bool:
        """Whether an operand is the time since something."""
        kind = self.kinds.get(self.stem(operand.name)) if isinstance(operand, Named) else None
        return kind is not None and kind.type == "elapsed"

    def beside(self, fact: Operand, other: Operand) -> Decimal | None:
        """The number, or beside the time since something the length in microseconds, that a fact is compared with."""
        if not self.elapsed(fact):
            return self.number(other)
        if not isinstance(other, Named):
            return other.number * SPAN_UNITS[other.unit] if other.unit in SPAN_UNITS else None
        reading = self.settings.get(self.stem(other.name))
        return Decimal(reading.value) if reading and isinstance(reading.value, int) else None

    def number(self, operand: Operand) -> Decimal | None:
        """The number of a literal or of a setting; None for a fact."""
        if not isinstance(operand, Named):
            return operand.number
        reading = self.settings.get(self.stem(operand.name))
        value = reading.value if reading else None
        return value.low if isinstance(value, Interval) else None


class Cells:
    """The cells of some guards on their ground."""

    def __init__(self, ground: Ground, guards: Iterable[Guard]) -> None:
        self.ground = ground
        self.leaves: dict[str, list[tuple[int, ...]]] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        #: The names behind each variable: itself, or those that a leaf about time reads.
        self.reads: dict[str, frozenset[str]] = {}
        self.conditions: dict[str, Formula] = {}
        trees = tuple(guards)
        self.thresholds = self.compared(trees)
        #: Leaves by variable and answers: made in a first pass, narrowed to the cells that differ in a second.
        self.asked: list[Asked] = []
        self.made = {tree: self.formula(tree) for tree in trees}
        self.variables = self.narrowed()

    def find(self, wants: Sequence[tuple[Guard, int]], looks: int | None = None) -> str | None:
        """A cell in which each guard answers within its set, in words; None when there is none. Raises NotProved."""
        cell = find([Want(self.made[tree], bits) for tree, bits in wants], self.variables, looks)
        return None if cell is None else words(cell)

    def cell(self, wants: Sequence[tuple[Guard, int]], looks: int | None = None) -> dict[str, str] | None:
        """The same as a cell for each variable that decided."""
        return find([Want(self.made[tree], bits) for tree, bits in wants], self.variables, looks)

    def compared(self, trees: Iterable[Guard]) -> dict[str, tuple[Decimal, ...]]:
        """The thresholds of each number, in order."""
        found: dict[str, set[Decimal]] = {}
        seen: set[str] = set()
        rest = list(trees)
        while rest:
            match rest.pop():
                case AllOf(parts) | AnyOf(parts) | FirstKnown(parts):
                    rest.extend(parts)
                case Not(part):
                    rest.append(part)
                case Holds(name) | Known(name) if name in self.ground.conditions and name not in seen:
                    seen.add(name)
                    rest.append(self.ground.conditions[name])
                case Compare(left, _, right):
                    for fact, other in ((left, right), (right, left)):
                        number = self.ground.beside(fact, other)
                        if isinstance(fact, Named) and number is not None and self.ground.number(fact) is None:
                            found.setdefault(self.ground.stem(fact.name), set()).add(number)
                case _:
                    pass
        return {name: tuple(sorted(numbers)) for name, numbers in found.items()}

    def formula(self, tree: Guard) -> Formula:
        """A guard over cells; a condition is taken apart."""
        match tree:
            case AllOf(parts):
                return Joined(ALL_OF, [self.formula(part) for part in parts])
            case AnyOf(parts):
                return Joined(ANY_OF, [self.formula(part) for part in parts])
            case FirstKnown(parts):
                return Joined(FIRST_KNOWN, [self.formula(part) for part in parts])
            case Not(part):
                return Turned(OPPOSITE, self.formula(part))
            case Holds(name) if name in self.ground.conditions:
                return self.condition(name)
            case Known(name, negated) if name in self.ground.conditions:
                return Turned(IS_MISSING if negated else IS_KNOWN, self.condition(name))
            case Holds(name):
                return self.flag(self.ground.stem(name))
            case Among(name, values, negated):
                return self.word(self.ground.stem(name), values, negated)
            case Known(name, negated):
                return self.presence(self.ground.stem(name), negated)
            case Compare():
                return self.comparison(tree)
            case _:
                return self.alone(tree)

    def condition(self, name: str) -> Formula:
        """The formula of a condition, made once."""
        if name not in self.conditions:
            self.conditions[name] = self.formula(self.ground.conditions[name])
        return self.conditions[name]

    def flag(self, name: str) -> Formula:
        """A flag, latch or boolean fact."""
        if name in self.ground.never:
            return Always(NO)
        return self.leaf(name, (name, f"not {name}"), (YES, NO))

    def word(self, name: str, values: tuple[str, ...], negated: bool) -> Formula:
        """A word among some; a parent phase stands for its leaves."""
        inside = tuple(value + "." for value in values)
        found, other = (NO, YES) if negated else (YES, NO)
        fixed = self.ground.fixed.get(name)
        if fixed is not None:
            return Always(found if fixed in values or fixed.startswith(inside) else other)
        kinds = self.ground.kinds.get(name)
        known = kinds.values if kinds else values
        answers = tuple(found if each in values or each.startswith(inside) else other for each in known)
        return self.leaf(name, tuple(f"{name} is {each}" for each in known), answers)

    def presence(self, name: str, negated: bool) -> Formula:
        """Whether something is known."""
        kind = self.ground.kinds.get(name)
        known, missing = (NO, YES) if negated else (YES, NO)
        if kind is not None and kind.type == "enum" and kind.values:
            cells = tuple(f"{name} is {each}" for each in kind.values)
        elif kind is not None and kind.type == "bool":
            cells = (name, f"not {name}")
        elif kind is not None and kind.type in ("number", "elapsed"):
            cells = tuple(text for text, _, _ in self.runs(name))
        else:
            cells = (f"{name} is known",)
        return self.leaf(name, cells, (known,) * len(cells), missing)

    def comparison(self, tree: Compare) -> Formula:
        """A number against a threshold; two facts against each other are a leaf of their own."""
        left, right = self.ground.beside(tree.right, tree.left), self.ground.beside(tree.left, tree.right)
        if left is not None and right is not None:
            return Always(YES if holds(left, tree.sign, right) else NO)
        fact, sign, number = (
            (tree.left, tree.sign, right) if right is not None else (tree.right, FLIPPED[tree.sign], left)
        )
        if number is None or not isinstance(fact, Named):
            return self.alone(tree)
        name = self.ground.stem(fact.name)
        at = 2 * self.thresholds[name].index(number) + 1
        answers = []
        cells = []
        for text, first, last in self.runs(name):
            cells.append(text)
            ends = {holds(each, sign, at) for each in (first, last)}
            answers.append(CANNOT_SAY if len(ends) > 1 else YES if ends.pop() else NO)
        return self.leaf(name, tuple(cells), tuple(answers))

    def runs(self, name: str) -> Iterator[tuple[str, int, int]]:
        """Every run of pieces that the thresholds cut the numbers into (even: between two, odd: on one)."""
        numbers = self.thresholds.get(name, ())
        pieces = 2 * len(numbers) + 1
        elapsed = self.ground.elapsed(Named(name))
        shown = [show_span(int(each)) if elapsed else str(each) for each in numbers]
        for length in range(1 if elapsed or name in self.ground.certain else pieces):
            for first in range(pieces - length):
                yield run_words(name, shown, first, first + length), first, first + length

    def alone(self, tree: Guard) -> Formula:
        """A leaf about time, or about two facts: independent of all others but of itself."""
        text = show(renamed(tree, self.ground))
        self.reads[text] = frozenset(self.ground.stem(name) for name in names_read(tree))
        certain = not isinstance(tree, Compare) and self.reads[text] <= self.ground.certain
        return self.leaf(text, (text, f"not ({text})"), (YES, NO), always=certain)

    def leaf(
        self,
        name: str,
        cells: tuple[str, ...],
        answers: tuple[int, ...],
        missing: int = CANNOT_SAY,
        always: bool = False,
    ) -> Formula:
        """A leaf over the cells of a variable, the last one missing unless it is always there."""
        if not (always or name in self.ground.certain):
            cells, answers = (*cells, f"{name} {MISSING}"), (*answers, missing)
        self.words[name] = cells
        self.reads.setdefault(name, frozenset({name}))
        self.leaves.setdefault(name, []).append(answers)
        found = Asked(name, answers)
        self.asked.append(found)
        return found

    def narrowed(self) -> dict[str, Variable]:
        """One cell for all those that no leaf tells apart."""
        variables = {}
        for name, cells in self.words.items():
            first: dict[tuple[int, ...], int] = {}
            for at, signature in enumerate(zip(*self.leaves[name], strict=True)):
                first.setdefault(signature, at)
            order = tuple(first.values())
            variables[name] = Variable(name, tuple(cells[at] for at in order))
            for each in self.asked:
                if each.variable == name:
                    each.bits = [each.bits[at] for at in order]
        return variables


def words(cell: Mapping[str, str]) -> str:
    """A cell as a clause: what must be so, in the order in which it was chosen."""
    return " and ".join(cell.values()) or "always"


def renamed(tree: Guard, ground: Ground) -> Guard:
    """A leaf with every alias replaced, so that the same question has the same words."""
    return tree if not ground.aliases else _renamed(tree, ground)


def _renamed(node: Any, ground: Ground) -> Any:
    if isinstance(node, tuple):
        return tuple(_renamed(each, ground) for each in node)
    if not isinstance(node, msgspec.Struct):
        return node
    parts = {key: getattr(node, key) for key in node.__struct_fields__}
    named = {key: ground.stem(value) for key, value in parts.items() if key in ("name", "rounds")}
    return type(node)(**{key: named.get(key) or _renamed(value, ground) for key, value in parts.items()})


def holds(left: Decimal | int, sign: str, right: Decimal | int) -> bool:
    """Whether a comparison of two numbers holds."""
    match sign:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def run_words(name: str, numbers: Sequence[str], first: int, last: int) -> str:
    """A run of pieces in words: `score < 1.5`, `50 <= pulse < 150`."""
    low = None if first == 0 else numbers[(first - 1) // 2]
    high = None if last == 2 * len(numbers) else numbers[last // 2]
    if first == last and first % 2:
        return f"{name} is exactly {low}"
    below = "" if low is None else f"{low} {'<=' if first % 2 else '<'} "
    above = "" if high is None else f" {'<=' if last % 2 else '<'} {high}"
    if not (below or above):
        return f"{name} is known" if first == last else f"{name} is known too roughly"
    return f"{below}{name}{above}" + ("" if first == last else ", not more exactly")
