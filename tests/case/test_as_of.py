"""What was true by one moment, as known by another: two clocks. cases.md K7a; clinical.md I6; safety.md P7, H25."""

import pytest

from tests.case.ward import CASE, Ward, t


@pytest.fixture
def corrected() -> Ward:
    """Fibrinogen of 3 March 08:00 was 160; on 5 March at 09:00 the laboratory makes it 106."""
    ward = Ward(exposure="started").at("3 08:40")
    first = ward.lab("fibrinogen", "160", "3 08:00")
    ward.at("5 02:00").lab("fibrinogen", "170", "5 01:40")
    ward.at("5 09:00").lab("fibrinogen", "106", "3 08:00", status="corrected", replaces=first)
    return ward


def fibrinogen(ward: Ward, occurred: str | None, recorded: str | None) -> str:
    """What a page would show."""
    picture = ward.engine.picture_as_of(CASE, t(occurred) if occurred else None, t(recorded) if recorded else None)
    return next(each.shown for each in picture.labs if each.name == "fibrinogen")


@pytest.mark.parametrize(
    "occurred, recorded, shown",
    [
        ("3 12:00", "3 12:00", "160 mg/dL"),  # what was known on day 3
        ("3 12:00", "5 08:59", "160 mg/dL"),
        ("3 12:00", "5 09:00", "106 mg/dL"),  # what was true on day 3
        ("3 12:00", None, "106 mg/dL"),
        (None, "3 12:00", "160 mg/dL"),
        (None, "5 08:59", "170 mg/dL"),
        (None, None, "170 mg/dL"),
        ("3 07:59", None, ""),  # not yet collected
        ("3 08:00", None, "106 mg/dL"),
        (None, "3 08:39", ""),  # collected, not yet known
    ],
)
def test_both_clocks_answer(corrected, occurred, recorded, shown):
    assert fibrinogen(corrected, occurred, recorded) == shown


def test_asking_changes_nothing(corrected):
    before = len(corrected.engine.timeline(CASE))
    fibrinogen(corrected, "3 12:00", "3 12:00")
    assert len(corrected.engine.timeline(CASE)) == before


def test_a_stop_entered_afterwards_is_true_from_its_own_time():
    ward = Ward(exposure="started").at("5 09:00")
    ward.stop(at=t("5 04:00"))

    def tretinoin(occurred: str, recorded: str) -> str:
        picture = ward.engine.picture_as_of(CASE, t(occurred), t(recorded))
        return next(each.value for each in picture.exposures if each.drug == "tretinoin")

    assert (tretinoin("5 06:00", "5 06:00"), tretinoin("5 06:00", "5 09:00")) == ("running", "stopped")


def test_a_report_is_true_from_its_authorisation_and_known_from_its_arrival():
    ward = Ward(exposure="started").at("5 09:00")
    ward.partner("ZBTB16", authorised_at=t("5 03:10"))
    known = ward.engine.case_as_of(CASE, t("5 04:00"), t("5 04:00"))
    true = ward.engine.case_as_of(CASE, t("5 04:00"), t("5 09:00"))
    assert ("rar_partner" in known.reports, "rar_partner" in true.reports) == (False, True)


def test_phases_and_reminders_replay_by_what_was_recorded(corrected):
    corrected.at("5 12:00").partner("ZBTB16")
    before = corrected.engine.case_as_of(CASE, None, t("5 11:59"))
    after = corrected.engine.case_as_of(CASE, None, t("5 12:00"))
    assert (before.regions["treatment"].leaf, after.regions["treatment"].leaf) == (
        "empiric_atra",
        "variant_confirmed.resistant",
    )
    assert (("M3", "") in before.open, ("M3", "") in after.open) == (False, True)


def test_a_retracted_fact_was_known_until_it_was_retracted():
    ward = Ward().at("3 09:00")
    value = ward.lab("fibrinogen", "92", "3 08:30")
    ward.at("3 11:00").retract(value)
    assert (fibrinogen(ward, None, "3 10:59"), fibrinogen(ward, None, "3 11:00")) == ("92 mg/dL", "")
