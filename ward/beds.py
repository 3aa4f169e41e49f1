"""Beds: which beds each ward has, so that an empty one is told from one that was forgotten.

Kept beside the record, as a property of the store: a bed is a place, and a case says itself where its patient lies.
"""

from collections.abc import Iterable

import msgspec

from pathway.engine.ports import Store
from ward.errors import NotUnderstood

#: Who says which beds a ward has.
KEEPER = "administrator"
PROPERTY = "beds"
#: No ward is larger; a longer list is a slip.
BEDS_LIMIT = 200
#: A bed's name and a ward's fit on a line of the board.
NAME_LIMIT = 40


def beds(store: Store) -> dict[str, tuple[str, ...]]:
    """The beds of each ward in the order they were said in; empty where nobody has said them."""
    text = store.property(PROPERTY)
    return {} if text is None else msgspec.json.decode(text, type=dict[str, tuple[str, ...]])


def set_beds(store: Store, ward: str, names: Iterable[str], *, by: str, role: str) -> tuple[str, ...]:
    """Say which beds a ward has, in place of what was said before; none takes the ward off. Raises NotUnderstood."""
    if role != KEEPER or not by.strip():
        raise NotUnderstood(
            f"the role {role or 'none'} may not say which beds there are",
            f"a person in the role {KEEPER}",
            f"say --by and --role {KEEPER}",
        )
    ward, found = ward.strip(), tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not ward or len(found) > BEDS_LIMIT or max(map(len, (ward, *found))) > NAME_LIMIT:
        raise NotUnderstood(
            "the ward or its beds cannot be read",
            f"a ward and up to {BEDS_LIMIT} beds with names of up to {NAME_LIMIT} letters",
            "say them as in: wardpath beds H1 1,2,3a",
        )
    known = {**beds(store), ward: found}
    kept = {name: known[name] for name in sorted(known) if known[name]}
    store.set_property(PROPERTY, msgspec.json.encode(kept).decode())
    return found
