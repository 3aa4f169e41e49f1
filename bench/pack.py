"""`pack_s`: the audit pack of one patient with 2,000 events, from the store to the last byte of the archive."""

from functools import partial
from statistics import median

from bench.figure import Figure, took_us, within
from bench.patient import CASE, HOUR, engine_on, panel, pathway, play
from pathway.clinical.instant import Instant
from persistence.memory import MemoryStore
from ward.clock import FixedClock
from ward.pack.content import content
from ward.pack.files import as_zip
from ward.wiring import House

EVENTS, ROUNDS = 2000, 5
LIMIT_S = 2.0


def measure() -> Figure:
    """Seconds for paper, records, tables and definitions together."""
    clock, store = FixedClock(Instant(0)), MemoryStore()
    engine = engine_on(store, clock)
    at, number = play(engine, clock), 3
    began = at
    while engine.case(CASE).position < EVENTS:
        number += 1
        at = Instant(at + 6 * HOUR)
        clock.set(at)
        for command in panel(number, 24 + (at - began) / HOUR):
            assert engine.handle(command).status == "accepted"
        engine.look(CASE)
    house = House(store, engine, clock, (pathway(),), clock)
    told = content(house, CASE)
    first = as_zip(told)
    assert first == as_zip(content(house, CASE))
    took = median(took_us(partial(packed, house)) for _ in range(ROUNDS)) / 1_000_000
    note = f"{len(told.events)} events, {len(told.pictures)} pictures, {len(first) // 1024} KiB, twice the same bytes"
    return within("pack_s", took, LIMIT_S, "s", note)


def packed(house: House) -> bytes:
    """One pack, as an inspector gets it."""
    return as_zip(content(house, CASE))
