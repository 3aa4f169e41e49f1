"""A case keeps the bundle that it began under, whatever newer version its engine has."""

from hypothesis import HealthCheck, given, settings

from pathway.definition.load import load
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.definition.broken import TEXT, replaced
from tests.properties.plans import CASE, PATHWAYS, START, Step, carry_out, plans
from tests.properties.said import enrolment
from ward.clock import FixedClock

NEWER = load(
    replaced(
        replaced(TEXT, "\nversion = 1\n", "\nversion = 2\n"),
        'fibrinogen_target = { value = "150 mg/dL"',
        'fibrinogen_target = { value = "200 mg/dL"',
    )
)


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(plans())
def test_a_newer_version_in_the_engine_changes_no_byte_of_a_case_that_began_before(plan: tuple[Step, ...]):
    alone, clock, store = carry_out(plan), FixedClock(START), MemoryStore()
    Engine(store, PATHWAYS, clock).handle(plan[0].command)
    engine = Engine(store, (*PATHWAYS, NEWER), clock)
    for step in plan[1:]:
        clock.set(step.at)
        engine.handle(step.command)
    assert list(store.stream(CASE)) == list(alone.store.stream(CASE))
    assert {event.bundle for event in engine.timeline(CASE)} == {PATHWAYS[0].digest}


def test_a_case_that_begins_now_begins_under_the_newer_version():
    engine = Engine(MemoryStore(), (*PATHWAYS, NEWER), FixedClock(START))
    engine.handle(enrolment("first", CASE, START))
    assert engine.case(CASE).bundle == NEWER.digest
