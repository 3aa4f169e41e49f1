"""Verification each night, with an alarm of its own; and what was committed, read again."""

from contextlib import closing
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from bench.patient import history
from pathway.clinical.instant import Instant, instant
from persistence.driver import bare, choose
from tests.ward.proof.attacker import Attacker, edit
from tests.ward.proof.conftest import CASES, MINUTE, NOON, World
from ward.doctor import examine
from ward.proof import reread
from ward.proof.nightly import due, keep_verifying, verify_and_note
from ward.proof.reread import unlike
from ward.proof.verify import Verified, last_result
from ward.watchdog.proof import about_proof

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 60 * MINUTE
#: A disk that keeps another actor than it was given, in every event of a kind.
FAILING = """CREATE TRIGGER failing AFTER INSERT ON event WHEN NEW.type = 'ResultRecorded' BEGIN
UPDATE event SET canonical = CAST(replace(CAST(canonical AS TEXT), '"lab"', '"bal"') AS BLOB)
WHERE "case" = NEW."case" AND position = NEW.position; END"""


def codes(world: World, hours: int = 0) -> set[str]:
    now = Instant(NOON + 2 * HOUR + hours * HOUR)
    return {each.code for each in about_proof(world.house, Instant(NOON + 2 * HOUR), now)}


def told(world: World) -> dict[str, str]:
    """What the doctor says of the proof, by its severity."""
    found = examine(world.path, quick=True, progress=lambda done, of: None)
    return {each.severity: f"{each.case} {each.what}".strip() for each in found if each.about == "proof"}


def drop_guard(world: World) -> None:
    """Let the database itself keep other bytes than it is given."""
    with closing(bare(choose(), world.path)) as raw:
        raw.execute("DROP TRIGGER event_no_update")
        raw.execute(FAILING)


def at(text: str) -> Verified:
    return Verified(instant(text), 0, 0, 0, "", 0, (), 0, (), 0.0)


@pytest.mark.parametrize(
    "last, now, wanted",
    [
        ("2026-03-02T02:31Z", "2026-03-03T02:29Z", False),
        ("2026-03-02T02:31Z", "2026-03-03T02:30Z", True),
        ("2026-03-02T12:00Z", "2026-03-03T02:29Z", False),
        ("2026-03-01T12:00Z", "2026-03-02T12:00Z", True),
        # The hour that a change of the clock skips: once all the same.
        ("2026-03-29T00:00Z", "2026-03-29T01:30Z", True),
    ],
)
def test_the_record_is_verified_once_after_each_night_of_the_site(last: str, now: str, wanted: bool):
    assert due(at(last), instant(now), "03:30", BERLIN) is wanted


def test_a_record_that_was_never_verified_is_due():
    assert due(None, NOON, "03:30", BERLIN)


class Soon(Event):
    """Asked to stop after so many waits, each of which is over at once."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self.waits -= 1
        return self.waits < 0


def test_the_night_keeps_what_it_found_and_does_not_verify_twice(world: World):
    keep_verifying(world.house, world.path, "03:30", Soon(2))
    first = last_result(world.house.store)
    assert first is not None
    assert (first.clean, first.events, first.checkpoint) == (True, sum(map(world.end, CASES)), 3)
    world.clock.advance(MINUTE)
    keep_verifying(world.house, world.path, "03:30", Soon(2))
    assert last_result(world.house.store) == first


def test_a_ward_that_stops_while_it_verifies_keeps_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ward.proof.verify.SLICE", 1)
    keep_verifying(world.house, world.path, "03:30", Soon(1))
    assert last_result(world.house.store) is None


def test_a_night_that_finds_damage_alarms_and_is_red_until_a_clean_one(world: World):
    verify_and_note(world.house, world.path, Event())
    assert codes(world) == set()
    before = Attacker(world.path).stream("c1")
    Attacker(world.path).change("c1", edit(3), anew=True)
    assert not verify_and_note(world.house, world.path, Event()).clean
    assert codes(world) == {"proof_broken"}
    assert "the first: rewritten of c1" in told(world)["fault"]
    Attacker(world.path).write("c1", before)
    verify_and_note(world.house, world.path, Event())
    assert codes(world) == set()
    assert "fault" not in told(world)


def test_the_newest_checkpoints_that_are_taken_away_everywhere_are_missed_by_whoever_knew_of_them(world: World):
    verify_and_note(world.house, world.path, Event())
    for end in (".note", ".heads"):
        (world.folder / f"00000003{end}").unlink()
    assert [(each.kind, each.before) for each in world.verify().findings] == [("checkpoint_missing", 3)]


def test_a_night_without_verification_alarms_two_hours_after_it(world: World):
    assert codes(world, hours=26) == set()
    assert codes(world, hours=27) == {"unverified"}
    verify_and_note(world.house, world.path, Event())
    assert codes(world, hours=27) == {"unverified"}
    assert codes(world, hours=26) == set()


def test_a_failing_disk_is_found_when_a_critical_commit_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reread, "SAMPLE", 1)
    drop_guard(world)
    world.lab("c2")
    assert unlike(world.house.store).keys() == {"c2"}
    assert codes(world) == {"reread_unlike"}
    assert told(world)["fault"].startswith("c2 other bytes were read")


def test_a_critical_commit_is_read_again_whatever_the_sample(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reread, "SAMPLE", 1 << 20)
    read = []
    monkeypatch.setattr(reread.Rereading, "_unlike", lambda self, case, change: read.append(reread.critical(change)))
    for at_, command in history("n1"):
        world.clock.set(at_)
        world.house.engine.handle(command)
    assert read
    assert all(read)


def test_a_commit_that_is_kept_as_it_was_given_is_not_told_of(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reread, "SAMPLE", 1)
    world.lab("c2")
    assert unlike(world.house.store) == {}


def test_a_clean_verification_clears_what_was_read_unlike(world: World):
    world.house.store.beat("unlike c2", NOON)
    assert codes(world) == {"reread_unlike"}
    verify_and_note(world.house, world.path, Event())
    assert codes(world) == set()
