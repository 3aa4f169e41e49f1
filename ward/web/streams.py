"""Streams: how many an account keeps open at once, so that one that opens them in a loop keeps nobody else waiting."""

from collections.abc import Iterator
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from ward.web.visit import Visitor

#: Pages that an account keeps open at once: every wall of a ward by one account, and not a loop.
PAGES = 50
#: Seconds after which another may be tried.
WAIT_S = 2


class Streams:
    """How many streams each account keeps open, and how many it may."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._open: dict[str, int] = {}
        self._lock = Lock()

    def begin(self, account: str) -> bool:
        """Count a stream; False where there are as many as there may be."""
        with self._lock:
            found = self._open.get(account, 0)
            if found < self.limit:
                self._open[account] = found + 1
            return found < self.limit

    def end(self, account: str) -> None:
        """Forget a stream."""
        with self._lock:
            left = self._open.pop(account) - 1
            if left:
                self._open[account] = left


def counted(request: Request, visitor: Visitor) -> Iterator[None]:
    """A place for the stream of an open page, as long as it listens; a page too many is told to wait (429)."""
    streams: Streams = request.app.state.streams
    if not streams.begin(visitor.who.account):
        raise HTTPException(429, headers={"Retry-After": str(WAIT_S)})
    try:
        yield
    finally:
        streams.end(visitor.who.account)


#: Taken by every stream of a page.
Counted = Annotated[None, Depends(counted)]
