"""Sealing a whole store: what still lies in the clear is put under keys; and how its keys stand."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pathway.engine.ports import Change, Identity, Store
from pathway.engine.sealing import CHANGED, CLEAR, DESTROYED, Sealing, content_of
from pathway.site.decide import sealed_under
from pathway.site.streams import QUARANTINE
from ward.place import Place
from ward.vault import PROPERTY, SiteVault, key_file, make_key, vault_of
from ward.wiring import House


class Keys(msgspec.Struct, frozen=True):
    """How the keys of a store stand. `file`: where the key of the site is looked for; `why` it is not there.

    `clear`, `destroyed`: how many rows lie in the clear, and under destroyed keys. `changed`: the rows that should open
    and do not.
    """

    file: Path
    sealed: bool
    why: str
    clear: int = 0
    destroyed: int = 0
    changed: tuple[str, ...] = ()


def seal_clear(house: House, place: Place) -> int:
    """Seal every identity and every quarantined report that lies in the clear, with a key of the site made for it.

    How many there were. What stands in events stays as it was written: they are never changed. Raises NotUnderstood for
    a key file that is none, or cannot be made.
    """
    store = house.store
    if store.property(PROPERTY) is None:
        store.set_property(PROPERTY, make_key(key_file(place)).id)
    vault = vault_of(store)
    if vault is None or vault.why:
        return 0
    return sum(seal_row(house, vault, stream, kept) for stream, kept in rows(house) if kept.scheme == CLEAR)


def seal_row(house: House, vault: SiteVault, stream: str, kept: Identity) -> bool:
    """Seal one row under the lock of its stream; its events and its head stay as they are."""
    with house.store.write(stream) as unit:
        head = unit.head()
        sealing = Sealing(vault, kept.key, unit.case_key, house.clock.now())
        sealed = sealing.content(kept.sealed)
        if head is None or sealed is None:
            return False
        unit.append(Change(head=head, identity=sealed, case_key=sealing.made))
    return True


def keys_of(house: House, place: Place, *, quick: bool = False) -> Keys:
    """How the keys of a store stand; `quick` opens nothing. Raises StoreRefused where this role may not see them."""
    store, vault = house.store, house.engine.vault
    where, why = key_file(place), vault.why if vault is not None else ""
    if quick:
        return Keys(where, vault is not None, why)
    clear = destroyed = 0
    changed = []
    for _, kept in rows(house):
        found = content_of(store, vault, kept)
        clear += kept.scheme == CLEAR
        destroyed += found.why == DESTROYED
        if found.why == CHANGED:
            changed.append(kept.case)
    return Keys(where, vault is not None, why, clear, destroyed, tuple(changed))


def rows(house: House) -> Iterator[tuple[str, Identity]]:
    """What lies apart from the events, each with the stream that it belongs to."""
    for stream, name in names(house):
        if (kept := house.store.identity(name)) is not None:
            yield stream, kept


def names(house: House) -> Iterator[tuple[str, str]]:
    """The streams, each with the name of what lies apart from it."""
    for head in house.store.heads(closed=True):
        yield head.case, head.case
    for number in house.engine.sites.quarantine().held:
        yield QUARANTINE, sealed_under(number)


def warned(store: Store, place: Place) -> str:
    """What whoever runs or restores a store must hear of its key; empty where all is well. Raises NotUnderstood."""
    vault = vault_of(store)
    if vault is None or not vault.why:
        return ""
    return (
        f"{vault.why}: names and free text cannot be read and nobody can be enrolled. Put the key file back as "
        f"{key_file(place)}, or name it in WARDPATH_KEY_FILE"
    )
