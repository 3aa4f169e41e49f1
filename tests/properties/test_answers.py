"""What people are answered and told: reports pass, requests rest on what was seen, needs that go are called off."""

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.case.commands import AnyCommand, Enrol, Report, Request, Retract
from pathway.case.envelope import By, Event
from pathway.case.events import FactRetracted, ReminderClosed, ReportRecorded, ResultRecorded, ReviewOpened, RungReached
from pathway.engine import Engine
from tests.properties.plans import CASE, LOW, Step, carry_out, lab, plans, worked_out
from tests.properties.said import MINUTE, Said, anything, enrolment, made

few = settings(max_examples=5, suppress_health_check=list(HealthCheck))
many = settings(max_examples=300, suppress_health_check=list(HealthCheck))

# --- reports are never refused for what they say ---------------------------------------------------------------------

#: What has no readable form, or names what is not there. Anything else is stored, whatever it says of the patient.
NO_FORM = {"unreadable", "no_such_fact"}
reports = anything.filter(lambda said: issubclass(said.kind, Report))


def every_report_is_stored(plan: tuple[Step, ...], told: list[Said]) -> None:
    engine = carry_out(plan)
    for number, said in enumerate(told):
        held = len(engine.sites.quarantine().held)
        answer = engine.handle(made(said, f"r{number}", CASE, engine.clock.now(), engine.case(CASE)))
        if answer.refusal is None:
            assert engine.timeline(CASE)[answer.positions[0] - 1].command == f"r{number}"
        else:
            assert answer.refusal.code in NO_FORM
            assert len(engine.sites.quarantine().held) == held + 1


@few
@given(plans(), st.lists(reports, min_size=1, max_size=12))
def test_a_report_is_stored_whatever_it_says_and_whatever_the_case_is(plan: tuple[Step, ...], told: list[Said]):
    every_report_is_stored(plan, told)


@pytest.mark.slow
@many
@given(plans(25), st.lists(reports, min_size=1, max_size=30))
def test_a_report_is_stored_whatever_it_says_in_many_long_plans(plan: tuple[Step, ...], told: list[Said]):
    every_report_is_stored(plan, told)


# --- a request rests on what was seen --------------------------------------------------------------------------------

HAEMATOLOGIST = By("dr h", "haematologist")
#: What a field of a request may be where the test does not care; `other` is another case that there is.
PLAIN: dict[str, Any] = {"reason": "because", "second": "dr two", "other": "c2"}


def anyhow(kind: type[Request], seen: int | None) -> AnyCommand:
    """A request of a type, its fields as plain as they may be."""
    fields: dict[str, Any] = {"id": f"{kind.__name__} {seen}", "case": CASE, "by": HAEMATOLOGIST, "seen_version": seen}
    for field in msgspec.structs.fields(kind):
        if field.name in PLAIN or (field.name not in fields and field.required):
            fields[field.name] = PLAIN.get(field.name, plain_value(field.type))
    return msgspec.convert({"type": kind.__name__} | msgspec.to_builtins(fields), AnyCommand)


def plain_value(kind: Any) -> Any:
    """A plain value of a type."""
    match kind:
        case _ if kind is str:
            return "x"
        case _ if getattr(kind, "__supertype__", kind) is int:
            return 1
        case _ if get_args(kind) and isinstance(get_args(kind)[0], str):
            return get_args(kind)[0]
    return {} if "dict" in str(kind) else ()


requests = [kind for kind in get_args(AnyCommand) if issubclass(kind, Request) and kind is not Enrol]


@pytest.mark.parametrize("kind", requests)
def test_every_kind_of_request_on_an_older_view_is_refused_and_writes_nothing(kind: type[Request]):
    engine = carry_out(worked_out(list(LOW)))
    engine.handle(enrolment("second", "c2", engine.clock.now()))
    seen, before = engine.case(CASE).clinical_version, engine.store.head(CASE)
    answer = engine.handle(anyhow(kind, seen - 1))
    assert answer.refusal is not None
    assert (answer.refusal.code, engine.store.head(CASE).position) == ("seen_version", before.position)  # type: ignore[union-attr]  # it is there
    now = engine.handle(anyhow(kind, seen))
    assert now.refusal is None or now.refusal.code != "seen_version"


@pytest.mark.parametrize("kind", [kind for kind in get_args(AnyCommand) if issubclass(kind, Report)])
def test_no_report_can_be_refused_for_what_its_sender_saw(kind: type[Report]):
    assert "seen_version" not in kind.__struct_fields__


@few
@given(plans())
def test_whatever_is_clinical_makes_a_view_old_and_ringing_alone_does_not(plan: tuple[Step, ...]):
    engine = carry_out(plan)
    seen, rang = engine.case(CASE), len(engine.timeline(CASE))
    engine.clock.advance(20 * MINUTE)  # type: ignore[attr-defined]  # plans have a fixed clock
    engine.look(CASE)
    since = engine.timeline(CASE)[rang:]
    now = engine.case(CASE)
    if all(isinstance(each.body, RungReached) for each in since):
        assert now.clinical_version == seen.clinical_version
    if (seen.regions, seen.labs, seen.latches, seen.choices) != (now.regions, now.labs, now.latches, now.choices):
        assert now.clinical_version > seen.clinical_version


# --- who was told of a need that has gone is told that it has --------------------------------------------------------


def told_of(events: list[Event], closed: ReminderClosed) -> set[str]:
    """The roles that rungs of an occurrence of a reminder reached, from the events alone."""
    key = (closed.reminder, closed.subject, closed.ordinal)
    rungs = [each.body for each in events if isinstance(each.body, RungReached)]
    return {role for rung in rungs if (rung.reminder, rung.subject, rung.ordinal) == key for role in rung.to}


def everybody_told_is_told_off(engine: Engine) -> int:
    """Assert it of a case; the number of needs that were called off."""
    events = engine.timeline(CASE)
    words = [notice for notice, _ in engine.store.notices(CASE) if notice.kind == "stand_down"]
    gone = [(each, each.body) for each in events if isinstance(each.body, ReminderClosed)]
    for event, closed in gone:
        told = told_of(events[: event.position], closed)
        assert set(closed.told) == told
        form = engine.pathway(CASE).reminders[closed.reminder]
        for role in told if closed.how == "withdrawn" else ():
            assert any(
                word.role == role and word.created_at == event.recorded_at and form.id in word.text for word in words
            ), f"{role} was told of {form.id} and not that it has gone"
    called_off = {role for event, closed in gone if closed.how == "withdrawn" for role in closed.told}
    assert {word.role for word in words} == called_off
    return sum(closed.how == "withdrawn" and bool(closed.told) for _, closed in gone)


@few
@given(plans(14))
def test_whoever_was_told_of_a_need_that_has_gone_is_told_so_and_nobody_else(plan: tuple[Step, ...]):
    everybody_told_is_told_off(carry_out(plan))


def test_needs_are_really_called_off():
    engine = carry_out(worked_out([*LOW, (90, lab("3255-7", "260", "mg/dL"))]))
    assert everybody_told_is_told_off(engine) > 0


# --- a decision whose ground changes is looked at again --------------------------------------------------------------


def changed_facts(event: Event) -> set[int]:
    """The fact that an event takes back or replaces."""
    match event.body:
        case FactRetracted(target=target):
            return {target}
        case ResultRecorded(replaces=int() as target):
            return {target}
    return set()


def every_decision_is_reviewed(engine: Engine) -> int:
    """Assert that each decision resting on a fact that changed is under review; the number of them."""
    events, found = engine.timeline(CASE), 0
    gone: set[int] = set()
    for event in events:
        changed = changed_facts(event) - gone
        if not changed:
            continue
        rested = [
            each
            for each in events[: event.position - 1]
            if not isinstance(each.body, ReportRecorded)
            and is_decision(each)
            and changed.intersection(getattr(each.body, "because", ()))
        ]
        reviews = [
            each.body for each in events if isinstance(each.body, ReviewOpened) and each.body.changed == event.position
        ]
        for each in rested:
            assert any(review.decision == each.position for review in reviews), f"{each.type} is not looked at again"
        gone |= changed if isinstance(event.body, FactRetracted) else set()
        found += len(rested)
    return found


def is_decision(event: Event) -> bool:
    """Moves, latches, answers, and acts with a drug or product; what a reminder or a choice does is asked anew."""
    return event.type in {
        *("PhaseEntered", "TransitionNoted", "LatchSet", "DecisionRecorded", "TherapyRecorded", "ProductRecorded"),
    }


@few
@given(plans(14))
def test_every_decision_that_rested_on_a_fact_that_changed_is_put_under_review(plan: tuple[Step, ...]):
    every_decision_is_reviewed(carry_out(plan))


def test_decisions_are_really_put_under_review():
    engine = carry_out(worked_out([*LOW, (5, Said(Retract, {"by": HAEMATOLOGIST}, picks={"target": 2}))]))
    assert every_decision_is_reviewed(engine) > 0
