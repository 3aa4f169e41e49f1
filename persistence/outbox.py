"""The outbox of an SQLite store: notices are claimed under a lease with a fence, settled under the fence, withdrawn."""

import sqlite3

from pathway.clinical.instant import Instant
from pathway.engine.ports import Lease
from persistence.rows import KEYS, Key, json, lease_of, still_pending
from persistence.statements import CLAIM, SELECT_CLAIMABLE, SELECT_PENDING, SETTLE, UPDATE_PENDING, WITHDRAW


def claimable(connection: sqlite3.Connection, now: Instant, limit: int) -> list[tuple[object, ...]]:
    """The rows of notices that may be claimed: waiting and not put off, or with a lease that ended (`until` <= now)."""
    found: list[tuple[object, ...]] = connection.execute(SELECT_CLAIMABLE, (now, now, limit)).fetchall()
    return found


def claim(connection: sqlite3.Connection, now: Instant, worker: str, lease_us: int, limit: int) -> list[Lease]:
    """Lease what may be claimed, gravest first, then oldest. The transaction must hold the write lock."""
    rows = claimable(connection, now, limit)
    until = Instant(now + lease_us)
    connection.executemany(CLAIM, [(worker, until, row[0]) for row in rows])
    return [lease_of(row, until) for row in rows]


def settle(
    connection: sqlite3.Connection, key: str, fence: int, state: str, *, now: Instant, not_before: Instant | None
) -> bool:
    """Record the outcome where the fence still matches and was not settled before."""
    sent_at = now if state == "sent" else None
    return connection.execute(SETTLE, (state, state, sent_at, not_before, key, fence)).rowcount == 1


def withdraw(connection: sqlite3.Connection, case: str, keys: frozenset[Key]) -> None:
    """Withdraw the case's unsent notices that speak for no other reminder any more."""
    for key, pending in connection.execute(SELECT_PENDING, (case,)).fetchall():
        before = KEYS.decode(pending)
        left = still_pending(before, keys)
        if left == before:
            continue
        if left:
            connection.execute(UPDATE_PENDING, (json(left), key))
        else:
            connection.execute(WITHDRAW, (key,))
