"""A ward of three patients whose keeper signed three checkpoints, and on which a little happened since."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.case.commands import AnyCommand, Enrol, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from ward.backup import back_up
from ward.clock import FixedClock
from ward.place import beside
from ward.proof.checkpoint import Keeper, Told
from ward.proof.key import CheckpointKey, found_key, key_place
from ward.proof.verify import Verified, verify
from ward.vault import key_file
from ward.wiring import House, create_store, house, open_house

DOCTOR, LAB = By("Dr A", "physician"), By("lab", "laboratory", "feed")
MINUTE, NOON = 60 * SECOND, instant("2026-03-02T12:00:00Z")
CASES = ("c1", "c2", "c3")


class World:
    """A store with its keeper; `keep` signs, `lab` lets a value come in."""

    def __init__(self, path: Path, clock: FixedClock) -> None:
        self.path, self.clock = path, clock
        self.house: House = house(open_house(path).store, clock)
        self.number = 0

    @property
    def key(self) -> CheckpointKey:
        return found_key(self.house.store, key_place(self.path))

    @property
    def folder(self) -> Path:
        return beside(self.path, f"{self.path.name}.checkpoints")

    def do(self, command: AnyCommand) -> None:
        assert self.house.engine.handle(command).status == "accepted"

    def lab(self, case: str) -> None:
        at = self.clock.advance(MINUTE)
        self.number += 1
        more = {"loinc": "3255-7", "value": str(80 + self.number), "unit": "mg/dL", "collected_at": at}
        self.do(RecordResult(id=f"{case}/{at}", case=case, by=LAB, **more))

    def keeper(self) -> Keeper:
        return Keeper(self.house.store, self.path, self.key, self.clock)

    def keep(self) -> Told:
        self.clock.advance(MINUTE)
        return self.keeper().sign()

    def end(self, case: str) -> int:
        found = self.house.store.head(case)
        assert found is not None
        return found.position

    def verify(self, public: str = "") -> Verified:
        with_now = open_house(self.path)
        try:
            return verify(with_now, self.path, Instant(self.clock.now()), public=public)
        finally:
            with_now.close()

    def without_site_key(self) -> None:
        key_file(self.path).unlink()


def enrol(case: str, at: Instant) -> Enrol:
    return Enrol(
        id=f"{case}/enrol",
        case=case,
        by=DOCTOR,
        pathway="variant_apl",
        presented_at=at,
        identifiers={"name": "INVENTED", "number": case},
        zone="Europe/Berlin",
        ward="W",
        bed=case,
        patient=case,
        origin="invented",
    )


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the store, its keys, its checkpoints, and copies of it as it was at the second checkpoint."""
    folder = tmp_path_factory.mktemp("proof")
    path = folder / "ward.db"
    create_store(path, "demonstration", "W", key_file(path)).close()
    world = World(path, FixedClock(NOON))
    for case in CASES:
        world.do(enrol(case, world.clock.now()))
    world.keep()
    for case in CASES:
        world.lab(case)
    world.keep()
    back_up(path, folder / "old.db", lambda done, of: None)
    for case in (*CASES, "c1"):
        world.lab(case)
    world.keep()
    world.lab("c1")
    world.house.close()
    return folder


@pytest.fixture
def world(made_once: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of that ward, to be attacked; nobody has its file open but who attacks or verifies."""
    shutil.copytree(made_once, tmp_path / "ward")
    made = World(tmp_path / "ward" / "ward.db", FixedClock(instant("2026-03-02T14:00:00Z")))
    yield made
    made.house.close()
