"""Times as a ward reads them: `05-Mar-2026 03:10`, 24 hours, in the zone of the site, on any machine.

The form follows the numbered rules of the NHS Common User Interface for dates (D+Ta) and times (D+Tb).
"""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pathway.clinical.instant import SECOND, Instant, instant, show_span, utc

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOT_RECORDED = "Not recorded"
FIELD = re.compile(
    r"(?:(?P<day>\d{1,2})-(?P<named>[A-Za-z]{3})-(?P<year>\d{4})|(?P<first>\d{4})-(?P<month>\d\d)-(?P<last>\d\d))"
    r"[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)",
    re.ASCII,
)


class TimeUnread(Exception):
    """A time from a form could not be read. The message never holds what was typed."""

    code = "time_unread"


def day_text(day: date) -> str:
    """`05-Mar-2026` (D+Ta-0006 and following)."""
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"


def moment_text(at: int | None, zone: ZoneInfo) -> str:
    """`05-Mar-2026 03:10` in the zone; `Not recorded` for None (D+Ta-0022)."""
    if at is None:
        return NOT_RECORDED
    local = utc(at).astimezone(zone)
    return f"{day_text(local)} {local:%H:%M}"


def clock_text(at: int, zone: ZoneInfo) -> str:
    """`03:10:05` in the zone."""
    return f"{utc(at).astimezone(zone):%H:%M:%S}"


def near_text(at: int, now: int, zone: ZoneInfo) -> str:
    """`03:10` on the day of `now` in the zone, `05-Mar-2026 03:10` on any other."""
    local = utc(at).astimezone(zone)
    return f"{local:%H:%M}" if local.date() == utc(now).astimezone(zone).date() else moment_text(at, zone)


def ago_text(at: int | None, now: int) -> str:
    """`35 min ago`, `2 h 5 min ago`, `3 d 4 h ago`; `in 20 min` for what lies ahead; `Not recorded` for None."""
    if at is None:
        return NOT_RECORDED
    return f"{length_text(now - at)} ago" if at <= now else f"in {length_text(at - now)}"


def length_text(length: int) -> str:
    """A span in its two greatest whole units, rounded down, without zero units (D+Tb-0026): `2 h 5 min`, `3 d 4 h`."""
    length = abs(length)
    if length < MINUTE:
        return "under 1 min"
    return show_span(length // (HOUR if length >= DAY else MINUTE) * (HOUR if length >= DAY else MINUTE))


def read_field(text: str, zone: ZoneInfo) -> Instant | None:
    """The instant of a form's field, read in the zone to the end of its minute; None for an empty field.

    Read are `05-Mar-2026 03:10` and `2026-03-05 03:10`. The last moment of the minute is meant, so that what happened
    at 03:10:20 belongs to 03:10. Of a local time that comes twice the later one is taken, so that nothing is left out.
    Raises TimeUnread for anything else.
    """
    if not text.strip():
        return None
    found = FIELD.fullmatch(text.strip())
    try:
        if found is not None:
            named = found["named"]
            month = MONTHS.index(named.title()) + 1 if named else int(found["month"])
            year, day = int(found["year"] or found["first"]), int(found["day"] or found["last"])
            local = datetime(year, month, day, int(found["hour"]), int(found["minute"]), tzinfo=zone, fold=1)
            return Instant(instant(local.astimezone(UTC)) + MINUTE - 1)
    except (ValueError, OverflowError):
        pass  # no such day, month or hour: said below in the same words
    raise TimeUnread(
        "a time could not be read; expected a date and a 24-hour time such as 05-Mar-2026 03:10; fill in both again"
    )


def age_years(born: date, at: int, zone: ZoneInfo) -> int:
    """Whole years since birth, counted in the zone."""
    today = utc(at).astimezone(zone).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
