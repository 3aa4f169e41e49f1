"""`decide_result`, `decide_transition`, and both on the large pathway: deciding, without store, bytes or hashes."""

from copy import copy
from functools import partial
from statistics import median

import msgspec

from bench import generated
from bench.figure import Figure, absolute, took_us
from bench.patient import CASE, FEED, HOUR, START, engine_on, panel, play
from pathway.case.attention import Memory
from pathway.case.commands import AnyCommand, RecordReport
from pathway.case.decide import decide, look
from pathway.case.events import PhaseEntered
from pathway.case.rules import rules_of
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from persistence.memory import MemoryStore
from ward.clock import FixedClock

ROUNDS = 300


def measure_result() -> Figure:
    """A laboratory result in the shipped pathway."""
    engine, now = shipped()
    return measured("decide_result", engine, CASE, panel(7, (now - START) / HOUR - 0.5)[0], now)


def measure_transition() -> Figure:
    """A report in the shipped pathway that confirms the variant, so that the case moves by itself."""
    engine, now = shipped()
    confirming = RecordReport(
        id="confirming",
        case=CASE,
        by=FEED,
        test="rar_partner",
        method="rt_pcr",
        status="final",
        result="partner_identified",
        partner="ZBTB16",
        report_no="r4",
    )
    return measured("decide_transition", engine, CASE, confirming, now, moves=True)


def measure_result_large() -> Figure:
    """A laboratory result in the generated pathway that opens five reminders."""
    engine, now = large()
    return measured("decide_result_large", engine, generated.CASE, generated.result(0, generated.BELOW, now), now)


def measure_transition_large() -> Figure:
    """A finding in the generated pathway that moves the case on by itself."""
    engine, now = large()
    return measured("decide_transition_large", engine, generated.CASE, generated.finding(1), now, moves=True)


def shipped() -> tuple[Engine, Instant]:
    """The invented patient in the shipped pathway, an hour after the last word."""
    clock = FixedClock(START)
    engine = engine_on(MemoryStore(), clock)
    return engine, Instant(play(engine, clock) + HOUR)


def large() -> tuple[Engine, Instant]:
    """A case of the generated pathway."""
    clock = FixedClock(START)
    engine = Engine(MemoryStore(), (generated.pathway(),), clock)
    return engine, generated.play(engine, clock)


def measured(name: str, engine: Engine, case: str, command: AnyCommand, now: Instant, *, moves: bool = False) -> Figure:
    """Microseconds for one decision, with what the engine remembers of the turn before, and without."""
    rules = rules_of(engine.pathway(case))
    ready = look(rules, engine.case(case), now, None)
    assert ready.memory is not None
    warm, cold = [], []
    for _ in range(ROUNDS):
        memory = remembered(ready.memory)
        warm.append(took_us(partial(decide, rules, ready.case, command, now, ready.next_look, None, memory)))
        cold.append(took_us(partial(decide, rules, ready.case, command, now, ready.next_look)))
    found = decide(rules, ready.case, command, now, ready.next_look, None, remembered(ready.memory))
    assert found.refusal is None
    assert any(isinstance(each.body, PhaseEntered) for each in found.events) == moves, found.events
    fresh = decide(rules, ready.case, command, now, ready.next_look)
    assert msgspec.json.encode(fresh.events) == msgspec.json.encode(found.events)
    form = rules.pathway.form
    note = (
        f"{len(form.transitions)} transitions, {len(form.reminders)} reminders, {len(form.facts)} facts; a case of "
        f"{ready.case.position} events and {len(ready.case.open)} open reminders, {len(found.events)} events follow; "
        f"without memory {median(cold):.0f} us"
    )
    return absolute(name, median(warm), "us", note)


def remembered(memory: Memory) -> Memory:
    """A memory of its own for one decision: a turn writes into it."""
    made = copy(memory)
    made.readings, made.wakes = dict(memory.readings), dict(memory.wakes)
    return made
