"""The outbox: waiting notices are claimed, sent and settled, one after the other, gravest first.

A killed, paused or doubled worker loses none: a claim runs out with its lease, a re-sent notice carries the same key,
and only the holder of the last fence settles.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import msgspec

from pathway.clinical.instant import SECOND, Instant, Span
from pathway.engine.ports import Clock, Lease, Notice, Store
from scheduler.outage import channel_down, channel_up, undelivered
from scheduler.post import CRITICAL, Deliver, Miss, Posted, error_name

#: Longer than one attempt may take in all, changing channels included, so that a slow send keeps its lease.
LEASE_S = 30
#: The wait doubles from one second to this: a channel that came back is found within a minute.
LONGEST_WAIT_S = 60
#: Waits of up to 1, 2, 4, 8, 16, 32 and 13 times 60 s are 7 minutes in the middle: longer than a gateway takes to
#: restart, and then a person must know that the way is closed. Critical notices have no such limit.
ATTEMPTS = 20
#: One tick ends within minutes even if every send takes a second; what is left is sent by the next, gravest first.
NOTICES_A_TICK = 200
#: Well below the seconds of silence after which somebody calls the scheduler dead.
BEAT_S = 1.0
#: Nor does a tick go on sending for longer than this where channels are slow: cases are waiting to be looked at.
ROUND_S = 5

Jitter = Callable[[Span], Span]
#: The wards of which only what is critical goes out at an instant of the store's clock.
Held = Callable[[Instant], tuple[str, ...]]


class Sent(msgspec.Struct, frozen=True):
    """What a round of sending did.

    `sent`: notices delivered. `waiting`: to be tried again. `undeliverable`: keys given up, each a task for a person.
    `outrun`: settled by nobody here, since another worker had the notice by then. `missed`: channels that failed, once
    each. `again_at`: when, by the wall, sending should be tried again; None where nothing waits.
    """

    sent: int = 0
    waiting: int = 0
    undeliverable: tuple[str, ...] = ()
    outrun: int = 0
    missed: tuple[Miss, ...] = ()
    again_at: Instant | None = None


def send_waiting(
    store: Store,
    clock: Clock,
    deliver: Deliver,
    worker: str,
    jitter: Jitter,
    wall: Clock | None = None,
    round_s: float = ROUND_S,
    held: Held | None = None,
) -> Sent:
    """Claim, send and settle every notice that waits, NOTICES_A_TICK at most and none after `round_s`.

    A channel that begins to fail, and what could not be delivered, is told to an administrator: scheduler/outage.py.

    `clock` says when a notice was sent. Leases and waits run by `wall`, None where that is the same clock: a worker and
    a channel take as long as they take however fast a demonstration runs. Of the wards that `held` names only what is
    critical is sent; the rest waits, and no attempt is counted.
    """
    wall = clock if wall is None else wall
    began = wall.now()
    wards = () if held is None else held(clock.now())
    tally = Sent()
    for _ in range(NOTICES_A_TICK):
        # One at a time, so that no lease runs out in a queue. Claimed as of `began`, so that what goes back to waiting
        # waits for another round however fast the clock runs; the lease is lengthened by what has passed since.
        passed = max(0, wall.now() - began)
        if passed >= round_s * SECOND:
            break
        leases = store.claim(began, worker, LEASE_S * SECOND + passed, 1, wards)
        if not leases:
            return tally
        tally = send_one(store, clock, deliver, leases[0], tally=tally, jitter=jitter, wall=wall)
    return msgspec.structs.replace(tally, again_at=wall.now())


def together(one: Sent, other: Sent) -> Sent:
    """What two rounds of sending did."""
    return Sent(
        one.sent + other.sent,
        other.waiting,
        (*one.undeliverable, *other.undeliverable),
        one.outrun + other.outrun,
        tuple(dict.fromkeys((*one.missed, *other.missed))),
        other.again_at,
    )


def send_one(
    store: Store, clock: Clock, deliver: Deliver, lease: Lease, *, tally: Sent, jitter: Jitter, wall: Clock
) -> Sent:
    """Send one claimed notice and settle it under its fence; returns the tally with it."""
    notice, attempt = lease.notice, lease.attempts
    with beating(store, clock):
        posted = attempted(deliver, notice, attempt)
    tally = msgspec.structs.replace(tally, missed=tuple(dict.fromkeys(tally.missed + posted.missed)))
    now = clock.now()
    noted(store, posted, now, wall.now())
    if posted.carried:
        kept = store.settle(notice.key, lease.fence, "sent", now)
        return counted(tally, kept, sent=tally.sent + 1)
    if attempt >= ATTEMPTS and notice.severity != CRITICAL:
        # Before it is settled: a worker that dies in between gives up once more, and the second word has the same key.
        undelivered(store, notice, now)
        kept = store.settle(notice.key, lease.fence, "undeliverable", now)
        return counted(tally, kept, undeliverable=(*tally.undeliverable, notice.key))
    if attempt % ATTEMPTS == 0:
        undelivered(store, notice, now)
    again_at = Instant(wall.now() + jitter(back_off(attempt)))
    kept = store.settle(notice.key, lease.fence, "waiting", now, again_at)
    earliest = again_at if tally.again_at is None else min(again_at, tally.again_at)
    return counted(tally, kept, waiting=tally.waiting + 1, again_at=earliest)


@contextmanager
def beating(store: Store, clock: Clock) -> Iterator[None]:
    """The heartbeat `tick` goes on for the length of the block: to wait for a slow channel is no silence."""
    done = Event()

    def beat() -> None:
        while not done.wait(BEAT_S):
            try:
                store.beat("tick", clock.now())
            except Exception:  # noqa: BLE001 - it ends the beats; who settles the notice meets the same error and tells it
                return

    thread = Thread(target=beat, name="wardpath-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def attempted(deliver: Deliver, notice: Notice, attempt: int) -> Posted:
    """One attempt; a delivery that raises is a delivery that failed."""
    try:
        return deliver.send(notice, attempt)
    except Exception as error:  # noqa: BLE001 - one notice that cannot be sent must not keep the others in the house
        return Posted(missed=(Miss("post", error_name(error)),))


def noted(store: Store, posted: Posted, now: Instant, wall: Instant) -> None:
    """Note which channels fail and which work again."""
    for miss in posted.down:
        channel_down(store, miss.channel, miss.error, now, wall)
    for name in posted.up:
        channel_up(store, name, wall)


def counted(tally: Sent, kept: bool, **changed: object) -> Sent:
    """The tally with the change, or with one more outrun where the fence no longer matched."""
    return msgspec.structs.replace(tally, **(changed if kept else {"outrun": tally.outrun + 1}))


def back_off(attempt: int) -> Span:
    """How long to wait after the given attempt (from 1): 1, 2, 4 ... 60 s."""
    doublings = min(max(attempt, 1) - 1, LONGEST_WAIT_S.bit_length())
    return Span(min(LONGEST_WAIT_S, 2**doublings) * SECOND)


def full(chance: Callable[[], float]) -> Jitter:
    """Full jitter: any part of a wait, so that a crowd of notices does not come back as a crowd.

    `chance`: numbers from 0 up to below 1, evenly.
    """
    return lambda wait: Span(round(wait * chance()))


def unshaken(wait: Span) -> Span:
    """No jitter."""
    return wait
