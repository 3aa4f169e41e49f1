"""Outages: noted for everybody, told an administrator once, never told of in their turn."""

from threading import Event

import pytest

from pathway.clinical.instant import SECOND, Instant
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from scheduler.breaker import FAILURES
from scheduler.outage import ADMINISTRATOR, CHANNELS, HOUR, channel_down, channel_up, failing, undelivered
from scheduler.outbox import LONGEST_WAIT_S, send_waiting, unshaken
from tests.scheduler.scene import START, Wire, broken_wire, head, notice, post_of, put, states

LATER = Instant(START + 60 * SECOND)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    made = MemoryStore("live") if request.param == "memory" else SqliteStore.create(tmp_path / "w.db", "live")
    yield made
    made.close()


def alarms(store):
    return [found for found, _ in store.notices(CHANNELS)]


def test_a_channel_that_fails_is_noted_and_told_by_name_and_error(store):
    channel_down(store, "pager", "channel_failed", START, LATER)
    assert failing(store.beats()) == {"pager": LATER}
    (alarm,) = alarms(store)
    assert (alarm.role, alarm.severity, alarm.kind, alarm.ward) == (ADMINISTRATOR, 1, "failure", "")
    assert alarm.text == "TASK, the channel pager fails (channel_failed) since 02:10 UTC: see `wardpath doctor`"


def test_it_is_told_once_until_it_has_worked_in_between(store):
    channel_down(store, "pager", "channel_failed", START, START)
    channel_down(store, "pager", "OSError", LATER, LATER)
    assert len(alarms(store)) == 1
    channel_up(store, "pager", Instant(LATER + 1))
    assert failing(store.beats()) == {}
    channel_down(store, "pager", "channel_failed", LATER, Instant(LATER + 2))
    assert len(alarms(store)) == 2


def test_a_channel_that_always_worked_leaves_no_note(store):
    channel_up(store, "pager", START)
    assert store.beats() == {}


def test_each_channel_has_a_note_of_its_own(store):
    channel_down(store, "pager", "channel_failed", START, START)
    channel_down(store, "email", "channel_failed", START, LATER)
    channel_up(store, "pager", LATER)
    assert failing(store.beats()) == {"email": LATER}


def test_what_could_not_be_delivered_is_told_once_an_hour_without_naming_anybody(store):
    for number in range(3):
        undelivered(store, notice(f"n{number}"), START)
    undelivered(store, notice("n3"), Instant(START + HOUR))
    found = alarms(store)
    assert len(found) == 2
    assert found[0].text == "TASK, notices could not be delivered since 02:10 UTC: see `wardpath doctor`"


def test_an_alarm_that_could_not_be_delivered_makes_no_other(store):
    undelivered(store, notice("n"), START)
    undelivered(store, alarms(store)[0], Instant(START + HOUR))
    assert len(alarms(store)) == 1


@pytest.mark.faults
def test_a_process_that_starts_in_the_middle_of_an_outage_does_not_tell_it_again(store, clock, wire):
    put(store, head("case-1"), notice("n"))
    wire.error = broken_wire()
    for _ in range(3):
        fresh = post_of(clock, wire)
        for _ in range(FAILURES):
            send_waiting(store, clock, fresh, "w1", unshaken)
            clock.advance(LONGEST_WAIT_S * SECOND)
    assert len([each for each in alarms(store) if ":wire:" in each.key]) == 1
    wire.error = None
    send_waiting(store, clock, post_of(clock, wire), "w1", unshaken)
    assert failing(store.beats()) == {}
    assert states(store)["n"] == "sent"


def test_two_processes_that_tell_the_same_at_once_tell_it_once(store):
    class Blind:
        """The store as a process sees it that asked before the other one told."""

        def __getattr__(self, name):
            return getattr(store, name)

        def notices(self, case=None):
            return []

    undelivered(store, notice("n"), START)
    undelivered(Blind(), notice("m"), START)
    assert len(alarms(store)) == 1


@pytest.mark.faults
def test_while_a_channel_is_slow_the_heartbeat_goes_on(store, clock, monkeypatch):
    monkeypatch.setattr("scheduler.outbox.BEAT_S", 0.01)
    beaten = Event()

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def beat(self, name, at):
            store.beat(name, at)
            beaten.set()

    class Slow(Wire):
        def send(self, notice, attempt):
            assert beaten.wait(3)
            super().send(notice, attempt)

    put(store, head("case-1"), notice("n"))
    assert send_waiting(Watched(), clock, post_of(clock, Slow()), "w1", unshaken).sent == 1
    assert store.beats()["tick"] == START
