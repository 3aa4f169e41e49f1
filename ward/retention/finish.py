"""Finish: what follows an erasure outside its transaction. After a crash whoever looks next does it.

The file's log is folded in, so that no copy of a key lies there; then tombstones are written beside the checkpoints.
As long as one is missing there, an erasure is not finished.
"""

from pathway.engine.errors import StoreRefused
from persistence.scrub import scrub
from ward.errors import NotHere
from ward.place import Place
from ward.retention.stones import keep_stones, missing, undone
from ward.wiring import House


def finish(house: House, place: Place) -> list[str]:
    """Do what is left to do; what was done or could not be, in words. Nothing is left where it says nothing."""
    try:
        todo = scrub(house.store) if missing(house, place) else ""
        done = [f"tombstone {each}" for each in keep_stones(house, place)]
        again = [
            f"{each.of} was erased once and its key is here, from a backup: erase it again"
            for each in undone(house, place)
        ]
        return [*done, *filter(None, [todo]), *again]
    except (NotHere, StoreRefused) as error:
        return [f"{error.happened}: {error.mend}"]
