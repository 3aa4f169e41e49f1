"""What a patient asks of the system in a day, by phase, and what it costs to keep patients for an hour.

The patients are those of the demonstration. Seconds are seconds of processor: a machine that is busy with other things
makes them little longer, where it doubles the time by the clock on the wall.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bench.overdue import Carried
from bench.scale.grown import demonstration, grow, house_of
from bench.scale.taken import TAKES, Taken, taken
from pathway.case.envelope import decode
from pathway.case.events import PhaseEntered
from pathway.clinical.instant import SECOND, Instant
from persistence.sqlite import SqliteStore
from scheduler.tick import sweep, tick
from ward.clock import FixedClock
from ward.demonstration.story import opens
from ward.wiring import House

DAY_US, MINUTE_US = 86_400 * SECOND, 60 * SECOND
#: Phases in which the patients together spent less say nothing of a day.
LEAST_US = DAY_US // 2
#: The region whose phases tell how much is done for a patient.
REGION = "treatment"
#: Cases that are kept for so many minutes: within what an engine keeps folded, and beyond it.
KEPT = ((200, 60), (2_400, 15))
TYPES = ("ResultRecorded", "RungReached", "ReminderOpened")
QUESTION = "SELECT count(*) FROM event WHERE type = 'RungReached'"


class Time:
    """What happened in the time that all patients together spent in one phase."""

    def __init__(self) -> None:
        self.us, self.events, self.commands, self.types = 0, 0, 0, Counter[str]()


def measured() -> Iterator[Taken]:
    """Events and commands a case and day, by phase and over all of them."""
    store = demonstration()
    spent: dict[str, Time] = {}
    for head in store.heads(closed=True):
        follow(store, head.case, spent, Instant(opens()))
    store.close()
    whole = Time()
    for time in spent.values():
        whole.us, whole.events, whole.commands = (
            whole.us + time.us,
            whole.events + time.events,
            whole.commands + time.commands,
        )
        whole.types += time.types
    lived = sorted((phase, time) for phase, time in spent.items() if time.us > LEAST_US)
    for phase, time in [*lived, ("all", whole)]:
        days = time.us / DAY_US
        note = ", ".join(f"{time.types[each] / days:.1f} {each}" for each in TYPES)
        said = f"{days:.1f} days of patients, {time.events} events; a day: {time.commands / days:.1f} commands, {note}"
        yield taken(f"events a case and day, {phase}", "1/day", [time.events / days], said)


def follow(store: SqliteStore, case: str, spent: dict[str, Time], until: Instant) -> None:
    """Add up what happened to one patient, by the phase they were in; what ends the case is the last of it."""
    phase, since, seen = "", 0, set[str]()
    for event in [decode(each.canonical) for each in store.stream(case)]:
        if isinstance(event.body, PhaseEntered) and event.body.region == REGION:
            if phase:
                spent[phase].us += event.recorded_at - since
            phase, since = event.body.leaf, event.recorded_at
            if phase.startswith("exit."):
                return
        time = spent.setdefault(phase or "before", Time())
        time.events += 1
        time.types[type(event.body).__name__] += 1
        if event.by.source != "engine" and event.command not in seen:
            time.commands += 1
            seen.add(event.command)
    spent[phase].us += until - since


def kept() -> Iterator[Taken]:
    """Seconds of processor for a case and hour in which nobody does anything: looks, sweeps, rungs, notices."""
    for cases, minutes in KEPT:
        costs, rungs, events = [], [], []
        for _ in range(TAKES if minutes == 60 else 1):
            with TemporaryDirectory(prefix="wardpath-bench-") as folder:
                seconds, rung, event = some_minutes(Path(folder), cases, minutes)
            costs.append(seconds / cases * 1000 * 60 / minutes)
            rungs.append(rung / minutes)
            events.append(event / cases * 24 * 60 / minutes)
        yield taken(f"keeping {cases} cases", "ms of processor a case and hour", costs)
        yield taken(f"rungs of {cases} cases", "1/min", rungs)
        yield taken(f"events by time alone, {cases} cases", "1/day a case", events)


def some_minutes(folder: Path, cases: int, minutes: int) -> tuple[float, int, int]:
    """Tick each minute and sweep each minute, as a running ward does: seconds of processor, rungs, events."""
    source = demonstration()
    store = SqliteStore.create(folder / "many.db", "demonstration")
    grow(source, store, cases, closed=False)
    clock = FixedClock(Instant(opens()))
    house, carried = house_of(store, clock), Carried()
    # What has come due until then is met first, and is no part of what is measured.
    for _ in range(16):
        pass_minute(house, clock, carried)
    before, position, began = rung_count(store), positions(store), process_time()
    for _ in range(minutes):
        pass_minute(house, clock, carried)
    spent = process_time() - began
    found = spent, rung_count(store) - before, positions(store) - position
    store.close()
    source.close()
    return found


def pass_minute(house: House, clock: FixedClock, carried: Carried) -> None:
    """One minute of a running ward."""
    clock.advance(MINUTE_US)
    done = tick(house.engine, house.store, clock, carried, worker="bench")
    swept = sweep(house.engine, house.store, clock)
    assert not done.failed, done.failed
    assert not swept.failed, swept.failed


def rung_count(store: SqliteStore) -> int:
    """How many rungs were reached."""
    return int(store._ask(QUESTION)[0][0])  # noqa: SLF001 - one question for all cases


def positions(store: SqliteStore) -> int:
    """How many events all cases have."""
    return sum(head.position for head in store.heads(closed=True))
