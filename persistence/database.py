"""The port of `pathway.engine` on tables: asked and written in the same words whatever the database.

A store of its own adds how connections are had, what a transaction is and how a case is locked.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import starmap
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import select

from pathway.clinical.instant import Instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Attempt, Filed, Head, Identity, Lease, Notice, ReminderRow, Stored
from persistence import outbox
from persistence.guards import FIXED_PROPERTIES
from persistence.people import PeopleTables
from persistence.rows import attempt_of, head_of, notice_of, reminder_of
from persistence.session import Session
from persistence.statements import (
    PICKED,
    SELECT_ANY_CLAIMABLE,
    SELECT_BUNDLE,
    SELECT_BUNDLES_IN_USE,
    SELECT_DUE,
    SELECT_FILED,
    SELECT_HEAD,
    SELECT_NEXT_LOOK,
    SELECT_PROPERTY,
    SELECT_SCAN,
    SELECT_STIRRING,
    SELECT_STREAM,
    SELECT_UNLOOKED,
    SETTLE,
    UPSERT_HEARTBEAT,
    UPSERT_PROPERTY,
)
from persistence.tables import ATTEMPT, HEAD, HEARTBEAT, IDENTITY, NOTICE, REMINDER
from persistence.unit import DatabaseUnit

Origin = Literal["live", "demonstration"]
Made = TypeVar("Made")
#: Events read at a time by `stream`, so that a long case is never in memory twice.
STREAM_PAGE = 500


class DatabaseStore(PeopleTables):
    """`pathway.engine.ports.Store` over what the methods at its end provide."""

    origin: Origin
    failed = False

    # --- writing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[DatabaseUnit]:
        """Begin a transaction under the case's lock. An exception inside rolls everything back."""
        with self._transaction() as session:
            unit = self._unit(case, session, command)
            try:
                yield unit
            finally:
                unit.leave()

    @contextmanager
    def write_both(self, case: str, other: str) -> Iterator[tuple[DatabaseUnit, DatabaseUnit]]:
        """Begin one transaction under the locks of two cases, taken in the order of their ids."""
        with self._transaction() as session:
            units = {each: self._unit(each, session) for each in sorted((case, other))}
            try:
                yield units[case], units[other]
            finally:
                for unit in units.values():
                    unit.leave()

    def beat(self, name: str, at: Instant, *also: str) -> None:
        """Record a heartbeat, under several names in one transaction if wanted."""
        if not also:
            self._run(UPSERT_HEARTBEAT, (name, at))
            return
        with self._transaction() as session:
            session.executemany(UPSERT_HEARTBEAT, [(each, at) for each in (name, *also)])

    def set_property(self, name: str, value: str) -> None:
        """Set a property that may change. Raises StoreRefused for `origin` and for a birth already recorded."""
        with self._transaction() as session:
            if name in FIXED_PROPERTIES and session.execute(SELECT_PROPERTY, (name,)).fetchone():
                raise StoreRefused(
                    f"the property {name} was to change", "it to stay as it is", "make a new store instead"
                )
            session.execute(UPSERT_PROPERTY, (name, value))

    def claim(self, now: Instant, worker: str, lease_us: int, limit: int, held: tuple[str, ...] = ()) -> list[Lease]:
        """Lease waiting notices (and those whose lease ran out), gravest first, then oldest; each with a new fence."""
        # Mostly nothing waits, and a question takes no lock.
        if not self._ask(SELECT_ANY_CLAIMABLE, (now, now)):
            return []
        with self._transaction() as session:
            return outbox.claim(session, now, worker, lease_us, limit, held)

    def settle(
        self,
        key: str,
        fence: int,
        state: Literal["sent", "waiting", "undeliverable"],
        now: Instant,
        not_before: Instant | None = None,
    ) -> bool:
        """Record the outcome where the fence still matches; False when it does not (somebody else has it)."""
        return self._run(SETTLE, outbox.settling(key, fence, state, now=now, not_before=not_before)) == 1

    # --- reading: prepared, for the scheduler ------------------------------------------------------------------------

    def head(self, case: str) -> Head | None:
        """One head."""
        rows = self._ask(SELECT_HEAD, (case,))
        return head_of(rows[0]) if rows else None

    def due_cases(self, now: Instant, limit: int) -> list[str]:
        """Cases with next_look <= now, earliest first."""
        return [row[0] for row in self._ask(SELECT_DUE, (now, limit))]

    def stirring(self, now: Instant, wall: Instant) -> bool:
        """Whether a case has next_look <= now, or a notice may be claimed at `wall`."""
        return bool(self._ask(SELECT_STIRRING, (now, wall, wall))[0][0])

    def unlooked_cases(self, before: Instant, limit: int) -> list[str]:
        """Cases that are open or have a next_look, last looked at before an instant, longest ago first."""
        return [row[0] for row in self._ask(SELECT_UNLOOKED, (before, limit))]

    def next_look(self) -> Instant | None:
        """The earliest next_look of any case."""
        found: Instant | None = self._ask(SELECT_NEXT_LOOK)[0][0]
        return found

    def property(self, name: str) -> str | None:
        """A property of the store: origin, label, born_at, demonstration time."""
        rows = self._ask(SELECT_PROPERTY, (name,))
        return str(rows[0][0]) if rows else None

    def bundle(self, digest: str) -> bytes | None:
        """The pinned bundle's bytes."""
        rows = self._ask(SELECT_BUNDLE, (digest,))
        return bytes(rows[0][0]) if rows else None

    def scan(self, after: tuple[str, int] = ("", 0)) -> Iterator[Stored]:
        """Every event of every stream behind a case and position, in the order of both, as of the first one's reading.

        A scan is read through, or closed: until then the file does not shorten its log, or the server keeps what is
        deleted meanwhile.
        """
        return self._swept(SELECT_SCAN, after, Stored)

    def filed(self) -> Iterator[Filed]:
        """Every event as `scan` has it, with its columns. To be read through, or closed, as a scan."""
        return self._swept(SELECT_FILED, (), Filed)

    def picked(self, types: Collection[str]) -> Iterator[tuple[str, str, bytes]]:
        """Case, type and canonical bytes of every event whose column says one of some types. As a scan."""
        statement = PICKED.format(types=", ".join("?" for _ in types))
        return self._swept(statement, tuple(types), lambda *row: row)

    def bundles_in_use(self) -> tuple[str, ...]:
        """The digests that open cases go by, in order."""
        return tuple(str(row[0]) for row in self._ask(SELECT_BUNDLES_IN_USE))

    # --- reading: for boards and auditors ----------------------------------------------------------------------------

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases, open ones only unless `closed`, by ward and bed."""
        asked = select(HEAD).where(HEAD.c.pathway != "").order_by(HEAD.c.ward, HEAD.c.bed, HEAD.c.case)
        if ward is not None:
            asked = asked.where(HEAD.c.ward == ward)
        return [head_of(row) for row in self._rows(asked if closed else asked.where(HEAD.c.closed == 0))]

    def site_heads(self) -> list[Head]:
        """The heads of the site streams, by name."""
        return [head_of(row) for row in self._rows(select(HEAD).where(HEAD.c.pathway == "").order_by(HEAD.c.case))]

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The stored events of a case in order. Events appended while it runs may follow."""
        while page := self._ask(SELECT_STREAM, (case, after, STREAM_PAGE)):
            yield from starmap(Stored, page)
            after = page[-1][1]

    def reminders(self, case: str | None = None, open_only: bool = True, ward: str | None = None) -> list[ReminderRow]:
        """Reminder rows, by due time."""
        asked = select(REMINDER).order_by(REMINDER.c.due_at, *REMINDER.primary_key.columns)
        if case is not None:
            asked = asked.where(REMINDER.c.case == case)
        if ward is not None:
            asked = asked.join(HEAD, HEAD.c.case == REMINDER.c.case).where(HEAD.c.ward == ward)
        return [
            reminder_of(row) for row in self._rows(asked.where(REMINDER.c.status == "open") if open_only else asked)
        ]

    def notices(self, case: str | None = None) -> list[tuple[Notice, str]]:
        """Notices with their state, oldest first."""
        asked = select(NOTICE).order_by(NOTICE.c.created_at, NOTICE.c.key)
        rows = self._rows(asked if case is None else asked.where(NOTICE.c.case == case))
        return [(notice_of(row), row.state) for row in rows]

    def identity(self, case: str) -> Identity | None:
        """The identity row of a case."""
        rows = self._rows(select(IDENTITY).where(IDENTITY.c.case == case))
        return Identity(*rows[0]) if rows else None

    def attempts(self, case: str | None = None) -> list[Attempt]:
        """The refused requests, in the order they were refused."""
        asked = select(ATTEMPT).order_by(ATTEMPT.c.number)
        return [attempt_of(row) for row in self._rows(asked if case is None else asked.where(ATTEMPT.c.case == case))]

    def beats(self) -> dict[str, Instant]:
        """The last heartbeat by name."""
        return {row.name: row.at for row in self._rows(select(HEARTBEAT).order_by(HEARTBEAT.c.name))}

    # --- what a database provides ------------------------------------------------------------------------------------

    @abstractmethod
    def close(self) -> None:
        """Release files and connections. The store refuses every later question."""

    @abstractmethod
    def beside(self, name: str) -> Path:
        """The file of a name that belongs to this store and lies beside it."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Session]:
        """A transaction that may write: committed when it is left, rolled back when it is left by an exception."""

    @abstractmethod
    def _swept(self, statement: str, bound: Sequence[Any], made: Callable[..., Made]) -> Iterator[Made]:
        """What is made of each row of an answer that may be very long, as of the first one's reading."""

    @abstractmethod
    def _unit(self, case: str, session: Session, command: str = "") -> DatabaseUnit:
        """A unit that holds the case's lock, and may have asked already what was answered to a command."""

    def _origin(self) -> Origin:
        found = self.property("origin")
        match found:
            case "live" | "demonstration":
                return found
            case _:
                self.close()
                raise StoreRefused("the store names no origin", "live or demonstration", "restore it from a backup")
