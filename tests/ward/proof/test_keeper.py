"""The keeper signs what goes on from before, in two places, and refuses to seal what was changed."""

import stat
from pathlib import Path
from threading import Event

import pytest

from pathway.clinical.instant import iso
from pathway.engine.errors import RecordDamaged
from tests.ward.proof.attacker import Attacker, cut, edit
from tests.ward.proof.conftest import World
from ward.errors import NotHere
from ward.paper.page import as_page
from ward.paper.print import as_pdf
from ward.paper.sheet import sheets
from ward.proof.checkpoint import Keeper, Told, keep
from ward.proof.key import CheckpointKey, found_key, key_place
from ward.proof.verify_export import Book


def test_the_key_lies_in_a_file_that_its_owner_alone_reads_and_is_never_made_anew(world: World):
    file = key_place(world.path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert found_key(world.house.store, file).public == world.house.store.property("checkpoint_key")
    assert file.read_bytes() == before


def test_a_key_of_another_store_is_refused(world: World):
    other = CheckpointKey(world.key.name, bytes(range(32)))
    with pytest.raises(NotHere):
        Keeper(world.house.store, world.path, other, world.clock)


def test_a_key_shows_its_secret_in_no_text(world: World):
    assert world.key.secret.hex() not in repr(world.key)


def test_a_checkpoint_says_no_case(world: World):
    told = b"".join(file.read_bytes() for file in world.folder.iterdir())
    assert not any(case.encode() in told.split() for case in ("c1", "c2", "c3"))


def test_both_places_hold_every_checkpoint_and_a_place_that_was_away_is_brought_up(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy = tmp_path / "copy"
    monkeypatch.setenv("WARDPATH_CHECKPOINTS_COPY", str(copy))
    world.keep()
    assert {file.name for file in copy.iterdir()} == {file.name for file in world.folder.iterdir()}
    assert len(list(copy.glob("*.note"))) == 4
    assert world.verify().findings == ()


@pytest.mark.parametrize("how, anew", [(edit(2), True), (cut(2), False)])
def test_nothing_is_signed_over_a_record_that_was_changed_before_the_last_checkpoint(world: World, how, anew: bool):
    Attacker(world.path).change("c1", how, anew=anew)
    world.lab("c2")
    with pytest.raises(RecordDamaged):
        world.keeper().sign()
    assert len(list(world.folder.glob("*.note"))) == 3


def test_nothing_is_signed_over_an_event_that_was_changed_since(world: World):
    last = world.end("c1")
    Attacker(world.path).change("c1", edit(last), anew=False)
    with pytest.raises(RecordDamaged, match=f"position {last}"):
        world.keeper().sign()


def test_nothing_is_signed_where_a_whole_case_is_gone(world: World):
    Attacker(world.path).write("c2", [])
    with pytest.raises(RecordDamaged, match="gone"):
        world.keeper().sign()


def test_damaged_checkpoints_are_not_gone_on_from(world: World):
    (world.folder / "00000002.heads").write_text("", "ascii")
    with pytest.raises(RecordDamaged):
        world.keeper()


def test_who_is_asked_to_stop_signs_once_more(world: World):
    stopping, told = Event(), list[Told]()
    stopping.set()
    keep(world.keeper, stopping, told.append)
    assert [each.number for each in told] == [4]
    assert Book([world.folder], world.key.public).findings == []


def test_what_cannot_be_signed_is_said_and_does_not_end_the_keeper(world: World, caplog: pytest.LogCaptureFixture):
    Attacker(world.path).write("c2", [])
    stopping, told = Event(), list[Told]()
    stopping.set()
    keep(world.keeper, stopping, told.append)
    assert told == []


def test_the_downtime_sheet_bears_the_code_of_the_last_checkpoint(world: World):
    told = world.keep()
    (sheet,) = sheets(world.house, "token")
    assert f"checkpoint 4 of {told_at(told)}, code {told.code}" in sheet.sealed
    assert told.code in as_page(sheet)
    assert as_pdf(sheet).startswith(b"%PDF-")


def told_at(told: Told) -> str:
    return iso(told.at)[:19] + "Z"
