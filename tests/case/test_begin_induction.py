"""M41: induction begun, or a deferral signed with its end. safety.md 4.5, H09, C4; clinical.md R17, A5."""

import pytest

from tests.case.ward import Ward, refused, t


@pytest.fixture
def negative() -> Ward:
    """PML::RARA negative by the second method at `2 04:00`."""
    ward = Ward().at("1 15:00")
    ward.pml("rt_pcr")
    assert "M41" not in ward.open
    ward.at("2 04:00").pml("dual_fusion_fish")
    return ward


def test_the_second_negative_gives_24_hours(negative):
    assert negative.due("M41").due_at == t("3 04:00")


def test_two_reports_of_one_method_are_not_two_methods():
    ward = Ward().at("1 15:00")
    ward.pml("rt_pcr", report_no="a")
    ward.pml("rt_pcr", report_no="b")
    assert "M41" not in ward.open


@pytest.mark.parametrize("partner", ["ZBTB16", "STAT5B", "PRKAR1A", "GTF2I"])
def test_a_resistant_or_unclassified_partner_gives_24_hours_whatever_pml_rara(partner):
    ward = Ward().at("1 15:00")
    ward.partner(partner)
    assert ward.due("M41").due_at == t("2 15:00")


def test_a_sensitive_partner_asks_for_no_aml_induction(negative):
    negative.partner("NPM1")
    assert negative.closed("M41") == ["withdrawn"]


def test_it_climbs_to_the_consultant_after_another_24_hours(negative):
    negative.look("4 04:01")
    assert negative.rang("M41") == [
        (t("2 04:00"), ("haematologist",)),
        (t("3 04:00"), ("haematologist",)),
        (t("4 04:00"), ("consultant",)),
    ]


def test_beginning_does_it(negative):
    assert negative.begin_7plus3().status == "accepted"
    assert (negative.closed("M41"), "M41" in negative.open) == (["done"], False)


def test_a_deferral_brings_it_back_at_its_review(negative):
    negative.at("2 09:00").answer("M41", "defer", review_at=t("3 08:00"))
    assert negative.due("M41").due_at == t("3 08:00")
    negative.look("3 08:01")
    assert negative.rang("M41")[-1] == (t("3 08:00"), ("haematologist",))


def test_a_deferral_may_be_renewed_day_by_day(negative):
    negative.at("2 09:00").answer("M41", "defer", review_at=t("3 08:00"))
    negative.at("3 07:30").answer("M41", "defer", review_at=t("4 07:30"))
    negative.at("4 07:00").answer("M41", "defer", review_at=t("5 07:00"))
    assert (negative.due("M41").due_at, negative.closed("M41")) == (t("5 07:00"), ["done"] * 3)


@pytest.mark.parametrize("review", ["2 08:59", "3 09:01"])
def test_a_deferral_ends_within_24_hours(negative, review):
    assert refused(negative.at("2 09:00").answer("M41", "defer", review_at=t(review))) == "review_at"


def test_a_deferral_of_24_hours_to_the_minute_is_accepted(negative):
    assert negative.at("2 09:00").answer("M41", "defer", review_at=t("3 09:00")).status == "accepted"


def test_a_deferral_without_an_end_is_refused(negative):
    assert refused(negative.answer("M41", "defer")) == "review_at"


@pytest.mark.parametrize("role", ["nurse", "charge_nurse", "physician", "pharmacist", "laboratory"])
def test_only_haematologist_and_consultant_defer(negative, role):
    assert refused(negative.answer("M41", "defer", role, review_at=t("2 20:00"))) == "role"


def test_a_positive_report_withdraws_it(negative):
    negative.pml("rna_sequencing", "positive")
    assert negative.closed("M41") == ["withdrawn"]
