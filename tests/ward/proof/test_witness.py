"""A witness remembers the last checkpoint and takes only what goes on from it."""

import shutil
from pathlib import Path

import pytest

from pathway.engine.errors import RecordDamaged
from tests.ward.proof.conftest import World
from ward.errors import NotUnderstood
from ward.proof.witness import Seen, witness


def show(world: World, number: int, memory: Path, folder: Path | None = None) -> Seen:
    return witness((folder or world.folder) / f"{number:08}.note", memory, world.key.public)


def test_a_checkpoint_that_goes_on_is_taken_and_one_may_be_left_out(world: World, tmp_path: Path):
    memory = tmp_path / "witness.json"
    assert show(world, 1, memory).number == 1
    assert show(world, 3, memory).number == 3
    world.lab("c1")
    world.keep()
    assert show(world, 4, memory).number == 4
    assert show(world, 4, memory).number == 4


def test_an_older_checkpoint_is_refused(world: World, tmp_path: Path):
    memory = tmp_path / "witness.json"
    show(world, 3, memory)
    with pytest.raises(RecordDamaged, match="older"):
        show(world, 2, memory)


def test_another_checkpoint_of_the_same_number_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    memory, copy = tmp_path / "witness.json", tmp_path / "copy"
    show(world, 3, memory)
    before = memory.read_bytes()
    shutil.copytree(world.folder, copy)
    for end in (".note", ".heads"):
        (copy / f"00000003{end}").unlink()
    monkeypatch.setenv("WARDPATH_CHECKPOINTS", str(copy))
    world.keep()
    world.lab("c2")
    world.keep()
    with pytest.raises(RecordDamaged, match="does not go on from checkpoint 3"):
        show(world, 4, memory, copy)
    assert memory.read_bytes() == before


def test_a_checkpoint_that_claims_events_anew_is_refused(world: World, tmp_path: Path):
    """A keeper that starts over signs what it likes; to a witness it does not go on."""
    memory, forged = tmp_path / "witness.json", tmp_path / "forged"
    show(world, 2, memory)
    shutil.copytree(world.folder, forged)
    heads = forged / "00000003.heads"
    line = (forged / "00000002.heads").read_text("ascii").splitlines()[0]
    heads.write_text(f"{line}\n", "ascii")
    with pytest.raises(RecordDamaged, match="file of heads"):
        show(world, 3, memory, forged)


def test_a_checkpoint_of_another_key_is_refused(world: World, tmp_path: Path):
    memory = tmp_path / "witness.json"
    show(world, 1, memory)
    note = world.folder / "00000002.note"
    note.write_text(note.read_text("utf-8").replace("number 2\nevents ", "number 2\nevents 1"), "utf-8")
    with pytest.raises(RecordDamaged, match="not what the key signed"):
        show(world, 2, memory)


def test_a_gap_without_its_checkpoints_is_refused(world: World, tmp_path: Path):
    memory = tmp_path / "witness.json"
    show(world, 1, memory)
    for end in (".note", ".heads"):
        (world.folder / f"00000002{end}").unlink()
    with pytest.raises(RecordDamaged):
        show(world, 3, memory)


def test_a_file_that_is_no_checkpoint_is_not_understood(world: World, tmp_path: Path):
    with pytest.raises(NotUnderstood):
        witness(tmp_path / "letter.txt", tmp_path / "witness.json", world.key.public)
