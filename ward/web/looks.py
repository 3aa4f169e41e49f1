"""Which looks at patient data are new: an open page that refreshes itself is one look, not one every few seconds."""

from threading import Lock
from time import monotonic

from ward.web.reads import Reads

#: The same look again within this many seconds continues the one before. Six refreshes of an open page.
CONTINUES_S = 30
#: Looks kept in mind; beyond it the oldest are forgotten and would be written once more.
LIMIT = 1000


class Looks:
    """Writes the access log through `reads`: every look, and a page that stays open once for as long as it stays open.

    The server decides what continues a look, so that a client cannot keep itself out of the log.
    """

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self._lock = Lock()
        self._seen: dict[tuple[str, tuple[str, ...]], float] = {}

    def look(self, what: str, cases: tuple[str, ...]) -> None:
        """Somebody sees these cases on this page now."""
        now = monotonic()
        with self._lock:
            before = self._seen.pop((what, cases), None)
            self._seen[(what, cases)] = now
            while len(self._seen) > LIMIT:
                del self._seen[next(iter(self._seen))]
        if before is None or now - before > CONTINUES_S:
            self.reads.looked(what, cases)
