"""The window of a drawing: from when to when, its ticks, and where an instant stands on it.

It follows from the span asked for and the present alone, so that a point more moves nothing (rule GTAB-097), and it is
proportional to time (GTAB-085): a day of 23 hours is drawn shorter.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import Instant, instant, utc
from ward.web.moment import DAY, HOUR, day_text, moment_text

#: The spans that a page offers: word in the address, words on the link, length; the last goes back to the beginning.
SPANS = (("24h", "24 h", DAY), ("3d", "3 days", 3 * DAY), ("14d", "14 days", 14 * DAY), ("all", "all", 0))
USUAL = "3d"
#: What lies ahead of the present is a sixth of the span: room for what falls due.
AHEAD = 6
#: Left and right edge of the plot, in units of the drawing.
LEFT, RIGHT = 196, 872
#: Two ticks stand at least so far apart; distances of ticks in hours.
APART, DAYS_APART = 64, 88
HOURS = (1, 3, 6, 12, 24, 48, 72, 168, 336, 672, 1344, 2688, 8736)


class Tick(msgspec.Struct, frozen=True):
    """A line across the drawing. `day`: the date, at midnight; `clock`: the time of day, at any other hour."""

    x: int
    day: str
    clock: str


class Window(msgspec.Struct, frozen=True):
    """From `start` to `end`. `name` is that of the span; `now` the present, which lies in between, and its `word`."""

    name: str
    start: Instant
    end: Instant
    now: Instant
    zone: ZoneInfo
    word: str = "now"

    def x(self, at: Instant) -> int:
        """Where an instant stands, cut to the plot."""
        inside = min(max(at, self.start), self.end)
        return LEFT + (inside - self.start) * (RIGHT - LEFT) // (self.end - self.start)

    def holds(self, at: Instant | None) -> bool:
        """Whether an instant lies in it."""
        return at is not None and self.start <= at <= self.end

    def touches(self, since: Instant, until: Instant | None) -> bool:
        """Whether a stretch lies in it with any part; one without an end lasts."""
        return since <= self.end and (until is None or until >= self.start)

    @property
    def words(self) -> str:
        """From when to when, in words."""
        return f"{moment_text(self.start, self.zone)} to {moment_text(self.end, self.zone)}"

    def ticks(self) -> tuple[Tick, ...]:
        """Local midnights and hours, as many as find room."""
        wide = ((each, APART if each < 24 else DAYS_APART) for each in HOURS)
        step_h = next((each for each, apart in wide if self._room(each) >= apart), HOURS[-1])
        found, first = [], utc(self.start).astimezone(self.zone).date()
        days = max(1, step_h // 24)
        for number in range(0, (self.end - self.start) // DAY + 2, days):
            day = first + timedelta(days=number)
            for hour in range(0, 24, step_h) if step_h < 24 else (0,):
                at = _local(day, hour, self.zone)
                if self.start <= at <= self.end:
                    found.append(Tick(self.x(at), "" if hour else day_text(day), f"{hour:02}:00" if hour else ""))
        return tuple(found)

    def _room(self, hours: int) -> int:
        return hours * HOUR * (RIGHT - LEFT) // (self.end - self.start)


def window(name: str, now: Instant, begins: Instant, zone: ZoneInfo, word: str = "now") -> Window:
    """The window of a span; one that nobody offers is the usual one. `begins`: where all of it begins."""
    known = {word: length for word, _, length in SPANS}
    name = name if name in known else USUAL
    length = known[name] or max(now - begins, DAY)
    grid = HOUR if length <= 3 * DAY else DAY
    start = (now - length) // grid * grid
    end = -(-(now + length // AHEAD) // grid) * grid
    return Window(name, Instant(start), Instant(end), now, zone, word)


def _local(day: date, hour: int, zone: ZoneInfo) -> Instant:
    return instant(datetime.combine(day, time(hour), tzinfo=zone))
