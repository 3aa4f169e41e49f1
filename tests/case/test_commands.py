"""Commands: enrolment, once, what was seen, and reports that are never refused. safety.md P1, T01, H23, H55-H57."""

from typing import Any, get_args, get_type_hints

import pytest

from pathway.case.commands import AnyCommand, Enrol, RecordCourse, RecordReport, RecordResult, RecordTherapy
from pathway.case.decide import unreadable_number, unreadable_time
from pathway.clinical.instant import Instant
from pathway.engine.errors import CommandReused, UnknownBundle
from tests.case.ward import IDENTIFIERS, LABORATORY, Ward, by, refused, t

ENROLLING = ("physician", "haematologist", "consultant")


def bare() -> Ward:
    """A ward on which nobody is enrolled."""
    return Ward(enrolled=False)


# --- T01 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ENROLLING)
def test_doctors_enrol(role):
    assert bare().enrol(by(role)).status == "accepted"


@pytest.mark.parametrize("role", ["pharmacist", "laboratory", "duty_manager", ""])
def test_others_do_not(role):
    assert refused(bare().enrol(by(role))) == "role"


@pytest.mark.parametrize("identifiers", [{}, {"name": "A"}, {"name": "A", "number": "  "}])
def test_enrolment_needs_two_identifiers(identifiers):
    assert refused(bare().enrol(identifiers=identifiers)) == "identifiers"


def test_nobody_presents_in_the_future():
    assert refused(bare().enrol(presented_at=t("1 09:01"))) == "future"


def test_a_second_open_case_of_one_person_is_refused_with_the_first():
    ward = Ward()
    found = ward.engine.handle(
        Enrol(
            id="x",
            case="c2",
            by=by("physician"),
            pathway="variant_apl",
            presented_at=t("1 08:00"),
            identifiers=IDENTIFIERS,
            zone="UTC",
            ward="H1",
            bed="4",
            patient="p1",
            origin="invented",
        )
    )
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.reasons) == ("open_case", ("c1",))


def test_the_same_case_is_not_enrolled_twice():
    ward = Ward()
    assert refused(ward.enrol()) == "enrolled"


@pytest.mark.parametrize(
    "database, patient, code",
    [
        ("demonstration", "live", "origin"),
        ("live", "invented", "origin"),
        ("live", "deidentified", "origin"),
        ("demonstration", "invented", ""),
        ("demonstration", "deidentified", ""),
        ("live", "live", ""),
    ],
)
def test_invented_and_real_patients_never_share_a_database(database, patient, code):
    assert refused(Ward(enrolled=False, origin=database).enrol(origin=patient)) == code


def test_a_refused_enrolment_leaves_no_case():
    ward = bare()
    ward.enrol(by("laboratory"))
    assert ward.engine.heads() == []


def test_an_unknown_pathway_is_no_case():
    with pytest.raises(UnknownBundle):
        bare().enrol(pathway="classic_apl")


def test_identifiers_stand_in_no_event():
    ward = Ward()
    assert b"Invented, Person" not in b"".join(each.canonical for each in ward.store.stream("c1"))


def test_enrolment_takes_the_past():
    ward = Ward(exposure=None)
    ward.therapy("started", "1 06:00")
    ward.partner("ZBTB16", authorised_at=t("1 05:00"))
    assert (ward.phase, "M3" in ward.open) == ("variant_confirmed.resistant", True)


def test_enrolment_opens_what_a_suspected_patient_needs():
    assert {"M1", "M39", "M43", "M49"} <= Ward(exposure=None).open


@pytest.mark.parametrize("collected, discharged", [("1 07:00", False), ("1 07:01", True)])
def test_a_sample_of_at_most_two_hours_before_enrolment_discharges_the_first_recheck(collected, discharged):
    ward = Ward().at("1 09:10")
    ward.lab("fibrinogen", "220", collected)
    assert (ward.closed("M1", "fibrinogen") == ["done"]) is discharged


# --- once -------------------------------------------------------------------------------------------------------------


def test_the_same_command_again_gives_the_first_answer_and_writes_nothing():
    ward = Ward()
    fields = {"id": "same", "drug": "tretinoin", "act": "dose", "at": t("1 08:00")}
    first = ward.do(RecordTherapy, by("nurse"), **fields)
    before = len(ward.engine.timeline("c1"))
    again = ward.at("1 12:00").do(RecordTherapy, by("nurse"), **fields)
    assert (again.repeated, again.positions, len(ward.engine.timeline("c1"))) == (True, first.positions, before)


def test_a_refused_command_again_is_refused_again_even_if_it_would_be_accepted_now():
    ward = Ward().at("2 10:00")
    ward.pml_negative()
    ward.panel("2 09:40")
    first = ward.ask_for("tretinoin", id="same")
    ward.finding("clinician_judges_severe", "yes")
    again = ward.ask_for("tretinoin", id="same")
    assert (refused(first), refused(again), again.repeated) == ("not_proposed", "not_proposed", True)


def test_the_same_id_with_another_body_is_an_error():
    ward = Ward()
    ward.do(RecordTherapy, by("nurse"), id="same", drug="tretinoin", act="dose")
    with pytest.raises(CommandReused):
        ward.do(RecordTherapy, by("nurse"), id="same", drug="tretinoin", act="held")


# --- seen_version -----------------------------------------------------------------------------------------------------


def test_a_request_on_what_was_seen_is_accepted_while_nothing_changed():
    ward = Ward()
    assert ward.ask_for("tretinoin", seen_version=ward.case.clinical_version).status == "accepted"


def test_a_request_on_an_older_view_is_refused():
    ward = Ward()
    seen = ward.case.clinical_version
    ward.partner("ZBTB16")
    assert refused(ward.ask_for("tretinoin", seen_version=seen)) == "seen_version"


def test_ringing_alone_makes_no_view_older():
    ward = Ward()
    seen = ward.case.clinical_version
    ward.look("1 09:40")
    assert len(ward.rang("M1", "fibrinogen")) > 1
    assert ward.ask_for("tretinoin", seen_version=seen).status == "accepted"


# --- reports ----------------------------------------------------------------------------------------------------------


def in_phase(phase: str) -> Ward:
    """A case in this phase, by real commands, on 3 March at 10:00."""
    ward = Ward(exposure="started" if phase == "empiric_atra" else "never")
    confirms = {"resistant": "ZBTB16", "sensitive": "NPM1", "unclassified": "PRKAR1A"}
    if phase.startswith("variant"):
        ward.partner(confirms[phase.partition(".")[2]])
    if phase.startswith("induction"):
        ward.begin_7plus3()
    ward.at("3 10:00")
    if phase == "exit.death":
        ward.die("3 09:00")
    assert ward.phase == phase
    return ward


PHASES = (
    "diagnosis_pending",
    "empiric_atra",
    "variant_confirmed.resistant",
    "variant_confirmed.sensitive",
    "variant_confirmed.unclassified",
    "induction.seven_plus_three",
    "exit.death",
)


@pytest.mark.parametrize("phase", PHASES)
def test_no_report_is_refused_in_any_phase(phase):
    ward = in_phase(phase)
    before = ward.case.position
    ward.therapy("dose")
    ward.therapy("dose", drug="arsenic_trioxide", form="intravenous")
    ward.therapy("held", who="laboratory")
    ward.lab("fibrinogen", "60", "3 09:30")
    ward.lab("fibrinogen", "no clot seen", "3 09:30")
    ward.sample("z", "3 09:40", "fibrinogen")
    ward.product("cryoprecipitate", "started", "3 09:45")
    ward.partner("STAT5B", "rna_sequencing")
    ward.pml("rna_sequencing", "positive")
    ward.karyotype("46,XX")
    ward.finding("bleeding", "cns")
    ward.bed("ICU", "1")
    ward.told_of_death("3 09:59")
    ward.retract(ward.lab("platelets", "12", "3 09:30"))
    assert ward.case.position > before + 14
    assert ward.engine.verify("c1") == []


def test_a_report_after_the_exit_rings_nobody_and_stays_on_the_record():
    ward = in_phase("exit.death")
    ward.partner("ZBTB16")
    assert (ward.word("class"), ward.case.open, ward.phase) == ("resistant", {}, "exit.death")


@pytest.mark.parametrize("role", ["", "visitor", "laboratory", "nurse"])
def test_a_report_asks_for_no_role(role):
    ward = Ward()
    assert ward.do(RecordTherapy, by(role), drug="tretinoin", act="dose").status == "accepted"


def test_a_dose_while_never_implies_that_it_was_started():
    ward = Ward()
    ward.therapy("dose")
    assert ward.word("tretinoin") == "running"


@pytest.mark.parametrize(
    "fields",
    [
        {"test": "pml_rara", "method": "tea leaves", "status": "final", "result": "negative"},
        {"test": "horoscope", "method": "rt_pcr", "status": "final", "result": "negative"},
        {"test": "pml_rara", "method": "rt_pcr", "status": "who knows", "result": "negative"},
        {"test": "rar_partner", "method": "rt_pcr", "status": "final", "result": "partner_identified", "partner": "?!"},
        {"test": "rar_partner", "method": "karyotype", "status": "final", "karyotype": "t(11;17"},
    ],
)
def test_a_report_that_means_nothing_to_the_pathway_is_stored_and_says_nothing(fields):
    ward = Ward()
    assert ward.do(RecordReport, LABORATORY, **fields).status == "accepted"
    assert (ward.word("pml_rara"), ward.word("class"), ward.case.failed) == ("not_tested", "unnamed", ())


@pytest.mark.parametrize("value", ["", "clotted", "-3", "1e3", "٣٤", "9" * 50, "12 34", "<", ">=<4"])
def test_a_result_that_is_no_figure_is_stored_and_is_no_value(value):
    ward = Ward()
    position = ward.lab("fibrinogen", value, "1 08:30")
    assert (ward.read("fibrinogen").known, ward.case.labs["fibrinogen"][-1].position) == (False, position)


def test_a_code_that_is_not_mapped_is_stored():
    ward = Ward()
    found = ward.do(RecordResult, LABORATORY, loinc="0000-0", value="7", unit="mg/dL", collected_at=t("1 08:30"))
    assert (found.status, ward.events("ResultRecorded")[-1].why) == ("accepted", "the code is not mapped to an analyte")


def test_a_report_for_nobody_goes_to_quarantine():
    ward = bare()
    found = ward.do(RecordTherapy, by("nurse"), drug="tretinoin", act="dose")
    assert (refused(found), len(ward.engine.sites.quarantine().waiting())) == ("quarantined", 1)


def test_a_request_for_nobody_is_refused_and_not_kept_as_a_fact():
    ward = bare()
    found = ward.ask_for("tretinoin")
    assert (refused(found), len(ward.engine.sites.quarantine().waiting())) == ("no_such_case", 0)


def test_every_event_carries_its_command_and_the_chain_is_sound():
    ward = Ward(exposure="started").at("5 03:10")
    ward.partner("ZBTB16")
    ward.look("5 05:00")
    last = [each for each in ward.engine.timeline("c1") if each.type == "ReminderOpened" and each.body.reminder == "M3"]
    assert (last[0].command != "", last[0].cause is not None, ward.engine.verify("c1")) == (True, True, [])


# --- what no record can keep ------------------------------------------------------------------------------------------


def test_no_field_of_a_command_takes_a_time_or_number_that_its_event_could_not_be_read_with():
    found = []
    for kind in get_args(AnyCommand):
        for name, hint in get_type_hints(kind).items():
            whole, instants = {int, Instant} & {hint, *get_args(hint)}, Instant in (hint, *get_args(hint))
            if name in kind.__struct_fields__ and whole:
                said = kind(**(dict.fromkeys(kind.__struct_fields__) | {name: 2**60}))
                look = unreadable_time if instants else unreadable_number
                found.append((kind.__name__, name, look(said)))
    assert [each for each in found if each[1] != each[2]] == []
    assert ("RecordCourse", "day1", "day1") in found


@pytest.mark.parametrize(
    "kind, fields",
    [
        (RecordCourse, {"regimen": "x", "day1": Instant(2**60), "intensive": True}),
        (RecordResult, {"loinc": "3255-7", "value": "90", "unit": "mg/dL", "replaces": 2**60}),
        (RecordReport, {"test": "rar_partner", "method": "rt_pcr", "status": "final", "replaces": -(2**60)}),
    ],
)
def test_a_report_that_no_event_can_hold_is_quarantined_and_the_case_goes_on(kind: Any, fields: dict[str, Any]):
    ward = Ward()
    assert refused(ward.do(kind, LABORATORY, **fields)) == "unreadable"
    assert len(ward.engine.sites.quarantine().waiting()) == 1
    assert ward.engine.verify("c1") == []
    assert ward.engine.timeline("c1")
