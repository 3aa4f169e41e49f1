"""The outbox: waiting notices are claimed, sent and settled, one after the other, gravest first.

A killed, paused or doubled worker loses none: a claim runs out with its lease, a re-sent notice carries the same key,
and only the holder of the last fence settles.
"""

from collections.abc import Callable

import msgspec

from pathway.clinical.instant import SECOND, Instant, Span
from pathway.engine.ports import Clock, Lease, Notice, Store
from scheduler.post import CRITICAL, Deliver, Miss, Posted, error_name

#: Three times what one attempt may take in all, falling back included, so that a slow send keeps its lease.
LEASE_S = 30
#: The wait doubles from one second to this: a channel that came back is found within a minute.
LONGEST_WAIT_S = 60
#: Waits of 1, 2, 4, 8, 16, 32 and five times 60 s are 6 minutes: longer than a gateway takes to restart, and then a
#: person must know that the way is closed. Critical notices have no such limit.
ATTEMPTS = 12
#: One tick ends within minutes even if every send takes a second; what is left is sent by the next, gravest first.
NOTICES_A_TICK = 200

Jitter = Callable[[Span], Span]


class Sent(msgspec.Struct, frozen=True):
    """What a round of sending did.

    `sent`: notices delivered. `waiting`: to be tried again. `undeliverable`: keys given up, each a task for a person.
    `outrun`: settled by nobody here, since another worker had the notice by then. `missed`: channels that failed, once
    each. `again_at`: when sending should be tried again, None where nothing waits.
    """

    sent: int = 0
    waiting: int = 0
    undeliverable: tuple[str, ...] = ()
    outrun: int = 0
    missed: tuple[Miss, ...] = ()
    again_at: Instant | None = None


def send_waiting(store: Store, clock: Clock, deliver: Deliver, worker: str, jitter: Jitter) -> Sent:
    """Claim, send and settle every notice that waits, NOTICES_A_TICK at most."""
    began = clock.now()
    tally = Sent()
    for _ in range(NOTICES_A_TICK):
        # One at a time, so that no lease runs out in a queue. Claimed as of `began`, so that what goes back to waiting
        # waits for another round however fast the clock runs; the lease is lengthened by what has passed since.
        passed = max(0, clock.now() - began)
        leases = store.claim(began, worker, LEASE_S * SECOND + passed, 1)
        if not leases:
            return tally
        tally = send_one(store, clock, deliver, leases[0], tally=tally, jitter=jitter)
    return msgspec.structs.replace(tally, again_at=clock.now())


def send_one(store: Store, clock: Clock, deliver: Deliver, lease: Lease, *, tally: Sent, jitter: Jitter) -> Sent:
    """Send one claimed notice and settle it under its fence; returns the tally with it."""
    notice, attempt = lease.notice, lease.attempts
    posted = attempted(deliver, notice, attempt)
    tally = msgspec.structs.replace(tally, missed=tuple(dict.fromkeys(tally.missed + posted.missed)))
    now = clock.now()
    if posted.carried:
        kept = store.settle(notice.key, lease.fence, "sent", now)
        return counted(tally, kept, sent=tally.sent + 1)
    if attempt >= ATTEMPTS and notice.severity != CRITICAL:
        kept = store.settle(notice.key, lease.fence, "undeliverable", now)
        return counted(tally, kept, undeliverable=(*tally.undeliverable, notice.key))
    again_at = Instant(now + jitter(back_off(attempt)))
    kept = store.settle(notice.key, lease.fence, "waiting", now, again_at)
    earliest = again_at if tally.again_at is None else min(again_at, tally.again_at)
    return counted(tally, kept, waiting=tally.waiting + 1, again_at=earliest)


def attempted(deliver: Deliver, notice: Notice, attempt: int) -> Posted:
    """One attempt; a delivery that raises is a delivery that failed."""
    try:
        return deliver.send(notice, attempt)
    except Exception as error:  # noqa: BLE001 - one notice that cannot be sent must not keep the others in the house
        return Posted(missed=(Miss("post", error_name(error)),))


def counted(tally: Sent, kept: bool, **changed: object) -> Sent:
    """The tally with the change, or with one more outrun where the fence no longer matched."""
    return msgspec.structs.replace(tally, **(changed if kept else {"outrun": tally.outrun + 1}))


def back_off(attempt: int) -> Span:
    """How long to wait after the given attempt (from 1): 1, 2, 4 ... 60 s."""
    doublings = min(max(attempt, 1) - 1, LONGEST_WAIT_S.bit_length())
    return Span(min(LONGEST_WAIT_S, 2**doublings) * SECOND)


def unshaken(wait: Span) -> Span:
    """No jitter."""
    return wait
