"""What random cases once found, each as its smallest story."""

import pytest

from pathway.case.commands import RecordProduct, RecordSample
from pathway.case.events import (
    LatchSet,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ResultRecorded,
    RulesFailed,
)
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from tests.properties.plans import CASE, DOCTOR, GOOD, LOW, START, carry_out, worked_out
from tests.properties.said import ABSURD, MINUTE, Said, enrolment


def bodies(engine: Engine, kind: type, reminder: str = "") -> list:
    """The bodies of one type, of one reminder where it is named."""
    found = [each.body for each in engine.timeline(CASE) if isinstance(each.body, kind)]
    return [body for body in found if not reminder or body.reminder == reminder]


def sample(specimen: str, *analytes: str, at: int | None = None) -> Said:
    return Said(RecordSample, {"by": DOCTOR, "specimen": specimen, "analytes": analytes}, {"at": at})


def product(name: str, unit_no: str, at: int) -> Said:
    return Said(RecordProduct, {"by": DOCTOR, "product": name, "unit_no": unit_no, "act": "started"}, {"at": at})


def test_a_sample_told_of_twice_is_awaited_once_from_the_time_last_told():
    engine = carry_out(worked_out([(5, sample("s1", "fibrinogen", at=-4)), (1, sample("s1", "platelets"))]))
    assert bodies(engine, RulesFailed) == []
    assert len(bodies(engine, ReminderOpened, "M45")) == 1
    assert len(bodies(engine, ReminderRescheduled, "M45")) == 1


def test_two_samples_without_a_number_are_two():
    engine = carry_out(worked_out([*LOW, (40, sample("", "fibrinogen")), (10, sample("", "fibrinogen"))]))
    assert len(bodies(engine, ReminderOpened, "M45")) == 2


def test_two_products_under_one_unit_number_are_two():
    plan = worked_out([(600, product("plasma", "u1", -500)), (5, product("cryoprecipitate", "u1", 0))])
    engine = carry_out(plan)
    assert bodies(engine, RulesFailed) == []
    opened = bodies(engine, ReminderOpened, "M2")
    assert len({body.subject for body in opened if "fibrinogen" in body.subject}) == 2


def test_a_recheck_after_a_product_that_has_expired_stays_expired():
    engine = carry_out(worked_out([(5, product("platelets", "u1", 0)), (3000, sample("s1", "fibrinogen"))]))
    assert [body.how for body in bodies(engine, ReminderClosed, "M2")] == ["expired"]
    assert len(bodies(engine, ReminderOpened, "M2")) == 1


def test_a_latch_names_the_results_behind_its_condition():
    engine = carry_out(worked_out(list(LOW)))
    positions = {each.position for each in engine.timeline(CASE) if isinstance(each.body, ResultRecorded)}
    latched = next(each for each in bodies(engine, LatchSet) if each.latch == "severe")
    assert latched.because
    assert positions.issuperset(latched.because)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    engine = carry_out([])
    answer = engine.handle(enrolment("k", CASE, START, zone=zone))
    assert answer.refusal is not None
    assert answer.refusal.code == "zone"
    assert engine.store.head(CASE) is None


@pytest.mark.parametrize("minutes", [ABSURD, -ABSURD])
def test_a_time_that_no_calendar_knows_is_refused_and_spoils_no_page(minutes):
    engine = carry_out(worked_out([*GOOD, (5, sample("s1", "fibrinogen", at=minutes))]))
    assert [attempt.code for attempt in engine.store.attempts(CASE)] == ["unreadable"]
    assert engine.picture(CASE, Instant(START + 60 * MINUTE)).labs
    assert bodies(engine, ReminderOpened, "M45") == []
