"""What must never hold: I1 arsenic without PML::RARA, I2 tretinoin in a resistant variant. clinical.md 1.3; C9, C12."""

import pytest

from tests.case.ward import Ward, by, refused, t


def broken(ward: Ward) -> list[tuple[str, tuple[str, ...]]]:
    """The invariants broken so far, and whom that told."""
    return [(each.invariant, each.tells) for each in ward.events("ViolationBroken")]


# --- I1 ---------------------------------------------------------------------------------------------------------------


def test_a_recorded_dose_of_arsenic_is_stored_is_a_deviation_and_rings():
    ward = Ward().at("2 10:00")
    position = ward.therapy("dose", drug="arsenic_trioxide", form="intravenous")
    assert ward.word("arsenic_trioxide") == "running"
    assert [(each.rule, each.target) for each in ward.case.deviations] == [("start_arsenic_trioxide", position)]
    assert [(name, "consultant" in tells) for name, tells in broken(ward)] == [("I1", True)]


def test_the_notices_of_the_dose_are_critical_and_go_to_consultant_haematologist_and_pharmacist():
    ward = Ward().at("2 10:00")
    ward.therapy("dose", drug="arsenic_trioxide", form="intravenous")
    told = {(each.kind, each.role, each.severity) for each, _ in ward.store.notices("c1")}
    for role in ("consultant", "haematologist", "pharmacist"):
        assert ("violation", role, 0) in told
        assert ("deviation", role, 0) in told


@pytest.mark.parametrize("state", ["not tested", "pending", "one negative", "two negatives", "conflicting", "positive"])
@pytest.mark.parametrize("act", ["order", "start", "resume"])
def test_arsenic_is_refused_whatever_is_known_and_nobody_overrides(state, act):
    ward = Ward().at("2 10:00")
    if state == "pending":
        ward.pml("rt_pcr", "", "ordered")
    if state in ("one negative", "two negatives", "conflicting"):
        ward.pml("rt_pcr")
    if state == "two negatives":
        ward.pml("dual_fusion_fish")
    if state in ("conflicting", "positive"):
        ward.pml("dual_fusion_fish" if state == "conflicting" else "rt_pcr", "positive")
    signed = {"override": True, "reason": "as the trial says", "second": "somebody else"}
    for who in (by("haematologist"), by("consultant")):
        assert refused(ward.ask_for("arsenic_trioxide", act, who, form="intravenous", **signed)) == "prohibited"
    assert ward.word("arsenic_trioxide") == "never"


def test_the_refusal_says_that_there_is_no_override():
    found = Ward().ask_for("arsenic_trioxide", who=by("haematologist"), form="intravenous")
    assert found.refusal is not None
    assert "no override" in found.refusal.mend


def test_it_holds_again_once_arsenic_is_stopped():
    ward = Ward().at("2 10:00")
    ward.therapy("dose", drug="arsenic_trioxide", form="intravenous")
    ward.stop("physician", "arsenic_trioxide", form="intravenous")
    assert ("I1" in ward.case.violations, len(ward.events("ViolationEnded"))) == (False, 1)


# --- I2 ---------------------------------------------------------------------------------------------------------------


def confirmed(at: str, next_dose: str | None = None, zone: str = "UTC", act: str = "started") -> Ward:
    """Tretinoin in this act when ZBTB16 is confirmed."""
    ward = Ward(exposure=None, zone=zone)
    ward.therapy(act, "1 08:30", next_dose_at=t(next_dose) if next_dose else None)
    ward.at(at).partner("ZBTB16")
    return ward


def test_the_deadline_is_the_next_planned_dose():
    assert confirmed("5 03:10", "5 06:30").case.violations["I2"].deadline == t("5 06:30")


def test_a_planned_dose_beyond_twelve_hours_does_not_lengthen_it():
    assert confirmed("5 03:10", "5 20:00").case.violations["I2"].deadline == t("5 15:10")


def test_without_a_planned_dose_it_is_the_next_round_of_the_site():
    assert confirmed("5 03:10").case.violations["I2"].deadline == t("5 08:00")


def test_the_round_is_local_time():
    assert confirmed("5 03:10", zone="Europe/Berlin").case.violations["I2"].deadline == t("5 07:00")


def test_a_planned_dose_that_is_past_counts_as_none():
    assert confirmed("5 03:10", "4 20:00").case.violations["I2"].deadline == t("5 08:00")


@pytest.mark.parametrize("act", ["started", "ordered"])
def test_it_is_broken_at_its_deadline_and_tells_the_consultant(act):
    ward = confirmed("5 03:10", "5 06:30", act=act)
    ward.look("5 06:29")
    assert broken(ward) == []
    ward.look("5 06:30")
    assert broken(ward) == [("I2", ("consultant",))]


def test_it_is_not_broken_by_somebody_who_stopped_in_time():
    ward = confirmed("5 03:10", "5 06:30")
    ward.at("5 05:00").stop()
    ward.look("5 12:00")
    assert (broken(ward), ward.case.violations) == ([], {})


def test_unknown_exposure_neither_breaks_it_nor_keeps_it():
    ward = Ward(exposure=None).at("5 03:10")
    ward.partner("ZBTB16")
    assert (ward.case.violations, "M3" in ward.open) == ({}, True)


def test_a_dose_after_the_stop_breaks_it_at_once():
    ward = confirmed("5 03:10", "5 06:30")
    ward.at("5 04:05").stop()
    ward.at("5 20:00").therapy("dose")
    assert broken(ward) == [("I2", ("consultant",))]


def test_a_stop_with_a_time_to_come_does_not_end_it():
    ward = confirmed("5 03:10", "5 06:30")
    ward.at("5 05:00").stop(at=t("5 08:00"))
    ward.look("5 06:31")
    assert broken(ward) == [("I2", ("consultant",))]


def test_a_cream_is_no_exposure():
    ward = Ward(exposure="never")
    ward.therapy("dose", "1 08:30", form="topical")
    ward.at("5 03:10").partner("ZBTB16")
    assert (ward.case.violations, "M3" in ward.open) == ({}, False)
