"""What the pages ask of the rest of the house; wiring hands in the real one.

Nothing here asks who reads, and nothing is written: a page has its visitor looked at by the door first.
"""

from decimal import Decimal
from typing import Protocol

import msgspec

from pathway.case.envelope import Event
from pathway.case.picture import Picture
from pathway.case.why import Inquiry
from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Head
from ward.feeds import Silence

#: A scheduler that has not been heard for longer than this, in real seconds, is named as silent on every page.
SILENT_AFTER_S = 12


class TimelineEntry(msgspec.Struct, frozen=True):
    """One event of a case, and what it says in one English line without identity."""

    event: Event
    words: str


class Replayed(msgspec.Struct, frozen=True):
    """What a page showed of a case, and the case to be asked why then; `asked` is None where nobody answers."""

    picture: Picture
    asked: Inquiry | None


class StoreFacts(msgspec.Struct, frozen=True):
    """What every page says of the store it reads.

    `now` and `heartbeat` are instants of the store's clock, which in a demonstration runs `speed` times as fast as the
    wall. `heartbeat`: the scheduler's last tick, None when it never ticked. `origin`: live or demonstration.
    `unapproved`: what is said while a definition in use is not signed for; empty once all are. `reconciling`: wards
    whose paper of a downtime is not entered yet. `silent`: feeds of which nothing came for longer than is usual.
    `failed`: the disk failed, and nothing is written any more. `unrecorded`: not even looks can be kept anywhere.
    """

    label: str
    origin: str
    now: Instant
    heartbeat: Instant | None
    speed: Decimal = Decimal(1)
    unapproved: str = "Not clinically approved"
    reconciling: tuple[str, ...] = ()
    silent: tuple[Silence, ...] = ()
    failed: bool = False
    unrecorded: bool = False

    @property
    def demonstration(self) -> bool:
        """True for any store that is not live: an origin nobody knows is not taken for a ward."""
        return self.origin != "live"

    @property
    def heartbeat_age_s(self) -> Decimal | None:
        """Real seconds since the last tick, negative when that lies ahead of the clock; None without a tick."""
        return None if self.heartbeat is None else Decimal(self.now - self.heartbeat) / SECOND / self.speed

    @property
    def live(self) -> bool:
        """Whether the scheduler was heard within SILENT_AFTER_S. A heartbeat ahead of the clock proves nothing."""
        age_s = self.heartbeat_age_s
        return age_s is not None and 0 <= age_s <= SILENT_AFTER_S


class Reads(Protocol):
    """The questions of the pages. Every method is called from several threads."""

    def heads(self, ward: str = "") -> list[Head]:
        """The open cases, of one ward and of none, or of every ward where none is named."""

    def known(self, case: str) -> bool:
        """Whether there is such a case."""

    def picture(self, case: str) -> Picture | None:
        """A case as it is now, None when there is no such case. May raise WardpathError where it cannot be read."""

    def timeline(self, case: str, asked: Inquiry | None = None, worded: int | None = None) -> list[TimelineEntry]:
        """Every event of a case, oldest first. `asked`: the case, where it was read already.

        `worded`: so many of the newest have words, the others none; None words all.
        """

    def as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture | None:
        """The facts that had happened by `occurred`, as known by `recorded`; None for either leaves it open."""

    def replayed(self, case: str, at: Instant, position: int | None = None) -> Replayed | None:
        """A case as its record stood at an instant, or right after one of its events; None where nothing was known."""

    def inquiry_as_of(self, case: str, at: Instant, recorded: Instant) -> Inquiry | None:
        """The facts that had happened by `at`, as known by the later `recorded`, to be asked why."""

    def every_head(self) -> list[Head]:
        """The heads of every case, closed ones too."""

    def inquiry(self, case: str) -> Inquiry | None:
        """The case as it is now, to be asked why; None when there is no such case, or nobody who answers."""

    def identity(self, case: str) -> dict[str, str] | None:
        """Who the patient is, None when nothing is kept.

        Words that are understood: `family_name`, `given_name`, `title`, `preferred_name`, `born` (YYYY-MM-DD), `sex`;
        anything else is an identifier and shown under its own name.
        """

    def beds(self) -> dict[str, tuple[str, ...]]:
        """The beds of the site by ward, empty where nobody has said them."""

    def store_facts(self) -> StoreFacts:
        """The store's label, origin, clock and the scheduler's heartbeat."""
