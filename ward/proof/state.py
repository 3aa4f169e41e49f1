"""The state of the proof, in one look: what the last verification found, and what the checkpoints have come to."""

from pathlib import Path

import msgspec

from pathway.clinical.instant import SECOND, Instant, instant, iso
from pathway.engine.ports import Store
from ward.place import Place
from ward.proof.checkpoint import code
from ward.proof.key import PUBLIC
from ward.proof.nightly import STALE_US
from ward.proof.places import folders
from ward.proof.reread import unlike
from ward.proof.verify import Verified, last_result
from ward.proof.verify_export import NOTE, read_note

#: A keeper signs each hour at least; after so long nobody keeps.
SILENT_US = 70 * 60 * SECOND
#: Checkpoints that a page shows.
SHOWN = 20


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint as people read it; `code` may be compared with one on paper."""

    number: int
    at: str
    streams: int
    events: int
    code: str


class Proof(msgspec.Struct, frozen=True):
    """What is known of the proof of a store. `public`: its key, empty where nobody made one. Newest checkpoint first.

    `unlike`: streams of which other bytes were read after a commit than were written, and that no clean verification
    has cleared since.
    """

    public: str
    places: tuple[str, ...]
    verified: Verified | None
    checkpoints: tuple[Signed, ...]
    unlike: tuple[str, ...]

    def silent(self, now: Instant) -> bool:
        """Whether a keeper is named and nobody has kept for too long."""
        return bool(self.public) and (not self.checkpoints or now - instant(self.checkpoints[0].at) > SILENT_US)

    def stale(self, now: Instant) -> bool:
        """Whether nobody has verified for longer than a night."""
        return self.verified is None or now - self.verified.at > STALE_US


def proof_of(store: Store, place: Place) -> Proof:
    """The state of the proof of a store."""
    verified = last_result(store)
    cleared = verified.at if verified is not None and verified.clean else Instant(0)
    places = folders(place)
    return Proof(
        store.property(PUBLIC) or "",
        tuple(map(str, places)),
        verified,
        tuple(signed(places[0])),
        tuple(sorted(case for case, at in unlike(store).items() if at > cleared)),
    )


def newest(place: Place) -> Signed | None:
    """The last checkpoint of a store; None without one."""
    return next(iter(signed(folders(place)[0], 1)), None)


def signed(folder: Path, most: int = SHOWN) -> list[Signed]:
    """The last checkpoints of a folder, newest first. One that cannot be read is left to verification."""
    found = []
    for file in sorted(folder.glob(f"*{NOTE}"), reverse=True)[:most]:
        try:
            note = read_note(file.read_text("utf-8"))
        except (OSError, ValueError, IndexError):
            continue
        found.append(Signed(note.number, note.at, note.streams, note.events, code(note.body)))
    return found


def words_of(verified: Verified) -> str:
    """What a verification found, in one line."""
    at = iso(verified.at - verified.at % SECOND)
    if verified.clean:
        return f"clean at {at}: {verified.events} events, {verified.checkpoints} checkpoints"
    first = verified.findings[0]
    where = f" of {first.case}" if first.case else ""
    return f"{verified.wrong} findings at {at}, the first: {first.kind}{where}"
