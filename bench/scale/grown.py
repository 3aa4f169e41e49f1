"""A store of many whole patients: those of the demonstration, each under other tokens, in beds of as many wards.

Every copy has its own chain, keyed hashes, head and reminders, so that it can be verified, looked at and shown.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from pathway.case.envelope import FIRST_HASH, Chained, Event, chain, decode
from pathway.case.events import CaseEnrolled
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from pathway.engine.ports import Change, Head
from persistence.database import DatabaseStore
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock
from ward.demonstration.opening import open_demonstration
from ward.demonstration.story import opens
from ward.vault import SiteKey, SiteVault
from ward.wiring import House, pathways

BEDS = 30
VAULT = SiteVault(SiteKey(bytes(range(64))))


@cache
def opening() -> tuple[TemporaryDirectory[str], Path]:
    """The file of the demonstration at its opening, made once, and the folder that goes with this process."""
    folder = TemporaryDirectory(prefix="wardpath-bench-")
    path = Path(folder.name) / "demonstration.db"
    open_demonstration(path, lambda *_: None)
    return folder, path


def demonstration() -> SqliteStore:
    """The ward of the demonstration at its opening."""
    return SqliteStore.open(opening()[1])


def grow(source: SqliteStore, target: DatabaseStore, cases: int, *, closed: bool) -> int:
    """Copy patients of the source until there are so many cases, open ones only unless `closed`; how many events."""
    events = 0
    heads = source.heads(closed=closed)
    stories = [(head, [decode(each.canonical) for each in source.stream(head.case)]) for head in heads]
    for number in range(cases):
        head, told = stories[number % len(stories)]
        events += len(told)
        write(source, target, head, told, number)
    return events


def write(source: SqliteStore, target: DatabaseStore, head: Head, told: list[Event], number: int) -> None:
    """One patient under another token, in a bed of their own."""
    case, chained = f"case {number:08}", list[Chained]()
    ward, bed = f"W{number // BEDS:05}", f"{number % BEDS:02}"
    for event in told:
        body = event.body
        if isinstance(body, CaseEnrolled):
            body = replace(body, patient=case, ward=ward, bed=bed)
        chained.append(chain(replace(event, case=case, body=body), chained[-1].hash if chained else FIRST_HASH))
    moved = replace(head, case=case, patient=case, ward=ward, bed=bed, hash=chained[-1].hash)
    with target.write(case) as unit:
        unit.append(
            Change(
                head=moved,
                events=tuple(chained),
                macs=tuple(VAULT.mac(each.hash) for each in chained),
                reminders=tuple(replace(row, case=case) for row in source.reminders(head.case, open_only=False)),
                bundle_text=source.bundle(head.bundle) if target.bundle(head.bundle) is None else None,
            )
        )


def house_of(store: DatabaseStore, clock: FixedClock | None = None) -> House:
    """The engine over a store, at the opening of the demonstration or at another instant."""
    clock = clock or FixedClock(Instant(opens()))
    return House(store, Engine(store, pathways(), clock, vault=VAULT), clock, pathways(), clock)


def wards(cases: int) -> Iterator[str]:
    """The wards on which so many cases lie."""
    return (f"W{number:05}" for number in range(-(-cases // BEDS)))
