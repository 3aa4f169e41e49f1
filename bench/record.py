"""`verify_per_s`, `replay_verified`: a whole record held to its proof, and folded with its chain checked on the way."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from bench.figure import Figure, absolute, against, took_us
from bench.patient import CASE, HOUR, START, engine_on, panel, pathway, play
from pathway.case.envelope import FIRST_HASH, Chained, Event, chain, decode, digest
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import SECOND
from pathway.engine import Engine
from pathway.engine.ports import Change, Stored
from persistence.sqlite import SqliteStore
from persistence.statements import SELECT_SCAN
from ward.clock import FixedClock
from ward.proof.checkpoint import Keeper
from ward.proof.key import found_key
from ward.proof.verify import verify
from ward.vault import SiteKey, SiteVault
from ward.wiring import House

#: One patient of 400 panels, some 16,000 events, so many times over.
CASES, PANELS, ROUNDS = 12, 400, 5


def measure_verify() -> Figure:
    """Events a second through every check that `wardpath audit verify` makes, with keyed hashes and a checkpoint."""
    with record() as (house, path, events):
        key = found_key(house.store, path.with_name("checkpoint.key"))
        Keeper(house.store, path, key, house.clock).sign()
        best_s = min(verified_s(house, path, events) for _ in range(ROUNDS))
    return absolute("verify_per_s", events / best_s, "events/s", f"{events} events of {CASES} cases; goal 100000")


def verified_s(house: House, path: Path, events: int) -> float:
    """How long one verification takes."""
    found = verify(house, path, house.clock.now())
    assert (found.events, found.findings, found.checkpoint) == (events, (), 1), found
    return found.took_s


def measure_replay() -> Figure:
    """Microseconds an event: read, chain verified, decoded and folded, against reading the same rows."""
    with record() as (house, _, events):
        store = house.store
        assert isinstance(store, SqliteStore)
        ours, limit = [], []

        def replay() -> None:
            assert sum(folded(store)) == events

        def scan() -> None:
            with store._reading() as connection:  # noqa: SLF001 - the driver itself is the limit
                assert sum(1 for _ in connection.execute(SELECT_SCAN, ("", 0))) == events

        for _ in range(ROUNDS):
            ours.append(took_us(replay) / events)
            limit.append(took_us(scan) / events)
    note = f"{events} events of {CASES} cases: read, chain verified, decoded, folded"
    return against("replay_verified", ours, limit, goal=3.3, unit="us/event", note=note)


def folded(store: SqliteStore) -> Iterator[int]:
    """The position of each case, folded from events whose hashes were computed anew."""
    for case, stream in groupby(store.scan(), key=attrgetter("case")):
        yield evolve(Case(id=case), checked(stream)).position


def checked(stream: Iterable[Stored]) -> Iterator[Event]:
    """The events of a stream, each once its hash was computed anew from the one before."""
    last = FIRST_HASH
    for each in stream:
        last = digest(last, each.canonical)
        assert last == each.hash
        yield decode(each.canonical)


@contextmanager
def record() -> Iterator[tuple[House, Path, int]]:
    """A store of many cases in a file, each the same weeks of the same invented patient."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        path, clock = Path(folder) / "record.db", FixedClock(START)
        store = SqliteStore.create(path, "demonstration")
        vault = SiteVault(SiteKey(bytes(range(64))))
        engine = engine_on(store, clock)
        play(engine, clock)
        for number in range(PANELS):
            for command in panel(number + 10, (clock.now() - START) / HOUR + 4):
                clock.advance(5 * HOUR if command.loinc == "3255-7" else SECOND)
                engine.handle(command)
        events = [decode(each.canonical) for each in store.stream(CASE)]
        many = SqliteStore.create(path.with_name("many.db"), "demonstration")
        for number in range(CASES):
            write(many, vault, store, f"case{number:04}", events)
        store.close()
        made = Engine(many, (pathway(),), clock, vault=vault)
        yield House(many, made, clock, (pathway(),), clock), path.with_name("many.db"), CASES * len(events)
        many.close()


def write(many: SqliteStore, vault: SiteVault, one: SqliteStore, case: str, events: list[Event]) -> None:
    """Append the events of a case under another name."""
    chained: list[Chained] = []
    for event in events:
        chained.append(chain(replace(event, case=case), chained[-1].hash if chained else FIRST_HASH))
    head = one.head(CASE)
    assert head is not None
    with many.write(case) as unit:
        head = replace(head, case=case, patient=case, hash=chained[-1].hash)
        unit.append(Change(head=head, events=tuple(chained), macs=tuple(vault.mac(each.hash) for each in chained)))
