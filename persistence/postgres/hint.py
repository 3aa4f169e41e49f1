"""Hints between processes: whoever has appended says so, and a scheduler elsewhere ticks at once.

A hint and nothing more: it is lost with a connection, comes late or not at all, and carries no word. What is due is
found by the pulse and the sweep all the same. It goes by a connection of its own after the commit, many appends in
one, and is never flushed to disk: inside the transaction a NOTIFY would make all commits of the server wait in line.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

import psycopg

from pathway.engine.errors import StoreRefused
from persistence.postgres.session import Raw, connect

CHANNEL = "wardpath_wake"
NOTIFY = f"BEGIN; SET LOCAL synchronous_commit = off; NOTIFY {CHANNEL}; COMMIT".encode()
LISTEN = f"LISTEN {CHANNEL}".encode()
#: How long one waits before a lost connection is tried again, and how often a listener looks whether it shall end.
AGAIN_S, LOOK_S = 2.0, 0.5
#: How long a store that is closed waits for its last hint.
LAST_S = 1.0


class Hinter:
    """Says that something was appended, in a thread of its own that begins with the first hint."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stirred, self._closing, self._lock = Event(), Event(), Lock()
        self._owed = False
        self._thread: Thread | None = None

    def hint(self) -> None:
        """Something was appended and committed. Waits for nothing."""
        with self._lock:
            self._owed = True
            if self._thread is None and not self._closing.is_set():
                self._thread = Thread(target=self._say_on, name="wardpath-hints", daemon=True)
                self._thread.start()
        self._stirred.set()

    def close(self) -> None:
        """Say what is owed and end."""
        with self._lock:
            self._closing.set()
            thread = self._thread
        self._stirred.set()
        if thread is not None:
            thread.join(LAST_S)

    def _say_on(self) -> None:
        raw: Raw | None = None
        last = False
        while not last:
            self._stirred.wait()
            self._stirred.clear()
            with self._lock:
                owed, self._owed, last = self._owed, False, self._closing.is_set()
            try:
                if owed:
                    raw = connect(self._url) if raw is None or raw.closed else raw
                    raw.execute(NOTIFY, prepare=False)
            except (psycopg.Error, StoreRefused):
                # Nobody is told: what is due is found without.
                release(raw)
                raw = None
                self._closing.wait(AGAIN_S)
        release(raw)


def release(raw: Raw | None) -> None:
    """Close a connection, whatever is left of it; a broken one holds its socket until it is closed too."""
    if raw is not None:
        with suppress(psycopg.Error):
            raw.close()


def listen(url: str, heard: Callable[[], object], stopping: Event) -> None:
    """Call `heard` after each hint of any process, and once after each connection, until asked to stop."""
    while not stopping.is_set():
        try:
            with connect(url) as raw:
                raw.execute(LISTEN, prepare=False)
                # What was said while nobody listened is not said again.
                heard()
                while not stopping.is_set():
                    for _ in raw.notifies(timeout=LOOK_S, stop_after=1):
                        heard()
        except (psycopg.Error, StoreRefused):
            stopping.wait(AGAIN_S)
