"""One's own account: the role one looks on in, the sign-ins that live, the password; and nobody else's."""

import pytest

from pathway.clinical.instant import SECOND
from pathway.site.accounts.commands import RevokeRole
from pathway.site.accounts.grant import Grant
from tests.ward.test_signing_in import OWN
from tests.ward.web.conftest import OWN_FORM, csrf, sign_in, words
from tests.ward.web.signing.conftest import ADMIN, enter, said, send, token
from ward.people.secret import fingerprint
from ward.people.signing_in import sign_ins, signed_in

NEW = "four grey donkeys"


# --- roles -----------------------------------------------------------------------------------------------------------


def test_another_role_shows_other_pages_under_another_token(two):
    browser = sign_in(two.browser(), "demo", "physician", "H1")
    two.open("both", Grant("nurse", "H1"), Grant("auditor", "*"))
    browser = sign_in(two.browser(), "both", "nurse", "H1")
    before, word = token(browser), csrf(browser.get("/account").text)
    assert 'href="/">Board' in browser.get("/account").text
    assert send(browser, "/account/stand", **{"as": "auditor "}).status_code == 303
    assert token(browser) != before
    assert signed_in(two.house, before) is None
    page = browser.get("/account").text
    assert "You" in page
    assert 'href="/">Board' not in page
    assert "auditor, every ward you look on in this role" in words(page)
    # What was on the screen in the other role is not sent in this one.
    answer = browser.post("/account/stand", data={"csrf": word, "as": "nurse H1"}, headers=OWN_FORM)
    assert answer.status_code == 403


def test_nobody_looks_on_in_a_role_that_is_not_theirs(two):
    browser = sign_in(two.browser(), "nurse.anna", "nurse", "H1")
    for other in ("physician H1", "nurse S1", "nurse ", "administrator ", ""):
        assert send(browser, "/account/stand", **{"as": other}).status_code == 403
    assert "Anna, nurse (invented) nurse, H1" in words(browser.get("/").text)


def test_a_button_does_not_give_a_role_that_the_account_has_not(two):
    browser = sign_in(two.browser(), "nurse.anna", "administrator", "*")
    assert "nurse, H1" in words(browser.get("/account").text)
    assert "administrator" not in words(browser.get("/account").text)


def test_a_role_that_is_taken_is_gone_from_the_next_page(two):
    two.open("both", Grant("nurse", "H1"), Grant("physician", "S1"))
    browser = sign_in(two.browser(), "both", "physician", "S1")
    assert "Name c2" in words(browser.get("/").text)
    gone = RevokeRole(id="r1", by=ADMIN, account="both", role="physician", ward="S1")
    assert two.house.engine.handle(gone).status == "accepted"
    page = words(browser.get("/").text)
    assert "nurse, H1" in page
    assert "Name c2" not in page


# --- sign-ins --------------------------------------------------------------------------------------------------------


def test_ones_own_sign_ins_are_listed_and_ended_and_those_of_others_are_not(live):
    here, elsewhere, admin = live.browser(), live.browser(), live.browser()
    for browser, account in ((here, "nurse.anna"), (elsewhere, "nurse.anna"), (admin, "admin")):
        enter(browser, account)
    page = here.get("/account").text
    assert page.count(">End<") == 2
    assert "browser (here) nurse, H1 05-Mar-2026 08:00" in words(page)
    (foreign,) = [each.id_hash for each in sign_ins(live.house, "admin")]
    send(here, "/account/sign-ins/end", which=foreign[:16])
    send(here, "/account/sign-ins/end", which="")
    assert len(sign_ins(live.house)) == 3
    send(here, "/account/sign-ins/end", which=fingerprint(token(elsewhere))[:16])
    assert elsewhere.get("/account").status_code == 303
    assert here.get("/account").status_code == 200
    assert admin.get("/account").status_code == 200


# --- the password ----------------------------------------------------------------------------------------------------


def test_a_password_for_one_use_opens_nothing_but_its_change(live):
    once = live.admin.reset("nurse.anna").secret
    browser = live.browser()
    assert enter(browser, password=once, next_="/case/x").headers["location"] == "/account/password"
    for path in ("/", "/case/x", "/account"):
        assert browser.get(path).headers["location"] == "/account/password"
    assert "The one you were given is for one use." in words(browser.get("/account/password").text)
    answer = send(browser, "/account/password", "/account/password", old=once, new=NEW, again=NEW)
    assert answer.headers["location"] == "/"
    assert browser.get("/").status_code == 200
    assert enter(live.browser(), password=once).status_code == 403
    assert enter(live.browser(), password=NEW).status_code == 303


def test_a_new_password_ends_every_other_sign_in(live):
    here, elsewhere = live.browser(), live.browser()
    enter(here)
    enter(elsewhere)
    live.clock.advance(SECOND)
    send(here, "/account/password", "/account/password", old=OWN, new=NEW, again=NEW)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303


@pytest.mark.parametrize(
    "old, new, again, status, why",
    [
        ("three green cows", NEW, NEW, 403, "Name or password is not right"),
        (OWN, NEW, "four grey donkey", 400, "The two new passwords differ"),
        (OWN, "short", "short", 400, "too short or too long"),
        (OWN, "nurse.anna", "nurse.anna", 400, "a name that everybody knows"),
        (OWN, OWN, OWN, 400, "The password is the one before"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(live, old, new, again, status, why):
    browser = live.browser()
    enter(browser)
    answer = send(browser, "/account/password", "/account/password", old=old, new=new, again=again)
    assert (answer.status_code, why in said(answer)) == (status, True)
    assert "donkey" not in answer.text
    assert enter(live.browser()).status_code == 303


def test_an_invented_account_has_no_password_to_change(two):
    browser = sign_in(two.browser(), "nurse.anna", "nurse", "H1")
    assert "invented and needs no password" in words(browser.get("/account").text)
    assert send(browser, "/account/password", "/account/password", old="", new=NEW, again=NEW).status_code == 403
