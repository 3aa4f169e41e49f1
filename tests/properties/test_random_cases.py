"""Random commands, clock moves, ticks, crashes and restarts on a real file; what must hold, after every step.

A second ward in memory is told the same, but never crashes nor restarts: both must hold the same bytes.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pathway.case.commands import Answer, AnyCommand, Report
from pathway.case.state import Case
from pathway.clinical.instant import instant
from pathway.engine import Engine
from pathway.engine.errors import CommandReused
from pathway.engine.ports import Notice, Store, Unit
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from scheduler.post import Posted
from scheduler.tick import sweep, tick
from tests.properties import said as drawn
from tests.properties.plans import OPENINGS, PATHWAYS
from tests.properties.said import MINUTE, Said, enrolment, made
from tests.properties.soundness import acknowledged_is_kept, sound, wanted_is_open
from ward.clock import FixedClock

START = instant("2026-03-01T09:00Z")
CASES = ("c1", "c2")
cases = st.sampled_from(("c1", "c1", "c1", "c2"))


class Box:
    """A receiver that keeps every key it was sent, how often it was."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Keep the key."""
        self.keys.append(notice.key)
        return Posted(carried=("box",))


class DiskFull(Exception):
    """What a full disk raises in the place of a commit."""


class Deafened(Exception):
    """The end of a process behind a commit, before anybody heard the answer."""


class DeafStore:
    """The store, but nobody hears what became of a transaction: it is kept."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """A transaction that is committed, and then the process ends."""
        with self._store.write(case, command) as unit:
            yield unit
        raise Deafened


class FailingStore:
    """The store, but every transaction fails at its end: nothing of it is kept."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """A transaction that is rolled back."""
        with self._store.write(case, command) as unit:
            yield unit
            raise DiskFull


class RandomCases(RuleBasedStateMachine):
    """Two cases on one file."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="wardpath-random-"))
        self.path = self.folder / "0.db"
        self.clock = FixedClock(START)
        self.store = SqliteStore.create(self.path, "demonstration")
        self.engine = Engine(self.store, PATHWAYS, self.clock)
        self.mirror = Engine(MemoryStore("demonstration"), PATHWAYS, self.clock)
        self.answered: list[tuple[AnyCommand, Answer]] = []
        self.box, self.mirrored = Box(), Box()
        self.number = 0
        self.opening: tuple[tuple[int, Said], ...] = ()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    # --- what happens ------------------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        assert self.send(enrolment("first", "c1", START)).status == "accepted"

    @initialize(opening=st.sampled_from(OPENINGS))
    def come_some_way(self, opening: tuple[tuple[int, Said], ...]) -> None:
        self.opening = opening

    @precondition(lambda self: self.opening)
    @rule()
    def play_the_opening(self) -> None:
        for gap, said in self.opening:
            self.clock.advance(gap * MINUTE)
            self.command(said, "c1")
        self.opening = ()

    @rule(said=drawn.anything, case=cases)
    def command(self, said: Said, case: str) -> None:
        self.number += 1
        self.send(made(said, f"k{self.number}", case, self.clock.now(), self.known(case)))

    @rule(fields=drawn.odd_enrolments)
    def enrol(self, fields: dict[str, object]) -> None:
        self.number += 1
        self.send(enrolment(f"k{self.number}", "c2", self.clock.now(), **fields))

    @precondition(lambda self: self.number > 12)
    @rule(said=drawn.deaths, case=cases)
    def death(self, said: Said, case: str) -> None:
        self.command(said, case)

    @rule(minutes=st.integers(1, 240))
    def some_time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE)

    @rule(hours=st.integers(4, 30))
    def much_time_passes(self, hours: int) -> None:
        self.clock.advance(hours * 60 * MINUTE)

    @rule(minutes=st.integers(1, 90))
    def the_clock_jumps_back(self, minutes: int) -> None:
        self.clock.advance(-minutes * MINUTE)

    @rule(case=cases)
    def look(self, case: str) -> None:
        self.look_at(case)

    @rule()
    def tick(self) -> None:
        for engine, box in ((self.engine, self.box), (self.mirror, self.mirrored)):
            assert tick(engine, engine.store, self.clock, box, worker="w").failed == ()
            assert sweep(engine, engine.store, self.clock).failed == ()

    @rule(said=drawn.anything, case=cases)
    def a_command_on_a_full_disk(self, said: Said, case: str) -> None:
        """Nothing is kept of it, and the engine goes on as if it had not been sent."""
        before = self.ends()
        self.engine.store = FailingStore(self.store)
        try:
            with pytest.raises(DiskFull):
                self.engine.handle(made(said, "lost", case, self.clock.now(), self.known(case)))
        finally:
            self.engine.store = self.store
        assert self.ends() == before

    @rule(said=drawn.anything, case=cases)
    def a_crash_between_the_commit_and_the_answer(self, said: Said, case: str) -> None:
        """Whoever hears nothing sends the same again, to the process that came after, and hears what became of it."""
        if self.store.head(case) is None:
            return
        self.number += 1
        command = made(said, f"k{self.number}", case, self.clock.now(), self.known(case))
        self.engine.store = DeafStore(self.store)
        with pytest.raises(Deafened):
            self.engine.handle(command)
        self.crash()
        before, expected = self.ends(), self.mirror.handle(command)
        # A refused report is remembered with its quarantine, which comes behind: it is heard as if for the first time.
        unheard = isinstance(command, Report) and expected.refusal is not None
        assert self.engine.handle(command) == msgspec.structs.replace(expected, repeated=not unheard)
        assert unheard or self.ends() == before
        self.answered.append((command, expected))

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @rule()
    def crash(self) -> None:
        """Go on with a copy of the files as a killed process leaves them, the log not yet written back."""
        before = self.path
        self.path = self.folder / f"{int(before.stem) + 1}.db"
        for end in ("", "-wal"):
            if before.with_name(before.name + end).exists():
                shutil.copy(before.with_name(before.name + end), self.path.with_name(self.path.name + end))
        self.store.close()
        self.open()

    @precondition(lambda self: self.answered)
    @rule(pick=st.integers(0, 200))
    def the_same_command_again(self, pick: int) -> None:
        command, answer = self.answered[pick % len(self.answered)]
        before = self.ends()
        assert self.engine.handle(command) == msgspec.structs.replace(answer, repeated=True)
        assert self.ends() == before

    @precondition(lambda self: self.answered)
    @rule(pick=st.integers(0, 200))
    def another_command_under_a_known_id(self, pick: int) -> None:
        command, _ = self.answered[pick % len(self.answered)]
        before = self.ends()
        with pytest.raises(CommandReused):
            self.engine.handle(msgspec.structs.replace(command, reason=command.reason + "?"))
        assert self.ends() == before

    # --- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def every_case_is_sound(self) -> None:
        fresh = Engine(self.store, PATHWAYS, self.clock)
        for case in CASES:
            if self.store.head(case) is not None:
                sound(self.engine, fresh, case)

    @invariant()
    def memory_and_disk_hold_the_same_bytes(self) -> None:
        for case in CASES:
            assert whole(self.mirror.store, case) == whole(self.store, case)
        assert self.mirrored.keys == self.box.keys

    @invariant()
    def a_second_look_at_the_same_instant_writes_nothing(self) -> None:
        for case in CASES:
            if self.store.head(case) is not None:
                self.look_at(case)
                before = self.ends()
                assert not self.engine.look(case)
                assert self.ends() == before
                wanted_is_open(self.engine, case)

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        for command, answer in self.answered:
            acknowledged_is_kept(self.engine, command.case, answer.positions[:1], command.id)

    @invariant()
    def no_notice_goes_out_twice(self) -> None:
        assert len(self.box.keys) == len(set(self.box.keys))

    # --- by hand -----------------------------------------------------------------------------------------------------

    def send(self, command: AnyCommand) -> Answer:
        answer = self.engine.handle(command)
        assert not answer.repeated
        assert self.mirror.handle(command) == answer
        if answer.status == "accepted":
            acknowledged_is_kept(self.engine, command.case, answer.positions, command.id)
            assert answer.positions
        else:
            assert answer.refusal is not None
            assert answer.positions == ()
        if self.store.head(command.case) is not None:
            self.answered.append((command, answer))
            self.nothing_more_follows(command.case)
        return answer

    def nothing_more_follows(self, case: str) -> None:
        """A decision writes all that follows from it: a look at the same instant adds nothing."""
        before = self.ends()
        assert not self.engine.look(case)
        assert not self.mirror.look(case)
        assert self.ends() == before

    def look_at(self, case: str) -> None:
        """Both wards look."""
        assert self.mirror.look(case) == self.engine.look(case)

    def open(self) -> None:
        self.store = SqliteStore.open(self.path)
        self.engine = Engine(self.store, PATHWAYS, self.clock)

    def known(self, case: str) -> Case | None:
        return None if self.store.head(case) is None else self.engine.case(case)

    def ends(self) -> list[tuple[str, int, bytes]]:
        return [(head.case, head.position, head.hash) for head in self.store.heads(closed=True)]


def whole(store: Store, case: str) -> list[object]:
    """What a store holds of a case."""
    return [
        [(each.canonical, each.hash) for each in store.stream(case)],
        store.head(case),
        store.reminders(case, open_only=False),
        store.notices(case),
        # One that came again after a crash was tried twice.
        {each.command: each.canonical for each in store.attempts(case)},
    ]


class TestRandomCases(RandomCases.TestCase):
    settings = settings(max_examples=6, stateful_step_count=20, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
class TestManyRandomCases(RandomCases.TestCase):
    settings = settings(max_examples=300, stateful_step_count=50, suppress_health_check=list(HealthCheck))
