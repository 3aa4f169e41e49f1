"""The streams of a site, and the envelope and state that each has: same table, same chain, same command ids as a case.

A site stream is no case: it has no patient and no phases and is on no board. Time alone changes nothing in it but duty.
"""

import msgspec

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.site.events import AnySiteBody

PREFIX = "site:"
DEFINITIONS, QUARANTINE = "site:definitions", "site:quarantine"
ACCOUNTS, DUTY, RETENTION = "site:accounts", "site:duty", "site:retention"
STREAMS = (DEFINITIONS, QUARANTINE, ACCOUNTS, DUTY, RETENTION)


class SiteEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of a site stream: the fields of `pathway.case.envelope.Event`, `case` being the stream's name."""

    case: str
    position: int
    occurred_at: Instant
    recorded_at: Instant
    by: By
    body: AnySiteBody
    bundle: str = ""
    version: int = 1
    command: str = ""
    cause: int | None = None
    second_by: By | None = None

    @property
    def type(self) -> str:
        """The event type's name."""
        return type(self.body).__name__


DECODER = msgspec.json.Decoder(SiteEvent)


def decode(canonical: bytes) -> SiteEvent:
    """The event of stored bytes. Raises msgspec.DecodeError for bytes that are no event of a site stream."""
    return DECODER.decode(canonical)


def is_site(name: str) -> bool:
    """Whether a name can only be that of a site stream: no case may have it."""
    return name.startswith(PREFIX)
