"""Ten attacks by somebody who may write the whole database: what is seen, where, by what; and what is not."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persistence.driver import bare, choose
from tests.ward.proof.attacker import Attacker, back_date, cut, delete, edit, hashed, swap
from tests.ward.proof.conftest import World
from ward.backup import restore
from ward.proof.checkpoint import Keeper
from ward.proof.key import CheckpointKey
from ward.proof.verify import Verified
from ward.proof.verify_export import Finding
from ward.vault import key_file

#: Of c1: what the last checkpoint reached, and the stream's end after it.
ATTACKS = {"edit": edit, "delete": delete, "back_date": back_date}


def first(found: Verified) -> Finding:
    assert found.findings, "nothing was seen"
    return found.findings[0]


def reach(world: World, number: int) -> int:
    """Up to where the checkpoints until a number reach in c1."""
    from ward.proof.key import SALT, token
    from ward.proof.verify_export import Book

    salt = world.house.store.property(SALT)
    assert salt is not None
    claims = Book([world.folder], world.key.public).claims[token(bytes.fromhex(salt), "c1")]
    return claims.reach[claims.numbers.index(number)]


def test_a_record_that_nobody_touched_is_clean_and_says_what_it_cannot_see(world: World):
    found = world.verify()
    assert (found.findings, found.checkpoint, found.streams) == ((), 3, 3)
    assert any("events came after checkpoint 3" in each for each in found.unseen)


# --- 1 to 4: leaving the hashes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("keyed", [True, False])
def test_an_edited_event_is_named(world: World, keyed: bool):
    if not keyed:
        world.without_site_key()
    Attacker(world.path).change("c1", edit(3), anew=False)
    found = first(world.verify())
    assert (found.kind, found.case, found.position, found.seen_by) == ("edited", "c1", 3, "chain")


def test_a_deleted_event_is_named(world: World):
    Attacker(world.path).change("c2", delete(2), anew=False)
    found = first(world.verify())
    assert (found.kind, found.case, found.position) == ("removed", "c2", 2)


def test_two_swapped_events_are_named(world: World):
    Attacker(world.path).change("c1", swap(2, 5), anew=False)
    found = world.verify().findings
    assert [(each.kind, each.position) for each in found if each.kind == "swapped"] == [("swapped", 2), ("swapped", 5)]


def test_a_back_dated_event_is_named(world: World):
    Attacker(world.path).change("c1", back_date(4), anew=False)
    found = first(world.verify())
    assert (found.kind, found.case, found.position) == ("edited", "c1", 4)


def test_a_column_beside_an_event_that_says_something_else_is_named(world: World):
    with Attacker(world.path).inside() as raw:
        raw.execute("UPDATE event SET occurred_at = occurred_at - 1 WHERE \"case\" = 'c1' AND position = 3")
    found = first(world.verify())
    assert (found.kind, found.case, found.position) == ("column", "c1", 3)


def test_an_insert_or_replace_is_refused_by_the_database_and_seen_where_its_guards_are_gone(world: World):
    event = Attacker(world.path).stream("c1")[1]
    forged = edit(2)([event])[0]
    statement = f"INSERT OR REPLACE INTO event VALUES ({', '.join('?' for _ in forged)})"  # noqa: S608  # only marks
    module = choose().module
    raw = bare(choose(), world.path)
    with pytest.raises(module.IntegrityError):
        raw.execute(statement, tuple(forged.values()))
    raw.close()
    with Attacker(world.path).inside() as unguarded:
        unguarded.execute(statement, tuple(forged.values()))
    found = first(world.verify())
    assert (found.kind, found.case, found.position) == ("edited", "c1", 2)


# --- then hashed anew ------------------------------------------------------------------------------------------------


def test_one_event_that_is_hashed_anew_by_itself_is_found_by_the_next_even_without_keys_and_checkpoints(world: World):
    for file in world.folder.iterdir():
        file.unlink()
    world.without_site_key()
    attacker = Attacker(world.path)
    events = attacker.stream("c1")
    alone = hashed(edit(3)(events))[2]
    attacker.write("c1", [*events[:2], alone, *events[3:]])
    found = [(each.kind, each.position) for each in world.verify().findings]
    assert found == [("checkpoint_missing", 0), ("unlinked", 4)]


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("keyed", [True, False])
def test_what_is_changed_and_hashed_anew_is_named_by_the_checkpoint(world: World, name: str, keyed: bool):
    if not keyed:
        world.without_site_key()
    Attacker(world.path).change("c1", ATTACKS[name](3), anew=True)
    found = first(world.verify())
    by = ("back_dated", "content") if name == "back_date" else ("rewritten", "checkpoint")
    assert (found.case, found.position, found.kind, found.seen_by) == ("c1", 3, *by)
    assert (found.after, found.before) == (0, 1)


def test_swapped_events_that_are_hashed_anew_are_named_by_the_checkpoint_between_which_they_lay(world: World):
    start = reach(world, 1) + 1
    Attacker(world.path).change("c1", swap(start, start + 1), anew=True)
    found = first(world.verify())
    assert (found.kind, found.position, found.after, found.before) == ("rewritten", start, 1, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data(), name=st.sampled_from(sorted(ATTACKS)), anew=st.booleans(), keyed=st.booleans())
def test_wherever_an_event_is_changed_before_the_checkpoint_that_event_is_named(
    made_once: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str, anew: bool, keyed: bool
):
    folder = tmp_path_factory.mktemp("random")
    shutil.copytree(made_once, folder / "ward")
    from tests.ward.proof.conftest import NOON
    from ward.clock import FixedClock

    world = World(folder / "ward" / "ward.db", FixedClock(NOON))
    position = data.draw(st.integers(1, reach(world, 3)))
    if not keyed:
        world.without_site_key()
    Attacker(world.path).change("c1", ATTACKS[name](position), anew=anew)
    found = first(world.verify())
    world.house.close()
    shutil.rmtree(folder)
    assert (found.case, found.position) == ("c1", position)


# --- 5 to 7: what is gone --------------------------------------------------------------------------------------------


def test_a_tail_cut_before_the_checkpoint_is_named(world: World):
    position = reach(world, 2) + 1
    Attacker(world.path).change("c2", cut(position), anew=False)
    found = [each for each in world.verify().findings if each.kind == "cut"]
    assert [(each.case, each.position, each.seen_by) for each in found] == [("c2", position, "checkpoint")]


def test_a_tail_cut_after_the_checkpoint_is_not_seen_and_that_is_said(world: World):
    tail = world.end("c1") - reach(world, 3)
    assert tail > 0
    assert any(f"{tail} events came after checkpoint 3" in each for each in world.verify().unseen)
    Attacker(world.path).change("c1", cut(reach(world, 3) + 1), anew=False)
    assert world.verify().findings == ()


def test_a_tail_cut_after_the_checkpoint_is_seen_where_the_head_row_was_forgotten(world: World):
    attacker, position = Attacker(world.path), reach(world, 3) + 1
    attacker.write("c1", cut(position)(attacker.stream("c1")), head=False)
    found = first(world.verify())
    assert (found.kind, found.case, found.position) == ("head", "c1", position)


def test_a_whole_case_that_was_dropped_is_named(world: World):
    world.house.store.looked_by(world.clock.now(), world.house.engine.timeline("c2")[0].by, "case", ("c2",))
    Attacker(world.path).write("c2", [])
    found = first(world.verify())
    assert (found.kind, found.case) == ("missing", "c2")


def test_an_older_copy_in_the_place_of_the_record_shows_as_a_roll_back(world: World):
    world.house.close()
    for file in world.path.parent.glob("ward.db*"):
        if file.is_file() and not file.name.endswith("key"):
            file.unlink()
    restore(world.path.with_name("old.db"), world.path, lambda done, of: None)
    kinds = {each.kind: each for each in world.verify().findings}
    assert kinds.keys() == {"cut", "rolled_back"}
    assert (kinds["rolled_back"].after, kinds["rolled_back"].before) == (2, 3)


# --- 8 to 10: the checkpoints, and what comes after them -------------------------------------------------------------


def test_a_checkpoint_signed_with_another_key_is_named(world: World):
    own, note = world.key, world.folder / "00000003.note"
    body = note.read_text("utf-8").partition("\n\n")[0] + "\n"
    note.write_text(CheckpointKey(own.name, bytes(range(32))).sign(body.encode()), "utf-8")
    found = first(world.verify())
    assert (found.kind, found.before) == ("checkpoint_forged", 3)


def test_a_whole_folder_signed_with_another_key_is_named_by_whoever_was_given_the_true_one(world: World):
    true = world.key.public
    for file in world.folder.iterdir():
        file.unlink()
    Attacker(world.path).change("c1", edit(2), anew=True)
    other = CheckpointKey(world.key.name, bytes(range(32)))
    with Attacker(world.path).inside() as raw:
        raw.execute("UPDATE store_property SET value = ? WHERE name = 'checkpoint_key'", (other.public,))
    Keeper(world.house.store, world.path, other, world.clock).sign()
    world.without_site_key()
    assert world.verify().findings == ()  # who has only what lies here is deceived
    assert {each.kind for each in world.verify(true).findings} == {"checkpoint_forged"}


def test_two_checkpoints_of_one_number_that_say_different_things_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    copy = world.path.with_name("copy")
    shutil.copytree(world.folder, copy)
    for end in (".note", ".heads"):
        (copy / f"00000003{end}").unlink()
    monkeypatch.setenv("WARDPATH_CHECKPOINTS", str(copy))
    told = world.keep()
    assert told.number == 3
    monkeypatch.setenv("WARDPATH_CHECKPOINTS", str(world.folder))
    monkeypatch.setenv("WARDPATH_CHECKPOINTS_COPY", str(copy))
    found = first(world.verify())
    assert (found.kind, found.before) == ("checkpoint_diverging", 3)


def test_the_last_event_changed_after_the_checkpoint_is_named_by_its_keyed_hash_alone(world: World):
    last = world.end("c1")
    assert last > reach(world, 3)
    Attacker(world.path).change("c1", edit(last), anew=True)
    found = first(world.verify())
    assert (found.kind, found.position, found.seen_by) == ("rewritten", last, "key")
    world.without_site_key()
    blind = world.verify()
    assert blind.findings == ()
    assert any("the key of the site is not here" in each for each in blind.unseen)


@pytest.mark.parametrize("blank", ["the last", "every"])
def test_an_event_changed_after_the_checkpoint_is_named_where_its_keyed_hash_was_taken_away(world: World, blank: str):
    last = world.end("c1")
    attacker = Attacker(world.path)
    attacker.change("c1", edit(last), anew=True)
    events = attacker.stream("c1")
    attacker.write(
        "c1", [each | {"mac": b""} if blank == "every" or each["position"] == last else each for each in events]
    )
    found = first(world.verify())
    position = last if blank == "the last" else reach(world, 3) + 1
    assert (found.kind, found.position, found.seen_by) == ("unkeyed", position, "key")


def test_events_from_hours_without_the_key_are_held_by_the_next_checkpoint(world: World):
    file = key_file(world.path)
    away = file.rename(file.with_name("away"))
    keyless = World(world.path, world.clock)
    keyless.lab("c1")
    keyless.house.close()
    away.rename(file)
    assert {(each.kind, each.case) for each in world.verify().findings} == {("unkeyed", "c1")}
    world.keep()
    assert world.verify().findings == ()


def test_a_checkpoint_that_is_gone_is_named(world: World):
    (world.folder / "00000002.note").unlink()
    assert ("checkpoint_missing", 2) in {(each.kind, each.before) for each in world.verify().findings}


def test_without_the_files_of_heads_the_root_alone_is_compared_and_that_is_said(world: World):
    world.keep()
    for file in world.folder.glob("*.heads"):
        file.unlink()
    assert world.verify().findings == ()
    assert any("no file of heads" in each for each in world.verify().unseen)
    Attacker(world.path).change("c1", edit(2), anew=True)
    world.without_site_key()
    assert [(each.kind, each.case, each.before) for each in world.verify().findings] == [("rewritten", "", 4)]


def test_a_file_of_heads_that_was_changed_is_named(world: World):
    file = world.folder / "00000002.heads"
    file.write_text(file.read_text("ascii")[:-3] + "00\n", "ascii")
    assert first(world.verify()).kind == "heads_changed"
