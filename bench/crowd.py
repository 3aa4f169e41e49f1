"""A crowd: as many threads as cases, each handling the results of its own case at the same time as the others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter_ns
from typing import Self

from bench.figure import took_us
from bench.patient import HOUR, START, engine_on, panel, play, send
from pathway.case.commands import RecordResult
from pathway.engine.ports import Store
from ward.clock import FixedClock


class Crowd:
    """Threads over one engine. `size`: commands in a round, three for each case."""

    def __init__(self, store: Store, clock: FixedClock, threads: int) -> None:
        self.store, self.clock = store, clock
        self.cases = [f"bench {number}" for number in range(threads)]
        self.size = 3 * threads
        self.engine = engine_on(store, clock)
        self.latencies_us: list[float] = []
        self._round = 0
        self._pool = ThreadPoolExecutor(threads)
        play(self.engine, clock, self.cases)

    def __enter__(self) -> Self:
        """The crowd itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def next_results(self) -> dict[str, list[RecordResult]]:
        """Five hours on, every case looked at; the next results of each, still to be handled."""
        collected_h = (self.clock.now() - START) / HOUR + 4.5
        self.clock.advance(5 * HOUR)
        self._round += 1
        for case in self.cases:
            self.engine.look(case)
        send(self.store, self.clock)
        return {case: panel(self._round + 10, collected_h, case) for case in self.cases}

    def handle(self, commands: list[RecordResult]) -> None:
        """Handle one after the other and note how long each took."""
        for command in commands:
            self.latencies_us.append(took_us(lambda: self.engine.handle(command)))  # noqa: B023 - called at once

    def took_us(self, act: Callable[[str], None]) -> float:
        """How long it takes until each thread has acted on its case, in microseconds."""
        began = perf_counter_ns()
        list(self._pool.map(act, self.cases))
        return (perf_counter_ns() - began) / 1000
