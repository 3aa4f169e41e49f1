"""Compare two numbers known within bounds: certain only when every pair of members agrees.

Both sides are in the same unit and vary independently of each other.
"""

from pathway.clinical.reading import Interval
from pathway.definition.guard.facts import CANNOT_SAY, NO, YES, Answer


def below(left: Interval, right: Interval) -> Answer:
    """Whether `left < right`: yes for every pair of members, no for none, else cannot say."""
    high, low = left.high, right.low
    if high is not None and low is not None and (high < low or (high == low and (left.high_open or right.low_open))):
        return YES
    bottom, top = left.low, right.high
    if bottom is not None and top is not None and bottom >= top:
        return NO
    return CANNOT_SAY


def at_most(left: Interval, right: Interval) -> Answer:
    """Whether `left <= right`: yes for every pair of members, no for none, else cannot say."""
    high, low = left.high, right.low
    if high is not None and low is not None and high <= low:
        return YES
    bottom, top = left.low, right.high
    if (
        bottom is not None
        and top is not None
        and (bottom > top or (bottom == top and (left.low_open or right.high_open)))
    ):
        return NO
    return CANNOT_SAY
