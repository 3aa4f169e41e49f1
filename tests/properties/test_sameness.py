"""The same commands give the same case: at any cadence of looks, on every store, after any restart."""

import itertools
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.case.commands import RecordResult
from pathway.case.envelope import By
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import SECOND, Instant
from pathway.engine import Engine
from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from tests.properties.plans import CASE, PATHWAYS, START, Step, carry_out, plans, told
from tests.properties.said import MINUTE, enrolment
from tests.properties.soundness import same_case
from ward.clock import FixedClock
from ward.vault import SiteKey, SiteVault, drawn_by

LAB = By("feed", "laboratory", source="feed")
few = settings(max_examples=6, suppress_health_check=list(HealthCheck))
many = settings(max_examples=300, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)


def looks_at_random(seed: int, most: int):
    """Looks at random instants between two commands, up to `most`, now and then exactly when the case asked for one."""
    chance = Random(seed)

    def look(engine: Engine, clock: FixedClock, step: Step) -> None:
        gap = step.at - clock.now()
        instants = sorted(clock.now() + chance.randrange(gap + 1) for _ in range(chance.randrange(most + 1)))
        for at in instants:
            head = engine.store.head(CASE)
            due = None if head is None else head.next_look
            exact = due is not None and clock.now() < due < at and chance.random() < 0.5
            clock.set(Instant(due if exact and due is not None else max(at, clock.now())))
            engine.look(CASE)

    return look


def looks_when_due(engine: Engine, clock: FixedClock, step: Step) -> None:
    """A look at every instant the case asks for, as a scheduler that never sleeps would do."""
    for _ in range(100_000):
        head = engine.store.head(CASE)
        if head is None or head.next_look is None or head.next_look > step.at:
            return
        clock.set(max(clock.now(), head.next_look))
        engine.look(CASE)
    raise AssertionError("the case is due for ever")


def any_cadence(plan: tuple[Step, ...], one: int, other: int) -> None:
    expected = told(carry_out(plan).timeline(CASE))
    assert told(carry_out(plan, before=looks_at_random(one, 3)).timeline(CASE)) == expected
    assert told(carry_out(plan, before=looks_at_random(other, 12)).timeline(CASE)) == expected
    assert told(carry_out(plan, before=looks_when_due).timeline(CASE)) == expected


@few
@given(plans(), seeds, seeds)
def test_any_cadence_of_looks_gives_the_same_events_apart_from_when_they_were_recorded(plan, one, other):
    any_cadence(plan, one, other)


@pytest.mark.slow
@many
@given(plans(25), seeds, seeds)
def test_any_cadence_gives_the_same_events_in_many_long_plans(plan, one, other):
    any_cadence(plan, one, other)


def everything(store: Store) -> list[object]:
    """All that a store holds of the case."""
    return [
        [(each.position, each.canonical, each.previous, each.hash) for each in store.stream(CASE)],
        store.head(CASE),
        store.reminders(CASE, open_only=False),
        store.notices(CASE),
        store.attempts(CASE),
        store.identity(CASE),
        store.case_key(CASE),
    ]


def any_store(folder: Path, plan: tuple[Step, ...], seed: int) -> None:
    path = folder / "one.db"
    path.unlink(missing_ok=True)
    memory, disk = MemoryStore("demonstration"), SqliteStore.create(path, "demonstration")
    try:
        for store in (memory, disk):
            vault = SiteVault(SiteKey(bytes(64)), draw=drawn_by(seed))
            carry_out(plan, store, before=looks_at_random(seed, 3), vault=vault)
        for in_memory, on_disk in zip(everything(memory), everything(disk), strict=True):
            assert on_disk == in_memory
    finally:
        disk.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stores")


@settings(few, max_examples=5)
@given(plan=plans(), seed=seeds)
def test_memory_and_disk_hold_the_same_bytes_for_the_same_commands_at_the_same_clock(folder, plan, seed):
    any_store(folder, plan, seed)


@pytest.mark.slow
@many
@given(plan=plans(25), seed=seeds)
def test_memory_and_disk_hold_the_same_bytes_for_many_long_plans(folder, plan, seed):
    any_store(folder, plan, seed)


def forgetful(plan: tuple[Step, ...]) -> list[bytes]:
    """The bytes of a plan carried out by a new engine for every command and look."""
    clock, store = FixedClock(START), MemoryStore()
    for step in plan:
        for number in (1, 2):
            clock.set(max(clock.now(), Instant((clock.now() * (2 - number) + step.at * number) // 2)))
            Engine(store, PATHWAYS, clock).look(CASE)
        Engine(store, PATHWAYS, clock).handle(step.command)
    return [each.canonical for each in store.stream(CASE)]


def remembering(plan: tuple[Step, ...]) -> list[bytes]:
    """The bytes of the same by one engine that keeps what it knows."""
    clock, store = FixedClock(START), MemoryStore()
    engine = Engine(store, PATHWAYS, clock)
    for step in plan:
        for number in (1, 2):
            clock.set(max(clock.now(), Instant((clock.now() * (2 - number) + step.at * number) // 2)))
            engine.look(CASE)
        engine.handle(step.command)
    return [each.canonical for each in store.stream(CASE)]


@few
@given(plans())
def test_an_engine_that_remembers_decides_as_one_that_has_just_started(plan):
    assert remembering(plan) == forgetful(plan)


@pytest.mark.slow
@many
@given(plans(25))
def test_an_engine_that_remembers_decides_as_a_new_one_in_many_long_plans(plan):
    assert remembering(plan) == forgetful(plan)


@few
@given(plans(), seeds)
def test_a_case_folded_event_by_event_is_the_case_folded_at_once(plan, seed):
    events = carry_out(plan).timeline(CASE)
    cut = Random(seed).randrange(len(events) + 1)
    step_by_step = Case(id=CASE)
    for event in events:
        step_by_step = evolve(step_by_step, [event])
    at_once = evolve(Case(id=CASE), events)
    same_case(step_by_step, at_once)
    same_case(evolve(evolve(Case(id=CASE), events[:cut]), events[cut:]), at_once)


def early_look(plan: tuple[Step, ...], seed: int) -> int:
    """Look once at a random instant before each time the case asked for; the number of such looks."""
    chance, looked = Random(seed), []

    def look(engine: Engine, clock: FixedClock, step: Step) -> None:
        head = engine.store.head(CASE)
        if head is None or head.closed:
            return
        until = step.at if head.next_look is None else min(step.at, Instant(head.next_look - 1))
        if until <= clock.now():
            return
        clock.set(Instant(chance.randrange(clock.now() + 1, until + 1)))
        assert not engine.look(CASE)
        after = engine.store.head(CASE)
        assert after is not None
        assert after.position == head.position
        looked.append(1)

    carry_out(plan, before=look)
    return len(looked)


@few
@given(plans(), seeds)
def test_a_look_before_the_case_asked_for_one_writes_nothing(plan, seed):
    early_look(plan, seed)


@pytest.mark.slow
@many
@given(plans(25), seeds)
def test_a_look_before_the_case_asked_for_one_writes_nothing_in_many_long_plans(plan, seed):
    early_look(plan, seed)


def test_early_looks_are_really_made():
    plan = (Step(START, enrolment("first", CASE, START)), Step(Instant(START + MINUTE), enrolment("k", CASE, START)))
    assert early_look(plan, 1) == 1


# --- the order in which results arrive -------------------------------------------------------------------------------

#: One band each, so that no older value is of another class than the newest: a class tightens at once and loosens
#: slowly, and what tightens it in passing stays for a while by intention.
BANDS = {
    "3255-7": (("160", "260", "390"), ("105", "120", "149"), ("40", "70", "99")),
    "777-3": (("51", "90", "200"), ("31", "40", "49"), ("8", "20", "29")),
    "6301-6": (("0.9", "1.1", "1.4"), ("1.6", "2.0", "2.4"), ("1.6", "2.0", "2.4")),
}
UNITS = {"3255-7": "mg/dL", "777-3": "10*9/L", "6301-6": "{INR}"}


@st.composite
def batches(draw):
    """Results of a few hours, each collected at a time of its own."""
    bands = {code: draw(st.sampled_from(values)) for code, values in BANDS.items()}
    times = draw(st.lists(st.integers(1, 300), min_size=2, max_size=6, unique=True))
    return [
        (code, draw(st.sampled_from(bands[code])), Instant(START - minutes * MINUTE))
        for minutes, code in zip(times, itertools.cycle(BANDS), strict=False)
    ]


def after_arrival(batch: list[tuple[str, str, Instant]]) -> Engine:
    """The engine after these results have arrived a second apart, well before anything is due again."""
    steps = [Step(START, enrolment("first", CASE, START))]
    for number, (code, value, collected) in enumerate(batch, start=1):
        said = {"loinc": code, "value": value, "unit": UNITS[code], "collected_at": collected}
        command = RecordResult(id=f"{code} {collected}", case=CASE, by=LAB, **said)
        steps.append(Step(Instant(START + number * SECOND), command))
    return carry_out(steps)


@settings(few, max_examples=12)
@given(batches(), st.randoms(use_true_random=False))
def test_results_arriving_in_any_order_lead_to_the_same_facts_and_class_of_supervision(batch, chance):
    shuffled = list(batch)
    chance.shuffle(shuffled)
    one, other = after_arrival(batch), after_arrival(shuffled)
    at = Instant(START + MINUTE)
    for name in ("fibrinogen", "platelets", "inr", "isth"):
        first, second = one.view(CASE, at).read(name), other.view(CASE, at).read(name)
        assert (first.known, first.value, first.at, first.why) == (second.known, second.value, second.at, second.why)
    assert series(one) == series(other)
    assert one.case(CASE).choices["recheck_class"].row == other.case(CASE).choices["recheck_class"].row
    assert sorted(one.case(CASE).open) == sorted(other.case(CASE).open)


def series(engine: Engine) -> dict[str, list[object]]:
    """Every analyte's results by collection time, without when they came."""
    return {
        name: [(each.body.collected_at, each.interval, each.body.usable, each.body.entered) for each in found]
        for name, found in sorted(engine.case(CASE).labs.items())
    }
