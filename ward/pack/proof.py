"""The proof in a pack: by which hashes its events hang together, what was found, and how anybody checks it."""

from collections.abc import Sequence

from pathway.engine.ports import Stored
from ward.pack.section import Section
from ward.wiring import House

SOUND = "every event of this case follows the one before it and matches its hash"
HOW = (
    "Unpack the pack and run `python -I verify_export.py` in it on any machine, without the product. It recomputes the "
    "hash of each event: SHA-256 of `wardpath-event-v1`, the 32 bytes of the hash before it, zeros for the first, and "
    "the canonical bytes of the event."
)
CANNOT = (
    "That no event was left off the end, and that the whole chain was not written anew, show only a checkpoint that "
    "was signed outside the store, or the hash of the last event as somebody else noted it."
)


def proof(house: House, stored: Sequence[Stored]) -> Section:
    """The ends of the chain and how to follow it."""
    last = stored[-1]
    problems = house.engine.verify(last.case)
    keyed = next((each.position for each in stored if each.mac), None)
    rows = [
        ("First event", f"hash {stored[0].hash.hex()}"),
        (f"Last event of this pack, number {last.position}", f"hash {last.hash.hex()}"),
        ("Chain, when this pack was made", "; ".join(problems) or SOUND),
        ("Keyed hashes", "none" if keyed is None else f"from event {keyed} on, by the key of the site"),
        ("How to check it", HOW),
        ("What that cannot show", CANNOT),
    ]
    return Section(
        key="proof",
        title="Proof",
        lead="The hashes by which anybody can tell whether these events are the ones that were recorded.",
        columns=("What", "Says"),
        rows=tuple(rows),
        widths=("55mm", "1fr"),
    )
