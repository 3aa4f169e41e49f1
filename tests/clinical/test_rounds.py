"""Rounds over every zone and every change of its clock from 2020 to 2035, beside the zone's own arithmetic."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from pathway.clinical.instant import SECOND, Instant, instant, next_round, utc

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
#: Zones are shared out, so that a failing one is named among few.
PARTS = 8


class Change:
    """A change of a zone's clock: the first instant after it, and how far the clock went on (negative: back)."""

    def __init__(self, zone: ZoneInfo, at: datetime) -> None:
        self.zone, self.at = zone, at
        self.by = offset(zone, at) - offset(zone, at - MINUTE)
        #: What the clock showed at the change: the begin of a gap, or the end of what comes twice.
        self.local = (at + offset(zone, at - MINUTE)).replace(tzinfo=None)


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    """How far a zone's clock is ahead of UTC at an instant."""
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


@cache
def changes(name: str) -> tuple[Change, ...]:
    """Every change of a zone's clock, found by asking the zone day by day and then by halves."""
    zone, found, day = ZoneInfo(name), [], FROM
    while day < TO:
        after = day + DAY
        if offset(zone, day) != offset(zone, after):
            low, high = day, after
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
                low, high = (low, middle) if offset(zone, middle) != offset(zone, day) else (middle, high)
            found.append(Change(zone, high))
        day = after
    return tuple(found)


@cache
def rules() -> tuple[tuple[str, ...], ...]:
    """The zones that change their clock in these years, shared out; of zones that never differ only one is asked."""
    seen: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones()):
        if found := changes(name):
            seen.setdefault((offset(ZoneInfo(name), FROM), *((each.at, each.by) for each in found)), name)
    names = sorted(seen.values())
    return tuple(tuple(names[part::PARTS]) for part in range(PARTS))


def of_part(part: int) -> Iterator[Change]:
    for name in rules()[part]:
        yield from changes(name)


def rung(change: Change, local: datetime, before: timedelta) -> datetime:
    """When the round of a local time rings, asked some time before the change."""
    after = instant(change.at - before)
    return utc(next_round((f"{local:%H:%M}",), after, change.zone))


def test_the_zones_and_years_are_all_there():
    every = [change for part in range(PARTS) for change in of_part(part)]
    assert sum(len(names) for names in rules()) > 40
    assert len(every) > 900
    assert {change.at.year for change in every} >= set(range(2020, 2036))
    assert any(change.by < timedelta() for change in every)
    assert any(change.by == timedelta(minutes=30) for change in every)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_round_in_a_gap_rings_at_the_first_instant_after_the_gap(part: int):
    for change in of_part(part):
        if timedelta() < change.by < DAY:
            for local in (change.local, change.local + change.by / 2, change.local + change.by - MINUTE):
                assert rung(change, local, timedelta(hours=1)) == change.at, (change.zone, change.at, local)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_round_that_comes_twice_rings_once_at_the_first(part: int):
    for change in of_part(part):
        if -DAY < change.by < timedelta():
            twice = -change.by
            for local in (change.local - twice, change.local - twice / 2, change.local - MINUTE):
                first = change.at - (change.local - local)
                asked = twice + timedelta(hours=1)
                assert rung(change, local, asked) == first, (change.zone, change.at, local)
                again = utc(next_round((f"{local:%H:%M}",), instant(first), change.zone))
                assert again > first + twice, (change.zone, change.at, local)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_local_day_around_a_change_has_its_round_once_and_in_order(part: int):
    for change in of_part(part):
        at, rounds = instant(change.at - 2 * DAY), []
        while at < instant(change.at + 2 * DAY):
            at = next_round(("08:00",), at, change.zone)
            rounds.append(at)
        days = [utc(each).astimezone(change.zone).date() for each in rounds]
        assert days == sorted(set(days))
        apart = [later - earlier for earlier, later in pairwise(rounds)]
        shift = abs(change.by) // timedelta(microseconds=1)
        assert all(abs(each - 86_400 * SECOND) in (0, shift) for each in apart), (change.zone, change.at)


def test_a_round_is_strictly_after_the_instant_it_is_asked_from():
    zone = ZoneInfo("Europe/Berlin")
    at = next_round(("08:00",), instant("2026-03-05T00:00Z"), zone)
    assert next_round(("08:00",), Instant(at - 1), zone) == at
    assert next_round(("08:00",), at, zone) == at + 86_400 * SECOND
