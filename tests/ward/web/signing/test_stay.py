"""The end of a sign-in is told before it comes; whoever is there stays, and an open page by itself does not."""

import re

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND
from tests.ward.web.signing.conftest import Live, enter, send
from ward.web.assets import assets

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
#: What a browser says of what a script of a page asks for.
BY_SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


@pytest.fixture
def nurse(live: Live) -> TestClient:
    """A browser before which the nurse has signed in."""
    browser = live.browser()
    assert enter(browser).status_code == 303
    return browser


def left(browser: TestClient) -> dict:
    """What an open page is told."""
    answer = browser.get("/account/left", headers=BY_SCRIPT)
    assert answer.status_code == 200
    return answer.json()


def test_a_page_says_when_the_sign_in_ends_in_words_and_for_the_script(nurse: TestClient):
    page = nurse.get("/account").text
    assert 'data-left="900"' in page
    assert re.search(r"signed out at \d\d:\d\d, and at \d\d:\d\d at the latest", page)
    assert assets()["stay.js"].address in page


def test_the_warning_is_hidden_until_it_is_due_and_is_a_form_of_the_page(nurse: TestClient):
    page = nurse.get("/account").text
    assert re.search(r'<div class="band stay" id="stay" role="alert" data-left="\d+" hidden>', page)
    assert '<form method="post" action="/account/stay">' in page


def test_asking_how_long_it_lasts_puts_nothing_off(live: Live, nurse: TestClient):
    live.clock.advance(14 * MINUTE)
    assert left(nurse) == {"left_s": 60, "renewable": True}
    assert left(nurse) == {"left_s": 60, "renewable": True}
    live.clock.advance(MINUTE)
    assert nurse.get("/account/left", headers=BY_SCRIPT).status_code == 303


def test_whoever_presses_the_button_stays(live: Live, nurse: TestClient):
    live.clock.advance(14 * MINUTE)
    page = nurse.get("/account", headers=BY_SCRIPT).text
    word = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert word is not None
    live.clock.advance(30 * SECOND)
    answer = nurse.post("/account/stay", data={"csrf": word[1]}, headers=BY_SCRIPT)
    assert answer.json() == {"left_s": 900, "renewable": True}
    live.clock.advance(14 * MINUTE)
    assert nurse.get("/account", headers=BY_SCRIPT).status_code == 200


def test_the_end_of_the_shift_is_not_put_off(live: Live, nurse: TestClient):
    for _ in range(71):
        live.clock.advance(10 * MINUTE)
        assert nurse.get("/account").status_code == 200
    live.clock.advance(5 * MINUTE)
    assert send(nurse, "/account/stay").json() == {"left_s": 300, "renewable": False}
    live.clock.advance(5 * MINUTE)
    assert nurse.get("/account").status_code == 303


def test_the_button_of_a_foreign_page_keeps_nobody_signed_in(live: Live, nurse: TestClient):
    live.clock.advance(14 * MINUTE)
    page = nurse.get("/account", headers=BY_SCRIPT).text
    word = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert word is not None
    foreign = {**BY_SCRIPT, "Sec-Fetch-Site": "cross-site"}
    assert nurse.post("/account/stay", data={"csrf": word[1]}, headers=foreign).status_code == 403
    live.clock.advance(MINUTE)
    assert nurse.get("/account", headers=BY_SCRIPT).status_code == 303
