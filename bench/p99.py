"""`p99_sqlite_8`, `p99_pg_8`: how long nearly every command takes while eight threads send as fast as they can."""

from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from bench.crowd import Crowd
from bench.figure import Figure, within
from bench.patient import START
from bench.server import with_server
from pathway.engine.ports import Store
from persistence.postgres.store import PostgresStore
from persistence.sqlite import SqliteStore
from tests.persistence.server import Server
from ward.clock import FixedClock

THREADS, ROUNDS, WARM = 8, 120, 10
LIMIT_MS = 50.0


def measure_sqlite() -> Figure:
    """Eight threads of one process on one file: one writes, the others wait."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        return measured("p99_sqlite_8", SqliteStore.create(Path(folder) / "ours.db", "demonstration"))


def measure_pg() -> Figure:
    """Eight threads of one process, each with a connection of its own."""

    def on(server: Server) -> Figure:
        return measured("p99_pg_8", PostgresStore.create(server.make(), "demonstration"))

    return with_server("p99_pg_8", "ms", on)


def measured(name: str, store: Store) -> Figure:
    """The 99th of a hundred commands by length, in milliseconds."""
    with Crowd(store, FixedClock(START), THREADS) as crowd:
        for number in range(ROUNDS):
            if number == WARM:
                crowd.latencies_us.clear()
            lot = crowd.next_results()
            crowd.took_us(lambda case: crowd.handle(lot[case]))  # noqa: B023 - called at once
    store.close()
    took_ms = [each / 1000 for each in crowd.latencies_us]
    parts = quantiles(took_ms, n=100)
    note = f"{len(took_ms)} commands; median {parts[49]:.1f} ms, longest {max(took_ms):.1f} ms"
    return within(name, parts[98], LIMIT_MS, "ms", note)
