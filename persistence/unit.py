"""One transaction on one case of a database. It reads and writes by prepared statements of the driver."""

from pathway.engine.errors import StoreRefused
from pathway.engine.ports import CaseKey, Change, Head, Remembered
from persistence.append import NOTHING_YET, End, append
from persistence.rows import Row, head_of, remembered_of
from persistence.session import Session
from persistence.statements import (
    SELECT_CASE_KEY,
    SELECT_CASE_OF_PATIENT,
    SELECT_END,
    SELECT_EVENTS,
    SELECT_HEAD,
    SELECT_REMEMBERED,
)


class DatabaseUnit:
    """`pathway.engine.ports.Unit` inside a transaction that holds the case's lock."""

    __slots__ = ("_case", "_end", "_session")

    def __init__(self, case: str, session: Session) -> None:
        self._case = case
        self._session: Session | None = session
        self._end: End | None = None

    def head(self) -> Head | None:
        """The case's head, None when there is no such case."""
        return self._found(self._open().execute(SELECT_HEAD, (self._case,)).fetchone())

    def _found(self, row: Row | None) -> Head | None:
        found = None if row is None else head_of(row)
        self._end = NOTHING_YET if found is None else End(found.position, found.hash)
        return found

    def events(self, after: int = 0) -> list[bytes]:
        """Canonical bytes of the case's events with position > `after`, in order."""
        return [row[0] for row in self._open().execute(SELECT_EVENTS, (self._case, after))]

    def remembered(self, command: str) -> Remembered | None:
        """What was answered to this command id before, for whichever case."""
        row = self._open().execute(SELECT_REMEMBERED, (command,)).fetchone()
        return None if row is None else remembered_of(row)

    def case_of_patient(self, patient: str, pathway: str) -> str | None:
        """The open case of this patient token on a pathway, if there is one."""
        row = self._open().execute(SELECT_CASE_OF_PATIENT, (patient, pathway)).fetchone()
        return None if row is None else str(row[0])

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""
        row = self._open().execute(SELECT_CASE_KEY, (key,)).fetchone()
        return None if row is None else CaseKey(*row)

    def append(self, change: Change) -> None:
        """Write the change. Raises Conflict when the stream does not end where `change.events` begins."""
        session = self._open()
        if self._end is None:
            row = session.execute(SELECT_END, (self._case,)).fetchone()
            self._end = NOTHING_YET if row is None else End(*row)
        self._end = append(session, self._case, self._end, change)

    def leave(self) -> None:
        """End the use of this unit: its connection goes on to other transactions."""
        self._session = None

    def _open(self) -> Session:
        if self._session is None:
            raise StoreRefused(
                "a unit was used after its transaction", "use inside its `with` block", "begin a new one"
            )
        return self._session


class SqliteUnit(DatabaseUnit):
    """A unit inside an immediate transaction: nobody else writes, so what it has read stays true until it ends."""

    __slots__ = ()
