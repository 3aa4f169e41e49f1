"""The opening: a new store with the demonstration ward as it is when the demonstration begins."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from msgspec.structs import replace

from pathway.case.commands import Answer
from pathway.clinical.instant import Instant
from pathway.engine.ports import Store, Vault
from ward.advance import walk
from ward.beds import KEEPER, set_beds
from ward.clock import FixedClock, SystemClock
from ward.demonstration.chance import SEED
from ward.demonstration.diary import Diary
from ward.demonstration.pace import note
from ward.demonstration.people import invite
from ward.demonstration.rota import begin
from ward.demonstration.steps import Scheduled, scheduled
from ward.demonstration.story import Patient, opens, story
from ward.demonstration.voices import Voices
from ward.past import Past
from ward.vault import SiteVault, drawn_by, key_file, read_key
from ward.wiring import House, create_store, house, memory_store

Progress = Callable[[int, int], None]
PROPERTY = "demonstration_seed"


def open_demonstration(path: Path, progress: Progress, seed: int = SEED) -> None:
    """Make `path` a demonstration with the invented ward at its opening hour; all of it, or no file.

    `seed` varies values and hours of the invented patients; the same one makes the same events, byte for byte.

    `progress` is told the number of the patient that is begun, and how many there are.
    """
    building = path.with_name(path.name + ".building")
    for left in (building, *(building.with_name(building.name + end) for end in ("-wal", "-shm", "-journal"))):
        left.unlink(missing_ok=True)
    store = create_store(building, "demonstration", story().label, key_file(path))
    try:
        key = read_key(key_file(path))
        played(store, progress, seed, SiteVault(key, draw=drawn_by(seed)))
        note(store, opens(), SystemClock().now(), 0)
    finally:
        store.close()
    building.rename(path)


def played(store: Store, progress: Progress, seed: int = SEED, vault: Vault | None = None) -> None:
    """Play everything that lies before the opening into a new store, which remembers the seed. `vault`: what seals."""
    store.set_property(PROPERTY, str(seed))
    set_beds(store, story().ward, story().beds, by="demonstration", role=KEEPER)
    clock, diary = FixedClock(Instant(0)), Diary(memory_store())
    made = house(Past.over(cast("Store", diary)), clock, vault)
    patients = story().patients
    clock.set(min(scheduled(each, seed)[0].at for each in patients))
    invite(made, story().ward)
    for number, patient in enumerate(patients, start=1):
        progress(number, len(patients))
        play(made, clock, patient, seed)
    clock.set(opens())
    begin(made)
    diary.copy_to(store)


def seed_of(store: Store) -> int:
    """The seed that a demonstration was made with."""
    return int(store.property(PROPERTY) or SEED)


def play(made: House, clock: FixedClock, patient: Patient, seed: int) -> tuple[tuple[Scheduled, Answer], ...]:
    """Play one patient's past, each command at its instant and what time brings in between; with what was answered."""
    past = [each for each in scheduled(patient, seed) if each.at <= opens()]
    clock.set(past[0].at)
    voices = Voices(made)
    answers: dict[str, Answer] = {}
    for each in past:
        walk(made.engine, made.store, clock, patient.case, each.at)
        aimed = {name: answers[brought].positions[0] for name, brought in each.about.items()}
        answers[each.command.id] = voices.handle(replace(each.command, **aimed))
    walk(made.engine, made.store, clock, patient.case, opens())
    return tuple((each, answers[each.command.id]) for each in past)
