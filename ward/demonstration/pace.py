"""The time of a demonstration, kept in its store so that every process and every restart goes on with the same time."""

from decimal import Decimal

import msgspec

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Clock, Store
from ward.clock import DemonstrationClock, FixedClock
from ward.errors import NotHere

PROPERTY = "demonstration_time"
#: The running process notes the time every second; a note older than this was left by one that was killed. Between the
#: two, the time goes on, so that a second process and the restart agree on it.
GRACE_S = 15


class Pace(msgspec.Struct, frozen=True):
    """Demonstration time `base` when the wall clock showed `wall`; `speed` is decimal text, `0` while it stands."""

    base: Instant
    wall: Instant
    speed: str


class Until:
    """A wall clock that stops at an instant."""

    def __init__(self, wall: Clock, last: Instant) -> None:
        self.wall, self.last = wall, last

    def now(self) -> Instant:
        """The wall's instant, `last` at the latest."""
        return min(self.wall.now(), self.last)


def pace_of(store: Store) -> Pace | None:
    """What the store's demonstration time was when last noted; None where it never had one."""
    text = store.property(PROPERTY)
    return None if text is None else msgspec.json.decode(text, type=Pace)


def note(store: Store, base: Instant, wall: Instant, speed: Decimal | int) -> None:
    """Keep the demonstration's time. Raises NotHere for a live store, which has no time but the world's."""
    refuse_live(store)
    store.set_property(PROPERTY, msgspec.json.encode(Pace(base, wall, str(speed))).decode())


def clock_of(store: Store, wall: Clock) -> Clock:
    """The clock that everybody at this store goes by: the wall's, or the demonstration's, running or standing."""
    pace = pace_of(store) if store.origin == "demonstration" else None
    if pace is None:
        return wall
    if Decimal(pace.speed) == 0:
        return FixedClock(pace.base)
    last = Instant(pace.wall + GRACE_S * SECOND)
    return DemonstrationClock(pace.base, pace.wall, Decimal(pace.speed), Until(wall, last))


def go_on(store: Store, wall: Clock, speed: Decimal | int) -> DemonstrationClock:
    """The demonstration's clock for the process that runs it, from where the time stands on. Raises NotHere."""
    refuse_live(store)
    base, now = clock_of(store, wall).now(), wall.now()
    note(store, base, now, speed)
    return DemonstrationClock(base, now, speed, wall)


def refuse_live(store: Store) -> None:
    """Raises NotHere unless the store is a demonstration."""
    if store.origin != "demonstration":
        raise NotHere(
            "a live store was to run on another time than the world's",
            "a demonstration for --speed and --demo",
            "leave --speed out, or make a demonstration with `wardpath run --demo --db other.db`",
        )
