"""Channels: the ways out of the house. What a channel promises is tests/scheduler/test_channel_contract.py."""

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote

import msgspec

from pathway.engine.errors import WardpathError
from pathway.engine.ports import Notice

#: What a notice may name as its channel: the first way to a role, its inbox, and the way tried after no answer.
EVERY_CHANNEL = frozenset({"page", "inbox", "second"})


class ChannelFailed(WardpathError):
    """A channel did not carry a notice, or cannot tell whether it did. Its message holds nothing of the notice.

    `rest_s`: for how many seconds the channel asked to be left alone, 0 where it did not.
    """

    code = "channel_failed"

    def __init__(self, happened: str, expected: str, mend: str, rest_s: float = 0) -> None:
        super().__init__(happened, expected, mend)
        self.rest_s = rest_s


class NoticeRefused(ChannelFailed):
    """A channel works and will not take this notice: an address that it does not know, a body that it cannot read."""

    code = "notice_refused"


class Channel(Protocol):
    """One way out. Safe to call from several threads.

    `name` is unique among the wired ones; `takes` are the values of `Notice.channel` it stands for.
    """

    @property
    def name(self) -> str:
        """Such as `console`."""

    @property
    def takes(self) -> frozenset[str]:
        """The values of `Notice.channel` that it carries, of EVERY_CHANNEL."""

    def send(self, notice: Notice, attempt: int) -> None:
        """Carry the notice out of the process; returns once it is there. `attempt` counts from 1.

        A notice with a key seen before is dropped, shown as a repeat, or sent so that its receiver can tell. Raises
        ChannelFailed, or NoticeRefused for this notice alone.
        """


class ChannelKind(msgspec.Struct, frozen=True):
    """A kind of channel, as a plug-in hands it in under an entry point of the group `wardpath.channels`.

    `real`: it reaches people or devices, so that a demonstration refuses it (safety.md H55). `make`: a channel from a
    site's settings, names to texts; raises ChannelFailed where it cannot be made from them.
    """

    name: str
    version: int
    real: bool
    make: Callable[[Mapping[str, str]], Channel]


def plain(text: str) -> str:
    """A text on one line: control characters become spaces, so that it neither ends a line nor steers a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def key_header(notice: Notice) -> str:
    """The notice's key as the value of a header: what a header cannot hold is percent-encoded."""
    return quote(notice.key, safe=":/-._~")


def grade(notice: Notice) -> str:
    """How grave a notice is, in words."""
    return "CRITICAL" if notice.severity == 0 else f"severity {notice.severity}"


def addressed(notice: Notice) -> str:
    """To whom a notice goes, in words: its role, and who of it is on duty where that is known."""
    return notice.role + (f" ({', '.join(notice.accounts)})" if notice.accounts else "")


def linked(text: str, notice: Notice, base: str) -> str:
    """A text whose link is whole where the site has said under which address its board stands."""
    return text.replace(f"/case/{notice.case}", f"{base.rstrip('/')}/case/{notice.case}", 1) if base else text
