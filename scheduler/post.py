"""The post: which way a notice goes, and which ways are tried when that one fails."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from pathway.engine.ports import Notice
from scheduler.channels import Channel
from scheduler.outage import is_alarm
from scheduler.way import SEND_S, Way, error_name

__all__ = ["CRITICAL", "Deliver", "Miss", "Post", "Posted", "Route", "error_name"]

CRITICAL = 0
#: No further way is tried after this, so that an attempt ends within its lease and before the alarm is called dead.
TRY_S = 5.0
#: Ten thousand keys are about a megabyte; a witness that forgot one shows its notice as a repeat.
SHOWN_REMEMBERED = 10_000


class Miss(msgspec.Struct, frozen=True):
    """A channel that did not carry a notice, and the code or class of its error."""

    channel: str
    error: str


class Posted(msgspec.Struct, frozen=True):
    """What became of one attempt: the channels that carried the notice, and those that did not.

    `down`: channels that by this attempt count as failing; `up`: channels that were seen to work.
    """

    carried: tuple[str, ...] = ()
    missed: tuple[Miss, ...] = ()
    down: tuple[Miss, ...] = ()
    up: tuple[str, ...] = ()


class Deliver(Protocol):
    """Takes a notice out of the house."""

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once; `attempt` counts from 1. It is delivered where `carried` is not empty."""


class Route(msgspec.Struct, frozen=True):
    """Through which channels some notices go, the first one first. Empty `roles` and `by` and a `critical` of None mean
    any."""

    through: tuple[str, ...]
    roles: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    critical: bool | None = None

    def holds(self, notice: Notice) -> bool:
        """Whether the notice goes this way."""
        return (
            (not self.roles or notice.role in self.roles)
            and (not self.by or notice.channel in self.by)
            and self.critical in (None, notice.severity == CRITICAL)
        )


class Post:
    """Sends a notice by the first of its ways that carries it, and shows it to every witness beside.

    Its ways are those of the first of `routes` that holds for it, else the `channels` that take its `channel`, in their
    order. Where none of them carried a critical notice (severity 0) or an alarm about the channels themselves, the
    others are tried in their order. `witnesses` write everything down: that a notice stands in a file reaches nobody,
    so it counts as delivered by them only where no way leads further.

    `now_s`: seconds that no clock change moves. Raises ValueError when two channels have one name, none is wired, or a
    route names one that is not.
    """

    def __init__(
        self,
        channels: Sequence[Channel | Way],
        witnesses: Sequence[Channel] = (),
        routes: Sequence[Route] = (),
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ways = tuple(each if isinstance(each, Way) else Way(each, now_s=now_s) for each in channels)
        self._witnesses = tuple(Way(each, now_s=now_s) for each in witnesses)
        self._routes, self._now_s = tuple(routes), now_s
        self._shown: dict[tuple[str, str], None] = {}
        names = [way.name for way in self.ways + self._witnesses]
        if not names or len(names) != len(set(names)):
            raise ValueError(
                f"the wired channels are {names}; expected one or more, each with its own name; see the wiring"
            )
        by_name = {way.name: way for way in self.ways}
        if strange := sorted({name for route in routes for name in route.through} - by_name.keys()):
            raise ValueError(f"a route names {strange}; expected wired channels; see the wiring")
        self._by_name = by_name

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Try once, as the class says. Raises nothing that a channel raises; a kill goes through."""
        ways = self._ways(notice)
        journey = Journey(notice, attempt)
        until_s = self._now_s() + TRY_S
        for way in ways:
            if journey.carried or self._now_s() >= until_s:
                break
            journey.try_way(way)
        shown = Journey(notice, attempt)
        for witness in self._witnesses:
            if not ways or (witness.name, notice.key) not in self._shown:
                shown.try_way(witness)
        self._remember(shown)
        counts = bool(journey.carried) or not ways
        return Posted(
            carried=(*journey.carried, *shown.carried) if counts else (),
            missed=(*journey.missed, *shown.missed),
            down=(*journey.down, *shown.down),
            up=(*journey.up, *shown.up),
        )

    def _ways(self, notice: Notice) -> tuple[Way, ...]:
        """The ways to try, in order."""
        route = next((each for each in self._routes if each.holds(notice)), None)
        if route is None:
            named = tuple(way for way in self.ways if notice.channel in way.takes)
        else:
            named = tuple(self._by_name[name] for name in route.through)
        if notice.severity != CRITICAL and not is_alarm(notice):
            return named
        return (*named, *(way for way in self.ways if way not in named))

    def _remember(self, shown: "Journey") -> None:
        for name in shown.carried:
            self._shown[name, shown.notice.key] = None
        while len(self._shown) > SHOWN_REMEMBERED:
            del self._shown[next(iter(self._shown))]


class Journey:
    """One attempt on its way."""

    def __init__(self, notice: Notice, attempt: int) -> None:
        self.notice, self.attempt = notice, attempt
        self.carried: list[str] = []
        self.missed: list[Miss] = []
        self.down: list[Miss] = []
        self.up: list[str] = []

    def try_way(self, way: Way) -> None:
        """Try one way, and note what came of it."""
        tried = way.carry(self.notice, self.attempt)
        if tried.error:
            self.missed.append(Miss(way.name, tried.error))
        else:
            self.carried.append(way.name)
        if tried.turn == "down":
            self.down.append(Miss(way.name, tried.error))
        elif tried.turn == "up":
            self.up.append(way.name)


#: What one attempt may take in all: the last way begins before TRY_S is over, and two witnesses follow.
ATTEMPT_S = TRY_S + 3 * SEND_S
