"""What a course is checked for besides its drugs: age, lifetime limit, cerebellum. R12, R13, M18, M34, T12, T18."""

import pytest

from pathway.case.commands import RecordResult
from tests.case.ward import LABORATORY, SEVEN_PLUS_THREE, SHIPPED, refused, t
from tests.definition.broken import TEXT, error_of
from tests.variant_apl.test_rules import AML, SENSITIVE, negative, without
from tests.variant_apl.ward import HIGH_DOSE, TRETINOIN_ANTHRACYCLINE, Apl, standing

HIDAC, PREPARATION = "consolidation.high_dose_cytarabine", "consolidation.transplant_preparation"
SECOND = {"cytarabine": "200 mg/m2/d", "daunorubicin": "90 mg/m2/d"}


def aged(ward: Apl, years: str) -> Apl:
    """The patient's age was recorded."""
    told = ward.do(
        RecordResult, LABORATORY, loinc="30525-0", value=years, unit="a", collected_at=ward.clock.now(), specimen="age"
    )
    ward.done(told)
    return ward


@pytest.mark.parametrize(
    "years, dose, told",
    [
        pytest.param("40", "45", "", id="R12-adult-45"),
        pytest.param("40", "25", "dose", id="R12-adult-25"),
        pytest.param("18", "25", "dose", id="A14-18-25"),
        pytest.param("17", "45", "dose", id="A14-17-45"),
        pytest.param("9", "25", "", id="R13-child-25"),
        pytest.param("9", "45", "dose", id="R13-child-45"),
        pytest.param("", "25", "", id="not-known-25"),
        pytest.param("", "45", "", id="not-known-45"),
        pytest.param("", "60", "dose", id="not-known-60"),
    ],
)
def test_tretinoin_of_45_in_adults_and_25_in_children(years, dose, told):
    ward = negative("NPM1")
    if years:
        aged(ward, years)
    assert refused(ward.begin_sensitive(doses={"tretinoin": f"{dose} mg/m2/d"})) == told


def test_another_dose_of_tretinoin_goes_with_its_reason():
    ward = aged(negative("NPM1"), "16")
    told = ward.go("T08", doses={"tretinoin": "45 mg/m2/d"}, reasons=without() | {"dose_tretinoin": "label"})
    assert told.status == "accepted"


@pytest.mark.parametrize(
    "old, new, told",
    [
        ('dose = ["45 mg/m2/d", "45 mg/m2/d"]', 'dose = ["45 mg/m2/d", "25 mg/m2/d"]', "the lower one first"),
        ('{ drug = "tretinoin", when', '{ drug = "tretinoine", when', "tretinoine"),
        ('when = "age_in_years >= adult_from"', 'when = "age_in_year >= adult_from"', "age_in_year"),
    ],
)
def test_a_range_that_cannot_be_is_a_fault_with_its_place(old, new, told):
    found = str(error_of(TEXT.replace(old, new, 1)))
    assert told in found
    assert "v1.toml:" in found


# --- the lifetime limit ----------------------------------------------------------------------------------------------


def known(prior: str = "") -> Apl:
    """In 7+3 with everything said that the limit rests on; `prior` in mg/m2 of daunorubicin."""
    ward = aged(standing(AML), "44")
    ward.finding("chest_radiotherapy", "no")
    ward.finding("prior_anthracycline", "recorded" if prior else "none_asked")
    if prior:
        told = ward.do(
            RecordResult, LABORATORY, loinc="local:prior_anthracycline", value=prior, unit="mg/m2",
            collected_at=ward.clock.now(), specimen="history",
        )  # fmt: skip
        ward.done(told)
    ward.at("20 09:00").respond("no_response")
    return ward.at("21 09:00")  # type: ignore[return-value]  # the same ward


def test_t12_within_the_limit_asks_for_nobody_else():
    assert known().go("T12", doses=SECOND, reasons={}).status == "accepted"


def test_t12_beyond_the_limit_with_the_planned_course_needs_a_reason_with_the_figures_and_two_persons():
    ward = known("300")
    assert ward.word("anthracycline_limit") != "over"
    alone = ward.go("T12", doses=SECOND, reasons={})
    assert refused(alone) == "reason_needed"
    assert "750 mg/m2 as daunorubicin" in alone.refusal.reasons[0]
    reasons = {"over_lifetime_limit": "no other way to remission"}
    assert refused(ward.go("T12", doses=SECOND, reasons=reasons)) == "second"
    assert refused(ward.go("T12", doses=SECOND, reasons=reasons, second="the haematologist")) == "second"
    ward.done(ward.go("T12", doses=SECOND, reasons=reasons, second="the consultant"))
    assert ward.events("PhaseEntered")[-1].second == "the consultant"


def test_t12_what_is_not_known_of_earlier_doses_asks_for_a_reason_and_for_no_second_person():
    ward = standing(AML).at("20 09:00")
    ward.respond("no_response")
    ward.at("21 09:00")
    asked = ward.go("T12", doses=SEVEN_PLUS_THREE, reasons={})
    assert refused(asked) == "reason_needed"
    assert "not known" in asked.refusal.reasons[0]
    assert (
        ward.go("T12", doses=SEVEN_PLUS_THREE, reasons={"over_lifetime_limit": "asked, no records"}).status
        == "accepted"
    )


def test_t18_asks_the_same_of_the_consolidation_with_an_anthracycline_and_not_of_cytarabine():
    moves = {each.name: {reason.name for reason in each.reasons if reason.second} for each in SHIPPED.form.transitions}
    assert {name for name, reasons in moves.items() if "over_lifetime_limit" in reasons} == {
        "reinduce_aml",
        "reinduce_sensitive",
        "next_atra_anthracycline",
    }
    ward = standing("consolidation.atra_anthracycline").at("28 09:00")
    ward.respond("cr")
    asked = ward.go("T18", doses=TRETINOIN_ANTHRACYCLINE, reasons={})
    assert refused(asked) == "reason_needed"


# --- M34 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [HIDAC, PREPARATION])
def test_m34_asks_before_each_dose_of_high_dose_cytarabine(phase):
    ward = standing(phase).at("26 09:00")
    if phase == PREPARATION:
        assert not ward.is_open("M34")
        ward.went("T18", doses=HIGH_DOSE)
    assert ward.is_open("M34")
    ward.at("26 10:00").finding("cerebellar_check", "fit")
    assert ward.closed("M34") == ["done"]
    ward.at("26 12:00").therapy("dose", drug="cytarabine", form="intravenous", next_dose_at=t("27 00:00"))
    assert (ward.is_open("M34"), ward.due("M34").due_at) == (True, t("27 00:00"))
    ward.done(ward.acknowledge("M34", "nurse"))
    ward.look("27 00:00")
    assert "physician" in ward.told("M34")
    ward.done(ward.answer("M34", "no_further_dose", "physician"))
    assert ward.look("28 00:00").closed("M34") == ["done", "done"]


def test_m34_signs_page_the_haematologist_at_once_and_are_done_by_a_decision():
    ward = standing(HIDAC).at("26 10:00")
    ward.finding("cerebellar_check", "signs")
    assert ward.told("M34s") == {"haematologist", "nurse"}
    assert refused(ward.answer("M34s", "dose_held", "physician")) == "role"
    ward.done(ward.answer("M34s", "dose_held"))
    assert ward.closed("M34s") == ["done"]


@pytest.mark.parametrize("phase", [AML, SENSITIVE, "consolidation.atra_anthracycline"])
def test_m34_is_of_high_dose_cytarabine_alone(phase):
    ward = standing(phase).at("26 10:00")
    ward.therapy("dose", drug="cytarabine", form="intravenous")
    assert not ward.is_open("M34")
