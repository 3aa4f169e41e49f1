"""The record: one commit, one reading of the clock, no identity, each flipped bit located, reading writes nothing."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.case.commands import Report
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from pathway.engine.errors import CommandReused
from pathway.engine.ports import Change, Head, Store, Stored, Unit
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from scheduler.channels.console import Console
from scheduler.channels.file import File
from scheduler.post import Post
from scheduler.tick import tick
from tests.properties.plans import CASE, PATHWAYS, START, Step, carry_out, plans
from tests.properties.said import MINUTE, enrolment
from ward.clock import FixedClock
from ward.vault import SiteKey, SiteVault

few = settings(max_examples=5, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)

# --- one transaction, one reading of the clock -----------------------------------------------------------------------


class Watched:
    """A store in memory and its clock in one: counts transactions, appends, and readings inside and outside."""

    def __init__(self) -> None:
        self._store, self.clock = MemoryStore("demonstration"), FixedClock(START)
        self.began, self.appended, self.inside, self.outside = 0, 0, 0, 0
        self.held = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator["WatchedUnit"]:
        """A transaction under the lock of a case."""
        with self._store.write(case, command) as unit:
            self.began, self.held = self.began + 1, True
            try:
                yield WatchedUnit(self, unit)
            finally:
                self.held = False

    def now(self) -> Instant:
        """The clock, read."""
        if self.held:
            self.inside += 1
        else:
            self.outside += 1
        return self.clock.now()

    def counted(self) -> tuple[int, int, int, int]:
        """Transactions, appends, readings under the lock, readings outside; the counting begins anew."""
        counts = (self.began, self.appended, self.inside, self.outside)
        self.began, self.appended, self.inside, self.outside = 0, 0, 0, 0
        return counts


class WatchedUnit:
    """A transaction that counts what is appended."""

    def __init__(self, watched: Watched, unit: Unit) -> None:
        self._watched, self._unit = watched, unit

    def __getattr__(self, name: str) -> object:
        return getattr(self._unit, name)

    def append(self, change: Change) -> None:
        """Append, and count it."""
        self._watched.appended += 1
        self._unit.append(change)


ONCE = (1, 1, 1, 0)


@few
@given(plans())
def test_every_command_and_look_reads_the_clock_once_under_the_lock_and_appends_once(plan: tuple[Step, ...]):
    watched = Watched()
    engine = Engine(watched, PATHWAYS, watched)  # type: ignore[arg-type]  # it hands on what it does not count
    for step in plan:
        watched.clock.set(step.at)
        answer = engine.handle(step.command)
        if isinstance(step.command, Report) and answer.refusal is not None:
            watched.counted()  # what becomes of a report that no case takes is another promise
        else:
            assert watched.counted() == ONCE
        engine.look(CASE)
        began, appended, inside, outside = watched.counted()
        assert (began, outside) == (1, 0)
        assert appended == inside <= 1
        assert appended or engine.store.head(CASE).closed  # type: ignore[union-attr]  # it is enrolled
        engine.handle(step.command)
        assert watched.counted() == (1, 0, 0, 0)


# --- every flipped bit is located ------------------------------------------------------------------------------------


class Tampered:
    """A store whose stream somebody changed behind its back."""

    def __init__(self, store: Store, events: list[Stored]) -> None:
        self._store, self._events = store, events

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """What lies there now."""
        del case
        return iter(self._events[after:])


def problems(engine: Engine, events: list[Stored]) -> list[str]:
    """What is found wrong with these events under the head of the case."""
    return Engine(Tampered(engine.store, events), PATHWAYS, engine.clock).verify(CASE)  # type: ignore[arg-type]  # as above


@few
@given(plans(), st.data())
def test_any_flipped_bit_is_located_at_its_event(plan: tuple[Step, ...], data: st.DataObject):
    engine = carry_out(plan)
    events = list(engine.store.stream(CASE))
    assert problems(engine, events) == []
    for _ in range(20):
        number = data.draw(st.integers(0, len(events) - 1))
        field = data.draw(st.sampled_from(("canonical", "previous", "hash")))
        raw = bytearray(getattr(events[number], field))
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        changed = msgspec.structs.replace(events[number], **{field: bytes(raw)})
        found = problems(engine, [*events[:number], changed, *events[number + 1 :]])
        assert found, f"a bit of {field} of position {number + 1} was flipped and nothing found"
        assert found[0].startswith(f"position {number + 1} ")


@few
@given(plans(), st.data())
def test_an_event_taken_out_put_twice_or_cut_off_is_located(plan: tuple[Step, ...], data: st.DataObject):
    engine = carry_out(plan)
    events = list(engine.store.stream(CASE))
    number = data.draw(st.integers(0, len(events) - 2))
    assert problems(engine, [*events[:number], *events[number + 1 :]])[0] == f"position {number + 1} is missing"
    doubled = problems(engine, [*events[: number + 1], *events[number:]])
    assert any(f"position {number + 1}" in each or f"position {number + 2}" in each for each in doubled)
    assert problems(engine, events[: number + 1]) == ["the stream does not end where its head says"]


# --- identity apart --------------------------------------------------------------------------------------------------

PLANTED = {"name": "Plantagenet, Xylophonia", "number": "4711-Q-0815", "born": "1911-11-09"}
#: What people wrote where they may write freely.
WRITTEN = "her sister Ermintrude telephoned"
#: What a store is searched for: nothing of it may lie there in the clear.
EVERYTHING = (*PLANTED.values(), WRITTEN)
VAULT = SiteVault(SiteKey(bytes(64)))


def with_identity(step: Step) -> Step:
    """The step with planted identifiers wherever its command takes any, and with free text wherever it takes that."""
    planted = {"identifiers": PLANTED, "reason": WRITTEN, "receiver": WRITTEN, "reasons": {"written": WRITTEN}}
    taken = {name: each for name, each in planted.items() if name in step.command.__struct_fields__}
    return Step(step.at, msgspec.structs.replace(step.command, **taken))


def told_of(texts: Iterator[str] | list[str]) -> list[str]:
    """The texts that hold something planted."""
    return [text for text in texts if any(planted in text for planted in EVERYTHING)]


def rows(path: Path) -> Iterator[str]:
    """Every row of every table of the file, as text; then the bytes of the file and of what lies beside it."""
    with sqlite3.connect(path) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "identity" in tables
        for table in tables:
            for row in raw.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # a name that the file itself gave
                yield " ".join(each.decode("latin-1") if isinstance(each, bytes) else str(each) for each in row)
        yield "\n".join(raw.iterdump())
    for file in path.parent.glob(f"{path.name}*"):
        yield file.read_bytes().decode("latin-1")


@settings(few, max_examples=3)
@given(plan=plans())
def test_nothing_that_is_written_sent_logged_or_raised_holds_an_identifier_or_free_text(
    tmp_path_factory, plan: tuple[Step, ...]
):
    folder, said = tmp_path_factory.mktemp("planted"), StringIO()
    store, clock, heard = SqliteStore.create(folder / "one.db", "demonstration"), FixedClock(START), StringIO()
    handler = logging.StreamHandler(heard)
    logging.getLogger().addHandler(handler)
    post = Post([], [Console(said), File(folder / "notices.jsonl")])
    try:
        engine = Engine(store, PATHWAYS, clock, vault=VAULT)
        for step in map(with_identity, plan):
            clock.set(step.at)
            said.write(repr(engine.handle(step.command)))
            tick(engine, store, clock, post, worker="w")
        for again in (enrolment("k", CASE, START, identifiers=PLANTED), with_identity(plan[0]).command):
            said.write(repr(engine.handle(again)))
        with pytest.raises(CommandReused) as raised:
            engine.handle(enrolment(plan[0].command.id, CASE, START, identifiers=PLANTED, ward="elsewhere"))
        said.write(str(raised.value))
        engine.handle(
            with_identity(Step(START, msgspec.structs.replace(plan[-1].command, id="q", case="nobody"))).command
        )
        keyless = Engine(store, PATHWAYS, clock, vault=SiteVault(None))
        said.write(repr((engine.case(CASE), keyless.picture(CASE), engine.timeline(CASE), store.heads(closed=True))))
        assert list(rows(folder / "one.db"))
        assert told_of(rows(folder / "one.db")) == []
    finally:
        logging.getLogger().removeHandler(handler)
        store.close()
    assert said.getvalue()
    assert told_of([said.getvalue(), heard.getvalue(), (folder / "notices.jsonl").read_text("utf-8")]) == []
    assert told_of(rows(folder / "one.db")) == []


def test_what_is_planted_is_found_in_a_store_that_seals_nothing_and_by_who_has_the_key(tmp_path):
    for name, vault in (("clear", None), ("sealed", VAULT)):
        store = SqliteStore.create(tmp_path / f"{name}.db", "demonstration")
        engine = Engine(store, PATHWAYS, FixedClock(START), vault=vault)
        engine.handle(with_identity(Step(START, enrolment("k", CASE, START))).command)
        found = engine.identity(CASE)
        assert found is not None
        assert told_of([found.text])
        store.close()
        assert bool(told_of(rows(tmp_path / f"{name}.db"))) == (vault is None)


# --- reading writes nothing ------------------------------------------------------------------------------------------


class ReadOnly:
    """The store without a way to write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def write(self, case: str, command: str = "") -> AbstractContextManager[Unit]:
        """No reading may come here."""
        raise AssertionError(f"a reading of {case} began a transaction")


def state(store: Store) -> tuple[list[Stored], Head | None, list[object]]:
    """What a store holds of the case."""
    return list(store.stream(CASE)), store.head(CASE), [*store.reminders(CASE, open_only=False), *store.notices(CASE)]


@few
@given(plans(), seeds)
def test_reading_a_case_in_every_way_writes_no_event_and_begins_no_transaction(plan: tuple[Step, ...], later: int):
    engine = carry_out(plan)
    before = state(engine.store)
    reader = Engine(ReadOnly(engine.store), PATHWAYS, engine.clock)  # type: ignore[arg-type]  # as above
    at = Instant(engine.clock.now() + later % 6000 * MINUTE)
    reader.case(CASE), reader.timeline(CASE), reader.pathway(CASE), reader.heads(closed=True), reader.verify(CASE)
    for moment in (None, START, at):
        reader.picture(CASE, moment), reader.view(CASE, moment).read("fibrinogen")
        reader.case_as_of(CASE, moment, None), reader.picture_as_of(CASE, None, moment)
    assert state(engine.store) == before
