"""The feed: while the demonstration runs, it sends what the story holds for later, and decides for nobody."""

from collections.abc import Callable
from typing import Protocol

from pathway.case.commands import Answer, AnyCommand
from pathway.clinical.instant import Instant
from pathway.engine.errors import CommandReused
from pathway.engine.ports import Clock
from pathway.site.commands import AnySiteCommand
from ward.demonstration.chance import SEED
from ward.demonstration.steps import Scheduled, scheduled
from ward.demonstration.story import opens, story


class Handles(Protocol):
    """Whoever carries out the commands of the story: its people, at the door."""

    def handle(self, command: AnyCommand | AnySiteCommand) -> Answer:
        """Carry out a command, once for each id."""


class Feed:
    """The commands still to come, the earliest first.

    After a restart those that were sent already are sent again: their ids are the same, so nothing is written twice.
    """

    def __init__(
        self, voices: Handles, clock: Clock, sent: Callable[[Scheduled], None], later: list[Scheduled] | None = None
    ) -> None:
        self._voices, self._clock, self._sent = voices, clock, sent
        self._coming = coming() if later is None else later

    def send_due(self) -> int:
        """Send every command whose instant has come; returns how many."""
        now, count = self._clock.now(), 0
        while self._coming and self._coming[0].at <= now:
            # Off the list only when it is in the store: what raises is sent again.
            if not self._sent_before(self._coming[0]):
                self._sent(self._coming[0])
            self._coming.pop(0)
            count += 1
        return count

    def _sent_before(self, each: Scheduled) -> bool:
        """Send a command; whether it was sent before, in the same words or in those of an older release."""
        try:
            return self._voices.handle(each.command).repeated
        except CommandReused:
            return True

    def next_at(self) -> Instant | None:
        """When the next command is to be sent."""
        return self._coming[0].at if self._coming else None


def coming(seed: int = SEED) -> list[Scheduled]:
    """What the story holds for after the opening, in order."""
    later = [each for patient in story().patients for each in scheduled(patient, seed) if each.at > opens()]
    return sorted(later, key=lambda each: (each.at, each.command.id))
