"""Delay: whoever guesses waits longer and longer; nobody is locked out, and least of all by somebody else."""

from collections import OrderedDict
from threading import Lock

import msgspec

from pathway.clinical.instant import SECOND, Instant

#: What is counted, how many failures cost nothing, and the longest wait in seconds: an account at one address; an
#: account wherever it is tried (guessing elsewhere holds its owner up for half a minute at most); and an address.
COUNTED = (("both", 3, 900), ("account", 10, 30), ("address", 20, 60))
#: What is remembered at most, and for how long after the last failure.
REMEMBERED, FORGOTTEN_US = 10_000, 3600 * SECOND
Key = tuple[str, str, str]


class Failures(msgspec.Struct, frozen=True):
    """Failures in a row, and the last of them."""

    count: int
    at: Instant


class Delays:
    """The failures of one process. It forgets them at a restart, which nobody outside can bring about."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Key, Failures] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, account: str, address: str, now: Instant) -> int:
        """How many seconds are left until this account may be tried from this address."""
        with self._lock:
            return max(self._left(key, free, longest, now) for key, free, longest in keys(account, address))

    def failed(self, account: str, address: str, now: Instant) -> None:
        """Count a failure."""
        with self._lock:
            for key, _, _ in keys(account, address):
                before = self._failures.pop(key, Failures(0, now))
                count = 0 if now - before.at > FORGOTTEN_US else before.count
                self._failures[key] = Failures(count + 1, now)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget the failures of an account at an address, and of the account."""
        with self._lock:
            for key, _, _ in keys(account, address)[:2]:
                self._failures.pop(key, None)

    def _left(self, key: Key, free: int, longest: int, now: Instant) -> int:
        found = self._failures.get(key)
        if found is None or found.count < free or now - found.at > FORGOTTEN_US:
            return 0
        wait_us: int = min(1 << min(found.count - free, longest.bit_length()), longest) * SECOND
        return max(0, -(-(found.at + wait_us - now) // SECOND))


def keys(account: str, address: str) -> list[tuple[Key, int, int]]:
    """What is counted of a try, each with its free failures and its longest wait."""
    said = {"both": (account, address), "account": (account, ""), "address": ("", address)}
    return [((name, *said[name]), free, longest) for name, free, longest in COUNTED]
