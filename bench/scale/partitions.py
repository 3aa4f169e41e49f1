"""A million events in one table and in sixteen, by the hash of the case: what is written, asked and read through.

Both tables are filled with the same rows and have the same guards; the store above them is the same code.
"""

from collections.abc import Iterator
from statistics import median
from time import perf_counter, process_time

from bench.crowd import Crowd
from bench.figure import took_us
from bench.patient import START
from bench.scale.filled import EVENTS, filled_database
from bench.scale.taken import TAKES, Taken, taken
from persistence.postgres.session import connect
from persistence.postgres.store import PostgresStore
from tests.persistence.partitioned import part
from tests.persistence.server import running
from ward.clock import FixedClock

PARTS, ASKED, ROUNDS, WARM, SCANS = 16, 300, 45, 5, 2
#: Copies of one enrolment, until there are a million events.
MILLION = 1_000_000


def measured() -> Iterator[Taken]:
    """Each figure for one table and for sixteen, asked in turn."""
    with running() as server:
        urls = {"one table": server.make()}
        filled_database(urls["one table"], MILLION // EVENTS).close()
        other = f"{PARTS} parts"
        urls[other] = server.make(server.name(urls["one table"]))
        began = perf_counter()
        part(urls[other], PARTS)
        yield taken("into partitions", "s", [perf_counter() - began], f"{MILLION} events")
        with connect(urls[other], statement_timeout="0") as raw:
            raw.execute(b"VACUUM ANALYZE")
        stores = {name: PostgresStore.open(url) for name, url in urls.items()}
        yield from written(stores)
        yield from read(stores)
        for store in stores.values():
            store.close()
        for name, url in urls.items():
            yield from kept(name, url)


def written(stores: dict[str, PostgresStore]) -> Iterator[Taken]:
    """Commands of one writer, now on this layout, now on that."""
    took: dict[str, list[float]] = {name: [] for name in stores}
    spent: dict[str, list[float]] = {name: [] for name in stores}
    crowds = {name: Crowd(store, FixedClock(START), 1) for name, store in stores.items()}
    for _ in range(WARM + ROUNDS):
        for name, crowd in crowds.items():
            lot, before = crowd.next_results(), process_time()
            took[name].append(crowd.took_us(lambda case: crowd.handle(lot[case])) / crowd.size)  # noqa: B023 - at once
            spent[name].append((process_time() - before) / crowd.size * 1_000_000)
    for name in stores:
        yield taken(f"a command, {name}", "us", thirds(took[name][WARM:]))
        yield taken(f"a command, {name}", "us of processor", thirds(spent[name][WARM:]))


def read(stores: dict[str, PostgresStore]) -> Iterator[Taken]:
    """The streams of cases, and everything in order."""
    cases = [head.case for head in stores["one table"].heads()]
    some = cases[:: len(cases) // ASKED][:ASKED]
    took: dict[str, list[float]] = {name: [] for name in stores}
    for case in some:
        for name, store in stores.items():
            took[name].append(took_us(lambda: list(store.stream(case))))  # noqa: B023 - at once
    for name in stores:
        yield taken(f"a stream, {name}", "us", thirds(took[name]))
    scans: dict[str, list[float]] = {name: [] for name in stores}
    for _ in range(SCANS):
        for name, store in stores.items():
            began, number = perf_counter(), sum(1 for _ in store.scan())
            scans[name].append((perf_counter() - began) / number * 1_000_000)
    for name in stores:
        yield taken(f"a scan, {name}", "us an event", scans[name])


def kept(name: str, url: str) -> Iterator[Taken]:
    """What those who look after the server do with one table, and for how long they hold it."""
    with connect(url, statement_timeout="0") as raw:
        began = perf_counter()
        raw.execute(b"VACUUM event")
        yield taken(f"vacuum, {name}", "s", [perf_counter() - began])
        tables = [str(row[0]) for row in raw.execute(LEAVES).fetchall()]
        began = perf_counter()
        raw.execute(f"REINDEX TABLE {tables[0]}".encode())
        yield taken(f"the longest lock of a reindex, {name}", "s", [perf_counter() - began], f"{len(tables)} tables")


def thirds(takes: list[float]) -> list[float]:
    """The medians of every third."""
    return [median(takes[number::TAKES]) for number in range(TAKES)]


LEAVES = b"""SELECT relid::regclass::text FROM pg_partition_tree('wardpath.event') WHERE isleaf
UNION ALL SELECT 'wardpath.event' WHERE NOT EXISTS (SELECT 1 FROM pg_partition_tree('wardpath.event') WHERE isleaf)"""
