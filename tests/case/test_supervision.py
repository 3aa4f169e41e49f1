"""The class of supervision, its latch, and the two moves of supervision. safety.md 3, P6, C8, C10, C11, H20, H22."""

import pytest

from tests.case.ward import Ward, refused, t


@pytest.fixture
def calm() -> Ward:
    """Class S3 since the second panel on target, on 1 March at 20:00."""
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    ward.at("1 20:00").panel("1 19:40")
    return ward


@pytest.fixture
def severe() -> Ward:
    """Latched by fibrinogen 92, on 1 March at 12:00."""
    ward = Ward().at("1 12:00")
    ward.panel("1 11:40", fibrinogen="92")
    return ward


# --- the class --------------------------------------------------------------------------------------------------------


def test_nothing_measured_is_the_strictest_class():
    assert Ward().word("recheck_class") == "s1"


def test_a_clinician_who_said_nothing_does_not_hold_a_normal_case_in_the_strictest_class(calm):
    assert (calm.word("recheck_class"), calm.read("clinician_judges_severe").known) == ("s3", False)


@pytest.mark.parametrize(
    "values, row",
    [
        ({"fibrinogen": "149"}, "s2"),
        ({"fibrinogen": "150"}, "s3"),
        ({"platelets": "49"}, "s2"),
        ({"platelets": "50"}, "s3"),
        ({"inr": "1.5"}, "s2"),
        ({"inr": "1.4"}, "s3"),
        ({"fibrinogen": "99"}, "s1"),
        ({"fibrinogen": "100"}, "s2"),
        ({"platelets": "29", "inr": "1.5"}, "s1"),
        ({"platelets": "29", "inr": "1.4"}, "s2"),
        ({"platelets": "30", "inr": "1.5"}, "s2"),
    ],
)
def test_the_class_follows_the_values_at_every_edge(calm, values, row):
    calm.at("2 12:00").panel("2 11:40", **values)
    assert calm.word("recheck_class") == row


@pytest.mark.parametrize("analyte", ["fibrinogen", "platelets", "inr"])
def test_a_value_grows_old_after_36_hours_and_tightens_the_class_by_itself(calm, analyte):
    for other in {"fibrinogen", "platelets", "inr", "pt"} - {analyte}:
        calm.at("2 20:00").lab(
            other, {"fibrinogen": "220", "platelets": "90", "inr": "1.1", "pt": "12"}[other], "2 19:40"
        )
    calm.look("3 07:39")
    assert calm.word("recheck_class") == "s3"
    calm.look("3 07:41")
    assert calm.word("recheck_class") == "s1"
    assert calm.due("M1", "fibrinogen").level == "s1"


@pytest.mark.parametrize("word, row", [("minor", "s3"), ("significant", "s1"), ("pulmonary", "s1"), ("cns", "s1")])
def test_bleeding_that_matters_tightens_at_once(calm, word, row):
    calm.at("2 06:00").finding("bleeding", word)
    assert calm.word("recheck_class") == row


def test_a_product_keeps_the_class_at_twelve_hours_for_a_day(calm):
    calm.at("2 06:00").product("platelets", "started")
    calm.product("platelets", "ended", "2 06:00")
    assert calm.word("recheck_class") == "s2"


def test_red_cells_are_no_such_product(calm):
    calm.at("2 06:00").product("red_cells", "started")
    assert calm.word("recheck_class") == "s3"


def test_the_class_tightens_at_once_and_the_recheck_is_due_now_and_late_from_now(calm):
    calm.at("2 05:00").finding("bleeding", "significant")
    found = calm.due("M1", "fibrinogen")
    assert (found.level, found.due_at, found.started_at) == ("s1", t("2 05:00"), t("2 05:00"))


def test_one_better_panel_loosens_nothing(severe):
    severe.finding("clinician_judges_severe", "no")
    severe.at("1 18:00").panel("1 17:40")
    severe.release()
    assert severe.word("recheck_class") == "s1"


def test_two_better_panels_less_than_six_hours_apart_loosen_nothing():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    ward.at("1 15:10").panel("1 15:09")
    assert ward.word("recheck_class") == "s1"


def test_two_better_panels_six_hours_apart_loosen_to_the_class_of_both():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    ward.at("1 15:20").panel("1 15:10")
    assert ward.word("recheck_class") == "s3"


def test_a_better_second_panel_loosens_only_as_far_as_the_first_reached():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10", fibrinogen="120")
    ward.at("1 15:20").panel("1 15:10")
    assert ward.word("recheck_class") == "s2"
    ward.at("1 21:20").panel("1 21:10")
    assert ward.word("recheck_class") == "s3"


def test_a_worse_panel_between_begins_the_count_anew():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    ward.at("1 12:00").lab("fibrinogen", "90", "1 11:50")
    ward.at("1 15:20").panel("1 15:10")
    assert ward.word("recheck_class") == "s1"


def test_a_product_in_the_last_day_forbids_to_loosen():
    ward = Ward().at("1 09:30")
    ward.product("platelets", "started", "1 09:00")
    ward.product("platelets", "ended", "1 09:30")
    ward.panel("1 09:20")
    ward.at("1 16:00").panel("1 15:40")
    assert ward.word("recheck_class") == "s1"
    ward.at("2 09:31").panel("2 09:25")
    assert ward.word("recheck_class") != "s1"


def test_a_resistant_variant_is_watched_closely_for_48_hours_after_the_last_dose():
    ward = Ward(exposure=None)
    ward.therapy("dose", "1 08:00")
    for day, clock in ((1, "09:30"), (1, "20:00")):
        ward.at(f"{day} {clock}").panel(f"{day} {clock}")
    ward.at("2 04:00").partner("ZBTB16")
    ward.stop(at=t("2 04:00"))
    assert ward.word("recheck_class") == "s1"
    ward.at("3 01:00").panel("3 00:50")
    ward.at("3 07:30").panel("3 07:20")
    ward.look("3 07:59")
    assert ward.word("recheck_class") == "s1"
    ward.look("3 08:01")
    ward.at("3 14:30").panel("3 14:10")
    assert ward.word("recheck_class") == "s3"


# --- the latch --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"fibrinogen": "99"},
        {"platelets": "29", "inr": "1.5"},
        {"finding": ("bleeding", "cns")},
        {"finding": ("bleeding", "pulmonary")},
        {"finding": ("clinician_judges_severe", "yes")},
    ],
)
def test_each_criterion_sets_the_latch(calm, given):
    calm.at("2 08:00")
    if "finding" in given:
        calm.finding(*given["finding"])
    else:
        calm.panel("2 07:40", **given)
    assert "severe" in calm.case.latches


def test_an_overt_score_sets_it():
    ward = Ward().at("1 12:00")
    ward.panel("1 11:40", fibrinogen="180", platelets="60", inr="1.3")
    ward.lab("pt", "17", "1 11:50")
    ward.finding("d_dimer_rise", "strong")
    assert ("severe" in ward.case.latches, ward.read("isth").value.low) == (True, 5)


def test_a_score_that_may_be_overt_sets_nothing():
    ward = Ward().at("1 12:00")
    ward.lab("fibrinogen", "180", "1 11:40")
    ward.lab("platelets", "60", "1 11:40")
    assert "severe" not in ward.case.latches


def test_it_stays_when_a_product_corrected_the_number(severe):
    severe.at("1 13:00").product("cryoprecipitate", "started")
    severe.at("1 15:00").panel("1 14:40", fibrinogen="190")
    assert (severe.word("severe"), severe.word("recheck_class")) == (True, "s1")


def test_it_is_not_released_while_a_criterion_holds(severe):
    assert refused(severe.release()) == "guard"


def test_it_is_not_released_while_a_criterion_cannot_be_decided(severe):
    severe.look("3 12:00")
    assert (severe.read("fibrinogen").known, refused(severe.release())) == (False, "guard")


def test_it_is_released_when_every_criterion_is_a_certain_no(severe):
    severe.at("2 14:00").panel("2 13:40")
    assert refused(severe.release()) == "guard"
    severe.look("3 14:00")
    assert severe.release().status == "accepted"
    assert "severe" not in severe.case.latches


def test_a_criterion_in_between_begins_the_day_anew(severe):
    severe.at("2 14:00").panel("2 13:40")
    severe.at("2 20:00").panel("2 19:40", fibrinogen="96")
    severe.at("3 02:00").panel("3 01:40")
    severe.look("3 14:00")
    assert refused(severe.release()) == "guard"
    severe.at("4 02:00").panel("4 01:40")
    assert severe.release().status == "accepted"


def test_a_product_in_the_last_day_keeps_the_latch(severe):
    severe.at("2 14:00").panel("2 13:40")
    severe.at("3 08:00").product("cryoprecipitate", "started")
    severe.at("3 15:00").panel("3 14:40")
    assert refused(severe.release()) == "guard"


@pytest.mark.parametrize("role", ["nurse", "charge_nurse", "pharmacist", "laboratory"])
def test_only_doctors_release_it(severe, role):
    severe.at("2 14:00").panel("2 13:40")
    assert refused(severe.release(role)) == "role"


def test_a_release_without_a_reason_is_refused(severe):
    severe.at("2 14:00").panel("2 13:40")
    assert refused(severe.release(reason="  ")) == "reason_needed"


def test_the_clinicians_no_closes_the_offer_and_never_the_interval(severe):
    severe.pml_negative()
    assert "tretinoin_offer_severe" in {each.name for each in severe.engine.picture("c1").proposals}
    severe.finding("clinician_judges_severe", "no")
    assert "tretinoin_offer_severe" not in {each.name for each in severe.engine.picture("c1").proposals}
    assert severe.word("recheck_class") == "s1"


def test_the_fall_of_a_permission_never_proposes_to_stop_a_running_drug():
    ward = Ward().at("1 12:00")
    ward.pml_negative()
    ward.panel("1 11:40", fibrinogen="92")
    ward.ask_for("tretinoin")
    ward.at("2 14:00").panel("2 13:40")
    ward.release()
    assert (ward.word("tretinoin"), "M3" in ward.open) == ("running", False)


# --- end and re-opening -----------------------------------------------------------------------------------------------


def ended(ward: Ward) -> Ward:
    """Supervision ended by a haematologist."""
    assert ward.move("S01").status == "accepted"
    return ward


def test_a_doctor_ends_supervision_and_its_reminders_go(calm):
    ended(calm)
    assert (calm.supervision, calm.open & {"M1", "M2", "M38"}) == ("ended", set())


@pytest.mark.parametrize("role", ["nurse", "charge_nurse", "pharmacist", "laboratory", "duty_manager"])
def test_nobody_else_ends_it(calm, role):
    assert refused(calm.move("S01", role)) == "role"


def test_it_does_not_end_while_severe(severe):
    assert refused(severe.move("S01")) == "guard"


def test_an_end_that_cannot_be_decided_needs_a_signed_reason():
    ward = Ward()
    assert refused(ward.move("S01")) == "reason_needed"
    assert ward.move("S01", reason="no haemorrhage, palliative intent discussed").status == "accepted"


def test_good_numbers_never_end_it_by_themselves(calm):
    for day in (2, 3, 4, 5):
        calm.at(f"{day} 19:00").panel(f"{day} 18:40")
    assert calm.supervision == "running"


def test_no_move_of_the_treatment_ends_it(calm):
    calm.pml_negative()
    calm.begin_7plus3()
    assert (calm.phase, calm.supervision) == ("induction.seven_plus_three", "running")


@pytest.mark.parametrize("word", ["minor", "significant", "pulmonary", "cns"])
def test_bleeding_opens_it_again(calm, word):
    ended(calm).at("3 02:00").finding("bleeding", word)
    assert (calm.supervision, calm.is_open("M1", "fibrinogen")) == ("running", True)


def test_a_low_fibrinogen_opens_it_again(calm):
    ended(calm).at("3 02:00").lab("fibrinogen", "149", "3 01:40")
    assert (calm.supervision, calm.is_open("M38", "fibrinogen")) == ("running", True)


def test_a_fibrinogen_on_target_does_not(calm):
    ended(calm).at("3 02:00").lab("fibrinogen", "150", "3 01:40")
    assert calm.supervision == "ended"


@pytest.mark.parametrize("drug", ["tretinoin", "arsenic_trioxide"])
def test_a_new_dose_opens_it_again(calm, drug):
    form = "oral" if drug == "tretinoin" else "intravenous"
    ended(calm).at("3 02:00").therapy("dose", drug=drug, form=form)
    assert calm.supervision == "running"


def test_what_happened_before_the_end_does_not_open_it_again(calm):
    calm.at("2 06:00").finding("bleeding", "minor")
    ended(calm.at("2 08:00"))
    calm.look("2 20:00")
    assert calm.supervision == "ended"
