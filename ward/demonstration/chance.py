"""Chance: what differs between two demonstrations, drawn from a seed and a name; the same seed says the same."""

import re
from decimal import Decimal
from hashlib import sha256

#: The demonstration that everybody sees who asks for none in particular.
SEED = 1
RANGE = re.compile(r"(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)", re.ASCII)


class Chance:
    """The numbers of one seed. Each is made of the seed and a name alone: no number depends on another."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def number(self, name: str, low: int, high: int) -> int:
        """The number of a name, from `low` to `high`, both among them."""
        drawn = int.from_bytes(sha256(f"{self.seed}/{name}".encode()).digest()[:8])
        return low + drawn % (high - low + 1)

    def value(self, name: str, text: str) -> str:
        """A text with its range settled: `182..190 mg/dL` becomes one of its values; without a range it stays as it is.

        The values lie apart by one of the first one's last digit.
        """
        found = RANGE.match(text)
        if found is None:
            return text
        low, high = Decimal(found[1]), Decimal(found[2])
        step = Decimal(1).scaleb(int(low.as_tuple().exponent))
        return f"{self.number(name, int(low / step), int(high / step)) * step}{text[found.end() :]}"
