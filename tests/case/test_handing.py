"""Handing a reminder to a named person, taking it over, giving it back. Offered is not taken. safety.md P4, H32."""

import pytest

from pathway.case.commands import AcceptHandOver, DeclineHandOver, HandBack, HandOver, TakeOver
from pathway.case.picture import ReminderSeen
from pathway.clinical.instant import span
from tests.case.ward import CASE, IDENTIFIERS, SHIPPED, Ward, by, refused, t

ANNA = by("nurse", "nurse.anna")
BEN = by("nurse", "nurse.ben")
MARY = by("haematologist", "dr.mary")
FOR_BEN = {"to": "nurse.ben", "to_role": "nurse", "reason": "end of my shift"}
CALL = {"reminder": "M37"}
OFFERED_FOR = span(SHIPPED.form.settings["offered_for"].value)


@pytest.fixture
def ward() -> Ward:
    """M37 (call an experienced centre) and M49 open since 1 March 09:00, without a ladder at night."""
    return Ward().look("1 10:00")


def seen(ward: Ward, reminder: str = "M37") -> ReminderSeen:
    """A reminder as a page shows it."""
    return next(each for each in ward.engine.picture(CASE).reminders if each.reminder == reminder)


def told(ward: Ward, kind: str) -> list[tuple[str, str, int, str]]:
    """Role, channel, severity and text of the notices of a kind."""
    found = [notice for notice, _ in ward.store.notices(CASE) if notice.kind == kind]
    return [(each.role, each.channel, each.severity, each.text) for each in found]


def hand_to_ben(ward: Ward) -> None:
    """Anna offers it, Ben accepts."""
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    ward.done(ward.do(AcceptHandOver, BEN, **CALL))


def test_a_reminder_is_the_roles_until_the_person_named_accepts(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    assert (seen(ward).owner_person, seen(ward).offered_to) == ("", "nurse.ben")
    assert seen(ward).offered_until == t("1 10:00") + OFFERED_FOR
    ward.at("1 10:05").done(ward.do(AcceptHandOver, BEN, **CALL))
    assert (seen(ward).owner_person, seen(ward).owner_role, seen(ward).offered_to) == ("nurse.ben", "nurse", "")
    assert ward.events("ReminderTaken")[0].offered_by == "nurse.anna"


def test_the_person_named_is_told_with_the_account_and_without_the_reason(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **(FOR_BEN | {"reason": "Mrs Example is anxious"})))
    ((role, channel, severity, text),) = told(ward, "offer")
    assert (role, channel, severity) == ("nurse", "inbox", 2)
    assert "offered to nurse.ben, accept or decline by 10:30: ward H1, case c1" in text
    assert "Example" not in text


def test_an_offer_of_a_critical_reminder_pages():
    ward = Ward(exposure=None)
    ward.therapy("started", "1 08:30", next_dose_at=t("1 20:00"))
    ward.partner("ZBTB16")
    ward.done(ward.do(HandOver, MARY, reminder="M3", to="dr.noor", to_role="physician", reason="in theatre"))
    ((role, channel, severity, _),) = told(ward, "offer")
    assert (role, channel, severity) == ("physician", "page", 0)


@pytest.mark.parametrize("then", ["offered", "accepted"])
def test_the_ladder_rings_on_at_the_same_times_to_the_same_roles(then):
    rings = []
    for handed in (False, True):
        ward = Ward(exposure=None)
        ward.therapy("started", "1 08:30", next_dose_at=t("5 08:00"))
        ward.at("5 03:10").partner("ZBTB16")
        if handed:
            ward.done(ward.do(HandOver, MARY, reminder="M3", to="dr.noor", to_role="physician", reason="in theatre"))
        if handed and then == "accepted":
            ward.done(ward.do(AcceptHandOver, by("physician", "dr.noor"), reminder="M3"))
        ward.look("5 08:00")
        rings.append(ward.rang("M3"))
    assert rings[0] == rings[1] != []


def test_an_offer_that_nobody_answers_rings_again_to_the_one_who_made_it(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    ward.look("1 10:29")
    assert ward.events("OfferLapsed") == []
    ward.look("1 11:30")
    (lapsed,) = [each for each in ward.engine.timeline(CASE) if each.type == "OfferLapsed"]
    assert (lapsed.occurred_at, lapsed.body.offered_by, lapsed.body.tells) == (t("1 10:30"), "nurse.anna", "nurse")
    role, channel, severity, text = told(ward, "offer")[-1]
    assert (role, channel, severity) == ("nurse", "page", 1)
    assert "nurse.anna: nurse.ben did not accept" in text
    assert (seen(ward).offered_to, seen(ward).owner_person) == ("", "")
    assert refused(ward.do(AcceptHandOver, BEN, **CALL)) == "not_offered"


def test_the_case_asks_to_be_looked_at_when_the_offer_ends(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    assert ward.store.head(CASE).next_look <= t("1 10:30")
    assert ward.store.due_cases(t("1 10:30"), 5) == [CASE]


def test_an_answered_offer_does_not_ring_again(ward):
    hand_to_ben(ward)
    ward.look("1 12:00")
    assert ward.events("OfferLapsed") == []


def test_a_declined_offer_goes_back_with_a_word_to_whoever_made_it(ward):
    ward.done(ward.do(HandOver, MARY, **CALL, **FOR_BEN))
    assert refused(ward.do(DeclineHandOver, BEN, **CALL)) == "reason_needed"
    ward.done(ward.do(DeclineHandOver, BEN, **CALL, reason="two emergencies"))
    role, _, _, text = told(ward, "offer")[-1]
    assert role == "haematologist"
    assert "declined by nurse.ben" in text
    assert "emergencies" not in text
    assert (seen(ward).offered_to, seen(ward).owner_person) == ("", "")


@pytest.mark.parametrize(
    "who, code",
    [(ANNA, "not_you"), (by("physician", "nurse.ben"), "role"), (by("nurse", "Nurse.Ben"), "")],
)
def test_only_the_person_named_accepts_in_the_role_named(ward, who, code):
    ward.done(ward.do(HandOver, MARY, **CALL, **FOR_BEN))
    assert refused(ward.do(AcceptHandOver, who, **CALL)) == code


def test_any_clinician_takes_over_at_once_and_an_offer_that_waits_ends(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    ward.done(ward.do(TakeOver, by("pharmacist", "ph.lee"), **CALL))
    assert (seen(ward).owner_person, seen(ward).offered_to) == ("ph.lee", "")
    ward.done(ward.do(TakeOver, BEN, **CALL))
    assert seen(ward).owner_person == "nurse.ben"
    assert refused(ward.do(TakeOver, BEN, **CALL)) == "yours"
    assert refused(ward.do(TakeOver, by("laboratory"), **CALL)) == "role"


def test_only_who_has_it_gives_it_back_and_with_a_reason(ward):
    hand_to_ben(ward)
    assert refused(ward.do(HandBack, ANNA, **CALL, reason="busy")) == "not_yours"
    assert refused(ward.do(HandBack, BEN, **CALL)) == "reason_needed"
    ward.done(ward.do(HandBack, BEN, **CALL, reason="called to theatre"))
    assert seen(ward).owner_person == ""
    assert refused(ward.do(HandBack, BEN, **CALL, reason="busy")) == "not_yours"


def test_a_move_ends_ownership_and_offers(ward):
    hand_to_ben(ward)
    ward.done(ward.do(HandOver, ANNA, reminder="M49", **FOR_BEN))
    ward.bed("ICU", "1")
    assert [(each.owner_person, each.offered_to) for each in (seen(ward), seen(ward, "M49"))] == [("", ""), ("", "")]
    ward.look("1 12:00")
    assert ward.events("OfferLapsed") == []


def test_the_next_occurrence_is_the_roles_again(ward):
    ward.done(ward.do(TakeOver, BEN, reminder="M1", subject="fibrinogen"))
    ward.panel("1 09:50")
    ward.look("1 22:30")
    assert ward.due("M1", "fibrinogen").ordinal == 2
    assert ward.due("M1", "fibrinogen").owner is None


def test_after_an_exit_there_is_nothing_left_to_take(ward):
    hand_to_ben(ward)
    ward.die("1 10:00")
    assert refused(ward.do(TakeOver, BEN, **CALL)) == "closed"


@pytest.mark.parametrize(
    "more, code",
    [
        ({"reason": " "}, "reason_needed"),
        ({"to_role": "astronaut"}, "unknown_role"),
        ({"to": " "}, "unknown_person"),
        ({"to": "n" * 65}, "unknown_person"),
        ({"to": "nurse.ben\nand all"}, "unknown_person"),
        ({"to": "NURSE.anna"}, "same_person"),
        ({"reminder": "M3"}, "not_open"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_with_its_reason(ward, more, code):
    assert refused(ward.do(HandOver, ANNA, **(CALL | FOR_BEN | more))) == code


def test_a_second_offer_waits_for_the_answer_to_the_first(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    assert refused(ward.do(HandOver, MARY, **CALL, **(FOR_BEN | {"to": "nurse.carl"}))) == "offered"


def test_handing_moves_no_clinical_version_and_no_due_time(ward):
    before = (ward.case.clinical_version, seen(ward).due_at)
    hand_to_ben(ward)
    assert (ward.case.clinical_version, seen(ward).due_at) == before


def test_any_cadence_of_looks_gives_the_same_record():
    def lived(looks: list[str]) -> list[tuple[object, ...]]:
        ward = Ward().look("1 10:00")
        ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
        for each in looks:
            ward.look(each)
        return [(each.position, each.type, each.occurred_at, each.body) for each in ward.engine.timeline(CASE)]

    assert lived(["1 16:00"]) == lived(["1 10:10", "1 10:30", "1 11:00", "1 13:13", "1 16:00"])


def test_identifiers_never_enter_an_offer(ward):
    ward.done(ward.do(HandOver, ANNA, **CALL, **FOR_BEN))
    assert not any(word in text for _, _, _, text in told(ward, "offer") for word in IDENTIFIERS.values())
