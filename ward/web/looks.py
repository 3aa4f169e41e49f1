"""Which looks at patient data are new: an open page that refreshes itself is one look, not one every few seconds."""

from threading import Lock
from time import monotonic

#: The same look again within this many seconds continues the one before. Six refreshes of an open page.
CONTINUES_S = 30
#: Looks kept in mind; beyond it the oldest are forgotten and would be written once more.
LIMIT = 1000
#: Who, in which role, at what, at which cases.
Look = tuple[str, str, str, tuple[str, ...]]


class Looks:
    """The looks of the last moments: a page that stays open is one look for as long as it stays open.

    The server decides what continues a look, so that a client cannot keep itself out of the access log.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[Look, float] = {}

    def continues(self, look: Look) -> bool:
        """Whether this look, which is taken now, goes on with one before."""
        now = monotonic()
        with self._lock:
            before = self._seen.pop(look, None)
            self._seen[look] = now
            while len(self._seen) > LIMIT:
                del self._seen[next(iter(self._seen))]
        return before is not None and now - before <= CONTINUES_S
