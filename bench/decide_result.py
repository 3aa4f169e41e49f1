"""`decide_result`: deciding one laboratory result, without store, bytes or hashes."""

from copy import copy
from statistics import median

from bench.figure import Figure, absolute, took_us
from bench.patient import CASE, HOUR, START, engine_on, panel, play
from pathway.case.attention import Memory
from pathway.case.decide import decide, look
from pathway.case.rules import rules_of
from pathway.clinical.instant import Instant
from persistence.memory import MemoryStore
from ward.clock import FixedClock

ROUNDS = 300


def measure() -> Figure:
    """Microseconds for one result, with what the engine remembers of the turn before, and without."""
    clock = FixedClock(START)
    engine = engine_on(MemoryStore(), clock)
    now = Instant(play(engine, clock) + HOUR)
    rules = rules_of(engine.pathway(CASE))
    ready = look(rules, engine.case(CASE), now, None)
    assert ready.memory is not None
    command = panel(7, (now - START) / HOUR - 0.5)[0]
    warm, cold = [], []
    for _ in range(ROUNDS):
        memory = remembered(ready.memory)
        warm.append(took_us(lambda: decide(rules, ready.case, command, now, ready.next_look, None, memory)))  # noqa: B023 - at once
        cold.append(took_us(lambda: decide(rules, ready.case, command, now, ready.next_look)))
    found = decide(rules, ready.case, command, now, ready.next_look, None, remembered(ready.memory))
    note = (
        f"a result for a case of {ready.case.position} events and {len(ready.case.open)} open reminders, "
        f"{len(found.events)} events follow; without memory {median(cold):.0f} us"
    )
    return absolute("decide_result", median(warm), "us", note)


def remembered(memory: Memory) -> Memory:
    """A memory of its own for one decision: a turn writes into it."""
    made = copy(memory)
    made.readings, made.wakes = dict(memory.readings), dict(memory.wakes)
    return made
