"""Feeding: the results of a file go through the engine in the order of each person's own time, once."""

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec

from pathway.case.commands import AnyCommand, Enrol, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.ports import Store
from ward.advance import walk
from ward.clock import FixedClock, SystemClock
from ward.demonstration.pace import note, pace_of
from ward.demonstration.people import invite
from ward.door import Door
from ward.errors import NotFound, NotHere
from ward.laboratory.mapping import Mapping
from ward.laboratory.rows import Row, Rows
from ward.past import Past
from ward.people.signing_in import demonstrated
from ward.wiring import House, house

Progress = Callable[[int], None]
#: The service that imports a file. A table has no doctor who enrols: the role is what the pathway asks for.
IMPORT = "import"
ENROLLER = By(actor=IMPORT, role="physician", source="import")
LABORATORY = By(actor=IMPORT, role="laboratory", source="import")


class Fed(msgspec.Struct, frozen=True):
    """What an import did: commands written, those that were there before, and refusals by code."""

    written: int = 0
    repeated: int = 0
    refused: dict[str, int] = {}

    def told(self) -> dict[str, object]:
        """The counts under stable keys."""
        return {"written": self.written, "repeated": self.repeated, "refused": self.refused}


def feed(store: Store, rows: Rows, mapping: Mapping, progress: Progress) -> Fed:
    """Enrol each subject at the first result and record every result, advancing the case through what falls due.

    A command is written once, however often the file is imported. Nobody is told of what is history (safety.md H55).
    Raises NotHere for a live store and for one under another label.
    """
    refuse_other(store, mapping)
    clock = FixedClock(Instant(0))
    made = house(Past.over(store), clock)
    sender = Sender(made, clock, rows, mapping)
    told: Counter[str] = Counter()
    latest = Instant(0)
    for subject, series in rows.by_subject.items():
        for number, episode in enumerate(episodes(series, mapping), start=1):
            case = token(subject, number, mapping)
            clock.set(arrival(episode[0], mapping))
            told[sender.fed(enrolment(case, subject, episode[0], mapping))] += 1
            for row in episode:
                walk(made.engine, store, clock, case, arrival(row, mapping))
                told[sender.fed(result(case, row, mapping))] += 1
                progress(1)
            latest = max(latest, clock.now())
    if told["written"]:
        stand(store, latest)
    refused = {code: count for code, count in sorted(told.items()) if code not in {"written", "repeated"}}
    return Fed(told["written"], told["repeated"], refused)


class Sender:
    """The import at the door; a store that nobody works at yet is given its invented people first."""

    def __init__(self, made: House, clock: FixedClock, rows: Rows, mapping: Mapping) -> None:
        if not made.engine.sites.accounts().held:
            clock.set(min((arrival(series[0], mapping) for series in rows.by_subject.values()), default=clock.now()))
            invite(made)
        found = demonstrated(made, IMPORT)
        if found is None:
            raise NotFound("nobody may import into this store", f"the service {IMPORT}", "name a new file in --db")
        self.who, self.door = found, Door(made)

    def fed(self, command: AnyCommand) -> str:
        """Send a command: `written`, `repeated`, or the code of its refusal."""
        answer = self.door.handle(self.who, command.by.role, command)
        if answer.repeated:
            return "repeated"
        return answer.refusal.code if answer.refusal else "written"


def episodes(series: list[Row], mapping: Mapping) -> Iterator[list[Row]]:
    """A person's results in runs without a longer silence than the map allows."""
    episode: list[Row] = []
    for row in series:
        if episode and row.collected_at - episode[-1].collected_at > mapping.gap:
            yield episode
            episode = []
        episode.append(row)
    if episode:
        yield episode


def arrival(row: Row, mapping: Mapping) -> Instant:
    """When a result was known."""
    return Instant(row.collected_at + mapping.delay)


def enrolment(case: str, subject: str, first: Row, mapping: Mapping) -> Enrol:
    """The subject begins the pathway at the first result."""
    return Enrol(
        id=f"{case}/enrol",
        case=case,
        by=ENROLLER,
        pathway=mapping.pathway,
        presented_at=first.collected_at,
        identifiers={"subject": subject, "file": mapping.title},
        zone=mapping.zone,
        ward=mapping.ward,
        bed=subject,
        patient=case,
        origin="deidentified",
    )


def result(case: str, row: Row, mapping: Mapping) -> RecordResult:
    """One row as a result that arrives `turnaround` after its collection."""
    return RecordResult(
        id=f"{case}/{row.number}",
        case=case,
        by=LABORATORY,
        at=arrival(row, mapping),
        loinc=row.loinc,
        value=row.value,
        unit=row.unit,
        collected_at=row.collected_at,
        decimal_sign=mapping.decimal_sign,
    )


def token(subject: str, number: int, mapping: Mapping) -> str:
    """The case token of a subject's episode."""
    return f"{mapping.prefix}-{subject}" if number == 1 else f"{mapping.prefix}-{subject}-{number}"


def refuse_other(store: Store, mapping: Mapping) -> None:
    """Raises NotHere unless the store is a demonstration under the map's label: imported people lie alone."""
    if store.origin != "demonstration" or store.property("label") != mapping.label:
        raise NotHere(
            "results of another origin were to come into this store",
            f"a demonstration labelled {mapping.label!r}",
            "name a file that does not exist yet in --db",
        )


def stand(store: Store, at: Instant) -> None:
    """The store's time stands at its last result, so that everybody who opens it sees the people as they were then."""
    before = pace_of(store)
    note(store, at if before is None else max(before.base, at), SystemClock().now(), 0)
