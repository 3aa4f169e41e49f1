"""Boards that are watched: pages a second, seconds for all rows anew by the number of beds, and memory by cases."""

import gc
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from starlette.testclient import TestClient

from bench.boards import filled, nurse
from bench.scale.grown import demonstration, grow, house_of, opening, wards
from bench.scale.taken import TAKES, Taken, taken
from pathway.clinical.instant import Instant
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.board import Row, board
from ward.web.visit import SIGN_IN

SPAN_S = 4.0
#: Beds that are watched, thirty on a ward: within what an engine keeps folded, and beyond it.
WATCHED = (30, 300, 2_400)
OPEN = (0, 10, 250, 500)


def measured() -> Iterator[Taken]:
    """Pages of one board a second, and what it takes to read all rows of all wards anew, once in a beat."""
    with TemporaryDirectory(prefix="wardpath-bench-") as name:
        store = SqliteStore.create(Path(name) / "ward.db", "demonstration")
        yield taken("pages of a board of 30 beds", "1/s", pages(store))
        store.close()
    for beds in WATCHED:
        with TemporaryDirectory(prefix="wardpath-bench-") as name:
            folder = Path(name)
            source = demonstration()
            store = SqliteStore.create(folder / "many.db", "demonstration")
            grow(source, store, beds, closed=False)
            source.close()
            yield taken(f"all rows anew, {beds} beds", "s of processor", anew(store, beds))
            store.close()


def pages(store: SqliteStore) -> list[float]:
    """How many a second one client is given, one after the other."""
    clock = FixedClock(Instant(0))
    house = filled(store, clock)
    browser = TestClient(
        create_app(HouseReads(house), Door(house)),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        cookies={SIGN_IN: nurse(house)},
    )
    assert "bed 29" in browser.get("/").text
    rates = []
    for _ in range(TAKES):
        number, began = 0, perf_counter()
        while perf_counter() - began < SPAN_S:
            assert browser.get("/").status_code == 200
            number += 1
        rates.append(number / (perf_counter() - began))
    return rates


def anew(store: SqliteStore, beds: int) -> list[float]:
    """Seconds of processor for the rows of every ward, once each, as a beat of boards that are open on all of them."""
    reads = HouseReads(house_of(store))
    took = []
    for _ in range(TAKES + 1 if beds < WATCHED[-1] else 2):
        began = process_time()
        rows = [row for ward in wards(beds) for row in board(reads, None, ward).rows]
        took.append(process_time() - began)
        assert len(rows) == beds
        assert all(isinstance(row, Row) for row in rows)
    return took[1:]


def memory() -> Iterator[Taken]:
    """Megabytes of a process that did nothing else, once it has looked at so many open cases."""
    with TemporaryDirectory(prefix="wardpath-bench-") as name:
        path = Path(name) / "many.db"
        # By another process: what it took to make the patients would be counted here.
        maker = get_context("fork").Process(target=made, args=(path, max(OPEN)))
        maker.start()
        maker.join()
        assert maker.exitcode == 0
        store = SqliteStore.open(path)
        house = house_of(store)
        cases = [head.case for head in store.heads()]
        looked = 0
        for number in OPEN:
            for case in cases[looked:number]:
                house.engine.look(case)
            looked = number
            gc.collect()
            yield taken(f"memory, {number} cases looked at", "MB", [resident_mb()])
        store.close()


def made(path: Path, cases: int) -> None:
    """A file of so many open cases."""
    source, store = demonstration(), SqliteStore.create(path, "demonstration")
    grow(source, store, cases, closed=False)
    store.close()
    source.close()
    opening()[0].cleanup()


def resident_mb() -> float:
    """What of this process is in memory."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000
