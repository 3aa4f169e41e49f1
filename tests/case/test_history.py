"""Enrolment mid-pathway: the past is on the record at its own times, and only what is open now opens."""

import random
from typing import Any

import msgspec
import pytest

from pathway.case.commands import (
    RecordCourse,
    RecordFinding,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordSample,
    RecordTherapy,
)
from tests.case.clinic import LABORATORY, NURSE, PHYSICIAN, Clinic, done, refused, t


def said(kind: Any, by: Any = NURSE, /, **fields: Any) -> Any:
    """One entry of a history."""
    return kind(**({"id": "h", "case": "c1", "by": by} | fields))


def value(text: str, collected: str) -> RecordResult:
    """A value of fibrinogen."""
    fields = {"loinc": "3255-7", "value": text, "unit": "mg/dL", "collected_at": t(collected)}
    return said(RecordResult, LABORATORY, id=f"h {text} {collected}", **fields)


RESISTANT = said(
    RecordReport,
    LABORATORY,
    id="h report",
    test="rar_partner",
    method="rt_pcr",
    result="partner_identified",
    partner="ZBTB16",
    status="final",
    report_no="V1",
    authorised_at=t("4 12:00"),
)
PAST = (
    said(RecordTherapy, id="h dose", drug="tretinoin", act="dose", at=t("1 10:00")),
    value("80", "1 10:30"),
    value("160", "3 10:00"),
    value("210", "4 10:00"),
    RESISTANT,
    said(RecordProduct, id="h product", product="plasma", unit_no="u1", act="started", at=t("1 11:00")),
    said(RecordFinding, PHYSICIAN, id="h finding", finding="bleeding", value="none", at=t("3 10:00")),
    said(RecordCourse, PHYSICIAN, id="h course", regimen="elsewhere", day1=t("2 08:00"), intensive=True),
    said(RecordSample, id="h sample", specimen="s9", analytes=("fibrinogen",), at=t("5 08:00")),
)


@pytest.fixture
def clinic() -> Clinic:
    """The fifth day; nobody is enrolled."""
    return Clinic().at("5 09:00")


def test_the_past_is_on_the_record_with_its_own_times_and_recorded_now(clinic: Clinic):
    done(clinic.enrol(history=PAST))
    case = clinic.case()
    assert [each.body.collected_at for each in case.labs["fibrinogen"]] == [t("1 10:30"), t("3 10:00"), t("4 10:00")]
    assert case.therapy["tretinoin"][0].at == t("1 10:00")
    assert (case.courses[0].regimen, case.courses[0].day1, case.courses[0].number) == ("elsewhere", t("2 08:00"), 1)
    assert clinic.engine.view("c1").read("class").value == "resistant"
    assert {each.recorded_at for each in clinic.engine.timeline("c1")} == {t("5 09:00")}
    assert clinic.engine.verify("c1") == []


def test_only_what_is_open_now_opens_and_it_is_due_now_at_the_earliest(clinic: Clinic):
    done(clinic.enrol(history=PAST))
    assert clinic.open() == {"R1", "R2"}
    assert clinic.case().open[("R1", "")].due_at == t("5 09:00")
    assert all(held.opened_at == t("5 09:00") <= held.due_at for held in clinic.case().open.values())
    assert clinic.bodies("ReminderClosed") == []


def test_nobody_is_rung_for_the_past(clinic: Clinic):
    late_dose = said(RecordTherapy, id="h late", drug="tretinoin", act="dose", at=t("4 20:00"))
    done(clinic.enrol(history=(*PAST, late_dose)))
    assert {notice.kind for notice, _ in clinic.store.notices()} == {"rung"}
    assert {key[0] for notice, _ in clinic.store.notices() for key in notice.reminders} == {"R1"}
    assert not any(notice.late for notice, _ in clinic.store.notices())


@pytest.mark.parametrize("seed", range(20))
def test_a_history_told_in_any_order_gives_the_same_case(seed: int):
    first, second = (Clinic().at("5 09:00") for _ in range(2))
    shuffled = list(PAST)
    random.Random(seed).shuffle(shuffled)
    done(first.enrol(history=PAST, id="same"))
    done(second.enrol(history=tuple(shuffled), id="same"))
    assert msgspec.json.encode(first.engine.timeline("c1")) == msgspec.json.encode(second.engine.timeline("c1"))


def test_a_latch_of_the_past_that_nothing_has_released_is_set(clinic: Clinic):
    done(clinic.enrol(history=(value("80", "4 10:00"), value("210", "5 08:00"))))
    assert clinic.case().latches["severe"].at == t("4 10:00")
    assert clinic.case().eased["severe"] == t("5 08:00")
    assert clinic.case().open[("R2", "")].level == "urgent"


def test_a_latch_that_would_certainly_have_been_released_by_now_is_not_set(clinic: Clinic):
    better = (value("210", when) for when in ("1 20:00", "2 15:00", "3 10:00", "4 05:00", "4 22:00"))
    done(clinic.enrol(history=(value("80", "1 10:00"), *better)))
    assert "severe" not in clinic.case().latches
    assert clinic.case().open[("R2", "")].level == "usual"


def test_a_choice_stands_in_the_row_that_the_past_has_led_to(clinic: Clinic):
    done(clinic.enrol(history=(value("210", "5 08:00"),)))
    assert clinic.case().choices["watch"].row == "loose"
    tight = Clinic().at("5 09:00")
    done(tight.enrol(history=(value("80", "4 22:00"), value("210", "5 08:00"))))
    assert tight.case().choices["watch"].row == "tight"


def test_a_case_begins_in_the_phase_it_is_in_and_moves_by_knowledge_at_once(clinic: Clinic):
    done(clinic.enrol(history=(RESISTANT,), entered={"treatment": "treated"}, reason="treated elsewhere"))
    assert clinic.leaf() == "treated"
    assert clinic.leaf(region="knowledge") == "resistant"
    assert [each.leaf for each in clinic.bodies("PhaseEntered")] == ["treated", "unknown", "resistant"]


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"entered": {"treatment": "nowhere"}, "reason": "so"}, "phase"),
        ({"entered": {"nowhere": "open"}, "reason": "so"}, "phase"),
        ({"entered": {"treatment": "exit.transfer"}, "reason": "so"}, "phase"),
        ({"entered": {"treatment": "treated"}}, "reason_needed"),
        ({"history": (value("80", "5 09:01"),)}, "future"),
        ({"history": (said(RecordTherapy, drug="tretinoin", act="dose"),)}, "history"),
        ({"history": (said(RecordTherapy, drug="nothing", act="dose", at=t("1 10:00")),)}, "history"),
        ({"history": (msgspec.structs.replace(PAST[0], case="c2"),)}, "history"),
        ({"history": (msgspec.structs.replace(PAST[0], at=-5 * 10**15),)}, "unreadable"),
    ],
)
def test_a_history_that_cannot_be_taken_refuses_the_enrolment_and_writes_nothing(clinic: Clinic, fields, code):
    assert refused(clinic.enrol(**fields)) == code
    assert clinic.engine.timeline("c1") == []


def test_after_a_history_time_goes_on_as_ever(clinic: Clinic):
    done(clinic.enrol(history=PAST))
    clinic.tick("5 13:00")
    assert "consultant" in {notice.role for notice in clinic.notices("rung")}


def test_a_second_open_case_of_a_person_is_refused_with_a_pointer_on_this_pathway_only(clinic: Clinic):
    done(clinic.enrol())
    answer = clinic.enrol("c2")
    assert (refused(answer), answer.refusal.reasons) == ("open_case", ("c1",))
