"""A figure of a run: the median of some takes, the least and the most of them, and how busy the machine was."""

import os
from collections.abc import Callable
from statistics import median

import msgspec

#: How often a figure is taken, where a take is short.
TAKES = 3


class Taken(msgspec.Struct, frozen=True):
    """`median` of `takes` in `unit`. `load`: what waited for a processor on average in the minute before it ended."""

    name: str
    median: float
    unit: str
    takes: tuple[float, ...]
    load: float
    cores: int
    note: str = ""


def taken(name: str, unit: str, takes: list[float], note: str = "") -> Taken:
    """A figure of what was measured."""
    rounded = tuple(float(f"{each:.4g}") for each in takes)
    load, cores = round(os.getloadavg()[0], 1), os.cpu_count() or 1
    return Taken(name, median(rounded), unit, rounded, load, cores, note)


def several(name: str, unit: str, measured: Callable[[], float], note: str = "") -> Taken:
    """A figure of something that is measured anew each time."""
    return taken(name, unit, [measured() for _ in range(TAKES)], note)
