"""Ports: what the engine asks of a store and of a clock. `persistence` and `ward` keep these promises.

One contract suite (tests/persistence/test_contract.py) is passed by every store.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from typing import Literal, Protocol

import msgspec

from pathway.case.commands import Answer
from pathway.case.envelope import By, Chained
from pathway.clinical.instant import Instant

#: Lines of the access log that are read at once: a page of a screen or a few, not the log of a year.
ACCESSES_AT_ONCE = 500


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
    #: When every part of the pathway was last asked about the case, whatever was remembered of it.
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
    keys it speaks for, as one line each. `severity`: 0 is the gravest. `kind`: rung, stand_down, hand_over, offer,
    rule_report, budget, violation, deviation, failure, duty_test, empty_roster, glass, channel_test, expired (kept,
    never sent).
    `accounts`: who of the role is on duty, put beside it as it goes out and not kept; empty means the role alone.
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
    accounts: tuple[str, ...] = ()


class Lease(msgspec.Struct, frozen=True):
    """A claimed notice: settle it with its fence before `until`, or somebody else will send it again."""

    notice: Notice
    fence: int
    until: Instant
    attempts: int


class Identity(msgspec.Struct, frozen=True):
    """What lies apart from the events of a case: who it is, as JSON; of the quarantine, what one report says.

    `sealed` is that under `scheme` and `key`; `clear` is as it is.
    """

    case: str
    scheme: str
    key: str
    sealed: bytes


class Attempt(msgspec.Struct, frozen=True):
    """A refused request, kept in the attempts log and not in the stream. `canonical`: the command without identifiers.

    In a store with a vault it is a `Sealed` of that, as JSON; or the command without its free text, for want of a key.
    """

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


class Credential(msgspec.Struct, frozen=True):
    """A secret of an account as it is kept: an argon2id hash of a password, SHA-256 of a token; empty once revoked.

    `label` tells the tokens of an account apart, and is empty for a password. `must_change`: it was given for one use.
    """

    account: str
    kind: Literal["password", "token"]
    label: str
    hash: str
    changed_at: Instant
    must_change: bool = False


class SignIn(msgspec.Struct, frozen=True):
    """A person who has signed in, until they sign out. `id_hash`: SHA-256 of the token that they hold, as hex digits.

    `role` and `ward`: as what they look now. `until`: it ends then, used or not. `face`: where they came in.
    """

    id_hash: str
    account: str
    role: str
    ward: str
    began_at: Instant
    used_at: Instant
    until: Instant
    ended_at: Instant | None
    face: str


class CaseKey(msgspec.Struct, frozen=True):
    """A key under which something of a case is sealed, wrapped by the site's own; None once it was destroyed."""

    key: str
    wrapped: bytes | None
    made_at: Instant
    destroyed_at: Instant | None = None


Looked = Literal["read", "denied", "break_glass"]


class Access(msgspec.Struct, frozen=True):
    """A look at cases, as the access log has it, numbered from 1. `outcome`: whether it was let, and by which way."""

    number: int
    at: Instant
    by: By
    what: str
    cases: tuple[str, ...]
    reason: str
    outcome: Looked


class Change(msgspec.Struct, frozen=True):
    """All that one command or look writes: committed together or not at all.

    `withdraw`: reminder keys whose unsent notices are withdrawn; `withdraw_all` withdraws every unsent notice of the
    case (before `notices` are added). `macs`: one for each event, without a key for them none;
    `destroyed`: the names of keys that end with it.
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
    credentials: tuple[Credential, ...] = ()
    case_key: CaseKey | None = None
    macs: tuple[bytes, ...] = ()
    destroyed: tuple[str, ...] = ()


class Stored(msgspec.Struct, frozen=True):
    """An event as it lies in the store: its bytes and hashes; `mac` is the vault's of the hash, empty without one."""

    case: str
    position: int
    canonical: bytes
    previous: bytes
    hash: bytes
    mac: bytes = b""


class Filed(Stored, frozen=True):
    """An event as it lies in the store, with what stands beside it so that it can be asked for."""

    type: str = ""
    occurred_at: int = 0
    recorded_at: int = 0
    actor: str = ""
    role: str = ""
    command: str = ""


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

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""

    def append(self, change: Change) -> None:
        """Write the change. Raises Conflict when the stream does not end where `change.events` begins."""


class Store(Protocol):
    """Where everything is kept. Every method is safe to call from several threads."""

    origin: Literal["live", "demonstration"]
    failed: bool  # its disk failed: it is only read from then on

    def write(self, case: str, command: str = "") -> AbstractContextManager[Unit]:
        """Begin a transaction under the case's lock; a server answers `remembered` for a `command` together with it."""

    def write_both(self, case: str, other: str) -> AbstractContextManager[tuple[Unit, Unit]]:
        """Begin one transaction under the locks of two different cases, taken in the order of their ids."""

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases, open ones only unless `closed`, by ward and bed; of one ward by an index."""

    def site_heads(self) -> list[Head]:
        """The heads of the site streams, by name; they are among no others."""

    def head(self, case: str) -> Head | None:
        """One head, of a case or of a site stream."""

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The stored events of a case in order."""

    def scan(self, after: tuple[str, int] = ("", 0)) -> Iterator[Stored]:
        """Every event of every stream, of the site too, behind a key; by case and position, of one instant."""

    def filed(self) -> Iterator[Filed]:
        """Every event of every stream as `scan` has it, with what stands beside it."""

    def picked(self, types: Collection[str]) -> Iterator[tuple[str, str, bytes]]:
        """Case, type and canonical bytes of every event that stands under one of some types, in the order of `scan`."""

    def bundles_in_use(self) -> tuple[str, ...]:
        """The digests that open cases go by, in order. Indexed."""

    def reminders(self, case: str | None = None, open_only: bool = True, ward: str | None = None) -> list[ReminderRow]:
        """Reminder rows, by due time: of a case, or of the cases of a ward. Indexed."""

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

    def stirring(self, now: Instant, wall: Instant) -> bool:
        """Whether `due_cases` at `now` or `claim` at `wall` would find anything: the one question of an idle tick."""

    def unlooked_cases(self, before: Instant, limit: int) -> list[str]:
        """Cases that are open or have a next_look, last looked at before an instant: the sweep's question."""

    def next_look(self) -> Instant | None:
        """The earliest next_look of any case."""

    def claim(self, now: Instant, worker: str, lease_us: int, limit: int, held: tuple[str, ...] = ()) -> list[Lease]:
        """Lease waiting notices (and those whose lease ran out), gravest first, then oldest; each with a new fence.

        Of the wards `held` only the gravest, of severity 0; the others stay as they are, without an attempt.
        """

    def settle(
        self,
        key: str,
        fence: int,
        state: Literal["sent", "waiting", "undeliverable"],
        now: Instant,
        not_before: Instant | None = None,
    ) -> bool:
        """Record the outcome where the fence still matches; False when it does not (somebody else has it)."""

    def beat(self, name: str, at: Instant, *also: str) -> None:
        """Record a heartbeat, under several names at once if wanted."""

    def beats(self) -> dict[str, Instant]:
        """The last heartbeat by name."""

    def looked_by(
        self, at: Instant, by: By, what: str, cases: tuple[str, ...], reason: str = "", outcome: Looked = "read"
    ) -> None:
        """Write the access log: who looked at which cases, or was denied to."""

    def accesses(
        self, case: str = "", actor: str = "", after: int = 0, limit: int = ACCESSES_AT_ONCE
    ) -> tuple[Access, ...]:
        """The access log behind a number, oldest first: of a case, of an actor, of both, or all of it. Indexed."""

    def credentials(self, account: str = "", kind: str = "", label: str = "") -> tuple[Credential, ...]:
        """The credentials of an account, kind and label, by these; what is empty is not asked for."""

    def begin_sign_in(self, sign_in: SignIn) -> None:
        """Keep a new sign-in."""

    def sign_in(self, id_hash: str) -> SignIn | None:
        """A sign-in, whether it has ended or not."""

    def sign_ins(self, account: str = "") -> tuple[SignIn, ...]:
        """The sign-ins of an account, or of all, latest first."""

    def use_sign_in(self, id_hash: str, at: Instant, role: str, ward: str) -> bool:
        """Note that a sign-in was used, and as what; False when it has ended."""

    def end_sign_in(self, id_hash: str, at: Instant) -> bool:
        """End a sign-in; False when it had ended before."""

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""

    def destroy_case_key(self, key: str, at: Instant) -> bool:
        """Destroy a key for ever; False when there is none, or it was destroyed before."""

    def property(self, name: str) -> str | None:
        """A property of the store: origin, label, born_at, demonstration time."""

    def set_property(self, name: str, value: str) -> None:
        """Set a property that may change (demonstration time). `origin` may not."""

    def close(self) -> None:
        """Release files and connections."""


class Vault(Protocol):
    """Seals under one key per case, each wrapped by the key of the site, which lies in no store.

    The same bytes under the same key for the same purpose are the same sealed bytes. `why`: why the key of the site is
    not here, empty where it is.
    """

    scheme: str
    why: str

    def make(self, key: str) -> bytes | None:
        """A new key, wrapped; None where the key of the site is not here."""

    def seal(self, kept: CaseKey, purpose: str, clear: bytes) -> bytes | None:
        """Seal bytes, at least one; None where the key is destroyed, or cannot be unwrapped here."""

    def unseal(self, kept: CaseKey, purpose: str, sealed: bytes) -> bytes | None:
        """What was sealed; None where it was not made by this key for this purpose, or was changed."""

    def mac(self, of: bytes) -> bytes:
        """The code of an event by its hash, for ever the same; empty where the key of the site is not here."""


class Clock(Protocol):
    """The one clock: read once per transaction, under the case's lock."""

    def now(self) -> Instant:
        """The present instant."""
