"""A program for tests to kill, to run beside others, or to run on an older SQLite. It answers with JSON.

child.py kill FOLDER JOURNAL statement|instruction STEP    fork after fork, each killed a STEP later in the same story
child.py write PLACE NAME COUNT                            append COUNT commands to case c1
child.py once PLACE COUNT                                  carry out COUNT commands whose ids all processes share
child.py standard PATH                                     make a store with the standard library's SQLite
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import event

from persistence.driver import choose
from persistence.open import open_store
from persistence.sqlite import SqliteStore
from tests.persistence.changes import START, attempt, command, enrol, enrolment, rows_of, write

TEMPLATE = "template.db"
#: More kill points than any story has.
ENDLESS = 100_000


def story():
    """Appends that touch every table of a change, as (change to write)."""
    first = enrolment("c1")
    yield first
    second = command(first.head, "k1")
    yield second
    third = command(second.head, "k2")
    yield third
    yield rows_of(third.head, withdraw=(("recheck", "k1", 1),), attempt=attempt("k3", "c1"))


def kill(folder: Path, journal: str, unit: str, step: int) -> list[tuple[str, int, bool]]:
    """Play the story in forks, each killed at its own point: (file, writes acknowledged, whether it was killed)."""
    SqliteStore.create(folder / TEMPLATE, "demonstration").close()
    outcomes = []
    for point in range(1, ENDLESS, step):
        path = folder / f"{point}.db"
        shutil.copy(folder / TEMPLATE, path)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            play(path, journal, unit, point, writing)
            os._exit(0)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        outcomes.append((path.name, len(os.read(reading, ENDLESS)), killed))
        os.close(reading)
        if not killed:
            return outcomes
    raise AssertionError("the story never ended")


def play(path: Path, journal: str, unit: str, point: int, acknowledge: int) -> None:
    """Write the story; one byte to `acknowledge` after each write; die at the point."""
    store = SqliteStore(path, choose()._replace(journal=journal))
    seen = 0

    def count(*_: object) -> int:
        nonlocal seen
        seen += 1
        if seen == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        if unit == "statement":
            connection.set_trace_callback(count)
        else:
            connection.set_progress_handler(count, 1)

    event.listen(store._engine, "checkout", watch)
    for change in story():
        write(store, change)
        os.write(acknowledge, b".")


def write_many(place: str, name: str, count: int) -> list[int]:
    """Append commands to case c1 and answer with the positions at which they end."""
    store = open_store(place)
    ends = []
    for number in range(count):
        with store.write("c1") as unit:
            change = command(unit.head(), f"{name}-{number}")
            unit.append(change)
        ends.append(change.head.position)
    store.close()
    return ends


def write_once(place: str, count: int) -> list[str]:
    """Carry out commands k0, k1 ... on two cases unless they are remembered; the ids that this process carried out."""
    store = open_store(place)
    mine = []
    for number in range(count):
        name, case = f"k{number}", f"c{number % 2 + 1}"
        with store.write(case) as unit:
            if unit.remembered(name) is None:
                unit.append(command(unit.head(), name))
                mine.append(name)
    store.close()
    return mine


def on_the_standard_library(path: Path) -> dict[str, object]:
    """What a store says and does where pysqlite3 is not installed."""
    sys.modules["pysqlite3"] = None
    store = SqliteStore.create(path, "live")
    enrol(store, "c1")
    with store._reading() as connection:
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    said = {"describe": store.describe(), "version": sqlite3.sqlite_version, "journal": journal, "started": START}
    store.close()
    return said


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["kill", folder, journal, unit, step]:
            answer = kill(Path(folder), journal, unit, int(step))
        case ["write", path, name, count]:
            answer = write_many(path, name, int(count))
        case ["once", place, count]:
            answer = write_once(place, int(count))
        case ["standard", path]:
            answer = on_the_standard_library(Path(path))
        case _:
            sys.exit(__doc__)
    sys.stdout.write(json.dumps(answer))
