"""The alarm clock: rings when the next case is due. It remembers nothing; what is due is in the store.

The only module that knows APScheduler, and it trusts it little: jobs live in memory, the next tick is armed anew after
every run and lies no further away than a pulse, a guard sees to both, and health is living threads with a young beat,
never `scheduler.running`, which stays true over a dead thread.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from pathway.clinical.instant import SECOND, Instant, utc
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Clock

#: However far the next due instant lies, the tick comes this often: it is the heartbeat, and it picks up waiting
#: notices, leases of dead workers and whatever a wrong due instant would hide. The watchdog lets twice as long pass.
PULSE_S = 1.5
#: Ten pulses missed are no accident, nor one long round of sending.
YOUNG_S = 10 * PULSE_S
#: Two ticks are this far apart at least, so that many due instants close together do not become a busy loop.
GAP_S = 0.1
#: The sweep asks one indexed question; once a minute finds a case a minute after its quarter of an hour at the latest.
SWEEP_EVERY_S = 60
#: How often the guard compares the clocks, and the difference it calls a jump: below that the pulse is good enough.
GUARD_EVERY_S, JUMP_S = 0.5, 1.0
#: A supervisor kills what has not stopped ten seconds after it was asked; half of it is ours.
STOP_S = 5.0

LOG = logging.getLogger(__name__)


class ClockJumped(WardpathError):
    """The time of day moved otherwise than time itself. Told, and met by ringing at once."""

    code = "clock_jumped"


class AlarmDead(WardpathError):
    """A thread of the alarm has ended without being asked."""

    code = "alarm_dead"


class Alarm:
    """Calls `tick` at every due instant and each PULSE_S, and `sweep` each `sweep_every_s`, in threads of its own.

    `next_due`: when the next tick is wanted, None for no wish. `wall_of`: the aware time of day of an instant, since a
    demonstration's clock runs fast. `wall`: the machine's clock. `monotonic`: seconds that no clock change moves.
    `failed` is told every error, of tick, sweep, next_due and the alarm itself, from whichever thread met it.

    Neither tick nor sweep ever runs twice at a time; the two may run side by side. Start it after a fork, not before.
    """

    def __init__(
        self,
        *,
        tick: Callable[[], object],
        sweep: Callable[[], object],
        next_due: Callable[[], Instant | None],
        wall_of: Callable[[Instant], datetime],
        wall: Clock,
        failed: Callable[[BaseException], None],
        sweep_every_s: float = SWEEP_EVERY_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runs = {"tick": tick, "sweep": sweep}
        self._running = {"tick": Lock(), "sweep": Lock()}
        self._next_due, self._wall_of, self._wall, self._failed = next_due, wall_of, wall, failed
        self._sweep_every_s, self._monotonic = sweep_every_s, monotonic
        self._stopping, self._woken, self._stirred = Event(), Event(), Event()
        self._threads: tuple[Thread, ...] = ()
        self._told_dead = False
        self._began: datetime | None = None
        self._beat = monotonic()
        self._seen = (wall.now(), monotonic())
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            # Late is no reason to drop a reminder; the library's own default drops after one second.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        # The guard's thread arms the next tick. In the run itself a job due at once would be thrown away, since another
        # still counts as running; and this listener may be called before the library removes the job that has run,
        # which would take the new one of the same name with it.
        self._scheduler.add_listener(lambda _: self._stirred.set(), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    # --- life --------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads; the first tick and the first sweep come at once. Raises RuntimeError the second time."""
        if self._threads or self._stopping.is_set():
            raise RuntimeError("the alarm was started before; expected a new one; make another Alarm")
        self._beat, self._seen = self._monotonic(), (self._wall.now(), self._monotonic())
        self._scheduler.start()
        guard = Thread(target=self._guard, name="wardpath-clock-guard", daemon=True)
        guard.start()
        self._threads = (self._scheduler._thread, guard)  # noqa: SLF001 - `running` does not say whether it lives
        self._ring_all()

    def stop(self, timeout_s: float = STOP_S) -> bool:
        """Arm nothing more and wait for what runs, `timeout_s` at most; True when nothing runs any more."""
        until = self._monotonic() + timeout_s
        self._stopping.set()
        self._stirred.set()
        if self._scheduler.running:
            # A shutdown while a job is handed out ends the library's thread with an error. So bring it to rest first:
            # paused it takes up nothing new, and removing waits until it has handed out what it began.
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=False)
        for thread in self._threads:
            thread.join(max(0.0, until - self._monotonic()))
        ended = not any(thread.is_alive() for thread in self._threads)
        for lock in self._running.values():
            if lock.acquire(timeout=max(0.0, until - self._monotonic())):
                lock.release()
            else:
                ended = False
        return ended

    def alive(self) -> bool:
        """Whether both threads live and a tick came to its end, without an error, in the last YOUNG_S."""
        threads = bool(self._threads) and all(thread.is_alive() for thread in self._threads)
        return threads and self._monotonic() - self._beat <= YOUNG_S

    # --- ringing -----------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Tick at once, or once more where a tick is running: something new waits. Safe from any thread."""
        self._woken.set()
        self._stirred.set()

    def ring(self, name: str) -> bool:
        """Run `tick` or `sweep` here and now; False where it is running already. Every error goes to `failed`."""
        lock = self._running[name]
        if not lock.acquire(blocking=False):
            return False
        try:
            if name == "tick":
                self._woken.clear()
                self._began = utc(self._wall.now())
            self._runs[name]()
            if name == "tick":
                self._beat = self._monotonic()
        except BaseException as error:  # noqa: BLE001 - nobody else hears an error in a thread; a library's exit is one too
            self._tell(error)
        finally:
            lock.release()
        return True

    def arm(self) -> None:
        """Set the one date job: at once when woken, else at the next due instant, within GAP_S and PULSE_S from now."""
        if self._stopping.is_set():
            return
        now = utc(self._wall.now())
        due: datetime | None = None
        try:
            at = self._next_due()
            due = None if at is None else self._wall_of(at)
        except Exception as error:  # noqa: BLE001 - without an answer the pulse is the answer
            self._tell(error)
        when = now if self._woken.is_set() and not self._running["tick"].locked() else armed_at(due, self._began, now)
        self._add("tick", DateTrigger(when, UTC))

    def next_ring(self, name: str = "tick") -> datetime | None:
        """The time of day at which `tick` or `sweep` is to run next; None where that is not set."""
        job = self._scheduler.get_job(name)
        return getattr(job, "next_run_time", None)

    def _ring_all(self) -> None:
        self._woken.set()
        self.arm()
        every = IntervalTrigger(seconds=self._sweep_every_s, timezone=UTC)
        self._add("sweep", every, next_run_time=utc(self._wall.now()))

    def _add(self, name: str, trigger: object, **options: object) -> None:
        self._scheduler.add_job(self.ring, trigger, args=(name,), id=name, replace_existing=True, **options)

    # --- guarding ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """The guard's step: after a clock jump ring everything; arm what is not armed; tell of a dead thread."""
        wall, monotonic = self._wall.now(), self._monotonic()
        jump_s = (wall - self._seen[0]) / SECOND - (monotonic - self._seen[1])
        self._seen = (wall, monotonic)
        if abs(jump_s) > JUMP_S:
            self._ring_all()
            self._tell(
                ClockJumped(
                    f"the time of day jumped by {jump_s:+.1f} s",
                    f"less than {JUMP_S:.0f} s",
                    "see the machine's time service; everything due was looked at at once",
                )
            )
        if self.next_ring() is None and not self._running["tick"].locked():
            self.arm()
        ended = bool(self._threads) and not self._threads[0].is_alive() and not self._stopping.is_set()
        if ended and not self._told_dead:
            self._told_dead = True
            self._tell(AlarmDead("the alarm's thread has ended", "a thread until it is stopped", "restart the process"))

    def _guard(self) -> None:
        while True:
            stirred = self._stirred.wait(GUARD_EVERY_S)
            self._stirred.clear()
            if self._stopping.is_set():
                return
            self._guarded(self.check)
            if stirred:
                self._guarded(self.arm)

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the guard outlives what it finds
            if not self._stopping.is_set():
                self._tell(error)

    def _tell(self, error: BaseException) -> None:
        try:
            self._failed(error)
        except Exception as worse:  # noqa: BLE001 - the last resort: names only, since a message may hold anything
            LOG.critical("%s could not be told: %s", type(error).__name__, type(worse).__name__)


def armed_at(due: datetime | None, began: datetime | None, now: datetime) -> datetime:
    """When to tick next: at `due`, but GAP_S from now at the earliest and PULSE_S at the latest.

    What was due already when the last tick `began`, that tick could not get done: it waits for the pulse.
    """
    pulse = now + timedelta(seconds=PULSE_S)
    if due is None or (began is not None and due <= began):
        return pulse
    return min(pulse, max(due, now + timedelta(seconds=GAP_S)))
