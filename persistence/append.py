"""One append: events, case row, reminders, notices and answer in the caller's transaction, or none of them."""

from itertools import repeat
from typing import NamedTuple

import msgspec

from pathway.case.envelope import FIRST_HASH
from pathway.engine.errors import Conflict
from pathway.engine.ports import Change
from persistence.outbox import withdraw
from persistence.rows import attempt_row, event_row, head_row, notice_row, remembered_row
from persistence.session import Session
from persistence.statements import (
    DESTROY_CASE_KEY,
    INSERT_ATTEMPT,
    INSERT_BUNDLE,
    INSERT_CASE_KEY,
    INSERT_EVENT,
    INSERT_NOTICE,
    INSERT_REMEMBERED,
    SELECT_BUNDLE,
    UPSERT_CREDENTIAL,
    UPSERT_HEAD,
    UPSERT_IDENTITY,
    UPSERT_REMINDER,
    WITHDRAW_ALL,
)


class End(NamedTuple):
    """Where a stream ends: the position and hash of its last event."""

    position: int
    hash: bytes


NOTHING_YET = End(0, FIRST_HASH)


def append(session: Session, case: str, end: End, change: Change) -> End:
    """Write the change behind `end`, and tell the new end. One statement per table, whatever the number of rows.

    A head at position 0 (a refused enrolment) leaves no case row. Raises Conflict, and what the driver raises.
    """
    new_end = follow(case, end, change)
    run = session.execute
    if change.bundle_text is not None:
        keep_bundle(session, change.head.bundle, change.bundle_text)
    if change.events:
        macs = change.macs or repeat(b"")
        session.executemany(INSERT_EVENT, [event_row(*each) for each in zip(change.events, macs, strict=False)])
    if new_end.position:
        run(UPSERT_HEAD, head_row(change.head))
    if change.reminders:
        session.executemany(UPSERT_REMINDER, [msgspec.structs.astuple(row) for row in change.reminders])
    if change.withdraw_all:
        run(WITHDRAW_ALL, (case,))
    elif change.withdraw:
        withdraw(session, case, frozenset(change.withdraw))
    if change.notices:
        session.executemany(INSERT_NOTICE, [notice_row(notice) for notice in change.notices])
    if change.remember is not None:
        run(INSERT_REMEMBERED, remembered_row(change.remember))
    if change.attempt is not None:
        run(INSERT_ATTEMPT, attempt_row(change.attempt))
    if change.identity is not None:
        run(UPSERT_IDENTITY, msgspec.structs.astuple(change.identity))
    keep_secrets(session, change)
    return new_end


def follow(case: str, end: End, change: Change) -> End:
    """The end after the change's events. Raises Conflict unless they continue the stream link by link to its head."""
    position, last = end
    for chained in change.events:
        position += 1
        if chained.event.case != case or chained.event.position != position or chained.previous != last:
            raise Conflict(
                f"event {chained.event.position} was to follow position {end.position}",
                f"event {position} of the same case, with the hash before it",
                "load the case again and decide anew",
            )
        last = chained.hash
    if change.macs and len(change.macs) != len(change.events):
        raise Conflict(
            f"{len(change.macs)} codes came with {len(change.events)} events", "one for each, or none", "make them anew"
        )
    head = change.head
    if head.case != case or head.position != position or head.hash != last:
        raise Conflict(
            f"the case row says position {head.position}",
            f"the last event's position {position} and hash, of the same case",
            "load the case again and decide anew",
        )
    return End(position, last)


def keep_secrets(session: Session, change: Change) -> None:
    """Keep the credentials of a change and its new key, and destroy the keys that it ends."""
    if change.credentials:
        session.executemany(UPSERT_CREDENTIAL, [msgspec.structs.astuple(each) for each in change.credentials])
    if change.case_key is not None:
        session.execute(INSERT_CASE_KEY, msgspec.structs.astuple(change.case_key))
    if change.destroyed:
        at = change.head.recorded_at
        session.executemany(DESTROY_CASE_KEY, [(at, key) for key in change.destroyed])


def keep_bundle(session: Session, digest: str, text: bytes) -> None:
    """Keep a bundle once. Raises Conflict when other bytes lie under its digest."""
    found = session.execute(SELECT_BUNDLE, (digest,)).fetchone()
    if found is None:
        session.execute(INSERT_BUNDLE, (digest, text))
        found = session.execute(SELECT_BUNDLE, (digest,)).fetchone()
    refuse_other_bundle(found[0], text)


def refuse_other_bundle(kept: bytes, text: bytes) -> None:
    """Raises Conflict when a bundle is not what is kept under its digest."""
    if kept != text:
        raise Conflict("other bytes are kept under this bundle's digest", "the same bytes", "compute the digest anew")
