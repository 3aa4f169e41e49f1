"""An erasure on a real file: nothing readable is left in it, its tombstone lies elsewhere, a crash is made good."""

import os
import signal
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pathway.site.retention.commands import HoldCase
from pathway.site.retention.events import signed_bytes
from pathway.site.streams import RETENTION
from persistence.copy import copied
from tests.faults.boundary import Boundaries
from tests.ward.retention.conftest import ADMIN, LATER, NAMES, NOW, WRITTEN, at, enrol, erasure, leave, said
from ward.health import health_of
from ward.place import Place
from ward.proof.key import key_place, read_key
from ward.proof.places import folders
from ward.reading import HouseReads
from ward.record import check_record
from ward.retention.due import all_ending, count, due
from ward.retention.finish import finish
from ward.retention.plan import plan_of


def bytes_of(place: Path) -> bytes:
    """Everything that lies in the files of a store."""
    found = [place, *(place.with_name(place.name + end) for end in ("-wal", "-journal"))]
    return b"".join(each.read_bytes() for each in found if each.exists())


def copy(place: Path, to: Path) -> None:
    """A backup, as `wardpath backup` makes it."""
    with copied(place, to):
        pass


def stones(place: Place) -> list[Path]:
    """The tombstones that lie outside the store."""
    return sorted(file for folder in folders(place) for file in folder.glob("tombstone-*.txt"))


def parts(key: bytes) -> list[bytes]:
    """Every eight bytes in a row of a key."""
    return [key[at : at + 8] for at in range(len(key) - 7)]


def test_a_key_that_is_destroyed_lies_nowhere_in_the_file_or_its_log_any_more(place: Path):
    with at(place, NOW) as made:
        for number in range(3, 9):
            enrol(made, f"c{number}", f"{number}")
        leave(made, "c4")
        wrapped, other = (made.store.case_key(each).wrapped for each in ("c4", "c5"))
        assert wrapped in bytes_of(place)
        said(made, erasure("c4", ground="erasure order", law="Article 17 GDPR"))
        assert wrapped in bytes_of(place), "the log still has it: else this test shows nothing"
        finish(made, place)
        assert [part for part in parts(wrapped) if part in bytes_of(place)] == []
        assert other in bytes_of(place)
    assert [part for part in parts(wrapped) if part in bytes_of(place)] == []


def test_a_backup_made_before_still_has_the_key_and_one_made_after_has_not(place: Path, tmp_path: Path):
    with at(place) as made:
        wrapped = made.store.case_key("c1").wrapped
        copy(place, tmp_path / "before.db")
        said(made, erasure())
        finish(made, place)
        copy(place, tmp_path / "after.db")
    assert wrapped in bytes_of(tmp_path / "before.db")
    assert wrapped not in bytes_of(tmp_path / "after.db")


def test_the_tombstone_lies_beside_the_checkpoints_and_its_signature_holds(place: Path):
    with at(place) as made:
        said(made, erasure())
        assert stones(place) == []
        told = finish(made, place)
        (file,) = stones(place)
        assert told == [f"tombstone {file}"]
        assert finish(made, place) == []
        (stone,) = made.engine.sites.retention().stones()
    body, _, line = file.read_text("utf-8").rpartition("\n\n")
    assert f"{body}\n".encode() == signed_bytes(stone.body.tombstone)
    public = read_key(key_place(place)).public.split("+", 2)[2]
    key = Ed25519PublicKey.from_public_bytes(b64decode(public)[1:])
    key.verify(b64decode(line.split()[-1])[4:], f"{body}\n".encode())
    assert [each for each in (*NAMES.values(), WRITTEN) if each in file.read_text("utf-8")] == []


def test_a_tombstone_that_was_taken_away_is_written_again_and_another_in_its_place_is_named(place: Path):
    with at(place) as made:
        said(made, erasure())
        finish(made, place)
        (file,) = stones(place)
        text = file.read_bytes()
        file.unlink()
        assert finish(made, place) == [f"tombstone {file}"]
        assert file.read_bytes() == text
        file.write_bytes(text.replace(b"auditor", b"nobody1"))
        assert finish(made, place) == [f"{file} is another tombstone: see who wrote it"]


def test_a_restored_backup_that_brings_a_key_back_is_named_until_it_is_erased_again(place: Path, tmp_path: Path):
    copy(place, tmp_path / "before.db")
    with at(place) as made:
        said(made, erasure())
        finish(made, place)
    place.write_bytes((tmp_path / "before.db").read_bytes())
    with at(place) as made:
        assert finish(made, place) == ["c1 was erased once and its key is here, from a backup: erase it again"]
        said(made, erasure(id="again"))
        assert [each.startswith("tombstone ") for each in finish(made, place)] in ([True], [])
        assert finish(made, place) == []


def test_pages_and_replay_say_when_and_by_whom_instead_of_a_text(place: Path):
    with at(place) as made:
        said(made, erasure())
        reads = HouseReads(made)
        words = "erased on 05-Mar-2057 by admin and auditor (retention over)"
        assert reads.identity("c1") == {"name": words}
        assert reads.picture("c1").note.text == words
        assert reads.replayed("c1", NOW).asked.turn.case.id == "c1"
        assert reads.timeline("c1")
        assert reads.identity("c2") == NAMES
        assert check_record(made, lambda _done, _of: None).problems == ()


def test_what_is_due_is_counted_in_the_health_of_the_site_until_it_is_erased_or_held(place: Path):
    with at(place, NOW) as made:
        assert [(each.of, each.due) for each in all_ending(made)] == [("c1", False)]
        assert health_of(made, "", None, None).erasure_due == 0
    with at(place) as made:
        assert [each.of for each in due(made)] == ["c1"]
        assert health_of(made, "", None, None).erasure_due == 1
        said(made, HoldCase(id="h", by=ADMIN, patient_case="c1", reason="a claim"))
        assert count(made) == 0
        assert [(each.of, each.held) for each in all_ending(made)] == [("c1", True)]
    with at(place) as made:
        assert made.engine.handle(erasure()).refusal.code == "held"


def test_a_plan_names_what_would_end_and_what_would_stay(place: Path):
    with at(place) as made:
        plan = plan_of(made, erasure())
        assert (plan.keys, plan.cases, plan.clear) == (("c1",), ("c1",), 0)
        assert plan.events == made.store.head("c1").position
        assert plan_of(made, erasure("nobody")) is None


def test_without_the_key_of_the_checkpoints_nothing_is_erased(place: Path):
    key_place(place).unlink()
    with at(place) as made:
        assert made.engine.handle(erasure()).refusal.code == "unsigned"
        assert made.store.case_key("c1").wrapped is not None


# --- broken off ------------------------------------------------------------------------------------------------------

#: What a child says of itself as it ends.
REFUSED, NOT_HIT = 3, 4


def erase_until(place: Place, number: int) -> None:
    """Erase and finish in this process, which is killed at a boundary, and otherwise ends as not hit."""
    with at(place) as made:
        hit = Boundaries(number)
        hit.watch(made.store)
        if made.engine.handle(erasure()).refusal is not None:
            os._exit(REFUSED)
        place.with_name("answered").touch()
        hit.reach()
        finish(made, place)
    os._exit(NOT_HIT)


def child(place: Place, number: int) -> int:
    """Erase in another process; how it ended."""
    pid = os.fork()
    if pid == 0:
        try:
            erase_until(place, number)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.faults
def test_killed_at_every_boundary_an_erasure_is_whole_or_not_there_and_the_next_look_finishes_it(
    place: Path, tmp_path: Path
):
    original = place.read_bytes()
    keys = {each.name: each.read_bytes() for each in tmp_path.glob("*.key")}
    code = answered = number = 0
    while code != NOT_HIT:
        number += 1
        folder = tmp_path / str(number)
        folder.mkdir()
        here = folder / place.name
        here.write_bytes(original)
        for name, content in keys.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        code = child(here, number)
        assert code in {-signal.SIGKILL, NOT_HIT}
        with at(here) as made:
            destroyed = made.store.case_key("c1").wrapped is None
            assert destroyed == (made.store.head(RETENTION) is not None), number
            assert destroyed or not (folder / "answered").exists(), number
            assert made.engine.handle(erasure()).refusal is None
            finish(made, here)
            assert len(stones(here)) == 1
            assert made.store.case_key("c1").destroyed_at == LATER
            assert check_record(made, lambda _done, _of: None).problems == ()
        answered += (folder / "answered").exists()
    assert number > 5
    assert answered > 1, "one death lies between the erasure and its tombstone"
