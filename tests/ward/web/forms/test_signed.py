"""Who answers for an act: a second person, an order by voice, a refusal that is signed for; by roles and by proof."""

import html
import re

import pytest

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from pathway.site.accounts.commands import OpenAccount
from pathway.site.accounts.grant import Grant
from tests.ward.test_signing_in import OWN, START
from tests.ward.test_signing_in import Ward as Staffed
from tests.ward.web.conftest import OWN_FORM, browser_of, csrf, sign_in, words
from tests.ward.web.forms.conftest import CASE, GONE, WHO, As, Form, Person
from ward.reading import HouseReads
from ward.wiring import House


def test_every_clinician_may_hold_and_only_a_doctor_stops(nurse: Person):
    assert nurse.at("RecordTherapy", "Hold tretinoin") != GONE
    assert "nurse takes" not in words(nurse.listed())
    stop = nurse.open("StopTherapy", "Stop tretinoin")
    assert "On a spoken order" in stop.said
    assert "On the spoken order of: physician, haematologist, consultant" in stop.said


def test_a_pharmacist_is_told_to_hold_and_whom_to_ask(somebody: As):
    said = words(somebody("pharmacist.kim", "pharmacist").listed())
    assert "Stop for good the role pharmacist may not do this; hold it now; ask: physician, haematologist" in said


def test_a_nurse_starts_a_drug_on_a_spoken_order_and_the_giver_is_asked_to_sign(
    nurse: Person, somebody: As, house: House
):
    form = nurse.open("StopTherapy", "Stop tretinoin")
    unnamed = form.check(**WHO)
    assert unnamed.status == 409
    assert "the role nurse may not do this" in unnamed.said
    checked = form.check(**WHO, verbal_by="physician.emil", verbal_from="physician")
    assert "on the spoken order of the physician" in checked.said
    assert checked.confirm().status == 303
    given = somebody("physician.emil", "physician")
    assert given.at("Cosign", "Sign for the spoken order") != GONE
    done = given.open("Cosign", "Sign for the spoken order").check(choice="signed").confirm()
    assert done.status == 303
    assert "signed" in done.said


def test_a_move_that_two_sign_is_made_by_two(doctor: Person, house: House):
    form = doctor.open("Transition", "Entered in error")
    typed = WHO | {"reasons.why_in_error": "a copy of another case", "linked": "demo-04"}
    assert "Another person signs with you." in form.said
    alone = form.check(**typed)
    assert alone.status == 409
    assert "Not done: a second person must sign" in alone.said
    assert "a copy of another case" in alone.said
    checked = alone.check(**typed, second="consultant.ida")
    assert checked.status == 200, checked.said
    assert "Dr Ida, consultant (invented) signs for what stands above." in checked.said
    assert checked.confirm().status == 303
    signed = [each for each in house.engine.timeline(CASE) if each.second_by is not None]
    assert signed[-1].second_by.actor == "consultant.ida"


def test_nobody_signs_with_themselves(doctor: Person):
    typed = WHO | {"reasons.why_in_error": "a copy", "linked": "demo-04", "second": "haematologist.greta"}
    form = doctor.open("Transition", "Entered in error")
    assert 'value="haematologist.greta"' not in form.page
    refused = form.check(**typed)
    assert refused.status == 403
    assert "the second signature is not proven" in refused.said


def test_a_refused_request_is_signed_for_with_a_reason_and_a_second(somebody: As, house: House):
    doctor = somebody("haematologist.greta", "haematologist", "demo-04")
    form = doctor.open("RequestTherapy", "Start tretinoin")
    assert "This is refused" in form.said
    who = {"who.number": "INVENTED-4", "who.family_name": "INVENTED"}
    plain = form.check(**who, reason="agreed")
    assert plain.status == 409
    assert "override: haematologist or consultant, a reason, and a second person" in plain.said
    signed = {**who, "reason": "agreed by telephone", "override.yes": "yes", "second": "consultant.ida"}
    checked = form.check(**signed)
    assert checked.status == 200, checked.said
    assert "Override signed for start tretinoin" in checked.said
    assert checked.confirm().status == 303
    assert len(house.engine.case("demo-04").overrides) == 1


def test_a_reminder_goes_from_hand_to_hand(doctor: Person, somebody: As):
    offered = doctor.open("HandOver", "M41").check(
        to="haematologist.hugo", to_role="haematologist", reason="end of shift"
    )
    assert offered.confirm().status == 303
    hugo = somebody("haematologist.hugo", "haematologist")
    taken = hugo.open("AcceptHandOver", "M41").check()
    assert "haematologist.hugo answers for it" in taken.said
    assert taken.confirm().status == 303
    assert hugo.open("HandBack", "M41").check(reason="called away").confirm().status == 303
    assert hugo.at("AcceptHandOver", "M41") == GONE


def test_a_rule_is_reported_and_rings_on(nurse: Person, house: House):
    done = nurse.open("ReportRule", "M41").check(reason="two families decide together here").confirm()
    assert "rule reported as wrong" in done.said
    assert ("M41", "") in house.engine.case(CASE).open


# --- somebody of another ward ----------------------------------------------------------------------------------------


@pytest.fixture
def stranger(house: House) -> Person:
    """A nurse of another ward, to whom the patient is not open."""
    opened = OpenAccount(
        id="o", by=By("admin", "administrator"), account="nurse.far", name="Far", grants=(Grant("nurse", "S1"),)
    )
    assert house.engine.handle(opened).status == "accepted"
    return Person(sign_in(browser_of(HouseReads(house), house), "nurse.far", "nurse", "S1"))


def test_a_clinician_of_another_ward_holds_a_drug_and_sees_nothing_of_the_patient(stranger: Person, house: House):
    denied = stranger.browser.get(f"/case/{CASE}/do")
    assert denied.status_code == 403
    assert f'href="/case/{CASE}/do/RecordTherapy"' in denied.text
    choice = stranger.browser.get(f"/case/{CASE}/do/RecordTherapy")
    assert choice.status_code == 200
    at = re.search(r'class="offer open" href="([^"]*)">Record: tretinoin', choice.text)[1]
    form = Form(stranger, html.unescape(at), stranger.browser.get(html.unescape(at)).text)
    checked = form.check(**WHO, act="held")
    done = checked.confirm()
    assert done.status == 303
    assert "It is written." in done.said
    for page in (choice.text, form.page, checked.page, done.page):
        assert "This patient is not open to you" in words(page)
        for word in ("INVENTED, Three", "INVENTED-3", "bed 3", "effective", "daily review"):
            assert word not in words(page), word
    assert house.engine.picture(CASE).exposures[0].value == "held"


@pytest.mark.parametrize("command", ["RecordResult", "Transition", "StopTherapy", "Acknowledge"])
def test_nothing_else_is_open_to_them(stranger: Person, command: str):
    assert stranger.browser.get(f"/case/{CASE}/do/{command}").status_code == 403


# --- a live store ----------------------------------------------------------------------------------------------------


class Live(Staffed):
    """A live store with one patient and two haematologists who have passwords."""

    def __init__(self) -> None:
        super().__init__()
        for account in ("dr.greta", "dr.hugo"):
            self.settle(account, self.admin.open_person(account, account.title(), (Grant("haematologist", "H1"),)))
        enrol = Enrol(
            id="e", case="c1", by=By("dr.greta", "haematologist"), pathway="variant_apl", zone="Europe/Berlin",
            presented_at=Instant(START - 3600 * SECOND), ward="H1", bed="3", patient="p1",
            identifiers={"name": "Beispiel, Anna", "born": "1981-07-14", "number": "4471"},
        )  # fmt: skip
        assert self.house.engine.handle(enrol).status == "accepted"

    def person(self, account: str) -> Person:
        """Somebody signed in by their password."""
        browser = browser_of(HouseReads(self.house), self.house)
        form = {"csrf": csrf(browser.get("/sign-in").text), "account": account, "password": OWN, "next": "/"}
        assert browser.post("/sign-in", data=form, headers=OWN_FORM).status_code == 303
        return Person(browser, "c1")


@pytest.fixture
def live() -> Live:
    return Live()


def test_the_second_person_signs_by_their_own_password_for_what_they_have_seen(live: Live):
    form = live.person("dr.greta").open("Transition", "Entered in error")
    typed = {
        "who.born": "14-Jul-1981", "who.number": "4471", "reasons.why_in_error": "a copy", "linked": "c2",
        "second": "dr.hugo",
    }  # fmt: skip
    wrong = form.check(**typed | {"second_password": "not this one"})
    assert wrong.status == 403
    assert "name or password is not right" in wrong.said
    assert "not this one" not in wrong.page
    live.clock.set(Instant(live.clock.now() + 60 * SECOND))
    checked = form.check(**typed, second_password=OWN)
    assert checked.status == 200, checked.said
    assert OWN not in checked.page
    assert "Password of Dr.Hugo" in checked.said
    assert checked.confirm().status == 403
    live.clock.set(Instant(live.clock.now() + 60 * SECOND))
    assert checked.confirm(second_password=OWN).status == 303
    assert live.house.store.head("c1").closed


def test_a_live_form_lists_nobody_to_sign(live: Live):
    page = live.person("dr.greta").open("Transition", "Entered in error").page
    assert "dr.hugo" not in page
    assert re.search(r'name="second_password" value="" type="password"', page)
