"""T30 to T32: an exit taken back, a late result, two records of one patient. safety.md 2.2, H30, H34, H35."""

from typing import Any

import pytest

from pathway.case.commands import Enrol, MergeCases, RecordReport, Reopen, UnmergeCases
from tests.case.ward import IDENTIFIERS, LABORATORY, SHIPPED, by, refused, t
from tests.variant_apl.ward import CLOSED, SENIOR, Apl, leaving

ROLES = (*SHIPPED.form.roles, "")
BY_EXIT = {"exit.death": SENIOR | {"charge_nurse"}, "exit.transfer": SENIOR | {"charge_nurse"}}


def reopen(ward: Apl, who: str = "haematologist", **fields: Any) -> Any:
    """T30 with a reason and two identifiers."""
    return ward.do(Reopen, by(who), **({"reason": "wrong patient", "identifiers": IDENTIFIERS} | fields))


@pytest.mark.parametrize("phase", CLOSED)
def test_t30_is_a_haematologists_and_for_death_and_transfer_the_charge_nurses_too(phase):
    granted = set()
    for role in ROLES:
        answer = reopen(leaving(phase), role)
        assert refused(answer) in {"", "role"}
        if answer.status == "accepted":
            granted.add(role)
    assert granted == BY_EXIT.get(phase, SENIOR)


@pytest.mark.parametrize("lacking", [{"reason": ""}, {"identifiers": {"name": "Invented, Person"}}])
def test_t30_needs_a_reason_and_a_new_check_of_the_patient(lacking):
    assert refused(reopen(leaving("exit.death"), **lacking)) in {"reason_needed", "identifiers"}


def test_t30_goes_back_to_the_phase_before_and_m3_rings_late_with_its_old_due_time():
    ward = Apl(exposure="started").at("1 10:00")
    ward.partner("ZBTB16")
    before = ward.due("M3").due_at
    ward.at("1 11:00").done(ward.leave("T26", identifiers=IDENTIFIERS, died_at=t("1 10:30")))
    assert ward.open == set()
    ward.at("1 14:00").done(reopen(ward))
    assert (ward.phase, ward.due("M3").due_at) == ("variant_confirmed.resistant", before)


@pytest.mark.parametrize("phase", [each for each in CLOSED if each != "exit.death"])
def test_t31_a_resistant_result_rings_after_every_exit_but_death(phase):
    ward = leaving(phase).at("28 09:00")
    ward.partner("ZBTB16")
    assert (ward.phase, ward.open) == (phase, {"M47"})


def test_t31_after_death_it_is_filed():
    ward = leaving("exit.death").at("28 09:00")
    ward.partner("ZBTB16")
    assert (ward.word("class"), ward.open) == ("resistant", set())


def two_records() -> Apl:
    """One person under two names: tretinoin runs in c1, the resistant report came to c2."""
    ward = Apl(exposure="started").at("1 10:00")
    ward.done(ward.engine.handle(enrolment("c2", "p2")))
    told = {"test": "rar_partner", "method": "rt_pcr", "result": "partner_identified", "partner": "ZBTB16"}
    ward.done(ward.engine.handle(RecordReport(id="r2", case="c2", by=LABORATORY, status="final", **told)))
    return ward


MERGED = {
    "other": "c2",
    "reason": "one person",
    "second": "another person",
    "choose": {"treatment": "variant_confirmed.resistant"},
}


def test_t32_a_resistant_report_in_one_record_and_tretinoin_in_the_other_ring_at_once():
    ward = two_records()
    assert "M3" not in ward.open
    ward.done(ward.do(MergeCases, by("charge_nurse"), **MERGED))
    assert (ward.phase, "M3" in ward.open) == ("variant_confirmed.resistant", True)


def enrolment(case: str, patient: str) -> Enrol:
    """The enrolment of another record."""
    return Enrol(
        id=f"e-{case}",
        case=case,
        by=by("physician"),
        pathway="variant_apl",
        presented_at=t("1 08:00"),
        identifiers=IDENTIFIERS,
        zone="UTC",
        ward="H1",
        bed="4",
        patient=patient,
        origin="invented",
    )


@pytest.mark.parametrize("role", sorted(set(ROLES) - SENIOR - {"charge_nurse"}))
def test_t32_is_refused_to_every_other_role(role):
    assert refused(two_records().do(MergeCases, by(role), **MERGED)) == "role"


def test_t32_is_taken_apart_again():
    ward = two_records()
    ward.done(ward.do(MergeCases, by("charge_nurse"), **MERGED))
    parted = {"other": "c2", "reason": "two persons", "second": "another person"}
    ward.done(ward.do(UnmergeCases, by("haematologist"), **parted))
    assert "M3" not in ward.open
