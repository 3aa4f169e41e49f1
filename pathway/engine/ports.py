"""Ports: what the engine asks of a store and of a clock. `persistence` and `ward` keep these promises.

One contract suite (tests/persistence/test_contract.py) is passed by every store.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Literal, Protocol

import msgspec

from pathway.case.commands import Answer
from pathway.case.envelope import By, Chained
from pathway.clinical.instant import Instant


class Head(msgspec.Struct, frozen=True):
    """The end of a case's stream, and its row on the boards. Rewritten in full with every append.

    A site stream has one too: without a pathway, closed and never looked at, it is on no board.

    `clinical_version` grows with facts, phases and decisions. `next_look`: when the case must be looked at again at the
    latest, None once it is closed and nothing on it can ring any more. `phases`: region to leaf. `hash`: 32 bytes, of
    the last event.
    """

    case: str
    patient: str
    origin: str
    ward: str
    bed: str
    pathway: str
    bundle: str
    position: int
    hash: bytes
    recorded_at: Instant
    clinical_version: int
    phases: dict[str, str]
    closed: bool
    next_look: Instant | None
    looked_at: Instant


class ReminderRow(msgspec.Struct, frozen=True):
    """One obligation as the boards list it: a fold of its events. Key: (case, reminder, subject, ordinal).

    `rung` is the highest reached, -1 before the first. `status`: open, done, withdrawn, expired.
    """

    case: str
    reminder: str
    subject: str
    ordinal: int
    level: str
    critical: bool
    status: str
    opened_at: Instant
    due_at: Instant
    rung: int
    acknowledged_until: Instant | None
    closed_at: Instant | None


class Notice(msgspec.Struct, frozen=True):
    """One message to one role through one channel. `key` is its idempotency key and never changes.

    `text` holds ward, case token, class, time and link, and no patient data. `reminders`: (reminder, subject, ordinal)
    keys it speaks for, as one line each. `severity`: 0 is the gravest. `kind`: rung, stand_down, hand_over, violation,
    deviation, failure, expired (it is kept and never sent).
    """

    key: str
    case: str
    ward: str
    role: str
    channel: str
    kind: str
    severity: int
    text: str
    created_at: Instant
    late: bool
    reminders: tuple[tuple[str, str, int], ...]


class Lease(msgspec.Struct, frozen=True):
    """A claimed notice: settle it with its fence before `until`, or somebody else will send it again."""

    notice: Notice
    fence: int
    until: Instant
    attempts: int


class Identity(msgspec.Struct, frozen=True):
    """Who a case is, apart from its events. `sealed` is the identifiers as JSON under `scheme` and `key`."""

    case: str
    scheme: str
    key: str
    sealed: bytes


class Attempt(msgspec.Struct, frozen=True):
    """A refused request, kept in the attempts log and not in the stream. `canonical` holds no identifier's value."""

    command: str
    case: str
    by: By
    at: Instant
    what: str
    code: str
    canonical: bytes


class Remembered(msgspec.Struct, frozen=True):
    """What once was answered to a command id. `fingerprint`: SHA-256 of the command's canonical bytes."""

    fingerprint: bytes
    answer: Answer


class Change(msgspec.Struct, frozen=True):
    """All that one command or look writes: committed together or not at all.

    `withdraw`: reminder keys whose unsent notices are withdrawn; `withdraw_all` withdraws every unsent notice of the
    case (before `notices` are added).
    """

    head: Head
    events: tuple[Chained, ...] = ()
    reminders: tuple[ReminderRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    withdraw: tuple[tuple[str, str, int], ...] = ()
    withdraw_all: bool = False
    remember: Remembered | None = None
    attempt: Attempt | None = None
    identity: Identity | None = None
    bundle_text: bytes | None = None


class Stored(msgspec.Struct, frozen=True):
    """An event as it lies in the store: its bytes and the hashes beside them."""

    case: str
    position: int
    canonical: bytes
    previous: bytes
    hash: bytes


class Unit(Protocol):
    """One transaction on one case, holding that case's lock. Leaving it without an error commits."""

    def head(self) -> Head | None:
        """The case's head, None when there is no such case."""

    def events(self, after: int = 0) -> list[bytes]:
        """Canonical bytes of the case's events with position > `after`, in order."""

    def remembered(self, command: str) -> Remembered | None:
        """What was answered to this command id before, for whichever case."""

    def case_of_patient(self, patient: str, pathway: str) -> str | None:
        """The open case of this patient token on a pathway, if there is one."""

    def append(self, change: Change) -> None:
        """Write the change. Raises Conflict when the stream does not end where `change.events` begins."""


class Store(Protocol):
    """Where everything is kept. Every method is safe to call from several threads."""

    origin: Literal["live", "demonstration"]

    def write(self, case: str, command: str = "") -> AbstractContextManager[Unit]:
        """Begin a transaction under the case's lock.

        `command`: the id that `remembered` will be asked for, so that a server can answer it together with the lock.
        """

    def write_both(self, case: str, other: str) -> AbstractContextManager[tuple[Unit, Unit]]:
        """Begin one transaction under the locks of two different cases, taken in the order of their ids."""

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases, open ones only unless `closed`, by ward and bed."""

    def site_heads(self) -> list[Head]:
        """The heads of the site streams, by name; they are among no others."""

    def head(self, case: str) -> Head | None:
        """One head, of a case or of a site stream."""

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The stored events of a case in order."""

    def reminders(self, case: str | None = None, open_only: bool = True) -> list[ReminderRow]:
        """Reminder rows, by due time."""

    def notices(self, case: str | None = None) -> list[tuple[Notice, str]]:
        """Notices with their state (waiting, sending, sent, withdrawn, undeliverable, expired), oldest first."""

    def identity(self, case: str) -> Identity | None:
        """The identity row of a case."""

    def attempts(self, case: str | None = None) -> list[Attempt]:
        """The refused requests."""

    def bundle(self, digest: str) -> bytes | None:
        """The pinned bundle's bytes."""

    def due_cases(self, now: Instant, limit: int) -> list[str]:
        """Cases with next_look <= now, earliest first; closed ones too, while something on them lives on. Indexed."""

    def unlooked_cases(self, before: Instant, limit: int) -> list[str]:
        """Cases that are open or have a next_look, last looked at before an instant: the sweep's question."""

    def next_look(self) -> Instant | None:
        """The earliest next_look of any case."""

    def claim(self, now: Instant, worker: str, lease_us: int, limit: int) -> list[Lease]:
        """Lease waiting notices (and those whose lease ran out), gravest first, then oldest; each with a new fence."""

    def settle(
        self,
        key: str,
        fence: int,
        state: Literal["sent", "waiting", "undeliverable"],
        now: Instant,
        not_before: Instant | None = None,
    ) -> bool:
        """Record the outcome where the fence still matches; False when it does not (somebody else has it)."""

    def beat(self, name: str, at: Instant) -> None:
        """Record a heartbeat."""

    def beats(self) -> dict[str, Instant]:
        """The last heartbeat by name."""

    def looked_by(self, at: Instant, by: By, what: str, cases: tuple[str, ...]) -> None:
        """Write the access log: who looked at which cases."""

    def property(self, name: str) -> str | None:
        """A property of the store: origin, label, born_at, demonstration time."""

    def set_property(self, name: str, value: str) -> None:
        """Set a property that may change (demonstration time). `origin` may not."""

    def close(self) -> None:
        """Release files and connections."""


class Clock(Protocol):
    """The one clock: read once per transaction, under the case's lock."""

    def now(self) -> Instant:
        """The present instant."""
