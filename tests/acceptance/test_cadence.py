"""Cadence: however seldom somebody looks, whichever store and zone, the same things happen at the same instants."""

import os
import time
from collections.abc import Iterator

import pytest

from pathway.case.events import RungReached
from pathway.clinical.instant import SECOND
from tests.acceptance.story import Kind, Told, tell, unclocked
from ward.scenario.run import Fine

STEMS = ("k7a", "k7b")
#: Each zone and its offset in the winter of the story, in seconds.
OFFSETS_S = {"UTC": 0, "Europe/Berlin": 3600, "America/St_Johns": -12_600, "Pacific/Auckland": 46_800}
ZONES = tuple(OFFSETS_S)
#: Cases of one night in which nobody draws blood.
NEGLECTED = ("m3_e1", "m3_e3", "m3_e11")
MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Every second around the report of ten past three.
TEN_PAST_THREE: Fine = ("day 5 03:09", "day 5 03:11", 1)


@pytest.fixture(scope="module")
def seldom() -> dict[tuple[str, str], Told]:
    """Each case in each zone, looked at only when somebody does something."""
    return {(stem, zone): tell(stem, zone=zone) for stem in STEMS for zone in ZONES}


@pytest.fixture(params=ZONES)
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The process runs in another zone."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system does not let a process change its zone")
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("stem", STEMS)
def test_every_minute_of_the_night_and_every_second_of_the_report_give_the_same_events(
    stem: str, seldom: dict[tuple[str, str], Told]
) -> None:
    fine: list[Fine] = [("day 4 20:00", "day 5 09:00", MINUTE), TEN_PAST_THREE]
    memory, sqlite = (tell(stem, store=store, fine=fine) for store in both())
    agree(memory, sqlite, seldom[stem, "Europe/Berlin"])
    opened = next(each for each in memory.events if getattr(each.body, "reminder", "") == "M3")
    assert opened.recorded_at == opened.occurred_at


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_every_minute_of_the_week_gives_the_same_events(stem: str, seldom: dict[tuple[str, str], Told]) -> None:
    memory, sqlite = (tell(stem, store=store, cadence_s=MINUTE, fine=[TEN_PAST_THREE]) for store in both())
    agree(memory, sqlite, seldom[stem, "Europe/Berlin"])
    late = [each.recorded_at - each.occurred_at for each in memory.events if isinstance(each.body, RungReached)]
    assert len(late) > 20
    assert max(late) < MINUTE * SECOND


@pytest.mark.parametrize("cadence_s", [MINUTE, HOUR, DAY])
@pytest.mark.parametrize("stem", NEGLECTED)
def test_a_neglected_patient_rings_the_same_at_every_cadence(stem: str, cadence_s: int) -> None:
    """Rechecks that nobody makes ring half-hourly through the night: many effects of time between two steps."""
    memory, sqlite = (tell(stem, store=store, cadence_s=cadence_s) for store in both())
    assert memory.failed == ()
    assert memory.stored == sqlite.stored
    assert unclocked(memory.events) == unclocked(tell(stem).events)
    by_time = [each for each in memory.events if each.by.actor == "clock"]
    assert len([each for each in by_time if isinstance(each.body, RungReached)]) > 40
    assert {each.command for each in by_time} == {""}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cadence_s", [HOUR, DAY])
@pytest.mark.parametrize("stem", STEMS)
def test_every_hour_and_every_day_give_the_same_events_in_every_zone(
    stem: str, cadence_s: int, zone: str, seldom: dict[tuple[str, str], Told]
) -> None:
    told = tell(stem, cadence_s=cadence_s, zone=zone)
    assert told.failed == ()
    assert told.problems == ()
    assert unclocked(told.events) == unclocked(seldom[stem, zone].events)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cadence_s", [None, HOUR, DAY])
@pytest.mark.parametrize("stem", STEMS)
def test_memory_and_sqlite_hold_the_same_bytes(stem: str, cadence_s: int | None, zone: str) -> None:
    memory, sqlite = (tell(stem, store=store, cadence_s=cadence_s, zone=zone) for store in both())
    assert sqlite.failed == ()
    assert memory.stored == sqlite.stored


@pytest.mark.parametrize("stem", STEMS)
def test_the_zone_moves_the_clock_and_nothing_else(stem: str, seldom: dict[tuple[str, str], Told]) -> None:
    lives = {zone: since_enrolment(seldom[stem, zone]) for zone in ZONES}
    assert len(lives["UTC"]) > 100
    assert all(life == lives["UTC"] for life in lives.values())


@pytest.mark.parametrize("stem", STEMS)
def test_the_zone_of_the_machine_changes_not_a_byte(
    stem: str, machine_zone: str, seldom: dict[tuple[str, str], Told]
) -> None:
    told = tell(stem, zone="Europe/Berlin")
    local = time.localtime(told.events[0].occurred_at // SECOND)  # noqa: TID251  # the machine's zone is the subject
    assert local.tm_gmtoff == OFFSETS_S[machine_zone]
    assert told.stored == seldom[stem, "Europe/Berlin"].stored


@pytest.mark.parametrize("stem", STEMS)
def test_effects_of_time_carry_the_clock_and_no_command(stem: str) -> None:
    events = tell(stem, cadence_s=HOUR).events
    by_time = [each for each in events if each.by.actor == "clock"]
    assert len(by_time) > 5
    assert {each.command for each in by_time} == {""}
    assert {each.by.actor for each in events if not each.command} == {"clock"}
    rungs = [each for each in events if isinstance(each.body, RungReached) and each.occurred_at < each.recorded_at]
    assert rungs
    assert all(each.by.actor == "clock" for each in rungs)


@pytest.mark.parametrize("stem", STEMS)
def test_a_rung_stands_at_its_own_instant_however_late_it_is_written(stem: str) -> None:
    """Second channel at 15 minutes, physician at 30: seen by a look every day and written as of then."""
    told = tell(stem, cadence_s=DAY)
    opened = next(e for e in told.events if e.type == "ReminderOpened" and getattr(e.body, "reminder", "") == "M3")
    rungs = [
        (each.body.to, (each.occurred_at - opened.occurred_at) // (60 * SECOND))
        for each in told.events
        if isinstance(each.body, RungReached) and each.body.reminder == "M3" and each.body.ordinal == 1
    ]
    assert (("haematologist", "charge_nurse", "pharmacist"), 0) in rungs
    assert (("haematologist",), 15) in rungs
    assert (("physician",), 30) in rungs


@pytest.mark.parametrize("stem", STEMS)
def test_m3_e20_a_file_closed_and_opened_again_between_0305_and_0340_changes_nothing(stem: str) -> None:
    """Closed and reopened every five minutes, on either side of the report of ten past three."""
    reopen = [f"day 5 03:{minute:02d}" for minute in range(5, 45, 5)]
    told = tell(stem, store="sqlite", reopen=reopen)
    through = tell(stem, store="sqlite", fine=[("day 5 03:05", "day 5 03:40", 5 * MINUTE)])
    assert told.failed == ()
    assert told.problems == ()
    assert told.stored == through.stored


def agree(memory: Told, sqlite: Told, seldom: Told) -> None:
    """Both met every expectation and hold the same bytes; recorded times aside, the events are those of seldom."""
    assert memory.failed == ()
    assert sqlite.failed == ()
    assert memory.stored == sqlite.stored
    assert unclocked(memory.events) == unclocked(seldom.events)


def both() -> tuple[Kind, Kind]:
    """Both stores."""
    return ("memory", "sqlite")


def since_enrolment(told: Told) -> list[tuple[str, int]]:
    """The types of the events and how long after the enrolment they occurred."""
    start = told.events[0].occurred_at
    return [(each.type, each.occurred_at - start) for each in told.events]
