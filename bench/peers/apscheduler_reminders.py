"""Run in the peers' environment: APScheduler's own SQL job store on SQLite, a thousand jobs pending, a hundred due.

Prints microseconds of what is named: `idle`, a wake-up with nothing due, beside one indexed question of the driver; or
`fire`, one due job of nothing, beside the driver deleting the same row in a transaction of its own.
"""

import json
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import create_engine, event

PENDING, DUE, ROUNDS, WARM = 1_000, 100, 300, 30
PAST, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ASK = "SELECT id, job_state FROM apscheduler_jobs WHERE next_run_time <= ? ORDER BY next_run_time"


class InHand(BaseScheduler):
    """A scheduler without a thread: it wakes when it is told to."""

    def wakeup(self) -> None:
        """Nothing: whoever measures says when."""

    def shutdown(self, wait: bool = True) -> None:
        """End."""
        super().shutdown(wait)

    def wake(self) -> None:
        """What the library's thread does when it wakes."""
        self._process_jobs()


def nothing() -> None:
    """The job."""


def settled(raw: sqlite3.Connection, _record: object) -> None:
    """As durable as our own store."""
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")


def took_us(act: Callable[..., object], *given: object) -> float:
    """How long one call takes."""
    began = perf_counter_ns()
    act(*given)
    return (perf_counter_ns() - began) / 1000


def scheduler_on(path: Path) -> InHand:
    """A scheduler with its pending jobs."""
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", settled)
    scheduler = InHand(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        executors={"default": DebugExecutor()},
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.start()
    for number in range(PENDING):
        scheduler.add_job(nothing, "date", run_date=FAR + timedelta(seconds=number))
    return scheduler


def idle(scheduler: InHand, raw: sqlite3.Connection) -> tuple[float, float]:
    """Wake-ups and questions in turn."""
    ours, limit, now = [], [], PAST.timestamp()
    for _ in range(ROUNDS):
        ours.append(took_us(scheduler.wake))
        limit.append(took_us(lambda: raw.execute(ASK, (now,)).fetchall()))
    return median(ours[WARM:]), median(limit[WARM:])


def fire(scheduler: InHand, raw: sqlite3.Connection) -> tuple[float, float]:
    """All that is due in one wake-up; then the same rows one by one."""
    for number in range(DUE):
        scheduler.add_job(nothing, "date", id=f"due {number}", run_date=PAST)
    rows = raw.execute("SELECT * FROM apscheduler_jobs WHERE id LIKE 'due %'").fetchall()
    raw.execute("CREATE TABLE beside (id TEXT PRIMARY KEY, next_run_time FLOAT, job_state BLOB)")
    raw.executemany("INSERT INTO beside VALUES (?, ?, ?)", rows)
    ours = took_us(scheduler.wake) / DUE
    limit = median([took_us(raw.execute, "DELETE FROM beside WHERE id = ?", (row[0],)) for row in rows])
    assert raw.execute("SELECT count(*) FROM apscheduler_jobs").fetchone() == (PENDING,)
    return ours, limit


def measured(folder: Path, what: str) -> dict[str, object]:
    """One of the two."""
    scheduler = scheduler_on(folder / "peer.db")
    raw = sqlite3.connect(folder / "peer.db", isolation_level=None)
    settled(raw, None)
    ours, limit = idle(scheduler, raw) if what == "idle" else fire(scheduler, raw)
    raw.close()
    scheduler.shutdown()
    said = f"APScheduler {version('apscheduler')}, its own SQL job store on SQLite {sqlite3.sqlite_version}"
    return {"ours": ours, "limit": limit, "note": f"{said}, {PENDING} jobs pending, {DUE} of nothing due at most"}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(json.dumps(measured(Path(folder), sys.argv[1])))
