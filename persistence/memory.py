"""The memory store: the same promises, answers and bytes as on disk, until the process ends."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterator
from contextlib import contextmanager
from itertools import repeat
from threading import Lock
from typing import Literal

from pathway.clinical.instant import Instant
from pathway.engine.errors import Conflict, StoreRefused
from pathway.engine.ports import (
    Attempt,
    CaseKey,
    Change,
    Filed,
    Head,
    Identity,
    Lease,
    Notice,
    Remembered,
    ReminderRow,
    Stored,
)
from persistence.append import NOTHING_YET, End, follow, refuse_other_bundle
from persistence.guards import FIXED_PROPERTIES
from persistence.memory_people import MemoryPeople
from persistence.rows import filed
from persistence.waiting import Waiting

Origin = Literal["live", "demonstration"]


class MemoryStore(MemoryPeople):
    """`pathway.engine.ports.Store` in memory. One lock per case for writers, one for the tables."""

    origin: Origin
    failed = False

    def __init__(self, origin: Origin = "demonstration", label: str = "") -> None:
        super().__init__()
        self.origin = origin
        self._cases: defaultdict[str, Lock] = defaultdict(Lock)
        self._properties = {"origin": str(origin), "label": label}
        self._events: defaultdict[str, list[Stored]] = defaultdict(list)
        self._heads: dict[str, Head] = {}
        self._reminders: dict[tuple[str, str, str, int], ReminderRow] = {}
        self._notices: dict[str, Waiting] = {}
        self._remembered: dict[str, Remembered] = {}
        self._attempts: list[Attempt] = []
        self._identities: dict[str, Identity] = {}
        self._bundles: dict[str, bytes] = {}
        self._beats: dict[str, Instant] = {}

    # --- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator["MemoryUnit"]:  # noqa: ARG002  # it is at hand anyway
        """Begin a transaction under the case's lock. Nobody else sees what it appends until it ends without error."""
        with self._tables:
            lock = self._cases[case]
        with lock:
            unit = MemoryUnit(self, case)
            try:
                yield unit
                with self._tables:
                    self._commit(unit.staged)
            finally:
                unit.left = True

    @contextmanager
    def write_both(self, case: str, other: str) -> Iterator[tuple["MemoryUnit", "MemoryUnit"]]:
        """Begin one transaction under the locks of two cases, taken in the order of their ids."""
        with self._tables:
            first, second = (self._cases[each] for each in sorted((case, other)))
        with first, second:
            units = MemoryUnit(self, case), MemoryUnit(self, other)
            try:
                yield units
                with self._tables:
                    self._commit([change for unit in units for change in unit.staged])
            finally:
                for unit in units:
                    unit.left = True

    def _commit(self, changes: list[Change]) -> None:
        """Write what was staged, all of it or, where one thing cannot be, nothing."""
        answered = [change.remember.answer.command for change in changes if change.remember is not None]
        if len(set(answered)) < len(answered):
            raise Conflict("an answer to this command is kept already", "a command's first answer", "read that answer")
        for change in changes:
            self.check(change)
        for change in changes:
            self._apply(change)

    def check(self, change: Change) -> None:
        """Raises Conflict for a key that was written before, of an answer, a notice or a bundle."""
        if change.remember is not None and change.remember.answer.command in self._remembered:
            raise Conflict("an answer to this command is kept already", "a command's first answer", "read that answer")
        keys = [notice.key for notice in change.notices]
        if len(set(keys)) < len(keys) or not self._notices.keys().isdisjoint(keys):
            raise Conflict(
                "a notice of this key is kept already", "a new key for each notice", "count its repeat in the key"
            )
        if change.bundle_text is not None:
            refuse_other_bundle(self._bundles.get(change.head.bundle, change.bundle_text), change.bundle_text)
        self._check_people(change)

    def _apply(self, change: Change) -> None:
        case = change.head.case
        self._events[case].extend(
            Stored(case, chained.event.position, chained.canonical, chained.previous, chained.hash, mac)
            for chained, mac in zip(change.events, change.macs or repeat(b""), strict=False)
        )
        if change.head.position:
            self._heads[case] = change.head
        self._reminders |= {(row.case, row.reminder, row.subject, row.ordinal): row for row in change.reminders}
        if change.withdraw or change.withdraw_all:
            withdrawn = None if change.withdraw_all else frozenset(change.withdraw)
            for waiting in self._notices.values():
                if waiting.notice.case == case:
                    waiting.withdraw(withdrawn)
        self._notices |= {notice.key: Waiting(notice) for notice in change.notices}
        if change.remember is not None:
            self._remembered[change.remember.answer.command] = change.remember
        if change.attempt is not None:
            self._attempts.append(change.attempt)
        if change.identity is not None:
            self._identities[change.identity.case] = change.identity
        if change.bundle_text is not None:
            self._bundles[change.head.bundle] = change.bundle_text
        self._apply_people(change)

    def beat(self, name: str, at: Instant, *also: str) -> None:
        """Record a heartbeat, under several names at once if wanted."""
        with self._tables:
            self._beats.update(dict.fromkeys((name, *also), at))

    def set_property(self, name: str, value: str) -> None:
        """Set a property that may change. Raises StoreRefused for `origin` and for a birth already recorded."""
        with self._tables:
            if name in FIXED_PROPERTIES and name in self._properties:
                raise StoreRefused(
                    f"the property {name} was to change", "it to stay as it is", "make a new store instead"
                )
            self._properties[name] = value

    def claim(
        self,
        now: Instant,
        worker: str,  # noqa: ARG002  # who has a lease is kept on disk only
        lease_us: int,
        limit: int,
        held: tuple[str, ...] = (),
    ) -> list[Lease]:
        """Lease waiting notices (and those whose lease ran out), gravest first, then oldest; each with a new fence."""
        with self._tables:
            found = [waiting for waiting in self._notices.values() if waiting.claimable(now, held)]
            found.sort(key=lambda waiting: (waiting.notice.severity, waiting.notice.created_at, waiting.notice.key))
            return [waiting.claim(Instant(now + lease_us)) for waiting in found[:limit]]

    def settle(
        self,
        key: str,
        fence: int,
        state: Literal["sent", "waiting", "undeliverable"],
        now: Instant,  # noqa: ARG002  # when it was sent is kept on disk only
        not_before: Instant | None = None,
    ) -> bool:
        """Record the outcome where the fence still matches; False when it does not (somebody else has it)."""
        with self._tables:
            return key in self._notices and self._notices[key].settle(fence, state, not_before)

    # --- reading -----------------------------------------------------------------------------------------------------

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases, open ones only unless `closed`, by ward and bed."""
        with self._tables:
            cases = [head for head in self._heads.values() if head.pathway]
        found = [head for head in cases if ward in {None, head.ward} and (closed or not head.closed)]
        return sorted(found, key=lambda head: (head.ward, head.bed, head.case))

    def site_heads(self) -> list[Head]:
        """The heads of the site streams, by name."""
        with self._tables:
            return sorted((head for head in self._heads.values() if not head.pathway), key=lambda head: head.case)

    def head(self, case: str) -> Head | None:
        """One head."""
        with self._tables:
            return self._heads.get(case)

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The stored events of a case in order."""
        with self._tables:
            return iter(self._events.get(case, [])[after:])

    def scan(self, after: tuple[str, int] = ("", 0)) -> Iterator[Stored]:
        """Every event of every stream behind a case and position, in the order of both, as of now."""
        with self._tables:
            ends = {case: len(events) for case, events in self._events.items() if case >= after[0]}
        for case in sorted(ends):
            yield from self._events[case][after[1] if case == after[0] else 0 : ends[case]]

    def filed(self) -> Iterator[Filed]:
        """Every event as `scan` has it; what stands beside it is what it says."""
        return map(filed, self.scan())

    def picked(self, types: Collection[str]) -> Iterator[tuple[str, str, bytes]]:
        """Case, type and canonical bytes of every event of some types, in the order of `scan`."""
        rows = ((each.case, each.type, each.canonical) for each in self.filed())
        return (row for row in rows if row[1] in types)

    def bundles_in_use(self) -> tuple[str, ...]:
        """The digests that open cases go by, in order."""
        return tuple(sorted({head.bundle for head in self._all() if not head.closed}))

    def reminders(self, case: str | None = None, open_only: bool = True, ward: str | None = None) -> list[ReminderRow]:
        """Reminder rows, by due time."""
        with self._tables:
            rows = [row for row in self._reminders.values() if case in {None, row.case}]
            rows = [row for row in rows if ward is None or self._heads[row.case].ward == ward]
        rows.sort(key=lambda row: (row.due_at, row.case, row.reminder, row.subject, row.ordinal))
        return [row for row in rows if row.status == "open" or not open_only]

    def notices(self, case: str | None = None) -> list[tuple[Notice, str]]:
        """Notices with their state, oldest first."""
        with self._tables:
            found = [(kept.notice, kept.state) for kept in self._notices.values() if case in {None, kept.notice.case}]
        return sorted(found, key=lambda pair: (pair[0].created_at, pair[0].key))

    def identity(self, case: str) -> Identity | None:
        """The identity row of a case."""
        with self._tables:
            return self._identities.get(case)

    def attempts(self, case: str | None = None) -> list[Attempt]:
        """The refused requests, in the order they were refused."""
        with self._tables:
            return [attempt for attempt in self._attempts if case in {None, attempt.case}]

    def bundle(self, digest: str) -> bytes | None:
        """The pinned bundle's bytes."""
        with self._tables:
            return self._bundles.get(digest)

    def due_cases(self, now: Instant, limit: int) -> list[str]:
        """Cases with next_look <= now, earliest first."""
        looks = [(head.next_look, head.case) for head in self._all() if head.next_look is not None]
        return [case for at, case in sorted(looks) if at <= now][:limit]

    def stirring(self, now: Instant, wall: Instant) -> bool:
        """Whether a case has next_look <= now, or a notice may be claimed at `wall`."""
        with self._tables:
            claimable = any(waiting.claimable(wall) for waiting in self._notices.values())
        return claimable or bool(self.due_cases(now, 1))

    def unlooked_cases(self, before: Instant, limit: int) -> list[str]:
        """Cases that are open or have a next_look, last looked at before an instant, longest ago first."""
        watched = [head for head in self._all() if not head.closed or head.next_look is not None]
        found = sorted((head.looked_at, head.case) for head in watched)
        return [case for at, case in found if at < before][:limit]

    def next_look(self) -> Instant | None:
        """The earliest next_look of any case."""
        return min((head.next_look for head in self._all() if head.next_look is not None), default=None)

    def _all(self) -> list[Head]:
        """Every head, of cases and of site streams."""
        with self._tables:
            return list(self._heads.values())

    def beats(self) -> dict[str, Instant]:
        """The last heartbeat by name."""
        with self._tables:
            return dict(sorted(self._beats.items()))

    def property(self, name: str) -> str | None:
        """A property of the store: origin, label, born_at, demonstration time."""
        with self._tables:
            return self._properties.get(name)

    def remembered(self, command: str) -> Remembered | None:
        """What was answered to a command id."""
        with self._tables:
            return self._remembered.get(command)

    def close(self) -> None:
        """Nothing to release: the store ends with its last reference."""


class MemoryUnit:
    """`pathway.engine.ports.Unit`: what it appends is staged, and seen by its own questions at once."""

    __slots__ = ("_case", "_end", "_store", "left", "staged")

    def __init__(self, store: MemoryStore, case: str) -> None:
        self._store, self._case = store, case
        self.staged: list[Change] = []
        self.left = False
        head = store.head(case)
        self._end = NOTHING_YET if head is None else End(head.position, head.hash)

    def head(self) -> Head | None:
        """The case's head, None when there is no such case."""
        staged = next((change.head for change in reversed(self._changes()) if change.head.position), None)
        return staged or self._store.head(self._case)

    def events(self, after: int = 0) -> list[bytes]:
        """Canonical bytes of the case's events with position > `after`, in order."""
        staged = [chained for change in self._changes() for chained in change.events]
        kept = [stored.canonical for stored in self._store.stream(self._case, after)]
        return kept + [chained.canonical for chained in staged if chained.event.position > after]

    def remembered(self, command: str) -> Remembered | None:
        """What was answered to this command id before, for whichever case."""
        staged = (change.remember for change in self._changes() if change.remember is not None)
        return next((kept for kept in staged if kept.answer.command == command), None) or self._store.remembered(
            command
        )

    def case_of_patient(self, patient: str, pathway: str) -> str | None:
        """The open case of this patient token on a pathway, if there is one."""
        mine = self.head()
        heads = [head for head in self._store.heads() if head.case != self._case]
        heads += [] if mine is None or mine.closed else [mine]
        return min((each.case for each in heads if (each.patient, each.pathway) == (patient, pathway)), default=None)

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""
        staged = (change.case_key for change in self._changes() if change.case_key is not None)
        return next((made for made in staged if made.key == key), None) or self._store.case_key(key)

    def append(self, change: Change) -> None:
        """Write the change. Raises Conflict when the stream does not end where `change.events` begins."""
        staged = self._changes()
        end = follow(self._case, self._end, change)
        self._store.check(change)
        refuse_second({notice.key for other in staged for notice in other.notices}, change)
        if change.remember is not None and self.remembered(change.remember.answer.command) is not None:
            raise Conflict("an answer to this command is kept already", "a command's first answer", "read that answer")
        staged.append(change)
        self._end = end

    def _changes(self) -> list[Change]:
        if self.left:
            raise StoreRefused(
                "a unit was used after its transaction", "use inside its `with` block", "begin a new one"
            )
        return self.staged


def refuse_second(kept: Container[str], change: Change) -> None:
    """Raises Conflict for a notice whose key is kept already, or comes twice in the change."""
    keys = [notice.key for notice in change.notices]
    if len(set(keys)) < len(keys) or any(key in kept for key in keys):
        raise Conflict(
            "a notice of this key is kept already", "a new key for each notice", "count its repeat in the key"
        )
