"""In whatever order reports arrive, the facts are the same, and supervision is never looser than the facts ask for.

The class itself may differ: it tightens at once and loosens slowly (docs/adr, "Arrival order").
"""

from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.case.commands import RecordFinding, RecordReport, RecordResult, RecordTherapy, Retract
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.properties.plans import PATHWAYS
from tests.properties.said import MINUTE, enrolment
from ward.clock import FixedClock

few = settings(max_examples=12, suppress_health_check=list(HealthCheck))
many = settings(max_examples=400, suppress_health_check=list(HealthCheck))
START = Instant(1772355600 * SECOND)
CASE, LAB, DOCTOR = "c1", By("feed", "laboratory", source="feed"), By("dr h", "haematologist")
VALUES = {
    "3255-7": ("mg/dL", ("40", "92", "120", "160", "260", "390")),
    "777-3": ("10*9/L", ("8", "18", "40", "51", "90", "200")),
    "6301-6": ("{INR}", ("0.9", "1.4", "1.6", "2.4")),
}
#: One method each: a later report of the same method stands in for an earlier one, and then the order is the news.
WORK_UP = (
    {"test": "pml_rara", "method": "rt_pcr", "result": "negative"},
    {"test": "pml_rara", "method": "dual_fusion_fish", "result": "negative"},
    {"test": "rar_partner", "method": "rt_pcr", "result": "partner_identified", "partner": "ZBTB16"},
    {"test": "rar_partner", "method": "rna_sequencing", "result": "partner_identified", "partner": "NPM1"},
)


class News(msgspec.Struct, frozen=True):
    """A report by its name, and the name of the one that it corrects or takes back."""

    name: str
    kind: type
    fields: dict[str, Any]
    of: str = ""


@st.composite
def news(draw: Any) -> list[News]:
    """Results, reports and doses of three days, each of a minute of its own; corrections of some, others taken back."""
    minutes = iter(draw(st.lists(st.integers(1, 4300), min_size=14, max_size=14, unique=True)))
    found = []
    for number in range(draw(st.integers(2, 7))):
        loinc = draw(st.sampled_from(sorted(VALUES)))
        unit, values = VALUES[loinc]
        at = Instant(START - next(minutes) * MINUTE)
        fields = {"by": LAB, "loinc": loinc, "unit": unit, "collected_at": at, "value": draw(st.sampled_from(values))}
        found.append(News(f"result {number}", RecordResult, fields))
        fate = draw(st.sampled_from(("stands", "stands", "corrected", "taken back")))
        if fate == "corrected":
            better = fields | {"value": draw(st.sampled_from(values)), "status": "corrected"}
            found.append(News(f"correction {number}", RecordResult, better, f"result {number}"))
        elif fate == "taken back":
            found.append(News(f"retraction {number}", Retract, {"by": DOCTOR}, f"result {number}"))
    for said in draw(st.lists(st.sampled_from(WORK_UP), max_size=3, unique_by=lambda each: each["method"])):
        at = Instant(START - next(minutes) * MINUTE)
        name = f"{said['test']} {said['method']}"
        found.append(
            News(name, RecordReport, said | {"by": LAB, "status": "final", "report_no": name, "authorised_at": at})
        )
    for act in draw(st.lists(st.sampled_from(("started", "dose", "held")), max_size=3, unique=True)):
        at = Instant(START - next(minutes) * MINUTE)
        found.append(News(act, RecordTherapy, {"by": DOCTOR, "drug": "tretinoin", "act": act, "at": at}))
    return found


def shuffled(said: list[News], chance: Random) -> list[News]:
    """Any order in which nothing is corrected before it has come."""
    order = list(said)
    chance.shuffle(order)
    found: list[News] = []
    for each in order:
        if not each.of or each.of in {other.name for other in found}:
            early = [other for other in order[: order.index(each)] if other.of == each.name]
            found += [each, *early]
    return found


def arrived(said: list[News]) -> Engine:
    """The engine after these reports have arrived a second apart."""
    clock = FixedClock(START)
    engine = Engine(MemoryStore(), PATHWAYS, clock)
    engine.handle(enrolment("first", CASE, START, presented_at=Instant(START - 5000 * MINUTE)))
    positions: dict[str, int] = {}
    for each in said:
        clock.advance(SECOND)
        pointed = {} if not each.of else {"target" if each.kind is Retract else "replaces": positions[each.of]}
        answer = engine.handle(each.kind(id=each.name, case=CASE, **each.fields, **pointed))
        positions[each.name] = answer.positions[0]
    return engine


def facts(engine: Engine, at: Instant) -> dict[str, tuple[object, ...]]:
    """Every fact of the case, without when it was recorded and by which event."""
    view = engine.view(CASE, at)
    read = {name: view.read(name) for name in engine.pathway(CASE).form.facts}
    return {name: (each.known, each.value, each.at, each.why) for name, each in read.items()}


def strictness(engine: Engine, at: Instant) -> list[tuple[int, int]]:
    """Of every choice, how strict the row in force is, and how strict the facts alone ask it to be: 0 is strictest."""
    found, view = [], engine.view(CASE, at)
    for name, form in engine.pathway(CASE).form.choices.items():
        if form.loosens is not None:
            order = [each.name for each in form.rows]
            found.append((order.index(engine.case(CASE).choices[name].row), order.index(view.row(form)[0])))
    return found


def any_arrival(said: list[News], seed: int) -> None:
    one, other = arrived(said), arrived(shuffled(said, Random(seed)))
    at = Instant(START + 20 * SECOND)
    one.clock.set(at), other.clock.set(at)  # type: ignore[attr-defined]  # both are fixed
    one.look(CASE), other.look(CASE)
    assert facts(one, at) == facts(other, at)
    for held, asked in (*strictness(one, at), *strictness(other, at)):
        assert held <= asked, "supervision is looser than the facts ask for"


@few
@given(news(), st.integers(0, 2**32 - 1))
def test_facts_are_the_same_in_any_order_of_arrival_and_supervision_is_never_looser_than_they_ask(
    said: list[News], seed: int
):
    any_arrival(said, seed)


@pytest.mark.slow
@many
@given(news(), st.integers(0, 2**32 - 1))
def test_facts_are_the_same_in_many_orders_of_arrival(said: list[News], seed: int):
    any_arrival(said, seed)


def in_force(*said: tuple[int, str]) -> str:
    """The class after fibrinogen of so many hours ago has arrived in this order, the other analytes being on target."""
    found = [News("rise", RecordFinding, {"by": DOCTOR, "finding": "d_dimer_rise", "value": "none"})]
    for number, (hours, value) in enumerate(said):
        for loinc, entered in (("777-3", "200"), ("6301-6", "1.0"), ("5902-2", "12"), ("3255-7", value)):
            unit = "s" if loinc == "5902-2" else VALUES[loinc][0]
            at = Instant(START - hours * 60 * MINUTE)
            fields = {"by": LAB, "loinc": loinc, "unit": unit, "collected_at": at, "value": entered}
            found.append(News(f"{loinc} {number}", RecordResult, fields))
    return arrived(found).case(CASE).choices["recheck_class"].row


def test_a_bad_value_that_was_the_newest_when_it_came_tightens_what_one_that_comes_late_does_not():
    """The one difference that the order of arrival may make, so that nobody takes it for the promise."""
    good = ((30, "390"), (20, "390"))
    assert in_force(*good, (4, "40"), (2, "390")) == "s1"
    assert in_force(*good, (2, "390"), (4, "40")) != "s1"
