"""What two people sign and what waits for somebody's word: definitions, broken glass, quarantine."""

import re

import pytest

from pathway.case.commands import RecordResult
from pathway.case.envelope import By
from pathway.site.accounts.commands import BreakGlass
from tests.ward.web.admin.conftest import Before, press
from tests.ward.web.conftest import OWN_FORM, words
from tests.ward.web.signing.conftest import NOW, Two

DEFINITIONS, GLASS, QUARANTINE = "/admin/definitions", "/admin/glass", "/admin/quarantine"


def digest(two: Two) -> str:
    """The definition of the patients."""
    return next(each.digest for each in two.house.pathways if each.name == "variant_apl")


# --- definitions -----------------------------------------------------------------------------------------------------


def test_a_definition_is_approved_by_two_who_have_the_role(before: Before, two: Two):
    one = digest(two)
    browser, at = before("consultant.ida"), f"{DEFINITIONS}/{one}/approve"
    assert press(browser, DEFINITIONS, at, second="consultant.juri").status_code == 303
    approved = two.house.engine.sites.definitions().approved[one]
    assert (approved.by.actor, approved.body.second) == ("consultant.ida", "consultant.juri")
    assert "Signed by consultant.ida (consultant) and consultant.juri" in words(browser.get(DEFINITIONS).text)


@pytest.mark.parametrize("second", ["", "consultant.ida", "nobody"])
def test_one_alone_approves_nothing(before: Before, two: Two, second: str):
    answer = press(before("consultant.ida"), DEFINITIONS, f"{DEFINITIONS}/{digest(two)}/approve", second=second)
    assert answer.status_code in {403, 409}
    assert "Nothing was done" in words(answer.text)
    assert two.house.engine.sites.definitions().approved == {}


def test_a_definition_is_withdrawn_with_a_reason_and_a_time(before: Before, two: Two):
    browser, at = before("consultant.ida"), f"{DEFINITIONS}/{digest(two)}/withdraw"
    said = {"second": "consultant.juri", "within": "72 h"}
    assert press(browser, DEFINITIONS, at, reason="", **said).status_code == 409
    assert press(browser, DEFINITIONS, at, reason="a wrong limit", **said).status_code == 303
    page = words(browser.get(DEFINITIONS).text)
    assert "Withdrawn for safety" in page
    assert "a wrong limit" in page
    assert "c1" in page
    assert "c1" not in words(before().get(DEFINITIONS).text), "the administrator sees no list of cases"


def test_an_administrator_signs_for_no_definition_and_is_told_why(before: Before, two: Two):
    page = before().get(DEFINITIONS).text
    assert f'action="{DEFINITIONS}' not in page
    assert "admin may not ApproveDefinition as administrator" in words(page)


def test_the_book_of_a_definition_is_a_page_without_a_style_of_its_own(before: Before, two: Two):
    browser, at = before("nurse.anna"), f"{DEFINITIONS}/{digest(two)}/book"
    page = browser.get(at)
    assert "Protocol book" in words(page.text)
    assert "<style" not in page.text
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.text)[1]
    assert "font" in browser.get(style).text
    assert browser.get(f"{DEFINITIONS}/0/book").status_code == 404


# --- broken glass ----------------------------------------------------------------------------------------------------


def broken(two: Two) -> None:
    """A nurse of H1 has reached the patient of S1."""
    by = By("nurse.anna", "nurse")
    command = BreakGlass(id="g", by=by, account="nurse.anna", patient_case="c2", reason="arrest on the stairs")
    assert two.house.engine.handle(command).status == "accepted"


def test_a_glass_waits_until_another_person_has_reviewed_it(before: Before, two: Two):
    broken(two)
    browser = before()
    assert "1 glass is not reviewed" in words(browser.get("/admin").text)
    page = words(browser.get(GLASS).text)
    assert "Waits for a review" in page
    assert "arrest on the stairs" in page
    assert press(browser, GLASS, GLASS, choice="", reason="seen").status_code == 409
    assert press(browser, GLASS, GLASS, choice="justified", reason="seen by two").status_code == 303
    reviewed = two.house.engine.sites.accounts().glass[1]
    assert (reviewed.reviewed.choice, reviewed.reviewed_by.actor) == ("justified", "admin")
    assert "Reviewed: Justified" in words(browser.get(GLASS).text)


def test_a_late_review_is_marked(before: Before, two: Two):
    broken(two)
    browser = before()
    two.clock.advance(4 * 24 * 3600 * 1_000_000)
    page = words(before().get(GLASS).text)
    assert "Review is late" in page
    assert browser is not None


def test_a_nurse_reads_no_broken_glass(before: Before, two: Two):
    broken(two)
    answer = before("nurse.anna").get(GLASS)
    assert answer.status_code == 403
    assert "arrest" not in answer.text


# --- quarantine ------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(two: Two) -> str:
    """The address of a report of which nobody knows whose it is."""
    lab = By("lab", "laboratory", "feed")
    command = RecordResult(id="r", case="nobody", by=lab, loinc="3255-7", value="40", unit="mg/dL", collected_at=NOW)
    two.house.engine.handle(command)
    assert list(two.house.engine.sites.quarantine().held) == [1]
    return f"{QUARANTINE}/1"


def test_what_a_report_says_is_shown_to_those_who_may_settle_it_and_logged(before: Before, two: Two, report: str):
    page = words(before("physician.emil").get(report).text)
    assert "3255-7" in page
    assert "mg/dL" in page
    assert "collected at 05-Mar-2026 02:00" in page
    seen = two.house.store.accesses(actor="physician.emil")
    assert ("report", ("quarantine/1",)) in [(each.what, each.cases) for each in seen]


def test_an_administrator_sees_that_a_report_waits_and_not_what_it_says(before: Before, report: str):
    browser = before()
    assert "Report 1" in words(browser.get(QUARANTINE).text)
    page = browser.get(report).text
    assert "3255-7" not in page
    assert "mg/dL" not in page
    assert "admin may not read `report`" in words(page)
    assert f'action="{report}"' not in page


def test_a_report_is_recorded_in_the_case_that_it_belongs_to(before: Before, two: Two, report: str):
    browser = before("physician.emil")
    answer = press(browser, report, report, "matched", to="c1", reason="name and number")
    assert answer.status_code == 303, words(answer.text)
    assert two.house.engine.sites.quarantine().held[1].settled == "matched"
    assert "None waits" in words(browser.get(QUARANTINE).text)
    assert "Matched" in words(browser.get(f"{QUARANTINE}?settled=true").text)


def test_a_report_that_is_nobodys_needs_a_reason(before: Before, two: Two, report: str):
    browser = before("physician.emil")
    assert press(browser, report, report, "rejected", reason="").status_code == 409
    assert press(browser, report, report, "rejected", reason="a test of the device").status_code == 303
    assert two.house.engine.sites.quarantine().held[1].settled == "rejected"


def test_a_report_is_given_to_no_case_of_another_ward(before: Before, two: Two, report: str):
    answer = press(before("physician.emil"), report, report, "matched", to="c2", reason="a guess")
    assert answer.status_code == 403
    assert two.house.engine.sites.quarantine().held[1].settled == ""


def test_an_administrator_who_sends_the_form_all_the_same_is_denied(before: Before, two: Two, report: str):
    browser = before()
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(report).text)[1]
    said = {"csrf": own, "id": "x", "how": "rejected", "to": "", "reason": "none"}
    assert browser.post(report, data=said, headers=OWN_FORM).status_code == 403
    assert two.house.engine.sites.quarantine().held[1].settled == ""


def test_the_patient_of_a_report_is_chosen_by_bed_and_name_on_ones_wards(two: Two, before: Before, report: str):
    page = before("physician.emil").get(report).text
    assert '<input type="radio" name="to" value="c1">' in page
    assert "<strong>Bed 3</strong> Name c1" in page
    assert "Name c2" not in page
    looks = [each for each in two.house.store.accesses(case="c1") if each.by.actor == "physician.emil"]
    assert "board" in {each.what for each in looks}


@pytest.mark.parametrize("find, seen", [("name C1", True), ("bed 3", True), ("c1", True), ("nobody", False)])
def test_a_patient_is_found_by_bed_name_or_token(before: Before, report: str, find: str, seen: bool):
    page = before("physician.emil").get(report, params={"find": find}).text
    assert ('value="c1"' in page) is seen
    assert ("Nobody is found by it" in page) is not seen


def test_a_report_goes_to_the_patient_that_was_chosen_or_typed(two: Two, before: Before, report: str):
    answer = press(before("physician.emil"), report, report, "matched", to="c1", typed="", reason="by name and number")
    assert answer.status_code == 303
    held = two.house.engine.sites.quarantine().held[1]
    assert (held.settled, held.to) == ("matched", "c1")


def test_nobody_is_listed_to_whoever_may_not_settle(before: Before, report: str):
    assert "Name c1" not in before("admin").get(report).text
