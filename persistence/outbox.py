"""The outbox of a database: notices are claimed under a lease with a fence, settled under the fence, withdrawn."""

from pathway.clinical.instant import Instant
from pathway.engine.ports import Lease
from persistence.rows import KEYS, Key, json, lease_of, still_pending
from persistence.session import Session
from persistence.statements import CLAIM, EDGE, SELECT_CLAIMABLE, SELECT_PENDING, UPDATE_PENDING, WITHDRAW


def claim(
    session: Session, now: Instant, worker: str, lease_us: int, limit: int, held: tuple[str, ...] = ()
) -> list[Lease]:
    """Lease what may be claimed, gravest first, then oldest: waiting and not put off, or with a lease that ended.

    Of the wards `held` only what is critical.

    The transaction must hold the write lock, or lock what it reads.
    """
    wards = "".join(f"{EDGE}{ward}{EDGE}" for ward in held)
    rows = session.execute(SELECT_CLAIMABLE, (now, now, wards, wards, limit)).fetchall()
    until = Instant(now + lease_us)
    if rows:
        session.executemany(CLAIM, [(worker, until, row[0]) for row in rows])
    return [lease_of(row, until) for row in rows]


def settling(key: str, fence: int, state: str, *, now: Instant, not_before: Instant | None) -> tuple[object, ...]:
    """What to bind to `SETTLE`, which changes one row where the fence matches and was not settled before."""
    return (state, state, now if state == "sent" else None, not_before, key, fence)


def withdraw(session: Session, case: str, keys: frozenset[Key]) -> None:
    """Withdraw the case's unsent notices that speak for no other reminder any more."""
    said = [json(key) for key in keys]
    for key, pending in session.execute(SELECT_PENDING, (case,)).fetchall():
        # Where a channel is down many wait, and nearly all speak for others.
        if not any(each in pending for each in said):
            continue
        before = KEYS.decode(pending)
        left = still_pending(before, keys)
        if left == before:
            continue
        if left:
            session.execute(UPDATE_PENDING, (json(left), key))
        else:
            session.execute(WITHDRAW, (key,))
