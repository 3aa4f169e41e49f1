"""`memory_idle_case`: what one more case that nobody touches costs an engine in memory, beyond what the store holds."""

import gc
import tracemalloc
from itertools import pairwise
from pathlib import Path
from sys import getsizeof
from tempfile import TemporaryDirectory

from bench.figure import Figure
from bench.patient import START, engine_on, history
from pathway.engine import Engine
from pathway.engine.engine import CASES_KEPT
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock

#: The first fill what an engine keeps folded; with every further one another lies idle. What is kept weighs now more,
#: now less; what an idle case left behind would weigh more in every round.
FIRST, MORE, ROUNDS, WARM = CASES_KEPT, CASES_KEPT // 2, 3, 20
#: Whatever remembers a case remembers at least its token.
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
        weights = [full := held()]
        for begin in range(FIRST, FIRST + ROUNDS * MORE, MORE):
            enrol(engine, clock, begin, begin + MORE)
            weights.append(held())
        tracemalloc.stop()
        kept = len(engine._kept)  # noqa: SLF001 - as above
        store.close()
    assert kept <= FIRST
    grown = [(after - before) / MORE for before, after in pairwise(weights)]
    idle = max(0.0, min(grown))
    note = (
        f"{FIRST + ROUNDS * MORE} cases enrolled, the last {kept} still folded, {CASES_KEPT} at most; one that is "
        f"weighs {(full - bare) / FIRST:.0f} bytes; grown in each round: {', '.join(f'{each:+.0f}' for each in grown)} "
        f"bytes a case; whatever remembers a case remembers {TRACE_BYTES} bytes of token"
    )
    return Figure("memory_idle_case", round(idle, 2), None, None, 0.0, idle < 1, "bytes", note)


def enrol(engine: Engine, clock: FixedClock, begin: int, end: int) -> None:
    """Enrol patients one after the other."""
    for number in range(begin, end):
        clock.at, command = next(history(f"case {number:6}"))
        engine.handle(command)


def held() -> int:
    """Bytes that are in use once the garbage is gone."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
