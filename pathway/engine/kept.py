"""What the engine keeps of a case in memory, so that it need not be folded again."""

import msgspec

from pathway.case.attention import Memory
from pathway.case.state import Case


class Kept(msgspec.Struct, frozen=True):
    """A folded case, the hash of its last event, to know whether it is still the newest, and what deciding it left."""

    case: Case
    hash: bytes
    memory: Memory | None = None
