"""One bit of the file is turned over, at a random place: it is found and located, or every record reads as before."""

from contextlib import closing
from pathlib import Path

import pytest

from persistence.sqlite import SqliteStore
from tests.faults.disk import engine, story
from tests.faults.flips import Flip, many
from ward.vault import SiteKey, SiteVault

pytestmark = pytest.mark.faults
SEED = 20261122
VAULT = SiteVault(SiteKey(bytes(range(64))))
#: What lies beside the record and has no digest of its own: a changed bit there is unseen (docs/reference/faults.md).
BESIDE = {"remembered", "attempt", "notice", "access_log", "access_case", "heartbeat", "sign_in", "store_property"}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one patient's story."""
    path = tmp_path_factory.mktemp("flips") / "ward.db"
    with closing(SqliteStore.create(path, "demonstration")) as store:
        made = engine(store, VAULT)
        for each in story():
            assert made.handle(each).refusal is None
    return path


def seen(flips: list[Flip]) -> list[Flip]:
    """The flips of which nothing is wrong: those of the record that nobody found."""
    return [each for each in flips if not each.found_by and set(each.changed) - BESIDE]


def test_no_flipped_bit_of_the_record_reads_otherwise_unseen(original: Path, tmp_path: Path):
    flips = list(many(original, tmp_path, 120, SEED, VAULT))
    assert seen(flips) == []
    located = [each for each in flips if each.found_by in {"record", "proof", "keys"} and each.named]
    assert len(located) >= 5
    assert {name for each in located for name in each.named} <= {"c1", ""}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_of_many_flipped_bits_none_of_the_record_reads_otherwise_unseen(original: Path, tmp_path: Path, seed: int):
    flips = list(many(original, tmp_path, 500, seed, VAULT))
    assert seen(flips) == []
    assert sum(bool(each.found_by) for each in flips) > 25
