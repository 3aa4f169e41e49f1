"""Instants and spans: integer microseconds in UTC.

An `Instant` counts microseconds from 1970-01-01T00:00:00Z; it cannot be naive, sorts as it reads and is stored as it is
(ADR 0002). Local time exists for display and for rounds only.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

Instant = NewType("Instant", int)
Span = NewType("Span", int)

SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Local days whose rounds are kept: most questions are of today, about a few lists of rounds.
ROUNDS_KEPT = 256
SPAN_UNITS = {"s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND, "d": 86_400 * SECOND}
SPAN_TEXT = re.compile(r"(\d{1,6}) ?(s|min|h|d)", re.ASCII)
#: RFC 3339 with a zone; seconds may be left out, since people write 02:50.
INSTANT_TEXT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def instant(moment: str | datetime) -> Instant:
    """An instant from an aware datetime or from RFC 3339 text such as `2026-03-05T03:10+01:00`.

    Raises ValueError for a naive datetime, a text without zone, or a text of another form.
    """
    if isinstance(moment, str):
        if not INSTANT_TEXT.fullmatch(moment):
            raise ValueError("expected a time such as 2026-03-05T03:10+01:00 or 2026-03-05T02:10Z, with its zone")
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("expected an aware time: a time without a zone is not an instant")
    return Instant((moment - EPOCH) // timedelta(microseconds=1))


def utc(at: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return EPOCH + timedelta(microseconds=at)


def iso(at: int) -> str:
    """RFC 3339 text in UTC, whole seconds unless there are more: `2026-03-05T02:10:00Z`."""
    return utc(at).isoformat().replace("+00:00", "Z")


def span(text: str) -> Span:
    """A span from `30 min`, `6 h`, `3 d` (`d` is 24 hours). Raises ValueError for another form."""
    found = SPAN_TEXT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"expected a span such as 30 min, 6 h or 3 d, got {text!r}")
    return Span(int(found[1]) * SPAN_UNITS[found[2]])


def show_span(length: int) -> str:
    """A span in whole units without zero units: `6 h`, `1 h 30 min`, `2 d 4 h`. Below a second: `0 s`."""
    rest, parts = abs(length), []
    for name in ("d", "h", "min", "s"):
        count, rest = divmod(rest, SPAN_UNITS[name])
        if count:
            parts.append(f"{count} {name}")
    return ("-" if length < 0 else "") + (" ".join(parts) or "0 s")


def next_round(rounds: tuple[str, ...], after: int, zone: ZoneInfo) -> Instant:
    """The first of the daily local times (`08:00`) strictly after an instant.

    A local time that a clock change skips stands for the first instant after the gap; one that comes twice, for the
    first of the two. Raises ValueError when there is no round.
    """
    return min(at for at in rounds_about(rounds, utc(after).astimezone(zone).date(), zone) if at > after)


@lru_cache(maxsize=ROUNDS_KEPT)
def rounds_about(rounds: tuple[str, ...], day: date, zone: ZoneInfo) -> tuple[Instant, ...]:
    """The rounds of the day before a local day, of that day and of the two after it."""
    return tuple(
        first_at(datetime.combine(day + timedelta(days=offset), time.fromisoformat(at), zone))
        for offset in (-1, 0, 1, 2)
        for at in rounds
    )


def first_at(local: datetime) -> Instant:
    """The first instant at which the clock of the zone shows a local time, or has passed it where a change skips it."""
    at = instant(local.astimezone(UTC))
    before = instant(local.replace(fold=1).astimezone(UTC))
    if before >= at:
        return at
    # A gap: by the offset after the change the time lies before the change, and by the one before it behind.
    zone, skipped = local.tzinfo, local.utcoffset()
    while at - before > 1:
        middle = Instant((at + before) // 2)
        before, at = (middle, at) if utc(middle).astimezone(zone).utcoffset() == skipped else (before, middle)
    return at
