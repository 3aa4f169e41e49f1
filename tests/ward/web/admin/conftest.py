"""Browsers before the administration of a demonstration with two wards, and forms as its pages send them."""

import re
from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.ward.web.conftest import OWN_FORM, browser_of, sign_in
from tests.ward.web.signing.conftest import Two
from ward.reading import HouseReads

#: Signs an account in, in a role on a ward.
Before = Callable[..., TestClient]
ROLES = {
    "admin": ("administrator", "*"),
    "auditor": ("auditor", "*"),
    "nurse.anna": ("nurse", "H1"),
    "charge.dora": ("charge_nurse", "H1"),
    "physician.emil": ("physician", "H1"),
    "consultant.ida": ("consultant", "*"),
    "haematologist.greta": ("haematologist", "H1"),
}


@pytest.fixture
def two() -> Two:
    """The demonstration."""
    return Two()


@pytest.fixture
def before(two: Two) -> Before:
    """A browser before which an invented account has signed in."""

    def open_browser(account: str = "admin") -> TestClient:
        return sign_in(browser_of(HouseReads(two.house), two.house), account, *ROLES[account])

    return open_browser


def form(page: str, action: str, words: str = "") -> dict[str, str]:
    """The hidden fields of a form of a page, by where it goes and by words that stand in it."""
    found = re.findall(rf'(?s)<form method="post" action="{re.escape(action)}".*?</form>', page)
    one = next((each for each in found if words in each), None)
    assert one is not None, f"no form to {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', one))


def press(browser: TestClient, at: str, action: str, words: str = "", **fields: str) -> Response:
    """Fill in a form of a page and send it."""
    page = browser.get(at)
    assert page.status_code == 200, page.text
    return browser.post(action, data={**form(page.text, action, words), **fields}, headers=OWN_FORM)
