"""Moments of a scenario: `day 5 03:10` on the ward's own clock, or RFC 3339 with its zone."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pathway.clinical.instant import Instant, instant

DAY = re.compile(r"day (-?\d{1,4}) (\d\d:\d\d(?::\d\d)?)", re.ASCII)
START = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)


class Calendar:
    """The days of a scenario. `start`: local date and time of day 0 in `zone`. Raises ValueError for another form."""

    def __init__(self, start: str, zone: str) -> None:
        if not START.fullmatch(start):
            raise ValueError("the start is to be local time such as 2026-01-12 09:00")
        self.zone = ZoneInfo(zone)
        self.first = datetime.fromisoformat(start).date()
        self.start = self.local(0, start[11:])

    def local(self, day: int, clock: str) -> Instant:
        """A local time of a day. One that comes twice is the first; one that is skipped, the next valid one."""
        at = datetime.combine(self.first + timedelta(days=day), time.fromisoformat(clock), self.zone)
        return instant(at.astimezone(UTC))

    def moment(self, text: str) -> Instant:
        """The instant of `day 5 03:10` or of RFC 3339 text. Raises ValueError for another form."""
        found = DAY.fullmatch(text.strip())
        return self.local(int(found[1]), found[2]) if found else instant(text.strip())

    def show(self, at: int | None) -> str:
        """An instant as the file would write it."""
        if at is None:
            return "none"
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(self.zone)
        seconds = local.strftime(":%S") if local.second else ""
        return f"day {(local.date() - self.first).days} {local:%H:%M}{seconds}"
