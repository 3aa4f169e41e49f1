"""What every event body is, and free text under the key of its case."""

from collections.abc import Callable

import msgspec


class Sealed(msgspec.Struct, frozen=True):
    """Free text or a source message, under the key of its case.

    `scheme` says how `data` was made: `clear` is text as it is (nothing is sealed there, or it is empty), a cipher has
    base64 data, and of `unkept` nothing was written down, since the key was not there. The hash chain covers the data
    as stored, so destroying the key erases the text and keeps the chain.
    """

    scheme: str
    key: str
    data: str


#: Puts free text under the key of a case.
Seal = Callable[[str], Sealed]


def in_the_clear(key: str) -> Seal:
    """Leaves free text as it is, for a store that seals nothing. `key`: of the case."""
    return lambda text: Sealed("clear", key, text)


class Body(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """What every event body is: a tagged struct whose tag is its class name."""
