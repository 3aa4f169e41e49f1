"""The machine fails under a store: deaths at write and sync calls, errors of the disk, a full one. Nothing answered is
lost, nothing is half done, and after an error at the end of a transaction nothing more is written."""

import resource
import signal
from pathlib import Path
from random import Random

import pytest

from persistence.driver import choose
from persistence.sqlite import SqliteStore
from tests.faults.disk import DONE, FULL, LENGTH, UNKNOWN, hit, places, wrong_after
from tests.faults.syscalls import SYNCS, Fault, can
from tests.faults.syscalls import hit as fault

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not can(), reason="a filter of system calls is made for Linux on two machines"),
]
#: Pages that the story writes into the log, and a few more: the last trials meet nothing.
PAGES = 110
SEED = 20261122


@pytest.fixture
def fresh(tmp_path: Path):
    """A new file for each trial."""

    def made(number: object) -> Path:
        path = tmp_path / f"{number}.db"
        SqliteStore.create(path, "demonstration").close()
        return path

    return made


def at_first(names: tuple[str, ...], kind: Fault, place: int = 0, command: int = 0):
    """Puts the fault on before one command."""

    def before(number: int) -> None:
        if number == command:
            fault(names, kind, place)

    return before


def chosen(few: int) -> list[int]:
    """Some of the places of the log, the first among them."""
    every = list(places(PAGES))
    return sorted({0, *Random(SEED).sample(every, few)})


def deaths(fresh, wanted: list[int]) -> tuple[int, int]:
    """Trials that died at writes from these places on, and those of them that had answered something before."""
    died = some = 0
    for place in wanted:
        db = fresh(place)
        ended, answered = hit(db, at_first(("pwrite64",), Fault.DEATH, place))
        assert ended in {-signal.SIGSYS, DONE}
        assert wrong_after(db, answered) == [], place
        died += ended != DONE
        some += ended != DONE and bool(answered)
    return died, some


def test_a_death_at_a_write_call_loses_nothing_that_was_answered(fresh):
    died, some = deaths(fresh, chosen(14))
    assert died >= 10
    assert some >= 5


@pytest.mark.slow
def test_a_death_at_every_write_call_of_a_story_loses_nothing_that_was_answered(fresh):
    died, some = deaths(fresh, list(places(PAGES)))
    assert died >= PAGES
    assert some >= PAGES // 2


@pytest.mark.parametrize("kind, ended", [(Fault.DEATH, -signal.SIGSYS), (Fault.FAILED, UNKNOWN)])
def test_at_every_sync_call_a_death_or_an_error_leaves_what_was_answered_and_writes_no_more(fresh, kind, ended):
    for command in range(LENGTH):
        db = fresh(command)
        how, answered = hit(db, at_first(SYNCS, kind, command=command))
        assert (how, len(answered)) == (ended, command)
        assert wrong_after(db, answered) == [], command


def test_an_error_at_a_write_call_is_told_as_unknown_and_the_store_is_only_read_from_then_on(fresh):
    met = 0
    for place in chosen(8):
        db = fresh(place)
        how, answered = hit(db, at_first(("pwrite64",), Fault.FAILED, place))
        assert how in {UNKNOWN, DONE}
        assert wrong_after(db, answered) == [], place
        met += how == UNKNOWN
    assert met >= 5


def test_a_full_disk_refuses_what_is_new_keeps_what_was_answered_and_is_read(fresh):
    met = 0
    for place in chosen(8):
        db = fresh(place)
        how, answered = hit(db, at_first(("pwrite64",), Fault.FULL, place))
        assert how in {FULL, DONE}
        assert wrong_after(db, answered) == [], place
        met += how == FULL
    assert met >= 5


def test_a_file_that_may_not_grow_keeps_what_was_answered_and_goes_on_once_it_may(fresh):
    db = fresh("limit")
    limit = db.stat().st_size + 60_000

    def narrow(number: int) -> None:
        if number == 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    how, answered = hit(db, narrow)
    assert how in {UNKNOWN, FULL}
    assert 0 < len(answered) < LENGTH
    assert wrong_after(db, answered) == []


def test_the_log_is_the_one_that_the_places_are_of():
    assert choose().journal == "wal"
