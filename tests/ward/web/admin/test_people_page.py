"""Accounts in a browser: opened, given roles and secrets, closed, by the commands that the command line sends too."""

import re

import pytest

from pathway.site.accounts.grant import Grant
from tests.ward.test_signing_in import OWN
from tests.ward.web.admin.conftest import Before, form, press
from tests.ward.web.conftest import OWN_FORM, words
from tests.ward.web.signing.conftest import Two
from ward.people.signing_in import proven, sign_ins, signed_in

PEOPLE = "/admin/people"
TIM = f"{PEOPLE}/nurse.tim"


def opened(before: Before, two: Two, **fields: str) -> str:
    """Open an account for a nurse in a browser; the secret that the page shows."""
    said = {"account": "nurse.tim", "name": "Tim T.", "kind": "person", "role": "nurse", "ward": "H1", "scopes": ""}
    answer = press(before(), PEOPLE, PEOPLE, **(said | fields))
    assert answer.status_code == 200, words(answer.text)
    found = re.search(r'<p class="secret"><code>([^<]+)</code>', answer.text)
    return found[1] if found else ""


def test_a_person_is_opened_with_a_role_and_a_password_that_is_shown_once_and_opens_one_sign_in(before, two):
    password = opened(before, two)
    held = two.house.engine.sites.accounts().held["nurse.tim"]
    assert (held.name, held.grants) == ("Tim T.", (Grant("nurse", "H1"),))
    assert proven(two.house, "nurse.tim", password).must_change
    assert password not in before().get(TIM).text


def test_a_form_that_is_sent_twice_opens_one_account_and_shows_no_second_password(before, two):
    browser = before()
    said = form(browser.get(PEOPLE).text, PEOPLE) | {"account": "nurse.tim", "name": "Tim", "kind": "person"}
    first, second = (browser.post(PEOPLE, data=said, headers=OWN_FORM) for _ in range(2))
    assert 'class="secret"' in first.text
    assert 'class="secret"' not in second.text
    assert "was sent before" in words(second.text)


def test_a_role_is_given_and_taken_away(before, two):
    browser, anna = before(), f"{PEOPLE}/nurse.anna"
    assert press(browser, anna, f"{anna}/grant", role="physician", ward="H1").status_code == 303
    assert Grant("physician", "H1") in two.house.engine.sites.accounts().held["nurse.anna"].grants
    assert press(browser, anna, f"{anna}/revoke", "physician").status_code == 303
    assert two.house.engine.sites.accounts().held["nurse.anna"].grants == (Grant("nurse", "H1"),)
    assert "The role is taken away" in words(browser.get(f"{anna}?done=revoke").text)


def test_nobody_gives_themselves_a_role_and_the_page_says_why(before, two):
    own = f"{PEOPLE}/admin"
    answer = press(before(), own, f"{own}/grant", role="consultant", ward="*")
    assert answer.status_code == 409
    assert "Nothing was done" in words(answer.text)
    assert two.house.engine.sites.accounts().held["admin"].grants == (Grant("administrator", "*"),)


def test_a_service_gets_a_token_that_is_shown_once_and_ended(before, two):
    service = f"{PEOPLE}/feed.two"
    said = {"account": "feed.two", "name": "Feed", "kind": "service", "role": "laboratory", "ward": "*"}
    said |= {"scopes": "RecordResult"}
    browser = before()
    assert press(browser, PEOPLE, PEOPLE, **said).headers["location"] == f"{service}?done=opened"
    page = press(browser, service, f"{service}/token")
    token = re.search(r'<p class="secret"><code>([^<]+)</code>', page.text)[1]
    assert signed_in(two.house, token).scopes == ("RecordResult",)
    assert press(browser, service, f"{service}/end-token").status_code == 303
    assert signed_in(two.house, token) is None


def test_sign_ins_are_listed_and_ended_one_by_one(before, two):
    other = before("nurse.anna")
    assert other.get("/account").status_code == 200
    anna = f"{PEOPLE}/nurse.anna"
    assert press(before(), anna, f"{anna}/end-sign-in").status_code == 303
    assert sign_ins(two.house, "nurse.anna") == ()
    assert other.get("/account").status_code == 303


def test_a_closed_account_is_marked_and_offers_nothing(before, two):
    browser, ben = before(), f"{PEOPLE}/nurse.ben"
    assert press(browser, ben, f"{ben}/close").status_code == 303
    page = browser.get(ben).text
    assert "Closed" in words(page)
    assert f'action="{ben}/' not in page


def test_a_password_is_given_anew_and_ended(before, two):
    opened(before, two)
    browser = before()
    page = press(browser, TIM, f"{TIM}/reset")
    new = re.search(r'<p class="secret"><code>([^<]+)</code>', page.text)[1]
    assert proven(two.house, "nurse.tim", new).must_change
    assert press(browser, TIM, f"{TIM}/end-password").status_code == 303
    assert "There is none" in words(browser.get(TIM).text)
    assert OWN not in page.text


@pytest.mark.parametrize("at", [PEOPLE, f"{PEOPLE}/nurse.anna"])
def test_who_does_not_look_after_accounts_sees_none_however_often_they_ask(before, at):
    browser = before("nurse.anna")
    for _ in range(2):
        answer = browser.get(at)
        assert answer.status_code == 403
        assert "physician.emil" not in answer.text


def test_who_may_not_open_accounts_is_denied_and_shown_no_list(before, two):
    page = before("admin").get(PEOPLE).text
    nurse = before("nurse.anna")
    own = re.search(r'name="csrf" value="([0-9a-f]+)"', nurse.get("/account").text)[1]
    said = form(page, PEOPLE) | {"csrf": own, "account": "x.y", "name": "X", "kind": "person"}
    answer = nurse.post(PEOPLE, data=said, headers=OWN_FORM)
    assert answer.status_code == 403
    assert "x.y" not in two.house.engine.sites.accounts().held
    assert "physician.emil" not in answer.text


def test_an_auditor_reads_the_accounts_and_is_told_why_there_is_no_button(before):
    page = before("auditor").get(f"{PEOPLE}/nurse.anna").text
    assert f'action="{PEOPLE}' not in page
    assert "auditor may not GrantRole" in words(page)


def test_a_form_without_its_word_is_refused(before, two):
    browser = before()
    said = form(browser.get(PEOPLE).text, PEOPLE) | {"csrf": "0", "account": "x.y", "name": "X"}
    assert browser.post(PEOPLE, data=said, headers=OWN_FORM).status_code == 403
    assert "x.y" not in two.house.engine.sites.accounts().held


def test_a_role_for_which_no_ward_is_said_is_given_for_none(before, two):
    browser, anna = before(), f"{PEOPLE}/nurse.anna"
    answer = press(browser, anna, f"{anna}/grant", role="physician", ward=" ")
    assert answer.status_code == 409
    assert "not said on which ward" in words(answer.text)
    assert two.house.engine.sites.accounts().held["nurse.anna"].grants == (Grant("nurse", "H1"),)
