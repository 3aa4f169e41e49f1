"""The watchdog's questions about proof: whether somebody verified, what was found, whether checkpoints are kept."""

from collections.abc import Iterator

from pathway.clinical.instant import Instant, iso
from ward.proof.nightly import STALE_US
from ward.proof.state import proof_of, words_of
from ward.watchdog.cause import Cause
from ward.watchdog.questions import whole
from ward.wiring import House

VERIFY = "run `wardpath audit verify`: it names what was changed"


def about_proof(house: House, began: Instant, now: Instant) -> Iterator[Cause]:
    """What is wrong with the proof of a store. `began`: since when this watch asks; both by the wall."""
    found = proof_of(house.store, getattr(house.store, "path", ""))
    last = began if found.verified is None else max(found.verified.at, Instant(0))
    if now - last > STALE_US:
        what = f"nobody verified the record since {iso(whole(last))}"
        yield Cause("unverified", "", what, "a verification each night", "see the log of `wardpath run`")
    if found.verified is not None and not found.verified.clean:
        yield Cause("proof_broken", "", words_of(found.verified), "a record as it was written", VERIFY)
    for case in found.unlike:
        what = "other bytes were read after a commit than were written"
        yield Cause("reread_unlike", case, what, "what was written", f"{VERIFY}; the disk or the memory may be failing")
    if house.store.origin == "live" and found.silent(now):
        mend = "see `wardpath audit keep`, or the log of `wardpath run`: it may have refused to sign"
        yield Cause("checkpoint_missing", "", "no checkpoint was signed for more than an hour", "one a minute", mend)
