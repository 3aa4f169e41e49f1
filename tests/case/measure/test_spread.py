"""Median and quartiles, calculated by hand; and that they are the same in whatever order."""

from decimal import Decimal
from random import Random

import pytest

from pathway.case.measure import share, spread


@pytest.mark.parametrize(
    "figures, lower, median, upper",
    [
        ([7], "7", "7", "7"),
        ([1, 2], "1.25", "1.5", "1.75"),
        ([1, 2, 3], "1.5", "2", "2.5"),
        ([1, 2, 3, 4], "1.75", "2.5", "3.25"),
        ([3, 1, 2, 5, 4], "2", "3", "4"),
        ([-4, 0, 4, 8, 100], "0", "4", "8"),
    ],
)
def test_quartiles_lie_on_the_line_between_the_two_nearest_figures(figures, lower, median, upper):
    found = spread(figures)
    assert (found.lower, found.median, found.upper) == (Decimal(lower), Decimal(median), Decimal(upper))
    assert (found.count, found.least, found.greatest) == (len(figures), min(figures), max(figures))


def test_the_order_of_the_figures_changes_nothing_and_nothing_has_no_spread():
    figures = [Random(7).randrange(10**15) for _ in range(101)]
    assert spread(figures) == spread(reversed(figures)) == spread(sorted(figures))
    assert spread([]) is None


def test_a_share_of_nothing_is_none_and_not_nought():
    assert share(0, 0) is None
    assert share(0, 3) == Decimal("0.0")
    assert share(1, 3) == Decimal("33.3")
