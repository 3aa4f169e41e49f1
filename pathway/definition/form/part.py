"""What every part of a file is."""

import msgspec

Sources = tuple[str, ...]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every part of a file is."""
