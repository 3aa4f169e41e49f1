"""The two clocks of a replay: what had happened by one moment, as it was known by another; read, cited and moved."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.envelope import Event
from pathway.clinical.instant import Instant, instant, iso, utc
from ward.web.moment import HOUR, TimeUnread, read_field

#: The present, where somebody asks for it by its word.
NOW = "now"
#: How far one may step, with the word of each way in the address; the key that does the same on a keyboard.
STEPS = (
    ("previous-day", "One day back", "Shift+PageUp"),
    ("previous-hour", "One hour back", "Shift+ArrowLeft"),
    ("previous-event", "Event before", "ArrowLeft"),
    ("next-event", "Event after", "ArrowRight"),
    ("next-hour", "One hour on", "Shift+ArrowRight"),
    ("next-day", "One day on", "Shift+PageDown"),
)
#: The same for a ward, whose cases have no common order of events.
WARD_STEPS = tuple(each for each in STEPS if not each[0].endswith("event"))


class Clocks(msgspec.Struct, frozen=True):
    """What had happened by `at`, as it was known by `known`. `position`: the last event on the record then, from 1.

    `by_event`: the moment is right after that event, and events recorded in the same instant may follow.
    """

    at: Instant
    known: Instant
    position: int
    by_event: bool = False

    @property
    def then(self) -> Instant:
        """The instant at which the page was looked at: nothing is shown before it was known."""
        return min(self.at, self.known)

    @property
    def later(self) -> bool:
        """Whether more is shown than was known at the moment itself."""
        return self.known > self.at

    def query(self, **more: str) -> str:
        """This moment in an address, without a question mark: it is the same for ever."""
        said = {"position": str(self.position)} if self.by_event else {"at": iso(self.at)}
        if self.known != self.at:
            said["known"] = iso(self.known)
        return urlencode({**said, **{name: word for name, word in more.items() if word}})


def clocks_of(
    events: Sequence[Event], *, now: Instant, zone: ZoneInfo, at: str = "", known: str = "", position: str = ""
) -> Clocks:
    """The moment that an address or the chooser asks for; without any it is right after the newest event.

    A time ahead of the present is the present; without `known` both clocks are the same. Raises TimeUnread for what
    cannot be read, for an event that there is not, and for a moment at which nothing was recorded.
    """
    number, by_event = len(events), True
    if position.strip():
        number = read_position(position, events)
    moment = read_time(at, now, zone) if not position.strip() else None
    if moment is None:
        moment = events[number - 1].recorded_at
    else:
        by_event = False
    told = read_time(known, now, zone)
    told = moment if told is None else told
    last = last_by(events, min(moment, told))
    if not last:
        raise TimeUnread("nothing was known of this case then; expected a later moment; go to its first event")
    return Clocks(moment, told, min(number, last) if by_event else last, by_event and number <= last)


def read_position(text: str, events: Sequence[Event]) -> int:
    """The number of an event. Raises TimeUnread where there is no such event."""
    said = text.strip()
    if said.isascii() and said.isdecimal() and len(said) < 10 and 0 < int(said) <= len(events):
        return int(said)
    raise TimeUnread("there is no such event; expected the number of an event of this case; take it from its timeline")


def read_time(text: str, now: Instant, zone: ZoneInfo) -> Instant | None:
    """The instant of an address or a field, never ahead of the present; None for none. Raises TimeUnread."""
    said = text.strip()
    if said == NOW:
        return now
    try:
        found: Instant | None = instant(said)
    except ValueError:
        found = read_field(said, zone)
    return None if found is None else min(found, now)


def last_by(events: Sequence[Event], at: Instant) -> int:
    """The number of the last event that was recorded by an instant, 0 for none."""
    return bisect_right(events, at, key=lambda each: each.recorded_at)


def stepped(clocks: Clocks, events: Sequence[Event], word: str, now: Instant, zone: ZoneInfo) -> Clocks:
    """The moment one step on, or back; a word that is none leaves it. What was known later stays known.

    No step leads before the first event or beyond the present.
    """
    if word in {"previous-event", "next-event"}:
        return by_one_event(clocks, events, 1 if word == "next-event" else -1, now)
    at = min(max(by_time(clocks.at, word, zone), events[0].recorded_at), now)
    return moved(clocks, events, at)


def by_one_event(clocks: Clocks, events: Sequence[Event], way: int, now: Instant) -> Clocks:
    """Right after the event before or after; from between two events back to the one that came before."""
    between = not clocks.by_event and clocks.then > events[clocks.position - 1].recorded_at
    number = clocks.position if between and way < 0 else clocks.position + way
    if number > len(events):
        return moved(clocks, events, now)
    number = max(number, 1)
    at = events[number - 1].recorded_at
    return Clocks(at, clocks.known if clocks.later and clocks.known > at else at, number, by_event=True)


def moved(clocks: Clocks, events: Sequence[Event], at: Instant) -> Clocks:
    """Both clocks at an instant, or the second one where it was, if that is later."""
    known = clocks.known if clocks.later and clocks.known > at else at
    return Clocks(at, known, last_by(events, at))


def by_time(at: Instant, word: str, zone: ZoneInfo) -> Instant:
    """An hour, or a day by the clock on the wall, on or back."""
    way = 1 if word.startswith("next-") else -1
    if word.endswith("-hour"):
        return Instant(at + way * HOUR)
    if word.endswith("-day"):
        return instant((utc(at).astimezone(zone) + timedelta(days=way)).astimezone(UTC))
    return at
