"""Hints: what one process appends wakes the scheduler of another at once; without them the pulse finds it."""

import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from pathway.clinical.instant import Instant, utc
from pathway.engine.ports import Store
from persistence.open import open_store
from persistence.postgres.hint import listen
from scheduler.alarm import Alarm
from scheduler.tick import tick
from tests.faults.crowd import BEGAN, Delivered, engine_on, enrolments
from tests.house.tree import ROOT
from ward.clock import FixedClock, SystemClock

PATIENCE_S = 30
APPENDING = """
import sys
from persistence.open import open_store
from tests.faults.crowd import BEGAN, engine_on, enrolments
from ward.clock import FixedClock
store = open_store(sys.argv[1])
engine_on(store, FixedClock(BEGAN)).handle(next(enrolments()))
store.close()
"""


class Listening:
    """A listener in a thread, and how often it heard."""

    def __init__(self, url: str) -> None:
        self.heard, self.stopping, self.count = Event(), Event(), 0
        self.thread = Thread(target=listen, args=(url, self.hear, self.stopping))
        self.thread.start()
        self.next()

    def hear(self) -> None:
        self.count += 1
        self.heard.set()

    def next(self) -> None:
        assert self.heard.wait(PATIENCE_S)
        self.heard.clear()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


@pytest.fixture
def listening(database: str) -> Iterator[Listening]:
    made = Listening(database)
    yield made
    made.stop()


def append_elsewhere(url: str) -> None:
    """Enrol a patient in a process of its own, which ends at once."""
    subprocess.run([sys.executable, "-c", APPENDING, url], cwd=ROOT, check=True, timeout=PATIENCE_S)


def test_what_another_process_appends_is_heard_though_the_process_ends_at_once(database: str, listening: Listening):
    append_elsewhere(database)
    listening.next()


def test_another_store_in_this_process_is_heard_and_many_appends_need_not_be_many_hints(
    database: str, listening: Listening
):
    store = open_store(database)
    engine = engine_on(store, FixedClock(BEGAN))
    before = listening.count
    told = [engine.handle(each).status for each in enrolments()]
    store.close()
    listening.next()
    assert set(told) == {"accepted"}
    assert 1 <= listening.count - before <= len(told)


def test_what_writes_no_event_gives_no_hint(database: str, listening: Listening):
    store = open_store(database)
    store.beat("tick", BEGAN)
    store.set_property("zone", "Europe/Berlin")
    assert store._hinter._thread is None
    store.close()
    assert not listening.heard.wait(0.2)


def test_a_hint_wakes_the_alarm_of_a_scheduler_that_would_sleep_until_its_pulse(
    database: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("scheduler.alarm.PULSE_S", 3600.0)
    store, told, ticked, stopping = open_store(database), Delivered(), Event(), Event()
    alarm = scheduler_of(store, told)
    hearing = Thread(target=listen, args=(database, lambda: (ticked.set(), alarm.wake()), stopping))
    alarm.start()
    hearing.start()
    assert ticked.wait(PATIENCE_S)
    append_elsewhere(database)
    until_told(told)
    stopping.set()
    hearing.join(PATIENCE_S)
    assert alarm.stop()
    store.close()


def test_without_any_listener_the_pulse_finds_what_was_appended(database: str):
    store, told = open_store(database), Delivered()
    alarm = scheduler_of(store, told)
    alarm.start()
    append_elsewhere(database)
    until_told(told)
    assert alarm.stop()
    store.close()


def scheduler_of(store: Store, told: Delivered) -> Alarm:
    """An alarm over a store, whose time is a day after the enrolment: everything is due at once."""
    wall = SystemClock()
    clock = FixedClock(Instant(BEGAN + 86_400_000_000))
    engine = engine_on(store, clock)
    return Alarm(
        tick=lambda: tick(engine, store, clock, told, worker="test"),
        sweep=lambda: None,
        next_due=lambda: None,
        wall_of=utc,
        wall=wall,
        failed=lambda error: None,
    )


def until_told(told: Delivered) -> None:
    """Wait until a notice went out."""
    wait = Event()
    for _ in range(PATIENCE_S * 20):
        if told.keys:
            return
        wait.wait(0.05)
    raise AssertionError("nobody was told")
