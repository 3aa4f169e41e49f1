"""A figure: what was measured, against what, and how the two were measured side by side."""

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """`ours` and `limit` in `unit`; `ratio` is ours over limit, `goal` the largest good one, `met` whether it is.

    An absolute figure has no limit, ratio or goal: None. A figure that could not be taken has nothing but a note.
    """

    name: str
    ours: float | None
    limit: float | None
    ratio: float | None
    goal: float | None
    met: bool | None
    unit: str
    note: str


def absolute(name: str, ours: float, unit: str, note: str) -> Figure:
    """A figure that stands alone."""
    return Figure(name, round(ours, 2), None, None, None, None, unit, note)


def against(name: str, ours: list[float], limit: list[float], *, goal: float, unit: str, note: str) -> Figure:
    """A figure against a limit: medians of both, and the median of the ratios of the paired rounds."""
    ratio = median(mine / other for mine, other in zip(ours, limit, strict=True))
    mine, other = round(median(ours), 2), round(median(limit), 2)
    return Figure(name, mine, other, round(ratio, 3), goal, ratio <= goal, unit, note)


def beside(name: str, ours: float, limit: float, unit: str, note: str) -> Figure:
    """A figure of a peer beside a limit of its own: a ratio to hold ours against, and no goal."""
    return Figure(name, round(ours, 2), round(limit, 2), round(ours / limit, 3), None, None, unit, note)


def within(name: str, ours: float, limit: float, unit: str, note: str) -> Figure:
    """A figure that must stay below a bound which is a number, and no other program's time."""
    ratio = round(ours / limit, 3)
    return Figure(name, round(ours, 2), limit, ratio, 1.0, ratio <= 1, unit, note)


def untaken(name: str, unit: str, why: str) -> Figure:
    """A figure that cannot be taken on this machine."""
    return Figure(name, None, None, None, None, None, unit, why)


def took_us(act: Callable[[], object]) -> float:
    """How long one call takes, in microseconds."""
    began = perf_counter_ns()
    act()
    return (perf_counter_ns() - began) / 1000
