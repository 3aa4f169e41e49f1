"""`replay_evolve`: folding a long case from its events, against reading the same bytes and doing nothing with them."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure, against, took_us
from bench.patient import CASE, HOUR, START, engine_on, panel, play
from pathway.clinical.instant import SECOND
from persistence.sqlite import SqliteStore
from persistence.statements import SELECT_EVENTS
from ward.clock import FixedClock

PANELS, ROUNDS = 400, 41


def measure() -> Figure:
    """Microseconds an event, ours and the scan in turn."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        store = SqliteStore.create(Path(folder) / "long.db", "demonstration")
        clock = FixedClock(START)
        engine = engine_on(store, clock)
        play(engine, clock)
        for number in range(PANELS):
            for command in panel(number + 10, (clock.now() - START) / HOUR + 4):
                clock.advance(5 * HOUR if command.loinc == "3255-7" else SECOND)
                engine.handle(command)
        events = engine.case(CASE).position
        ours, limit = [], []

        def scan() -> None:
            with store._reading() as connection:  # noqa: SLF001 - the driver itself is the limit
                assert len(connection.execute(SELECT_EVENTS, (CASE, 0)).fetchall()) == events

        for _ in range(ROUNDS):
            fresh = engine_on(store, clock)
            ours.append(took_us(lambda: fresh.case(CASE)) / events)  # noqa: B023  # called at once
            limit.append(took_us(scan) / events)
        store.close()
    note = f"one case of {events} events: read, decode, evolve"
    return against("replay_evolve", ours, limit, goal=2.7, unit="us/event", note=note)
