"""What each event tells in words: who, what, and the reason that somebody wrote."""

from collections.abc import Sequence

import msgspec

from pathway.case.envelope import By, Event
from pathway.case.events import Sealed
from pathway.case.words import describe
from pathway.engine.reader import Reader
from ward.web.seen import plain
from ward.wiring import House


class Told(msgspec.Struct, frozen=True):
    """An event in words. `reason`: the free text of it, opened; where that cannot be read, why not."""

    event: Event
    words: str
    who: str
    reason: str

    @property
    def because(self) -> tuple[int, ...]:
        """The events on which it rested."""
        return getattr(self.event.body, "because", ())

    @property
    def under(self) -> str:
        """The reason, on a line of its own; empty without one."""
        return f"\nReason: {self.reason}" if self.reason else ""

    @property
    def line(self) -> str:
        """What, and the reason under it."""
        return f"{self.words}{self.under}"


def told(house: House, events: Sequence[Event], zone: str) -> tuple[Told, ...]:
    """Each of these events in words, times in the zone."""
    found = []
    for event in events:
        words = plain(describe(event, house.pathway(event.bundle), zone))
        found.append(Told(event, words, speakers(event), reason_of(house.engine, event)))
    return tuple(found)


def speakers(event: Event) -> str:
    """Who spoke, who gave the order by voice, and who signed beside."""
    said = [who(event.by)]
    if event.verbal is not None:
        said.append(f"on the spoken order of {event.verbal.giver}, {spaced(event.verbal.role)}")
    named = str(getattr(event.body, "second", ""))
    if event.second_by is not None:
        said.append(f"signed beside by {who(event.second_by)}")
    elif named:
        said.append(f"signed beside by {named}")
    return "; ".join(said)


def who(by: By) -> str:
    """`nurse.anna, nurse (person, password)`; the engine and its clock are no people and prove nothing."""
    if by.source == "engine":
        return by.actor
    role = f", {spaced(by.role)}" if by.role else ""
    return f"{by.actor}{role} ({by.source}, {by.authenticated})"


def reason_of(reader: Reader, event: Event) -> str:
    """The free text that an event holds; its fields are few, so they stand one after another."""
    fields = (getattr(event.body, name) for name in event.body.__struct_fields__)
    return "; ".join(reader.opened(each).text for each in fields if isinstance(each, Sealed))


def spaced(word: str) -> str:
    """A word of the record as people read it."""
    return word.replace("_", " ")
