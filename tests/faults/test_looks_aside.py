"""The disk fails under a ward that is looked at: clinicians read on, each look is kept aside and taken in once."""

import os
import stat
import traceback
from contextlib import closing
from pathlib import Path

import pytest

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import Instant, instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Access
from persistence.sqlite import SqliteStore
from tests.faults.disk import WRONG
from tests.faults.syscalls import SYNCS, Fault, can, hit
from tests.ward.web.conftest import browser_of, sign_in, words
from ward.aside import SAID, TAKING, file_of, keep, last_number, take_in
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.door import Door
from ward.errors import Denied
from ward.people.signing_in import IDLE_US, sign_in_invented, sign_out, signed_in
from ward.reading import HouseReads
from ward.wiring import House, create_store, house, open_store

pytestmark = pytest.mark.faults
needs_filter = pytest.mark.skipif(not can(), reason="a filter of system calls is made for Linux on two machines")
NOW = instant("2026-03-05T03:00+01:00")
NURSE = By("nurse.anna", "nurse", "person", "demonstration")
CARED_FOR = "case"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A ward with one patient."""
    path = tmp_path / "ward.db"
    with closing(create_store(path, "demonstration", "W")) as store:
        made = house(store, FixedClock(NOW))
        invite(made, "H1")
        enrol = Enrol(
            id="e", case="c1", by=By("physician.emil", "physician"), pathway="variant_apl", zone="Europe/Berlin",
            presented_at=Instant(NOW - 3_600_000_000), ward="H1", bed="3", patient="c1", origin="invented",
            identifiers={"name": "Plantagenet, Xylophonia", "number": "4711"},
        )  # fmt: skip
        assert made.engine.handle(enrol).refusal is None
    return path


def child(db: Path, calls: tuple[str, ...], what) -> int:
    """Do something over a store whose disk fails at these calls, in a child; what it ends with."""
    pid = os.fork()
    if pid == 0:
        try:
            clock = FixedClock(NOW)
            made = house(open_store(db), clock)
            hit(calls, Fault.FAILED)
            os._exit(what(made, clock) or 0)
        except BaseException:  # noqa: BLE001 - a child must never come back into the tests of its parent
            traceback.print_exc()
            os._exit(WRONG)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def looks(db: Path) -> list[Access]:
    """The access log."""
    with closing(open_store(db)) as store:
        return list(store.accesses())


def reading(made: House, clock: FixedClock) -> int:
    """A nurse signs in, looks, stays longer than a sign-in lasts without use, is denied something, and signs out."""
    token, who = sign_in_invented(made, "nurse.anna", "web") or ("", None)
    door = Door(made)
    for _ in range(4):
        assert signed_in(made, token) is not None
        door.look(who, "nurse", CARED_FOR, ("c1",))
        assert made.engine.picture("c1").case == "c1"
        clock.advance(IDLE_US - 1)
    with pytest.raises(Denied):
        door.look(who, "nurse", "audit_replay", ("c1",))
    assert made.store.failed
    assert not HouseReads(made).store_facts().unrecorded
    assert sign_out(made, token)
    assert signed_in(made, token) is None
    return 0


@needs_filter
def test_where_the_disk_fails_people_sign_in_and_read_on_and_each_look_is_taken_in_once(db: Path):
    assert child(db, ("pwrite64",), reading) == 0
    assert looks(db) == []
    beside = db.with_name("ward.db.looks.jsonl")
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert "Plantagenet" not in beside.read_text()
    with closing(open_store(db)) as store:
        assert take_in(store) == 5
        assert take_in(store) == 0
    assert not beside.exists()
    found = looks(db)
    assert [(each.by.actor, each.by.role, each.what, each.cases, each.outcome) for each in found] == [
        *[("nurse.anna", "nurse", CARED_FOR, ("c1",), "read")] * 4,
        ("nurse.anna", "nurse", "audit_replay", ("c1",), "denied"),
    ]
    assert [each.at for each in found[:4]] == [NOW + number * (IDLE_US - 1) for number in range(4)]
    assert all(SAID in each.reason for each in found)


def nowhere(made: House, clock: FixedClock) -> int:
    """Neither store nor file takes a look."""
    del clock
    door = Door(made)
    _, nurse = sign_in_invented(made, "nurse.anna", "web") or ("", None)
    _, auditor = sign_in_invented(made, "auditor", "web") or ("", None)
    door.look(nurse, "nurse", CARED_FOR, ("c1",))
    assert HouseReads(made).store_facts().unrecorded
    for who, role, what in ((auditor, "auditor", "timeline"), (auditor, "auditor", "pack"), (nurse, "nurse", "system")):
        with pytest.raises((StoreRefused, Denied)) as error:
            door.look(who, role, what, ("c1",))
        assert error.type is Denied if what == "system" else isinstance(error.value, StoreRefused)
    return 0


@needs_filter
def test_where_a_look_can_be_kept_nowhere_a_clinician_reads_and_nobody_else(db: Path):
    assert child(db, ("pwrite64", *SYNCS), nowhere) == 0
    assert looks(db) == []


def paging(unrecorded: bool):
    """A nurse opens a browser after the disk failed, and the pages that care needs."""

    def what(made: House, clock: FixedClock) -> int:
        browser = sign_in(browser_of(HouseReads(made), made, clock), "nurse.anna", "nurse", "H1")
        for page in ("/", "/case/c1", "/case/c1/pathway", "/case/c1/replay"):
            answer = browser.get(page)
            assert answer.status_code == 200, page
        told = words(answer.text)
        assert "READ ONLY" in told
        assert ("LOOKS ARE NOT RECORDED" in told) == unrecorded
        return 0

    return what


@needs_filter
@pytest.mark.parametrize("calls, kept", [(("pwrite64",), 4), (("pwrite64", *SYNCS), 0)])
def test_the_pages_open_and_say_what_is_not_written(db: Path, calls: tuple[str, ...], kept: int):
    assert child(db, calls, paging(not kept)) == 0
    with closing(open_store(db)) as store:
        assert take_in(store) == kept


def look(number: int) -> Access:
    """A look that was kept beside the store."""
    return Access(0, Instant(NOW + number // 2), NURSE, CARED_FOR, ("c1",), SAID, "read")


class Died(BaseException):
    """The process ends here."""


class Mortal(SqliteStore):
    """A store whose process dies before a look is taken in; after so many."""

    lives = 0

    def looked_by(self, *said: object, **more: object) -> None:
        if not self.lives:
            raise Died
        self.lives -= 1
        super().looked_by(*said, **more)


@pytest.mark.parametrize("lives", range(4))
def test_a_death_while_looks_are_taken_in_neither_loses_nor_doubles_one(db: Path, lives: int):
    with closing(Mortal.open(db)) as store:
        SqliteStore.looked_by(store, NOW, NURSE, CARED_FOR, ("c1",), SAID)  # the same as the first that is kept
        # Two of them are alike to the last digit, and both were looks.
        assert all(keep(store, look(number)) for number in range(4))
        store.lives = lives
        with pytest.raises(Died):
            take_in(store)
    with closing(open_store(db)) as store:
        store.looked_by(NOW, NURSE, "board", ("c1",))
        assert keep(store, look(9))
        assert take_in(store) == 5 - lives
        assert take_in(store) == 0
    found = [each for each in looks(db) if each.what == CARED_FOR]
    assert sorted(each.at for each in found) == sorted([NOW, *[look(number).at for number in (0, 1, 2, 3, 9)]])


def test_a_death_after_the_last_look_and_before_the_file_is_gone_doubles_none(db: Path):
    with closing(open_store(db)) as store:
        assert all(keep(store, look(number)) for number in range(3))
        kept = file_of(store).read_bytes()
        assert take_in(store) == 3
        file_of(store).write_bytes(kept)
        assert take_in(store) == 0
        assert len(list(store.accesses())) == last_number(store) == 3


def test_half_a_line_is_kept_apart_and_the_others_are_taken_in(db: Path):
    with closing(open_store(db)) as store:
        assert keep(store, look(1))
        with file_of(store).open("ab") as file:
            file.write(b'{"number":0,"at":17')
        assert keep(store, look(3))
        assert take_in(store) == 2
        assert not file_of(store).exists()
        assert b'"at":17\n' in file_of(store).with_name("ward.db.looks.jsonl.unread").read_bytes()
        assert store.property(TAKING).endswith(" 0")
