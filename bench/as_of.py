"""`as_of_1000`: what was true by one moment as known by another, of one case of a thousand events."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figure import Figure, took_us, within
from bench.patient import CASE, HOUR, START, engine_on, panel, play
from pathway.clinical.instant import SECOND, Instant
from pathway.engine import Engine
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock

EVENTS, ROUNDS = 1000, 61
LIMIT_MS = 10.0


def measure() -> Figure:
    """Milliseconds of `case_as_of` under both clocks, read from the disk."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        store, clock = SqliteStore.create(Path(folder) / "long.db", "demonstration"), FixedClock(START)
        events = grow(engine := engine_on(store, clock), clock)
        hour_ago = Instant(clock.now() - HOUR)
        both, known = [], []
        for _ in range(ROUNDS):
            both.append(took_us(lambda: engine.case_as_of(CASE, hour_ago, clock.now())) / 1000)
            known.append(took_us(lambda: engine.case_as_of(CASE, None, clock.now())) / 1000)
        assert engine.case_as_of(CASE, None, clock.now()) == engine.case(CASE)
        store.close()
    note = f"one case of {events} events under both clocks; under that of the record alone {median(known):.1f} ms"
    return within("as_of_1000", median(both), LIMIT_MS, "ms", note)


def grow(engine: Engine, clock: FixedClock) -> int:
    """Results until the case has its thousand events; how many it has."""
    play(engine, clock)
    number = 0
    while engine.case(CASE).position < EVENTS:
        number += 1
        for command in panel(number + 10, (clock.now() - START) / HOUR + 4):
            clock.advance(5 * HOUR if command.loinc == "3255-7" else SECOND)
            engine.handle(command)
    return engine.case(CASE).position
