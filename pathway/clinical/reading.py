"""A reading: what is known of one fact at one moment, and where it came from."""

from decimal import Decimal

import msgspec

from pathway.clinical.instant import Instant


class Interval(msgspec.Struct, frozen=True):
    """A number known only within bounds; a plain number is an interval of one point.

    `None` is no bound on that side. An open side leaves its bound out: `<35` is low 0 closed, high 35 open.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    def at_least(self, line: Decimal) -> bool | None:
        """Whether the number is at least `line`; None where the interval lies on both sides of it."""
        if self.low is not None and self.low >= line:
            return True
        short = self.high is not None and (self.high < line or (self.high == line and self.high_open))
        return False if short else None

    def above(self, line: Decimal) -> bool | None:
        """Whether the number is above `line`; None where the interval lies on both sides of it."""
        if self.low is not None and (self.low > line or (self.low == line and self.low_open)):
            return True
        return False if self.high is not None and self.high <= line else None


def exactly(number: Decimal) -> Interval:
    """The interval of one number."""
    return Interval(number, number)


class Elapsed(msgspec.Struct, frozen=True):
    """The time since an instant: it grows, so a reading keeps where it began and whoever asks says when."""

    since: Instant


Value = str | bool | Interval | Elapsed | Instant | None


class Reading(msgspec.Struct, frozen=True):
    """What is known of a fact.

    `known` False means *cannot say*, and `why` tells the reason (never recorded, older than 36 h, unusable specimen).
    `value` is a word of the fact's enumeration, a bool, an Interval in its unit, an Instant, or what has Elapsed.
    `at`: when it was true of the patient (collected, given, said); `recorded`: when the system learned it.
    `until`: the first instant at which time alone changes this reading, None when time does not.
    `events`: positions of the events it rests on.
    """

    known: bool
    value: Value = None
    at: Instant | None = None
    recorded: Instant | None = None
    until: Instant | None = None
    why: str = ""
    events: tuple[int, ...] = ()
    shown: str = ""


NEVER_RECORDED = Reading(known=False, why="never recorded")
