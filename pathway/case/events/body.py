"""What every event body is, and free text under the key of its case."""

import msgspec


class Sealed(msgspec.Struct, frozen=True):
    """Free text or a source message, under the key of its case.

    `scheme` says how `data` was made: `clear` (text as it is; a demonstration) or a cipher with base64 data; the hash
    chain covers the data as stored, so destroying the key erases the text and keeps the chain.
    """

    scheme: str
    key: str
    data: str


class Body(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """What every event body is: a tagged struct whose tag is its class name."""
