"""What is counted: one start of one case, and what became of it."""

from enum import StrEnum

import msgspec

from pathway.clinical.instant import Instant


class Outcome(StrEnum):
    """What became of a unit. Every unit of a denominator has exactly one.

    `in_time` is the numerator. `outside`: it came, before or after its window. `not_done`: somebody said so, or it
    cannot have been. `not_documented`: it is over, and nothing says what became of it. `open`: it may still come.
    """

    IN_TIME = "in_time"
    OUTSIDE = "outside"
    NOT_DONE = "not_done"
    NOT_DOCUMENTED = "not_documented"
    OPEN = "open"


class Unit(msgspec.Struct, frozen=True, gc=False):
    """One unit of an indicator. `position`: of the event it begins with; `lasted_us` from start to stop, if it came.

    Of time in a range the four parts are spans in microseconds, and `outcome` is open while the stretch goes on.
    """

    case: str
    position: int
    at: Instant
    outcome: Outcome
    stopped_at: Instant | None = None
    lasted_us: int | None = None
    groups: tuple[str, ...] = ()
    count: int = 1
    in_range_us: int = 0
    outside_us: int = 0
    unknown_us: int = 0


class Left(msgspec.Struct, frozen=True, gc=False):
    """A unit or a case that was left out, and why."""

    case: str
    reason: str


class Period(msgspec.Struct, frozen=True):
    """From an instant (included) until another (not included); None is no limit. Units belong where they begin."""

    since: Instant | None = None
    until: Instant | None = None

    def holds(self, at: Instant) -> bool:
        """Whether an instant lies in it."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)
