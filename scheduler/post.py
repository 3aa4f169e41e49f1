"""The post: which channels a notice goes through, and which are tried when those fail."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from pathway.engine.ports import Notice
from scheduler.channels import Channel

CRITICAL = 0


class Miss(msgspec.Struct, frozen=True):
    """A channel that did not carry a notice, and the code or class of its error."""

    channel: str
    error: str


class Posted(msgspec.Struct, frozen=True):
    """What became of one attempt: the channels that carried the notice, and those that did not."""

    carried: tuple[str, ...] = ()
    missed: tuple[Miss, ...] = ()


class Deliver(Protocol):
    """Takes a notice out of the house."""

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once; `attempt` counts from 1. It is delivered where `carried` is not empty."""


class Post:
    """Sends a notice through every wired channel that takes its `channel`.

    It is delivered when one of them carried it; the others' failures are told beside it. Where none did and the notice
    is critical (severity 0), the remaining channels are tried in their order until one carries it.
    Raises ValueError when two channels have one name or none is wired.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._channels = tuple(channels)
        names = [channel.name for channel in self._channels]
        if not names or len(names) != len(set(names)):
            raise ValueError(
                f"the wired channels are {names}; expected one or more, each with its own name; see the wiring"
            )

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once, as the class says. Raises nothing that a channel raises; a kill goes through."""
        named = [channel for channel in self._channels if notice.channel in channel.takes]
        posted = through(named, notice, attempt)
        if posted.carried or notice.severity != CRITICAL:
            return posted
        others = (channel for channel in self._channels if channel not in named)
        fallen = through(others, notice, attempt, until_carried=True)
        return Posted(fallen.carried, posted.missed + fallen.missed)


def through(channels: Iterable[Channel], notice: Notice, attempt: int, until_carried: bool = False) -> Posted:
    """Try each channel, or each until one carries the notice."""
    carried: list[str] = []
    missed: list[Miss] = []
    for channel in channels:
        try:
            channel.send(notice, attempt)
        except Exception as error:  # noqa: BLE001 - a channel with a bug must not keep the others from being tried
            missed.append(Miss(channel.name, error_name(error)))
            continue
        carried.append(channel.name)
        if until_carried:
            break
    return Posted(tuple(carried), tuple(missed))


def error_name(error: BaseException) -> str:
    """The stable code of an error of ours, else its class. Never its message, which may hold what it choked on."""
    return str(getattr(error, "code", None) or type(error).__name__)
