"""`memory_idle_case`: what one more case that nobody touches costs an engine in memory, beyond what the store holds."""

import gc
import tracemalloc
from pathlib import Path
from sys import getsizeof
from tempfile import TemporaryDirectory

from bench.figure import Figure
from bench.patient import START, engine_on, history
from pathway.engine import Engine
from pathway.engine.engine import CASES_KEPT
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock

#: The first fill what an engine keeps folded; after as many more it keeps as many, and the first lie idle.
FIRST, MORE, WARM = CASES_KEPT, CASES_KEPT, 20
#: Whatever remembers a case remembers at least its token; what is less than that for a case is no trace of it.
TRACE_BYTES = getsizeof("case      0")


def measure() -> Figure:
    """Bytes for each case that was enrolled and then left alone while others came."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        clock = FixedClock(START)
        store = SqliteStore.create(Path(folder) / "idle.db", "demonstration")
        engine = engine_on(store, clock)
        enrol(engine, clock, -WARM, 0)
        engine._kept.clear()  # noqa: SLF001 - what an engine keeps is what is weighed
        tracemalloc.start()
        bare = held()
        enrol(engine, clock, 0, FIRST)
        full = held()
        enrol(engine, clock, FIRST, FIRST + MORE)
        after = held()
        tracemalloc.stop()
        kept = len(engine._kept)  # noqa: SLF001 - as above
        store.close()
    assert kept == FIRST
    idle = (after - full) / MORE
    note = (
        f"{FIRST + MORE} cases enrolled, the last {kept} still folded; one that is weighs {(full - bare) / FIRST:.0f} "
        f"bytes, and never more than {CASES_KEPT} are; less than the {TRACE_BYTES} bytes of a token is no trace"
    )
    return Figure("memory_idle_case", round(idle, 2), None, None, 0.0, idle < TRACE_BYTES, "bytes", note)


def enrol(engine: Engine, clock: FixedClock, begin: int, end: int) -> None:
    """Enrol patients one after the other."""
    for number in range(begin, end):
        clock.at, command = next(history(f"case {number:6}"))
        engine.handle(command)


def held() -> int:
    """Bytes that are in use once the garbage is gone."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
