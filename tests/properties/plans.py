"""Plans: random commands at their instants, worked out once, to be carried out on any store at any cadence."""

from collections.abc import Callable, Iterable

import msgspec
from hypothesis import strategies as st

from pathway.case.commands import AnyCommand, RecordFinding, RecordProduct, RecordReport, RecordResult, RequestTherapy
from pathway.case.envelope import By, Event
from pathway.clinical.instant import Instant, instant
from pathway.engine import Engine
from pathway.engine.ports import Store, Vault
from persistence.memory import MemoryStore
from tests.properties.said import MINUTE, PATHWAY, Said, anything, enrolment, made
from ward.clock import FixedClock

START = instant("2026-03-01T09:00Z")
PATHWAYS = (PATHWAY,)
CASE = "c1"
LAB, DOCTOR = By("feed", "laboratory", source="feed"), By("dr h", "haematologist")
#: Minutes between two commands: mostly a ward's pace, now and then a night or a day and a half.
gaps = st.one_of(st.integers(0, 90), st.integers(0, 90), st.integers(60, 600), st.just(2200))


class Step(msgspec.Struct, frozen=True):
    """A command at the instant it is sent."""

    at: Instant
    command: AnyCommand


def lab(loinc: str, value: str, unit: str) -> Said:
    """A result collected half an hour ago."""
    return Said(RecordResult, {"by": LAB, "loinc": loinc, "value": value, "unit": unit}, {"collected_at": -30})


LOW = ((20, lab("3255-7", "92", "mg/dL")), (0, lab("777-3", "18", "10*9/L")), (0, lab("6301-6", "1.7", "{INR}")))
GOOD = (
    *((20, lab("3255-7", "260", "mg/dL")), (0, lab("777-3", "90", "10*9/L")), (0, lab("6301-6", "1.0", "{INR}"))),
    *(
        (0, lab("5902-2", "12", "s")),
        (0, Said(RecordFinding, {"by": DOCTOR, "finding": "d_dimer_rise", "value": "none"})),
    ),
)
BEGUN = Said(RequestTherapy, {"by": DOCTOR, "drug": "tretinoin", "act": "start"}, {"next_dose_at": 540})
NEGATIVE = Said(
    RecordReport, {"by": LAB, "test": "pml_rara", "method": "rt_pcr", "status": "final", "result": "negative"}
)
SUSPECTED = Said(
    RecordReport,
    {"by": LAB, "test": "rar_partner", "method": "karyotype", "status": "preliminary", "report_no": "r3"}
    | {"karyotype": "46,XX,t(11;17)(q23;q21)"},
)
RESISTANT = Said(
    RecordReport,
    {"by": LAB, "test": "rar_partner", "method": "rt_pcr", "status": "final", "result": "partner_identified"}
    | {"partner": "ZBTB16", "report_no": "r4"},
)
PLASMA = Said(RecordProduct, {"by": DOCTOR, "product": "plasma", "unit_no": "u9", "act": "started"})
#: How far a case has come when the random part begins.
OPENINGS = (
    (),
    LOW,
    GOOD,
    (*GOOD, (400, GOOD[0][1]), *GOOD[1:]),
    (*LOW, (30, BEGUN), (60, NEGATIVE)),
    (*LOW, (30, BEGUN), (60, SUSPECTED), (10, PLASMA)),
    (*LOW, (30, BEGUN), (60, NEGATIVE), (90, RESISTANT)),
    (*GOOD, (60, NEGATIVE), (90, RESISTANT), (5, BEGUN)),
)


def plans(most: int = 10) -> st.SearchStrategy[tuple[Step, ...]]:
    """Plans of one case, its enrolment first."""
    return st.builds(
        lambda opening, rest: worked_out([*opening, *rest]),
        st.sampled_from(OPENINGS),
        st.lists(st.tuples(gaps, anything), min_size=1, max_size=most),
    )


def worked_out(drawn: list[tuple[int, Said]]) -> tuple[Step, ...]:
    """The plan of drawn commands: what they pick is looked up in a case that is carried along."""
    clock = FixedClock(START)
    engine = Engine(MemoryStore(), PATHWAYS, clock)
    steps = [Step(START, enrolment("first", CASE, START))]
    engine.handle(steps[0].command)
    for number, (gap, said) in enumerate(drawn, start=1):
        at = clock.advance(gap * MINUTE)
        engine.look(CASE)
        steps.append(Step(at, made(said, f"k{number}", CASE, at, engine.case(CASE))))
        engine.handle(steps[-1].command)
    return tuple(steps)


def carry_out(
    steps: Iterable[Step],
    store: Store | None = None,
    *,
    before: Callable[[Engine, FixedClock, Step], None] = lambda engine, clock, step: None,
    vault: Vault | None = None,
) -> Engine:
    """The engine after a plan; `before` is called ahead of each command, with the clock still at the one before."""
    clock = FixedClock(START)
    engine = Engine(MemoryStore() if store is None else store, PATHWAYS, clock, vault=vault)
    for step in steps:
        before(engine, clock, step)
        clock.set(step.at)
        engine.handle(step.command)
    return engine


def told(events: Iterable[Event]) -> list[tuple[object, ...]]:
    """The events without when they were recorded."""
    return [
        (each.position, each.occurred_at, each.by, each.body, each.cause, each.command, each.bundle) for each in events
    ]
