"""The tick: whatever is due happens. A plain function, called by the alarm, by a test or by hand.

It may be called at any time, any number of times, by any number of workers: what is due is read from the store.
"""

import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Clock, Notice, Store
from scheduler.outbox import Held, Jitter, Sent, send_waiting, together, unshaken
from scheduler.post import Deliver, Posted, error_name

#: Cases asked for in one question: small enough to keep the heartbeat young between two questions.
CASES_AT_ONCE = 100
#: So long the gravest notices are sent between two batches of cases: the cases behind must not wait for a slow channel.
BETWEEN_S = 1.0
#: Within a round the heartbeat is renewed this often.
BEAT_S = 1.0
#: Every open case is looked at this often whatever its row says, because a wrong "next look" would otherwise be silent
#: until somebody missed a reminder; a quarter of an hour is well below the half-hour rungs of the ladders.
UNLOOKED_S = 15 * 60


class Looks(Protocol):
    """The engine, as far as the scheduler knows it."""

    def look(self, case: str) -> bool:
        """Bring a case to the clock's now in its own transaction; True if that wrote events."""


class Failure(msgspec.Struct, frozen=True):
    """A case that could not be looked at: its token, and the code or class of the error."""

    case: str
    error: str


class Looked(msgspec.Struct, frozen=True):
    """What a round of looking did. `looked`: cases brought to now; `wrote`: those of them that changed."""

    looked: int = 0
    wrote: int = 0
    failed: tuple[Failure, ...] = ()


class Ticked(msgspec.Struct, frozen=True):
    """What one tick did. `post.again_at` says when a tick is wanted for the notices' sake."""

    cases: Looked
    post: Sent

    @property
    def failed(self) -> tuple[Failure, ...]:
        """The cases that could not be looked at."""
        return self.cases.failed


NOTHING = Ticked(Looked(), Sent())


def tick(
    engine: Looks,
    store: Store,
    clock: Clock,
    deliver: Deliver,
    *,
    worker: str,
    jitter: Jitter = unshaken,
    wall: Clock | None = None,
    held: Held | None = None,
) -> Ticked:
    """Look at every case that is due, then send every notice that waits.

    Where nothing is due and nothing waits, one question says so and the tick is over.
    After a long downtime very many cases are due: between two batches of them the gravest notices go out already.

    Heartbeats: `tick` at the beginning and with every batch, `tick_done` at the end. A case that raises is reported and
    does not stop the others; what the store itself raises goes through. `jitter` changes the wait after a failed send;
    `wall` is what leases and waits run by, None where it is `clock`; `held` names the wards of which only what is
    critical goes out now.
    """
    if not store.stirring(clock.now(), (wall or clock).now()):
        store.beat("tick", clock.now(), "tick_done")
        return NOTHING
    store.beat("tick", clock.now())
    beating, sent = Beating(deliver, Pulse(store, clock, "tick")), [Sent()]

    def between() -> None:
        sent[0] = together(sent[0], send_waiting(store, clock, beating, worker, jitter, wall, BETWEEN_S, held))

    cases = look_at(engine, store, clock, store.due_cases, age_us=0, beat="tick", between=between)
    post = send_waiting(store, clock, beating, worker, jitter, wall, held=held)
    store.beat("tick_done", clock.now())
    return Ticked(cases, together(sent[0], post))


def sweep(engine: Looks, store: Store, clock: Clock) -> Looked:
    """Look at every open case that was not looked at as a whole for UNLOOKED_S, whatever its row says.

    Heartbeats: `sweep` and `sweep_done`. What it brings to light is sent by the next tick.
    """
    store.beat("sweep", clock.now())
    cases = look_at(engine, store, clock, store.unlooked_cases, age_us=UNLOOKED_S * SECOND, beat="sweep")
    store.beat("sweep_done", clock.now())
    return cases


def look_at(
    engine: Looks,
    store: Store,
    clock: Clock,
    ask: Callable[[Instant, int], list[str]],
    *,
    age_us: int,
    beat: str,
    between: Callable[[], None] | None = None,
) -> Looked:
    """Look once at each case that `ask(now - age, limit)` names; `between` is called between two batches of them."""
    tried: set[str] = set()
    wrote = 0
    failed: list[Failure] = []
    pulse = Pulse(store, clock, beat)
    # A case that failed stays due and is named again: asking for as many more keeps it from hiding those behind it.
    while fresh := [
        case for case in ask(Instant(clock.now() - age_us), CASES_AT_ONCE + len(tried)) if case not in tried
    ]:
        if tried and between is not None:
            between()
        for case in fresh:
            try:
                wrote += engine.look(case)
            except Exception as error:  # noqa: BLE001 - one case that cannot be decided must not silence the ward
                failed.append(Failure(case, error_name(error)))
            pulse.keep()
        tried.update(fresh)
        store.beat(beat, clock.now())
    return Looked(len(tried) - len(failed), wrote, tuple(failed))


class Pulse:
    """Keeps a heartbeat young while a round takes its time: the watchdog calls three seconds without one silence."""

    def __init__(self, store: Store, clock: Clock, name: str) -> None:
        self._store, self._clock, self._name = store, clock, name
        self._last_s = time.monotonic()

    def keep(self) -> None:
        """Beat, unless the last beat is young."""
        now_s = time.monotonic()
        if now_s - self._last_s >= BEAT_S:
            self._store.beat(self._name, self._clock.now())
            self._last_s = now_s


class Beating:
    """A delivery with a heartbeat before each attempt, so that only an attempt that hangs is silence."""

    def __init__(self, deliver: Deliver, pulse: Pulse) -> None:
        self._deliver, self._pulse = deliver, pulse

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once."""
        self._pulse.keep()
        return self._deliver.send(notice, attempt)
