"""Everybody sees their own ward, pages say what is needed, and broken glass opens one patient for an hour."""

import asyncio
import json

import pytest

from pathway.clinical.instant import SECOND
from pathway.site.accounts.commands import CloseAccount
from pathway.site.accounts.grant import Grant
from tests.ward.web.conftest import OWN_FORM, csrf, sign_in, words
from tests.ward.web.samples import Still
from tests.ward.web.signing.conftest import ADMIN, Two, said, send, token
from ward.beds import set_beds
from ward.door import Door
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.people.signing_in import sign_in_invented, signed_in
from ward.policy.judge import Allowed
from ward.reading import HouseReads
from ward.web.live import Boards
from ward.web.looks import Looks
from ward.web.pages import Pages
from ward.web.view import View
from ward.web.visit import Visit

MINUTE = 60 * SECOND
REASON = "bleeding, nobody near"


def test_the_board_shows_the_patients_of_the_readers_ward_alone(two):
    board = words(sign_in(two.browser(), "nurse.anna", "nurse", "H1").get("/").text)
    assert "Name c1" in board
    assert "Name c2" not in board
    everywhere = words(sign_in(two.browser(), "consultant.ida", "consultant").get("/").text)
    assert "Name c1" in everywhere
    assert "Name c2" in everywhere


def test_who_works_on_two_wards_sees_the_one_that_they_look_on(two):
    two.open("both", Grant("nurse", "H1"), Grant("nurse", "S1"))
    browser = sign_in(two.browser(), "both", "nurse", "S1")
    assert "Name c1" not in words(browser.get("/").text)
    send(browser, "/account/stand", **{"as": "nurse H1"})
    board = words(browser.get("/").text)
    assert "Name c1" in board
    assert "Name c2" not in board


def test_an_empty_bed_of_another_ward_is_not_shown(two):
    for ward in ("H1", "S1"):
        set_beds(two.house.store, ward, ("8", "9"), by="admin", role="administrator")
    page = sign_in(two.browser(), "nurse.anna", "nurse", "H1").get("/").text
    assert words(page).count("Empty bed") == 2


def test_every_look_enters_the_log_under_the_name_of_who_looked(two):
    browser = sign_in(two.browser(), "nurse.anna", "nurse", "H1")
    browser.get("/")
    browser.get("/case/c1")
    browser.get("/case/c1")
    browser.get("/case/c1/why")
    seen = [(each.by.actor, each.by.role, each.by.authenticated, each.what) for each in two.accesses("c1")]
    who = ("nurse.anna", "nurse", "demonstration")
    assert seen == [(*who, "board"), (*who, "case"), (*who, "why")]


def test_two_people_who_look_at_one_patient_are_two_looks(two):
    for account in ("nurse.anna", "nurse.ben"):
        sign_in(two.browser(), account, "nurse", "H1").get("/case/c1")
    assert [each.by.actor for each in two.accesses("c1")] == ["nurse.anna", "nurse.ben"]


@pytest.mark.parametrize("path", ["", "/why", "/why-not", "/pathway", "/replay"])
def test_a_patient_of_another_ward_is_not_shown_and_the_page_says_what_is_needed(two, path):
    answer = sign_in(two.browser(), "nurse.anna", "nurse", "H1").get(f"/case/c2{path}")
    assert answer.status_code == 403
    assert "Name c2" not in answer.text
    assert "on ward S1" in said(answer)
    assert "What is needed: the role" in said(answer)
    assert [(each.outcome, each.by.actor) for each in two.accesses("c2")] == [("denied", "nurse.anna")]


def test_who_looks_after_no_patients_has_no_board_and_is_led_to_a_page_of_theirs(two):
    browser = sign_in(two.browser(), "admin", "administrator")
    answer = browser.get("/")
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"]).text
    assert 'href="/">Board' not in page
    assert browser.get("/case/c1").status_code == 403


def test_an_auditor_is_shown_the_way_to_what_is_open_to_auditors(two):
    browser = sign_in(two.browser(), "auditor", "auditor")
    answer = browser.get("/case/c1")
    assert answer.status_code == 403
    assert 'href="/case/c1/replay"' in answer.text
    assert "break glass" not in said(answer).lower()
    assert browser.get("/case/c1/replay").status_code == 200


# --- broken glass ----------------------------------------------------------------------------------------------------


def broken(two: Two, account: str = "nurse.anna", role: str = "nurse", ward: str = "H1"):
    """A browser before which somebody has broken glass for `c2`, and what came of it."""
    browser = sign_in(two.browser(), account, role, ward)
    return browser, send(browser, "/case/c2/glass", "/case/c2", id="g1", reason=REASON)


def test_a_nurse_of_another_ward_breaks_glass_with_a_reason_and_sees_the_one_patient(two):
    browser, answer = broken(two)
    assert answer.headers["location"] == "/case/c2"
    page = words(browser.get("/case/c2").text)
    assert "Name c2" in page
    assert "GLASS BROKEN You see this patient by broken glass, number 1, until 05-Mar-2026 04:00 (1 h left)." in page
    assert "GLASS BROKEN" in words(browser.get("/case/c2/why").text)
    assert "Name c2" not in words(browser.get("/").text)
    last = two.accesses("c2")[-1]
    assert (last.outcome, last.reason, last.by.actor) == ("break_glass", "glass 1", "nurse.anna")


def test_the_banner_of_broken_glass_stands_on_the_pages_of_that_patient_alone_and_for_that_account_alone(two):
    browser, _ = broken(two)
    assert "GLASS BROKEN" not in browser.get("/case/c1").text
    assert "GLASS BROKEN" not in sign_in(two.browser(), "consultant.ida", "consultant").get("/case/c2").text


def test_broken_glass_holds_for_an_hour(two):
    browser, _ = broken(two)
    for left in range(60, 0, -10):
        assert f"({'1 h' if left == 60 else f'{left} min'} left)" in words(browser.get("/case/c2").text)
        two.clock.advance(10 * MINUTE)
    assert browser.get("/case/c2").status_code == 403


def test_the_notices_of_broken_glass_hold_no_reason(two):
    broken(two)
    notices = [notice for notice, _ in two.house.store.notices() if notice.kind == "glass"]
    assert {each.role for each in notices} == {"administrator", "charge_nurse"}
    assert REASON not in repr(notices)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_glass_is_not_broken_without_a_reason_that_can_be_read(two, reason):
    browser = sign_in(two.browser(), "nurse.anna", "nurse", "H1")
    assert send(browser, "/case/c2/glass", "/case/c2", id="g1", reason=reason).status_code == 403
    assert browser.get("/case/c2").status_code == 403


def test_a_double_click_breaks_one_glass(two):
    browser, _ = broken(two)
    word = csrf(browser.get("/account").text)
    for number in ("g1", "g2"):
        form = {"csrf": word, "id": number, "reason": REASON}
        assert browser.post("/case/c2/glass", data=form, headers=OWN_FORM).headers["location"] == "/case/c2"
    assert len(two.house.engine.sites.accounts().glass) == 1


def test_who_looks_after_no_patients_is_offered_no_glass_and_breaks_none(two):
    two.open("lab.here", Grant("laboratory", "H1"))
    people = (("admin", "administrator", "*"), ("auditor", "auditor", "*"), ("lab.here", "laboratory", "H1"))
    for account, role, ward in people:
        browser = sign_in(two.browser(), account, role, ward)
        assert "/glass" not in browser.get("/case/c2").text
        form = {"csrf": csrf(browser.get("/account").text), "id": "g", "reason": REASON}
        assert browser.post("/case/c2/glass", data=form, headers=OWN_FORM).status_code == 403
    assert two.house.engine.sites.accounts().glass == {}


def test_there_is_no_glass_before_a_case_that_is_not_there(two):
    browser = sign_in(two.browser(), "nurse.anna", "nurse", "H1")
    form = {"csrf": csrf(browser.get("/account").text), "id": "g", "reason": REASON}
    assert browser.post("/case/nobody/glass", data=form, headers=OWN_FORM).status_code == 404
    assert browser.get("/case/nobody").status_code == 404


# --- an open board ---------------------------------------------------------------------------------------------------


def listening(two: Two, account: str, form: str = "list"):
    """The events of an open board, and the token that it was opened with."""
    made = sign_in_invented(two.house, account, "browser")
    assert made is not None
    token_, who = made
    grant = who.grants[0]
    visit = Visit(who, grant.role, grant.ward.replace("*", ""), "", "browser", Door(two.house), Looks(), token_)
    reads = HouseReads(two.house)
    boards = Boards(reads, Pages(reads, Still()), beat_s=0.0, pulse_s=0.0)
    return boards.stream(visit, View(form=form), ""), token_


def following(events):
    """The next event."""
    return LOOP.run_until_complete(asyncio.wait_for(anext(events), 20))


LOOP = asyncio.new_event_loop()


def test_an_open_board_is_sent_the_readers_own_ward(two):
    events, _ = listening(two, "nurse.anna")
    assert json.loads(following(events).raw_data)["order"] == ["row-c1"]
    everything, _ = listening(two, "consultant.ida")
    assert json.loads(following(everything).raw_data)["order"] == ["row-c1", "row-c2"]


def test_an_open_board_ends_with_its_sign_in_and_is_told_so(two):
    events, _ = listening(two, "nurse.anna")
    two.clock.advance(10 * MINUTE)
    assert following(events).event == "board"
    two.clock.advance(5 * MINUTE)
    assert following(events).event == "ended"
    with pytest.raises(StopAsyncIteration):
        following(events)


def test_an_open_board_ends_with_the_account(two):
    events, _ = listening(two, "nurse.anna")
    following(events)
    assert two.house.engine.handle(CloseAccount(id="x", by=ADMIN, account="nurse.anna")).status == "accepted"
    assert following(events).event == "ended"


def test_a_wall_keeps_its_sign_in_and_ends_with_the_shift(two):
    events, token_ = listening(two, "nurse.anna", "wall")
    for _ in range(71):
        assert following(events).event == "board"
        two.clock.advance(10 * MINUTE)
    assert signed_in(two.house, token_, used=False) is not None
    two.clock.advance(10 * MINUTE)
    assert following(events).event == "ended"


def test_who_may_look_at_no_board_is_sent_none(two):
    events, _ = listening(two, "auditor")
    assert following(events).event == "ended"


def test_what_is_open_to_everybody_of_themselves_is_not_open_of_others(two):
    made = sign_in_invented(two.house, "nurse.anna", "browser")
    assert made is not None
    visit = Visit(made[1], "nurse", "H1", "", "browser", Door(two.house), Looks(), made[0])
    assert isinstance(visit.may("people"), Denied)
    assert isinstance(visit.may("people", about="nurse.ben"), Denied)
    assert isinstance(visit.may("people", about="nurse.anna"), Allowed)


def test_a_visit_tells_nothing_of_its_token(two):
    made = sign_in_invented(two.house, "nurse.anna", "browser")
    assert made is not None
    visit = Visit(made[1], "nurse", "H1", "c" * 32, "browser", Door(two.house), Looks(), made[0])
    assert isinstance(visit.who, SignedIn)
    assert made[0] not in repr(visit)
    assert "ccc" not in repr(visit)
    assert token(two.browser()) == ""
