"""requirements.lock: every pin has hashes, every declared library is pinned, and nothing else stands in it."""

import re

from tests.house.test_libraries import declared
from tests.house.tree import ROOT

PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^\s;]+)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def lines() -> list[str]:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def test_every_pin_is_followed_by_a_hash():
    bare = [
        line
        for line, following in zip(lines(), [*lines()[1:], ""], strict=True)
        if PIN.fullmatch(line) and not HASH.fullmatch(following)
    ]
    assert bare == []


def test_the_lock_holds_pins_and_hashes_and_nothing_else():
    other = [line for line in lines() if not PIN.fullmatch(line) and not HASH.fullmatch(line)]
    assert other == [], "an option, an address or an unpinned line; write the lock with `make lock`"


def test_every_declared_library_is_pinned():
    pinned = {match["name"] for line in lines() if (match := PIN.fullmatch(line))}
    assert declared() - pinned == set(), "declared but not pinned; run `make lock`"
