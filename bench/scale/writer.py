"""A writer that is a program of its own: `python -m bench.scale.writer SECONDS CASE`, with the address on its input."""

import sys
from time import perf_counter

from bench.patient import HOUR, START, engine_on, panel, play, send
from persistence.postgres.store import PostgresStore
from ward.clock import FixedClock


def main(span_s: float, case: str) -> None:
    """Handle results as fast as it goes; print how many a second of the time that was spent on them."""
    store, clock = PostgresStore.open(sys.stdin.readline().strip()), FixedClock(START)
    engine = engine_on(store, clock)
    play(engine, clock, (case,))
    print("ready", flush=True)
    sys.stdin.readline()
    spent_s, number, began = 0.0, 0, perf_counter()
    while perf_counter() - began < span_s:
        collected_h = (clock.now() - START) / HOUR + 4.5
        clock.advance(5 * HOUR)
        engine.look(case)
        send(store, clock)
        number += 1
        commands = panel(number + 10, collected_h, case)
        begun = perf_counter()
        for command in commands:
            engine.handle(command)
        spent_s += perf_counter() - begun
    store.close()
    print(number * 3 / spent_s, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
