"""The health of reminders: one patient, real commands and ticks, and what is counted of them."""

import json
from pathlib import Path

import pytest

from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    DeclineHandOver,
    HandOver,
    RecordReport,
    RecordResult,
    ReportRule,
    RequestTherapy,
    TakeOver,
)
from pathway.case.envelope import By
from pathway.case.events import RungReached
from pathway.clinical.instant import SECOND, Instant, instant
from tests.ward.cli.conftest import demonstration, opened_once, wardpath
from tests.ward.test_watchdog import HOUR, LAB, Ward
from ward.demonstration.people import invite
from ward.health import Figures, Voices, health_of

__all__ = ["demonstration", "opened_once", "wardpath"]
NURSE = By("Nurse B", "nurse")
MINUTE = 60 * SECOND
#: What is counted by days must not hang on the hour at which the tests run.
NOW = instant("2026-03-05T03:00+01:00")


@pytest.fixture
def ward(tmp_path: Path):
    made = Ward(tmp_path / "ward.db", NOW)
    made.enrol()
    yield made
    made.store.close()


def figures(ward: Ward, reminder: str) -> Figures:
    found = health_of(ward.made, "", None, None)
    return next(each for each in found.rules if each.name == reminder)


def rang(ward: Ward) -> str:
    """Move on until a reminder rings that goes on to another rung, and say which."""
    before = len(ward.made.engine.timeline("c1"))
    for _ in range(200):
        ward.stand(15 * MINUTE)
        ward.tick()
        for event in ward.made.engine.timeline("c1")[before:]:
            if isinstance(event.body, RungReached) and event.body.rung == 0:
                return event.body.reminder
    raise AssertionError("nothing rang")


def test_nothing_rang_and_nothing_is_counted(ward: Ward):
    found = health_of(ward.made, "another", None, None)
    assert (found.rules, found.roles, found.per_patient_day) == ((), (), None)


def test_what_nobody_answers_is_escalated_and_counted_for_each_role(ward: Ward):
    for _ in range(40):
        ward.stand(15 * MINUTE)
        ward.tick()
    found = health_of(ward.made, "W", None, None)
    assert sum(each.escalated for each in found.rules) > 0
    assert sum(each.in_time for each in found.rules) == 0
    for rule in found.rules:
        roles = [each for each in found.roles if each.name.split()[0] == rule.name]
        assert roles
        assert max(each.fired for each in roles) <= rule.fired


def test_an_acknowledgement_before_the_next_rung_is_in_time_and_one_after_it_is_not(ward: Ward):
    name = rang(ward)
    assert (figures(ward, name).in_time, figures(ward, name).escalated) == (0, 0)
    subject = next(key[1] for key in ward.made.engine.case("c1").open if key[0] == name)
    ward.do(Acknowledge(id="ack", case="c1", by=NURSE, reminder=name, subject=subject))
    assert figures(ward, name).in_time == 1
    assert figures(ward, name).escalated == 0


def test_notices_are_counted_by_the_patient_days_that_cases_were_open(ward: Ward):
    ward.stand(12 * HOUR)
    ward.tick()
    found = health_of(ward.made, "", None, None)
    assert str(found.patient_days) == "0.50"
    sent = sum(state != "expired" for _, state in ward.store.notices())
    assert sum(found.notices.values()) == sent > 0
    assert found.per_patient_day == 2 * sent


def test_only_what_rang_in_the_asked_span_is_counted(ward: Ward):
    ward.stand(12 * HOUR)
    ward.tick()
    now = Instant(ward.clock.now())
    everything = health_of(ward.made, "", None, None)
    assert sum(each.fired for each in everything.rules) > 0
    assert health_of(ward.made, "", Instant(now + 1), Instant(now + HOUR)).rules == ()


def test_a_result_that_discharges_late_is_done_late(ward: Ward):
    ward.stand(12 * HOUR)
    ward.tick()
    for number, loinc in enumerate(("3255-7", "777-3", "6690-2", "6301-6", "3173-2", "48065-7", "2160-0", "718-7")):
        at, unit = ward.clock.now(), {"3255-7": "mg/dL", "777-3": "10*9/L", "6690-2": "10*9/L"}.get(loinc, "{INR}")
        command = RecordResult(id=f"r{number}", case="c1", by=LAB, loinc=loinc, value="160", unit=unit, collected_at=at)
        ward.made.engine.handle(command)
    done = [each for each in health_of(ward.made, "", None, None).rules if each.done_late]
    assert done
    assert all(each.done_late <= each.fired for each in done)


def test_the_command_prints_the_figures_and_stable_keys(wardpath, demonstration: Path):
    shown = wardpath("health", "reminders", "--db", demonstration)
    assert shown.exit_code == 0
    assert "patient-days" in shown.stdout
    found = json.loads(wardpath("health", "reminders", "--json", "--db", demonstration).stdout)
    assert {"rules", "roles", "overrides", "notices", "patient_days", "per_patient_day"} <= set(found)
    assert {"name", "fired", "in_time", "escalated", "done_late", "dismissed"} <= set(found["rules"][0])
    assert wardpath("health", "reminders", "--from", "yesterday", "--db", demonstration).exit_code == 2


def open_reminder(ward: Ward) -> dict[str, str]:
    """One reminder that is open, as a command names it."""
    reminder, subject = min(ward.made.engine.case("c1").open)
    return {"case": "c1", "reminder": reminder, "subject": subject}


def test_reports_overrides_and_handing_over_are_counted_by_rule_and_role(ward: Ward):
    ward.tick()
    which, ben = open_reminder(ward), By("nurse.ben", "nurse")
    offer = {**which, "to": "nurse.ben", "to_role": "nurse", "reason": "end of shift"}
    ward.do(ReportRule(id="1", by=NURSE, reason="measured twice", **which))
    ward.do(HandOver(id="2", by=NURSE, **offer))
    ward.do(AcceptHandOver(id="3", by=ben, **which))
    ward.do(HandOver(id="4", by=NURSE, **offer))
    ward.do(DeclineHandOver(id="5", by=ben, reason="in theatre", **which))
    ward.do(TakeOver(id="6", by=By("Dr A", "physician"), **which))
    signed = {"override": True, "second": "Dr C", "reason": "agreed by the team"}
    told = {"test": "rar_partner", "method": "rt_pcr", "status": "final", "result": "partner_identified"}
    ward.do(RecordReport(id="7", case="c1", by=LAB, partner="ZBTB16", **told))
    ward.do(RequestTherapy(id="8", case="c1", by=By("Dr H", "haematologist"), drug="tretinoin", act="start", **signed))
    found = health_of(ward.made, "W", None, None)
    name = which["reminder"]
    assert [each for each in found.voices if each.name == name] == [
        Voices(name, "nurse", reported=1, offered=2, taken=1, not_taken=1),
        Voices(name, "physician", taken=1),
    ]
    assert sum(each.overridden for each in found.voices) == sum(found.overrides.values()) == 1
    assert health_of(ward.made, "W", Instant(ward.clock.now() + 1), None).voices == ()


def test_days_over_the_budget_are_counted(ward: Ward):
    ward.tick()
    assert health_of(ward.made, "W", None, None).over_budget == 0
    for _ in range(12):
        ward.stand(12 * HOUR)
        ward.tick()
    events = [each for each in ward.made.engine.timeline("c1") if each.type == "BudgetExceeded"]
    assert health_of(ward.made, "W", None, None).over_budget == len(events) > 0


def test_the_list_of_what_is_due_names_whoever_took_it(wardpath, ward: Ward):
    ward.tick()
    which = open_reminder(ward)
    ward.do(TakeOver(id="1", by=By("nurse.ben", "nurse"), **which))
    invite(ward.made)
    found = json.loads(wardpath("due", "--json", "--by", "nurse.anna", "--db", ward.path).stdout)
    owners = {(each["reminder"], each["subject"]): each["owner"] for each in found}
    assert owners[which["reminder"], which["subject"]] == "nurse.ben"
    assert sorted(set(owners.values())) == ["", "nurse.ben"]
