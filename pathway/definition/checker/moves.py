"""Moves: two automatic ones from one phase exclude each other, or the file would leave open where a case goes."""

from itertools import combinations

from pathway.definition.checker.cells import Cells
from pathway.definition.checker.formula import YES_BIT, NotProved
from pathway.definition.checker.phases import begins
from pathway.definition.checker.prover import Prover, Wants
from pathway.definition.form import TransitionForm
from pathway.definition.place import Path


def exclusive(prover: Prover) -> None:
    """No two automatic moves from one leaf are ever enabled together."""
    told: set[tuple[int, int]] = set()
    for name, region in prover.form.regions.items():
        automatic = [
            (index, move)
            for index, move in enumerate(prover.form.transitions)
            if move.region == name and not move.by and move.to != "same"
        ]
        for leaf in region.phases:
            here = [(index, move) for index, move in automatic if begins(move, leaf) and move.to != leaf]
            for (first, one), (second, other) in combinations(here, 2):
                if (first, second) not in told and not excluded(prover, name, leaf, (first, one), (second, other)):
                    told.add((first, second))


def excluded(
    prover: Prover, region: str, leaf: str, first: tuple[int, TransitionForm], second: tuple[int, TransitionForm]
) -> bool:
    """Whether two moves exclude each other from a leaf, by proof or by the file's word; else it is told."""
    (index, one), (at, other) = first, second
    path: Path = ("transitions", at, "when")
    trees = [prover.tree(("transitions", number, "when"), move.when) for number, move in (first, second)]
    if any(tree is None and move.when for tree, move in zip(trees, (one, other), strict=True)):
        return True
    wants: Wants = [(tree, YES_BIT) for tree in trees if tree is not None]
    cells = Cells(prover.ground({region: leaf}), [tree for tree, _ in wants])
    pair = f"{one.name} and {other.name}, both automatic from {leaf},"
    try:
        cell = cells.find(wants)
    except NotProved as found:
        if not (one.excludes_because.get(other.name) or other.excludes_because.get(one.name)):
            mend = f'ask less in them, or say why: excludes_because = {{ {one.name} = "..." }}'
            prover.faults.add("not_proved", path, f"{pair} are not proved apart ({found})", "guards that exclude", mend)
            return False
        return True
    if cell is None or one.excludes_because.get(other.name) or other.excludes_because.get(one.name):
        return True
    mend = f'make one the exception of the other, or say why not: excludes_because = {{ {one.name} = "..." }}'
    happened = f"{pair} can be enabled together: when {cell}"
    prover.faults.add("ambiguous", path, happened, f"guards of which one is no (see line {line(prover, index)})", mend)
    return False


def line(prover: Prover, index: int) -> int:
    """The line of a move's guard."""
    return prover.faults.places.of(("transitions", index, "when")).line
