"""Walking a case through time: whatever becomes due on the way happens at its own instant."""

from pathway.clinical.instant import Instant
from pathway.engine.ports import Store
from scheduler.tick import Looks
from ward.clock import FixedClock

#: More due instants than this between two commands of one case are no history but a fault in "next look".
STEPS = 100_000


def walk(engine: Looks, store: Store, clock: FixedClock, case: str, until: Instant) -> int:
    """Move the clock on to `until`, looking at the case at every due instant before it; returns how many looks.

    The clock is never moved back. Raises RuntimeError when the case asks for STEPS looks or more.
    """
    for looks in range(STEPS):
        head = store.head(case)
        due = None if head is None else head.next_look
        if due is None or due >= until:
            clock.set(max(clock.now(), until))
            return looks
        # A case that is due still after a look at that instant must not stand still.
        clock.set(max(Instant(clock.now() + 1), due))
        engine.look(case)
    raise RuntimeError(f"a case asked for {STEPS} looks; expected fewer between two commands; see its next look")
