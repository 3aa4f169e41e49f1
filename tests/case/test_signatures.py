"""Signatures that stand and signatures that are owed: overrides that are reviewed, orders by voice that are signed."""

import pytest

from pathway.case.commands import Cosign, Decide, RecordTherapy, ReviewOverride, SettleReview, StopTherapy, Transition
from pathway.case.envelope import By
from pathway.case.words import describe
from tests.case.potassium import DOCTOR, NURSE, Patient, done, refused
from tests.case.story import t

OTHER = By("another doctor", "doctor")
LOW = 'refuse_when = "potassium >= low"\n'
OVERRIDE = 'override = { by = ["doctor"], second = true, review_after = "again" }\n'
CHANGES = {
    LOW: LOW + OVERRIDE,
    'when = "infusion is running and potassium >= low"': (
        'when = "infusion is running and potassium >= low and not infusion.overridden"'
    ),
}
REVIEW = """
[[reminders]]
id = "R3"
name = "review_override"
title = "Review the override"
line = "potassium"
for_each = { override = true }
when = "it.due reached and not it.reviewed"
due = "it.due"
done_when = "it.reviewed"
wordings = [{ name = "review", text = "{it}: does it still hold?" }]
ladder = [{ at = "opened", to = ["doctor by page"] }]
source = ["book"]
"""
VERBAL = """
[verbal_orders]
takers = ["nurse"]
givers = ["doctor"]
source = ["book"]

[[reminders]]
id = "R4"
name = "cosign"
title = "Sign for the verbal order"
line = "potassium"
for_each = { verbal = true }
when = "not it.signed"
due = "it.opened + lasts"
done_when = "it.signed"
wordings = [{ name = "sign", text = "{it}: sign or disown." }]
ladder = [{ at = "opened", to = ["doctor by inbox"] }]
source = ["book"]
"""
BY_VOICE = {"verbal_from": "doctor", "verbal_by": "a doctor"}


def overridden() -> tuple[Patient, int]:
    """An infusion that was signed for although potassium is not low, at `1 10:00`, to be reviewed at `1 14:00`."""
    patient = Patient(REVIEW, CHANGES).at("1 10:00")
    patient.lab("4.0", "1 09:50")
    assert refused(patient.ask()) == "prohibited"
    return patient, done(patient.ask(override=True, second="another doctor", reason="it falls by the hour"))


def test_a_signed_override_is_known_to_guards_and_keeps_the_invariant_from_ringing():
    patient, _ = overridden()
    assert patient.word("infusion.overridden") is True
    assert patient.bodies("ViolationBegan") == []
    flagged = [(each.kind, each.text, each.at) for each in patient.engine.picture("c1").flagged]
    assert flagged == [("override", "Potassium infusion: overridden, signed", t("1 10:00"))]


def test_its_review_opens_at_its_time_and_not_before():
    patient, position = overridden()
    assert "R3" not in patient.look("1 13:59").open
    assert ("R3", f"{position}.1") in patient.look("1 14:00").case.open


def test_an_override_that_nobody_reviewed_stands_no_more():
    patient, _ = overridden()
    patient.look("1 20:00")
    assert patient.word("infusion.overridden") is False
    (began,) = [each for each in patient.engine.timeline("c1") if each.type == "ViolationBegan"]
    assert began.occurred_at == t("1 14:00")


def test_a_confirmed_review_lets_it_stand_for_as_long_again_and_comes_again():
    patient, position = overridden()
    patient.look("1 14:00")
    confirm = {"position": position, "choice": "confirmed", "reason": "still falling"}
    assert refused(patient.do(ReviewOverride, DOCTOR, **confirm)) == "second"
    assert refused(patient.do(ReviewOverride, DOCTOR, **confirm, second="a doctor")) == "second"
    assert refused(patient.do(ReviewOverride, NURSE, **confirm, second="x")) == "role"
    assert refused(patient.do(ReviewOverride, DOCTOR, **(confirm | {"reason": " "}))) == "reason_needed"
    done(patient.do(ReviewOverride, DOCTOR, **confirm, second="another doctor"))
    assert "R3" not in patient.open
    assert patient.word("infusion.overridden") is True
    assert ("R3", f"{position}.2") in patient.look("1 18:00").case.open


def test_an_ended_override_stands_no_more_and_owes_no_review():
    patient, position = overridden()
    end = {"position": position, "choice": "ended", "reason": "it rises"}
    done(patient.do(ReviewOverride, DOCTOR, **end))
    assert patient.word("infusion.overridden") is False
    assert len(patient.bodies("ViolationBegan")) == 1
    assert "R3" not in patient.look("1 14:00").open
    assert refused(patient.do(ReviewOverride, DOCTOR, **end)) == "not_open"
    assert refused(patient.do(ReviewOverride, DOCTOR, **(end | {"position": 1}))) == "not_open"


def test_a_stop_ends_what_was_signed_for_and_a_later_dose_is_not_covered_by_it():
    patient, _ = overridden()
    done(patient.at("1 10:30").do(StopTherapy, DOCTOR, drug="potassium_infusion", form="intravenous"))
    assert patient.word("infusion.overridden") is False
    done(patient.do(RecordTherapy, NURSE, drug="potassium_infusion", act="dose", form="intravenous"))
    assert patient.word("infusion.overridden") is False


def test_an_answer_may_override_for_a_drug_while_it_stands():
    wait = 'answers = { wait = { by = ["doctor"] } }'
    signed = 'answers = { wait = { by = ["doctor"], review = "again", overrides = "infusion" } }'
    patient = Patient(changes={wait: signed}).at("1 10:00")
    patient.lab("2.5", "1 09:50")
    assert patient.word("infusion.overridden") is False
    answer = {"reminder": "R1", "choice": "wait", "reason": "renal failure", "review_at": t("1 13:00")}
    done(patient.do(Decide, DOCTOR, **answer))
    assert patient.word("infusion.overridden") is True
    patient.look("1 13:00")
    assert patient.word("infusion.overridden") is False


def verbal() -> tuple[Patient, int]:
    """An infusion that a nurse began on a doctor's spoken order."""
    patient = Patient(VERBAL, CHANGES).at("1 10:00")
    patient.lab("2.5", "1 09:50")
    assert refused(patient.ask(NURSE)) == "role"
    return patient, done(patient.ask(NURSE, **BY_VOICE))


def test_who_takes_an_order_may_do_what_its_giver_may_and_the_event_says_so():
    patient, position = verbal()
    event = next(each for each in patient.engine.timeline("c1") if each.position == position)
    assert event.by.actor == "a nurse"
    assert event.verbal is not None
    assert (event.verbal.giver, event.verbal.role) == ("a doctor", "doctor")
    assert describe(event, patient.pathway).endswith("on the spoken order of the doctor")
    marked = [each.position for each in patient.engine.timeline("c1") if each.verbal]
    assert marked == [position]
    assert ("R4", str(position)) in patient.case.open


@pytest.mark.parametrize(
    "who, fields",
    [
        (NURSE, {"verbal_from": "doctor"}),
        (NURSE, {"verbal_by": "a doctor"}),
        (NURSE, {"verbal_from": "nurse", "verbal_by": "a doctor"}),
        (NURSE, {"verbal_from": "doctor", "verbal_by": "a nurse"}),
        (NURSE, BY_VOICE | {"second": "another doctor"}),
        (DOCTOR, {"verbal_from": "doctor", "verbal_by": "another doctor"}),
    ],
)
def test_an_order_that_is_not_rightly_taken_is_refused(who, fields):
    patient = Patient(VERBAL).at("1 10:00")
    patient.lab("2.5", "1 09:50")
    assert refused(patient.ask(who, **fields)) == "verbal"


def test_where_the_file_takes_no_verbal_orders_there_are_none():
    patient = Patient().at("1 10:00")
    patient.lab("2.5", "1 09:50")
    assert refused(patient.ask(NURSE, **BY_VOICE)) == "verbal"


def test_a_voice_cannot_give_the_second_signature_of_an_override():
    patient = Patient(VERBAL, CHANGES).at("1 10:00")
    patient.lab("4.0", "1 09:50")
    asked = {"override": True, "reason": "told so", **BY_VOICE}
    assert refused(patient.ask(NURSE, **asked)) == "prohibited"
    assert refused(patient.ask(NURSE, **asked, second="another doctor")) == "verbal"


def test_a_patient_is_enrolled_on_a_spoken_order_too():
    patient = Patient(VERBAL)
    assert refused(patient.enrol(NURSE, "c2")) == "role"
    assert done(patient.enrol(NURSE, "c2", **BY_VOICE)) == 1
    assert patient.engine.case("c2").verbal[1].giver == "a doctor"


def test_only_the_giver_signs_and_only_once():
    patient, position = verbal()
    signed = {"order": position, "choice": "signed"}
    assert refused(patient.do(Cosign, OTHER, **signed)) == "role"
    assert refused(patient.do(Cosign, DOCTOR, **(signed | {"order": 1}))) == "not_open"
    assert refused(patient.do(Cosign, NURSE, **signed, **BY_VOICE)) == "verbal"
    done(patient.do(Cosign, DOCTOR, **signed))
    assert "R4" not in patient.open
    assert patient.case.reviews == {}
    assert refused(patient.do(Cosign, DOCTOR, **signed)) == "not_open"


@pytest.mark.parametrize("second", [" ", "a doctor ", "A Doctor"])
def test_neither_blanks_nor_capitals_make_a_second_person(second: str):
    patient = Patient(REVIEW, CHANGES).at("1 10:00")
    patient.lab("4.0", "1 09:50")
    assert refused(patient.ask(override=True, second=second, reason="it falls by the hour")) == "prohibited"
    position = done(patient.ask(override=True, second="another doctor", reason="it falls by the hour"))
    confirm = {"position": position, "choice": "confirmed", "reason": "still falling", "second": second}
    assert refused(patient.at("1 14:00").do(ReviewOverride, DOCTOR, **confirm)) == "second"


@pytest.mark.parametrize("giver", ["  ", NURSE.actor + " ", NURSE.actor.upper()])
def test_an_order_by_voice_names_somebody_else(giver: str):
    patient = Patient(VERBAL).at("1 10:00")
    assert refused(patient.ask(NURSE, verbal_from="doctor", verbal_by=giver)) == "verbal"


def test_who_gives_no_orders_cannot_sign_for_one_and_can_disown_it():
    patient = Patient(VERBAL).at("1 10:00")
    patient.lab("2.5", "1 09:50")
    order = done(patient.ask(NURSE, verbal_from="doctor", verbal_by="nurse B"))
    other = By("nurse B", "nurse")
    assert refused(patient.do(Cosign, other, order=order, choice="signed")) == "role"
    done(patient.do(Cosign, other, order=order, choice="disowned", reason="I give no orders"))


def test_an_order_is_signed_for_after_the_case_has_ended_too():
    patient, position = verbal()
    patient.at("1 11:00").lab("4.0", "1 10:50")
    done(patient.do(Transition, DOCTOR, transition="K3"))
    assert refused(patient.do(Cosign, DOCTOR, order=1, choice="signed")) == "closed"
    done(patient.do(Cosign, DOCTOR, order=position, choice="signed"))


def test_a_disowned_order_puts_the_act_under_review():
    patient, position = verbal()
    disowned = {"order": position, "choice": "disowned"}
    assert refused(patient.do(Cosign, DOCTOR, **disowned)) == "reason_needed"
    done(patient.do(Cosign, DOCTOR, **disowned, reason="I was not asked"))
    (review,) = patient.case.reviews.values()
    assert (review.decision, review.urgent) == (position, True)
    assert "disowned" in review.about
    assert "R4" not in patient.open
    done(patient.do(SettleReview, DOCTOR, review=review.number, choice="confirmed", reason="right all the same"))
