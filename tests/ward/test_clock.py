"""The clocks of the process."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.instant import SECOND, Instant, instant, utc
from ward.clock import DemonstrationClock, FixedClock, SystemClock, draw_id

START = instant("2026-03-05T02:10Z")
BORN = instant("2026-11-21T08:00Z")
DAY = 86_400 * SECOND
SPEEDS = st.one_of(st.integers(1, 10_000), st.decimals(Decimal("0.001"), 10_000, places=3))


def test_the_system_clock_shows_the_machine_s_time_in_utc_to_the_microsecond():
    with freeze_time("2026-03-05 02:10:00.000007"):
        assert SystemClock().now() == START + 7


def test_the_system_clock_moves_with_the_machine():
    with freeze_time("2026-03-05 02:10") as frozen:
        clock = SystemClock()
        first = clock.now()
        frozen.tick(timedelta(seconds=90))
        assert clock.now() - first == 90 * SECOND


def test_the_wall_shows_an_instant_of_the_system_clock_at_that_very_instant():
    assert SystemClock().wall_of(START) == datetime(2026, 3, 5, 2, 10, tzinfo=UTC)


def test_a_fixed_clock_stands_until_it_is_moved():
    clock = FixedClock(START)
    assert (clock.now(), clock.now()) == (START, START)
    assert clock.advance(5) == clock.now() == START + 5
    assert clock.set(BORN) == clock.now() == BORN


def test_a_demonstration_begins_at_its_base_and_runs_at_its_speed():
    wall = FixedClock(BORN)
    clock = DemonstrationClock(START, BORN, 60, wall)
    assert clock.now() == START
    wall.advance(10 * SECOND)
    assert clock.now() == START + 600 * SECOND


def test_a_demonstration_may_run_at_a_fraction_of_the_speed_without_rounding_it_first():
    wall = FixedClock(Instant(BORN + 30 * SECOND))
    assert DemonstrationClock(START, BORN, Decimal("0.1"), wall).now() == START + 3 * SECOND


def test_a_demonstration_goes_on_in_its_own_time_after_a_restart():
    wall = FixedClock(BORN)
    before = DemonstrationClock(START, BORN, 60, wall)
    wall.advance(100 * SECOND)
    kept = before.freeze()
    wall.advance(3 * DAY)
    after = DemonstrationClock(kept, wall.now(), 60, wall)
    assert after.now() == START + 6000 * SECOND
    wall.advance(SECOND)
    assert after.now() == START + 6060 * SECOND


@pytest.mark.parametrize("speed", [0, -1, Decimal("-0.5"), Decimal("NaN"), Decimal("Infinity")])
def test_a_demonstration_that_stands_or_runs_backward_is_refused(speed):
    with pytest.raises(ValueError, match="speed"):
        DemonstrationClock(START, BORN, speed, FixedClock(BORN))


@given(speed=SPEEDS, ahead=st.integers(-10 * DAY, 100 * DAY))
def test_at_the_wall_time_of_an_instant_a_demonstration_has_just_reached_it(speed, ahead):
    wall = FixedClock(BORN)
    clock = DemonstrationClock(START, BORN, speed, wall)
    at = Instant(START + ahead)
    wall.set(instant(clock.wall_of(at)))
    assert clock.now() >= at
    wall.advance(-1)
    assert clock.now() < at


def test_the_wall_time_of_an_instant_is_aware_utc():
    clock = DemonstrationClock(START, BORN, 60, FixedClock(BORN))
    assert clock.wall_of(Instant(START + 3600 * SECOND)) == utc(BORN) + timedelta(minutes=1)
    assert clock.wall_of(START).utcoffset() == timedelta(0)


def test_drawn_identifiers_are_hexadecimal_and_differ():
    drawn = {draw_id() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in drawn)
