"""`lateness_p99`: how long after its instant a due tick has made its commit, by the alarm's own threads."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event

from bench.figure import Figure, took_us, within
from pathway.clinical.instant import SECOND, Instant
from persistence.sqlite import SqliteStore
from scheduler.alarm import Alarm
from ward.clock import SystemClock

#: Further apart than two ticks must be, and no divisor of the pulse or of the guard's step.
DUE, APART_US = 150, 170_000
LIMIT_MS = 10.0
PATIENCE_S = 60


class Rounds:
    """One due instant after the other; the tick that meets one makes a commit and notes how late it was then."""

    def __init__(self, store: SqliteStore, wall: SystemClock) -> None:
        self.store, self.wall = store, wall
        self.late_us: list[int] = []
        self.failed: list[BaseException] = []
        self.over = Event()
        self._coming = self._instants(wall.now())
        self.next: Instant | None = next(self._coming)

    @staticmethod
    def _instants(begin: Instant) -> Iterator[Instant]:
        yield from (Instant(begin + SECOND + number * APART_US) for number in range(DUE))

    def tick(self) -> None:
        """The alarm's tick: nothing where nothing is due."""
        if self.next is None or self.wall.now() < self.next:
            return
        self.store.beat("bench", self.next)
        self.late_us.append(self.wall.now() - self.next)
        self.next = next(self._coming, None)
        if self.next is None:
            self.over.set()


def measure() -> Figure:
    """Milliseconds from the due instant to the end of the commit, at the 99th of a hundred."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        store, wall = SqliteStore.create(Path(folder) / "ours.db", "demonstration"), SystemClock()
        commit_ms = median(took_us(lambda: store.beat("bench", wall.now())) for _ in range(200)) / 1000
        rounds = Rounds(store, wall)
        alarm = Alarm(
            tick=rounds.tick,
            sweep=lambda: None,
            next_due=lambda: rounds.next,
            wall_of=lambda at: datetime.fromtimestamp(at / SECOND, UTC),
            wall=wall,
            failed=rounds.failed.append,
        )
        alarm.start()
        over = rounds.over.wait(PATIENCE_S)
        alarm.stop()
        store.close()
    assert over
    assert not rounds.failed
    late_ms = [each / 1000 for each in rounds.late_us]
    parts = quantiles(late_ms, n=100)
    note = f"{DUE} instants; median {parts[49]:.1f} ms, longest {max(late_ms):.1f} ms; a commit {commit_ms:.2f} ms"
    return within("lateness_p99", parts[98], round(LIMIT_MS + commit_ms, 2), "ms", note)
