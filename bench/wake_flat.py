"""`wake_flat`: a tick with nothing due on a store of a million pending cases, against one of a thousand.

Both are made once a run, below the engine: one case is enrolled as ever, and the database copies its row on the board
and its reminders. The copies have no events; a tick does not read any.
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from msgspec.structs import replace

from bench.figure import Figure, against, took_us
from bench.patient import CASE, START, engine_on, history, send
from pathway.case.envelope import FIRST_HASH, Chained, Event, chain
from pathway.clinical.instant import Instant
from pathway.engine.ports import Change, Notice
from persistence.append import NOTHING_YET, append
from persistence.sqlite import SqliteStore
from persistence.tables import HEAD, REMINDER
from scheduler.post import Posted
from scheduler.tick import tick
from ward.clock import FixedClock

MANY, FEW = 1_000_000, 1_000
#: Numbers from 1 to a bound, for a copy each.
NUMBERS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)"
#: What a copy has of its own: an id, a person, and an instant to look at it.
HEAD_COPIED = {"case": "'case ' || n", "patient": "'invented ' || n", "next_look": "next_look + n"}
REMINDER_COPIED = {"case": "'case ' || n"}
COUNT = "SELECT count(*) FROM case_head WHERE next_look IS NOT NULL"
#: Cases in one transaction while seeding.
BATCH = 5_000
ROUNDS, WARM = 300, 30


class Nobody:
    """A delivery that nothing ever reaches."""

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Fail: nothing is due."""
        raise AssertionError(notice.key, attempt)


def measure() -> Figure:
    """Microseconds a tick, on the large and on the small store in turn."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        clock = FixedClock(START)
        began = perf_counter()
        large, small = (copied(Path(folder) / f"{count}.db", count, clock) for count in (MANY, FEW))
        made_s = perf_counter() - began
        ticks: dict[SqliteStore, list[float]] = {large: [], small: []}
        asked: dict[SqliteStore, list[float]] = {large: [], small: []}
        engines = {store: engine_on(store, clock) for store in (large, small)}
        for store in (large, small) * ROUNDS:
            ticks[store].append(took_us(lambda: tick(engines[store], store, clock, Nobody(), worker="bench")))  # noqa: B023
            asked[store].append(took_us(lambda: question(store, clock)))  # noqa: B023  # called at once
        questions = median(asked[large][WARM:]) / median(asked[small][WARM:])
        pending = [int(each._ask(COUNT)[0][0]) for each in (large, small)]  # noqa: SLF001 - so many there are
        assert pending == [MANY + 1, FEW + 1]
        size_mb = large.path.stat().st_size // 1_000_000
        large.close()
        small.close()
    note = (
        f"{MANY} pending cases ({size_mb} MB, both stores made in {made_s:.0f} s) against {FEW}; "
        "the reading alone, without the two heartbeats on disk: "
        f"{median(asked[large][WARM:]):.0f} us, {questions:.2f} times"
    )
    return against("wake_flat", ticks[large][WARM:], ticks[small][WARM:], goal=1.5, unit="us", note=note)


def question(store: SqliteStore, clock: FixedClock) -> None:
    """What a tick and the alarm behind it read."""
    assert not store.stirring(clock.now(), clock.now())
    assert store.next_look() is not None


def copied(path: Path, count: int, clock: FixedClock) -> SqliteStore:
    """A store of one enrolled case and that many copies of its rows, none of them due."""
    store = SqliteStore.create(path, "demonstration")
    at, enrolment = next(history())
    clock.set(at)
    engine_on(store, clock).handle(enrolment)
    send(store, clock)
    with store._transaction() as connection:  # noqa: SLF001 - a million rows at once, to seed
        for table, changed in ((HEAD, HEAD_COPIED), (REMINDER, REMINDER_COPIED)):
            columns = [column.name for column in table.columns]
            given = ", ".join(changed.get(name, f'{table.name}."{name}"') for name in columns)
            copies = f'{NUMBERS} SELECT {given} FROM {table.name}, number WHERE "case" = ?'  # noqa: S608 - names of tables
            connection.execute(f"INSERT INTO {table.name} {copies}", (count, CASE))
    return store


def seeded(path: Path, count: int, clock: FixedClock, whole: bool = False) -> SqliteStore:
    """A store of that many enrolled cases, each with its open reminders, none of them due.

    They have rows as they should, and their first event alone unless `whole`, which makes them fit to be looked at.
    """
    store = SqliteStore.create(path, "demonstration")
    at, enrolment = next(history())
    clock.set(at)
    engine_on(store, clock).handle(enrolment)
    head, rows = store.head(CASE), store.reminders(CASE)
    told = tuple(engine_on(store, clock).timeline(CASE))
    told = told if whole else told[:1]
    assert head is not None
    assert head.next_look is not None
    bundle = store.bundle(head.bundle)
    store.close()
    path.unlink()
    store = SqliteStore.create(path, "demonstration")
    for begin in range(0, count, BATCH):
        with store._transaction() as connection:  # noqa: SLF001 - many cases in one transaction, to seed
            for number in range(begin, min(begin + BATCH, count)):
                case = f"case {number}"
                chained = linked(case, told)
                wait = Instant(head.next_look + number)
                change = Change(
                    head=replace(
                        head, case=case, patient=case, position=len(told), hash=chained[-1].hash, next_look=wait
                    ),
                    events=chained,
                    bundle_text=bundle if whole and not number else None,
                    reminders=tuple(replace(row, case=case) for row in rows),
                )
                append(connection, case, NOTHING_YET, change)
    return store


def linked(case: str, told: Sequence[Event]) -> tuple[Chained, ...]:
    """The events as those of another case, each with the hash of the one before."""
    last, found = FIRST_HASH, []
    for event in told:
        found.append(chain(replace(event, case=case), last))
        last = found[-1].hash
    return tuple(found)
