"""What somebody might do so that the verifier itself falls, looks away or says what is not so."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pathway.case.envelope import FIRST_HASH, digest
from tests.ward.proof.attacker import Attacker, Event, edit, edited
from tests.ward.proof.conftest import World
from tests.ward.proof.test_export import checked, exported
from ward.proof.checkpoint import Keeper
from ward.proof.key import PUBLIC, SALT, key_place
from ward.proof.key import read_key as key_in
from ward.vault import PROPERTY


def found(world: World) -> list[tuple[str, str, int]]:
    return [(each.kind, each.case, each.position) for each in world.verify().findings]


def lines_of(folder: Path) -> list[Event]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]


def put(folder: Path, name: str, said: object) -> None:
    (folder / name).write_text(json.dumps(said), "utf-8")


@pytest.mark.parametrize("said", ["yesterday", None, [1], True])
def test_an_event_without_a_time_that_can_be_read_is_named_and_everything_else_is_checked(world: World, said: object):
    attacker = Attacker(world.path)
    made = [edited(each, by={"actor": "x"}) if each["position"] == 3 else each for each in attacker.stream("c1")]
    content = json.loads(made[2]["canonical"]) | {"recorded_at": said}
    made[2]["canonical"] = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    attacker.write("c1", made)
    attacker.change("c2", edit(3), anew=False)
    assert {("edited", "c1", 3), ("edited", "c2", 3)} <= set(found(world))
    code, words = checked(exported(world))
    assert (code, "edited [c1 position 3]" in words, "edited [c2 position 3]" in words) == (4, True, True), words


def test_an_event_without_a_time_that_is_hashed_as_it_should_be_is_named_too(world: World):
    attacker = Attacker(world.path)
    events = attacker.stream("c1")
    last = events[-1]
    content = json.loads(last["canonical"]) | {"recorded_at": "later"}
    last["canonical"] = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    last["hash"] = digest(last["previous"] or FIRST_HASH, last["canonical"])
    attacker.write("c1", events)
    named = [each for each in world.verify().findings if (each.case, each.position) == ("c1", last["position"])]
    assert named[0].kind == "edited"


@pytest.mark.parametrize("depth", [200, 100_000])
def test_content_nested_without_end_is_named_and_brings_nothing_down(world: World, depth: int):
    attacker = Attacker(world.path)
    events = attacker.stream("c1")
    events[2]["canonical"] = events[2]["canonical"][:-1] + b',"z":' + b"[" * depth + b"]" * depth + b"}"
    attacker.write("c1", events)
    assert ("edited", "c1", 3) in found(world)


@pytest.mark.parametrize("value", [None, "0000"])
def test_who_changes_the_name_of_the_site_s_key_to_blind_the_keyed_hashes_is_named(world: World, value: str | None):
    Attacker(world.path).change("c1", edit(world.end("c1")), anew=True)
    with Attacker(world.path).inside() as raw:
        if value is None:
            raw.execute("DELETE FROM store_property WHERE name = ?", (PROPERTY,))
        else:
            raw.execute("UPDATE store_property SET value = ? WHERE name = ?", (value, PROPERTY))
    assert ("key_changed", "", 0) in found(world)


def test_checkpoints_that_are_all_gone_are_missed_by_a_store_that_names_their_key(world: World):
    shutil.rmtree(world.folder)
    assert found(world) == [("checkpoint_missing", "", 0)]


@pytest.mark.parametrize("name, kind", [(SALT, "salt_changed"), (PUBLIC, "key_changed")])
def test_a_salt_or_a_key_that_is_none_is_named_and_nothing_is_signed_over_it(world: World, name: str, kind: str):
    with Attacker(world.path).inside() as raw:
        raw.execute("UPDATE store_property SET value = 'no such thing' WHERE name = ?", (name,))
    assert (kind, "", 0) in found(world)
    key = key_in(key_place(world.path))
    assert key is not None
    with pytest.raises(Exception, match="another key"):
        Keeper(world.house.store, world.path, key, world.clock)


def test_a_public_key_that_cannot_be_read_is_named(world: World):
    (world.folder / "key.pub").write_text("none", "ascii")
    assert ("key_changed", "", 0) in found(world)


def test_a_case_that_was_taken_off_every_board_by_its_head_row_is_named(world: World):
    with Attacker(world.path).inside() as raw:
        raw.execute("UPDATE case_head SET pathway = '' WHERE \"case\" = 'c1'")
    assert [(kind, case) for kind, case, _ in found(world)] == [("head", "c1")]


def test_a_name_that_would_write_over_a_finding_is_printed_without_its_power(world: World):
    folder = exported(world)
    lines = lines_of(folder)
    lines[0]["case"] = "\x1b[2J\x1b[1Anothing is wrong\ud800"
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines), "utf-8")
    code, words = checked(folder)
    assert (code, "\x1b" in words, "[2J" in words) == (4, False, True), words


def test_a_whole_copy_that_is_given_out_as_a_part_says_of_how_many_streams_it_is(world: World):
    folder = exported(world)
    about = json.loads((folder / "about.json").read_text("utf-8"))
    kept = [each for each in lines_of(folder) if each["case"] != "c2"]
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in kept), "utf-8")
    about["whole"] = False
    del about["heads"]["c2"]
    del about["tokens"]["c1"]
    put(folder, "about.json", about)
    _, words = checked(folder)
    assert re.search(r"this is a copy of 2 of 3 streams", words), words
    assert "1 streams here are in no checkpoint" in words
    assert "the public key came with this copy" in words


def test_an_export_without_the_files_of_heads_is_not_said_to_be_rewritten(world: World):
    world.keep()
    folder = exported(world)
    for file in (folder / "checkpoints").glob("*.heads"):
        file.unlink()
    code, words = checked(folder)
    assert (code, "has no file of heads" in words) == (0, True), words


def test_what_is_no_file_among_the_checkpoints_stops_no_export(world: World):
    (world.folder / "00000009.note").mkdir()
    assert (exported(world) / "events.jsonl").is_file()
