"""Structs to rows and back. A row is a tuple in the order of its table's columns."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from pathway.case.commands import Answer
from pathway.case.envelope import By, Chained
from pathway.clinical.instant import Instant
from pathway.engine.errors import RecordDamaged
from pathway.engine.ports import (
    Access,
    Attempt,
    Credential,
    Filed,
    Head,
    Lease,
    Notice,
    Remembered,
    ReminderRow,
    Stored,
)

Row = Sequence[Any]
Kept = TypeVar("Kept")
Key = tuple[str, str, int]

ENCODER = msgspec.json.Encoder(order="sorted")
PHASES = msgspec.json.Decoder(dict[str, str])
KEYS = msgspec.json.Decoder(tuple[Key, ...])
ANSWER = msgspec.json.Decoder(Answer)
BY = msgspec.json.Decoder(By)
CASES = msgspec.json.Decoder(tuple[str, ...])


def json(value: object) -> str:
    """A value as JSON text with sorted keys."""
    return ENCODER.encode(value).decode()


def decoded(decoder: msgspec.json.Decoder[Kept], text: str, table: str) -> Kept:
    """What a column holds. Raises RecordDamaged where it is not what was written."""
    try:
        return decoder.decode(text)
    except msgspec.DecodeError as error:
        happened = f"a row of the table {table} cannot be read"
        raise RecordDamaged(happened, "what was written", "see `wardpath doctor`; restore a backup") from error


def event_row(chained: Chained, mac: bytes = b"") -> Row:
    """The row of an event."""
    event = chained.event
    by = event.by
    return (
        *(event.case, event.position, event.type, event.occurred_at, event.recorded_at),
        *(by.actor, by.role, event.command, chained.canonical, chained.previous, chained.hash, mac),
    )


class Kind(msgspec.Struct):
    """Of the body of an event, its type."""

    type: str


class Beside(msgspec.Struct):
    """What the content of an event says of the columns that stand beside it."""

    occurred_at: int
    recorded_at: int
    by: By
    body: Kind
    command: str = ""


BESIDE = msgspec.json.Decoder(Beside)


def filed(stored: Stored) -> Filed:
    """An event with what its own content says of its columns; with none where its bytes are no event."""
    try:
        said = BESIDE.decode(stored.canonical)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Filed(*msgspec.structs.astuple(stored))
    beside = (said.body.type, said.occurred_at, said.recorded_at, said.by.actor, said.by.role, said.command)
    return Filed(stored.case, stored.position, stored.canonical, stored.previous, stored.hash, stored.mac, *beside)


def head_row(head: Head) -> Row:
    """The row of a head."""
    row = list(msgspec.structs.astuple(head))
    row[PHASES_AT] = json(head.phases)
    return row


def head_of(row: Row) -> Head:
    """The head of a row."""
    fields = list(row)
    try:
        fields[PHASES_AT] = PHASES.decode(row[PHASES_AT])
    except msgspec.DecodeError:
        # The other cases go on: that this row is not the fold of its events is found and named where that is asked.
        fields[PHASES_AT] = {}
    fields[CLOSED_AT] = bool(row[CLOSED_AT])
    return Head(*fields)


def reminder_of(row: Row) -> ReminderRow:
    """The reminder of a row; its own row is `msgspec.structs.astuple`."""
    case, reminder, subject, ordinal, level, critical, *rest = row
    return ReminderRow(case, reminder, subject, ordinal, level, bool(critical), *rest)


def notice_row(notice: Notice) -> Row:
    """The row of a notice that waits, or of one that expired before it could be sent."""
    *before, reminders, _on_duty = msgspec.structs.astuple(notice)
    keys = json(reminders)
    return (*before, keys, keys, first_state(notice), 0, None, "", 0, None, None)


def first_state(notice: Notice) -> str:
    """The state in which a notice enters the outbox: an expired one is a record, and nobody claims it."""
    return "expired" if notice.kind == "expired" else "waiting"


def notice_of(row: Row) -> Notice:
    """The notice of a row, without its life."""
    *fields, late, reminders = row[:NOTICE_WIDTH]
    fields += [bool(late), decoded(KEYS, reminders, "notice")]
    return Notice(*fields)


def lease_of(row: Row, until: Instant) -> Lease:
    """The lease on a notice that is being claimed: one fence and one attempt more than its row says."""
    return Lease(notice_of(row), row[FENCE_AT] + 1, until, row[ATTEMPTS_AT] + 1)


def remembered_row(remembered: Remembered) -> Row:
    """The row of an answer."""
    return (remembered.answer.command, remembered.fingerprint, json(remembered.answer))


def remembered_of(row: Row) -> Remembered:
    """The answer of (fingerprint, answer)."""
    return Remembered(row[0], decoded(ANSWER, row[1], "remembered"))


def attempt_row(attempt: Attempt) -> Row:
    """The row of a refused request; the database numbers it."""
    said_by = json(attempt.by)
    return (attempt.command, attempt.case, said_by, attempt.at, attempt.what, attempt.code, attempt.canonical)


def attempt_of(row: Row) -> Attempt:
    """The refused request of a row."""
    _number, command, case, said_by, *rest = row
    return Attempt(command, case, decoded(BY, said_by, "attempt"), *rest)


def access_of(row: Row) -> Access:
    """The look of a row of the access log."""
    number, at, said_by, what, cases, *rest = row
    return Access(number, at, decoded(BY, said_by, "access_log"), what, decoded(CASES, cases, "access_log"), *rest)


def credential_of(row: Row) -> Credential:
    """The credential of a row; its own row is `msgspec.structs.astuple`."""
    account, kind, label, kept, changed_at, must_change = row
    return Credential(account, kind, label, kept, changed_at, bool(must_change))


PHASES_AT, CLOSED_AT = (Head.__struct_fields__.index(name) for name in ("phases", "closed"))
#: Whom of a role a notice goes to is said as it goes out, and not kept.
NOTICE_WIDTH = len(Notice.__struct_fields__) - 1
FENCE_AT = NOTICE_WIDTH + 2
ATTEMPTS_AT = NOTICE_WIDTH + 5


def still_pending(pending: tuple[Key, ...], withdrawn: frozenset[Key]) -> tuple[Key, ...]:
    """The reminders a notice still speaks for. It is withdrawn with the last of them, not with the first."""
    return tuple(key for key in pending if key not in withdrawn)
