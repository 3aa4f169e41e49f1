"""The doors to tretinoin, the hard refusal, the override, hold, stop. safety.md C3, 2.2, P2, P4, H10, H11; R23, R25."""

import pytest

from tests.case.ward import SHIPPED, Ward, by, refused, t

SIGNED = {"override": True, "reason": "combined course of a published series", "second": "Dr. Second"}


def opened(ward: Ward) -> str:
    """The door through which tretinoin was started."""
    found = ward.ask_for("tretinoin")
    assert found.status == "accepted", found.refusal
    return ward.events("TherapyRecorded")[-1].door


def settled() -> Ward:
    """PML::RARA negative by two methods, values on target, never on tretinoin, no variant: every door is closed."""
    ward = Ward().at("2 10:00")
    ward.pml_negative()
    ward.panel("2 09:40")
    return ward


@pytest.mark.parametrize("state", ["not tested", "pending", "conflicting"])
def test_suspicion_opens(state):
    ward = Ward().at("2 10:00")
    ward.panel("2 09:40")
    if state == "pending":
        ward.pml("rt_pcr", "", "ordered")
    if state == "conflicting":
        ward.pml("rt_pcr", "positive")
        ward.pml("dual_fusion_fish")
    assert opened(ward) == "suspicion"


def test_a_confirmed_sensitive_variant_opens():
    ward = settled()
    ward.partner("NPM1")
    assert opened(ward) == "sensitive"


@pytest.mark.parametrize("text", ["46,XX,t(5;17)(q35;q21)", "46,XX,t(5;17)(q34;q21)", "46,XX,t(11;17)(q13;q21)"])
def test_a_suspected_sensitive_variant_opens(text):
    ward = settled()
    ward.karyotype(text)
    assert opened(ward) == "sensitive"


def test_severe_coagulopathy_opens_while_no_variant_is_known():
    ward = settled()
    ward.at("2 12:00").lab("fibrinogen", "92", "2 11:40")
    assert opened(ward) == "severe_coagulopathy"


def test_a_clinician_who_judges_it_severe_opens():
    ward = settled()
    ward.finding("clinician_judges_severe", "yes")
    assert opened(ward) == "severe_coagulopathy"


def test_severe_coagulopathy_does_not_open_once_the_variant_is_unclassified():
    ward = settled()
    ward.lab("fibrinogen", "92", "2 09:50")
    ward.partner("PRKAR1A")
    assert refused(ward.ask_for("tretinoin")) == "not_proposed"


def test_what_is_running_already_may_be_resumed():
    ward = settled()
    ward.therapy("started")
    ward.therapy("held")
    assert ward.ask_for("tretinoin", "resume").status == "accepted"
    assert ward.events("TherapyRecorded")[-1].door == "already_running"


def test_all_doors_closed_is_refused_and_names_every_door():
    found = settled().ask_for("tretinoin")
    assert found.refusal is not None
    assert found.refusal.code == "not_proposed"
    doors = [each.name.replace("_", " ") for each in SHIPPED.form.requests[0].doors]
    assert [reason.partition(":")[0] for reason in found.refusal.reasons] == doors


def test_a_door_that_cannot_be_decided_opens_with_a_signed_reason():
    ward = Ward().at("2 10:00")
    ward.pml_negative()
    assert refused(ward.ask_for("tretinoin")) == "reason_needed"
    assert ward.ask_for("tretinoin", reason="bleeding gums, laboratory down").status == "accepted"


@pytest.mark.parametrize("role", sorted(set(SHIPPED.form.roles) - {"physician", "haematologist", "consultant"}))
@pytest.mark.parametrize("act", ["order", "start", "resume"])
def test_only_doctors_order_start_and_resume(role, act):
    assert refused(Ward().ask_for("tretinoin", act, by(role))) == "role"


# --- the hard refusal and the override --------------------------------------------------------------------------------


def resistant(exposure: str = "never") -> Ward:
    """ZBTB16 confirmed on 5 March at 03:10."""
    ward = Ward(exposure=exposure).at("5 03:10")
    ward.partner("ZBTB16")
    return ward


@pytest.mark.parametrize("act", ["order", "start", "resume"])
def test_a_resistant_variant_refuses_though_every_door_were_open(act):
    ward = resistant("started")
    ward.lab("fibrinogen", "60", "5 03:00")
    assert refused(ward.ask_for("tretinoin", act, by("haematologist"))) == "prohibited"


@pytest.mark.parametrize("role", ["haematologist", "consultant"])
def test_it_is_overridden_by_haematologist_or_consultant_with_reason_and_second(role):
    ward = resistant()
    assert ward.ask_for("tretinoin", "start", by(role), **SIGNED).status == "accepted"
    override = ward.events("OverrideSigned")[-1]
    assert (override.second, override.review_at) == ("Dr. Second", t("6 03:10"))


@pytest.mark.parametrize(
    "change",
    [
        {"override": False},
        {"reason": ""},
        {"reason": "   "},
        {"second": ""},
        {"second": "the haematologist"},
    ],
)
def test_an_incomplete_override_is_refused(change):
    found = resistant().ask_for("tretinoin", "start", by("haematologist"), **(SIGNED | change))
    assert refused(found) == "prohibited"


@pytest.mark.parametrize("role", sorted(set(SHIPPED.form.roles) - {"haematologist", "consultant"}))
def test_no_other_role_overrides(role):
    assert refused(resistant().ask_for("tretinoin", "start", by(role), **SIGNED)) == "prohibited"


def test_an_override_does_not_silence_the_order_to_stop():
    ward = resistant()
    ward.ask_for("tretinoin", "start", by("haematologist"), **SIGNED)
    assert "M3" in ward.open


def test_an_override_opens_closed_doors_too():
    found = settled().ask_for("tretinoin", "start", by("haematologist"), **SIGNED)
    assert found.status == "accepted"


def test_a_dose_given_all_the_same_is_stored_and_a_deviation():
    ward = resistant()
    position = ward.therapy("dose")
    assert [(each.rule, each.target) for each in ward.case.deviations] == [("start_tretinoin", position)]
    assert ward.word("tretinoin") == "running"


# --- hold and stop ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", SHIPPED.form.clinicians)
@pytest.mark.parametrize("variant", [None, "ZBTB16", "NPM1"])
def test_any_clinician_holds_in_any_state(role, variant):
    ward = Ward(exposure="started")
    if variant:
        ward.partner(variant)
    ward.therapy("held", who=role)
    assert ward.word("tretinoin") == "held"


@pytest.mark.parametrize("role", sorted(set(SHIPPED.form.roles) - {"physician", "haematologist", "consultant"}))
def test_a_stop_by_anybody_else_is_refused_with_hold_it_now(role):
    found = Ward(exposure="started").stop(role)
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.mend.startswith("hold it now")) == ("role", True)


@pytest.mark.parametrize("role", ["physician", "haematologist", "consultant"])
def test_a_doctor_stops(role):
    ward = Ward(exposure="started")
    assert ward.stop(role).status == "accepted"
    assert ward.word("tretinoin") == "stopped"


def test_a_stop_counts_from_its_own_time():
    ward = Ward(exposure="started").at("2 09:00")
    ward.stop(at=t("2 20:00"))
    assert ward.word("tretinoin") == "running"
    ward.look("2 20:00")
    assert ward.word("tretinoin") == "stopped"


def test_an_unknown_confirmation_is_refused():
    assert refused(Ward(exposure="started").stop(ticks={"told_the_patient": True})) == "unknown_tick"
