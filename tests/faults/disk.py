"""A disk that fails: commands on a file in a child process that is hit, and what must hold of the file afterwards."""

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from pathway.case.commands import AnyCommand, Enrol, RecordResult
from pathway.engine import Engine
from pathway.engine.errors import CommitUnknown, StoreReadOnly, StoreRefused
from pathway.engine.ports import Store, Vault
from persistence.driver import choose
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from tests.case.clinic import CLINIC, IDENTIFIERS, LABORATORY, PHYSICIAN, t
from ward.clock import FixedClock
from ward.record import check_record
from ward.wiring import House

#: Commands of one story; each is one transaction.
LENGTH = 12
#: A log of SQLite begins with 32 bytes; a page in it is written in two calls (SQLite, "Database File Format", 4).
LOG_BEGINS, FRAME, PAGE = 32, 24, 4096
#: How a child ends: all was answered; it was told that the disk failed, or is full; or something else was wrong.
DONE, UNKNOWN, FULL, WRONG = 0, 10, 11, 12


def places(count: int) -> Iterator[int]:
    """Where each call writes into a log, in turn."""
    yield 0
    for number in range(count):
        begins = LOG_BEGINS + number * (FRAME + PAGE)
        yield from (begins, begins + FRAME)


def story() -> list[AnyCommand]:
    """An enrolment, and results of one patient."""
    enrol = Enrol(
        id="k0", case="c1", by=PHYSICIAN, pathway="clinic", presented_at=t("1 08:00"), identifiers=IDENTIFIERS,
        zone="UTC", ward="H1", bed="3", patient="p1", origin="invented",
    )  # fmt: skip
    results = [
        RecordResult(
            id=f"k{number}", case="c1", by=LABORATORY, loinc="3255-7", value=str(80 + number), unit="mg/dL",
            collected_at=t("1 08:30"),
        )
        for number in range(1, LENGTH)
    ]  # fmt: skip
    return [enrol, *results]


def engine(store: Store, vault: Vault | None = None) -> Engine:
    """An engine whose clock stands: the same commands are the same bytes."""
    return Engine(store, [CLINIC], FixedClock(t("1 09:00")), vault=vault)


def clean() -> list[bytes]:
    """The record of a run that nothing happened to."""
    store = MemoryStore("demonstration")
    made = engine(store)
    for each in story():
        assert made.handle(each).refusal is None
    return [each.canonical for each in store.stream("c1")]


def hit(db: Path, before: Callable[[int], None]) -> tuple[int, set[str]]:
    """Carry out the story in a child that `before` prepares before each command; how it ended, and what it answered."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os._exit(told(db, before, its))
        except BaseException:  # noqa: BLE001 - a child must never come back into the tests of its parent
            os._exit(WRONG)
    os.close(its)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode().split()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), set(said)


def told(db: Path, before: Callable[[int], None], pipe: int) -> int:
    """Carry out the story, and tell each command that was answered. What a child ends with."""
    store = SqliteStore.open(db)
    made = engine(store)
    for number, each in enumerate(story()):
        before(number)
        try:
            answer = made.handle(each)
        except CommitUnknown:
            return UNKNOWN if stands_read_only(store, made) else WRONG
        except StoreRefused as error:
            return FULL if "full" in error.happened and list(store.stream("c1")) is not None else WRONG
        assert answer.refusal is None
        os.write(pipe, f"{each.id} ".encode())
    return DONE


def stands_read_only(store: SqliteStore, made: Engine) -> bool:
    """Whether the store can be read, and refuses each further write in words of its own."""
    case = store.head("c1")
    if case is not None:
        made.timeline("c1")
    try:
        made.handle(story()[-1])
    except StoreReadOnly:
        return store.failed
    return False


def wrong_after(db: Path, acknowledged: set[str]) -> list[str]:
    """What is wrong with a file after a fault; then the story is sent again, and must come to its one end."""
    found = []
    with closing(SqliteStore.open(db)) as store:
        if problems := damage(db):
            found.append(f"the file is damaged: {problems}")
        there = {each for each in (one.id for one in story()) if kept(store, each)}
        found += [f"{each} was answered and is lost" for each in sorted(acknowledged - there)]
        if len(there - acknowledged) > 1:
            found.append(f"more than one was kept and not answered: {sorted(there - acknowledged)}")
        made = engine(store)
        found += [f"{each.id} is refused" for each in story() if made.handle(each).refusal is not None]
        if [each.canonical for each in store.stream("c1")] != clean():
            found.append("the record is another than that of a run without faults")
        found += [each.what for each in check_record(House(store, made, made.clock, (CLINIC,)), nothing).problems]
    return found


def kept(store: SqliteStore, command: str) -> bool:
    """Whether an answer to a command is kept."""
    with store.write("nobody") as unit:
        return unit.remembered(command) is not None


def damage(db: Path) -> str:
    """What SQLite itself finds wrong with a file; empty for nothing."""
    module = choose().module
    try:
        with closing(module.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)) as raw:
            found = [row[0] for row in raw.execute("PRAGMA integrity_check(5)")]
    except (module.DatabaseError, sqlite3.DatabaseError) as error:
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)


def nothing(_done: int, _of: int) -> None:
    """Nobody watches."""
