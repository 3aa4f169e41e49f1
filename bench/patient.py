"""An invented patient for the benches: low values, tretinoin begun on suspicion, PML::RARA negative, ZBTB16 found."""

from collections.abc import Iterable, Iterator
from itertools import chain
from operator import itemgetter
from typing import Any

from pathway.case.commands import (
    AnyCommand,
    Enrol,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordTherapy,
    RequestTherapy,
)
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Store
from ward.clock import FixedClock

START = instant("2026-03-01T09:00Z")
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
#: More notices than wait at any moment of a bench.
EVERY = 10_000
CASE = "bench"
FEED, DOCTOR = By("feed", "laboratory", source="feed"), By("invented doctor", "haematologist")
PANEL = (("3255-7", "mg/dL", (92, 118, 131)), ("777-3", "10*9/L", (18, 34, 41)), ("6301-6", "{INR}", (1.7, 1.6, 1.4)))


def pathway() -> Pathway:
    """The shipped pathway."""
    return shipped("variant_apl", 1)


def engine_on(store: Store, clock: FixedClock) -> Engine:
    """An engine with the shipped pathway."""
    return Engine(store, (pathway(),), clock)


def history(case: str = CASE) -> Iterator[tuple[Instant, AnyCommand]]:
    """The first day, up to the reports: what a case looks like when a result arrives."""
    number = 0

    def at(hours: float, kind: type, **said: Any) -> tuple[Instant, AnyCommand]:
        nonlocal number
        number += 1
        return Instant(START + int(hours * HOUR)), kind(id=f"{case} history {number}", case=case, **said)

    yield at(
        0,
        Enrol,
        by=DOCTOR,
        pathway="variant_apl",
        presented_at=Instant(START - HOUR),
        identifiers={"name": "invented", "number": "0"},
        zone="Europe/Berlin",
        ward="H1",
        bed="3",
        patient=f"invented {case}",
        origin="invented",
    )
    yield at(0.2, RecordTherapy, by=DOCTOR, drug="tretinoin", act="never")
    for round_ in range(3):
        yield from (
            (Instant(START + int((0.5 + 6 * round_) * HOUR)), each) for each in panel(round_, 0.4 + 6 * round_, case)
        )
    yield at(12.7, RequestTherapy, by=DOCTOR, drug="tretinoin", act="start", next_dose_at=Instant(START + 21 * HOUR))
    yield at(13, RecordReport, by=FEED, test="pml_rara", method="rt_pcr", status="final", result="negative")
    yield at(14, RecordProduct, by=DOCTOR, product="cryoprecipitate", unit_no="u1", act="started")
    yield at(14.5, RecordProduct, by=DOCTOR, product="cryoprecipitate", unit_no="u1", act="ended")
    yield at(
        15,
        RecordReport,
        by=FEED,
        test="rar_partner",
        method="karyotype",
        status="preliminary",
        karyotype="46,XX,t(11;17)(q23;q21)",
        report_no="r3",
    )


def panel(number: int, collected_h: float, case: str = CASE) -> list[RecordResult]:
    """The three results of one sample."""
    return [
        RecordResult(
            id=f"{case} panel {number} {loinc}",
            case=case,
            by=FEED,
            loinc=loinc,
            value=str(values[number % len(values)]),
            unit=unit,
            collected_at=Instant(START + int(collected_h * HOUR)),
            specimen=f"panel {number}",
        )
        for loinc, unit, values in PANEL
    ]


def play(engine: Engine, clock: FixedClock, cases: Iterable[str] = (CASE,)) -> Instant:
    """Carry out the history of each case, side by side; the instant at which it ends."""
    for at, command in sorted(chain.from_iterable(map(history, cases)), key=itemgetter(0)):
        clock.set(at)
        answer = engine.handle(command)
        assert answer.status == "accepted", answer
    return clock.now()


def send(store: Store, clock: FixedClock) -> None:
    """Send every notice that waits, as the tick of a running ward does within a second."""
    for lease in store.claim(clock.now(), "bench", MINUTE, EVERY):
        store.settle(lease.notice.key, lease.fence, "sent", clock.now())
