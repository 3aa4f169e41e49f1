"""The one place that reads the time of day, and that draws identifiers.

Everything else is handed a `Clock` (pathway/engine/ports.py). A span inside one process is measured with
`time.monotonic`, which is not the time of day and may be read anywhere.
"""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from uuid import uuid4

from pathway.clinical.instant import Instant, instant, utc
from pathway.engine.ports import Clock


class SystemClock:
    """The machine's clock, to the microsecond, in UTC."""

    def now(self) -> Instant:
        """The present instant."""
        # Not time.time(): APScheduler reads datetime.now, and where a test freezes time the two may differ.
        return instant(datetime.now(UTC))

    def wall_of(self, at: Instant) -> datetime:
        """The aware UTC time of day at which this clock shows `at`: the same."""
        return utc(at)


class FixedClock:
    """A clock in your hand: it stands until it is moved."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        """The instant it was last set to."""
        return self.at

    def set(self, at: Instant) -> Instant:
        """Show another instant, earlier ones too; returns it."""
        self.at = at
        return at

    def advance(self, span_us: int) -> Instant:
        """Move on by a span in microseconds; returns the new instant."""
        return self.set(Instant(self.at + span_us))


class DemonstrationClock:
    """A clock that runs `speed` times as fast as the wall, from `base` on.

    `base`: demonstration time at `started_wall`. `speed`: above 0; 1 is real time, 60 a minute a second, 0.5 half as
    fast. `wall`: the clock that is multiplied, the machine's or a fixed one. Raises ValueError for a speed not above 0.
    To continue a demonstration after a restart, keep `freeze()` and make a new clock with it as `base`.
    """

    def __init__(self, base: Instant, started_wall: Instant, speed: Decimal | int, wall: Clock) -> None:
        if not Decimal(speed).is_finite() or speed <= 0:
            raise ValueError(
                f"the demonstration's speed is {speed}; expected a number above 0; start it with 1 or more"
            )
        self.base, self.started_wall, self.speed, self.wall = base, started_wall, speed, wall
        self._factor = Fraction(speed)

    def now(self) -> Instant:
        """The demonstration's present instant."""
        return Instant(self.base + floor((self.wall.now() - self.started_wall) * self._factor))

    def freeze(self) -> Instant:
        """The demonstration's present instant, to be kept as the `base` of the clock that continues it."""
        return self.now()

    def wall_of(self, at: Instant) -> datetime:
        """The aware UTC time of day at which this clock first shows `at`; earlier than the present for what is past.

        Raises OverflowError where that lies beyond the year 9999.
        """
        return utc(self.started_wall + ceil((at - self.base) / self._factor))


def draw_id() -> str:
    """A new identifier nobody has used: 32 hexadecimal digits, from the machine's source of chance."""
    return uuid4().hex
