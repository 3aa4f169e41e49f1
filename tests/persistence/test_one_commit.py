"""One command is one commit: whatever it writes is on disk together, or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import pytest
from sqlalchemy import event

from pathway.case.commands import RecordFinding
from pathway.case.envelope import By
from persistence.database import DatabaseStore
from ward.scenario import Run

K7A = Path(__file__).parents[1] / "acceptance" / "scenarios" / "k7a.toml"
NURSE = By("nurse-7", "nurse", "person", "password")
WRITES = ("INSERT", "UPDATE", "DELETE")


class Commits:
    """Counts the commits that put something on disk, from what the database was told or has answered, in order."""

    def __init__(self) -> None:
        self.count = 0
        self._inside = self._wrote = False

    def hear(self, said: str) -> None:
        """One statement or its tag."""
        first = said.split(maxsplit=1)[0].upper()
        if first in ("BEGIN", "ROLLBACK"):
            self._inside, self._wrote = first == "BEGIN", False
        elif first in WRITES:
            # Outside of a transaction a statement that writes is its own commit.
            self.count += not self._inside
            self._wrote = self._inside
        elif first == "COMMIT":
            self.count += self._wrote
            self._inside = self._wrote = False


@pytest.fixture(params=["sqlite", "postgresql"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Run, Callable[[], int]]]:
    """A scenario on each kind of store, and how many commits there were until now."""
    if request.param == "sqlite":
        with Run(K7A, store="sqlite") as run:
            yield run, on_sqlite(run.store)
        return
    with ExitStack() as left:
        trace = os.open(tmp_path / "trace", os.O_CREAT | os.O_WRONLY)
        left.callback(os.close, trace)
        file = left.enter_context((tmp_path / "trace").open(encoding="utf-8", errors="replace"))
        run = left.enter_context(Run(K7A, store="postgresql", url=request.getfixturevalue("bare_database")))
        yield run, on_postgres(run.store, trace, file)


def on_sqlite(store: DatabaseStore) -> Callable[[], int]:
    """Every connection says each statement as it runs it."""
    commits = Commits()
    event.listen(store._engine, "checkout", lambda raw, *_: raw.set_trace_callback(commits.hear))
    return lambda: commits.count


def on_postgres(store: DatabaseStore, trace: int, file: TextIO) -> Callable[[], int]:
    """The one connection of this thread writes down what the server answers; each statement ends with its tag."""
    commits = Commits()
    traced: list[Any] = []

    def look(raw: Any, *_: object) -> None:
        if not traced:
            raw.pgconn.trace(trace)
            traced.append(raw)
        assert traced == [raw]

    def count() -> int:
        for raw in traced:
            # What was written down so far reaches the file.
            raw.pgconn.untrace()
            raw.pgconn.trace(trace)
        for line in file:
            if "\tCommandComplete\t" in line:
                commits.hear(line.rpartition("CommandComplete\t")[2].strip().strip('"'))
        return commits.count

    event.listen(store._engine, "checkout", look)
    return count


def test_every_command_of_a_week_is_one_commit_and_so_is_every_look(told):
    run, commits = told
    counts: list[tuple[str, str, int]] = []
    handle, look = run.engine.handle, run.engine.look

    def counted(command):
        before = commits()
        answer = handle(command)
        counts.append((type(command).__name__, answer.status, commits() - before))
        return answer

    def looked(case):
        before = commits()
        wrote = look(case)
        counts.append(("look", "wrote" if wrote else "nothing", commits() - before))
        return wrote

    run.engine.handle, run.engine.look = counted, looked
    assert not [failed for seen in run.steps() for failed in seen["failed"]]
    assert [each for each in counts if each[2] != 1] == []
    kinds = {each[0] for each in counts}
    assert {"Enrol", "RecordResult", "RecordReport", "RequestTherapy", "StopTherapy", "Transition", "look"} <= kinds
    assert {each[1] for each in counts} >= {"accepted", "refused", "wrote"}
    assert len(counts) > 100


def test_a_command_that_comes_again_writes_nothing_and_a_report_for_nobody_is_one_commit(told):
    run, commits = told
    next(run.steps())
    said = RecordFinding(id="f1", case=run.case, by=NURSE, finding="bleeding", value="minor")
    lost = RecordFinding(id="f2", case="nobody", by=NURSE, finding="bleeding", value="minor")
    marks = [commits()]
    for command in (said, said, lost):
        run.engine.handle(command)
        marks.append(commits())
    assert [later - earlier for earlier, later in pairwise(marks)] == [1, 0, 1]
    assert len(run.engine.sites.quarantine().waiting()) == 1


def test_a_command_that_fails_on_its_way_to_the_disk_commits_nothing(told):
    run, commits = told
    next(run.steps())
    before, position = commits(), run.engine.case(run.case).position
    said = RecordFinding(id="f1", case=run.case, by=NURSE, finding="bleeding", value="minor")
    with pytest.raises(RuntimeError), run.store.write(run.case) as unit:  # noqa: PT012  # both belong to the failure
        unit.remembered(said.id)
        fail(run, unit, said)
    assert commits() == before
    assert run.store.head(run.case).position == position
    assert run.engine.handle(said).status == "accepted"
    assert commits() == before + 1


def fail(run: Run, unit: Any, said: RecordFinding) -> None:
    """Decide and append, and then the power goes."""
    run.engine._decide(unit, unit.head(), said, b"{}")
    raise RuntimeError
