"""Median and quartiles, exact, and shares that say of how many."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

#: How quartiles between two figures are found (Hyndman and Fan 1996, type 7): on the line between the two.
METHOD = "linear between the two nearest figures (Hyndman and Fan 1996, type 7)"


class Spread(msgspec.Struct, frozen=True):
    """How figures are spread: how many they are, least, quartiles and greatest, in the figures' own unit."""

    count: int
    least: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    greatest: Decimal


def spread(figures: Iterable[Decimal | int]) -> Spread | None:
    """The spread of figures, in whatever order they come; None without any."""
    ranked = sorted(Decimal(each) for each in figures)
    if not ranked:
        return None
    lower, median, upper = (quarter(ranked, number) for number in (1, 2, 3))
    return Spread(len(ranked), ranked[0], lower, median, upper, ranked[-1])


def quarter(ranked: list[Decimal], number: int) -> Decimal:
    """A quartile of at least one ranked figure."""
    whole, rest = divmod((len(ranked) - 1) * number, 4)
    return ranked[whole] + (ranked[whole + 1] - ranked[whole]) * rest / 4 if rest else ranked[whole]


def share(numerator: int, denominator: int) -> Decimal | None:
    """A share in per cent, to one decimal; None of nothing."""
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.1")) if denominator else None
