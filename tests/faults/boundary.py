"""Boundaries: before each statement, after each commit, before and after each send. At one of them a signal falls.

The hooks are put on in the process that is to be hit; the product has none.
"""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from sqlalchemy import event

from pathway.engine.ports import Notice
from persistence.database import DatabaseStore
from persistence.sqlite import SqliteStore
from scheduler.post import Deliver, Posted


class Boundaries:
    """Counts boundaries from 1. `at`: the one at which `sent` falls upon this very process, 0 for none.

    A stop that should fall inside a transaction waits for its end, unless `inside`: whoever holds a lock while it is
    stopped keeps all others waiting for seconds, which is a trial of its own.
    """

    def __init__(self, at: int = 0, sent: signal.Signals = signal.SIGKILL, inside: bool = True) -> None:
        self.at, self.sent, self.inside = at, sent, inside or sent == signal.SIGKILL
        self.seen = self._open = 0

    def reach(self, *_: object) -> None:
        """One boundary more."""
        self.seen += 1
        if self.at and self.seen >= self.at and (self.inside or not self._open):
            self.at = 0
            os.kill(os.getpid(), self.sent)

    def watch(self, store: DatabaseStore) -> None:
        """Count what this store does from now on. It must not have lent a connection yet."""
        traced = isinstance(store, SqliteStore)
        if traced:
            event.listen(store._engine, "checkout", self._trace)
        else:
            self._watch_session()
        store._transaction = self._around(store._transaction)
        for name in ("_run", "_ask"):
            setattr(store, name, self._beside(getattr(store, name), traced))

    def _trace(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.set_trace_callback(self.reach)

    def _watch_session(self) -> None:
        """A server is spoken to in one place only; what it was told and what it answered are two boundaries."""
        from persistence.postgres.session import PostgresSession

        tell = PostgresSession._tell

        def told(session: Any, *said: Any) -> Any:
            self.reach()
            answer = tell(session, *said)
            self.reach()
            return answer

        PostgresSession._tell = told

    def _around(self, begin: Callable[[], Any]) -> Callable[[], Any]:
        @contextmanager
        def transaction() -> Iterator[Any]:
            self._open += 1
            try:
                with begin() as session:
                    yield session
            finally:
                self._open -= 1
            self.reach()

        return transaction

    def _beside(self, act: Callable[..., Any], traced: bool) -> Callable[..., Any]:
        @wraps(act)
        def acted(*said: Any) -> Any:
            if not traced:
                self.reach()
            answer = act(*said)
            self.reach()
            return answer

        return acted


class Sending:
    """A delivery with a boundary before and one after each attempt."""

    def __init__(self, deliver: Deliver, boundaries: Boundaries) -> None:
        self._deliver, self._boundaries = deliver, boundaries

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once."""
        self._boundaries.reach()
        posted = self._deliver.send(notice, attempt)
        self._boundaries.reach()
        return posted
