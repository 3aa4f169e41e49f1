"""Signer: the key that signs tombstones, where it is at hand. It is that of the checkpoints, not that of the site."""

from pathway.engine.ports import Store
from ward.proof.key import PUBLIC, CheckpointKey, key_place, read_key
from ward.settings import settings


def signer_of(store: Store) -> CheckpointKey | None:
    """The key that a store names for its checkpoints; None where it is not at hand, or the store names none.

    Raises NotUnderstood for a key file that is none.
    """
    public, path = store.property(PUBLIC), getattr(store, "path", "")
    if public is None or not (path or settings().checkpoint_key):
        return None
    found = read_key(key_place(path))
    return found if found is not None and found.public == public else None
