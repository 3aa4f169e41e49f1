"""What a store weighs, and how long its backup and its verification take, by size."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench.scale.grown import demonstration, grow, house_of
from bench.scale.taken import TAKES, Taken, taken
from persistence.copy import vacuum_into
from persistence.postgres.dump import dump
from persistence.postgres.session import connect
from persistence.postgres.store import PostgresStore
from persistence.sqlite import SqliteStore
from tests.persistence.server import running
from ward.proof.verify import verify
from ward.record import check_record

#: Cases of the demonstration, closed ones too: some 127 events each.
CASES = (240, 2_400)
SIZE = """SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'wardpath'::regnamespace"""


def measured() -> Iterator[Taken]:
    """A file: bytes, the copy, the check of a backup, the verification."""
    for cases in CASES:
        with TemporaryDirectory(prefix="wardpath-bench-") as name:
            folder = Path(name)
            source = demonstration()
            store = SqliteStore.create(folder / "many.db", "demonstration")
            events = grow(source, store, cases, closed=True)
            source.close()
            yield from weighed(store, folder, cases, events)
            store.close()


def weighed(store: SqliteStore, folder: Path, cases: int, events: int) -> Iterator[Taken]:
    """The figures of one file."""
    copy = folder / "copy.db"
    copies, verified = [], []
    for _ in range(TAKES):
        copy.unlink(missing_ok=True)
        began = perf_counter()
        vacuum_into(store.path, copy)
        copies.append(perf_counter() - began)
    size, said = copy.stat().st_size, f"{cases} cases, {events} events"
    yield taken(f"file, {events} events", "bytes an event", [size / events], said)
    yield taken(f"file, {cases} cases", "bytes a case", [size / cases], said)
    yield taken(f"copy of a file, {events} events", "s", copies, f"{size / 1e6:.0f} MB")
    house = house_of(store)
    for _ in range(TAKES):
        began = process_time()
        found = verify(house, None, house.clock.now())
        assert (found.events, found.wrong) == (events, 0), found.findings[:3]
        verified.append((process_time() - began) / events * 1_000_000)
    yield taken(f"verify, {events} events", "us of processor an event", verified, said)
    began = process_time()
    record = check_record(house, lambda *_: None)
    assert not record.problems, record.problems[:3]
    checked = (process_time() - began) / events * 1_000_000
    yield taken(f"check of a backup, {events} events", "us of processor an event", [checked], said)


def on_server() -> Iterator[Taken]:
    """A database: bytes and the dump."""
    with running() as server, TemporaryDirectory(prefix="wardpath-bench-") as name:
        folder = Path(name)
        source = demonstration()
        url = server.make()
        store = PostgresStore.create(url, "demonstration")
        cases = CASES[0]
        events = grow(source, store, cases, closed=True)
        source.close()
        with connect(url, statement_timeout="0") as raw:
            raw.execute(b"VACUUM FULL")
            sizes = {str(table): int(size) for table, size in raw.execute(SIZE.encode()).fetchall()}
        said = ", ".join(f"{table} {size / 1e6:.1f} MB" for table, size in sizes.items() if size > 1_000_000)
        yield taken(f"database, {events} events", "bytes an event", [sum(sizes.values()) / events], said)
        yield taken(f"database, {cases} cases", "bytes a case", [sum(sizes.values()) / cases], said)
        dumps = []
        for number in range(TAKES):
            began = perf_counter()
            dump(url, folder / f"{number}.dump")
            dumps.append(perf_counter() - began)
        yield taken(f"dump, {events} events", "s", dumps, f"{(folder / '0.dump').stat().st_size / 1e6:.0f} MB")
        store.close()
