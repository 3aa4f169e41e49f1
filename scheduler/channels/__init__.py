"""Channels: the ways out of the house. What a channel promises is tests/scheduler/test_channels.py."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from pathway.engine.errors import WardpathError
from pathway.engine.ports import Notice

#: What a notice may name as its channel: the first way to a role, its inbox, and the way tried after no answer.
EVERY_CHANNEL = frozenset({"page", "inbox", "second"})


class ChannelFailed(WardpathError):
    """A channel did not carry a notice, or cannot tell whether it did. Its message holds nothing of the notice."""

    code = "channel_failed"


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

        A notice with a key seen before is dropped or shown as a repeat. Raises ChannelFailed.
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
