"""Formulas: guards over finitely many cells, and the search for a cell in which they answer as wanted.

An answer is a set while cells are still open: bit 1 no, bit 2 cannot say, bit 4 yes. A set is never too small, so that
what no cell can answer is proved; once every cell is chosen it is exact.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from pathway.definition.guard import CANNOT_SAY, NO, YES, Answer

NO_BIT: Final = 1
CANNOT_SAY_BIT: Final = 2
YES_BIT: Final = 4
ANY: Final = NO_BIT | CANNOT_SAY_BIT | YES_BIT
#: Up to this many cells are always decided. Most are ruled out together, so that few are ever looked at.
CELLS_DECIDED: Final = 1_000_000
#: Beyond them the search looks this often, which is enough where a few cells decide, and then says "not proved": about
#: a second for the longest guard.
LOOKS: Final = 2_000

ANSWERS: Final[tuple[Answer, Answer, Answer]] = (NO, CANNOT_SAY, YES)


class NotProved(Exception):
    """There are too many cells to say whether one answers as wanted."""

    code = "not_proved"


class Variable(NamedTuple):
    """Something a guard asks: its name, and the cells it may be in, each in words."""

    name: str
    cells: tuple[str, ...]


class Formula(Protocol):
    """A guard over cells."""

    def answers(self, chosen: Mapping[str, int]) -> int:
        """The set of answers that are still possible."""
        ...

    def unsettled(self, chosen: Mapping[str, int]) -> str | None:
        """A variable that is not chosen and on which the answer still rests."""
        ...


class Always:
    """The same answer in every cell."""

    def __init__(self, answer: int) -> None:
        self.bits = 1 << answer

    def answers(self, chosen: Mapping[str, int]) -> int:  # noqa: ARG002  # as every formula
        """See Formula."""
        return self.bits

    def unsettled(self, chosen: Mapping[str, int]) -> str | None:  # noqa: ARG002  # as every formula
        """See Formula."""
        return None


class Asked:
    """A leaf: an answer for each cell of one variable."""

    def __init__(self, variable: str, by_cell: Sequence[int]) -> None:
        self.variable = variable
        self.bits = [1 << answer for answer in by_cell]
        self.any = 0
        for bit in self.bits:
            self.any |= bit

    def answers(self, chosen: Mapping[str, int]) -> int:
        """See Formula."""
        cell = chosen.get(self.variable)
        return self.any if cell is None else self.bits[cell]

    def unsettled(self, chosen: Mapping[str, int]) -> str | None:
        """See Formula."""
        return None if self.variable in chosen else self.variable


class Joined:
    """Parts joined by a table of answers: and, or, first known."""

    def __init__(self, table: Sequence[Sequence[int]], parts: Sequence[Formula]) -> None:
        self.table, self.parts = table, tuple(parts)

    def answers(self, chosen: Mapping[str, int]) -> int:
        """See Formula."""
        found = self.parts[0].answers(chosen)
        for part in self.parts[1:]:
            found = self.table[found][part.answers(chosen)]
        return found

    def unsettled(self, chosen: Mapping[str, int]) -> str | None:
        """See Formula."""
        return next((part.unsettled(chosen) for part in self.parts if uncertain(part, chosen)), None)


class Turned:
    """A part whose answers are exchanged for others: not, is known, is missing."""

    def __init__(self, by_answer: Sequence[int], part: Formula) -> None:
        self.part = part
        self.turned = [
            sum({1 << by_answer[answer] for answer in ANSWERS if bits & 1 << answer}) for bits in range(ANY + 1)
        ]

    def answers(self, chosen: Mapping[str, int]) -> int:
        """See Formula."""
        return self.turned[self.part.answers(chosen)]

    def unsettled(self, chosen: Mapping[str, int]) -> str | None:
        """See Formula."""
        return self.part.unsettled(chosen)


class Want(NamedTuple):
    """A formula and the set of answers that would do."""

    formula: Formula
    bits: int


def find(wants: Sequence[Want], variables: Mapping[str, Variable], looks: int | None = None) -> dict[str, str] | None:
    """A cell in which every formula answers as wanted, by variable in words; None when there is none.

    `looks` bounds the search; left out, it is bounded only above a million cells. Raises NotProved.
    """
    size = 1
    for variable in variables.values():
        size *= max(1, len(variable.cells))
    if looks is None:
        looks = size if size <= CELLS_DECIDED else LOOKS
    chosen: dict[str, int] = {}
    # One entry per chosen variable: the cells of it that are still to be tried.
    trail: list[tuple[str, int]] = []
    left = 2 * looks + 1
    while True:
        left -= 1
        if left < 0:
            raise NotProved(f"over {looks} looks at {size} cells")
        found = [each.formula.answers(chosen) for each in wants]
        failed = any(not bits & each.bits for bits, each in zip(found, wants, strict=True))
        unsure = [each for bits, each in zip(found, wants, strict=True) if bits & ~each.bits]
        if not failed and not unsure:
            return {name: variables[name].cells[cell] for name, cell in chosen.items()}
        asked = None if failed else unsure[0].formula.unsettled(chosen)
        if asked is not None:
            trail.append((asked, 0))
            chosen[asked] = 0
            continue
        while trail:
            name, cell = trail.pop()
            del chosen[name]
            if cell + 1 < len(variables[name].cells):
                trail.append((name, cell + 1))
                chosen[name] = cell + 1
                break
        else:
            return None


def uncertain(part: Formula, chosen: Mapping[str, int]) -> bool:
    """Whether more than one answer is possible."""
    bits = part.answers(chosen)
    return bool(bits & (bits - 1))


def table_of(join: Mapping[tuple[int, int], int]) -> list[list[int]]:
    """A table over sets of answers from one over answers."""
    return [
        [
            sum(
                {
                    1 << join[one, other]
                    for one in ANSWERS
                    for other in ANSWERS
                    if left & 1 << one and right & 1 << other
                }
            )
            for right in range(ANY + 1)
        ]
        for left in range(ANY + 1)
    ]


PAIRS = [(one, other) for one in ANSWERS for other in ANSWERS]
ALL_OF = table_of({pair: min(pair) for pair in PAIRS})
ANY_OF = table_of({pair: max(pair) for pair in PAIRS})
FIRST_KNOWN = table_of({(one, other): other if one == CANNOT_SAY else one for one, other in PAIRS})
OPPOSITE = (YES, CANNOT_SAY, NO)
IS_KNOWN = (YES, NO, YES)
IS_MISSING = (NO, YES, NO)
