"""Acknowledging, putting off and moving bed: what pauses whom, and for how long. safety.md M3, C14, H32, H40, 4.3."""

import pytest

from pathway.definition.load import shipped
from tests.case.ward import Ward, refused, t

MINUTE = 60_000_000


@pytest.fixture
def stop() -> Ward:
    """M3 open since 5 March 03:10, the next dose at 08:00."""
    ward = Ward(exposure=None)
    ward.therapy("started", "1 08:30", next_dose_at=t("5 08:00"))
    ward.at("5 03:10").partner("ZBTB16")
    return ward


# --- acknowledging ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["physician", "haematologist", "consultant"])
def test_a_doctor_pauses_the_whole_ladder_for_an_hour(stop, role):
    stop.at("5 03:20").acknowledge("M3", role)
    stop.look("5 04:19")
    assert [at for at, _ in stop.rang("M3")] == [t("5 03:10")]
    stop.look("5 04:20")
    assert {"physician", "consultant"} <= stop.told("M3")


def test_the_pause_ends_half_an_hour_before_the_next_dose():
    ward = Ward(exposure=None)
    ward.therapy("started", "1 08:30", next_dose_at=t("5 04:00"))
    ward.at("5 03:10").partner("ZBTB16")
    ward.at("5 03:12").acknowledge("M3")
    assert ward.due("M3").acks[-1].until == t("5 03:30")


def test_a_dose_so_near_that_no_pause_is_left_pauses_nothing():
    ward = Ward(exposure=None)
    ward.therapy("started", "1 08:30", next_dose_at=t("5 03:30"))
    ward.at("5 03:10").partner("ZBTB16")
    ward.at("5 03:12").acknowledge("M3")
    ward.look("5 03:25")
    assert any(at == t("5 03:25") and "haematologist" in to for at, to in ward.rang("M3"))


def test_taking_note_moves_no_due_time_and_closes_nothing(stop):
    before = stop.due("M3").due_at
    stop.at("5 03:20").acknowledge("M3")
    assert (stop.due("M3").due_at, stop.due("M3").answered) == (before, False)


@pytest.mark.parametrize("role", ["nurse", "charge_nurse", "pharmacist"])
def test_a_nurse_or_pharmacist_silences_no_doctor(stop, role):
    stop.at("5 03:12").acknowledge("M3", role)
    stop.look("5 05:10")
    rang = stop.rang("M3")
    assert any(at == t("5 03:25") and "haematologist" in to for at, to in rang)
    assert (t("5 03:40"), ("physician",)) in rang
    assert (t("5 04:10"), ("consultant",)) in rang


def test_a_nurse_pauses_the_charge_nurse_no_more_than_the_physician():
    ward = Ward().at("1 08:59")
    ward.look("1 09:05")
    ward.acknowledge("M1", "nurse", "fibrinogen")
    ward.look("1 10:01")
    assert {"charge_nurse", "physician"} <= ward.told("M1", "fibrinogen")


def test_a_charge_nurse_pauses_her_own_rung():
    ward = Ward().look("1 09:10")
    ward.acknowledge("M1", "charge_nurse", "fibrinogen")
    ward.look("1 10:05")
    rang = [roles for _, roles in ward.rang("M1", "fibrinogen")]
    assert (("charge_nurse",) in rang, ("physician",) in rang) == (False, True)
    ward.look("1 10:10")
    assert (t("1 10:10"), ("charge_nurse",)) in ward.rang("M1", "fibrinogen")


def test_a_pause_ends_by_itself_and_the_rungs_it_held_back_ring(stop):
    stop.at("5 03:20").acknowledge("M3")
    stop.look("5 04:20")
    told = {role for at, roles in stop.rang("M3") if at == t("5 04:20") for role in roles}
    assert told == {"haematologist", "charge_nurse", "physician", "consultant"}


@pytest.mark.parametrize("role", ["laboratory", "duty_manager", ""])
def test_only_clinicians_take_note(stop, role):
    assert refused(stop.acknowledge("M3", role)) == "role"


def test_what_is_not_open_cannot_be_acknowledged(stop):
    assert refused(stop.acknowledge("M46")) == "not_open"


# --- moving -----------------------------------------------------------------------------------------------------------


def test_a_move_voids_every_acknowledgement(stop):
    stop.at("5 03:20").acknowledge("M3")
    stop.at("5 03:45").bed("ICU", "1")
    assert {"physician"} <= stop.told("M3")


def test_a_move_keeps_the_due_time_and_the_ladder(stop):
    before = stop.due("M3")
    stop.at("5 03:45").bed("ICU", "1")
    after = stop.due("M3")
    assert (after.due_at, after.opened_at, after.started_at) == (before.due_at, before.opened_at, before.started_at)


def test_a_move_voids_a_putting_off():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    due = ward.due("M1", "fibrinogen").due_at
    ward.at("1 15:00").snooze("M1", "fibrinogen")
    assert ward.due("M1", "fibrinogen").due_at == due + 90 * MINUTE
    ward.at("1 15:05").bed("ICU", "1")
    assert ward.due("M1", "fibrinogen").due_at == due


def test_notices_name_the_ward_where_the_patient_is_now(stop):
    stop.at("5 03:20").bed("ICU", "1")
    stop.look("5 03:26")
    last = [notice for notice, _ in stop.store.notices("c1") if notice.kind == "rung"][-1]
    assert (last.ward, "ward ICU" in last.text) == ("ICU", True)


# --- putting off ------------------------------------------------------------------------------------------------------


@pytest.fixture
def recheck() -> Ward:
    """M1 of fibrinogen due at 15:10 in class S1; it is 15:00."""
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10")
    assert ward.due("M1", "fibrinogen").due_at == t("1 15:10")
    return ward.at("1 15:00")


def test_a_recheck_is_put_off_by_a_quarter_of_its_interval(recheck):
    recheck.snooze("M1", "fibrinogen")
    assert recheck.due("M1", "fibrinogen").due_at == t("1 16:40")


def test_it_is_put_off_once(recheck):
    recheck.snooze("M1", "fibrinogen")
    assert refused(recheck.snooze("M1", "fibrinogen")) == "once"


@pytest.mark.parametrize("zone, until", [("UTC", "1 22:00"), ("Asia/Tokyo", "1 21:00"), ("Asia/Kolkata", "1 22:20")])
def test_it_is_not_put_off_past_the_end_of_the_shift_at_the_site(zone, until):
    ward = Ward(zone=zone).at("1 15:00")
    ward.panel("1 14:50")
    assert ward.due("M1", "fibrinogen").due_at == t("1 20:50")
    ward.at("1 20:40").snooze("M1", "fibrinogen")
    assert ward.due("M1", "fibrinogen").due_at == t(until)


def test_what_is_due_in_the_next_shift_cannot_be_put_off_in_this_one(recheck):
    assert refused(recheck.at("1 13:59").snooze("M1", "fibrinogen")) == "shift_end"
    assert recheck.due("M1", "fibrinogen").due_at == t("1 15:10")
    assert recheck.at("1 14:00").snooze("M1", "fibrinogen").status == "accepted"


def test_a_site_has_its_own_shifts():
    shifts = 'pathway = "variant_apl"\nversion = 1\n[settings.shift_changes]\nrounds = ["07:00", "19:00"]\n'
    signed = 'reason = "two shifts here"\nsigned_by = "head of nursing"\nsecond = "medical director"\n'
    ward = Ward(pathway=shipped("variant_apl", 1, overrides=shifts + signed)).at("1 12:00")
    ward.panel("1 11:50")
    ward.at("1 17:50").snooze("M1", "fibrinogen")
    assert ward.due("M1", "fibrinogen").due_at == t("1 19:00")


def test_it_is_not_put_off_when_the_last_value_was_critical():
    ward = Ward().at("1 09:30")
    ward.panel("1 09:10", fibrinogen="92")
    assert refused(ward.at("1 15:00").snooze("M1", "fibrinogen")) == "no_snooze"


def test_it_is_not_put_off_when_nobody_knows_the_last_value():
    assert refused(Ward().snooze("M1", "fibrinogen")) == "no_snooze"


def test_it_needs_a_reason(recheck):
    assert refused(recheck.snooze("M1", "fibrinogen", reason=" ")) == "reason_needed"


def test_a_sample_that_could_not_be_taken_is_put_off_once_by_half_the_interval(recheck):
    recheck.snooze("M1", "fibrinogen", kind="not_possible")
    assert recheck.due("M1", "fibrinogen").due_at == t("1 18:10")
    assert refused(recheck.snooze("M1", "fibrinogen", kind="not_possible")) == "once"


def test_what_was_put_off_rings_at_its_new_time(recheck):
    recheck.snooze("M1", "fibrinogen")
    recheck.look("1 16:41")
    assert [at for at, _ in recheck.rang("M1", "fibrinogen")][-1] == t("1 16:40")


def test_a_check_after_a_product_is_never_snoozed_and_once_put_off_by_half_an_hour():
    ward = Ward().at("1 12:00")
    ward.product("platelets", "started", "1 11:20")
    ward.product("platelets", "ended", "1 11:50")
    subject = next(key for name, key in ward.case.open if name == "M2")
    assert refused(ward.snooze("M2", subject)) == "no_snooze"
    ward.snooze("M2", subject, kind="not_possible")
    assert ward.due("M2", subject).due_at == t("1 13:20")
    assert refused(ward.snooze("M2", subject, kind="not_possible")) == "once"


@pytest.mark.parametrize("reminder", ["M3", "M46", "M50"])
def test_the_critical_questions_about_tretinoin_are_never_put_off(reminder):
    assert Ward().pathway.reminders[reminder].snooze is None
    assert Ward().pathway.reminders[reminder].not_possible is None
