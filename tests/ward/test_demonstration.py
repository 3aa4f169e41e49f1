"""The demonstration's time and its feed."""

from decimal import Decimal

import pytest

from pathway.clinical.instant import SECOND, Instant, instant
from pathway.engine.errors import StoreRefused
from ward.clock import FixedClock
from ward.demonstration.feed import Feed, coming
from ward.demonstration.pace import GRACE_S, clock_of, go_on, note
from ward.demonstration.steps import scheduled
from ward.demonstration.story import opens, story
from ward.demonstration.voices import Voices
from ward.wiring import House, house, memory_store

WALL = instant("2026-11-22T12:00Z")


def test_time_stands_where_it_was_left():
    store, wall = memory_store(), FixedClock(WALL)
    note(store, opens(), wall.now(), 0)
    wall.advance(3600 * SECOND)
    assert clock_of(store, wall).now() == opens()


def test_a_second_process_sees_the_time_of_the_running_one():
    store, wall = memory_store(), FixedClock(WALL)
    note(store, opens(), wall.now(), 0)
    clock = go_on(store, wall, Decimal(60))
    wall.advance(2 * SECOND)
    assert clock_of(store, wall).now() == clock.now() == opens() + 120 * SECOND


def test_after_a_kill_the_time_goes_on_for_the_grace_alone_and_never_back():
    store, wall = memory_store(), FixedClock(WALL)
    note(store, opens(), wall.now(), 60)
    wall.advance(5 * SECOND)
    seen = clock_of(store, wall).now()
    wall.advance(86_400 * SECOND)
    assert clock_of(store, wall).now() == opens() + GRACE_S * 60 * SECOND
    assert go_on(store, wall, Decimal(60)).now() >= seen


def test_a_live_store_has_no_time_of_its_own():
    store, wall = memory_store("live"), FixedClock(WALL)
    with pytest.raises(StoreRefused):
        go_on(store, wall, Decimal(60))
    assert clock_of(store, wall) is wall


def test_the_feed_tells_of_bed_three_only_the_panel():
    later = [each for each in coming() if each.command.case == "demo-03"]
    assert [each.at for each in later] == [instant("2026-03-05T03:10+01:00")]


def test_the_feed_sends_what_is_due_in_order_and_nothing_twice():
    made, clock, sent = enrolled_everybody()
    feed = Feed(Voices(made), clock, lambda each: sent.append(each.command.id))
    clock.set(instant("2026-03-05T03:10+01:00"))
    feed.send_due()
    due = [each.command.id for each in coming() if each.at <= clock.now()]
    assert sent == due
    again = Feed(Voices(made), clock, lambda each: sent.append(each.command.id))
    assert again.send_due() == len(due)
    assert sent == due
    assert feed.next_at() == again.next_at() == coming()[len(due)].at


def test_what_an_older_release_sent_in_other_words_is_not_sent_again():
    made, clock, sent = enrolled_everybody()
    first = coming()[0]
    clock.set(first.at)
    assert made.engine.handle(first.command).status == "accepted"
    feed = Feed(Voices(made), clock, lambda each: sent.append(each.command.id))
    assert feed.send_due() > 0
    assert first.command.id not in sent


def test_the_story_is_told_by_accounts_that_the_door_knows():
    made, clock, _ = enrolled_everybody()
    clock.set(coming()[0].at)
    feed = Feed(Voices(made), clock, lambda each: None)
    feed.send_due()
    known = made.engine.sites.accounts().held
    said = [each.by for each in made.engine.timeline(coming()[0].command.case) if each.by.source != "engine"]
    assert said[-1].authenticated == "demonstration"
    assert said[-1].actor in known


def enrolled_everybody() -> tuple[House, FixedClock, list[str]]:
    """The ward with its enrolments alone."""
    clock = FixedClock(Instant(0))
    made = house(memory_store(), clock)
    for patient in story().patients:
        first = scheduled(patient)[0]
        clock.set(first.at)
        assert made.engine.handle(first.command).status == "accepted"
    return made, clock, []
