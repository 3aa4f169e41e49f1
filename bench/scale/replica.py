"""A replica for boards: a standby on this machine that follows by streaming, and a store that reads from it.

Asked: what a store on the standby answers and refuses, what a board takes from either, how far the standby is behind,
whether a board that reads from it and writes to the first server works, and whether it names a standby that stands
still. Then the first server is stopped, the standby is promoted, and a store that knows both addresses goes on.
"""

from collections.abc import Iterator
from statistics import median
from threading import Event
from time import perf_counter
from typing import Any, cast

from starlette.testclient import TestClient

from bench.boards import WARD, filled, nurse
from bench.figure import took_us
from bench.patient import HOUR, START, panel
from bench.scale.standby import Standby
from bench.scale.taken import TAKES, Taken, several, taken
from pathway.clinical.instant import SECOND, Instant
from pathway.engine import Engine
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Head, Store, Stored
from pathway.site.streams import is_site
from persistence.postgres.session import connect
from persistence.postgres.store import PostgresStore
from persistence.sqlite import SqliteStore
from tests.persistence.server import OwnServer, programs
from ward.clock import FixedClock
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.board import board
from ward.web.visit import SIGN_IN
from ward.wiring import House, pathways

SEEN, LATEST_S, PAGES = 60, 20.0, 20
#: What a board asks of the replica; all else, and above all every write and every sign-in, goes to the first server.
ASKED = frozenset({"heads", "reminders", "notices", "beats"})


class Apart:
    """A store that asks a replica what a board shows."""

    def __init__(self, first: PostgresStore, copy: PostgresStore) -> None:
        self.first, self.copy = first, copy

    def __getattr__(self, name: str) -> Any:
        return getattr(self.copy if name in ASKED else self.first, name)

    def stream(self, case: str, after: int = 0) -> Iterator[Stored]:
        """The events of a case. Who may look stands in the streams of the site: a replica may not have heard of it."""
        return (self.first if is_site(case) else self.copy).stream(case, after)

    def head(self, case: str) -> Head | None:
        """The head that belongs to that stream."""
        return (self.first if is_site(case) else self.copy).head(case)


def measured() -> Iterator[Taken]:
    """Everything, on two servers of its own."""
    folder = programs()
    assert folder is not None, "a replica needs the server's own programs"
    first = OwnServer(folder)
    try:
        url = first.make()
        store = PostgresStore.create(url, "demonstration")
        clock = FixedClock(Instant(0))
        house = filled(cast("SqliteStore", store), clock)
        second = Standby(first)
        try:
            copy = PostgresStore.open(second.of(first.name(url)))
            yield from beside(house, store, copy)
            yield from shown(house, store, copy, second.of(first.name(url)))
            copy.close()
            store.close()
            yield after(first, second, url, clock)
        finally:
            second.stop()
    finally:
        if first.folder.exists():
            first.stop()


def beside(house: House, store: PostgresStore, copy: PostgresStore) -> Iterator[Taken]:
    """What both answer and what one refuses."""
    for name, each in (("the first server", store), ("the replica", copy)):
        reads = reads_of(each, house.clock)
        took = [took_us(lambda: board(reads, None, WARD)) / 1000 for _ in range(TAKES + 2)]  # noqa: B023 - at once
        yield taken(f"all rows of a board anew, from {name}", "ms", took[2:])
    refused = []
    for act in (lambda: copy.beat("bench", START), lambda: copy.write("bed 0").__enter__()):
        try:
            act()
        except WardpathError as error:
            refused.append(str(error).partition(";")[0])
    assert len(refused) == 2, refused
    yield taken("writes that the replica refuses", "of 2", [2.0], "; ".join(refused))


def shown(house: House, store: PostgresStore, copy: PostgresStore, url: str) -> Iterator[Taken]:
    """How far the replica is behind, and a page that is read from it."""
    clock = cast("FixedClock", house.clock)
    late_ms = []
    for number in range(SEEN):
        collected_h = (clock.now() - START) / HOUR + 0.5
        clock.advance(HOUR)
        (command, *_) = panel(number + 10, collected_h, "bed 0")
        end = house.engine.handle(command).positions[-1]
        began = perf_counter()
        while (head := copy.head("bed 0")) is None or head.position < end:
            assert perf_counter() - began < LATEST_S
        late_ms.append((perf_counter() - began) * 1000)
    yield taken("a commit until the replica shows it", "ms", [median(late_ms)], f"longest {max(late_ms):.1f} of {SEEN}")
    apart = House(cast("Store", Apart(store, copy)), house.engine, clock, house.pathways, clock)
    reads = reads_of(apart.store, clock)
    client = TestClient(
        create_app(reads, Door(House(apart.store, reads.house.engine, clock, house.pathways, clock))),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        cookies={SIGN_IN: nurse(house)},
    )
    answer = client.get("/")
    assert answer.status_code == 200, answer.text[:300]
    assert "bed 29" in answer.text
    yield several(
        "a page of a board read from the replica",
        "ms",
        lambda: median(took_us(lambda: client.get("/")) / 1000 for _ in range(PAGES)),
    )
    yield still(reads, store, clock, url)


def still(reads: HouseReads, store: PostgresStore, clock: FixedClock, url: str) -> Taken:
    """A replica that follows no more, while the scheduler of the first server beats on."""
    store.beat("tick_done", clock.now())
    caught_up(reads, clock.now())
    assert reads.store_facts().live
    with connect(url) as raw:
        raw.execute(b"SELECT pg_wal_replay_pause()")
        for _ in range(15):
            clock.advance(SECOND)
            store.beat("tick_done", clock.now())
        found = not reads.store_facts().live
        raw.execute(b"SELECT pg_wal_replay_resume()")
    assert found
    caught_up(reads, clock.now())
    return taken("a replica that stands still is named after", "s", [15.0], "by its own board, as a silent scheduler")


def after(first: OwnServer, second: Standby, url: str, clock: FixedClock) -> Taken:
    """The first server is gone: how long until a store that knows both writes again."""
    both = two_hosts(url, second.port)
    store = PostgresStore.open(both)
    first.stop()
    began = perf_counter()
    second.promote()
    tries = 0
    while True:
        try:
            store.beat("tick_done", clock.now())
            break
        except WardpathError:
            tries += 1
            assert perf_counter() - began < LATEST_S
            Event().wait(0.05)
    took = perf_counter() - began
    ends = sum(head.position for head in store.heads())
    store.close()
    return taken("a store writes again after the standby was promoted", "s", [took], f"{tries} refused; {ends} events")


def reads_of(store: object, clock: object) -> HouseReads:
    """A reader with an engine of its own, as a process of its own has."""
    known = cast("Store", store), cast("FixedClock", clock)
    return HouseReads(House(known[0], Engine(known[0], pathways(), known[1]), known[1], pathways(), known[1]))


def caught_up(reads: HouseReads, at: Instant) -> None:
    """Wait until the heartbeat of an instant is on the replica."""
    began = perf_counter()
    while reads.store_facts().heartbeat != at:
        assert perf_counter() - began < LATEST_S


def two_hosts(url: str, port: int) -> str:
    """The address of a store on either of two servers, whichever takes writes."""
    head, _, rest = url.rpartition("@")
    place, _, database = rest.partition("/")
    host = place.rpartition(":")[0]
    return f"{head}@{place},{host}:{port}/{database}?target_session_attrs=read-write"
