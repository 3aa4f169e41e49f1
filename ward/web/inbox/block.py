"""Blocks: what is open on each patient, read once for everybody who looks, and who answers for it now."""

from collections.abc import Iterable
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

import msgspec
import structlog

from pathway.case.picture import Picture
from pathway.clinical.instant import Instant
from pathway.engine.ports import Head
from ward.web.due import WORDS, Due, dues
from ward.web.patient import NAME_NOT_KNOWN, Patient, patient
from ward.web.reads import Reads
from ward.web.seen import plain

LOG = structlog.get_logger()
#: Seconds for which a block is kept while its case does not move: as long as a beat of an open page.
KEPT_S = 4.0
#: Cases kept in mind; a ward has a few dozen.
LIMIT = 4000
UNREAD_CASE = "the record of this case cannot be read"


class Block(msgspec.Struct, frozen=True):
    """One patient with all that is open. `broken`: the code of why the case cannot be read; then nothing else is known.

    `reviews`: decisions whose basis changed and that nobody has settled, in words.
    """

    head: Head
    now: Instant
    zone: str
    patient: Patient | None = None
    dues: tuple[Due, ...] = ()
    reviews: tuple[str, ...] = ()
    left: bool = False
    broken: str = ""

    @property
    def token(self) -> str:
        """The case."""
        return self.head.case

    @property
    def name(self) -> str:
        """Who it is, as far as that can be read."""
        return NAME_NOT_KNOWN if self.patient is None else self.patient.name


class Blocks:
    """Reads the blocks of cases. Safe to call from several threads."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self._lock = Lock()
        self._kept: dict[str, tuple[int, float, Block]] = {}

    def of(self, heads: Iterable[Head]) -> list[Block]:
        """The blocks of these cases with every event that there is, as time stood at most a beat ago."""
        with self._lock:
            if len(self._kept) > LIMIT:
                self._kept.clear()
            listed = list(heads)
            # One that grows old is read before its time, so that not all come due with the same request.
            oldest = min((self._kept[head.case][1] for head in listed if head.case in self._kept), default=0.0)
            early = oldest if monotonic() - oldest >= KEPT_S / 2 else 0.0
            return [self._one(head, early) for head in listed]

    def _one(self, head: Head, early: float) -> Block:
        kept, now = self._kept.get(head.case), monotonic()
        if kept is not None and kept[0] == head.position and now - kept[1] < KEPT_S and kept[1] != early:
            return kept[2]
        made = read(self.reads, head)
        self._kept[head.case] = (head.position, now, made)
        return made


def read(reads: Reads, head: Head) -> Block:
    """The block of a case; one that cannot be read keeps its place and says so."""
    try:
        picture = reads.picture(head.case)
        if picture is not None:
            return block(head, picture, reads.identity(head.case))
        code = "gone"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case must not empty the inbox of the others
        code = str(getattr(error, "code", type(error).__name__))
    LOG.error("a case cannot be shown", case=head.case, code=code)
    return Block(head, head.recorded_at, "UTC", broken=code)


def block(head: Head, picture: Picture, identity: dict[str, str] | None) -> Block:
    """The block of a picture."""
    zone = ZoneInfo(picture.zone)
    return Block(
        head=head,
        now=picture.at,
        zone=picture.zone,
        patient=patient(identity, picture.origin, picture.at, zone),
        dues=dues(picture, zone),
        reviews=tuple(plain(each.text) for each in picture.flagged if each.kind == "review" and each.open),
        left=picture.closed,
    )


def gravity(due: Due) -> tuple[bool, int, int]:
    """How pressing a need is: smaller is graver."""
    return (not due.critical, tuple(WORDS).index(due.kind), due.at)
