"""Turns: the record cut into what was decided at once, and the free text of a turn, which is never opened here."""

from collections.abc import Iterable, Iterator

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import Sealed, in_the_clear
from pathway.clinical.instant import Instant

#: How a text lies in an event as it is, by its scheme.
CLEAR = "clear"


class Recorded(msgspec.Struct, frozen=True):
    """What one command or one look wrote. `command`: its id, empty for a look; `at`: the clock's now then."""

    at: Instant
    command: str
    events: tuple[Event, ...]

    @property
    def own(self) -> tuple[Event, ...]:
        """The events that the command itself wrote, without the effects of time before it and all that follows."""
        return tuple(each for each in self.events if self.command and each.command and each.cause is None)


def turns(events: Iterable[Event]) -> Iterator[Recorded]:
    """The turns of a record. What time brought before a command, at the same reading of the clock, is in its turn."""
    held: list[Event] = []
    command = ""
    for event in events:
        if held and (event.recorded_at != held[-1].recorded_at or (command and event.command != command)):
            yield Recorded(held[0].recorded_at, command, tuple(held))
            held, command = [], ""
        held.append(event)
        command = event.command
    if held:
        yield Recorded(held[0].recorded_at, command, tuple(held))


class KeptText:
    """The sealed texts of a turn under words that stand for them: the same text is sealed to the same bytes again."""

    def __init__(self, case: str) -> None:
        self._clear = in_the_clear(case)
        self._found: list[Sealed] = []

    def word(self, sealed: Sealed | None) -> str:
        """What a command says in the place of a sealed text; empty where nobody wrote anything."""
        if sealed is None or (sealed.scheme == CLEAR and not sealed.data):
            return ""
        if sealed not in self._found:
            self._found.append(sealed)
        return f"<text {self._found.index(sealed)}>"

    def seal(self, text: str) -> Sealed:
        """The text that a word stands for, as it was sealed."""
        for number, sealed in enumerate(self._found):
            if f"<text {number}>" in text:
                return sealed
        return self._clear(text)
