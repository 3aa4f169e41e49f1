"""In and out with a browser: no page without it, a shift at most, coming back fast, and no form of anybody else's."""

import pytest

from pathway.clinical.instant import SECOND
from pathway.site.accounts.grant import Grant
from tests.ward.test_signing_in import OWN
from tests.ward.web.conftest import OWN_FORM, browser_of, csrf, sign_in, words
from tests.ward.web.signing.conftest import enter, said, send, token
from ward.people.signing_in import sign_ins, signed_in
from ward.reading import HouseReads
from ward.web.signing.sign_in import safe
from ward.web.visit import MACHINE, SIGN_IN

WRONG = "three green cows"
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
#: What a browser says of a page that asks for itself, by a script and without one.
BY_ITSELF = ({"Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "navigate"})
BY_HAND = ({}, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"})


@pytest.mark.parametrize("path", ["/", "/case/c1", "/case/c1/why", "/case/c1/replay", "/account", "/account/password"])
def test_nobody_reads_a_page_without_signing_in_and_comes_back_to_it_afterwards(two, path):
    browser = two.browser()
    answer = browser.get(path)
    assert answer.status_code == 303
    assert "Name" not in answer.text
    at = answer.headers["location"]
    assert at == "/sign-in" + ("" if path == "/" else f"?next={path.replace('/', '%2F')}")
    page = browser.get(at).text
    form = {"csrf": csrf(page), "next": path, "as": "physician.emil physician H1"}
    assert browser.post("/sign-in", data=form, headers=OWN_FORM).headers["location"] == path
    assert browser.get(path).status_code == 200


def test_a_case_is_not_told_from_none_before_signing_in(two):
    browser = two.browser()
    assert browser.get("/case/c1").status_code == browser.get("/case/nobody").status_code == 303


def test_a_demonstration_offers_its_people_by_role_and_ward_and_a_button_is_enough(two):
    browser = two.browser()
    page = words(browser.get("/sign-in").text)
    assert "Nurse, H1 Anna, nurse (invented) Ben, nurse (invented)" in page
    assert "Consultant, every ward Dr Ida, consultant (invented)" in page
    assert "Password" not in page
    sign_in(browser, "charge.dora", "nurse", "H1")
    board = words(browser.get("/").text)
    assert "Dora, charge nurse (invented)" in board
    assert "Off duty" in board


def test_a_service_and_an_account_that_is_not_there_are_not_signed_in_by_a_button(two):
    browser = two.browser()
    for who in ("lab.feed laboratory *", "nobody nurse H1", ""):
        answer = send(browser, "/sign-in", "/sign-in", **{"as": who})
        assert (answer.status_code, token(browser)) == (403, "")


def test_a_live_store_has_no_buttons_and_takes_nobody_at_their_word(live):
    browser = live.browser()
    assert "Anna A." not in words(browser.get("/sign-in").text)
    assert send(browser, "/sign-in", "/sign-in", **{"as": "nurse.anna nurse H1"}).status_code == 403
    assert token(browser) == ""


def test_an_account_and_its_password_sign_in_and_the_board_says_who_and_as_what(live):
    browser = live.browser()
    assert enter(browser).status_code == 303
    page = words(browser.get("/").text)
    assert "Anna A. nurse, H1" in page
    assert [(each.face, each.role, each.ward) for each in sign_ins(live.house)] == [("browser", "nurse", "H1")]


def test_the_cookie_is_read_by_no_script_and_sent_with_no_foreign_form(two):
    browser = two.browser()
    form = {"csrf": csrf(browser.get("/sign-in").text), "next": "/", "as": "nurse.anna nurse H1"}
    cookie = browser.post("/sign-in", data=form, headers=OWN_FORM).headers["set-cookie"]
    assert cookie.startswith(f"{SIGN_IN}=ws_")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookies_belong_to_this_host_alone(two):
    browser = browser_of(HouseReads(two.house), two.house)
    browser.base_url = "https://127.0.0.1:8000"
    sign_in(browser, "nurse.anna", "nurse", "H1")
    assert {f"__Host-{SIGN_IN}", f"__Host-{MACHINE}"} == set(browser.cookies.keys())
    assert all(each.secure for each in browser.cookies.jar)
    assert browser.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_account_are_told_in_the_same_words(live):
    wrong, unknown = enter(live.browser(), password=WRONG), enter(live.browser(), "nurse.nobody")
    assert wrong.status_code == unknown.status_code == 403
    assert "Name or password is not right" in said(wrong)
    assert said(wrong).replace("nurse.anna", "") == said(unknown).replace("nurse.nobody", "")


def test_after_wrong_passwords_one_waits_and_is_told_how_long_and_nobody_is_locked_out(live):
    browser = live.browser()
    for _ in range(4):
        enter(browser, password=WRONG)
    answer = enter(browser)
    assert answer.status_code == 429
    wait_s = int(answer.headers["retry-after"])
    assert f"another try in {wait_s} s" in said(answer)
    live.clock.advance(wait_s * SECOND)
    assert enter(browser).status_code == 303


def test_what_was_typed_as_a_password_stands_on_no_page(live):
    answer = enter(live.browser(), password=WRONG)
    assert "green cows" not in answer.text
    assert 'value="nurse.anna"' in answer.text


def test_signing_in_again_ends_the_sign_in_before(live):
    browser = live.browser()
    enter(browser)
    before = token(browser)
    enter(browser)
    assert token(browser) != before
    assert signed_in(live.house, before) is None
    assert len(sign_ins(live.house)) == 1


def test_a_sign_in_ends_after_a_quarter_of_an_hour_and_use_by_hand_keeps_it(live):
    for headers in BY_HAND:
        browser = live.browser()
        enter(browser)
        for _ in range(3):
            live.clock.advance(10 * MINUTE)
            assert browser.get("/", headers=headers).status_code == 200
        live.clock.advance(15 * MINUTE)
        assert browser.get("/", headers=headers).status_code == 303


def test_a_page_that_asks_for_itself_does_not_keep_a_sign_in(live):
    for headers in BY_ITSELF:
        browser = live.browser()
        enter(browser)
        live.clock.advance(10 * MINUTE)
        assert browser.get("/", headers=headers).status_code == 200
        live.clock.advance(5 * MINUTE)
        assert browser.get("/", headers=headers).status_code == 303


def test_a_sign_in_ends_after_twelve_hours_however_much_it_is_used(live):
    browser = live.browser()
    enter(browser)
    for _ in range(72):
        assert browser.get("/").status_code == 200
        live.clock.advance(10 * MINUTE)
    assert browser.get("/").status_code == 303


def test_an_open_page_that_listens_is_told_that_its_sign_in_has_ended(live):
    answer = live.browser().get("/board/events", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "event: ended\ndata: {}\n\n"


def test_signing_out_ends_the_sign_in_here_and_not_only_in_the_browser(live):
    browser = live.browser()
    enter(browser)
    kept = token(browser)
    assert send(browser, "/sign-out").headers["location"] == "/sign-in"
    assert token(browser) == ""
    browser.cookies.set(SIGN_IN, kept)
    assert browser.get("/").status_code == 303


def test_the_token_of_a_service_opens_no_page(live):
    assert live.admin.open_service("feed.lab", "Lab", (Grant("laboratory", "*"),), ("board",)).status == "accepted"
    browser = live.browser()
    browser.cookies.set(SIGN_IN, live.admin.make_token("feed.lab").secret)
    assert browser.get("/").status_code == 303
    browser.cookies.clear()
    bearer = {"Authorization": f"Bearer {live.admin.make_token('feed.lab').secret}"}
    assert browser.get("/", headers=bearer).status_code == 303


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", "/sign-in", "/a\n"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(live, to):
    assert safe(to) == "/"
    assert enter(live.browser(), next_=to).headers["location"] == "/"


# --- coming back -----------------------------------------------------------------------------------------------------


def test_on_a_shared_machine_whoever_was_here_this_shift_gives_a_password_alone(live):
    browser = live.browser()
    enter(browser)
    send(browser, "/sign-out")
    enter(browser, "admin")
    send(browser, "/sign-out")
    page = browser.get("/sign-in").text
    assert words(page).index("Ada Admin") < words(page).index("Anna A.")
    assert page.count('type="password"') == 3
    assert 'name="account" value="nurse.anna"' in page
    assert "Anna A." not in words(live.browser().get("/sign-in").text)


def test_who_was_here_is_forgotten_after_a_shift_and_when_they_ask_for_it(live):
    browser = live.browser()
    enter(browser)
    send(browser, "/sign-out")
    assert send(browser, "/sign-in", "/sign-in", forget="nurse.anna", next="/").status_code == 303
    assert "Anna A." not in words(browser.get("/sign-in").text)
    enter(browser)
    live.clock.advance(12 * HOUR)
    assert "Anna A." not in words(browser.get("/sign-in").text)


def test_who_came_in_with_a_wrong_password_is_not_remembered(live):
    browser = live.browser()
    enter(browser, password=WRONG)
    assert "Anna A." not in words(browser.get("/sign-in").text)


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "0" * 32}, {"csrf": "ü"}], ids=str)
def test_a_form_without_the_word_of_its_page_does_nothing(live, form):
    browser = live.browser()
    enter(browser)
    answer = browser.post("/sign-out", data=form, headers=OWN_FORM)
    assert answer.status_code == 403
    assert "Nothing was done" in said(answer)
    assert browser.get("/").status_code == 200
    other = live.browser()
    typed = {**form, "account": "nurse.anna", "password": OWN}
    assert other.post("/sign-in", data=typed, headers=OWN_FORM).status_code == 403
    assert token(other) == ""


def test_the_word_of_one_browser_is_of_no_use_to_another(live):
    one, other = live.browser(), live.browser()
    enter(one)
    enter(other, "admin")
    word = csrf(one.get("/account").text)
    assert other.post("/sign-out", data={"csrf": word}, headers=OWN_FORM).status_code == 403


@pytest.mark.parametrize(
    "content, kind",
    [
        (b"csrf=%ff%fe", "application/x-www-form-urlencoded"),
        (b"csrf=1&csrf=2", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 256 * 1024, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(201)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "text/plain"),
    ],
    ids=["no text", "twice", "long", "many", "json", "none"],
)
def test_what_is_no_form_of_ours_is_refused_in_three_parts(live, content, kind):
    browser = live.browser()
    enter(browser)
    answer = browser.post("/sign-out", content=content, headers={**OWN_FORM, "Content-Type": kind})
    assert answer.status_code == 403
    assert "What is needed: a form of a page that was made for you." in said(answer)
    assert browser.get("/").status_code == 200
