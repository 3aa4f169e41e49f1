"""Commands a second: one writer and four, in stores that hold nothing else, ten and a hundred thousand cases."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bench.crowd import Crowd
from bench.patient import START
from bench.scale.filled import filled_database, filled_file
from bench.scale.taken import TAKES, Taken, taken
from persistence.database import DatabaseStore
from tests.persistence.server import running
from ward.clock import FixedClock

SIZES, THREADS, ROUNDS, WARM = (0, 10_000, 100_000), (1, 4), 25, 5
#: Programs of their own on one server, each as long as the others.
PROCESSES, SPAN_S = 4, 4.0


def in_files() -> Iterator[Taken]:
    """One process on a file."""
    for size in SIZES:
        with TemporaryDirectory(prefix="wardpath-bench-") as folder:
            store = filled_file(Path(folder) / "ward.db", size)
            yield from crowds("sqlite", store, size)
            store.close()


def on_server() -> Iterator[Taken]:
    """One process, and then four, on a server."""
    with running() as server:
        for size in SIZES:
            url = server.make()
            store = filled_database(url, size)
            yield from crowds("postgresql", store, size)
            store.close()
            yield processes(url, size)


def crowds(kind: str, store: DatabaseStore, size: int) -> Iterator[Taken]:
    """Threads of one process, on cases of their own."""
    for threads in THREADS:
        with Crowd(store, FixedClock(START), threads) as crowd:
            sent(crowd, WARM)
            takes = [sent(crowd, ROUNDS) for _ in range(TAKES)]
        name = f"commands {kind}, {size} cases, {threads} threads"
        yield taken(name, "1/s", [rate for rate, _ in takes])
        yield taken(name, "ms of processor each", [spent for _, spent in takes])


def sent(crowd: Crowd, rounds: int) -> tuple[float, float]:
    """Commands a second by the wall, and milliseconds of this process's processor for each."""
    took_s, spent_s = 0.0, 0.0
    for _ in range(rounds):
        lot = crowd.next_results()
        before = process_time()
        took_s += crowd.took_us(lambda case: crowd.handle(lot[case])) / 1_000_000  # noqa: B023 - at once
        spent_s += process_time() - before
    number = rounds * crowd.size
    return number / took_s, spent_s / number * 1000


def processes(url: str, size: int) -> Taken:
    """Programs of their own at once."""
    rates = [sum(written([url] * PROCESSES, f"take {take}")) for take in range(TAKES)]
    return taken(f"commands postgresql, {size} cases, {PROCESSES} processes", "1/s", rates)


def written(urls: list[str], name: str) -> list[float]:
    """Commands a second of a program on each address, all at once, each in the time that it spent on commands."""
    with ExitStack() as stack:
        begun = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "bench.scale.writer", str(SPAN_S), f"{name} {number}"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for number in range(len(urls))
        ]
        for words in (urls, ["go"] * len(urls)):
            for each, word in zip(begun, words, strict=True):
                assert each.stdin is not None
                print(word, file=each.stdin, flush=True)
            if words is urls:
                assert {each.stdout.readline() for each in begun if each.stdout} == {"ready\n"}
        return [float(each.stdout.readline()) for each in begun if each.stdout]
