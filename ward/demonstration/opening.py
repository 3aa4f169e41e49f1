"""The opening: a new store with the demonstration ward as it is when the demonstration begins."""

from collections.abc import Callable
from pathlib import Path

from pathway.clinical.instant import Instant
from pathway.engine.ports import Store
from ward.advance import walk
from ward.clock import FixedClock, SystemClock
from ward.demonstration.pace import note
from ward.demonstration.story import Patient, opens, scheduled, story
from ward.past import Past
from ward.wiring import House, create_store, house

Progress = Callable[[int, int], None]


def open_demonstration(path: Path, progress: Progress) -> None:
    """Make `path` a demonstration with the invented ward at its opening hour; all of it, or no file.

    `progress` is told the number of the patient that is begun, and how many there are.
    """
    building = path.with_name(path.name + ".building")
    for left in (building, *(building.with_name(building.name + end) for end in ("-wal", "-shm", "-journal"))):
        left.unlink(missing_ok=True)
    store = create_store(building, "demonstration", story().label)
    try:
        played(store, progress)
        note(store, opens(), SystemClock().now(), 0)
    finally:
        store.close()
    building.rename(path)


def played(store: Store, progress: Progress) -> House:
    """Play everything that lies before the opening into a store."""
    clock = FixedClock(Instant(0))
    made = house(Past.over(store), clock)
    patients = story().patients
    for number, patient in enumerate(patients, start=1):
        progress(number, len(patients))
        play(made, clock, patient)
    return made


def play(made: House, clock: FixedClock, patient: Patient) -> None:
    """Play one patient's past, each command at its instant and what time brings in between."""
    past = [each for each in scheduled(patient) if each.at <= opens()]
    clock.set(past[0].at)
    for each in past:
        walk(made.engine, made.store, clock, patient.case, each.at)
        made.engine.handle(each.command)
    walk(made.engine, made.store, clock, patient.case, opens())
