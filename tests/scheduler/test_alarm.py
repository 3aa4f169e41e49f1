"""The alarm clock: it rings in time, again after every error and every clock jump, and stops when asked."""

import logging
from datetime import datetime, timedelta
from threading import Event

import pytest
from freezegun import freeze_time

from pathway.clinical.instant import SECOND, Instant, instant, utc
from scheduler.alarm import (
    GAP_S,
    PULSE_S,
    SWEEP_EVERY_S,
    YOUNG_S,
    Alarm,
    AlarmDead,
    ClockJumped,
    armed_at,
)
from tests.scheduler.scene import HOUR, START
from ward.clock import DemonstrationClock, FixedClock, SystemClock

#: How long a test waits for a thread before it fails; it goes on at once when the thread is there.
PATIENCE_S = 20
PULSE, GAP = timedelta(seconds=PULSE_S), timedelta(seconds=GAP_S)


class Bench:
    """An alarm with everything handed in: `due` to set, runs and errors to read."""

    def __init__(self, wall, wall_of=utc):
        self.wall, self.monotonic_s, self.due = wall, 0.0, None
        self.ran, self.errors = [], []
        self.ticked, self.swept, self.heard, self.asked = Event(), Event(), Event(), Event()
        self.on_tick = lambda: None
        self.alarm = Alarm(
            tick=self.tick,
            sweep=self.sweep,
            next_due=self.next_due,
            wall_of=wall_of,
            wall=wall,
            failed=self.failed,
            **({} if isinstance(wall, SystemClock) else {"monotonic": lambda: self.monotonic_s}),
        )

    def tick(self):
        self.ran.append("tick")
        self.asked.clear()
        self.ticked.set()
        self.on_tick()

    def sweep(self):
        self.ran.append("sweep")
        self.swept.set()

    def next_due(self):
        self.asked.set()
        if isinstance(self.due, Exception):
            raise self.due
        return self.due

    def failed(self, error):
        self.errors.append(error)
        self.heard.set()


@pytest.fixture
def still():
    """An alarm whose jobs are set but never run, on a wall clock in the hand."""
    bench = Bench(FixedClock(START))
    bench.alarm._scheduler.start(paused=True)
    yield bench
    bench.alarm.stop()


@pytest.fixture
def running():
    """An alarm with its threads, on the machine's clock."""
    bench = Bench(SystemClock())
    bench.alarm.start()
    yield bench
    bench.alarm.stop()


# --- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "due, began, expected",
    [
        (None, None, PULSE),
        (timedelta(seconds=1), None, timedelta(seconds=1)),
        (timedelta(hours=2), None, PULSE),
        (timedelta(0), None, GAP),
        (timedelta(hours=-7), None, GAP),
        (timedelta(seconds=-1), timedelta(seconds=-2), GAP),
        (timedelta(seconds=-2), timedelta(seconds=-1), PULSE),
    ],
    ids=["no wish", "soon", "far", "now", "long ago", "fell due during the last tick", "left undone by the last tick"],
)
def test_the_next_tick_comes_when_it_is_due_but_within_a_gap_and_a_pulse(due, began, expected):
    now = utc(START)
    found = armed_at(None if due is None else now + due, None if began is None else now + began, now)
    assert found == now + expected


def test_the_tick_is_set_to_the_next_due_instant(still):
    still.due = Instant(START + SECOND)
    still.alarm.arm()
    assert still.alarm.next_ring() == utc(still.due)


def test_arming_anew_replaces_what_was_set(still):
    for ahead_ms in (1200, 400, 1400):
        still.due = Instant(START + ahead_ms * SECOND // 1000)
        still.alarm.arm()
        assert still.alarm.next_ring() == utc(still.due)


def test_a_fast_demonstration_is_woken_at_the_wall_time_of_its_instant():
    wall = FixedClock(START)
    clock = DemonstrationClock(instant("2026-01-01T00:00Z"), START, 3600, wall)
    bench = Bench(wall, clock.wall_of)
    bench.alarm._scheduler.start(paused=True)
    bench.due = Instant(clock.base + HOUR)
    bench.alarm.arm()
    assert bench.alarm.next_ring() == utc(START) + timedelta(seconds=1)
    bench.alarm.stop()


@pytest.mark.parametrize("due", [OSError("the store is gone"), Instant(2**62)], ids=["error", "beyond the calendar"])
def test_where_the_next_due_instant_cannot_be_told_the_pulse_stays_and_the_error_is_heard(still, due):
    still.due = due
    still.alarm.arm()
    assert still.alarm.next_ring() == utc(START) + PULSE
    assert len(still.errors) == 1


def test_wake_sets_the_tick_to_now_whatever_is_due(still):
    still.due = Instant(START + SECOND)
    still.alarm.arm()
    still.alarm.wake()
    still.alarm.arm()
    assert still.alarm.next_ring() == utc(START)


def test_a_wake_while_a_tick_runs_is_met_right_after_it(still):
    still.on_tick = still.alarm.wake
    still.alarm.ring("tick")
    still.alarm.arm()
    assert still.alarm.next_ring() == utc(START)


def test_after_the_tick_a_wake_asked_for_the_usual_time_holds_again(still):
    still.alarm.wake()
    still.alarm.ring("tick")
    still.alarm.arm()
    assert still.alarm.next_ring() == utc(START) + PULSE


# --- clock jumps -----------------------------------------------------------------------------------------------------


@pytest.mark.faults
@pytest.mark.parametrize("jump_s", [7 * 3600, -3600, 1.5, -1.5])
def test_after_a_clock_jump_tick_and_sweep_are_set_to_now_and_it_is_told(still, jump_s):
    still.alarm.arm()
    still.wall.advance(int(jump_s * SECOND))
    still.alarm.check()
    assert still.alarm.next_ring("tick") == still.alarm.next_ring("sweep") == utc(still.wall.now())
    assert [type(error) for error in still.errors] == [ClockJumped]


def test_a_jump_is_met_once(still):
    still.wall.advance(HOUR)
    still.alarm.check()
    still.alarm.ring("tick")
    still.alarm.arm()
    still.alarm.check()
    assert still.alarm.next_ring() == utc(still.wall.now()) + PULSE
    assert len(still.errors) == 1


def test_time_that_passes_as_it_should_is_no_jump(still):
    still.alarm.arm()
    set_to = still.alarm.next_ring()
    for _ in range(10):
        still.monotonic_s += 0.5
        still.wall.advance(SECOND // 2 + SECOND // 20)
        still.alarm.check()
    assert (still.alarm.next_ring(), still.errors) == (set_to, [])


@pytest.mark.faults
def test_a_machine_that_slept_is_a_jump_too():
    with freeze_time("2026-03-05 02:10") as frozen:
        bench = Bench(FixedClock(START))
        bench.alarm._scheduler.start(paused=True)
        bench.alarm._wall = SystemClock()
        frozen.tick(timedelta(hours=8))
        bench.alarm.check()
        assert bench.alarm.next_ring() == datetime.fromisoformat("2026-03-05T10:10Z")
    bench.alarm.stop()


def test_the_guard_arms_what_is_not_armed(still):
    assert still.alarm.next_ring() is None
    still.alarm.check()
    assert still.alarm.next_ring() == utc(START) + PULSE


# --- running ---------------------------------------------------------------------------------------------------------


def test_a_started_alarm_ticks_and_sweeps_at_once_and_is_alive(running):
    assert running.ticked.wait(PATIENCE_S)
    assert running.swept.wait(PATIENCE_S)
    assert running.alarm.alive()
    assert running.errors == []


def test_a_tick_leads_to_the_next_at_its_due_instant(running):
    assert running.ticked.wait(PATIENCE_S)
    running.due = Instant(running.wall.now() + SECOND // 5)
    running.ticked.clear()
    running.alarm.arm()
    assert running.ticked.wait(PULSE_S / 2)


def test_every_run_leads_to_the_next_without_waiting_for_the_guard_s_round(monkeypatch):
    monkeypatch.setattr("scheduler.alarm.GUARD_EVERY_S", 3600)
    bench, done = Bench(SystemClock()), Event()

    def again():
        bench.due = Instant(bench.wall.now() + 1)
        if bench.ran.count("tick") == 5:
            done.set()

    bench.on_tick = again
    bench.alarm.start()
    assert done.wait(PULSE_S / 2)
    assert bench.alarm.stop()


def test_a_wake_is_met_before_the_pulse_again_and_again(running):
    assert running.ticked.wait(PATIENCE_S)
    for _ in range(10):
        assert running.asked.wait(PATIENCE_S)
        running.ticked.clear()
        running.alarm.wake()
        assert running.ticked.wait(PULSE_S / 2)


@pytest.mark.faults
@pytest.mark.parametrize("error", [RuntimeError("one case too many"), SystemExit(3)], ids=["error", "exit"])
def test_a_tick_that_raises_is_heard_and_does_not_end_the_alarm(error):
    def fails():
        raise error

    bench = Bench(SystemClock())
    bench.on_tick = fails
    bench.alarm.start()
    assert bench.heard.wait(PATIENCE_S)
    bench.on_tick = lambda: None
    bench.ticked.clear()
    bench.alarm.wake()
    assert bench.ticked.wait(PATIENCE_S)
    assert (bench.errors, bench.alarm.alive()) == ([error], True)
    assert bench.alarm.stop()


@pytest.mark.faults
def test_a_wall_clock_set_back_an_hour_does_not_silence_the_alarm(running):
    assert running.ticked.wait(PATIENCE_S)
    running.alarm._wall = FixedClock(Instant(running.wall.now() - HOUR))
    running.ticked.clear()
    assert running.ticked.wait(PATIENCE_S)
    assert running.heard.wait(PATIENCE_S)
    assert isinstance(running.errors[0], ClockJumped)


def test_ticks_never_overlap(still):
    again = []
    still.on_tick = lambda: again.append(still.alarm.ring("tick"))
    assert still.alarm.ring("tick") is True
    assert (again, still.ran) == ([False], ["tick"])


def test_a_sweep_does_not_wait_for_a_tick(still):
    still.on_tick = lambda: still.alarm.ring("sweep")
    still.alarm.ring("tick")
    assert still.ran == ["tick", "sweep"]


def test_the_sweep_comes_round_every_minute(still):
    still.alarm._ring_all()
    job = still.alarm._scheduler.get_job("sweep")
    assert job.trigger.interval == timedelta(seconds=SWEEP_EVERY_S)


def test_the_jobs_drop_nothing_that_is_late_and_run_once_at_a_time(still):
    still.alarm._ring_all()
    for job in still.alarm._scheduler.get_jobs():
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


# --- health ----------------------------------------------------------------------------------------------------------


def test_an_alarm_that_was_not_started_or_is_stopped_is_not_alive():
    bench = Bench(SystemClock())
    assert not bench.alarm.alive()
    bench.alarm.start()
    assert bench.alarm.alive()
    bench.alarm.stop()
    assert not bench.alarm.alive()


def test_an_alarm_whose_ticks_all_fail_stops_being_alive():
    def fails():
        raise RuntimeError

    bench = Bench(FixedClock(START))
    bench.alarm.start()
    assert bench.ticked.wait(PATIENCE_S)
    bench.on_tick = fails
    bench.monotonic_s = YOUNG_S + 1.0
    bench.alarm.ring("tick")
    assert not bench.alarm.alive()
    bench.on_tick = lambda: None
    assert bench.alarm.ring("tick")
    assert bench.alarm.alive()
    bench.alarm.stop()


@pytest.mark.faults
def test_a_dead_scheduler_thread_is_told_once_and_the_alarm_is_not_alive(running):
    assert running.ticked.wait(PATIENCE_S)
    running.alarm._scheduler.pause()
    running.alarm._scheduler.remove_all_jobs()
    # Without waiting: that would hold a lock which the end of a run needs.
    running.alarm._scheduler.shutdown(wait=False)
    assert running.heard.wait(PATIENCE_S)
    running.alarm.check()
    running.alarm.check()
    assert [type(error) for error in running.errors] == [AlarmDead]
    assert not running.alarm.alive()


def test_an_error_that_cannot_be_told_is_logged_by_name_only(still, caplog):
    def deaf(error):
        raise OSError("the disk of Karin Example")

    still.alarm._failed = deaf
    still.due = ValueError("Karin Example")
    with caplog.at_level(logging.CRITICAL):
        still.alarm.arm()
    assert [record.getMessage() for record in caplog.records] == ["ValueError could not be told: OSError"]


# --- stopping --------------------------------------------------------------------------------------------------------


def test_stopping_is_prompt_and_final(running):
    assert running.ticked.wait(PATIENCE_S)
    before = SystemClock().now()
    assert running.alarm.stop()
    assert SystemClock().now() - before < 2 * SECOND
    ran = list(running.ran)
    running.alarm.wake()
    running.alarm.arm()
    assert running.ran == ran
    with pytest.raises(RuntimeError):
        running.alarm.start()


def test_stopping_waits_no_longer_than_it_is_given_for_a_tick_that_hangs():
    go = Event()
    bench = Bench(SystemClock())
    bench.on_tick = lambda: go.wait(PATIENCE_S)
    bench.alarm.start()
    assert bench.ticked.wait(PATIENCE_S)
    assert bench.alarm.stop(timeout_s=0.2) is False
    go.set()
    assert bench.alarm.stop() is True
