"""When: a time as somebody writes it in a form, in the zone of the ward, read to the instant that they mean."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pathway.clinical.instant import Instant, instant
from ward.errors import NotUnderstood
from ward.web.moment import FIELD, MINUTE, MONTHS, moment_text

EXPECTED = "a date and a 24-hour time such as 05-Mar-2026 03:10"


def said(text: str, zone: ZoneInfo, now: Instant, label: str) -> Instant | None:
    """The instant of a field: local time, or RFC 3339 with its zone; None for an empty field.

    The present minute means now, so that nothing is told of the future; any other minute its beginning. What a form was
    read to before comes back as microseconds. Raises NotUnderstood for what is no time, or comes twice that night.
    """
    written = text.strip()
    if not written:
        return None
    if written.isdecimal() and len(written) > len("20260305"):
        return Instant(int(written))
    found = FIELD.fullmatch(written)
    try:
        if found is None:
            return instant(written)
        named = found["named"]
        month = MONTHS.index(named.title()) + 1 if named else int(found["month"])
        year, day = int(found["year"] or found["first"]), int(found["day"] or found["last"])
        clock = datetime(year, month, day, int(found["hour"]), int(found["minute"]))  # noqa: DTZ001  # its zone follows
    except (ValueError, OverflowError):
        raise NotUnderstood(f"the time in “{label}” cannot be read", EXPECTED, "write it so") from None
    at = local(clock, zone, label)
    return now if at <= now < at + MINUTE else at


def local(clock: datetime, zone: ZoneInfo, label: str) -> Instant:
    """The one instant of a local time. Raises NotUnderstood where the clocks were changed and there is none, or two."""
    meant = {clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = sorted(each for each in meant if each.astimezone(zone).replace(tzinfo=None) == clock)
    if len(real) == 1:
        return instant(real[0])
    often = "twice" if real else "never"
    wanted = "the time with its offset, such as 2026-10-25T02:30+01:00"
    raise NotUnderstood(
        f"the time in “{label}” came {often} that night: the clocks were changed", wanted, "write it so"
    )


def shown(text: str, zone: ZoneInfo) -> str:
    """A field again as people read it: what a form was read to before comes as microseconds."""
    exact = text.isdecimal() and len(text) > len("20260305")
    return moment_text(int(text), zone) if exact else text
