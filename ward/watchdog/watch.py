"""The watch: reads heartbeats and asks the auditor's questions, each in a thread of its own, and tells what it finds.

A store that hangs holds up a reader, never the watch: what nobody could read again is silence, and that is an alarm.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event, Lock, Thread

from pathway.clinical.instant import Instant, Span
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Store
from scheduler.post import error_name
from ward.watchdog.auditor import Auditor
from ward.watchdog.cause import Book, Cause, Told
from ward.watchdog.pulse import SILENT_S, Pulse

#: How often heartbeats are read and alarms decided: with SILENT_S a kill is told of within four seconds.
LOOK_S = 0.25
#: How long the auditor rests between two rounds.
AUDIT_S = 5.0
#: A round over a large ward takes seconds; after two minutes without an end nobody asks any more.
AUDIT_SILENT_S = 120.0

Opened = Callable[[], Store]


class Watch:
    """Watches one store. `opened`: opens it, once for each reader. `silent_s`: how long a tick may be silent."""

    def __init__(self, opened: Opened, feeds: Mapping[str, Span], silent_s: float = SILENT_S) -> None:
        self._opened, self._feeds = opened, feeds
        self._stopping, self._lock = Event(), Lock()
        now_s = time.monotonic()
        self._pulse, self._book = Pulse(now_s, silent_s), Book()
        self._beats: dict[str, Instant] = {}
        self._unread: dict[str, Cause] = {}
        self._audited: tuple[float, list[Cause]] = (now_s, [])
        self._rounds = 0
        self._auditor: Auditor | None = None
        readers = ((self._read_beats, LOOK_S), (self._audit, AUDIT_S))
        self._threads = [Thread(target=self._again, args=each, daemon=True) for each in readers]

    def start(self) -> None:
        """Start both readers."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Ask the readers to end; one that hangs is left behind."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def look(self) -> Told:
        """Decide what is an alarm now, and what is none any more."""
        now_s = time.monotonic()
        with self._lock:
            seen = [*self._unread.values(), *self._pulse.look(self._beats, now_s), *self._audited[1]]
            if now_s - self._audited[0] > AUDIT_SILENT_S:
                mend = "restart the watchdog; see whether the store answers: `wardpath doctor --quick`"
                seen.append(Cause("audit_hung", "", "no round of questions came to an end", "one a minute", mend))
            return self._book.meet(seen, now_s)

    @property
    def open(self) -> tuple[Cause, ...]:
        """The alarms that stand; notes are none."""
        return tuple(each for each in self._book.open.values() if not each.note)

    @property
    def well(self) -> bool:
        """Whether no alarm stands and the auditor has asked at least once."""
        return not self.open and self._rounds > 0

    @property
    def decided(self) -> bool:
        """Whether the auditor has asked, and no cause waits to become an alarm."""
        return self._rounds > 0 and not self._book.undecided()

    # --- readers -----------------------------------------------------------------------------------------------------

    def _again(self, read: Callable[[Store], None], every_s: float) -> None:
        """Open the store and read, again and again; what goes wrong is a cause until it goes well."""
        store: Store | None = None
        name = read.__name__.strip("_")
        while not self._stopping.is_set():
            try:
                store = store or self._opened()
                read(store)
                cause = None
            except Exception as error:  # noqa: BLE001 - the watch outlives what it finds
                cause = unreadable(error)
                closed(store)
                store = None
            with self._lock:
                if cause is None:
                    self._unread.pop(name, None)
                else:
                    self._unread[name] = cause
                    self._audited = (time.monotonic(), self._audited[1])
            self._stopping.wait(every_s)
        closed(store)

    def _read_beats(self, store: Store) -> None:
        beats = store.beats()
        with self._lock:
            self._beats = beats

    def _audit(self, store: Store) -> None:
        if self._auditor is None or self._auditor.house.store is not store:
            self._auditor = Auditor(store, self._feeds)
        found = self._auditor.round(time.monotonic())
        with self._lock:
            self._audited = (time.monotonic(), found)
            self._rounds += 1


def unreadable(error: Exception) -> Cause:
    """The store could not be read. Of an error that is not ours only the name is told, never its message."""
    if isinstance(error, WardpathError):
        return Cause("store_unreadable", "", error.happened, error.expected, error.mend)
    what = f"the store cannot be read ({error_name(error)})"
    return Cause("store_unreadable", "", what, "a store that answers", "see `wardpath doctor`")


def closed(store: Store | None) -> None:
    """Release a store that is not used any more."""
    if store is not None:
        with suppress(Exception):  # it is given up because it does not answer
            store.close()
