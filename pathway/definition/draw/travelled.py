"""A patient's path over the drawing: where the case has been, in which order, and by which moves."""

from collections.abc import Iterable

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One entry into a phase, numbered from 1: by which move (its id; empty for the first), when, in words."""

    number: int
    region: str
    leaf: str
    move: str
    when: str


class Travelled(msgspec.Struct, frozen=True):
    """A path ready to be drawn. `badges`: phase or move to the numbers of its steps; `here`: where the case stands."""

    badges: dict[str, str]
    here: frozenset[str]
    legend: tuple[str, ...]


def travelled(steps: Iterable[Step], titles: dict[str, str]) -> Travelled:
    """The path of these steps, in order. `titles`: what phases and moves are called."""
    numbers: dict[str, list[int]] = {}
    here: dict[str, str] = {}
    legend = []
    for step in steps:
        here[step.region] = step.leaf
        numbers.setdefault(step.leaf, []).append(step.number)
        if step.move:
            numbers.setdefault(step.move, []).append(step.number)
        by = f" by {step.move}" if step.move else ""
        legend.append(f"{step.number}. {step.when}: {titles.get(step.leaf, step.leaf)}{by}")
    return Travelled(
        {name: ", ".join(map(str, each)) for name, each in numbers.items()},
        frozenset(here.values()),
        tuple(legend),
    )
