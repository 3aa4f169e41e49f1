"""Times in a sentence: `02:50`, with the date where it is another day, and how long ago."""

from zoneinfo import ZoneInfo

from pathway.clinical.instant import SPAN_UNITS, show_span
from pathway.definition.guard.phrase import show_moment

MINUTE = SPAN_UNITS["min"]
HOUR = SPAN_UNITS["h"]
DAY = SPAN_UNITS["d"]


def near(at: int, now: int, zone: ZoneInfo) -> str:
    """`02:50` on the day of `now` in the zone, `05-Mar-2026 02:50` on any other."""
    shown = show_moment(at, zone)
    day, _, clock = shown.partition(" ")
    return clock if clock and day == show_moment(now, zone).partition(" ")[0] else shown


def ago(at: int, now: int) -> str:
    """`35 min ago`, `2 d 4 h ago`, `in 20 min`; `now` for less than a minute."""
    if abs(now - at) < MINUTE:
        return "now"
    return f"{lasting(now - at)} ago" if at <= now else f"in {lasting(at - now)}"


def lasting(length: int) -> str:
    """A span in whole minutes, and from a day on in whole hours."""
    step = HOUR if abs(length) >= DAY else MINUTE
    return show_span(abs(length) // step * step) if abs(length) >= MINUTE else "less than 1 min"


def dated(at: int, now: int, zone: ZoneInfo) -> str:
    """`02:50, 35 min ago`."""
    return f"{near(at, now, zone)}, {ago(at, now)}"
